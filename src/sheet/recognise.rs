//! What a file is, by its content.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use super::delimited::{self, TextFormat};
use super::error::SheetError;
use super::foreign::{Foreign, foreign_binary, foreign_text};
use super::named_encoding::NamedEncoding;
use super::workbook::{self, Archive, WorkbookFormat};

/// How to read the file.
#[derive(Debug, Clone, Copy)]
pub(super) enum Format {
    Text(TextFormat),
    Workbook(WorkbookFormat),
}

/// This much of a file tells what it is.
const LOOKED_AT: usize = 4096;

/// This many bytes from the beginning: a file that is still being written to may never end.
pub(super) fn beginning(file: &mut std::fs::File, length: u64) -> io::Result<io::Take<&mut std::fs::File>> {
    file.seek(SeekFrom::Start(0))?;
    Ok(file.take(length))
}

/// Tells the format by the content; the extension counts for nothing. Text is in the encoding that is `named`, if one is.
pub(super) fn recognise(
    file: &mut std::fs::File,
    length: u64,
    path: &str,
    named: Option<NamedEncoding>,
) -> Result<Format, SheetError> {
    let failed = |source| SheetError::Read {
        path: path.to_owned(),
        source,
    };
    let not_a_sheet = |Foreign { what, cure }| SheetError::NotASheet {
        path: path.to_owned(),
        what,
        cure,
    };
    let mut head = Vec::new();
    let mut start = beginning(file, length.min(LOOKED_AT as u64)).map_err(failed)?;
    start.read_to_end(&mut head).map_err(failed)?;
    if head.starts_with(b"PK\x03\x04") {
        let broken = |error: zip::result::ZipError| SheetError::Broken {
            path: path.to_owned(),
            reason: match error {
                zip::result::ZipError::InvalidArchive(_) => "it is cut off, or was changed on its way".to_owned(),
                other => other.to_string(),
            },
        };
        return match workbook::inspect(BufReader::new(file)).map_err(broken)? {
            Archive::Xlsx => Ok(Format::Workbook(WorkbookFormat::Xlsx)),
            Archive::Xlsb => Ok(Format::Workbook(WorkbookFormat::Xlsb)),
            Archive::Ods => Ok(Format::Workbook(WorkbookFormat::Ods)),
            Archive::Other(foreign) => Err(not_a_sheet(foreign)),
            Archive::Bomb => Err(SheetError::TooLarge {
                path: path.to_owned(),
                limit: workbook::LIMIT_MIB,
            }),
        };
    }
    if head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Ok(Format::Workbook(WorkbookFormat::Xls));
    }
    if let Some(foreign) = foreign_binary(&head, length) {
        return Err(not_a_sheet(foreign));
    }
    let mut text = beginning(file, length).map_err(failed)?;
    let format = delimited::presume(&mut text, named).map_err(failed)?;
    let text = format
        .reading
        .encoding
        .decode(&head[usize::from(format.reading.mark)..]);
    let is_all = head.len() < LOOKED_AT;
    if let Some(foreign) = foreign_text(&text, is_all) {
        return Err(not_a_sheet(foreign));
    }
    // Some programs fill the last block of a file up.
    if text.trim_end_matches(['\0', '\u{1a}']).contains('\0') {
        return Err(not_a_sheet(Foreign::exported("a binary file")));
    }
    if text.trim().is_empty() && is_all {
        return Err(SheetError::Empty { path: path.to_owned() });
    }
    Ok(Format::Text(format))
}
