//! Dates in columns that are not used, beside rows that run at once.
//!
//! Personnel departments send lists with a day for each person, under headers that reseat cannot all know. Where such a
//! day is still to come, whoever sent the list means the row to wait. Under a header that speaks of the day on which
//! somebody leaves, a cell need not look like a date for that: who is locked out today is not helped by a warning.

use std::collections::BTreeMap;

use super::date_columns::refuse;
use super::header::Header;
use super::occurrences::Occurrences;
use super::operations::takes_away;
use super::values::Values;
use super::worksheet::Worksheet;
use crate::intake::cells::{
    Column, DateOrder, Direction, EndHeader, LeavingCell, Moment, Separator, SpeltDay, UnplacedProblem, WrittenDate,
    column_key, direction_named, excerpt, leaving_cell, likely_date, map_flag, names_an_end, names_no_days, parse_flag,
    spelt_day,
};
use crate::model::{AsOf, OperationKind, Row as TypedRow, RowReport};
use crate::problem::ProblemCode;
use crate::sheet::Row;
use crate::text::plural;

/// How many columns of a worksheet are looked at.
const COLUMNS: usize = 64;

/// The columns that are not used and hold days that are not over, by their positions.
#[derive(Debug, Default)]
pub(in crate::intake) struct UnusedDates {
    columns: BTreeMap<usize, UnusedDateColumn>,
    /// The columns of last days, by their positions, beside rows that take access away.
    last_days: BTreeMap<usize, LastDays>,
}

/// A column of last days that is not used.
#[derive(Debug, Default)]
struct LastDays {
    /// Whether a row has one.
    has_any: bool,
    /// The rows that have none: in the list of a personnel department, those who stay.
    none: Occurrences,
}

/// A column that is not used and holds dates.
#[derive(Debug, Default)]
struct UnusedDateColumn {
    /// Whether rows are refused for what is no date that could be read.
    has_unclear_cells: bool,
    /// That of the cell which says most of the others.
    certainty: Option<Certainty>,
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
    refused: EarlyRows,
    warned: EarlyRows,
    /// Those of `refused` that are kept.
    kept: Vec<u32>,
}

