//! A worksheet of an `.xls`, from its records to rows.

use super::bytes::{float, long, short};
use super::formula::{Formula, Stored};
use super::globals::Globals;
use super::layout::Layout;
use super::records::{Record, Records, kind};
use super::text::{Coding, Length, Text};
use crate::sheet::row::{CellKind, Origin};
use crate::sheet::visitor::Visit;
use crate::sheet::workbook::excel_value::{rk_number, write_bool, write_error, write_formatted};
use crate::sheet::workbook::row_builder::{RowBuilder, Shown};
use crate::sheet::workbook::struck::Struck;

/// Puts every cell of the worksheet into `rows`, until no more are wanted.
pub(super) fn read(stream: &[u8], globals: &Globals<'_>, layout: Layout, rows: &mut RowBuilder<'_>) {
    for row in &layout.hidden {
        rows.hide(u32::from(*row) + 1);
    }
    for (first, last) in &layout.hidden_columns {
        rows.hide_columns((u32::from(*first), u32::from(*last)));
    }
    rows.set_merged(layout.merged);
    let mut cells = Cells {
        globals,
        is_uncalculated: layout.is_uncalculated,
        rows,
        text: String::new(),
    };
    for (_, start) in &layout.cells {
        let mut records = Records::from(stream, *start as usize);
        if let Some(record) = records.next()
            && cells.put_all(record, &records) == Visit::Skip
        {
            break;
        }
    }
}

struct Cells<'a, 'w, 'v> {
    globals: &'a Globals<'w>,
    is_uncalculated: bool,
    rows: &'a mut RowBuilder<'v>,
    /// Of a cell, in a buffer that is reused.
    text: String,
}

impl<'w> Cells<'_, 'w, '_> {
    /// Puts the cells of a record; what it consists of may go on in those `after` it.
    fn put_all(&mut self, record: Record<'w>, after: &Records<'w>) -> Visit {
        let data = record.data;
        // Row, column and format; the layout has no shorter ones.
        let [row, column, format] = [0, 2, 4].map(|at| short(data, at).unwrap_or_default());
        self.text.clear();
        let kind = match record.kind {
            kind::MUL_RK => return self.put_run(row, column, data),
            kind::FORMULA | kind::FORMULA_3 | kind::FORMULA_4 => return self.put_formula(data, after),
            kind::NUMBER => float(data, 6).map(|number| self.write_number(number, format)),
            kind::RK => long(data, 6).map(|number| self.write_number(rk_number(number), format)),
            kind::LABEL_SST => long(data, 6).map(|number| self.write_shared(number)),
            kind::LABEL | kind::R_STRING => data.get(6..).map(|rest| self.write_text(rest, after)),
            _ => self.write_bool_or_error(data),
        };
        self.put(row, column, format, kind.unwrap_or(CellKind::Unreadable).into())
    }

    fn put(&mut self, row: u16, column: u16, format: u16, origin: Origin) -> Visit {
        let style = self.globals.styles.get(format.into());
        let shown = Shown {
            origin,
            text: &self.text,
            struck: Struck::of(style.is_struck),
            fill: style.fill,
        };
        self.rows.put((row.into(), column.into()), shown)
    }

    /// Several numbers side by side: six bytes each, between the position of the first and the column of the last.
    fn put_run(&mut self, row: u16, first: u16, data: &[u8]) -> Visit {
        let numbers = data.get(4..data.len().saturating_sub(2)).unwrap_or_default();
        for (column, number) in (first..).zip(numbers.as_chunks::<6>().0) {
            let format = short(number, 0).unwrap_or_default();
            self.text.clear();
            let kind = long(number, 2).map(|rk| self.write_number(rk_number(rk), format));
            if self.put(row, column, format, kind.unwrap_or(CellKind::Unreadable).into()) == Visit::Skip {
                return Visit::Skip;
            }
        }
        Visit::Rows
    }

    fn put_formula(&mut self, data: &'w [u8], after: &Records<'w>) -> Visit {
        let [row, column, format] = [0, 2, 4].map(|at| short(data, at).unwrap_or_default());
        let formula = Formula::read(data);
        let mut kind = match formula.stored {
            Some(Stored::Number(number)) => self.write_number(number, format),
            Some(Stored::Bool(value)) => write_bool(value, &mut self.text),
            Some(Stored::Error(code)) => write_error(code, &mut self.text),
            Some(Stored::NoText) => CellKind::Text,
            Some(Stored::Text) => self.write_result(after.clone()),
            Some(Stored::Unknown(kind)) => {
                self.text.push_str(&kind.to_string());
                CellKind::Unreadable
            }
            None => CellKind::Unreadable,
        };
        if formula.is_filler(&self.text, self.globals.calculator, self.is_uncalculated) {
            self.text.clear();
            kind = CellKind::Uncomputed;
        }
        let origin = Origin { kind, is_formula: true };
        self.put(row, column, format, origin)
    }

    /// The text that a formula gives, in a record that follows it, with others between them.
    fn write_result(&mut self, mut after: Records<'w>) -> CellKind {
        while let Some(record) = after.next() {
            match record.kind {
                kind::STRING => return self.write_text(record.data, &after),
                kind::BOF | kind::EOF => break,
                other if kind::has_cells(other) => break,
                _ => {}
            }
        }
        CellKind::Uncomputed
    }

    fn write_number(&mut self, number: f64, format: u16) -> CellKind {
        let format = self.globals.styles.get(format.into()).format;
        write_formatted(number, format, self.globals.is_1904, &mut self.text)
    }

    fn write_shared(&mut self, number: u32) -> CellKind {
        if self.globals.shared_strings.read(number, &mut self.text).is_some() {
            return CellKind::Text;
        }
        self.text = number.to_string();
        CellKind::Unreadable
    }

    fn write_text(&mut self, data: &'w [u8], after: &Records<'w>) -> CellKind {
        let read = Text::new(data, after.clone()).read(self.globals.coding, Length::Short, &mut self.text);
        // Some programs leave out what follows the length of an empty text.
        let is_empty = matches!(self.globals.coding, Coding::Utf16) && data == [0, 0];
        if read.is_some() || is_empty {
            CellKind::Text
        } else {
            CellKind::Unreadable
        }
    }

    /// A value of one byte, and a second one that says which of the two it is.
    fn write_bool_or_error(&mut self, data: &[u8]) -> Option<CellKind> {
        let [value, kind] = short(data, 6)?.to_le_bytes();
        let kind = match kind {
            0 => write_bool(value, &mut self.text),
            1 => write_error(value, &mut self.text),
            _ => {
                self.text.push_str(&value.to_string());
                CellKind::Unreadable
            }
        };
        Some(kind)
    }
}
