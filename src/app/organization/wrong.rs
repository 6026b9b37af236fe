//! A warning where nobody whom a sheet needs is known: it may be meant for another organization.

use std::collections::BTreeSet;

use super::label::OrganizationLabel;
use crate::model::{OperationKind, Row};
use crate::plan::{Plan, RowCode, RowIndex, RowReason, Warning};
use crate::text::fold;

/// Fewer people may well have gone, or be misspelt.
const FEWEST: usize = 3;

/// The warning, if all rows that need somebody to be there, and at least three people of them, name nobody; not where rows of
/// the sheet are `finished` here already.
pub(in crate::app) fn wrong_organization(
    plan: &Plan,
    rows: &[Row],
    finished: usize,
    label: &OrganizationLabel,
) -> Option<Warning> {
    if finished > 0 {
        return None;
    }
    let needing = || (0..).zip(rows).filter(|(_, row)| needs_somebody(row.operation.kind()));
    let is_unknown = |row: RowIndex| {
        let code = plan.rows[row].verdict().map(|verdict| &verdict.code);
        code.is_some_and(|code| {
            [RowReason::UserNotFound, RowReason::AlreadyGone]
                .map(RowCode::from)
                .contains(code)
        })
    };
    if !needing().all(|(row, _)| is_unknown(row)) {
        return None;
    }
    let people: BTreeSet<String> = needing().map(|(_, row)| fold(&row.operation.user_label())).collect();
    if people.len() < FEWEST {
        return None;
    }
    let another = match label {
        OrganizationLabel::Simulated => "without `--sandbox` it is the real one",
        OrganizationLabel::Configured { .. } => "`--profile NAME` or `--organization NAME` names another",
    };
    Some(Warning {
        code: "nobody-known",
        message: format!(
            "none of the {} people of the sheet is known to {label}: this may be the wrong organization; {another}",
            people.len()
        ),
        rows: needing().map(|(row, _)| row).collect(),
    })
}

/// Whether a row of this operation is about somebody who has to be there.
fn needs_somebody(kind: OperationKind) -> bool {
    !matches!(
        kind,
        OperationKind::Invite
            | OperationKind::Create
            | OperationKind::SetGroupLicenses
            | OperationKind::ClearGroupLicenses
    )
}
