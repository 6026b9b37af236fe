//! Problems that are reported once for a worksheet, with a count, however many rows have them.

use std::collections::BTreeMap;

use crate::intake::cells::{Column, UnplacedProblem};
use crate::model::OperationKind;
use crate::problem::ProblemCode;
use crate::text::plural;

/// How many rows have a problem, and the first of them.
#[derive(Debug, Clone, Copy)]
struct Occurrences {
    count: usize,
    first_row: u32,
}

/// The recurring problems of one worksheet.
#[derive(Debug, Default)]
pub(in crate::intake) struct RecurringProblems {
    cells_not_used: BTreeMap<(OperationKind, Column), Occurrences>,
    number_cells: BTreeMap<Column, Occurrences>,
    cells_without_header: Option<Occurrences>,
    short_rows: Option<Occurrences>,
    no_operation: Option<Occurrences>,
    hidden_rows: Option<Occurrences>,
    struck_rows: Option<Occurrences>,
    covered_cells: Option<Occurrences>,
}

impl RecurringProblems {
    /// A cell that the row's operation does not take.
    pub(super) fn add_cell_not_used(&mut self, kind: OperationKind, column: Column, row: u32) {
        let occurrences = self.cells_not_used.entry((kind, column));
        occurrences.or_insert(Occurrences::from(row)).count += 1;
    }

    /// A number or date where text is expected.
    pub(super) fn add_number_cell(&mut self, column: Column, row: u32) {
        let occurrences = self.number_cells.entry(column);
        occurrences.or_insert(Occurrences::from(row)).count += 1;
    }

    /// A cell under no header.
    pub(super) fn add_cell_without_header(&mut self, row: u32) {
        add(&mut self.cells_without_header, row);
    }

    /// A row of a CSV with fewer cells than the header.
    pub(super) fn add_short_row(&mut self, row: u32) {
        add(&mut self.short_rows, row);
    }

    /// A row that does not say what to do.
    pub(super) fn add_no_operation(&mut self, row: u32) {
        add(&mut self.no_operation, row);
    }

    /// A row that the spreadsheet program hides.
    pub(super) fn add_hidden_row(&mut self, row: u32) {
        add(&mut self.hidden_rows, row);
    }

    /// A row that has cells struck through.
    pub(super) fn add_struck_row(&mut self, row: u32) {
        add(&mut self.struck_rows, row);
    }

    /// Cells of a row that a merged cell covers.
    pub(super) fn add_covered_cells(&mut self, cells: u32, row: u32) {
        let occurrences = self.covered_cells.get_or_insert(Occurrences::from(row));
        occurrences.count += cells as usize;
    }

    /// Adds the problems of the rows after these.
    pub(super) fn append(&mut self, later: Self) {
        let Self {
            cells_not_used,
            number_cells,
            cells_without_header,
            short_rows,
            no_operation,
            hidden_rows,
            struck_rows,
            covered_cells,
        } = later;
        append_each(&mut self.cells_not_used, cells_not_used);
        append_each(&mut self.number_cells, number_cells);
        append(&mut self.cells_without_header, cells_without_header);
        append(&mut self.short_rows, short_rows);
        append(&mut self.no_operation, no_operation);
        append(&mut self.hidden_rows, hidden_rows);
        append(&mut self.struck_rows, struck_rows);
        append(&mut self.covered_cells, covered_cells);
    }

    /// The problems, each with the first row that has it.
    pub(in crate::intake) fn into_problems(self) -> Vec<(u32, UnplacedProblem)> {
        let mut problems = Vec::new();
        if let Some(rows) = self.no_operation {
            let what = format!("{} say what to do", do_not(rows.count));
            let help = "add a column `operation`, name the worksheet after one, or give --operation";
            problems.push((
                rows.first_row,
                UnplacedProblem::error(ProblemCode::NoOperation, what, help),
            ));
        }
        for ((kind, column), cells) in self.cells_not_used {
            let what = format!(
                "`{kind}` does not take `{}`: {} left out, from here on",
                column.as_str(),
                cells_are(cells.count)
            );
            let help = "nothing to do if that is meant";
            let problem = UnplacedProblem::warning(ProblemCode::CellNotUsed, what, help);
            problems.push((cells.first_row, problem.at(column)));
        }
        for (column, cells) in self.number_cells {
            let what = format!(
                "{} a number or a date to the spreadsheet program, from here on: leading zeros and long numbers' last digits are lost",
                cells_are(cells.count)
            );
            let help = "format the column as text if the values are not as they were written";
            let problem = UnplacedProblem::warning(ProblemCode::NumberCell, what, help);
            problems.push((cells.first_row, problem.at(column)));
        }
        let mut warn = |occurrences: Option<Occurrences>, code, what: fn(usize) -> String, help: &str| {
            if let Some(Occurrences { count, first_row }) = occurrences {
                let what = format!("{}, from here on", what(count));
                problems.push((first_row, UnplacedProblem::warning(code, what, help)));
            }
        };
        warn(
            self.hidden_rows,
            ProblemCode::HiddenRows,
            |rows| format!("{} hidden in the spreadsheet program", are(rows)),
            "hidden rows run like the others; delete them, or write `ignore` as their operation, if they are not meant",
        );
        warn(
            self.struck_rows,
            ProblemCode::StruckRows,
            |rows| format!("{} cells struck through", have(rows)),
            "they run like the others; delete them, or write `ignore` as their operation, if they are done or not meant",
        );
        warn(
            self.covered_cells,
            ProblemCode::CoveredCells,
            |cells| format!("{} covered by a merged cell, and left out", cells_are(cells)),
            "a merged cell shows the value of its first cell only; unmerge it to see the others, and keep what is meant",
        );
        warn(
            self.cells_without_header,
            ProblemCode::CellWithoutHeader,
            |cells| format!("{} under no header", cells_are(cells)),
            "give the column a header, or empty it",
        );
        warn(
            self.short_rows,
            ProblemCode::ShortRow,
            |rows| format!("{} fewer cells than the header", have(rows)),
            "the missing cells count as empty",
        );
        problems
    }
}

impl Occurrences {
    /// None yet; the first to be counted is in this row.
    fn from(first_row: u32) -> Self {
        Self { count: 0, first_row }
    }
}

fn add(occurrences: &mut Option<Occurrences>, row: u32) {
    occurrences.get_or_insert(Occurrences::from(row)).count += 1;
}

fn append(occurrences: &mut Option<Occurrences>, later: Option<Occurrences>) {
    if let Some(later) = later {
        occurrences.get_or_insert(Occurrences::from(later.first_row)).count += later.count;
    }
}

fn append_each<K: Ord>(occurrences: &mut BTreeMap<K, Occurrences>, later: BTreeMap<K, Occurrences>) {
    for (of, later) in later {
        let occurrences = occurrences.entry(of).or_insert(Occurrences::from(later.first_row));
        occurrences.count += later.count;
    }
}

fn do_not(rows: usize) -> String {
    format!("{} {} not", plural(rows, "row"), if rows == 1 { "does" } else { "do" })
}

fn are(rows: usize) -> String {
    format!("{} {}", plural(rows, "row"), if rows == 1 { "is" } else { "are" })
}

fn have(rows: usize) -> String {
    format!("{} {}", plural(rows, "row"), if rows == 1 { "has" } else { "have" })
}

fn cells_are(cells: usize) -> String {
    format!("{} {}", plural(cells, "cell"), if cells == 1 { "is" } else { "are" })
}
