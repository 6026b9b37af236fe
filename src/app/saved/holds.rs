//! Whether everything is as it was when a plan was saved; and what is not, in words.

use super::SavedPlan;
use crate::app::Ending;
use crate::app::failure::Failure;
use crate::app::review::Review;
use crate::ledger::History;
use crate::model::OrganizationId;
use crate::plan::{self, Difference, Rules, Since, differences, seat_differences, size_differences};
use crate::text::{number, plural};

/// How many differences are named.
const NAMED: usize = 20;

/// Refuses a plan that was made for another organization.
///
/// # Errors
/// It was.
pub(in crate::app) fn check_organization(saved: &SavedPlan, id: OrganizationId, name: &str) -> Result<(), Failure> {
    let planned = &saved.head.organization;
    if planned.id == id {
        return Ok(());
    }
    let message = format!(
        "the plan in `{}` was made for another organization, so nothing was sent: for `{}` ({}); this is `{name}` ({id})",
        saved.path.display(),
        crate::text::clean(&planned.name, 80),
        planned.id
    );
    Err(Failure::new(Ending::Stopped, message).with_help("check `--profile`, or make a plan for this one"))
}

/// Refuses a plan that no longer holds, with what has changed; of one that holds, says so.
///
/// # Errors
/// Something is no longer as the plan has it.
pub(in crate::app) fn check(
    saved: &SavedPlan,
    now: Review<'_>,
    rules: &Rules,
    history: Option<&History>,
) -> Result<String, Failure> {
    let since = since(history, saved);
    let rows = differences(&saved.plan.rows, now.rows(), since);
    let sizes = size_differences(now.plan, &saved.head.batch, &rules.sizes);
    let count = rows.len() + sizes.len();
    if count == 0 {
        return Ok(format!(
            "the plan of {}, saved in `{}`, still holds\n",
            saved.head.saved_at,
            saved.path.display()
        ));
    }
    let mut details = told(&rows);
    details.extend(sizes);
    if is_about_seats(now.plan, &rows) {
        details.extend(seat_differences(&saved.plan.seats, &now.plan.seats));
    }
    let message = format!(
        "{} since the plan was saved in `{}` ({}), so nothing was sent",
        match count {
            1 => "1 thing has changed".to_owned(),
            count => format!("{} have changed", plural(count, "thing")),
        },
        saved.path.display(),
        saved.head.saved_at
    );
    Err(Failure::new(Ending::Stopped, message)
        .with_details(details)
        .with_help("save a new plan with `reseat plan --save`, look it through, and run that"))
}

fn told(differences: &[Difference]) -> Vec<String> {
    let line = |difference: &Difference| format!("{}: {}", difference.at, difference.words);
    let mut lines: Vec<String> = differences.iter().take(NAMED).map(line).collect();
    if differences.len() > NAMED {
        lines.push(format!("and {} more", number((differences.len() - NAMED) as u64)));
    }
    lines
}

/// Whether a row that is different gets no seat now.
fn is_about_seats(plan: &plan::Plan, rows: &[Difference]) -> bool {
    !rows.is_empty() && !plan.short.is_empty()
}

/// Whether a run has begun since the plan was saved.
fn since(history: Option<&History>, saved: &SavedPlan) -> Since {
    let last = history.and_then(History::last_run);
    // Runs are named by the second.
    if last.is_some_and(|run| run.started().as_second() >= saved.head.saved_at.as_second()) {
        Since::ARunBegan
    } else {
        Since::NothingRan
    }
}
