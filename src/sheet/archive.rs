//! What a zip file is, and whether it can be unpacked without harm.

use std::io::{self, Read, Seek};

use zip::ZipArchive;
use zip::result::ZipError;

/// The most that a workbook may unpack to.
pub(super) const LIMIT_MIB: u64 = 2048;
/// The most that the parts which are held in memory whole may unpack to.
const HELD_MIB: u64 = 512;

/// What a zip file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Archive {
    /// `.xlsx` and `.xlsm`.
    Xlsx,
    /// `.xlsb`.
    Xlsb,
    /// `.ods`.
    Ods,
    /// Something else.
    Other(&'static str),
    /// More than may be unpacked, by what it declares or by what comes out.
    Bomb,
}

/// Looks at the parts' names and sizes, and unpacks the parts that a workbook reader holds in
/// memory once, to see that they are no longer than they declare.
pub(super) fn inspect(file: impl Read + Seek) -> Result<Archive, ZipError> {
    let mut archive = ZipArchive::new(file)?;
    let has = |part: &str| {
        archive
            .file_names()
            .flatten()
            .any(|name| name.eq_ignore_ascii_case(part))
    };
    let kind = if has("xl/workbook.bin") {
        Archive::Xlsb
    } else if has("xl/workbook.xml") || has("xl/_rels/workbook.xml.rels") {
        Archive::Xlsx
    } else if has("content.xml") && has("mimetype") {
        Archive::Ods
    } else if has("Index/Document.iwa") {
        return Ok(Archive::Other("an Apple Numbers file"));
    } else if has("word/document.xml") {
        return Ok(Archive::Other("a Word document"));
    } else {
        return Ok(Archive::Other("a zip archive"));
    };
    let (mut total, mut held) = (0_u64, 0_u64);
    for position in 0..archive.len() {
        let part = archive.by_index(position)?;
        let size = part.size();
        let name = part.name()?.to_ascii_lowercase();
        total = total.saturating_add(size);
        if is_held(&name) {
            held = held.saturating_add(size);
            let unpacked = io::copy(
                &mut part.take(size.saturating_add(1).min(HELD_MIB << 20)),
                &mut io::sink(),
            )?;
            if unpacked > size {
                return Ok(Archive::Bomb);
            }
        }
    }
    if total > LIMIT_MIB << 20 || held > HELD_MIB << 20 {
        return Ok(Archive::Bomb);
    }
    Ok(kind)
}

/// Worksheets of the Excel formats are streamed; all else that a reader looks at is held.
fn is_held(part: &str) -> bool {
    let workbook = part.starts_with("xl/") && !part.starts_with("xl/worksheets/") && !part.starts_with("xl/media/");
    workbook || part == "content.xml"
}
