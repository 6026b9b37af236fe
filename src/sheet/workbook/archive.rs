//! What a zip file is, and whether it can be unpacked without harm.

use std::io::{self, Read, Seek};

use zip::ZipArchive;
use zip::result::ZipError;

use super::bounded_xml::BoundedXml;

/// The most that a workbook may unpack to.
pub(in crate::sheet) const LIMIT_MIB: u64 = 2048;
/// The most that the parts which are held in memory whole may unpack to.
const HELD_MIB: u64 = 256;
/// A part that is large, and packed more densely than any table, is looked through for a text without end.
const DENSE_BYTES: u64 = 16 << 20;
const DENSE_RATIO: u64 = 100;
/// In how many bytes a part of shared strings says how many they are.
const HEAD_BYTES: u64 = 4096;

/// What a zip file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sheet) enum Archive {
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
pub(in crate::sheet) fn inspect(file: impl Read + Seek) -> Result<Archive, ZipError> {
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
        let is_dense = size > DENSE_BYTES && size / DENSE_RATIO > part.compressed_size();
        let is_held = is_held(&name);
        total = total.saturating_add(size);
        held = held.saturating_add(if is_held { size } else { 0 });
        if total > LIMIT_MIB << 20 || held > HELD_MIB << 20 {
            return Ok(Archive::Bomb);
        }
        if is_held {
            let mut part = part.take(size.saturating_add(1));
            let mut beginning = Vec::new();
            part.by_ref().take(HEAD_BYTES).read_to_end(&mut beginning)?;
            let unpacked = beginning.len() as u64 + io::copy(&mut part, &mut io::sink())?;
            if unpacked > size || declared_strings(&beginning) > size {
                return Ok(Archive::Bomb);
            }
        } else if is_dense && io::copy(&mut BoundedXml::new(part), &mut io::sink()).is_err() {
            return Ok(Archive::Bomb);
        }
    }
    Ok(kind)
}

/// How many shared strings the part says that it has, for which the reader of workbooks makes room at once.
fn declared_strings(head: &[u8]) -> u64 {
    let head = String::from_utf8_lossy(head);
    let declared = head
        .split_once("uniqueCount=\"")
        .and_then(|(_, rest)| rest.split_once('"'));
    declared.map_or(0, |(count, _)| count.parse().unwrap_or(u64::MAX))
}

/// Worksheets of the Excel formats, and all of an `.ods`, are streamed; all else that a reader
/// looks at is held.
fn is_held(part: &str) -> bool {
    part.starts_with("xl/") && !part.starts_with("xl/worksheets/") && !part.starts_with("xl/media/")
}
