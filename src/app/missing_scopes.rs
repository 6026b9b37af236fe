//! What a plan needs that the token lacks the scope for, as warnings: a token says which scopes it has, and a person can add
//! one before anything is sent.

use std::collections::BTreeSet;

use crate::doctor::SCOPE_NEEDS;
use crate::plan::{Plan, RowIndex, Warning, Work};
use crate::text::plural;

/// The scope that a step's call takes. The documents are not certain of those of users, so it is only warned of
/// (`uipath-api`, 2.5).
fn scope_of(work: &Work) -> Option<&'static str> {
    match work {
        Work::Invite(_) | Work::Create(_) | Work::Update(_) | Work::Delete => Some("PM.User.Write"),
        Work::Member(..) => Some("PM.Group.Write"),
        Work::License(_) | Work::GroupRule(_) | Work::RemoveRule(_) | Work::EndLease(_) => Some("PM.License.Write"),
        Work::Verify(_) | Work::VerifyLeaver => None,
    }
}

/// A warning for each scope that steps of the plan take and that is not among the granted ones; none where it is not known
/// which are granted.
pub(super) fn missing_scopes(plan: &Plan, granted: Option<&[String]>) -> Vec<Warning> {
    let Some(granted) = granted else {
        return Vec::new();
    };
    let missing = SCOPE_NEEDS.into_iter().filter(|need| !need.is_met_by(granted));
    let warnings = missing.filter_map(|need| {
        let steps = plan.steps.iter().filter(|step| scope_of(&step.work) == Some(need.scope));
        let rows: BTreeSet<RowIndex> = steps.flat_map(|step| step.rows.iter().copied()).collect();
        (!rows.is_empty()).then(|| Warning {
            code: "missing-scope",
            message: format!(
                "the token lacks the scope `{}` for {}: add it to the external application before the run, or its calls \
                 may be refused with 403",
                need.scope,
                plural(rows.len(), "row"),
            ),
            rows: rows.into_iter().collect(),
        })
    });
    warnings.collect()
}
