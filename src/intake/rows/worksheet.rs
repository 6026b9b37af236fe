//! A worksheet whose header was read, and where in it a problem is.

use super::header::Header;
use super::occurrences::Occurrences;
use super::statement::{LAST_ROW, RowNumber};
use crate::intake::cells::{Instruction, UnplacedProblem, sheet_flag};
use crate::model::Shared;
use crate::problem::Problem;
use crate::sheet::EncodingDoubt;

/// A worksheet whose header was read.
#[derive(Debug)]
pub(in crate::intake) struct Worksheet {
    pub(in crate::intake) name: Shared<str>,
    /// What stands in the rows above its header.
    pub(in crate::intake) titles: Vec<String>,
    /// What its name says to do with its rows.
    pub(in crate::intake) instruction: Option<Instruction>,
    pub(in crate::intake) header: Header,
    /// The number of the header row.
    pub(in crate::intake) header_row: u32,
    /// The number of the last row before it, in the file as a whole.
    pub(in crate::intake) rows_before: RowNumber,
    /// Whether the cells come from a CSV, in which a cell too many moves those after it.
    pub(in crate::intake) is_csv: bool,
    /// An earlier worksheet whose rows say themselves what to do, where those of this one do not.
    pub(in crate::intake) speaking: Option<Shared<str>>,
    /// Whether letters beyond ASCII may have been read wrongly.
    pub(in crate::intake) doubt: Option<EncodingDoubt>,
}

impl Worksheet {
    /// The number of a row of this worksheet in the file as a whole.
    pub(in crate::intake) fn row_number(&self, row: u32) -> RowNumber {
        self.rows_before.saturating_add(row).min(LAST_ROW)
    }

    /// What to do about it, if the worksheet is not meant at all, or else as `help` says.
    pub(in crate::intake) fn or_left_out(&self, help: String) -> String {
        match &self.speaking {
            Some(speaking) => {
                format!(
                    "if the worksheet is for people only, `{}` leaves it out; else {help}",
                    sheet_flag(speaking)
                )
            }
            None => help,
        }
    }

    /// A problem that recurs in this worksheet.
    pub(in crate::intake) fn recurring(&self, occurrences: Occurrences, problem: UnplacedProblem) -> Problem {
        let Occurrences { count, rows } = occurrences;
        let mut problem = self.problem(0, problem);
        problem.location.rows = rows;
        Problem { count, ..problem }
    }

    /// A problem of a row of this worksheet.
    pub(in crate::intake) fn problem(&self, row: u32, mut problem: UnplacedProblem) -> Problem {
        self.header.name_in_help(&mut problem);
        let label = problem.column.map(|column| match self.header.position(column) {
            Some(position) => self.header.label(position),
            None => column.as_str().to_owned(),
        });
        problem.placed(self.name.clone(), Some(row), label)
    }
}
