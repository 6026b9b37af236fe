//! In which encoding a part of XML is written.

use std::io::{self, Cursor, Read};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::sheet::delimited::DecodingReader;

/// A declaration is at the very beginning, and shorter.
const HEAD: u64 = 256;

/// The part in UTF-8, without a byte order mark.
pub(in crate::sheet) fn decoded<'a>(mut part: impl Read + 'a) -> io::Result<Box<dyn Read + 'a>> {
    let mut head = Vec::new();
    part.by_ref().take(HEAD).read_to_end(&mut head)?;
    let (encoding, mark) = encoding_of(&head);
    let text = Cursor::new(head.split_off(mark)).chain(part);
    Ok(if encoding == UTF_8 {
        Box::new(text)
    } else {
        Box::new(DecodingReader::new(text, encoding))
    })
}

/// The encoding, and how long the byte order mark is.
fn encoding_of(head: &[u8]) -> (&'static Encoding, usize) {
    if let Some(marked) = Encoding::for_bom(head) {
        return marked;
    }
    let encoding = match head {
        [b'<', 0, ..] => UTF_16LE,
        [0, b'<', ..] => UTF_16BE,
        // What is read here has a byte for each letter, so that it is not UTF-16 even where a library says so.
        _ => declared(head)
            .filter(|encoding| *encoding != UTF_16LE && *encoding != UTF_16BE)
            .unwrap_or(UTF_8),
    };
    (encoding, 0)
}

/// What `<?xml version="1.0" encoding="ISO-8859-1"?>` says.
fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let head: String = head.iter().copied().map(char::from).collect();
    let declaration = head.trim_start().strip_prefix("<?xml")?.split_once("?>")?.0;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?;
    let label = value
        .trim_start()
        .strip_prefix(['"', '\''])?
        .split(['"', '\''])
        .next()?;
    Encoding::for_label(label.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        let mut text = String::new();
        decoded(bytes).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn a_part_is_read_in_its_own_encoding() {
        let little: Vec<u8> = "<a>Zoë</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "<a>Zoë</a>".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(text(&little), "<a>Zoë</a>");
        assert_eq!(text(&[&[0xff, 0xfe], little.as_slice()].concat()), "<a>Zoë</a>");
        assert_eq!(text(&big), "<a>Zoë</a>");
        assert_eq!(text(&[&[0xfe, 0xff], big.as_slice()].concat()), "<a>Zoë</a>");
        assert_eq!(text("\u{feff}<a>Zoë</a>".as_bytes()), "<a>Zoë</a>");
        let latin = "<?xml version='1.0' encoding = 'iso-8859-1' ?><a>Zo";
        assert!(text(&[latin.as_bytes(), b"\xeb</a>"].concat()).ends_with("<a>Zoë</a>"));
        let wrong = "<?xml version=\"1.0\" encoding=\"utf-16\"?><a>Zoë</a>";
        assert_eq!(text(wrong.as_bytes()), wrong, "it has a byte for each letter");
    }
}
