//! An `.ods` workbook, from its bytes to its rows.
//!
//! Rows and cells that are alike are written once, with how often they stand there: a million empty
//! rows in as many bytes as one. They are therefore read one by one, and never laid out in memory.
//!
//! Much looks like a worksheet in this format and is none: the rows of other files that a formula looks up, tables in a
//! cell or a chart, what stood in a cell before a change. Worksheets are the tables right in the spreadsheet, and all
//! else is passed over.

use std::collections::HashSet;
use std::io::{Read, Seek};

use super::cell::OdsCell;
use super::content::{Content, Element, Node, cut_off};
use super::names::Space;
use super::value::{Value, times};
use crate::model::Shared;
use crate::sheet::foreign::Foreign;
use crate::sheet::row::{MOST_COLUMNS, Under};
use crate::sheet::visitor::Visitor;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::package::Package;
use crate::sheet::workbook::row_builder::{RowBuilder, Shown};

/// Gives every row that is not empty, table by table, to `visitor`.
pub(in crate::sheet) fn read<R: Read + Seek>(file: R, visitor: &mut dyn Visitor) -> Result<(), WorkbookError> {
    let mut package = Package::open(file)?;
    if is_encrypted(&mut package) {
        return Err(WorkbookError::Encrypted);
    }
    let missing = || WorkbookError::Broken("the part that holds its tables is missing".into());
    let tables = Tables {
        content: Content::new(package.entry("content.xml")?.ok_or_else(missing)?)?,
        hidden_styles: HashSet::new(),
    };
    tables.read(visitor)
}

/// The list of an encrypted file's parts says of each how it is to be decrypted; or all parts are in one.
fn is_encrypted(package: &mut Package<impl Read + Seek>) -> bool {
    const MOST: u64 = 1 << 20;
    if package.has_entry("encrypted-package") {
        return true;
    }
    let mut manifest = Vec::new();
    let Ok(Some(part)) = package.entry("META-INF/manifest.xml") else {
        return false;
    };
    part.take(MOST).read_to_end(&mut manifest).is_ok() && String::from_utf8_lossy(&manifest).contains("encryption-data")
}

/// The first column that no spreadsheet program has.
const AFTER_LAST: u32 = 1 << 14;
const _: () = assert!(AFTER_LAST as usize == MOST_COLUMNS, "it is the first after the last");

/// So many styles of hidden tables are kept, with names that are no longer, in bytes.
const MOST_STYLES: usize = 1 << 14;
const LONGEST_NAME: usize = 1 << 10;

/// Of so many merged cells of a table it is known at once which rows they go on in.
const MOST_MERGED: usize = 1 << 10;

struct Tables<'a> {
    content: Content<'a>,
    /// The styles whose tables the spreadsheet program does not show.
    hidden_styles: HashSet<String>,
}

