//! What a run should do: as typed, or from a saved plan.

use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::chosen_rows::{RowScope, Selection};
use super::failure::Failure;
use super::inputs::as_of_now;
use super::organization::Organization;
use crate::cli::{PlanningOptions, RunOptions};
use crate::model::AsOf;
use crate::saved_plan::SavedPlan;
use crate::settings::Settings;

/// The sheet and the flags of a run, and the saved plan they come from, if there is one.
pub(super) struct Job {
    pub(super) path: PathBuf,
    pub(super) planning: PlanningOptions,
    pub(super) saved: Option<SavedPlan>,
    standing: Standing,
}

/// Whether somebody stands by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Whoever typed the command.
    Attended,
    /// Nobody, and the sheet is run again and again as long as it has rows that wait.
    Unattended,
}

/// What the bytes of a file come to. The rows of a plan are compared one by one besides, so that a file made to come to the
/// same would have to have the same rows, too.
pub(super) fn fingerprint(file: &Path) -> io::Result<Uuid> {
    Ok(Uuid::new_v5(&Uuid::NAMESPACE_OID, &fs_err::read(file)?))
}

impl Job {
    /// Reads the saved plan, if one is given. Flags that are not typed are taken from it.
    ///
    /// # Errors
    /// If the plan cannot be read, or was made with different flags.
    pub(super) fn of(options: &RunOptions) -> Result<Self, Failure> {
        let Some(plan_file) = &options.saved_plan else {
            return Ok(Self {
                path: options.path.clone().unwrap_or_default(),
                planning: options.planning.clone(),
                saved: None,
                standing: Standing::Attended,
            });
        };
        let saved = SavedPlan::read(plan_file)?;
        saved.check_flags(&options.planning)?;
        Ok(Self {
            path: options.path.clone().unwrap_or_else(|| saved.sheet()),
            planning: PlanningOptions {
                results: options.planning.results.clone().or_else(|| saved.results()),
                ..saved.header.options.planning()
            },
            saved: Some(saved),
            standing: Standing::Attended,
        })
    }

    /// A sheet that nobody stands by, and the plan of it that somebody has approved, if somebody has. The plan is dropped if
    /// it cannot be used: why comes second.
    pub(super) fn unattended(
        sheet: &Path,
        planning: PlanningOptions,
        approved: Option<&Path>,
    ) -> (Self, Option<Failure>) {
        let path = sheet.to_owned();
        let approved = approved.map(|approved| -> Result<_, Failure> {
            let saved = SavedPlan::read(approved)?;
            let now = fingerprint(sheet).map_err(|error| Failure::of_file(&error))?;
            saved.check_bytes(now)?;
            saved.check_flags(&planning)?;
            Ok(saved)
        });
        let (saved, unusable) = match approved {
            Some(Ok(saved)) => (Some(saved), None),
            Some(Err(unusable)) => (None, Some(unusable)),
            None => (None, None),
        };
        let job = Self {
            path,
            planning: saved.as_ref().map_or(planning, |saved| saved.header.options.planning()),
            saved,
            standing: Standing::Unattended,
        };
        (job, unusable)
    }

    /// The rows it is about.
    pub(super) fn selection(&self, as_of: AsOf) -> Selection {
        match &self.saved {
            None => Selection::of(&self.planning, as_of),
            Some(saved) => Selection {
                scope: RowScope::Saved(saved.planned_rows()),
                ..Selection::of(&self.planning, as_of)
            },
        }
    }

    /// When it is for the dates of the rows, in this zone: when the plan was saved, so that what it shows as due is
    /// done, and what it shows as waiting waits. Where nobody stands by, it is now: whoever approved the plan has seen the
    /// dates of its rows.
    pub(super) fn as_of(&self, settings: &Settings) -> AsOf {
        let now = as_of_now(settings);
        match &self.saved {
            None => now,
            Some(_) if self.standing == Standing::Unattended => now,
            Some(saved) => AsOf {
                now: saved.header.saved_at,
                ..now
            },
        }
    }

    /// Makes sure that a saved plan was made for this organization.
    pub(super) fn check_organization(&self, organization: &Organization) -> Result<(), Failure> {
        if let Some(saved) = &self.saved {
            saved.check_organization(organization.of_plan())?;
        }
        Ok(())
    }
}
