//! What a run is to do: as typed, or as a saved plan has it.

use std::path::PathBuf;

use super::{SavedOptions, SavedPlan, found_from};
use crate::app::Ending;
use crate::app::failure::Failure;
use crate::cli::{PlanningOptions, RunOptions};
use crate::text::plural;

/// The sheet and the flags of a run, and the saved plan that has to hold still, if there is one.
pub(in crate::app) struct Job {
    pub(in crate::app) path: PathBuf,
    pub(in crate::app) planning: PlanningOptions,
    pub(in crate::app) saved: Option<SavedPlan>,
}

impl Job {
    /// Reads the saved plan, where one is named. What is not typed is as it was when the plan was made.
    ///
    /// # Errors
    /// The plan cannot be read, or was made with other flags than are typed.
    pub(in crate::app) fn of(options: &RunOptions) -> Result<Self, Failure> {
        let Some(plan_file) = &options.saved_plan else {
            return Ok(Self {
                path: options.path.clone().unwrap_or_default(),
                planning: options.planning.clone(),
                saved: None,
            });
        };
        let saved = SavedPlan::read(plan_file)?;
        let differences = saved.head.options.differences(&SavedOptions::of(&options.planning));
        if !differences.is_empty() {
            let message = format!(
                "{} not that of the plan in `{}`, so nothing was sent",
                match differences.len() {
                    1 => "1 flag is".to_owned(),
                    count => format!("{} are", plural(count, "flag")),
                },
                plan_file.display()
            );
            return Err(Failure::new(Ending::Stopped, message)
                .with_details(differences)
                .with_help("leave the flags out, or make a plan with them"));
        }
        let planned = |path: &PathBuf| found_from(plan_file, path);
        let results = options.planning.results.clone();
        Ok(Self {
            path: options.path.clone().unwrap_or_else(|| planned(&saved.head.sheet)),
            planning: PlanningOptions {
                results: results.or_else(|| saved.head.results.as_ref().map(planned)),
                ..saved.head.options.planning()
            },
            saved: Some(saved),
        })
    }
}
