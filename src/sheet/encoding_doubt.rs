//! Whether letters beyond ASCII may have been read wrongly, and what the encoding may be instead.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::WINDOWS_1252;

use super::named_encoding::{NamedEncoding, is_no_letter};

/// Why the letters beyond ASCII of a sheet may not be those that were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncodingDoubt {
    /// Nothing says which encoding it is, so it was read as Windows-1252.
    Guessed {
        /// A likelier one.
        suggestion: Option<NamedEncoding>,
    },
    /// As [`Guessed`](Self::Guessed), and it has bytes for which Windows-1252 has no letter, so that it is another one.
    Disproved {
        /// A likely one.
        suggestion: Option<NamedEncoding>,
    },
    /// It was read in the encoding that was named, and is UTF-8 from end to end.
    IsUtf8 {
        /// The encoding that was named.
        named: NamedEncoding,
    },
    /// It was read as UTF-8, as was said, and most of its letters beyond ASCII are not, so that they are lost.
    NotUtf8 {
        /// A likely one.
        suggestion: Option<NamedEncoding>,
    },
}

impl EncodingDoubt {
    /// A text of the sheet as it is in the other encoding; `None` if it is no text in that.
    pub fn reread(self, text: &str, other: NamedEncoding) -> Option<String> {
        let read_in = match self {
            Self::Guessed { .. } | Self::Disproved { .. } => WINDOWS_1252.into(),
            Self::IsUtf8 { named } => named,
            Self::NotUtf8 { .. } => return None,
        };
        let reread = other.decode(&read_in.encode(text)?).into_owned();
        (!reread.contains(is_no_letter)).then_some(reread)
    }
}

/// The most bytes that are looked at for a suggestion.
const ENOUGH: usize = 1 << 20;

/// Looks at text that is not UTF-8, and whose encoding nothing says.
#[derive(Default)]
pub(super) struct EncodingGuesser {
    detector: Option<EncodingDetector>,
    fed: usize,
    has_no_letter: bool,
}

impl EncodingGuesser {
    /// Some more of the text's bytes; those without a letter beyond ASCII can be left out.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.note_lost_letters(bytes);
        if self.fed < ENOUGH {
            let detector = || EncodingDetector::new(Iso2022JpDetection::Deny);
            self.detector.get_or_insert_with(detector).feed(bytes, false);
            self.fed += bytes.len();
        }
    }

    /// Bytes of the text that say nothing of its encoding but whether it can be Windows-1252.
    pub(super) fn note_lost_letters(&mut self, bytes: &[u8]) {
        self.has_no_letter = self.has_no_letter
            || memchr::memchr3(0x81, 0x8d, 0x8f, bytes).is_some()
            || memchr::memchr2(0x90, 0x9d, bytes).is_some();
    }

    /// What there is to doubt when the text is read as Windows-1252.
    pub(super) fn doubt(self) -> EncodingDoubt {
        let has_no_letter = self.has_no_letter;
        let suggestion = self.likely().filter(|likely| *likely != WINDOWS_1252);
        if has_no_letter {
            EncodingDoubt::Disproved { suggestion }
        } else {
            EncodingDoubt::Guessed { suggestion }
        }
    }

    /// The encoding that the text is most likely in; `None` if it has no letter beyond ASCII.
    pub(super) fn likely(self) -> Option<NamedEncoding> {
        let mut detector = self.detector?;
        detector.feed(&[], true);
        Some(detector.guess(None, Utf8Detection::Deny).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubt(text: &str, encoding: &str) -> EncodingDoubt {
        let encoding = encoding_rs::Encoding::for_label(encoding.as_bytes()).unwrap();
        let bytes = encoding.encode(text).0;
        let mut guesser = EncodingGuesser::default();
        guesser.feed(&bytes);
        guesser.doubt()
    }

    #[test]
    fn the_likely_encoding_of_names_is_suggested() {
        for (text, encoding) in [
            ("name,surname\r\nŁukasz,Wiśniewski\r\n", "windows-1250"),
            ("name,surname\r\n山田,太郎\r\n", "Shift_JIS"),
            ("name,surname\r\nИван,Петров\r\n", "windows-1251"),
        ] {
            let suggestion = match doubt(text, encoding) {
                EncodingDoubt::Guessed { suggestion } | EncodingDoubt::Disproved { suggestion } => suggestion,
                EncodingDoubt::IsUtf8 { .. } | EncodingDoubt::NotUtf8 { .. } => None,
            };
            assert_eq!(suggestion.map(NamedEncoding::name), Some(encoding));
        }
        let western = doubt("name,surname\r\nJürgen,Zoë\r\n", "windows-1252");
        assert_eq!(western, EncodingDoubt::Guessed { suggestion: None });
    }

    #[test]
    fn a_byte_disproves_windows_1252_where_that_has_no_letter_for_it() {
        let windows = NamedEncoding::from(WINDOWS_1252);
        for byte in 0..=255 {
            let mut guesser = EncodingGuesser::default();
            guesser.feed(&[b'a', byte, b'b']);
            let is_disproved = matches!(guesser.doubt(), EncodingDoubt::Disproved { .. });
            assert_eq!(is_disproved, windows.decode(&[byte]).contains(is_no_letter), "{byte:x}");
        }
    }
}