/// Rows of which the same is said.
#[derive(Debug, Default)]
struct EarlyRows {
    rows: Occurrences,
    first: Option<FirstDate>,
    /// Whether any of them does not take access away. For those that do, a day counts until it is over.
    has_giving: bool,
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
        let takes_away = takes_away(kind, values);
        // Who has come is not kept out by a day of something else: the end of the time on probation.
        if waits(values.not_before, as_of) || !takes_away && values.not_before.is_some() {
            return;
        }
        let remarks = if takes_away { header.remarks.as_slice() } else { &[] };
        let remarks = remarks.iter().map(|position| (*position, EndHeader::No));
        for (place, (position, end)) in remarks.chain(looked_at(header)).enumerate() {
            let cell = row.cell(position).text;
            if takes_away && end == EndHeader::Sure {
                let last_days = self.last_days.entry(position).or_default();
                match leaving_cell(cell) {
                    LeavingCell::Empty => last_days.none.add(1, row.number()),
                    _ => last_days.has_any = true,
                }
            }
            let Some(mut said) = CellOfDay::read(cell, end, takes_away, as_of) else {
                continue;
            };
            if place < header.remarks.len() && takes_away {
                said = said.in_a_remark();
            }
            let is_number =
                || said.certainty == Certainty::ShortYear && names_no_days(&column_key(header.name(position)));
            if said.is_nothing() || is_number() {
                continue;
            }
            let column = self.columns.entry(position).or_default();
            column.has_unclear_cells |= said.is_unclear;
            column.certainty = column.certainty.max(Some(said.certainty));
            column.shows_day_first |= said.shown_order == Some(DateOrder::DayFirst);
            column.shows_month_first |= said.shown_order == Some(DateOrder::MonthFirst);
            for (rows, haste) in [
                (&mut column.day_first, said.day_first),
                (&mut column.month_first, said.month_first),
                (&mut column.in_any_order, said.day_first.max(said.month_first)),
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
        for (position, later) in later.last_days {
            let last_days = self.last_days.entry(position).or_default();
            last_days.has_any |= later.has_any;
            last_days.none.append(&later.none);
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
            if column.certainty == Some(Certainty::NoDay) {
                continue;
            }
            let has_unclear_cells = column.has_unclear_cells;
            let found = column.into_rows();
            let label = header.label(position);
            let help = |takes_away| help(header, position, takes_away, has_unclear_cells);
            if let Some(first) = &found.refused.first {
                let are = match found.refused.rows.count {
                    1 => "1 row that takes access away would run".to_owned(),
                    count => format!("{} that take access away would run", plural(count, "row")),
                };
                let not_over = if header.unused_ends.iter().any(|(end, _)| *end == position) {
                    "but its header speaks of the day on which access ends, and not all of its cells are certainly over"
                } else {
                    "and has days that are still to come"
                };
                let what = format!(
                    "the column `{label}` is not used, {not_over} (`{}` in row {}): {are} at once",
                    first.cell, first.row
                );
                let mut help = help(true);
                if found.warned.has_giving && names_an_end(header.name(position)) {
                    help.push_str("; rows that give something would wait as well: move them into a sheet of their own");
                }
                let problem = UnplacedProblem::error(ProblemCode::DatesNotUsed, what, help);
                refuse(rows, refused, &found.kept, &problem);
                findings.problems.push((found.refused.rows, problem));
                findings.columns.push(position);
            }
            if let Some(first) = &found.warned.first {
                let count = found.warned.rows.count;
                let run = if count == 1 { "runs" } else { "run" };
                let what = format!(
                    "the column `{label}` is not used, and has days that are not over (`{}` in row {}): {} {run} at once \
                     all the same",
                    first.cell,
                    first.row,
                    plural(count, "row")
                );
                let help = help(!found.warned.has_giving);
                let problem = UnplacedProblem::warning(ProblemCode::DatesNotUsed, what, help);
                findings.problems.push((found.warned.rows, problem));
                if findings.columns.last() != Some(&position) {
                    findings.columns.push(position);
                }
            }
        }
        for (position, LastDays { has_any, none }) in self.last_days {
            // Where rows are refused for the column, its days come first.
            if has_any && none.count > 0 && !findings.columns.contains(&position) {
                let problem = nobody_leaves(header, position, none.count);
                findings.problems.push((none, problem));
                findings.columns.push(position);
            }
        }
        findings
    }
}

/// The columns that are looked at, by their positions, each with whether its header speaks of the day on which somebody
/// leaves; these first, so that none is beyond those that are looked at.
fn looked_at(header: &Header) -> impl Iterator<Item = (usize, EndHeader)> {
    let ends = &header.unused_ends[..header.unused_ends.len().min(COLUMNS)];
    let others = header
        .unused
        .iter()
        .take(COLUMNS)
        .filter(|position| ends.iter().all(|(end, _)| end != *position));
    ends.iter()
        .copied()
        .chain(others.map(|position| (*position, EndHeader::No)))
}

/// How certainly a cell is a day, by how much it says of the others of its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Certainty {
    /// It is one unless its column has other numbers: its year has two digits.
    ShortYear,
    /// It is three numbers that are no day, and those of the others may be none either.
    NoDay,
    /// It is one by itself, and so are the others.
    Day,
}

/// What a cell comes to beside its row.
struct CellOfDay {
    certainty: Certainty,
    shown_order: Option<DateOrder>,
    /// Whether it is no date that could be read, and may be a day to come.
    is_unclear: bool,
    /// What is to be done about the row where the day comes first.
    day_first: Haste,
    /// The same, where the month does.
    month_first: Haste,
}

