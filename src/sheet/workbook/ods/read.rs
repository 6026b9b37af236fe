//! An `.ods` workbook, from its bytes to its rows.
//!
//! Rows and cells that are alike are written once, with how often they stand there: a million empty
//! rows in as many bytes as one. They are therefore read one by one, and never laid out in memory.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read, Seek};
use std::sync::Arc;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::cell::{OdsCell, attribute};
use crate::sheet::row::MOST_COLUMNS;
use crate::sheet::visitor::Visitor;
use crate::sheet::workbook::bounded_xml::BoundedXml;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::row_builder::{MOST_ROWS, RowBuilder};

/// Gives every row that is not empty, table by table, to `visitor`.
pub(in crate::sheet) fn read<R: Read + Seek>(file: R, visitor: &mut dyn Visitor) -> Result<(), WorkbookError> {
    let mut archive = ZipArchive::new(file)?;
    if is_encrypted(&mut archive) {
        return Err(WorkbookError::Encrypted);
    }
    let mut xml = Reader::from_reader(BufReader::new(BoundedXml::new(archive.by_name("content.xml")?)));
    xml.config_mut().expand_empty_elements = true;
    let mut content = Content {
        xml,
        buffer: Vec::new(),
    };
    content.tables(visitor)
}

/// The list of an encrypted file's parts says of each how it is to be decrypted.
fn is_encrypted(archive: &mut ZipArchive<impl Read + Seek>) -> bool {
    const MOST: u64 = 1 << 20;
    let mut manifest = Vec::new();
    let read = archive
        .by_name("META-INF/manifest.xml")
        .map(|part| part.take(MOST).read_to_end(&mut manifest));
    matches!(read, Ok(Ok(_))) && String::from_utf8_lossy(&manifest).contains("encryption-data")
}

/// The part that holds the tables.
struct Content<R> {
    xml: Reader<R>,
    buffer: Vec<u8>,
}

impl<R: BufRead> Content<R> {
    fn tables(&mut self, visitor: &mut dyn Visitor) -> Result<(), WorkbookError> {
        let mut style = String::new();
        let mut hidden_styles = HashSet::new();
        loop {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer)? {
                Event::Start(start) => match start.name().0 {
                    "style:style" => style = attribute(&start, "style:name")?.unwrap_or_default(),
                    "style:table-properties" if attribute(&start, "table:display")?.as_deref() == Some("false") => {
                        hidden_styles.insert(style.clone());
                    }
                    "table:table" => {
                        let name: Arc<str> = attribute(&start, "table:name")?.unwrap_or_default().into();
                        let style = attribute(&start, "table:style-name")?.unwrap_or_default();
                        let Some(rows) = RowBuilder::begin(&name, hidden_styles.contains(&style), visitor) else {
                            let end = start.to_end().into_owned();
                            self.xml.read_to_end_into(end.name(), &mut Vec::new())?;
                            continue;
                        };
                        self.table(rows)?;
                    }
                    _ => {}
                },
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn table(&mut self, mut rows: RowBuilder<'_>) -> Result<(), WorkbookError> {
        let mut next = 0_u32;
        loop {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer)? {
                Event::Start(start) if start.name().0 == "table:table-row" => {
                    let repeats = repeats(&start, "table:number-rows-repeated", MOST_ROWS)?;
                    let visibility = attribute(&start, "table:visibility")?;
                    if matches!(visibility.as_deref(), Some("collapse" | "filter")) {
                        rows.hide(next.saturating_add(1));
                    }
                    let has_cells = self.row(next, &mut rows)?;
                    next = next.saturating_add(repeats);
                    if has_cells {
                        rows.repeat_until(next);
                    }
                }
                Event::End(end) if end.name().0 == "table:table" => {
                    return rows.finish();
                }
                Event::Eof => return Err(cut_off()),
                _ => {}
            }
        }
    }

    /// Whether any cell of the row holds something.
    fn row(&mut self, row: u32, rows: &mut RowBuilder<'_>) -> Result<bool, WorkbookError> {
        let mut column = 0_u32;
        let mut has_cells = false;
        loop {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer)? {
                Event::Start(start) if matches!(start.name().0, "table:table-cell" | "table:covered-table-cell") => {
                    let repeats = repeats(&start, "table:number-columns-repeated", column_limit())?;
                    let mut cell = OdsCell::begin(&start)?;
                    self.cell(&mut cell)?;
                    let last = column.saturating_add(repeats).min(column_limit());
                    if let Some((kind, text)) = cell.finish() {
                        has_cells = true;
                        for position in column..last {
                            rows.put((row, position), kind, &text);
                        }
                    }
                    column = last;
                }
                Event::End(end) if end.name().0 == "table:table-row" => return Ok(has_cells),
                Event::Eof => return Err(cut_off()),
                _ => {}
            }
        }
    }

    /// Reads what the cell shows, notes and drawings left out.
    fn cell(&mut self, cell: &mut OdsCell) -> Result<(), WorkbookError> {
        // How many elements of skipped content are open.
        let mut left_out = 0_usize;
        loop {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer)? {
                Event::Start(start) if left_out > 0 || is_no_text(start.name().0) => left_out += 1,
                Event::End(_) if left_out > 0 => left_out -= 1,
                Event::End(end) if matches!(end.name().0, "table:table-cell" | "table:covered-table-cell") => {
                    return Ok(());
                }
                Event::Start(start) if left_out == 0 => cell.element(&start)?,
                Event::Text(text) if left_out == 0 => cell.push(&text.xml10_content()),
                Event::GeneralRef(reference) if left_out == 0 => cell.reference(&reference)?,
                Event::Eof => return Err(cut_off()),
                _ => {}
            }
        }
    }
}

fn is_no_text(element: &str) -> bool {
    element == "office:annotation" || element.starts_with("draw:") || element.starts_with("table:shapes")
}

fn repeats(start: &BytesStart<'_>, name: &str, most: u32) -> Result<u32, WorkbookError> {
    let text = attribute(start, name)?;
    Ok(text
        .and_then(|text| text.parse().ok())
        .map_or(1, |count: u32| count.clamp(1, most)))
}

fn column_limit() -> u32 {
    u32::try_from(MOST_COLUMNS).unwrap_or(u32::MAX)
}

fn cut_off() -> WorkbookError {
    WorkbookError::Broken("it ends in the middle of a table".into())
}
