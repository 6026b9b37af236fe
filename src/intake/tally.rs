//! Findings that are told once for a worksheet, however many rows they concern.

use std::collections::BTreeMap;

use super::column::Column;
use super::fault::Fault;
use crate::model::OperationKind;
use crate::problem::ProblemCode;
use crate::text::plural;

/// How often something was seen, and where first.
#[derive(Debug, Clone, Copy)]
struct Seen {
    count: usize,
    first: u32,
}

/// What was seen in one worksheet.
#[derive(Debug, Default)]
pub(super) struct Tally {
    ignored: BTreeMap<(OperationKind, Column), Seen>,
    numbers: BTreeMap<Column, Seen>,
    unnamed: Option<Seen>,
    short: Option<Seen>,
    without_operation: Option<Seen>,
    hidden: Option<Seen>,
}

impl Tally {
    /// A cell that the row's operation does not take.
    pub(super) fn ignored(&mut self, kind: OperationKind, column: Column, row: u32) {
        count(
            self.ignored
                .entry((kind, column))
                .or_insert(Seen { count: 0, first: row }),
        );
    }

    /// A number or date where text is expected.
    pub(super) fn number(&mut self, column: Column, row: u32) {
        count(self.numbers.entry(column).or_insert(Seen { count: 0, first: row }));
    }

    /// A cell under no header.
    pub(super) fn unnamed(&mut self, row: u32) {
        count(self.unnamed.get_or_insert(Seen { count: 0, first: row }));
    }

    /// A row of a CSV with fewer cells than the header.
    pub(super) fn short(&mut self, row: u32) {
        count(self.short.get_or_insert(Seen { count: 0, first: row }));
    }

    /// A row that says nowhere what to do.
    pub(super) fn without_operation(&mut self, row: u32) {
        count(self.without_operation.get_or_insert(Seen { count: 0, first: row }));
    }

    /// Adds what was seen in the rows after these.
    pub(super) fn append(&mut self, later: Self) {
        append_each(&mut self.ignored, later.ignored);
        append_each(&mut self.numbers, later.numbers);
        append(&mut self.unnamed, later.unnamed);
        append(&mut self.short, later.short);
        append(&mut self.without_operation, later.without_operation);
        append(&mut self.hidden, later.hidden);
    }

    /// A row that the spreadsheet program hides.
    pub(super) fn hidden(&mut self, row: u32) {
        count(self.hidden.get_or_insert(Seen { count: 0, first: row }));
    }

    /// The findings, each with its first row where it has one.
    pub(super) fn into_faults(self) -> Vec<(u32, Fault)> {
        let mut faults = Vec::new();
        if let Some(seen) = self.without_operation {
            let what = format!("{} say what to do", do_not(seen.count));
            let help = "add a column `operation`, name the worksheet after one, or give --operation";
            faults.push((seen.first, Fault::error(ProblemCode::NoOperation, what, help)));
        }
        for ((kind, column), seen) in self.ignored {
            let what = format!(
                "`{kind}` does not take `{}`: {} left out, from here on",
                column.as_str(),
                cells(seen.count)
            );
            faults.push((
                seen.first,
                Fault::warning(ProblemCode::CellNotUsed, what, "nothing to do if that is meant").at(column),
            ));
        }
        for (column, seen) in self.numbers {
            let what = format!(
                "{} a number or a date to the spreadsheet program, from here on: leading zeros and long numbers' last digits are lost",
                cells(seen.count)
            );
            let help = "format the column as text if the values are not as they were written";
            faults.push((
                seen.first,
                Fault::warning(ProblemCode::NumberCell, what, help).at(column),
            ));
        }
        if let Some(seen) = self.hidden {
            let what = format!("{} hidden in the spreadsheet program, from here on", are(seen.count));
            let help = "hidden rows run like the others; delete them, or write `ignore` as their operation, if they are not meant";
            faults.push((seen.first, Fault::warning(ProblemCode::HiddenRows, what, help)));
        }
        if let Some(seen) = self.unnamed {
            let what = format!("{} under no header, from here on", cells(seen.count));
            faults.push((
                seen.first,
                Fault::warning(
                    ProblemCode::CellWithoutHeader,
                    what,
                    "give the column a header, or empty it",
                ),
            ));
        }
        if let Some(seen) = self.short {
            let what = format!("{} fewer cells than the header, from here on", have(seen.count));
            faults.push((
                seen.first,
                Fault::warning(ProblemCode::ShortRow, what, "the missing cells count as empty"),
            ));
        }
        faults
    }
}

fn append(seen: &mut Option<Seen>, later: Option<Seen>) {
    match (seen.as_mut(), later) {
        (Some(seen), Some(later)) => seen.count += later.count,
        (Some(_), None) => {}
        (None, later) => *seen = later,
    }
}

fn append_each<K: Ord>(seen: &mut BTreeMap<K, Seen>, later: BTreeMap<K, Seen>) {
    for (of, later) in later {
        let seen = seen.entry(of).or_insert(Seen { count: 0, ..later });
        seen.count += later.count;
    }
}

fn count(seen: &mut Seen) {
    seen.count += 1;
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

fn cells(cells: usize) -> String {
    format!("{} {}", plural(cells, "cell"), if cells == 1 { "is" } else { "are" })
}
