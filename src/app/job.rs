//! What a run should do: as typed, or from a saved plan.

use std::path::PathBuf;

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
        })
    }

    /// The rows it is about.
    pub(super) fn selection(&self, as_of: AsOf) -> Selection {
        match &self.saved {
            None => Selection::of(&self.planning, as_of),
            Some(saved) => Selection {
                scope: RowScope::Saved(saved.planned_rows()),
                pending: self.planning.pending_invites,
                as_of,
            },
        }
    }

    /// When it is for the dates of the rows, in this zone: when the plan was saved, so that what it shows as due is
    /// done, and what it shows as waiting waits.
    pub(super) fn as_of(&self, settings: &Settings) -> AsOf {
        let now = as_of_now(settings);
        match &self.saved {
            None => now,
            Some(saved) => AsOf {
                now: saved.header.saved_at,
                ..now
            },
        }
    }

    /// Makes sure that a saved plan was made for this organization.
    ///
    /// # Errors
    /// If it was made for another.
    pub(super) fn check_organization(&self, organization: &Organization) -> Result<(), Failure> {
        if let Some(saved) = &self.saved {
            saved.check_organization(organization.of_plan())?;
        }
        Ok(())
    }
}
