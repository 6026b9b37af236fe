//! The dates of a worksheet: whether day or month comes first is a matter of all the column's cells that are parted by
//! the same.

use jiff::Timestamp;
use strum::{EnumCount, IntoEnumIterator};

use super::occurrences::Occurrences;
use super::row_cells::RowCells;
use super::values::Values;
use crate::intake::cells::{Column, DateOrder, Separator, UnplacedProblem, WrittenDate, excerpt};
use crate::intake::waiting_rows::WaitingRows;
use crate::model::{AsOf, Row, RowReport, Status};
use crate::problem::ProblemCode;
use crate::text::plural;

/// The columns of dates.
#[derive(Debug, Default)]
pub(in crate::intake) struct DateColumns {
    not_before: DateColumn,
    unless_used_since: DateColumn,
    /// Rows that do not wait, if any of the worksheet have a date.
    without_date: Occurrences,
    /// The rows that wait whatever the order; those of which it depends on it are in their column.
    waiting: WaitingRows,
}

/// What the cells of one column show.
#[derive(Debug, Default)]
pub(in crate::intake) struct DateColumn {
    filled: usize,
    /// Dates of a workbook, if no day of them is after the twelfth of its month.
    early_days: Occurrences,
    has_late_days: bool,
    /// Whether a date that is a text could be one in the other order as well.
    has_early_texts: bool,
    /// Those that are parted by each separator.
    parted: [PartedDates; Separator::COUNT],
}

/// What the cells show that are parted by the same.
#[derive(Debug, Default)]
struct PartedDates {
    day_first: Option<Sample>,
    month_first: Option<Sample>,
    /// All of them.
    cells: Occurrences,
    /// Those that do not show an order.
    open: Occurrences,
    first_open: Option<Sample>,
    /// The rows of `cells` that are kept.
    rows: Vec<u32>,
    /// The rows of `open` that are kept, and when they are due if the month comes first.
    open_rows: Vec<(u32, Timestamp)>,
    /// The rows of `open` that wait in either order.
    waiting_day_first: WaitingRows,
    waiting_month_first: WaitingRows,
}

/// A cell that shows something.
#[derive(Debug, Clone)]
struct Sample {
    row: u32,
    cell: String,
    written: WrittenDate,
}

/// What the dates of a worksheet come to.
#[derive(Debug, Default)]
pub(in crate::intake) struct DateFindings {
    pub(in crate::intake) problems: Vec<(Occurrences, UnplacedProblem)>,
    pub(in crate::intake) waiting: WaitingRows,
    /// The columns with cells that do not show their order, and the order that others show.
    pub(in crate::intake) orders: Vec<(Column, Separator, DateOrder)>,
}

impl DateColumns {
    /// A row's cells, whether or not the row is valid.
    pub(super) fn saw(&mut self, values: &Values<'_>, cells: &RowCells<'_>) {
        for column in [Column::NotBefore, Column::UnlessUsedSince] {
            let Some(written) = written(values, column) else {
                continue;
            };
            if cells.dates.contains(column) {
                self.column(column).saw_date_cell(written, cells.row);
            } else {
                self.column(column).saw(written, cells.get(column), cells.row);
            }
        }
    }

    /// A valid row, which is kept if `is_kept`.
    pub(super) fn accepted(&mut self, values: &Values<'_>, row: u32, is_kept: bool, as_of: &AsOf) {
        if is_kept {
            for column in [Column::NotBefore, Column::UnlessUsedSince] {
                if let Some(written) = written(values, column) {
                    self.column(column).keeps(written, row, as_of);
                }
            }
        }
        let add = |waiting: &mut WaitingRows, instant| {
            if as_of.is_before(instant) {
                waiting.add(instant);
            }
        };
        match values.not_before {
            None => self.without_date.add(1, row),
            Some(WrittenDate::Sure(moment) | WrittenDate::Ordered(.., moment)) => {
                add(&mut self.waiting, moment.instant(&as_of.zone));
            }
            Some(WrittenDate::Either {
                day_first,
                month_first,
                separator,
            }) => {
                let parted = &mut self.not_before.parted[separator as usize];
                add(&mut parted.waiting_day_first, day_first.instant(&as_of.zone));
                add(&mut parted.waiting_month_first, month_first.instant(&as_of.zone));
            }
        }
    }

