//! Short texts that people save with any editor: secrets, settings, certificates.

use std::fmt;

/// Why bytes are no text that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotText {
    /// They are text in UTF-16.
    Utf16,
    /// They are not UTF-8; the line, counted from 1, in which that shows.
    NotUtf8(usize),
    /// They hold a NUL, so they are no text at all, or text with something behind it.
    Nul,
}

/// Reads after the name of what it is about.
impl fmt::Display for NotText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Utf16 => out.write_str("is saved as UTF-16, which some editors call Unicode; save it as UTF-8"),
            Self::NotUtf8(line) => write!(out, "is not text in UTF-8 (line {line}); save it as UTF-8"),
            Self::Nul => out.write_str("has a NUL in it, which no text has"),
        }
    }
}

/// The text of a file as an editor saved it: in UTF-8, where a byte order mark does not count.
pub fn decode(bytes: &[u8]) -> Result<&str, NotText> {
    if is_utf16(bytes) {
        return Err(NotText::Utf16);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        NotText::NotUtf8(1 + memchr::memchr_iter(b'\n', before).count())
    })?;
    if text.contains('\0') {
        return Err(NotText::Nul);
    }
    Ok(text)
}

/// The text without what surrounds it unseen: blanks of every kind, line breaks, marks that take no room.
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(|letter: char| {
        letter.is_whitespace() || matches!(letter, '\u{feff}' | '\u{200b}'..='\u{200d}' | '\u{2060}')
    })
}

/// Whether it begins with a byte order mark of UTF-16, or with letters of which each has a NUL beside it.
fn is_utf16(bytes: &[u8]) -> bool {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [first, 0, second, 0, ..] | [0, first, 0, second, ..] => *first != 0 && *second != 0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_is_text_with_and_without_a_mark_and_everything_else_is_called_what_it_is() {
        assert_eq!(decode(b"\xef\xbb\xbfa\xc3\xbc"), Ok("aü"));
        assert_eq!(decode(b""), Ok(""));
        for utf16 in [&b"\xff\xfea\0b\0"[..], b"\xfe\xff\0a\0b", b"a\0b\0", b"\0a\0b"] {
            assert_eq!(decode(utf16), Err(NotText::Utf16), "{utf16:?}");
        }
        assert_eq!(decode(b"a\nb\xfc\n"), Err(NotText::NotUtf8(2)));
        assert_eq!(decode(b"secret\0"), Err(NotText::Nul));
        assert_eq!(decode(b"\0\0\0\0"), Err(NotText::Nul));
    }

    #[test]
    fn what_cannot_be_seen_around_a_text_is_taken_off_and_within_it_kept() {
        assert_eq!(trimmed("\u{feff} \u{a0}a b\u{200b}\r\n\t"), "a b");
        assert_eq!(trimmed("\u{feff}\u{200b}"), "");
    }
}
