//! Makes an uploaded picture ours. What is served is never what was sent: it is decoded within
//! limits and encoded anew, which leaves places, cameras and anything smuggled in behind.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgba, RgbaImage,
};

const PIXELS_MAX: u64 = 40_000_000;
const DECODED_MAX_BYTES: u64 = 256 * 1024 * 1024;
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
    #[error("Choose a picture of up to 40 megapixels.")]
    TooManyPixels,
    /// It was read and cannot be written.
    #[error("cannot encode a picture")]
    Encode(#[source] ImageError),
}

/// The picture in `file` upright, no larger than 1600 pixels, as JPEG. What `file` is, its first
/// bytes say.
pub fn to_jpeg(file: &[u8]) -> Result<Vec<u8>, PictureError> {
    let shrunk = shrink(decode(file)?);
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .encode_image(&shrunk)
        .map_err(PictureError::Encode)?;
    Ok(jpeg)
}

fn decode(file: &[u8]) -> Result<DynamicImage, PictureError> {
    let format = image::guess_format(file).map_err(refuse)?;
    if !matches!(
        format,
        ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP
    ) {
        return Err(PictureError::NotAPicture);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODED_MAX_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refuse)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX
        || decoder.total_bytes() > DECODED_MAX_BYTES
    {
        return Err(PictureError::TooManyPixels);
    }
    let orientation = decoder.orientation().map_err(refuse)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refuse)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn refuse(error: ImageError) -> PictureError {
    match error {
        ImageError::Limits(_) => PictureError::TooManyPixels,
        _ => PictureError::NotAPicture,
    }
}

fn shrink(picture: DynamicImage) -> DynamicImage {
    let opaque = if picture.color().has_alpha() {
        on_white(picture.into_rgba8()).into()
    } else {
        picture
    };
    let small = if opaque.width().max(opaque.height()) > EDGE_MAX {
        opaque.resize(EDGE_MAX, EDGE_MAX, FilterType::CatmullRom)
    } else {
        opaque
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
        for (width, height) in [(8000, 8000), (60_000, 60_000), (u32::MAX >> 1, 1)] {
            let refused = to_jpeg(&bomb(width, height));
            assert!(
                matches!(refused, Err(PictureError::TooManyPixels)),
                "{width} x {height}: {refused:?}"
            );
        }
    }
}