    fn column(&mut self, column: Column) -> &mut DateColumn {
        if column == Column::UnlessUsedSince {
            &mut self.unless_used_since
        } else {
            &mut self.not_before
        }
    }

    /// Adds those of the rows after these.
    pub(super) fn append(&mut self, later: Self) {
        let Self {
            not_before,
            unless_used_since,
            without_date,
            waiting,
        } = later;
        self.not_before.append(not_before);
        self.unless_used_since.append(unless_used_since);
        self.without_date.append(&without_date);
        self.waiting.append(waiting);
    }

    /// Reads the dates of the worksheet's rows in the order that those of their columns show that are parted by the same.
    /// Where these show none, or both, their rows are refused.
    pub(in crate::intake) fn settle(self, rows: &mut Vec<Row>, refused: &mut Vec<RowReport>) -> DateFindings {
        let Self {
            not_before,
            unless_used_since,
            without_date,
            mut waiting,
        } = self;
        let mut problems = Vec::new();
        if not_before.filled > 0 && without_date.count > 0 {
            problems.push(no_date(without_date));
        }
        let mut orders = Vec::new();
        for (column, found) in [
            (Column::NotBefore, &not_before),
            (Column::UnlessUsedSince, &unless_used_since),
        ] {
            orders.extend(found.orders().map(|(separator, order)| (column, separator, order)));
        }
        for (column, found) in [
            (Column::NotBefore, &not_before),
            (Column::UnlessUsedSince, &unless_used_since),
        ] {
            let doubt = found.exchanged();
            problems.extend(doubt.map(|(cells, problem)| (cells, problem.at(column))));
        }
        for parted in &not_before.parted {
            match parted.order() {
                Some(DateOrder::DayFirst) => waiting.append(parted.waiting_day_first),
                Some(DateOrder::MonthFirst) => waiting.append(parted.waiting_month_first),
                // They are refused.
                None => {}
            }
        }
        problems.extend(not_before.settle(Column::NotBefore, rows, refused));
        problems.extend(unless_used_since.settle(Column::UnlessUsedSince, rows, refused));
        DateFindings {
            problems,
            waiting,
            orders,
        }
    }
}

fn written(values: &Values<'_>, column: Column) -> Option<WrittenDate> {
    if column == Column::UnlessUsedSince {
        values.unless_used_since
    } else {
        values.not_before
    }
}

/// A forgotten date runs at once, which cannot be taken back where it deletes or mails.
fn no_date(rows: Occurrences) -> (Occurrences, UnplacedProblem) {
    let what = format!(
        "{} no date, where others of the column have one",
        if rows.count == 1 {
            "1 row has".to_owned()
        } else {
            format!("{} have", plural(rows.count, "row"))
        }
    );
    let help = "they run at once; fill the cell if they are to wait as well";
    let problem = UnplacedProblem::warning(ProblemCode::NoDate, what, help);
    (rows, problem.at(Column::NotBefore))
}

impl DateColumn {
    /// A date of a workbook.
    pub(in crate::intake) fn saw_date_cell(&mut self, written: WrittenDate, row: u32) {
        self.filled += 1;
        if is_early(written) {
            self.early_days.add(1, row);
        } else {
            self.has_late_days = true;
        }
    }

    /// A date that is a text.
    pub(in crate::intake) fn saw(&mut self, written: WrittenDate, cell: &str, row: u32) {
        self.filled += 1;
        self.has_early_texts |= is_early(written);
        if let WrittenDate::Ordered(_, separator, _) | WrittenDate::Either { separator, .. } = written {
            self.parted[separator as usize].saw(written, cell, row);
        }
    }

