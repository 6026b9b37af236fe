//! Workbooks part by part, and what is seen of them.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::read;
use crate::model::Shared;
use crate::sheet::row::{CellKind, MalformedRow, Row};
use crate::sheet::visitor::{Visit, Visitor};
use crate::sheet::workbook::error::WorkbookError;

mod cells;
mod oracle;
mod packages;
mod rows;

const RELATIONSHIP: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A cell as it was seen: its kind, its text, and whether it is a formula.
type SeenCell = (CellKind, String, bool);

/// What was seen of a row: its number and its cells, and what is told of it.
#[derive(Debug, Default, PartialEq)]
struct SeenRow {
    number: u32,
    cells: Vec<SeenCell>,
    is_hidden: bool,
    is_struck: bool,
    struck_parts: usize,
    covered: u32,
    is_too_long: bool,
}

#[derive(Debug, Default)]
struct Seen {
    sheets: Vec<String>,
    skipped: Vec<(String, String)>,
    rows: Vec<SeenRow>,
}

impl Visitor for Seen {
    fn sheet(&mut self, sheet: &Shared<str>) -> Visit {
        self.sheets.push(sheet.to_string());
        Visit::Rows
    }

    fn sheet_skipped(&mut self, sheet: &Shared<str>, reason: &str) {
        self.skipped.push((sheet.to_string(), reason.to_owned()));
    }

    fn row(&mut self, row: &mut Row) -> Visit {
        self.rows.push(SeenRow {
            number: row.number(),
            cells: row
                .cells()
                .map(|cell| (cell.kind, cell.text.to_owned(), cell.is_formula))
                .collect(),
            is_hidden: row.is_hidden(),
            is_struck: row.is_struck(),
            struck_parts: row.struck_parts().len(),
            covered: row.covered(),
            is_too_long: row.malformed() == Some(MalformedRow::TooLong),
        });
        Visit::Rows
    }
}

impl Seen {
    /// The texts of every row, with its number.
    fn texts(&self) -> Vec<(u32, Vec<&str>)> {
        let mut rows = Vec::new();
        for row in &self.rows {
            rows.push((row.number, row.cells.iter().map(|(_, text, _)| text.as_str()).collect()));
        }
        rows
    }
}

fn try_seen(bytes: &[u8]) -> Result<Seen, WorkbookError> {
    let mut seen = Seen::default();
    read(Cursor::new(bytes), &mut seen)?;
    Ok(seen)
}

fn seen(bytes: &[u8]) -> Seen {
    try_seen(bytes).unwrap()
}

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A part of relationships: the number in the id, the kind and the target of each.
fn relationships(list: &[(u8, &str, &str)]) -> String {
    let list = list.iter().map(|(id, kind, target)| {
        format!("<Relationship Id=\"rId{id}\" Type=\"{RELATIONSHIP}/{kind}\" Target=\"{target}\"/>")
    });
    format!("<Relationships>{}</Relationships>", list.collect::<String>())
}

/// The parts of a workbook with one worksheet, before they are packed.
struct Parts {
    /// What the workbook says beside its one worksheet.
    workbook: &'static str,
    worksheet: String,
    strings: &'static str,
    styles: &'static str,
}

impl Parts {
    /// A worksheet with these rows.
    fn rows(rows: &str) -> Self {
        Self::worksheet(&format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"))
    }

    fn worksheet(worksheet: &str) -> Self {
        Self {
            workbook: "",
            worksheet: worksheet.to_owned(),
            strings: "",
            styles: "",
        }
    }

    fn packed(&self) -> Vec<u8> {
        let root = relationships(&[(1, "officeDocument", "xl/workbook.xml")]);
        let book = relationships(&[
            (1, "worksheet", "worksheets/sheet1.xml"),
            (2, "sharedStrings", "sharedStrings.xml"),
            (3, "styles", "styles.xml"),
        ]);
        let workbook = format!(
            "<workbook xmlns:r=\"{RELATIONSHIP}\"><sheets><sheet name=\"A\" sheetId=\"1\" r:id=\"rId1\"/></sheets>{}\
             </workbook>",
            self.workbook
        );
        let mut parts = vec![
            ("_rels/.rels", root.as_bytes()),
            ("xl/workbook.xml", workbook.as_bytes()),
            ("xl/_rels/workbook.xml.rels", book.as_bytes()),
            ("xl/worksheets/sheet1.xml", self.worksheet.as_bytes()),
        ];
        if !self.strings.is_empty() {
            parts.push(("xl/sharedStrings.xml", self.strings.as_bytes()));
        }
        if !self.styles.is_empty() {
            parts.push(("xl/styles.xml", self.styles.as_bytes()));
        }
        archive(&parts)
    }

    fn seen(&self) -> Seen {
        seen(&self.packed())
    }
}
