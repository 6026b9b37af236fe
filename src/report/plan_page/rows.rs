//! The rows of the page's table, made one by one as they are written.

use std::borrow::Cow;

use super::change::{Sides, sides};
use crate::model::{RowReport, Status};
use crate::page::{Column, ColumnKind, PageCell, Tone};
use crate::plan::{Fate, RowIndex, RowReason};
use crate::run_report::{self, Masking};

/// Every row of a sheet as a plan sees it, in the sheet's order.
#[derive(Clone, Copy)]
pub struct PlanRows<'a> {
    /// How many there are.
    pub count: usize,
    /// Whether they come from worksheets that have names.
    pub have_worksheets: bool,
    /// Makes them, one by one.
    pub each: &'a dyn Fn() -> Box<dyn Iterator<Item = RowOfPlan> + 'a>,
}

/// What a plan says of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct RowOfPlan {
    /// Which of the planned rows it is; `None` where it is none of them.
    pub index: Option<RowIndex>,
    /// What the results file is expected to say.
    pub report: RowReport,
    /// What the plan does with it.
    pub fate: Fate,
}

/// The columns of the table.
pub(super) fn columns(have_worksheets: bool) -> Vec<Column> {
    let worksheet = have_worksheets.then_some(("worksheet", ColumnKind::Choice));
    let columns = [("row", ColumnKind::Number)].into_iter().chain(worksheet);
    let columns = columns.chain([
        ("operation", ColumnKind::Choice),
        ("who", ColumnKind::Text),
        ("what is done", ColumnKind::Text),
        ("now", ColumnKind::Text),
        ("afterwards", ColumnKind::Text),
        ("outcome", ColumnKind::Choice),
        ("access", ColumnKind::Choice),
    ]);
    columns.map(|(header, kind)| Column { header, kind }).collect()
}

/// The outcome of a row in a few words, which rows of one cause have in common.
pub(super) fn outcome(fate: Fate, report: &RowReport) -> (Cow<'static, str>, Tone) {
    let why = || run_report::Cause::of(report.status, &report.code, None).map_or("", |cause| cause.label);
    let (words, tone) = match fate {
        Fate::ToChange => match report.status {
            Status::Waiting => ("begins, then waits", Tone::Waiting),
            Status::Conflict => (NO_SEAT, Tone::Bad),
            _ => ("changes", Tone::Good),
        },
        Fate::AlreadySo => ("already so", Tone::Plain),
        Fate::Waits => ("waits", Tone::Waiting),
        Fate::CannotRun if is_left_alone(&report.code) => ("left alone", Tone::Waiting),
        Fate::CannotRun if report.code == RowReason::SeatsShort.to_string() => (NO_SEAT, Tone::Bad),
        Fate::CannotRun => return (format!("cannot run: {}", why()).into(), Tone::Bad),
        Fate::Invalid => match report.status {
            Status::Duplicate => ("stands twice", Tone::Plain),
            _ => return (format!("invalid: {}", why()).into(), Tone::Bad),
        },
        Fate::LeftOut => ("left out", Tone::Plain),
        Fate::Finished => ("finished before", Tone::Plain),
    };
    (words.into(), tone)
}

/// The outcome of a row that gets everything but its seat, or nothing for want of one.
pub(super) const NO_SEAT: &str = "gets no seat";

/// Whoever keeps a seat that is in use, as the row asks, is nothing that fails.
pub(super) fn is_left_alone(code: &str) -> bool {
    code == RowReason::UsedSince.to_string()
}

/// The cells of a row, about whom it says `who`, and in which way it takes access away.
pub(super) fn cells(
    row: &RowOfPlan,
    who: String,
    message: String,
    access: &'static str,
    (have_worksheets, masking): (bool, Masking),
) -> Vec<PageCell<'static>> {
    let RowOfPlan { index: _, report, fate } = row;
    let (outcome, tone) = outcome(*fate, report);
    let Sides { from, to } = match fate {
        Fate::ToChange => sides(report.before.as_ref(), report.after.as_ref(), masking),
        _ => Sides::default(),
    };
    let cell = |text: Cow<'static, str>, tone: Tone| PageCell { text, tone };
    let plain = |text: String| PageCell::from(text);
    let worksheet = have_worksheets.then(|| plain(report.place.sheet.to_string()));
    let operation = report.operation.map_or("", |operation| operation.as_str());
    let cells = [plain(report.place.row.to_string())].into_iter().chain(worksheet);
    let cells = cells.chain([
        cell(operation.into(), Tone::Plain),
        plain(who),
        plain(message),
        plain(from),
        plain(to),
        cell(outcome, tone),
        cell(access.into(), if access.is_empty() { Tone::Plain } else { Tone::Bad }),
    ]);
    cells.collect()
}