impl Tables<'_> {
    fn read(mut self, visitor: &mut dyn Visitor) -> Result<(), WorkbookError> {
        let mut style = String::new();
        let mut is_in_body = false;
        let mut open = 0_usize;
        loop {
            match self.content.next()? {
                Node::Start(element) => {
                    open += 1;
                    match element.name() {
                        (Space::Style, "style") => style = element.attribute(Space::Style, "name")?.unwrap_or_default(),
                        (Space::Style, "table-properties")
                            if self.hidden_styles.len() < MOST_STYLES
                                && style.len() < LONGEST_NAME
                                && element.attribute(Space::Table, "display")?.as_deref() == Some("false") =>
                        {
                            self.hidden_styles.insert(style.clone());
                        }
                        (Space::Office, "body") => is_in_body = true,
                        (Space::Office, "spreadsheet") if is_in_body => return self.spreadsheet(visitor),
                        (Space::Office, body) if is_in_body => return Err(WorkbookError::Foreign(other_body(body))),
                        (Space::OldOffice, "document-content") => {
                            return Err(WorkbookError::Foreign(Foreign::opened("an OpenOffice.org 1 file")));
                        }
                        _ => {}
                    }
                }
                Node::End => open = open.saturating_sub(1),
                Node::Nothing if open > 0 => return Err(cut_off()),
                Node::Nothing => return Err(WorkbookError::Foreign(Foreign::packed("a zip archive"))),
                _ => {}
            }
        }
    }

    fn spreadsheet(&mut self, visitor: &mut dyn Visitor) -> Result<(), WorkbookError> {
        loop {
            match self.content.next()? {
                Node::Start(element) => match Worksheet::of(&element, &self.hidden_styles)? {
                    Some(worksheet) => self.worksheet(&worksheet, visitor)?,
                    None => self.content.skip()?,
                },
                Node::End => return Ok(()),
                Node::Nothing => return Err(cut_off()),
                _ => {}
            }
        }
    }

    /// Reads a worksheet to its end.
    fn worksheet(&mut self, worksheet: &Worksheet, visitor: &mut dyn Visitor) -> Result<(), WorkbookError> {
        // What stands before the rows says whether it is one at all.
        let (mut next_column, mut hidden_columns) = (0_u32, Vec::new());
        // The groups around a column, and whether each is hidden.
        let mut groups = Vec::new();
        let first = loop {
            match self.content.next()? {
                Node::Start(element) => match Part::of(&element)? {
                    Part::Columns { is_hidden } => groups.push(is_hidden),
                    Part::Column { is_hidden, repeats } => {
                        let next = next_column.saturating_add(repeats);
                        if is_hidden || groups.contains(&true) {
                            hidden_columns.push((next_column, next - 1));
                        }
                        next_column = next;
                        self.content.skip()?;
                    }
                    Part::Scenario => {
                        let reason = "it is a scenario, with other values for cells of another worksheet";
                        visitor.sheet_skipped(&worksheet.name, reason);
                        self.content.skip()?;
                        return self.content.skip();
                    }
                    Part::Other => self.content.skip()?,
                    part @ (Part::Rows { .. } | Part::Row { .. }) => break Some(part),
                },
                Node::End if groups.pop().is_none() => break None,
                Node::Nothing => return Err(cut_off()),
                _ => {}
            }
        };
        let rows = RowBuilder::begin(&worksheet.name, worksheet.is_hidden, visitor);
        match (rows, first) {
            (Some(mut rows), Some(first)) => {
                for columns in hidden_columns {
                    rows.hide_columns(columns);
                }
                self.rows(first, rows)
            }
            (Some(rows), None) => rows.finish(),
            (None, Some(_)) => {
                self.content.skip()?;
                self.content.skip()
            }
            (None, None) => Ok(()),
        }
    }

    /// Reads the rows to the end of the worksheet, however they are grouped; the first element of them has begun.
    fn rows(&mut self, first: Part, mut rows: RowBuilder<'_>) -> Result<(), WorkbookError> {
        let mut next = 0_u32;
        // The groups around the row, and whether each is hidden.
        let mut groups = Vec::new();
        let mut part = Some(first);
        // The merged cells so far that go on below, each with its last row.
        let mut merged = Vec::new();
        loop {
            match part.take() {
                Some(Part::Row { .. } | Part::Rows { .. }) if rows.is_over() => self.content.skip()?,
                Some(Part::Rows { is_hidden }) => groups.push(is_hidden),
                Some(Part::Row { is_hidden, repeats }) => {
                    if is_hidden || groups.contains(&true) {
                        rows.hide(next.saturating_add(1));
                    }
                    let has_cells = self.row(next, &mut merged, &mut rows)?;
                    merged.retain(|(_, last)| *last >= next);
                    // Those that begin in this row have its number.
                    for (under, _) in merged.iter().filter(|(under, _)| has_cells && under.top <= next) {
                        rows.lie_under(next, *under);
                    }
                    next = next.saturating_add(repeats);
                    if has_cells {
                        rows.repeat_until(next);
                    }
                }
                Some(Part::Columns { .. } | Part::Column { .. } | Part::Scenario | Part::Other) => {
                    self.content.skip()?;
                }
                None => {}
            }
            match self.content.next()? {
                Node::Start(element) => part = Some(Part::of(&element)?),
                Node::End if groups.pop().is_none() => return rows.finish(),
                Node::Nothing => return Err(cut_off()),
                _ => {}
            }
        }
    }

    /// Whether any cell of the row holds something. Cells that are `merged` with others below are added to these.
    fn row(
        &mut self,
        row: u32,
        merged: &mut Vec<(Under, u32)>,
        rows: &mut RowBuilder<'_>,
    ) -> Result<bool, WorkbookError> {
        let mut column = 0_u32;
        let mut has_cells = false;
        loop {
            match self.content.next()? {
                Node::Start(element) => {
                    let is_covered = match element.name() {
                        (Space::Table, "table-cell") => false,
                        (Space::Table, "covered-table-cell") => true,
                        _ => {
                            self.content.skip()?;
                            continue;
                        }
                    };
                    let value = Value::of(&element)?;
                    let (repeats, spans) = (value.repeats, value.spans);
                    let cell = OdsCell::read(&mut self.content, value)?;
                    let end = column.saturating_add(repeats);
                    if !cell.is_empty() {
                        has_cells = true;
                        if spans.0 > 1 && merged.len() < MOST_MERGED {
                            let last = column.saturating_add(spans.1.max(1) - 1);
                            let under = Under {
                                columns: (column as usize, last as usize),
                                top: row.saturating_add(1),
                            };
                            merged.push((under, row.saturating_add(spans.0 - 1)));
                        }
                        let shown = Shown::plain(cell.origin, &cell.text);
                        // The first that is where none can be says all about those after it.
                        for position in column..end.min(AFTER_LAST + 1) {
                            if is_covered {
                                rows.put_covered(row);
                            } else {
                                rows.put((row, position), shown);
                            }
                            if rows.is_over() {
                                break;
                            }
                        }
                    }
                    column = end.min(AFTER_LAST);
                }
                Node::End => return Ok(has_cells),
                Node::Nothing => return Err(cut_off()),
                _ => {}
            }
        }
    }
}