impl CellOfDay {
    /// Reads a cell; `None` if it has nothing to do with days.
    fn read(cell: &str, end: EndHeader, takes_away: bool, as_of: &AsOf) -> Option<Self> {
        let unclear = |haste| Self {
            certainty: Certainty::Day,
            shown_order: None,
            is_unclear: haste != Haste::None,
            day_first: haste,
            month_first: haste,
        };
        if end.is_of_leaving() && !takes_away {
            // Until when a contract is made keeps nobody from coming.
            return None;
        }
        if end == EndHeader::No || !takes_away {
            let haste = |moment| haste(moment, takes_away, as_of);
            let spelt = || Some(Self::spelt(takes_away.then(|| spelt_day(cell))??, as_of));
            return likely_date(cell).map(|written| Self::of(written, haste)).or_else(spelt);
        }
        // Nothing is left to a warning where the header itself says that it is a day at which access ends.
        let haste = |moment| match haste(moment, true, as_of) {
            Haste::None => Haste::None,
            Haste::Warned | Haste::Refused => Haste::Refused,
        };
        match leaving_cell(cell) {
            LeavingCell::Empty => None,
            LeavingCell::Date(written) => Some(Self::of(written, haste)),
            LeavingCell::AtLatest(moment) => Some(unclear(haste(moment))),
            // Under `Exit` stands how somebody left as well as when, and under `Austritt` that somebody has.
            LeavingCell::Unclear
                if has_no_number(cell) && (end == EndHeader::Likely || parse_flag(cell.trim()) == Some(true)) =>
            {
                None
            }
            LeavingCell::Unclear => Some(unclear(Haste::Refused)),
        }
    }

    /// Takes a day that `not_before` would not take, beside a row that takes access away.
    fn spelt(day: SpeltDay, as_of: &AsOf) -> Self {
        /// Three numbers that would be a later year are rather a room or a cost centre.
        const YEARS_AHEAD: i16 = 3;
        let is_near = |written: &WrittenDate| {
            let this_year = as_of.zone.to_datetime(as_of.now).year();
            written.day_first().day().year() <= this_year + YEARS_AHEAD
        };
        let (written, certainty) = match day {
            SpeltDay::Day(written) => (written, Certainty::Day),
            SpeltDay::ShortYear(written) if is_near(&written) => (written, Certainty::ShortYear),
            SpeltDay::ShortYear(_) | SpeltDay::OtherNumbers => {
                return Self {
                    certainty: Certainty::NoDay,
                    shown_order: None,
                    is_unclear: false,
                    day_first: Haste::None,
                    month_first: Haste::None,
                };
            }
        };
        Self {
            certainty,
            is_unclear: true,
            ..Self::of(written, |moment| haste(moment, true, as_of))
        }
    }

    fn of(written: WrittenDate, haste: impl Fn(Moment) -> Haste) -> Self {
        let (day_first, month_first) = written.readings();
        Self {
            certainty: Certainty::Day,
            shown_order: match written {
                // Dots show nothing of cells that may be two days: these have none.
                WrittenDate::Ordered(order, separator, _) => Some(order).filter(|_| separator != Separator::Dot),
                WrittenDate::Sure(_) | WrittenDate::Either { .. } => None,
            },
            is_unclear: false,
            day_first: haste(day_first),
            month_first: haste(month_first),
        }
    }

    /// The same of a remark, which may be of anything: a day to come is worth a look, and today's may be that of the remark.
    fn in_a_remark(self) -> Self {
        let haste = |haste| match haste {
            Haste::None | Haste::Warned => Haste::None,
            Haste::Refused => Haste::Warned,
        };
        Self {
            day_first: haste(self.day_first),
            month_first: haste(self.month_first),
            ..self
        }
    }

    /// Whether nothing is to be said of the cell, and it says nothing of its column.
    fn is_nothing(&self) -> bool {
        self.day_first.max(self.month_first) == Haste::None
            && self.shown_order.is_none()
            && self.certainty != Certainty::NoDay
    }
}

impl UnusedDateColumn {
    fn append(&mut self, later: Self) {
        let Self {
            has_unclear_cells,
            certainty,
            shows_day_first,
            shows_month_first,
            day_first,
            month_first,
            in_any_order,
        } = later;
        self.has_unclear_cells |= has_unclear_cells;
        self.certainty = self.certainty.max(certainty);
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
        let rows = match haste {
            Haste::None => return,
            Haste::Warned => &mut self.warned,
            Haste::Refused => {
                if is_kept {
                    self.kept.push(row);
                }
                &mut self.refused
            }
        };
        rows.rows.add(1, row);
        if rows.first.is_none() {
            let cell = excerpt(cell.trim());
            rows.first = Some(FirstDate { row, cell });
        }
        rows.has_giving |= !takes_away;
    }

