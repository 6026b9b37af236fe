//! A row that cannot run, as it is recorded.

use super::column::Column;
use super::fault::Fault;
use super::result::Refused;
use super::row::Cells;
use super::values::Values;
use crate::model::{OperationKind, Place, RowKey, Status};
use crate::problem::{ProblemCode, Severity};

/// A finding as one sentence for the results file.
pub(super) fn sentence(fault: &Fault) -> String {
    if fault.help.is_empty() {
        fault.what.clone()
    } else {
        format!("{} ({})", fault.what, fault.help)
    }
}

/// A row that cannot run, before it is said why.
pub(super) struct Refusal {
    pub(super) place: Place,
    pub(super) key: RowKey,
    pub(super) operation: Option<OperationKind>,
}

impl Refusal {
    /// The row with what can be told of it.
    pub(super) fn told(self, cells: &Cells<'_>, values: &Values<'_>, faults: &[Fault]) -> Refused {
        let first = |texts: &[&str]| {
            let found = texts.iter().find(|text| !text.is_empty());
            found.copied().unwrap_or_default().to_owned()
        };
        let errors = || faults.iter().filter(|fault| fault.severity == Severity::Error);
        let message = errors().map(sentence).collect::<Vec<_>>().join("; ");
        Refused {
            place: self.place,
            key: self.key,
            operation: self.operation,
            user: first(&[
                values.user,
                values.email,
                values.username,
                cells.get(Column::User),
                cells.get(Column::Email),
            ]),
            target: first(&[
                values.new_email,
                values.group,
                cells.get(Column::Licenses),
                cells.get(Column::Groups),
            ]),
            status: Status::Invalid,
            code: errors().next().map_or(ProblemCode::NoOperation, |fault| fault.code),
            message: if message.is_empty() {
                "the row does not say what to do".to_owned()
            } else {
                message
            },
        }
    }
}
