//! The rows of a worksheet.

use quick_xml::events::{BytesStart, Event};

use super::book::Book;
use super::cell::RawCell;
use super::cell_reference;
use super::formulas::{ArrayFormula, ArrayFormulas};
use super::rich_text;
use crate::sheet::row::{CellKind, MOST_COLUMNS};
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::merged::Area;
use crate::sheet::workbook::package::{XmlPart, attribute, cut_off, is_true};
use crate::sheet::workbook::row_builder::{RowBuilder, Shown};

/// How much of a column's width is room beside the digits: five points, where a digit takes seven.
const PADDING: f64 = 5.0 / 7.0;

/// An element among the rows.
enum Element {
    Row,
    Cell,
    Column,
    /// One that may have rows within it.
    Outer,
    Other,
}

/// A worksheet as it is read.
pub(super) struct Worksheet<'a> {
    part: XmlPart<'a>,
    book: &'a Book,
    /// The row and the column, from 0, of the next cell that does not say where it is.
    next: (u32, u32),
    /// Whether the current row is hidden, until that has been told.
    is_hidden: bool,
    cell: RawCell,
    arrays: ArrayFormulas,
}

impl<'a> Worksheet<'a> {
    pub(super) fn new(part: XmlPart<'a>, book: &'a Book) -> Self {
        Self {
            part,
            book,
            next: (0, 0),
            is_hidden: false,
            cell: RawCell::default(),
            arrays: ArrayFormulas::default(),
        }
    }

    /// Gives every cell to `rows`.
    pub(super) fn read(mut self, mut rows: RowBuilder<'_>) -> Result<(), WorkbookError> {
        loop {
            let event = self.part.next()?;
            let is_whole = matches!(event, Event::Empty(_));
            let element = match event {
                Event::Start(start) | Event::Empty(start) => {
                    let element = element(&start);
                    let begun = (&mut self.next, &mut self.is_hidden, &mut self.cell);
                    begin(&element, &start, begun, &mut rows)?;
                    element
                }
                Event::End(end) => {
                    if end.local_name().as_ref() == "row" {
                        self.end_row(&mut rows);
                    }
                    continue;
                }
                Event::Eof => return rows.finish(),
                _ => continue,
            };
            if rows.is_over() {
                return rows.finish();
            }
            match element {
                Element::Row if is_whole => self.end_row(&mut rows),
                Element::Cell => {
                    let array = if is_whole { None } else { self.content()? };
                    self.put(array, &mut rows)?;
                }
                Element::Column | Element::Other if !is_whole => self.part.skip()?,
                Element::Row | Element::Outer | Element::Column | Element::Other => {}
            }
        }
    }

    /// Reads what is in the cell that has just begun; the cells that its formula fills, if it says so.
    fn content(&mut self) -> Result<Option<Area>, WorkbookError> {
        enum Content {
            Value,
            Text,
            Formula,
            Other,
        }
        let mut array = None;
        loop {
            let content = match self.part.next()? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "v" => Content::Value,
                    "is" => Content::Text,
                    "f" => {
                        array = array_of(&element)?;
                        Content::Formula
                    }
                    _ => Content::Other,
                },
                Event::Empty(element) => {
                    match element.local_name().as_ref() {
                        "v" => self.cell.has_value = true,
                        "f" => {
                            array = array_of(&element)?;
                            self.cell.is_formula = true;
                        }
                        _ => {}
                    }
                    continue;
                }
                Event::End(_) => return Ok(array),
                Event::Eof => return Err(cut_off()),
                _ => continue,
            };
            match content {
                Content::Value => {
                    self.cell.has_value = true;
                    self.part.text(&mut self.cell.value)?;
                }
                Content::Text => {
                    let mut text = String::new();
                    let is_struck = rich_text::read(&mut self.part, &mut text)?;
                    self.cell.inline = Some((text, is_struck));
                }
                Content::Formula => {
                    self.cell.is_formula = true;
                    self.part.skip()?;
                }
                Content::Other => self.part.skip()?,
            }
        }
    }

    /// Gives the cell to `rows`.
    fn put(&mut self, array: Option<Area>, rows: &mut RowBuilder<'_>) -> Result<(), WorkbookError> {
        let position = self.cell.position.unwrap_or(self.next);
        self.next = (position.0, position.1 + 1);
        if self.is_hidden {
            rows.hide(position.0 + 1);
            self.is_hidden = false;
        }
        self.cell.is_formula |= self.arrays.cover(position);
        let shown = self.cell.shown(self.book)?;
        if let Some(area) = array {
            let is_uncomputed = shown.is_some_and(|shown| shown.origin.kind == CellKind::Uncomputed);
            self.arrays.add(ArrayFormula { area, is_uncomputed });
        }
        if let Some(shown) = shown {
            rows.put(position, shown);
        }
        Ok(())
    }

    fn end_row(&mut self, rows: &mut RowBuilder<'_>) {
        let row = self.next.0;
        for column in self.arrays.end_row(row) {
            rows.put((row, column), Shown::uncomputed());
        }
        self.is_hidden = false;
        self.next = (row.saturating_add(1), 0);
    }
}

