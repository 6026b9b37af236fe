//! Problems that are told once for a worksheet, with a count and the rows, however many have them.

use std::collections::BTreeMap;

use super::formula_values::FormulaValues;
use super::header::Header;
use super::occurrences::Occurrences;
use super::operations::takes;
use crate::intake::cells::{Column, UnplacedProblem};
use crate::model::OperationKind;
use crate::problem::ProblemCode;
use crate::sheet::column_letters;
use crate::text::plural;

/// The recurring problems of one worksheet.
#[derive(Debug, Default)]
pub(in crate::intake) struct RecurringProblems {
    cells_not_used: BTreeMap<(OperationKind, Column), Occurrences>,
    number_cells: BTreeMap<Column, Occurrences>,
    changed_names: BTreeMap<Column, Occurrences>,
    formulas: BTreeMap<Column, FormulaValues>,
    cells_without_header: Occurrences,
    short_rows: Occurrences,
    no_operation: Occurrences,
    ignored_examples: Occurrences,
    last_days: Occurrences,
    hidden_rows: Occurrences,
    struck_rows: Occurrences,
    covered_cells: Occurrences,
}

impl RecurringProblems {
    /// A cell that the row's operation does not take.
    pub(super) fn add_cell_not_used(&mut self, kind: OperationKind, column: Column, row: u32) {
        self.cells_not_used.entry((kind, column)).or_default().add(1, row);
    }

    /// A number or date where text is expected.
    pub(super) fn add_number_cell(&mut self, column: Column, row: u32) {
        self.number_cells.entry(column).or_default().add(1, row);
    }

    /// A name that a spreadsheet program may have changed.
    pub(super) fn add_changed_name(&mut self, column: Column, row: u32) {
        self.changed_names.entry(column).or_default().add(1, row);
    }

    /// What the formulas of a column have for values.
    pub(super) fn formulas(&mut self, column: Column) -> &mut FormulaValues {
        self.formulas.entry(column).or_default()
    }

    /// A cell under no header.
    pub(super) fn add_cell_without_header(&mut self, row: u32) {
        self.cells_without_header.add(1, row);
    }

    /// A row of a CSV with fewer cells than the header.
    pub(super) fn add_short_row(&mut self, row: u32) {
        self.short_rows.add(1, row);
    }

    /// A row that does not say what to do.
    pub(super) fn add_no_operation(&mut self, row: u32) {
        self.no_operation.add(1, row);
    }

    /// A row that was an example, is about somebody real by now, and still says `ignore`.
    pub(super) fn add_ignored_example(&mut self, row: u32) {
        self.ignored_examples.add(1, row);
    }

    /// A row that takes access away as somebody's last day begins.
    pub(super) fn add_last_day(&mut self, row: u32) {
        self.last_days.add(1, row);
    }

    /// A row that the spreadsheet program hides.
    pub(super) fn add_hidden_row(&mut self, row: u32) {
        self.hidden_rows.add(1, row);
    }

    /// How many rows the spreadsheet program hides.
    pub(in crate::intake) fn hidden_rows(&self) -> usize {
        self.hidden_rows.count
    }

    /// A row that has cells struck through.
    pub(super) fn add_struck_row(&mut self, row: u32) {
        self.struck_rows.add(1, row);
    }

    /// Cells of a row that a merged cell covers.
    pub(super) fn add_covered_cells(&mut self, cells: u32, row: u32) {
        self.covered_cells.add(cells as usize, row);
    }

    /// Adds the problems of the rows after these.
    pub(super) fn append(&mut self, later: Self) {
        let Self {
            cells_not_used,
            number_cells,
            changed_names,
            formulas,
            cells_without_header,
            short_rows,
            no_operation,
            ignored_examples,
            last_days,
            hidden_rows,
            struck_rows,
            covered_cells,
        } = later;
        append_each(&mut self.cells_not_used, cells_not_used);
        append_each(&mut self.number_cells, number_cells);
        append_each(&mut self.changed_names, changed_names);
        for (column, later) in formulas {
            self.formulas(column).append(&later);
        }
        self.cells_without_header.append(&cells_without_header);
        self.short_rows.append(&short_rows);
        self.no_operation.append(&no_operation);
        self.ignored_examples.append(&ignored_examples);
        self.last_days.append(&last_days);
        self.hidden_rows.append(&hidden_rows);
        self.struck_rows.append(&struck_rows);
        self.covered_cells.append(&covered_cells);
    }

