//! Makes an uploaded picture ours. What is served is never what was sent: it is decoded within
//! limits and encoded anew, which leaves places, cameras and anything smuggled in behind.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgba, RgbaImage,
};

/// The cameras of phones take up to 50 megapixels, and panoramas more.
const PIXELS_MAX: u64 = 64_000_000;
/// The longest side. Working on a picture takes memory for each line of it.
const SIDE_MAX: u32 = 20_000;
/// What decoding may take: the picture, and what a decoder keeps besides.
const DECODED_MAX_BYTES: u64 = 480 * 1024 * 1024;
/// Twice what a phone shows.
const EDGE_MAX: u32 = 1600;
const QUALITY: u8 = 82;

/// Why a picture cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// Not a picture, a broken one, or one of another kind.
    #[error("This file isn’t a picture. Choose a JPEG, PNG or WebP file.")]
    NotAPicture,
    /// It would take too much memory.
    #[error("Choose a picture of up to 64 megapixels and 20,000 pixels a side.")]
    TooManyPixels,
    /// It was read and cannot be written.
    #[error("cannot encode a picture")]
    Encode(#[source] ImageError),
}

/// The picture in `file` upright, no larger than 1600 pixels, as JPEG. What `file` is, its first
/// bytes say.
pub fn to_jpeg(file: &[u8]) -> Result<Vec<u8>, PictureError> {
    let (picture, orientation) = decode(file)?;
    // A small picture is turned with little memory.
    let mut shrunk = shrink(picture);
    shrunk.apply_orientation(orientation);
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .encode_image(&shrunk)
        .map_err(PictureError::Encode)?;
    Ok(jpeg)
}

fn decode(file: &[u8]) -> Result<(DynamicImage, Orientation), PictureError> {
    let format = image::guess_format(file).map_err(refuse)?;
    if !matches!(
        format,
        ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP
    ) {
        return Err(PictureError::NotAPicture);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODED_MAX_BYTES);
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refuse)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    let besides = match format {
        ImageFormat::Jpeg => coefficients(file) * pixels,
        _ => 0,
    };
    if pixels > PIXELS_MAX
        || width.max(height) > SIDE_MAX
        || decoder.total_bytes() + besides > DECODED_MAX_BYTES
    {
        return Err(PictureError::TooManyPixels);
    }
    // What a camera says wrongly of how it was held does not keep the picture from being shown.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(refuse)?;
    Ok((picture, orientation))
}

