//! What a zip file is, and whether it can be unpacked without harm.

use std::io::{Read, Seek};

use quick_xml::events::Event;
use zip::ZipArchive;
use zip::result::ZipError;

use super::error::LIMIT_MIB;
use super::package::{Package, PartName};
use crate::sheet::foreign::{Foreign, foreign_archive, packed_with, with_password};

/// How a workbook of binary records begins.
const BEGIN_BOOK: [u8; 2] = [0x83, 0x01];

/// What a zip file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sheet) enum Archive {
    /// `.xlsx` and `.xlsm`.
    Xlsx,
    /// `.xlsb`.
    Xlsb,
    /// `.ods`.
    Ods,
    /// Something else.
    Other(Foreign),
    /// More than may be unpacked, by what it declares.
    Bomb,
}

/// Looks at the parts' names and sizes.
pub(in crate::sheet) fn inspect(file: impl Read + Seek) -> Result<Archive, ZipError> {
    let mut archive = ZipArchive::new(file)?;
    let mut total = 0_u64;
    for position in 0..archive.len() {
        let part = archive.by_index_raw(position)?;
        if part.encrypted() {
            return Ok(Archive::Other(with_password()));
        }
        if let Some(foreign) = packed_with(part.compression()) {
            return Ok(Archive::Other(foreign));
        }
        total = total.saturating_add(part.size());
    }
    let mut package = Package::of(archive);
    let Some(kind) = kind(&mut package) else {
        return Ok(Archive::Other(foreign_archive(&package.into_archive())));
    };
    Ok(if total > LIMIT_MIB << 20 { Archive::Bomb } else { kind })
}

/// What the document in the package is; `None` if it is no workbook.
fn kind(package: &mut Package<impl Read + Seek>) -> Option<Archive> {
    // Where nothing can be made of what leads to the document, the names of the parts are left.
    match package.main_part() {
        Ok(Some(main)) => match first_of(package, &main) {
            First::Binary => Some(Archive::Xlsb),
            First::Element(root) => match root.as_str() {
                "workbook" => Some(Archive::Xlsx),
                "document" => Some(Archive::Other(Foreign::copied("a Word document"))),
                "presentation" => Some(Archive::Other(Foreign::copied("a PowerPoint presentation"))),
                _ => None,
            },
            // Whoever reads it says what is wrong with it.
            First::Nothing => Some(Archive::Xlsx),
        },
        _ if package.has_entry("xl/_rels/workbook.xml.rels") => Some(Archive::Xlsx),
        _ if package.has_entry("content.xml") || package.has_entry("encrypted-package") => Some(Archive::Ods),
        _ => None,
    }
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
    let Ok(Some(mut part)) = package.list(part) else {
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