/// What a table right in the spreadsheet says of itself.
#[derive(Debug)]
struct Worksheet {
    name: Shared<str>,
    is_hidden: bool,
}

impl Worksheet {
    /// `None` for an element that is no worksheet.
    fn of(element: &Element<'_>, hidden_styles: &HashSet<String>) -> Result<Option<Self>, WorkbookError> {
        if element.name() != (Space::Table, "table") {
            return Ok(None);
        }
        let name = element.attribute(Space::Table, "name")?.unwrap_or_default();
        let style = element.attribute(Space::Table, "style-name")?.unwrap_or_default();
        let is_hidden = hidden_styles.contains(&style);
        Ok((!is_of_another_file(&name)).then(|| Self {
            name: name.into(),
            is_hidden,
        }))
    }
}

/// Whether a table is what formulas have looked up in another file, which `LibreOffice` keeps as `'file:///…'#Staff`: no
/// worksheet's name may begin with an apostrophe.
fn is_of_another_file(name: &str) -> bool {
    let quoted = name.strip_prefix('\'').and_then(|rest| rest.split_once("'#"));
    quoted.is_some_and(|(address, _)| address.contains(':') || address.contains('/'))
}

/// An element right in a table, or in a group of its rows.
#[derive(Debug)]
enum Part {
    /// A group of rows, of header rows for instance.
    Rows {
        is_hidden: bool,
    },
    Row {
        is_hidden: bool,
        repeats: u32,
    },
    /// A group of columns.
    Columns {
        is_hidden: bool,
    },
    Column {
        is_hidden: bool,
        /// At least 1.
        repeats: u32,
    },
    Scenario,
    /// Drawings, names.
    Other,
}

impl Part {
    fn of(element: &Element<'_>) -> Result<Self, WorkbookError> {
        let (Space::Table, name) = element.name() else {
            return Ok(Self::Other);
        };
        let is_invisible = |visibility: Option<String>| matches!(visibility.as_deref(), Some("collapse" | "filter"));
        Ok(match name {
            "table-columns" | "table-header-columns" => Self::Columns { is_hidden: false },
            "table-column-group" => Self::Columns {
                is_hidden: element.attribute(Space::Table, "display")?.as_deref() == Some("false"),
            },
            "table-column" => Self::Column {
                is_hidden: is_invisible(element.attribute(Space::Table, "visibility")?),
                repeats: match element.attribute(Space::Table, "number-columns-repeated")? {
                    Some(count) => times(&count).max(1),
                    None => 1,
                },
            },
            "table-rows" | "table-header-rows" => Self::Rows { is_hidden: false },
            "table-row-group" => Self::Rows {
                is_hidden: element.attribute(Space::Table, "display")?.as_deref() == Some("false"),
            },
            "table-row" => {
                let visibility = element.attribute(Space::Table, "visibility")?;
                let repeats = element.attribute(Space::Table, "number-rows-repeated")?;
                Self::Row {
                    is_hidden: is_invisible(visibility),
                    repeats: repeats.map_or(1, |count| times(&count)),
                }
            }
            "scenario" => Self::Scenario,
            _ => Self::Other,
        })
    }
}

/// A document with a body of another kind.
fn other_body(body: &str) -> Foreign {
    match body {
        "text" => Foreign::copied("an OpenDocument text"),
        "presentation" => Foreign::copied("an OpenDocument presentation"),
        "drawing" => Foreign::copied("an OpenDocument drawing"),
        "chart" => Foreign::copied("an OpenDocument chart"),
        "database" => Foreign::exported("an OpenDocument database"),
        _ => Foreign::copied("an OpenDocument file of another kind"),
    }
}