    fn keeps(&mut self, written: WrittenDate, row: u32, as_of: &AsOf) {
        match written {
            WrittenDate::Sure(_) => {}
            WrittenDate::Ordered(_, separator, _) => self.parted[separator as usize].rows.push(row),
            WrittenDate::Either {
                month_first, separator, ..
            } => {
                let parted = &mut self.parted[separator as usize];
                parted.rows.push(row);
                parted.open_rows.push((row, month_first.instant(&as_of.zone)));
            }
        }
    }

    fn append(&mut self, later: Self) {
        let Self {
            filled,
            early_days,
            has_late_days,
            has_early_texts,
            parted,
        } = later;
        self.filled += filled;
        self.early_days.append(&early_days);
        self.has_late_days |= has_late_days;
        self.has_early_texts |= has_early_texts;
        for (parted, later) in self.parted.iter_mut().zip(parted) {
            parted.append(later);
        }
    }

    /// The order that the cells show which are parted by this, if they show one.
    pub(in crate::intake) fn order(&self, separator: Separator) -> Option<DateOrder> {
        self.parted[separator as usize].order()
    }

    /// The separators of cells that do not show their order, and the order that others show.
    fn orders(&self) -> impl Iterator<Item = (Separator, DateOrder)> + '_ {
        Separator::iter()
            .filter(|separator| self.parted[*separator as usize].open.count > 0)
            .filter_map(|separator| Some((separator, self.order(separator)?)))
    }

    /// Programs that open or paste dates in the other order make dates of those that they can, with day and month
    /// exchanged, and leave the others as texts.
    pub(in crate::intake) fn exchanged(&self) -> Option<(Occurrences, UnplacedProblem)> {
        let late = self
            .parted
            .iter()
            .find_map(|parted| parted.day_first.as_ref().or(parted.month_first.as_ref()))?;
        if self.early_days.count == 0 || self.has_late_days || self.has_early_texts {
            return None;
        }
        let what = format!(
            "no date of the column that is one to the spreadsheet program is after the twelfth of its month, and those that \
             are text are (`{}` in row {}): so it looks where a program took days for months",
            late.cell, late.row
        );
        let help = "compare the dates with where they come from, and write them as 2026-12-01";
        let problem = UnplacedProblem::warning(ProblemCode::DoubtfulDates, what, help);
        Some((self.early_days.clone(), problem))
    }

    fn settle(
        self,
        column: Column,
        rows: &mut Vec<Row>,
        refused: &mut Vec<RowReport>,
    ) -> Vec<(Occurrences, UnplacedProblem)> {
        for parted in &self.parted {
            if parted.order() == Some(DateOrder::MonthFirst) {
                redate(rows, &parted.open_rows, column);
            }
        }
        let mut problems = Vec::new();
        for (of_whom, cells, problem) in self.into_problems() {
            refuse(rows, refused, &of_whom, &problem);
            problems.push((cells, problem.at(column)));
        }
        problems
    }

    /// What is wrong with the column, which kept rows have it, and which cells.
    pub(in crate::intake) fn into_problems(self) -> impl Iterator<Item = (Vec<u32>, Occurrences, UnplacedProblem)> {
        self.parted.into_iter().filter_map(PartedDates::into_problem)
    }
}

impl PartedDates {
    fn saw(&mut self, written: WrittenDate, cell: &str, row: u32) {
        let sample = match written {
            WrittenDate::Sure(_) => return,
            WrittenDate::Ordered(DateOrder::DayFirst, ..) => &mut self.day_first,
            WrittenDate::Ordered(DateOrder::MonthFirst, ..) => &mut self.month_first,
            WrittenDate::Either { .. } => {
                self.open.add(1, row);
                &mut self.first_open
            }
        };
        self.cells.add(1, row);
        if sample.is_none() {
            *sample = Some(Sample {
                row,
                cell: excerpt(cell),
                written,
            });
        }
    }

