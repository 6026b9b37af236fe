//! Problems that are told once for a worksheet, with a count and the rows, however many have them.

use std::collections::BTreeMap;

use super::formula_values::FormulaValues;
use super::header::Header;
use super::occurrences::Occurrences;
use super::operations::takes;
use super::worksheet::Worksheet;
use crate::intake::cells::{Column, UnplacedProblem, map_flag};
use crate::model::OperationKind;
use crate::problem::ProblemCode;
use crate::sheet::column_letters;
use crate::text::{clean, plural};

/// What may be found again and again, in the order in which it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Recurring {
    /// A row that does not say what to do.
    NoOperation,
    /// A line that a program prints around the rows of a table.
    Printed,
    /// A cell that the row's operation does not take.
    CellNotUsed(OperationKind, Column),
    /// A number or date where text is expected.
    NumberCell(Column),
    /// A name that a spreadsheet program may have changed.
    ChangedName(Column),
    /// A row that takes access away as somebody's last day begins.
    LastDay,
    /// A row that was an example, is about somebody real by now, and still says `ignore`.
    IgnoredExample,
    /// A row that the spreadsheet program hides.
    HiddenRow,
    /// A cell of a column that the spreadsheet program hides.
    HiddenColumn(Column),
    /// A row that has cells struck through.
    StruckRow,
    /// A cell that a merged cell covers.
    CoveredCell,
    /// A cell under no header.
    CellWithoutHeader,
    /// A row of a CSV with fewer cells than the header.
    ShortRow,
}

/// The recurring problems of one worksheet.
#[derive(Debug, Default)]
pub(in crate::intake) struct RecurringProblems {
    found: BTreeMap<Recurring, Occurrences>,
    formulas: BTreeMap<Column, FormulaValues>,
    noted: usize,
}

impl RecurringProblems {
    /// Counts one in this row.
    pub(super) fn add(&mut self, what: Recurring, row: u32) {
        self.add_several(what, 1, row);
    }

    /// Counts so many in this row.
    pub(super) fn add_several(&mut self, what: Recurring, count: usize, row: u32) {
        self.noted += count;
        self.found.entry(what).or_default().add(count, row);
    }

    /// How many were counted of whatever kind, formulas aside.
    pub(super) fn noted(&self) -> usize {
        self.noted
    }

    /// What the formulas of a column have for values.
    pub(super) fn formulas(&mut self, column: Column) -> &mut FormulaValues {
        self.formulas.entry(column).or_default()
    }

    /// How many rows the spreadsheet program hides.
    pub(in crate::intake) fn hidden_rows(&self) -> usize {
        self.found.get(&Recurring::HiddenRow).map_or(0, |rows| rows.count)
    }

    /// Adds the problems of the rows after these.
    pub(super) fn append(&mut self, later: Self) {
        let Self { found, formulas, noted } = later;
        self.noted += noted;
        for (what, later) in found {
            self.found.entry(what).or_default().append(&later);
        }
        for (column, later) in formulas {
            self.formulas(column).append(&later);
        }
    }

    /// The problems, each with what has it.
    pub(in crate::intake) fn into_problems(mut self, worksheet: &Worksheet) -> Vec<(Occurrences, UnplacedProblem)> {
        let problem = |(what, found): (Recurring, Occurrences)| {
            let problem = what.problem(&found, worksheet);
            (found, problem)
        };
        // Formulas are told before what is said of rows.
        let of_rows = self.found.split_off(&Recurring::LastDay);
        let formulas = self.formulas.into_iter();
        let formulas = formulas.filter_map(|(column, formulas)| formulas.into_problem(column));
        let of_cells = self.found.into_iter().map(problem);
        of_cells
            .chain(formulas)
            .chain(of_rows.into_iter().map(problem))
            .collect()
    }
}