fn element(start: &BytesStart<'_>) -> Element {
    match start.local_name().as_ref() {
        "c" => Element::Cell,
        "row" => Element::Row,
        "col" => Element::Column,
        // Of a choice between forms the one for whoever does not know the other.
        "worksheet" | "cols" | "sheetData" | "AlternateContent" | "Fallback" => Element::Outer,
        _ => Element::Other,
    }
}

/// Takes the attributes of a row, a cell or a column.
fn begin(
    element: &Element,
    start: &BytesStart<'_>,
    (next, is_hidden, cell): (&mut (u32, u32), &mut bool, &mut RawCell),
    rows: &mut RowBuilder<'_>,
) -> Result<(), WorkbookError> {
    match element {
        Element::Cell => cell.begin(start),
        Element::Row => {
            if let Some(number) = attribute(start, "r")?
                && let Some(row) = cell_reference::row(number.trim().as_bytes())
            {
                *next = (row, 0);
            }
            *is_hidden = is_row_hidden(start)?;
            Ok(())
        }
        Element::Column => set_width(start, rows),
        Element::Outer | Element::Other => Ok(()),
    }
}

/// Whether the row is hidden, or has no height, which comes to the same.
fn is_row_hidden(row: &BytesStart<'_>) -> Result<bool, WorkbookError> {
    if attribute(row, "hidden")?.is_some_and(|value| is_true(&value)) {
        return Ok(true);
    }
    let height = attribute(row, "ht")?.and_then(|height| height.trim().parse().ok());
    Ok(height == Some(0.0))
}

/// Tells how wide the columns are for which this element stands.
fn set_width(columns: &BytesStart<'_>, rows: &mut RowBuilder<'_>) -> Result<(), WorkbookError> {
    let number = |name| -> Result<Option<f64>, WorkbookError> {
        Ok(attribute(columns, name)?.and_then(|number| number.trim().parse().ok()))
    };
    let column = |name| -> Result<Option<u32>, WorkbookError> {
        Ok(attribute(columns, name)?
            .and_then(|number| cell_reference::row(number.trim().as_bytes()))
            .filter(|column| (*column as usize) < MOST_COLUMNS))
    };
    if let (Some(first), Some(last), Some(width)) = (column("min")?, column("max")?, number("width")?)
        && width > PADDING
    {
        rows.set_width((first, last), width - PADDING);
    }
    Ok(())
}

/// The cells that the formula fills, if it stands for several.
fn array_of(formula: &BytesStart<'_>) -> Result<Option<Area>, WorkbookError> {
    let kind = attribute(formula, "t")?;
    if !matches!(kind.as_deref(), Some("array" | "dataTable")) {
        return Ok(None);
    }
    let reference = attribute(formula, "ref")?;
    Ok(reference.and_then(|reference| cell_reference::area(&reference)))
}
