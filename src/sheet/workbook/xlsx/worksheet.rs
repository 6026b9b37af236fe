//! The rows of a worksheet.

use quick_xml::XmlVersion::Implicit1_0;
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
    cells: Cells<'a>,
}

/// The cells of a worksheet, one after the other.
struct Cells<'a> {
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
            cells: Cells {
                book,
                next: (0, 0),
                is_hidden: false,
                cell: RawCell::default(),
                arrays: ArrayFormulas::default(),
            },
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
                    self.cells.begin(&element, &start, &mut rows)?;
                    element
                }
                Event::End(end) => {
                    if end.local_name().as_ref() == "row" {
                        self.cells.end_row(&mut rows);
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
                Element::Row if is_whole => self.cells.end_row(&mut rows),
                Element::Row => self.usual_cells(&mut rows)?,
                Element::Cell => {
                    let array = if is_whole { None } else { self.content()? };
                    self.cells.put(array, &mut rows)?;
                    self.usual_cells(&mut rows)?;
                }
                Element::Column | Element::Other if !is_whole => self.part.skip()?,
                Element::Outer | Element::Column | Element::Other => {}
            }
        }
    }

    /// Gives the next cells to `rows` that are written as usual, without taking each of their elements apart.
    fn usual_cells(&mut self, rows: &mut RowBuilder<'_>) -> Result<(), WorkbookError> {
        let xml = self.part.buffered()?;
        let mut taken = 0;
        while let Some(length) = self.cells.cell.take_usual(&xml[taken..]).filter(|_| !rows.is_over()) {
            self.cells.put(None, rows)?;
            taken += length;
        }
        self.part.leave_out(taken);
        Ok(())
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
                        "v" => self.cells.cell.has_value = true,
                        "f" => {
                            array = array_of(&element)?;
                            self.cells.cell.is_formula = true;
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
                    self.cells.cell.has_value = true;
                    self.part.text(&mut self.cells.cell.value)?;
                }
                Content::Text => {
                    let mut text = String::new();
                    let struck = rich_text::read(&mut self.part, &mut text)?;
                    self.cells.cell.inline = Some((text, struck));
                }
                Content::Formula => {
                    self.cells.cell.is_formula = true;
                    self.part.skip()?;
                }
                Content::Other => self.part.skip()?,
            }
        }
    }
}

impl Cells<'_> {
    /// Takes the attributes of a row, a cell or a column.
    fn begin(
        &mut self,
        element: &Element,
        start: &BytesStart<'_>,
        rows: &mut RowBuilder<'_>,
    ) -> Result<(), WorkbookError> {
        match element {
            Element::Cell => self.cell.begin(start),
            Element::Row => self.begin_row(start),
            Element::Column => begin_columns(start, rows),
            Element::Outer | Element::Other => Ok(()),
        }
    }

    fn begin_row(&mut self, row: &BytesStart<'_>) -> Result<(), WorkbookError> {
        self.is_hidden = false;
        for attribute in row.attributes().with_checks(false) {
            let attribute = attribute?;
            let name = attribute.key.local_name();
            if !matches!(name.as_ref(), "r" | "hidden" | "ht") {
                continue;
            }
            let value = attribute.normalized_value(Implicit1_0)?;
            match name.as_ref() {
                "r" => {
                    if let Some(row) = cell_reference::row(value.trim().as_bytes()) {
                        self.next = (row, 0);
                    }
                }
                "hidden" => self.is_hidden |= is_true(&value),
                // Without height it cannot be seen either.
                _ => self.is_hidden |= value.trim().parse() == Ok(0.0),
            }
        }
        Ok(())
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
        // Another row may say that it has the same number.
        rows.end_row();
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

/// Tells how wide the columns are for which this element stands, and whether they are hidden.
fn begin_columns(columns: &BytesStart<'_>, rows: &mut RowBuilder<'_>) -> Result<(), WorkbookError> {
    let number = |name| -> Result<Option<f64>, WorkbookError> {
        Ok(attribute(columns, name)?.and_then(|number| number.trim().parse().ok()))
    };
    let column = |name| -> Result<Option<u32>, WorkbookError> {
        Ok(attribute(columns, name)?
            .and_then(|number| cell_reference::row(number.trim().as_bytes()))
            .filter(|column| (*column as usize) < MOST_COLUMNS))
    };
    if let (Some(first), Some(last)) = (column("min")?, column("max")?) {
        let width = number("width")?;
        if let Some(width) = width.filter(|width| *width > PADDING) {
            rows.set_width((first, last), width - PADDING);
        }
        // Without width they cannot be seen either.
        if width == Some(0.0) || attribute(columns, "hidden")?.is_some_and(|hidden| is_true(&hidden)) {
            rows.hide_columns((first, last));
        }
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