impl Recurring {
    fn problem(self, found: &Occurrences, worksheet: &Worksheet) -> UnplacedProblem {
        let (count, header) = (found.count, &worksheet.header);
        let warning = |code, what: String, help: &str| UnplacedProblem::warning(code, what, help);
        match self {
            Self::NoOperation => {
                let what = format!("{} say what to do", do_not(count));
                let help = worksheet.or_left_out(no_operation_help(header, found));
                let problem = UnplacedProblem::error(ProblemCode::NoOperation, what, help);
                match header.position(Column::Operation) {
                    Some(_) => problem.at(Column::Operation),
                    None => problem,
                }
            }
            Self::Printed => printed(count),
            Self::CellNotUsed(kind, Column::User) if takes(kind).contains(&Column::User) => warning(
                ProblemCode::CellNotUsed,
                format!("the rows are about whom `email` names, and not the numbers beside it: {} left out", cells_are(count)),
                &format!(
                    "nothing to do if that is meant; {} has them go by the numbers, where accounts are called so",
                    map_flag(header.position(Column::Email).map_or("", |at| header.name(at)), "note")
                ),
            )
            .at(Column::User),
            Self::CellNotUsed(kind, column) => warning(
                ProblemCode::CellNotUsed,
                format!("`{kind}` does not take `{}`: {} left out", column.as_str(), cells_are(count)),
                &help_for_unused(kind, column, header),
            )
            .at(column),
            Self::NumberCell(column) => warning(
                ProblemCode::NumberCell,
                format!(
                    "{} a number or a date to the spreadsheet program: leading zeros and long numbers' last digits are lost",
                    cells_are(count)
                ),
                "format the column as text if the values are not as they were written",
            )
            .at(column),
            Self::ChangedName(column) => warning(
                ProblemCode::ChangedName,
                format!(
                    "{} {} like a date or a number that a spreadsheet program made of a name, as it does when it opens a CSV",
                    plural(count, "cell"),
                    if count == 1 { "looks" } else { "look" }
                ),
                "nothing to do if they are called so; if not, write the names again in a workbook (.xlsx), or let the program import the column as text",
            )
            .at(column),
            Self::LastDay => ends_before_last_day(count),
            Self::IgnoredExample => warning(
                ProblemCode::ExampleIgnored,
                format!("{} written over an example, and still `ignore`", are(count)),
                "choose an operation where the row is to run; where it is not, empty its note",
            ),
            Self::HiddenRow => warning(
                ProblemCode::HiddenRows,
                format!("{} hidden in the spreadsheet program", are(count)),
                "hidden rows run like the others; `--visible-only` leaves them out",
            ),
            Self::HiddenColumn(column) => {
                let what = format!(
                    "the column is hidden in the spreadsheet program, and {} read",
                    cells_are(count)
                );
                let name = header.position(column).map_or("", |position| header.name(position));
                let help = format!(
                    "show the column, and look whether its cells are meant; {} leaves them out",
                    map_flag(name, "note")
                );
                UnplacedProblem::warning(ProblemCode::HiddenColumns, what, help).at(column)
            }
            Self::StruckRow => warning(
                ProblemCode::StruckRows,
                format!("{} cells struck through", have(count)),
                "they run like the others; take them out, or write `ignore` as their operation, if they are done or not meant",
            ),
            Self::CoveredCell => warning(
                ProblemCode::CoveredCells,
                format!("{} covered by a merged cell, and left out", cells_are(count)),
                "a merged cell shows the value of its first cell only; unmerge it to see the others, and keep what is meant",
            ),
            Self::CellWithoutHeader => warning(
                ProblemCode::CellWithoutHeader,
                format!("{} under no header", cells_are(count)),
                "give the column a header, or empty it",
            ),
            Self::ShortRow => warning(
                ProblemCode::ShortRow,
                format!("{} fewer cells than the header", have(count)),
                "the missing cells count as empty",
            ),
        }
    }
}

/// Lines that a program prints around the rows of a table, and that are no rows.
pub(super) fn printed(rows: usize) -> UnplacedProblem {
    let what = format!(
        "{} what a program prints around the rows of a table for people to read, `-----` or how many rows there are",
        if rows == 1 { "the row is".to_owned() } else { are(rows) }
    );
    let help = "take such lines out of the table, or export it as CSV: `psql --csv`, `mysql --batch`, `set markup csv on` in SQL*Plus";
    UnplacedProblem::error(ProblemCode::LineOfText, what, help)
}

/// What to do about cells that the operation does not take.
fn help_for_unused(kind: OperationKind, column: Column, header: &Header) -> String {
    const NOTHING: &str = "nothing to do if that is meant";
    if column == Column::Group && takes(kind).contains(&Column::Groups) {
        return format!("{NOTHING}; what the user joins or leaves stands in `groups`: --map \"HEADER=groups\" says so");
    }
    match header.position(Column::User) {
        Some(user) if takes(kind).contains(&Column::User) && matches!(column, Column::Email | Column::Username) => {
            let name = clean(header.name(user), 60);
            format!(
                "{NOTHING}: the rows are about whom `{name}` names; {} has them go by `{}`",
                map_flag(header.name(user), "note"),
                column.as_str()
            )
        }
        _ => NOTHING.to_owned(),
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
    let has = |column| header.position(column).is_some();
    match (header.position(Column::Operation), rows.rows.first()) {
        (Some(position), Some(row)) => format!(
            "choose one in {}{row}: {USUAL}; --operation is for all rows whose cell is empty",
            column_letters(position)
        ),
        // A row that names an address to move to would be a `migrate`.
        (None, _) if let Some(position) = header.position(Column::NewEmail) => format!(
            "fill `{}` of whoever moves to a new address; for the others, add a column `operation`: {USUAL}",
            header.label(position)
        ),
        (None, _) if has(Column::Group) && has(Column::Licenses) && !header.names_people() => {
            "--operation set-group-licenses if these are the rules of whole groups; if people are to get the licences, name them \
             in a column `user`, and give --operation add-licenses"
                .to_owned()
        }
        (Some(_) | None, _) => {
            format!("add a column `operation`, name the worksheet after one, or give --operation: {USUAL}")
        }
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
