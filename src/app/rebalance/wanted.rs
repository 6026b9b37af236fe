//! The sheet of wanted seats: `add-licenses` rows, read as those of any sheet.

use crate::intake::Intake;
use crate::model::{Operation, OperationKind, Row, Shared};
use crate::problem::{Location, Problem, ProblemCode, Problems, Severity};
use crate::rebalance::WantedSeat;
use crate::sheet::Source;

/// What the sheet says, in its order, which is that of priority.
#[derive(Debug, Default)]
pub(super) struct WantedSeats {
    pub(super) seats: Vec<WantedSeat>,
    /// What is wrong with it, or worth a look; worksheets have the name of the file before theirs.
    pub(super) problems: Problems,
}

impl WantedSeats {
    /// The seats of a sheet that was read.
    pub(super) fn of(source: &Source, intake: Intake) -> Self {
        let file: Shared<str> = file_name(source).into();
        let has_one_sheet = intake.sheets.len() < 2;
        let mut problems = intake.problems;
        let mut seats = Vec::new();
        for row in intake.rows {
            match seat(row) {
                Ok(mut seat) => {
                    seat.place.sheet = if has_one_sheet {
                        file.clone()
                    } else {
                        format!("{file}, {}", seat.place.sheet).into()
                    };
                    seats.push(seat);
                }
                Err(problem) => problems.push(*problem),
            }
        }
        problems.sort_by_key(|problem| problem.location.rows.first());
        Self {
            seats,
            problems: problems.with_sheets(|worksheet| named(&file, worksheet)),
        }
    }
}

/// The file's own name.
pub(super) fn file_name(source: &Source) -> String {
    match source.path().file_name() {
        Some(name) if !source.is_piped() => name.to_string_lossy().into_owned(),
        _ => source.name(),
    }
}

/// A worksheet's name with that of its file; a CSV has none.
pub(super) fn named(file: &str, worksheet: &str) -> Shared<str> {
    if worksheet.is_empty() {
        file.into()
    } else {
        format!("{file}, {worksheet}").into()
    }
}

/// The seats that a row wants.
fn seat(row: Row) -> Result<WantedSeat, Box<Problem>> {
    let kind = row.operation.kind();
    let refused = |what: String, help: &str| {
        Box::new(Problem {
            severity: Severity::Error,
            code: ProblemCode::NotAWantedSeat,
            location: Location {
                sheet: row.place.sheet.clone(),
                rows: row.place.row.into(),
                column: None,
            },
            what,
            help: help.to_owned(),
            count: 1,
        })
    };
    let Operation::AddLicenses { user, licenses, like } = row.operation else {
        let help = match kind {
            OperationKind::SetLicenses => "write `add-licenses`, with what the person is to have besides",
            OperationKind::Invite | OperationKind::Create | OperationKind::Migrate => {
                "run it by itself first; a seat can be wanted for whoever has an account"
            }
            _ => "take the row out, and run it by itself; rows are `add-licenses`, with `user` and `licenses`",
        };
        return Err(refused(format!("`{kind}` rows want no seat"), help));
    };
    if like.is_some() {
        let what = "`like` does not say which seats are wanted".to_owned();
        return Err(refused(what, "write the licences into `licenses`"));
    }
    let conditions = row.conditions.as_deref().cloned().unwrap_or_default();
    let is_conditional = conditions.unless_used_since.is_some() || conditions.unless_changed_from.is_some();
    if conditions.not_before.is_some() || is_conditional {
        let what = "a seat is wanted now or not at all".to_owned();
        let help = "empty `not_before`, `unless_used_since` and `unless_changed_from`, or take the row out until then";
        return Err(refused(what, help));
    }
    Ok(WantedSeat {
        place: row.place,
        user,
        user_id: conditions.user_id,
        licenses,
    })
}
