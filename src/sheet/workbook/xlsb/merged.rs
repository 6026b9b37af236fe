//! What has to be known of a worksheet before its rows are read, and stands behind them.

use std::collections::HashSet;
use std::io::Read;

use super::cell::{CellRecord, is_formula};
use super::records::Records;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::row_builder::Area;

const MERGED: u16 = 176;

/// What a first reading of a worksheet finds.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) merged: Vec<Area>,
    /// The columns, from 0, in which a formula has a value that only a computation gives. Looked for only where formulas
    /// are said not to have been computed: Excel says so of workbooks that it has computed, too.
    pub(super) computed: HashSet<u32>,
}

impl Survey {
    pub(super) fn of(part: impl Read, computes_on_load: bool) -> Result<Self, WorkbookError> {
        let mut records = Records::new(part);
        let mut survey = Self::default();
        let mut text = String::new();
        while let Some(kind) = records.next_kind()? {
            if kind == MERGED {
                let mut fields = records.fields()?;
                let mut range = || Ok::<_, WorkbookError>((fields.u32()?, fields.u32()?));
                let (rows, columns) = (range()?, range()?);
                survey.merged.push(Area { rows, columns });
            } else if computes_on_load && is_formula(kind) {
                let cell = CellRecord::read(kind, &mut records.fields()?, 0, &mut text)?;
                if !cell.is_filler(&text) {
                    survey.computed.insert(cell.column);
                }
            }
        }
        Ok(survey)
    }
}
