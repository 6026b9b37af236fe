//! Formats that show in their first bytes.

use std::io::Read;

use flate2::read::GzDecoder;

use super::kind::{Cure, Foreign};

/// Bytes that no text has are so near in files of those formats whose sign is of letters alone: a header may be called
/// `PAR1`.
const NEAR: usize = 80;

/// What each beginning means.
const SIGNS: &[(&[u8], Cure, &str)] = &[
    (b"BZh", Foreign::packed, "a bzip2 archive"),
    (b"\xfd7zXZ\x00", Foreign::packed, "an xz archive"),
    (b"\x28\xb5\x2f\xfd", Foreign::packed, "a Zstandard archive"),
    (b"\x04\x22\x4d\x18", Foreign::packed, "an LZ4 archive"),
    (b"\x1f\x9d", Foreign::packed, "a compressed file"),
    (b"7z\xbc\xaf\x27\x1c", Foreign::packed, "a 7-Zip archive"),
    (b"Rar!\x1a\x07", Foreign::packed, "a RAR archive"),
    (b"MSCF\x00\x00\x00\x00", Foreign::packed, "a cabinet archive"),
    (b"PK\x05\x06", Foreign::packed, "an empty zip archive"),
    (
        b"PK\x07\x08PK\x03\x04",
        Foreign::packed,
        "the first part of a split zip archive",
    ),
    (b"PK00PK\x03\x04", Foreign::packed, "a part of a split zip archive"),
    (
        b"MZ",
        Foreign::packed,
        "a program, perhaps an archive that unpacks itself",
    ),
    (b"\x7fELF", Foreign::exported, "a program"),
    (b"\x89PNG\r\n\x1a\n", Foreign::exported, "a picture"),
    (b"\xff\xd8\xff", Foreign::exported, "a picture"),
    (b"GIF87a", Foreign::exported, "a picture"),
    (b"GIF89a", Foreign::exported, "a picture"),
    (b"II*\x00", Foreign::exported, "a picture"),
    (b"MM\x00*", Foreign::exported, "a picture"),
    (b"SQLite format 3\x00", Foreign::exported, "an SQLite database"),
    (
        b"\x00\x01\x00\x00Standard Jet DB",
        Foreign::exported,
        "an Access database",
    ),
    (
        b"\x00\x01\x00\x00Standard ACE DB",
        Foreign::exported,
        "an Access database",
    ),
    (b"PAR1", Foreign::exported, "a Parquet file"),
    (b"FEA1", Foreign::exported, "a Feather file"),
    (b"ARROW1", Foreign::exported, "an Arrow or Feather file"),
    (b"Obj\x01", Foreign::exported, "an Avro file"),
    (b"$FL2", Foreign::exported, "an SPSS file"),
    (b"\x09\x00\x04\x00", Foreign::opened, "an Excel 2 worksheet"),
    (b"\x09\x02\x06\x00", Foreign::opened, "an Excel 3 worksheet"),
    (b"\x09\x04\x06\x00", Foreign::opened, "an Excel 4 worksheet"),
    (
        b"\x09\x08\x08\x00",
        Foreign::opened,
        "a bare Excel 5 or Excel 97 stream",
    ),
    (b"\x09\x08\x10\x00", Foreign::opened, "a bare Excel 97 stream"),
    (b"\x00\x00\x02\x00\x20\x51", Foreign::opened, "a Quattro Pro worksheet"),
    (b"\x00\x00\x02\x00\x21\x51", Foreign::opened, "a Quattro Pro worksheet"),
    (b"\x00\x00\x02\x00\x01\x10", Foreign::opened, "a Quattro Pro worksheet"),
    (b"\x00\x00\x02\x00\x02\x10", Foreign::opened, "a Quattro Pro worksheet"),
    (b"\x00\x00\x02\x00", Foreign::opened, "a Lotus 1-2-3 worksheet"),
    (b"\x00\x00\x1a\x00", Foreign::opened, "a Lotus 1-2-3 worksheet"),
    (b"\xff\x00\x02\x00", Foreign::opened, "a Works worksheet"),
];

