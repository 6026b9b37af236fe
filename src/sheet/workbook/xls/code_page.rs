//! Which encoding the texts of a workbook before Excel 97 are in.

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::bytes::short;
use super::records::{Records, kind};
use crate::sheet::encoding_doubt::{EncodingDoubt, EncodingGuesser};
use crate::sheet::named_encoding::NamedEncoding;

/// The encoding that Excel means by the number of a code page; it has names of its own for three.
pub(super) fn of_code_page(number: u16) -> Option<NamedEncoding> {
    let number = match number {
        0x8000 => 10000,
        0x8001 | 367 => 1252,
        other => other,
    };
    // The texts are of single bytes, whatever the workbook says.
    NamedEncoding::of_code_page(number).filter(|encoding| *encoding != UTF_16LE && *encoding != UTF_16BE)
}

/// What there is to doubt where nothing tells the encoding, and the texts of the workbook are read as Windows-1252.
pub(super) fn guess(stream: &[u8]) -> (NamedEncoding, EncodingDoubt) {
    let mut guesser = EncodingGuesser::default();
    for record in Records::from(stream, 0) {
        let text = match record.kind {
            kind::LABEL | kind::R_STRING => record.data.get(6..).unwrap_or_default(),
            kind::STRING => record.data,
            _ => continue,
        };
        // The length comes first, and runs of formats may come last.
        let length = short(text, 0).map_or(0, usize::from);
        let text = text.get(2..).unwrap_or_default();
        let text = &text[..length.min(text.len())];
        if !text.is_ascii() {
            guesser.feed(text);
            guesser.feed(b"\n");
        }
    }
    (WINDOWS_1252.into(), guesser.doubt())
}
