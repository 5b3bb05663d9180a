//! QR codes in a picture.

/// A picture in shades of grey.
pub struct Picture {
    width: usize,
    shades: Vec<u8>,
}

impl Picture {
    /// From the bytes of a canvas: red, green, blue and alpha of each pixel.
    pub fn of_rgba(width: usize, rgba: &[u8]) -> Self {
        let (pixels, _rest) = rgba.as_chunks::<4>();
        let shade = |[red, green, blue, _]: &[u8; 4]| {
            let sum = u32::from(*red) * 77 + u32::from(*green) * 150 + u32::from(*blue) * 29;
            (sum >> 8) as u8
        };
        Self {
            width,
            shades: pixels.iter().map(shade).collect(),
        }
    }

    /// The text of the first QR code in it that can be read.
    pub fn text(&self) -> Option<String> {
        let height = self.shades.len().checked_div(self.width)?;
        let mut quirc = quircs::Quirc::default();
        let read = |code: quircs::Code| String::from_utf8(code.decode().ok()?.payload).ok();
        let codes = quirc.identify(self.width, height, &self.shades);
        codes.flatten().find_map(read)
    }
}

#[cfg(test)]
mod tests {
    use qrcode::{Color, EcLevel, QrCode};

    use super::*;

    /// A camera's picture of a screen that shows `text`: a code of some size somewhere in it.
    fn picture_of(text: &str, scale: usize) -> Picture {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).expect("it fits");
        let (modules, colors) = (code.width(), code.into_colors());
        let (width, height) = (640, 480);
        let mut rgba = vec![230; width * height * 4];
        for (index, color) in colors.into_iter().enumerate() {
            let (left, top) = (90 + index % modules * scale, 60 + index / modules * scale);
            if color == Color::Dark {
                for y in top..top + scale {
                    for x in left..left + scale {
                        rgba[(y * width + x) * 4..][..3].copy_from_slice(&[20, 24, 30]);
                    }
                }
            }
        }
        Picture::of_rgba(width, &rgba)
    }

    #[test]
    fn a_code_is_found_at_any_size() {
        let text = format!("BO1{}", "K7QF2MAB".repeat(17));
        for scale in [3, 5, 7] {
            assert_eq!(picture_of(&text, scale).text().as_deref(), Some(&*text));
        }
    }

    #[test]
    fn nothing_is_found_in_nothing() {
        assert_eq!(
            Picture::of_rgba(640, &vec![200; 640 * 480 * 4]).text(),
            None
        );
        assert_eq!(Picture::of_rgba(0, &[]).text(), None);
    }
}
