//! Dates in columns that are not used, beside rows that run at once.
//!
//! Personnel departments send lists with a day for each person, under headers that reseat cannot all know. Where such a
//! day is still to come, whoever sent the list means the row to wait.

use std::collections::BTreeMap;

use super::date_columns::refuse;
use super::header::Header;
use super::occurrences::Occurrences;
use super::operations::takes_away;
use super::values::Values;
use crate::intake::cells::{Column, DateOrder, Moment, UnplacedProblem, WrittenDate, excerpt, likely_date};
use crate::model::{AsOf, OperationKind, Row as TypedRow, RowReport};
use crate::problem::ProblemCode;
use crate::sheet::Row;
use crate::text::{clean, plural};

/// How many columns of a worksheet are looked at.
const COLUMNS: usize = 64;

/// The columns that are not used and hold days that are not over, by their positions.
#[derive(Debug, Default)]
pub(in crate::intake) struct UnusedDates {
    columns: BTreeMap<usize, UnusedDateColumn>,
}

/// A column that is not used and holds dates.
#[derive(Debug, Default)]
struct UnusedDateColumn {
    shows_day_first: bool,
    shows_month_first: bool,
    /// The rows, if the day comes first where the cells do not show it.
    day_first: RowsTooEarly,
    /// The same, if the month does.
    month_first: RowsTooEarly,
    /// The same, where nothing shows the order: a cell that may be a day to come counts as one.
    in_any_order: RowsTooEarly,
}

/// Rows that run at once, although their cells hold days that are not over.
#[derive(Debug, Default)]
struct RowsTooEarly {
    refused: Occurrences,
    warned: Occurrences,
    /// Those of `refused` that are kept.
    kept: Vec<u32>,
    /// Whether any row takes access away, for which a day counts until it is over.
    takes_away: bool,
    first: Option<FirstDate>,
}

/// The first cell with a day that is not over.
#[derive(Debug, Clone)]
struct FirstDate {
    row: u32,
    cell: String,
}

/// What is to be done about a row that runs at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Haste {
    /// Nothing: its day has come.
    None,
    /// It is worth a look.
    Warned,
    /// It does not run: what it takes away is gone before anybody has read a warning.
    Refused,
}

/// What the dates of a worksheet's unused columns come to.
#[derive(Debug, Default)]
pub(in crate::intake) struct UnusedDateFindings {
    pub(in crate::intake) problems: Vec<(Occurrences, UnplacedProblem)>,
    /// The positions of the columns that the problems are about.
    pub(in crate::intake) columns: Vec<usize>,
}

impl UnusedDates {
    /// Looks at a row of the operation `kind`, which is kept if `is_kept`.
    pub(super) fn look_at(
        &mut self,
        header: &Header,
        row: &Row,
        (kind, values): (OperationKind, &Values<'_>),
        is_kept: bool,
        as_of: &AsOf,
    ) {
        if header.unused.is_empty() || waits(values.not_before, as_of) {
            return;
        }
        for position in header.unused.iter().take(COLUMNS) {
            let cell = row.cell(*position).text;
            let Some(written) = likely_date(cell) else { continue };
            let takes_away = takes_away(kind, values);
            let haste = |moment| haste(moment, takes_away, as_of);
            let (day_first, month_first) = written.readings();
            let (day_first, month_first) = (haste(day_first), haste(month_first));
            let worst = day_first.max(month_first);
            let shown_order = match written {
                WrittenDate::Ordered(order, _) => Some(order),
                WrittenDate::Sure(_) | WrittenDate::Either { .. } => None,
            };
            if worst == Haste::None && shown_order.is_none() {
                continue;
            }
            let column = self.columns.entry(*position).or_default();
            column.shows_day_first |= shown_order == Some(DateOrder::DayFirst);
            column.shows_month_first |= shown_order == Some(DateOrder::MonthFirst);
            for (rows, haste) in [
                (&mut column.day_first, day_first),
                (&mut column.month_first, month_first),
                (&mut column.in_any_order, worst),
            ] {
                rows.add(haste, takes_away, cell, row.number(), is_kept);
            }
        }
    }

    /// Adds those of the rows after these.
    pub(super) fn append(&mut self, later: Self) {
        for (position, later) in later.columns {
            self.columns.entry(position).or_default().append(later);
        }
    }

    /// What there is to say of each column. Its rows that take access away are refused.
    pub(in crate::intake) fn settle(
        self,
        header: &Header,
        rows: &mut Vec<TypedRow>,
        refused: &mut Vec<RowReport>,
    ) -> UnusedDateFindings {
        let mut findings = UnusedDateFindings::default();
        for (position, column) in self.columns {
            let found = column.into_rows();
            let Some(first) = &found.first else { continue };
            findings.columns.push(position);
            let label = header.label(position);
            let help = help(header, position, found.takes_away);
            if found.refused.count > 0 {
                let are = match found.refused.count {
                    1 => "1 row that takes access away would run".to_owned(),
                    count => format!("{} that take access away would run", plural(count, "row")),
                };
                let what = format!(
                    "the column `{label}` is not used, and has days that are still to come (`{}` in row {}): {are} at once",
                    first.cell, first.row
                );
                let problem = UnplacedProblem::error(ProblemCode::DatesNotUsed, what, help.clone());
                refuse(rows, refused, &found.kept, &problem);
                findings.problems.push((found.refused, problem));
            }
            if found.warned.count > 0 {
                let run = if found.warned.count == 1 { "runs" } else { "run" };
                let what = format!(
                    "the column `{label}` is not used, and has days that are not over (`{}` in row {}): {} {run} at once \
                     all the same",
                    first.cell,
                    first.row,
                    plural(found.warned.count, "row")
                );
                let problem = UnplacedProblem::warning(ProblemCode::DatesNotUsed, what, help);
                findings.problems.push((found.warned, problem));
            }
        }
        findings
    }
}

impl UnusedDateColumn {
    fn append(&mut self, later: Self) {
        let Self {
            shows_day_first,
            shows_month_first,
            day_first,
            month_first,
            in_any_order,
        } = later;
        self.shows_day_first |= shows_day_first;
        self.shows_month_first |= shows_month_first;
        self.day_first.append(day_first);
        self.month_first.append(month_first);
        self.in_any_order.append(in_any_order);
    }

