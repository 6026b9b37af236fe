//! Formulas of which the file does not say whether anybody computed them.
//!
//! Programs that write formulas without computing them store a filler, most often 0 or FALSE, which a cell may have for a
//! good reason. So nothing is guessed of one cell; but where all formulas of a column have nothing else, somebody should
//! look.

use strum::IntoEnumIterator;

use super::occurrences::Occurrences;
use super::operations::{Need, needs};
use crate::intake::cells::{Column, UnplacedProblem};
use crate::model::OperationKind;
use crate::problem::ProblemCode;

/// What the formulas of one column have for values.
#[derive(Debug, Default)]
pub(super) struct FormulaValues {
    zeros: Occurrences,
    empty: Occurrences,
    has_others: bool,
}

impl FormulaValues {
    /// A formula with this value.
    pub(super) fn add(&mut self, value: &str, row: u32) {
        match value {
            "0" | "FALSE" => self.zeros.add(1, row),
            "" => self.empty.add(1, row),
            _ => self.has_others = true,
        }
    }

    /// Adds those of the rows after these.
    pub(super) fn append(&mut self, later: &Self) {
        self.zeros.append(&later.zeros);
        self.empty.append(&later.empty);
        self.has_others |= later.has_others;
    }

    /// What is to be said of them, and of which cells: nothing if one has a value of its own.
    pub(super) fn into_problem(self, column: Column) -> Option<(Occurrences, UnplacedProblem)> {
        if self.has_others {
            return None;
        }
        let (fillers, value) = match (self.zeros.count, self.empty.count) {
            (1.., 0) => (self.zeros, "has the value 0 or FALSE"),
            // An empty cell leaves a field alone, and is often what a formula is for.
            (0, 1..) if decides(column) => (self.empty, "is empty"),
            _ => return None,
        };
        let what = format!("every formula of the column {value}, as programs store it that do not compute");
        let help = "if the spreadsheet program shows something else, let it compute the workbook there, and save it";
        let problem = UnplacedProblem::warning(ProblemCode::DoubtfulFormulas, what, help);
        Some((fillers, problem.at(column)))
    }
}

/// Whether what is done depends on the column: an operation needs it, or it says yes or no.
fn decides(column: Column) -> bool {
    let mut needs = OperationKind::iter().flat_map(needs);
    match column {
        Column::Operation
        | Column::Active
        | Column::BypassBasicAuth
        | Column::InvitationAccepted
        | Column::ExternalLicense => true,
        _ => needs.any(|need| matches!(need, Need::Column(needed) if *needed == column)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(column: Column, values: &[&str]) -> Option<(usize, String)> {
        let mut formulas = FormulaValues::default();
        for (row, value) in (2..).zip(values) {
            let mut of_the_row = FormulaValues::default();
            of_the_row.add(value, row);
            formulas.append(&of_the_row);
        }
        let (cells, problem) = formulas.into_problem(column)?;
        Some((cells.count, problem.what))
    }

    #[test]
    fn only_a_column_whose_formulas_all_have_a_filler_is_doubtful() {
        for values in [&["0", "0"], &["FALSE", "0"]] {
            assert!(told(Column::Active, values).is_some_and(|(cells, what)| cells == 2 && what.contains("value 0")));
        }
        assert!(told(Column::Name, &["0"]).is_some());
        assert!(told(Column::User, &["", ""]).is_some_and(|(cells, what)| cells == 2 && what.contains("empty")));
        for (column, values) in [
            (Column::Active, &["0", "1"][..]),
            (Column::Active, &["TRUE", "FALSE"]),
            (Column::Active, &["0", "#N/A"]),
            (Column::Name, &["", ""]),
            (Column::Active, &["", "0"]),
            (Column::Active, &[]),
        ] {
            assert_eq!(told(column, values), None, "{column:?} {values:?}");
        }
    }
}
