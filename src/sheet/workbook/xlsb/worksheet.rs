//! The part of one worksheet, from its records to rows.

use std::io::Read;

use super::cell::{CellRecord, Value, is_cell};
use super::records::{Fields, Records};
use crate::sheet::row::{CellKind, MOST_COLUMNS, Origin};
use crate::sheet::visitor::Visit;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::excel_value::{write_bool, write_error, write_formatted};
use crate::sheet::workbook::row_builder::{MOST_ROWS, RowBuilder, Shown};
use crate::sheet::workbook::shared_texts::{SharedTexts, no_texts};
use crate::sheet::workbook::struck::Struck;
use crate::sheet::workbook::styles::Styles;

const ROW: u16 = 0;
const COLUMNS: u16 = 60;
const BEGIN_ROWS: u16 = 145;
const END_ROWS: u16 = 146;

/// In the flags of a row.
const IS_HIDDEN: u8 = 1 << 4;

/// In the flags of columns.
const ARE_HIDDEN: u8 = 1;

/// What the cells of all worksheets refer to.
#[derive(Debug, Default)]
pub(super) struct Common {
    /// `None` if the workbook has no part for them.
    pub(super) strings: Option<SharedTexts>,
    pub(super) styles: Styles,
    pub(super) is_1904: bool,
    pub(super) is_to_be_computed: bool,
}

/// Puts every cell of the part into `rows`, until no more are wanted.
pub(super) fn read(part: impl Read, common: &Common, rows: &mut RowBuilder<'_>) -> Result<(), WorkbookError> {
    let mut records = Records::new(part);
    loop {
        match records.next_kind()?.ok_or_else(cut_off)? {
            BEGIN_ROWS => break,
            COLUMNS => {
                // A record that is too short says nothing.
                if let Ok(Some(columns)) = hidden_columns(&mut records.fields()?) {
                    rows.hide_columns(columns);
                }
            }
            _ => {}
        }
    }
    let mut place = Place::default();
    let mut text = String::new();
    loop {
        let kind = records.next_kind()?.ok_or_else(cut_off)?;
        if kind == END_ROWS {
            return Ok(());
        }
        if kind == ROW {
            let is_hidden = place.begin_row(&mut records.fields()?)?;
            if is_hidden {
                rows.hide(place.next_row);
            }
        }
        if is_cell(kind) {
            let cell = CellRecord::read(kind, &mut records.fields()?, place.next_column, &mut text)?;
            let position = place.take(cell.column)?;
            let visit = if common.is_to_be_computed && cell.is_filler(&text) {
                rows.put(position, Shown::uncomputed())
            } else {
                common.put(position, &cell, &mut text, rows)?
            };
            if visit == Visit::Skip {
                return Ok(());
            }
        }
    }
}

fn cut_off() -> WorkbookError {
    WorkbookError::Broken("it ends before its last row does".into())
}

/// The first and the last of the columns that a record describes, where they are hidden or without width.
fn hidden_columns(fields: &mut Fields<'_>) -> Result<Option<(u32, u32)>, WorkbookError> {
    let columns = (fields.u32()?, fields.u32()?);
    let width = fields.u32()?;
    fields.skip(4)?;
    let flags = fields.u8()?;
    Ok((width == 0 || flags & ARE_HIDDEN != 0).then_some(columns))
}

/// How far the rows and cells have been read.
#[derive(Debug, Default)]
struct Place {
    /// From 0, and so the number of the row that has begun.
    next_row: u32,
    /// From 0.
    next_column: u32,
}

impl Place {
    /// Begins a row; whether it is hidden, or has no height, which comes to the same.
    fn begin_row(&mut self, fields: &mut Fields<'_>) -> Result<bool, WorkbookError> {
        let row = fields.u32()?;
        fields.skip(4)?;
        let height = fields.u16()?;
        fields.skip(1)?;
        let flags = fields.u8()?;
        let is_hidden = height == 0 || flags & IS_HIDDEN != 0;
        if row >= MOST_ROWS {
            return Err(WorkbookError::Broken(format!(
                "it has a row {}, and no spreadsheet program has so many",
                u64::from(row) + 1
            )));
        }
        if row < self.next_row {
            return Err(WorkbookError::Broken(format!(
                "its row {} comes after row {}",
                row + 1,
                self.next_row
            )));
        }
        *self = Self {
            next_row: row + 1,
            next_column: 0,
        };
        Ok(is_hidden)
    }

    /// The position of a cell in this column of the row.
    fn take(&mut self, column: u32) -> Result<(u32, u32), WorkbookError> {
        let row = self
            .next_row
            .checked_sub(1)
            .ok_or_else(|| WorkbookError::Broken("it has a cell before its first row".into()))?;
        if column < self.next_column || column as usize >= MOST_COLUMNS {
            return Err(WorkbookError::Broken(format!(
                "its row {} has a cell in a column where none can be",
                self.next_row
            )));
        }
        self.next_column = column + 1;
        Ok((row, column))
    }
}

impl Common {
    /// `text` is the cell's own, if it has one, and is used for others.
    fn put(
        &self,
        position: (u32, u32),
        cell: &CellRecord,
        text: &mut String,
        rows: &mut RowBuilder<'_>,
    ) -> Result<Visit, WorkbookError> {
        let style = self.styles.get(usize::try_from(cell.style).unwrap_or(usize::MAX));
        let mut struck = None;
        let mut shared = None;
        if cell.value != Value::Text {
            text.clear();
        }
        let kind = match cell.value {
            Value::Blank => return Ok(Visit::Rows),
            Value::Text => CellKind::Text,
            Value::SharedText(index) => {
                let strings = self.strings.as_ref().ok_or_else(no_texts)?;
                shared = strings.get(index as usize);
                struck = strings.struck(index as usize);
                if shared.is_some() {
                    CellKind::Text
                } else {
                    text.push_str(&index.to_string());
                    CellKind::Unreadable
                }
            }
            Value::Number(number) => write_formatted(number, style.format, self.is_1904, text),
            Value::Bool(value) => write_bool(value, text),
            Value::Error(code) => write_error(code, text),
        };
        let shown = Shown {
            origin: Origin {
                kind,
                is_formula: cell.is_formula,
            },
            text: shared.unwrap_or(text),
            struck: Struck::in_cell(struck, style.is_struck),
            fill: style.fill,
        };
        Ok(rows.put(position, shown))
    }
}
