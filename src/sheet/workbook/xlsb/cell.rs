//! One cell's record.

use super::records::Fields;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::excel_value::{FormulaValue, rk_number};

const BLANK: u16 = 1;
const RK: u16 = 2;
const ERROR: u16 = 3;
const BOOL: u16 = 4;
const REAL: u16 = 5;
const TEXT: u16 = 6;
const SHARED_TEXT: u16 = 7;
const FORMULA_TEXT: u16 = 8;
const FORMULA_NUMBER: u16 = 9;
const FORMULA_BOOL: u16 = 10;
const FORMULA_ERROR: u16 = 11;
const SHORT_BLANK: u16 = 12;
const SHORT_RK: u16 = 13;
const SHORT_ERROR: u16 = 14;
const SHORT_BOOL: u16 = 15;
const SHORT_REAL: u16 = 16;
const SHORT_TEXT: u16 = 17;
const SHORT_SHARED_TEXT: u16 = 18;
const RICH_TEXT: u16 = 62;

/// The number of the style takes three bytes, the flags of the cell the fourth.
const STYLE: u32 = 0x00ff_ffff;
/// Whether a record of this kind is a cell.
pub(super) fn is_cell(kind: u16) -> bool {
    matches!(kind, BLANK..=SHORT_SHARED_TEXT | RICH_TEXT)
}

/// A cell as it stands in its record.
#[derive(Debug)]
pub(super) struct CellRecord {
    /// From 0.
    pub(super) column: u32,
    /// The number of its cell format.
    pub(super) style: u32,
    pub(super) value: Value,
    /// Whether the value is a formula's result.
    pub(super) is_formula: bool,
}

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value {
    Blank,
    Number(f64),
    /// 0 or 1.
    Bool(u8),
    /// The code of the error.
    Error(u8),
    /// A text, which was put where the caller wanted it.
    Text,
    /// The number of a shared text.
    SharedText(u32),
}

impl CellRecord {
    /// Reads a record that [`is_cell`]. A short one has no column and is in the next one, `next_column`. A text of its own
    /// takes the place of what `text` held.
    pub(super) fn read(
        kind: u16,
        fields: &mut Fields<'_>,
        next_column: u32,
        text: &mut String,
    ) -> Result<Self, WorkbookError> {
        let is_short = (SHORT_BLANK..=SHORT_SHARED_TEXT).contains(&kind);
        let column = if is_short { next_column } else { fields.u32()? };
        let style = fields.u32()? & STYLE;
        let value = match kind {
            RK | SHORT_RK => Value::Number(rk_number(fields.u32()?)),
            ERROR | SHORT_ERROR | FORMULA_ERROR => Value::Error(fields.u8()?),
            BOOL | SHORT_BOOL | FORMULA_BOOL => Value::Bool(fields.u8()?),
            REAL | SHORT_REAL | FORMULA_NUMBER => Value::Number(fields.f64()?),
            SHARED_TEXT | SHORT_SHARED_TEXT => Value::SharedText(fields.u32()?),
            TEXT | SHORT_TEXT | FORMULA_TEXT => {
                text.clear();
                fields.text(text)?;
                Value::Text
            }
            RICH_TEXT => {
                text.clear();
                // Its flags; what follows the text is its fonts, and how it is pronounced.
                fields.skip(1)?;
                fields.text(text)?;
                Value::Text
            }
            _ => Value::Blank,
        };
        Ok(Self {
            column,
            style,
            value,
            is_formula: matches!(kind, FORMULA_TEXT..=FORMULA_ERROR),
        })
    }

    /// Whether the cell is a formula with what programs store that do not compute; `text` is its own. The flag of a formula
    /// that asks for its computation says nothing: Excel sets it wherever `TODAY` and the like are used.
    pub(super) fn is_filler(&self, text: &str) -> bool {
        let value = match self.value {
            Value::Number(number) => FormulaValue::Number(number),
            Value::Text => FormulaValue::Text(text),
            Value::Blank | Value::Bool(_) | Value::Error(_) | Value::SharedText(_) => return false,
        };
        self.is_formula && value.is_filler()
    }
}
