//! What is left beside a sheet for whoever may approve it: its plan as a page, and the plan to carry out then.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::app::ending::Reason;
use crate::app::failure::Failure;
use crate::app::inputs::catalogue_of;
use crate::app::job::fingerprint;
use crate::app::plan::page::{PlanAbout, write_plan_page};
use crate::app::prepare::Loaded;
use crate::app::session::Session;
use crate::cli::{PlanPage, PlanningOptions};
use crate::plan::{Rules, TakingLater};
use crate::report::{Approval, PlanView};
use crate::run_report::Masking;
use crate::saved_plan::{self, PlanHeader, SavedOptions, SheetPlan, path_beside};
use crate::sheet::Existing;

/// A sheet that waits for approval.
#[derive(Debug)]
pub(in crate::app) struct ForApproval {
    /// Its plan as a page.
    pub(in crate::app) page: PathBuf,
    /// The plan to carry out once it is approved.
    pub(in crate::app) plan: PathBuf,
    /// Why it has to be approved, in a sentence without a full stop.
    pub(in crate::app) why: String,
    /// The same for programs.
    pub(in crate::app) reason: Reason,
}

/// A plan that is to be approved, and what it was made from.
pub(in crate::app) struct PlanToApprove<'a> {
    pub(in crate::app) sheet: &'a Path,
    pub(in crate::app) session: &'a Session<'a>,
    pub(in crate::app) loaded: &'a Loaded,
    pub(in crate::app) planning: &'a PlanningOptions,
    pub(in crate::app) rules: &'a Rules,
    pub(in crate::app) view: &'a PlanView<'a>,
    pub(in crate::app) now: SheetPlan<'a>,
    /// What rows that are not due yet take away.
    pub(in crate::app) later: &'a TakingLater,
    /// Why it has to be approved.
    pub(in crate::app) why: (String, Reason),
}

/// Leaves both beside the sheet.
pub(in crate::app) fn leave_for_approval(to_approve: PlanToApprove<'_>) -> Result<ForApproval, Failure> {
    let PlanToApprove {
        sheet,
        session,
        loaded,
        planning,
        rules,
        view,
        now,
        later,
        why: (why, reason),
    } = to_approve;
    let (page, plan) = (loaded.family.beside(".plan.html"), loaded.family.beside(".plan.json"));
    saved_plan::may_be_saved_to(&plan)?;
    let header = PlanHeader {
        saved_at: loaded.as_of.now,
        organization: loaded.organization.of_plan(),
        sheet: path_beside(&plan, sheet),
        fingerprint: Some(fingerprint(sheet).map_err(|error| Failure::of_file(&error))?),
        results: None,
        options: SavedOptions::of(planning),
        batch: rules.sizes,
    };
    let (name, snapshot) = (&loaded.organization.name, view.sheet.snapshot);
    let about = PlanAbout {
        sheet,
        label: &loaded.organization.label,
        catalogue: &catalogue_of(session.settings, name, snapshot, Timestamp::now()),
        problems: &loaded.intake.problems,
        stop: None,
        approval: Approval {
            words: format!(
                "Nothing has been changed yet. It has to be approved because {why}. Whoever may approve this moves the sheet to \
                 the folder `approved`: exactly this plan is then carried out, rows that are not due yet and invitations that are \
                 not accepted yet included. If the sheet or anything that the plan rests on has changed by then, nothing is done, \
                 and a new plan asks for approval. Whoever does not approve it takes the sheet away."
            ),
            commands: Vec::new(),
            later: later.clone(),
        },
    };
    let out = PlanPage {
        out: page.clone(),
        existing: Existing::Replaced,
        masking: Masking::Shown,
    };
    let busy = session.console.busy("writing the page");
    write_plan_page(&out, view, now, about, &busy)?;
    drop(busy);
    saved_plan::write(&plan, header, view.shape(now))?;
    Ok(ForApproval {
        page,
        plan,
        why,
        reason,
    })
}