/// Tells a format by the first bytes of a file of this length.
pub(in crate::sheet) fn foreign_binary(head: &[u8], length: u64) -> Option<Foreign> {
    if trimmed(head).starts_with(b"%PDF-") {
        return Some(Foreign::exported("a PDF"));
    }
    if head.starts_with(b"\x1f\x8b") {
        return Some(gzip(head));
    }
    if !has_control_bytes(head) {
        return None;
    }
    let is_no_text = has_control_bytes(&head[..head.len().min(NEAR)]);
    if let Some((_, kind, what)) = SIGNS.iter().find(|(sign, ..)| is_no_text && head.starts_with(sign)) {
        return Some(kind(what));
    }
    if head.starts_with(b"\x00\x05\x16\x07") {
        let cure = "name the sheet beside it, whose name has no `._` before it";
        return Some(Foreign::beside("what macOS notes about another file", cure));
    }
    if is_owner_file(head, length) {
        let cure = "name the workbook itself, whose name has no `~$` before it";
        return Some(Foreign::beside(
            "what Excel leaves beside a workbook that is open",
            cure,
        ));
    }
    let at = |position: usize, sign: &[u8]| head.get(position..).is_some_and(|rest| rest.starts_with(sign));
    if at(257, b"ustar") {
        return Some(Foreign::packed("a tar archive"));
    }
    if at(4, b"ftyp") || (head.starts_with(b"RIFF") && at(8, b"WEBP")) || is_bitmap(head) {
        return Some(Foreign::exported("a picture or film"));
    }
    if is_dbase(head) {
        return Some(Foreign::opened("a dBASE table"));
    }
    let zip = head.windows(4).position(|bytes| bytes == b"PK\x03\x04");
    zip.filter(|position| *position > 0).map(|_| {
        let cure = "download it again, or open it in the spreadsheet program and save it as .xlsx";
        Foreign::beside("a zip archive or workbook with other bytes before it", cure)
    })
}

fn trimmed(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start()
}

fn has_control_bytes(head: &[u8]) -> bool {
    head.iter()
        .any(|byte| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | 0x1a))
}

/// Gnumeric's own format is packed in the same way as any other file that is sent around.
fn gzip(head: &[u8]) -> Foreign {
    let mut inside = Vec::new();
    // What was unpacked before a fault counts.
    let _ = GzDecoder::new(head).take(1024).read_to_end(&mut inside);
    if String::from_utf8_lossy(&inside).contains("gnumeric.org/") {
        Foreign::opened("a Gnumeric workbook")
    } else {
        Foreign::packed("a gzip archive")
    }
}

/// The name of whoever has the workbook open, twice and padded.
fn is_owner_file(head: &[u8], length: u64) -> bool {
    let Some(name) = head.first().filter(|name| (1..=52).contains(*name)) else {
        return false;
    };
    length == 165 && head.get(55) == Some(name)
}

fn is_bitmap(head: &[u8]) -> bool {
    // Four bytes are reserved.
    head.starts_with(b"BM") && head.get(6..10) == Some(&[0; 4])
}

/// The version, the date of the last change, and lengths that fit the fields they are of.
fn is_dbase(head: &[u8]) -> bool {
    const VERSIONS: [u8; 13] = [
        0x02, 0x03, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8b, 0x8e, 0xcb, 0xf5, 0xfb,
    ];
    const FIELD: u16 = 32;
    /// What `FoxPro` has after the fields.
    const BACKLINK: u16 = 263;
    let Some(&[version, _, month, day, _, _, _, _, low, high, record_low, record_high]) = head.first_chunk() else {
        return false;
    };
    let header = u16::from_le_bytes([low, high]);
    let ends =
        [1, BACKLINK + 1].map(|end| header > FIELD && header.checked_sub(end).is_some_and(|all| all % FIELD == 0));
    VERSIONS.contains(&version)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && u16::from_le_bytes([record_low, record_high]) > 1
        && ends.contains(&true)
}