    /// The problems, each with what has it.
    pub(in crate::intake) fn into_problems(self, header: &Header) -> Vec<(Occurrences, UnplacedProblem)> {
        let mut problems = Vec::new();
        if self.no_operation.count > 0 {
            let what = format!("{} say what to do", do_not(self.no_operation.count));
            let help = no_operation_help(header, &self.no_operation);
            let mut problem = UnplacedProblem::error(ProblemCode::NoOperation, what, help);
            if header.position(Column::Operation).is_some() {
                problem = problem.at(Column::Operation);
            }
            problems.push((self.no_operation, problem));
        }
        for ((kind, column), cells) in self.cells_not_used {
            let what = format!(
                "`{kind}` does not take `{}`: {} left out",
                column.as_str(),
                cells_are(cells.count)
            );
            let help = if column == Column::Group && takes(kind).contains(&Column::Groups) {
                "nothing to do if that is meant; what the user joins or leaves stands in `groups`: --map \"HEADER=groups\" says so"
            } else {
                "nothing to do if that is meant"
            };
            let problem = UnplacedProblem::warning(ProblemCode::CellNotUsed, what, help);
            problems.push((cells, problem.at(column)));
        }
        for (column, cells) in self.number_cells {
            let what = format!(
                "{} a number or a date to the spreadsheet program: leading zeros and long numbers' last digits are lost",
                cells_are(cells.count)
            );
            let help = "format the column as text if the values are not as they were written";
            let problem = UnplacedProblem::warning(ProblemCode::NumberCell, what, help);
            problems.push((cells, problem.at(column)));
        }
        for (column, cells) in self.changed_names {
            let looks = if cells.count == 1 { "looks" } else { "look" };
            let what = format!(
                "{} {looks} like a date or a number that a spreadsheet program made of a name, as it does when it opens a CSV",
                plural(cells.count, "cell")
            );
            let help = "nothing to do if they are called so; if not, write the names again in a workbook (.xlsx), or let the program import the column as text";
            let problem = UnplacedProblem::warning(ProblemCode::ChangedName, what, help);
            problems.push((cells, problem.at(column)));
        }
        for (column, formulas) in self.formulas {
            problems.extend(formulas.into_problem(column));
        }
        if self.last_days.count > 0 {
            let problem = ends_before_last_day(self.last_days.count);
            problems.push((self.last_days, problem));
        }
        let mut warn = |occurrences: Occurrences, code, what: fn(usize) -> String, help: &str| {
            if occurrences.count > 0 {
                let problem = UnplacedProblem::warning(code, what(occurrences.count), help);
                problems.push((occurrences, problem));
            }
        };
        warn(
            self.ignored_examples,
            ProblemCode::ExampleIgnored,
            |rows| format!("{} written over an example, and still `ignore`", are(rows)),
            "choose an operation where the row is to run; where it is not, empty its note",
        );
        warn(
            self.hidden_rows,
            ProblemCode::HiddenRows,
            |rows| format!("{} hidden in the spreadsheet program", are(rows)),
            "hidden rows run like the others; `--visible-only` leaves them out",
        );
        warn(
            self.struck_rows,
            ProblemCode::StruckRows,
            |rows| format!("{} cells struck through", have(rows)),
            "they run like the others; take them out, or write `ignore` as their operation, if they are done or not meant",
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

/// A header of somebody's last day says until when these rows wait.
fn ends_before_last_day(rows: usize) -> UnplacedProblem {
    let (take, wait) = if rows == 1 { ("takes", "goes") } else { ("take", "go") };
    let what = format!(
        "{} that {take} access away {wait} by somebody's last day: access ends at 00:00 of each day, so whoever works that \
         day is locked out in the morning",
        plural(rows, "row")
    );
    let help = "write the day after; where that is done, `not_before` as the header says so";
    UnplacedProblem::warning(ProblemCode::EndsBeforeLastDay, what, help).at(Column::NotBefore)
}

/// How to say what rows do that do not say it.
fn no_operation_help(header: &Header, rows: &Occurrences) -> String {
    const USUAL: &str = "`invite` or `create` for somebody new, `offboard` or `delete` for somebody who leaves, `add-licenses`, \
                         `add-to-groups` or `update` for who is there; `reseat run --help` lists the others";
    match (header.position(Column::Operation), rows.rows.first()) {
        (Some(position), Some(row)) => format!(
            "choose one in {}{row}: {USUAL}; --operation is for all rows whose cell is empty",
            column_letters(position)
        ),
        (Some(_) | None, _) => {
            format!("add a column `operation`, name the worksheet after one, or give --operation: {USUAL}")
        }
    }
}

fn append_each<K: Ord>(occurrences: &mut BTreeMap<K, Occurrences>, later: BTreeMap<K, Occurrences>) {
    for (of, later) in later {
        occurrences.entry(of).or_default().append(&later);
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
