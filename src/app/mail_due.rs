//! Whose mail is due once more under `--resend`, as far as the results tell.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::cli::PlanningOptions;

/// So often is somebody mailed again unless the user says otherwise.
const MAILED_ONCE_IN: Duration = Duration::from_hours(7 * 24);

/// Whoever was mailed again since then is not mailed once more; `None` if that is before all time.
pub(super) fn mailed_since(planning: &PlanningOptions) -> Option<Timestamp> {
    let now = Timestamp::now();
    now.checked_sub(planning.resend_after.unwrap_or(MAILED_ONCE_IN)).ok()
}

/// When the person of a row with this `after` was mailed again, or was about to be.
pub(super) fn mailed_at(after: Option<&Value>) -> Option<Timestamp> {
    after?.get("mailed")?.as_str()?.parse().ok()
}

/// Whether nobody has mailed the person of such a row since. That the invitation is still pending, the results do not tell.
pub(super) fn may_be_due(after: Option<&Value>, since: Option<Timestamp>) -> bool {
    mailed_at(after).is_none_or(|mailed| since.is_some_and(|since| mailed < since))
}