/// The bytes that decoding a JPEG keeps for each pixel besides the picture: a progressive one comes
/// in several passes, between which two bytes are kept of each component.
fn coefficients(file: &[u8]) -> u64 {
    let mut rest = file.get(2..).unwrap_or_default();
    while let &[0xff, marker, ref after @ ..] = rest {
        match marker {
            // Padding between segments.
            0xff => rest = &rest[1..],
            // The picture begins, and no frame was progressive.
            0xda => return 0,
            _ => {
                let &[high, low, ..] = after else { return 0 };
                // SOF2, SOF6, SOF10 and SOF14; the number of components follows eight bytes on.
                if matches!(marker, 0xc2 | 0xc6 | 0xca | 0xce) {
                    return 2 * after.get(7).copied().map_or(4, u64::from);
                }
                let length = usize::from(u16::from_be_bytes([high, low]));
                rest = after.get(length..).unwrap_or_default();
            }
        }
    }
    0
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn refuse(error: ImageError) -> PictureError {
    match error {
        ImageError::Limits(_) => PictureError::TooManyPixels,
        _ => PictureError::NotAPicture,
    }
}

fn shrink(picture: DynamicImage) -> DynamicImage {
    let opaque = match picture {
        // In place.
        DynamicImage::ImageRgba8(picture) => on_white(picture).into(),
        other => other,
    };
    // Resampling well takes sixteen bytes for each pixel of a line or column, so what is much too
    // large is first brought near its size by averages, which take none.
    let near = 2 * EDGE_MAX;
    let near = match opaque.width().max(opaque.height()) > near {
        true => opaque.thumbnail(near, near),
        false => opaque,
    };
    let near = match near.color().has_alpha() {
        true => on_white(near.into_rgba8()).into(),
        false => near,
    };
    let small = if near.width().max(near.height()) > EDGE_MAX {
        near.resize(EDGE_MAX, EDGE_MAX, FilterType::CatmullRom)
    } else {
        near
    };
    small.into_rgb8().into()
}

/// JPEG knows no transparency.
fn on_white(mut picture: RgbaImage) -> RgbaImage {
    for Rgba([red, green, blue, alpha]) in picture.pixels_mut() {
        let opacity = u32::from(*alpha);
        for colour in [red, green, blue] {
            let mixed = (u32::from(*colour) * opacity + 255 * (255 - opacity)) / 255;
            *colour = u8::try_from(mixed).unwrap_or(u8::MAX);
        }
        *alpha = u8::MAX;
    }
    picture
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        picture.write_to(&mut file, format).expect("encoded");
        file.into_inner()
    }

    fn decoded(jpeg: &[u8]) -> image::RgbImage {
        assert_eq!(image::guess_format(jpeg).ok(), Some(ImageFormat::Jpeg));
        image::load_from_memory(jpeg)
            .expect("a picture")
            .into_rgb8()
    }

    fn red(width: u32, height: u32) -> DynamicImage {
        image::RgbImage::from_pixel(width, height, image::Rgb([200, 0, 0])).into()
    }

    #[test]
    fn every_kind_becomes_a_jpeg_of_at_most_1600_pixels() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let small = decoded(&to_jpeg(&encoded(&red(320, 200), format)).expect("small"));
            assert_eq!(small.dimensions(), (320, 200), "{format:?}");
            let large = decoded(&to_jpeg(&encoded(&red(1000, 2000), format)).expect("large"));
            assert_eq!(large.dimensions(), (800, 1600), "{format:?}");
        }
    }

    #[test]
    fn what_is_transparent_becomes_white() {
        let clear = RgbaImage::from_pixel(8, 8, Rgba([0, 0, 0, 0]));
        let jpeg = to_jpeg(&encoded(&clear.into(), ImageFormat::Png)).expect("made");
        assert!(decoded(&jpeg).get_pixel(4, 4).0.iter().all(|c| *c > 250));
    }

    /// A JPEG whose Exif says how the camera was held and where.
    fn with_exif(orientation: u8) -> Vec<u8> {
        let plain = encoded(&red(40, 20), ImageFormat::Jpeg);
        let mut tiff = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        tiff.extend([orientation, 0, 0, 0, 0, 0, 0]);
        tiff.extend(b"N 52 31 E 13 24");
        let length = u16::try_from(tiff.len() + 2).expect("short");
        let mut file = plain[..2].to_vec();
        file.extend([0xff, 0xe1]);
        file.extend(length.to_be_bytes());
        file.extend(tiff);
        file.extend(&plain[2..]);
        file
    }

    #[test]
    fn a_picture_is_turned_upright_and_loses_what_else_was_in_it() {
        let jpeg = to_jpeg(&with_exif(6)).expect("made");
        assert_eq!(decoded(&jpeg).dimensions(), (20, 40));
        assert!(!jpeg.windows(4).any(|bytes| bytes == b"Exif"));
        assert!(!jpeg.windows(4).any(|bytes| bytes == b"N 52"));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let png = encoded(&red(64, 64), ImageFormat::Png);
        for file in [
            b"".as_slice(),
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"GIF89a\x01\0\x01\0\0\0\0;",
            b"\xff\xd8\xff\xe0 and nothing more",
            &png[..png.len() / 2],
        ] {
            assert!(matches!(to_jpeg(file), Err(PictureError::NotAPicture)));
        }
    }

    /// A PNG of a few bytes that says it is this large.
    fn bomb(width: u32, height: u32) -> Vec<u8> {
        let mut png = encoded(&red(1, 1), ImageFormat::Png);
        png[16..20].copy_from_slice(&width.to_be_bytes());
        png[20..24].copy_from_slice(&height.to_be_bytes());
        let checksum = crc32(&png[12..29]);
        png[29..33].copy_from_slice(&checksum.to_be_bytes());
        png
    }

    /// The checksum of PNG chunks.
    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
            })
        })
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_unpacked() {
        for (width, height) in [
            (8001, 8000),
            (60_000, 60_000),
            (u32::MAX >> 1, 1),
            (40_000_000, 1),
            (1, 40_000_000),
            (20_001, 1),
            (1, 20_001),
        ] {
            let refused = to_jpeg(&bomb(width, height));
            assert!(
                matches!(refused, Err(PictureError::TooManyPixels)),
                "{width} x {height}: {refused:?}"
            );
        }
    }

    /// Lines of one colour, which take a few bytes each in a file.
    fn flat(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let grey = image::GrayImage::from_pixel(width, height, image::Luma([90]));
        encoded(&grey.into(), format)
    }

    #[test]
    fn a_photo_of_48_megapixels_is_taken() {
        for (width, height, size) in [(8064, 6048, (1600, 1200)), (16_382, 3628, (1600, 355))] {
            let jpeg = to_jpeg(&flat(width, height, ImageFormat::Jpeg)).expect("taken");
            assert_eq!(decoded(&jpeg).dimensions(), size);
        }
        let png = to_jpeg(&flat(6048, 8064, ImageFormat::Png)).expect("taken");
        assert_eq!(decoded(&png).dimensions(), (1200, 1600));
    }

    #[test]
    fn a_picture_that_is_hardly_more_than_a_line_is_taken() {
        for (width, height, size) in [
            (20_000, 1, (1600, 1)),
            (1, 20_000, (1, 1600)),
            (1, 1, (1, 1)),
        ] {
            let jpeg = to_jpeg(&flat(width, height, ImageFormat::Png)).expect("taken");
            assert_eq!(decoded(&jpeg).dimensions(), size);
        }
    }

    #[test]
    fn a_large_picture_keeps_its_colours_and_transparency() {
        let half = RgbaImage::from_fn(3600, 3600, |x, _| match x < 1800 {
            true => Rgba([200, 0, 0, 255]),
            false => Rgba([0, 0, 0, 0]),
        });
        for picture in [
            DynamicImage::from(half.clone()),
            DynamicImage::from(half.clone()).into_rgba16().into(),
        ] {
            let jpeg = to_jpeg(&encoded(&picture, ImageFormat::Png)).expect("taken");
            let small = decoded(&jpeg);
            let [red, green, _] = small.get_pixel(300, 800).0;
            assert!(red > 190 && green < 20, "{red} {green}");
            assert!(small.get_pixel(1300, 800).0.iter().all(|c| *c > 245));
        }
    }

    #[test]
    fn a_progressive_jpeg_is_known_by_its_frame() {
        let frame = |marker: u8, components: u8| {
            let mut file = vec![
                0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xff, marker, 0, 17, 8,
            ];
            file.extend([0x20, 0, 0x20, 0, components]);
            file
        };
        assert_eq!(coefficients(&frame(0xc2, 3)), 6);
        assert_eq!(coefficients(&frame(0xc2, 1)), 2);
        assert_eq!(coefficients(&frame(0xc0, 3)), 0);
        for broken in [
            b"".as_slice(),
            b"\xff\xd8\xff",
            b"\xff\xd8\xff\xc2",
            b"\xff\xd8\xff\xe0\0\0",
        ] {
            coefficients(broken);
        }
    }

    /// Two pictures in a row, as cameras with two lenses write them, of which the first counts.
    #[test]
    fn of_several_pictures_in_a_file_the_first_is_taken() {
        let mut file = encoded(&red(320, 200), ImageFormat::Jpeg);
        file.extend(encoded(&red(64, 64), ImageFormat::Jpeg));
        assert_eq!(
            decoded(&to_jpeg(&file).expect("taken")).dimensions(),
            (320, 200)
        );
    }

    #[test]
    fn what_is_made_for_print_keeps_its_colours() {
        let jpeg = to_jpeg(include_bytes!("samples/cmyk.jpg")).expect("taken");
        let [red, green, blue] = decoded(&jpeg).get_pixel(8, 8).0;
        assert!(red > 180 && green < 60 && blue < 60, "{red} {green} {blue}");
    }

    #[test]
    fn a_progressive_picture_is_taken() {
        let file = include_bytes!("samples/progressive.jpg");
        assert_eq!(coefficients(file), 6);
        assert_eq!(
            decoded(&to_jpeg(file).expect("taken")).dimensions(),
            (64, 48)
        );
    }
}
