//! Whether everything is as it was when a plan was saved; and what is not, in words.

use uuid::Uuid;

use super::compare::{Difference, Since, differences};
use super::error::SavedPlanError;
use super::file::SavedPlan;
use super::header::PlanOrganization;
use super::options::SavedOptions;
use super::sheet_plan::SheetPlan;
use crate::cli::PlanningOptions;
use crate::ledger::History;
use crate::plan::{BatchSizes, Plan, SeatLine, batch};
use crate::text::number;

/// How many differences are named.
const NAMED: usize = 20;

impl SavedPlan {
    /// Makes sure that no typed flag differs from those the plan was made with.
    ///
    /// # Errors
    /// [`SavedPlanError::OtherFlags`] if one does.
    pub fn check_flags(&self, typed: &PlanningOptions) -> Result<(), SavedPlanError> {
        let differences = self.header.options.differences(&SavedOptions::of(typed));
        if differences.is_empty() {
            return Ok(());
        }
        let path = self.path.clone();
        Err(SavedPlanError::OtherFlags { path, differences })
    }

    /// Makes sure that the plan was made for this organization.
    ///
    /// # Errors
    /// [`SavedPlanError::OtherOrganization`] if it was not.
    pub fn check_organization(&self, present: PlanOrganization) -> Result<(), SavedPlanError> {
        let planned = &self.header.organization;
        if planned.id == present.id {
            return Ok(());
        }
        Err(SavedPlanError::OtherOrganization {
            path: self.path.clone(),
            planned: planned.clone(),
            present,
        })
    }

    /// Makes sure that the sheet's bytes are those that the plan was made for; a plan that does not say fits none.
    ///
    /// # Errors
    /// [`SavedPlanError::OtherBytes`] if they are not.
    pub fn check_bytes(&self, fingerprint: Uuid) -> Result<(), SavedPlanError> {
        if self.header.fingerprint == Some(fingerprint) {
            return Ok(());
        }
        let path = self.path.clone();
        Err(SavedPlanError::OtherBytes { path })
    }

    /// Makes sure that every row still matches the plan, given what is planned `now` with these `sizes`.
    ///
    /// # Errors
    /// [`SavedPlanError::Changed`] if something has changed.
    pub fn check(
        &self,
        now: SheetPlan<'_>,
        sizes: &BatchSizes,
        history: Option<&History>,
    ) -> Result<(), SavedPlanError> {
        let rows = differences(&self.plan.rows, now.rows(), self.since(history));
        let sizes = size_differences(now.planned.plan, &self.header.batch, sizes);
        let count = rows.len() + sizes.len();
        if count == 0 {
            return Ok(());
        }
        let mut changes = listed(&rows);
        changes.extend(sizes);
        // What others hold matters to a plan only where a row gets no seat for it.
        if !rows.is_empty() && !now.planned.plan.short.is_empty() {
            changes.extend(seat_differences(&self.plan.seats, &now.planned.plan.seats));
        }
        Err(SavedPlanError::Changed {
            path: self.path.clone(),
            saved_at: self.header.saved_at,
            count,
            changes,
        })
    }

    /// Whether the plan has rows that its run leaves undone, however often it is run.
    pub fn leaves_rows_undone(&self) -> bool {
        let mut rows = self.plan.rows.iter();
        rows.any(|row| row.is_planned() && row.report.status.needs_a_person())
    }

    /// What to say about a plan that was [checked](Self::check): a sentence without a full stop.
    pub fn still_holds(&self) -> String {
        let saved_at = self.header.saved_at;
        format!(
            "the plan of {saved_at}, saved in `{}`, still holds",
            self.path.display()
        )
    }

    /// Whether a run has begun since the plan was saved.
    fn since(&self, history: Option<&History>) -> Since {
        let last = history.and_then(History::last_run);
        // The results file records runs to the second, so a run in the same second counts as later.
        if last.is_some_and(|run| run.started().as_second() >= self.header.saved_at.as_second()) {
            Since::ARunBegan
        } else {
            Since::NothingRan
        }
    }
}

fn listed(differences: &[Difference]) -> Vec<String> {
    let line = |difference: &Difference| format!("{}: {}", difference.at, difference.message);
    let mut lines: Vec<String> = differences.iter().take(NAMED).map(line).collect();
    if differences.len() > NAMED {
        let more = number(differences.len() - NAMED);
        lines.push(format!(
            "and {more} more; a new plan, saved with `--save`, has every row as it is now"
        ));
    }
    lines
}

/// Bundles whose number of free seats has changed since the plan was saved, a sentence each.
pub(super) fn seat_differences(saved: &[SeatLine], now: &[SeatLine]) -> Vec<String> {
    let free = |line: &SeatLine| Some(line.total?.saturating_sub(line.allocated?));
    now.iter()
        .filter_map(|line| {
            let then = free(saved.iter().find(|then| then.code == line.code)?)?;
            let is = free(line)?;
            (then != is).then(|| {
                let (is, then) = (number(is), number(then));
                format!("{} now has {is} free seats; the plan found {then}", line.code)
            })
        })
        .collect()
}

/// The chunk sizes that have changed since the plan was saved, a sentence each; none if the number of calls is the same
/// with both.
fn size_differences(plan: &Plan, saved: &BatchSizes, now: &BatchSizes) -> Vec<String> {
    if saved == now || calls(plan, saved) == calls(plan, now) {
        return Vec::new();
    }
    let pairs = named(saved).into_iter().zip(named(now));
    pairs
        .filter(|((_, then), (_, is))| then != is)
        .map(|((name, then), (_, is))| format!("`{name}` is {is} now; the plan was made with {then}"))
        .collect()
}

fn calls(plan: &Plan, sizes: &BatchSizes) -> usize {
    let stages = plan.stages().into_iter();
    stages.map(|stage| batch(plan, plan.steps_of(stage), sizes).len()).sum()
}

/// The sizes under their names in a profile.
fn named(sizes: &BatchSizes) -> [(&'static str, usize); 6] {
    let BatchSizes {
        users_per_license_call,
        users_per_release,
        users_per_invite,
        users_per_create,
        users_per_delete,
        members_per_group_call,
        // Follows from `users_per_release` and from what the organization offers.
        members_per_lease_call: _,
    } = *sizes;
    [
        ("users_per_license_call", users_per_license_call),
        ("users_per_release", users_per_release),
        ("users_per_invite", users_per_invite),
        ("users_per_create", users_per_create),
        ("users_per_delete", users_per_delete),
        ("members_per_group_call", members_per_group_call),
    ]
}