    /// The rows, in the order that the cells show, if they show one.
    fn into_rows(self) -> RowsTooEarly {
        match (self.shows_day_first, self.shows_month_first) {
            (true, false) => self.day_first,
            (false, true) => self.month_first,
            (true, true) | (false, false) => self.in_any_order,
        }
    }
}

impl RowsTooEarly {
    fn add(&mut self, haste: Haste, takes_away: bool, cell: &str, row: u32, is_kept: bool) {
        match haste {
            Haste::None => return,
            Haste::Warned => self.warned.add(1, row),
            Haste::Refused => {
                self.refused.add(1, row);
                if is_kept {
                    self.kept.push(row);
                }
            }
        }
        self.takes_away |= takes_away;
        if self.first.is_none() {
            let cell = excerpt(cell.trim());
            self.first = Some(FirstDate { row, cell });
        }
    }

    fn append(&mut self, later: Self) {
        let Self {
            refused,
            warned,
            kept,
            takes_away,
            first,
        } = later;
        self.refused.append(&refused);
        self.warned.append(&warned);
        self.kept.extend(kept);
        self.takes_away |= takes_away;
        self.first = self.first.take().or(first);
    }
}

/// Whether a row with this date waits, in whichever order it is read.
fn waits(not_before: Option<WrittenDate>, as_of: &AsOf) -> bool {
    not_before.is_some_and(|written| {
        let (day_first, month_first) = written.readings();
        [day_first, month_first]
            .iter()
            .all(|moment| as_of.is_before(moment.instant(&as_of.zone)))
    })
}

/// What is to be done about a row that runs at once beside this date. Who leaves on a day has access until it is over;
/// who comes on a day needs it when it begins.
fn haste(moment: Moment, takes_away: bool, as_of: &AsOf) -> Haste {
    let is_to_come = as_of.is_before(moment.instant(&as_of.zone));
    match (is_to_come, takes_away) {
        (true, true) => Haste::Refused,
        (true, false) => Haste::Warned,
        (false, true) if as_of.is_before(moment.end().instant(&as_of.zone)) => Haste::Warned,
        (false, _) => Haste::None,
    }
}

fn help(header: &Header, position: usize, takes_away: bool) -> String {
    let name = clean(header.name(position), 60);
    let other = header.position(Column::NotBefore).map_or_else(String::new, |taken| {
        format!(" --map \"{}=note\"", clean(header.name(taken), 60))
    });
    let day_after = if takes_away {
        "; where that day is still worked, write the day after"
    } else {
        ""
    };
    format!(
        "--map \"{name}=not_before\"{other} has each row wait until 00:00 of its day{day_after}; --map \"{name}=note\" says \
         that the column is for people only"
    )
}
