//! What a zip file is, and whether it can be unpacked without harm.

use std::io::{self, Read, Seek};

use quick_xml::events::Event;
use zip::ZipArchive;
use zip::result::ZipError;

use super::bounded_xml::BoundedXml;
use super::package::{Package, PartName};

/// The most that a workbook may unpack to.
pub(in crate::sheet) const LIMIT_MIB: u64 = 2048;
/// The most that the parts which are held in memory whole may unpack to.
const HELD_MIB: u64 = 256;
/// A part that is large, and packed more densely than any table, is looked through for a text without end.
const DENSE_BYTES: u64 = 16 << 20;
const DENSE_RATIO: u64 = 100;
/// In how many bytes a part of shared strings says how many they are.
const HEAD_BYTES: u64 = 4096;
/// How a workbook of binary records begins.
const BEGIN_BOOK: [u8; 2] = [0x83, 0x01];

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

/// Looks at the parts' names and sizes, and unpacks the parts that a reader holds in memory as they are once, to see
/// that they are no longer than they declare.
pub(in crate::sheet) fn inspect(file: impl Read + Seek) -> Result<Archive, ZipError> {
    let mut archive = ZipArchive::new(file)?;
    let mut total = 0_u64;
    for position in 0..archive.len() {
        match archive.by_index(position) {
            Ok(part) => total = total.saturating_add(part.size()),
            Err(ZipError::CompressionMethodNotSupported(method)) => return Ok(Archive::Other(packed_with(method))),
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Ok(Archive::Other("a zip archive with a password"));
            }
            Err(error) => return Err(error),
        }
    }
    let mut package = Package::of(archive)?;
    let kind = kind(&mut package);
    if total > LIMIT_MIB << 20 || !matches!(kind, Archive::Xlsx) && is_bomb(package.into_archive())? {
        return Ok(Archive::Bomb);
    }
    Ok(kind)
}

/// What the document in the package is.
fn kind(package: &mut Package<impl Read + Seek>) -> Archive {
    // Where nothing can be made of what leads to the document, the names of the parts are left.
    match package.main_part() {
        Ok(Some(main)) => match first_of(package, &main) {
            First::Binary => Archive::Xlsb,
            First::Element(root) => match root.as_str() {
                "workbook" => Archive::Xlsx,
                "document" => Archive::Other("a Word document"),
                "presentation" => Archive::Other("a PowerPoint presentation"),
                _ => Archive::Other("a zip archive"),
            },
            // Whoever reads it says what is wrong with it.
            First::Nothing => Archive::Xlsx,
        },
        _ if has(package, "xl/_rels/workbook.xml.rels") => Archive::Xlsx,
        _ if has(package, "content.xml") && has(package, "mimetype") => Archive::Ods,
        _ if has(package, "Index/Document.iwa") => Archive::Other("an Apple Numbers file"),
        _ if has(package, "word/document.xml") => Archive::Other("a Word document"),
        _ => Archive::Other("a zip archive"),
    }
}

fn has(package: &Package<impl Read + Seek>, part: &str) -> bool {
    PartName::of_entry(part).is_some_and(|part| package.has(&part))
}

/// How a part begins.
enum First {
    /// With the record that begins a workbook of records.
    Binary,
    Element(String),
    Nothing,
}

fn first_of(package: &mut Package<impl Read + Seek>, part: &PartName) -> First {
    let mut head = [0; 2];
    if let Ok(Some(mut part)) = package.part(part)
        && part.read_exact(&mut head).is_ok()
        && head == BEGIN_BOOK
    {
        return First::Binary;
    }
    let Ok(Some(mut part)) = package.xml(part) else {
        return First::Nothing;
    };
    loop {
        match part.next() {
            Ok(Event::Start(element) | Event::Empty(element)) => {
                return First::Element(element.local_name().as_ref().to_owned());
            }
            Ok(Event::Eof) | Err(_) => return First::Nothing,
            Ok(_) => {}
        }
    }
}

/// Whether more comes out of the parts than a reader can hold, or than they declare.
fn is_bomb(mut archive: ZipArchive<impl Read + Seek>) -> Result<bool, ZipError> {
    let mut held = 0_u64;
    for position in 0..archive.len() {
        let part = archive.by_index(position)?;
        let size = part.size();
        let name = part.name()?.to_ascii_lowercase();
        let is_dense = size > DENSE_BYTES && size / DENSE_RATIO > part.compressed_size();
        let is_held = is_held(&name);
        held = held.saturating_add(if is_held { size } else { 0 });
        if held > HELD_MIB << 20 {
            return Ok(true);
        }
        if is_held {
            let mut part = part.take(size.saturating_add(1));
            let mut beginning = Vec::new();
            part.by_ref().take(HEAD_BYTES).read_to_end(&mut beginning)?;
            let unpacked = beginning.len() as u64 + io::copy(&mut part, &mut io::sink())?;
            if unpacked > size || declared_strings(&beginning) > size {
                return Ok(true);
            }
        } else if is_dense && io::copy(&mut BoundedXml::new(part), &mut io::sink()).is_err() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A zip file may be packed in many ways, of which spreadsheet programs use one.
fn packed_with(method: u16) -> &'static str {
    match method {
        6 => "a zip archive packed with Implode",
        9 => "a zip archive packed with Deflate64",
        12 => "a zip archive packed with bzip2",
        14 => "a zip archive packed with LZMA",
        93 => "a zip archive packed with Zstandard",
        95 => "a zip archive packed with XZ",
        98 => "a zip archive packed with PPMd",
        _ => "a zip archive packed in a way that spreadsheet programs do not know",
    }
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
