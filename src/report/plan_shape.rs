//! A plan as JSON. `docs/json.md` is its contract.

use serde::Serialize;

use super::forecast::CostShape;
use super::plan::{Fates, PlanView};
use crate::intake::WaitingRows;
use crate::model::{AsOf, BundleSet, OperationKind, Place, UserId};
use crate::plan::{AccessLost, SeatLine, Warning};

/// The JSON object; its member names are stable.
#[derive(Serialize)]
struct Shape<'a, R> {
    as_of: Option<String>,
    operations: Vec<ShapeOfOperation>,
    finished_before: usize,
    invalid: usize,
    hidden_rows: usize,
    hidden_rows_left_out: usize,
    waiting: ShapeOfWaiting,
    seats: Vec<ShapeOfSeats<'a>>,
    #[serde(flatten)]
    costs: CostShape,
    deletions: Vec<ShapeOfDeletion<'a>>,
    deleted_later: usize,
    access_lost: AccessLost,
    licenses_later: usize,
    short: Vec<ShapeOfShort<'a>>,
    warnings: Vec<ShapeOfWarning<'a>>,
    rows: R,
}

/// The rows that wait for their date.
#[derive(Serialize)]
pub struct ShapeOfWaiting {
    rows: usize,
    first: Option<String>,
    last: Option<String>,
    timezone: String,
}

/// The rows that wait for their date, for programs.
pub fn waiting_shape(waiting: WaitingRows, as_of: &AsOf) -> ShapeOfWaiting {
    let (first, last) = waiting.due.unzip();
    ShapeOfWaiting {
        rows: waiting.count,
        first: first.map(|first| as_of.show(first)),
        last: last.map(|last| as_of.show(last)),
        timezone: as_of.zone_name(),
    }
}

#[derive(Serialize)]
struct ShapeOfOperation {
    operation: OperationKind,
    #[serde(flatten)]
    fates: Fates,
}

#[derive(Serialize)]
struct ShapeOfSeats<'a> {
    #[serde(flatten)]
    line: &'a SeatLine,
    taken_after: Option<u64>,
}

#[derive(Serialize)]
struct ShapeOfDeletion<'a> {
    at: &'a Place,
    user_id: UserId,
    user: &'a str,
}

#[derive(Serialize)]
struct ShapeOfShort<'a> {
    at: &'a Place,
    bundles: &'a BundleSet,
}

#[derive(Serialize)]
struct ShapeOfWarning<'a> {
    code: &'static str,
    message: &'a str,
    rows: Vec<&'a Place>,
}

impl PlanView<'_> {
    /// The plan as one JSON object, with these rows.
    pub fn shape<R: Serialize>(&self, rows: R) -> impl Serialize {
        let at = |row: usize| &self.sheet.rows[row].place;
        Shape {
            as_of: self
                .is_ahead_of_time
                .then(|| self.not_due.as_of.show(self.not_due.as_of.now)),
            operations: self
                .fates()
                .into_iter()
                .map(|(operation, fates)| ShapeOfOperation { operation, fates })
                .collect(),
            finished_before: self.finished_before,
            invalid: self.invalid,
            hidden_rows: self.hidden.read,
            hidden_rows_left_out: self.hidden.left_out,
            waiting: waiting_shape(self.not_due.waiting, self.not_due.as_of),
            seats: self.sheet.plan.seats.iter().map(seats).collect(),
            costs: self.costs().shape(),
            deletions: self
                .sheet
                .plan
                .deletions
                .iter()
                .map(|deletion| ShapeOfDeletion {
                    at: at(deletion.row),
                    user_id: deletion.user,
                    user: &deletion.label,
                })
                .collect(),
            access_lost: self.sheet.plan.access_lost,
            deleted_later: self.deleted_later().len(),
            licenses_later: self.sheet.plan.handed_over_later.len(),
            short: self
                .sheet
                .plan
                .short
                .iter()
                .map(|(row, bundles)| ShapeOfShort { at: at(*row), bundles })
                .collect(),
            warnings: self
                .sheet
                .plan
                .warnings
                .iter()
                .map(|warning: &Warning| ShapeOfWarning {
                    code: warning.code,
                    message: &warning.message,
                    rows: warning.rows.iter().map(|row| at(*row)).collect(),
                })
                .collect(),
            rows,
        }
    }
}

fn seats(line: &SeatLine) -> ShapeOfSeats<'_> {
    ShapeOfSeats {
        line,
        taken_after: line.taken_after(),
    }
}
