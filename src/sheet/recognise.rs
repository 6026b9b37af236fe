//! What a file is, by its content.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use super::delimited::{self, TextFormat};
use super::error::SheetError;
use super::named_encoding::NamedEncoding;
use super::workbook::{self, Archive, WorkbookFormat};

/// How to read the file.
#[derive(Debug, Clone, Copy)]
pub(super) enum Format {
    Text(TextFormat),
    Workbook(WorkbookFormat),
}

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
    let not_a_sheet = |what| SheetError::NotASheet {
        path: path.to_owned(),
        what,
    };
    let mut head = Vec::new();
    let mut start = beginning(file, length.min(4096)).map_err(failed)?;
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
            Archive::Other(what) => Err(not_a_sheet(what)),
            Archive::Bomb => Err(SheetError::TooLarge {
                path: path.to_owned(),
                limit: workbook::LIMIT_MIB,
            }),
        };
    }
    if head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Ok(Format::Workbook(WorkbookFormat::Xls));
    }
    if let Some(what) = known_other_format(&head) {
        return Err(not_a_sheet(what));
    }
    let mut text = beginning(file, length).map_err(failed)?;
    let format = delimited::detect(&mut text, named).map_err(failed)?;
    let text = format
        .reading
        .encoding
        .decode(&head[usize::from(format.reading.mark)..]);
    if text.contains('\0') {
        return Err(not_a_sheet("a binary file"));
    }
    if text.trim().is_empty() && head.len() < 4096 {
        return Err(SheetError::Empty { path: path.to_owned() });
    }
    Ok(Format::Text(format))
}

/// Files that are handed over for a sheet by mistake.
fn known_other_format(head: &[u8]) -> Option<&'static str> {
    let start: String = head
        .iter()
        .take(512)
        .map(|byte| char::from(byte.to_ascii_lowercase()))
        .collect();
    let start = start.trim_start_matches("ï»¿").trim_start();
    let signs = [
        ("%pdf", "a PDF"),
        ("<!doctype html", "a web page"),
        ("<html", "a web page"),
        ("<table", "a web page"),
        ("<?xml", "an XML file"),
        ("{\\rtf", "a rich text document"),
        ("\u{1f}\u{8b}", "a gzip archive"),
        ("{\"", "a JSON file"),
    ];
    signs
        .into_iter()
        .find(|(sign, _)| start.starts_with(sign))
        .map(|(_, what)| what)
}