    fn append(&mut self, later: Self) {
        let Self { refused, warned, kept } = later;
        self.refused.append(refused);
        self.warned.append(warned);
        self.kept.extend(kept);
    }
}

impl EarlyRows {
    fn append(&mut self, later: Self) {
        let Self {
            rows,
            first,
            has_giving,
        } = later;
        self.rows.append(&rows);
        self.first = self.first.take().or(first);
        self.has_giving |= has_giving;
    }
}

/// What there is to say of a worksheet whose name, or what stands above its header, is of leavers on a day to come,
/// `Leavers as of 31 December 2026`, where nothing has its rows wait for that.
pub(in crate::intake) fn leaving_on_a_day_to_come(
    worksheet: &Worksheet,
    operations: &[OperationKind],
    as_of: &AsOf,
) -> Option<UnplacedProblem> {
    let header = &worksheet.header;
    let has_days = header.position(Column::NotBefore).is_some() || !header.unused_ends.is_empty();
    let takes = |kind: &OperationKind| Direction::of_operation(*kind) == Direction::Takes;
    if has_days || !operations.iter().any(takes) {
        return None;
    }
    let is_to_come = |written: WrittenDate| {
        let (day_first, month_first) = written.readings();
        haste(day_first, true, as_of).min(haste(month_first, true, as_of)) == Haste::Refused
    };
    let mut titles = std::iter::once(&*worksheet.name).chain(worksheet.titles.iter().map(String::as_str));
    let title = titles.find(|title| {
        direction_named(title) == Some(Direction::Takes) && day_at_the_end(title).is_some_and(is_to_come)
    })?;
    let what = format!(
        "`{}` speaks of a day that is still to come, and the rows that take access away run at once all the same",
        excerpt(title)
    );
    let help = "nothing to do if that is meant; a column `not_before` has each row wait until 00:00 of its day: where that day \
                is still worked, write the day after";
    Some(UnplacedProblem::warning(ProblemCode::DatesNotUsed, what, help))
}

/// The day with which a title ends.
fn day_at_the_end(title: &str) -> Option<WrittenDate> {
    let words: Vec<&str> = title
        .split([' ', '_', '\u{a0}'])
        .filter(|word| !word.is_empty())
        .collect();
    (1..=words.len().min(3)).find_map(|count| match spelt_day(&words[words.len() - count..].join(" "))? {
        SpeltDay::Day(written) | SpeltDay::ShortYear(written) => Some(written),
        SpeltDay::OtherNumbers => None,
    })
}

fn has_no_number(cell: &str) -> bool {
    !cell.chars().any(char::is_numeric)
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

/// The warning of rows that take access away, and have no last day where others have one.
fn nobody_leaves(header: &Header, position: usize, count: usize) -> UnplacedProblem {
    let take = if count == 1 { "takes" } else { "take" };
    let what = format!(
        "the column `{}` is not used, and has no day for {} that {take} access away at once",
        header.label(position),
        plural(count, "row")
    );
    let help = "write `ignore` as the operation of those who stay; nothing to do if they all leave";
    UnplacedProblem::warning(ProblemCode::DatesNotUsed, what, help)
}

fn help(header: &Header, position: usize, takes_away: bool, has_unclear_cells: bool) -> String {
    let map_to = |column| map_flag(header.name(position), column);
    let (wait, none) = (map_to("not_before"), map_to("note"));
    // What is given until a day is not to be given on that day.
    if !takes_away && names_an_end(header.name(position)) {
        return format!("{none} says that the column is for people only: nothing is taken away again on a day to come");
    }
    let other = header.position(Column::NotBefore).map_or_else(String::new, |taken| {
        format!(" {}", map_flag(header.name(taken), "note"))
    });
    let written = if has_unclear_cells {
        "write the days as 2026-12-01; then "
    } else {
        ""
    };
    let day_after = if takes_away {
        "; where that day is still worked, write the day after"
    } else {
        ""
    };
    let at_once = if takes_away {
        ", and has the rows run at once"
    } else {
        ""
    };
    format!(
        "{written}{wait}{other} has each row wait until 00:00 of its day{day_after}; {none} says that the column is for \
         people only{at_once}"
    )
}