    fn append(&mut self, later: Self) {
        let Self {
            day_first,
            month_first,
            cells,
            open,
            first_open,
            rows,
            open_rows,
            waiting_day_first,
            waiting_month_first,
        } = later;
        self.day_first = self.day_first.take().or(day_first);
        self.month_first = self.month_first.take().or(month_first);
        self.cells.append(&cells);
        self.open.append(&open);
        self.first_open = self.first_open.take().or(first_open);
        self.rows.extend(rows);
        self.open_rows.extend(open_rows);
        self.waiting_day_first.append(waiting_day_first);
        self.waiting_month_first.append(waiting_month_first);
    }

    fn order(&self) -> Option<DateOrder> {
        match (&self.day_first, &self.month_first) {
            (Some(_), None) => Some(DateOrder::DayFirst),
            (None, Some(_)) => Some(DateOrder::MonthFirst),
            (None, None) | (Some(_), Some(_)) => None,
        }
    }

    fn into_problem(self) -> Option<(Vec<u32>, Occurrences, UnplacedProblem)> {
        let help = "write the dates as 2026-12-01";
        if let (Some(day), Some(month)) = (&self.day_first, &self.month_first) {
            let what = format!(
                "the column has the day first (`{}` in row {}) and the month first (`{}` in row {})",
                day.cell, day.row, month.cell, month.row
            );
            let problem = UnplacedProblem::error(ProblemCode::DateOrder, what, help);
            return Some((self.rows, self.cells, problem));
        }
        let Sample {
            cell,
            written: WrittenDate::Either {
                day_first, month_first, ..
            },
            ..
        } = self.first_open.as_ref().filter(|_| self.order().is_none())?
        else {
            return None;
        };
        let what = format!(
            "`{cell}` is {} where the day comes first, and {} where the month does, and no cell of the column that is \
             written like it shows which",
            day_first.day(),
            month_first.day()
        );
        let problem = UnplacedProblem::error(ProblemCode::DateOrder, what, help);
        let rows = self.open_rows.iter().map(|(row, _)| *row).collect();
        Some((rows, self.open, problem))
    }
}

/// Whether day and month could be each other.
fn is_early(written: WrittenDate) -> bool {
    written.day_first().day().day() <= 12
}

/// Gives these rows the dates that they have where the month comes first.
fn redate(rows: &mut [Row], open_rows: &[(u32, Timestamp)], column: Column) {
    let mut open = open_rows.iter().peekable();
    for row in rows {
        while open.next_if(|(number, _)| *number < row.place.row).is_some() {}
        let Some((_, instant)) = open.next_if(|(number, _)| *number == row.place.row) else {
            continue;
        };
        if let Some(conditions) = &mut row.conditions {
            if column == Column::UnlessUsedSince {
                conditions.unless_used_since = Some(*instant);
            } else {
                conditions.not_before = Some(*instant);
            }
        }
    }
}

/// Whether `not_before` is a day that is not over, and without a time after it has begun.
pub(super) fn ends_as_its_day_begins(written: WrittenDate, cell: &str, as_of: &AsOf) -> bool {
    // The end of a day is read as the beginning of the next.
    let is_end_of_day = cell.contains("24:00");
    let (day_first, month_first) = written.readings();
    !is_end_of_day
        && [day_first, month_first].iter().any(|moment| {
            let end = moment.end();
            end != *moment && as_of.is_before(end.instant(&as_of.zone))
        })
}

/// Moves these rows to the refused ones.
pub(super) fn refuse(rows: &mut Vec<Row>, refused: &mut Vec<RowReport>, numbers: &[u32], problem: &UnplacedProblem) {
    let mut numbers = numbers.iter().peekable();
    let message = problem.sentence();
    let before = refused.len();
    rows.retain(|row| {
        while numbers.next_if(|number| **number < row.place.row).is_some() {}
        let is_refused = numbers.next_if(|number| **number == row.place.row).is_some();
        if is_refused {
            refused.push(RowReport {
                code: problem.code.to_string(),
                message: message.clone(),
                ..RowReport::of(row, Status::Invalid)
            });
        }
        !is_refused
    });
    if refused.len() > before {
        refused.sort_by_key(|report| report.place.row);
    }
}
