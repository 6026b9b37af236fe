//! Why a saved plan cannot be used.

use std::io;
use std::path::PathBuf;

use jiff::Timestamp;

use super::header::PlanOrganization;
use crate::text::{clean, plural};

/// Why a plan was not saved, or cannot be run as saved. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum SavedPlanError {
    /// The file cannot be read.
    #[error(transparent)]
    Read(io::Error),
    /// The file is something else.
    #[error("`{}` is not a plan saved by reseat: {reason}", path.display())]
    NotAPlan {
        /// The file.
        path: PathBuf,
        /// What shows it.
        reason: String,
    },
    /// The file is in a newer format version.
    #[error("`{}` was saved by a newer reseat (format {version}; this one knows {known})", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format version.
        version: u32,
        /// The newest version that is understood.
        known: u32,
    },
    /// The file is a plan, but its content is invalid.
    #[error("`{}` is damaged: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        reason: String,
    },
    /// There is already another file where the plan should be saved.
    #[error("`{}` exists and is not a saved plan, so it is not replaced", path.display())]
    NotReplaced {
        /// That file.
        path: PathBuf,
    },
    /// The file system refused to save the plan.
    #[error("failed to save the plan to `{}`: {reason}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the file system said, and what helps.
        reason: String,
    },
    /// The typed flags differ from those the plan was made with.
    #[error(
        "{} not that of the plan in `{}`, so nothing was sent",
        if differences.len() == 1 { "1 flag is".to_owned() } else { format!("{} are", plural(differences.len(), "flag")) },
        path.display()
    )]
    OtherFlags {
        /// The plan.
        path: PathBuf,
        /// The flags, a sentence each.
        differences: Vec<String>,
    },
    /// The plan was made for another organization.
    #[error(
        "the plan in `{}` was made for another organization, so nothing was sent: for `{}` ({}); this is `{}` ({})",
        path.display(), clean(&planned.name, 80), planned.id, present.name, present.id
    )]
    OtherOrganization {
        /// The plan.
        path: PathBuf,
        /// The organization it was made for.
        planned: PlanOrganization,
        /// The one this run is against.
        present: PlanOrganization,
    },
    /// The sheet is another file than the plan was made for.
    #[error("the sheet is not, byte for byte, the one that the plan in `{}` was made for, so nothing was sent", path.display())]
    OtherBytes {
        /// The plan.
        path: PathBuf,
    },
    /// Something is no longer as it was when the plan was saved.
    #[error(
        "{} since the plan was saved in `{}` ({saved_at}), so nothing was sent",
        if *count == 1 { "1 thing has changed".to_owned() } else { format!("{} have changed", plural(*count, "thing")) },
        path.display()
    )]
    Changed {
        /// The plan.
        path: PathBuf,
        /// When it was saved.
        saved_at: Timestamp,
        /// How many things.
        count: usize,
        /// The changes, a line each; only the first of very many.
        changes: Vec<String>,
    },
}

impl SavedPlanError {
    /// Whether the plan was read, but does not match what it should run on.
    pub fn is_mismatch(&self) -> bool {
        matches!(
            self,
            Self::OtherFlags { .. } | Self::OtherOrganization { .. } | Self::OtherBytes { .. } | Self::Changed { .. }
        )
    }

    /// The mismatches, a line each.
    pub fn details(&self) -> &[String] {
        match self {
            Self::OtherFlags { differences, .. } => differences,
            Self::Changed { changes, .. } => changes,
            _ => &[],
        }
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Read(_) | Self::Write { .. } => None,
            Self::NotAPlan { .. } | Self::Newer { .. } | Self::Damaged { .. } => {
                Some("save a new one with `reseat plan SHEET --save FILE`, and review it")
            }
            Self::NotReplaced { .. } => Some("name another file with `--save`"),
            Self::OtherFlags { .. } => Some("leave the flags out, or make a plan with them"),
            Self::OtherOrganization { .. } => Some("check `--profile`, or make a plan for this one"),
            Self::OtherBytes { .. } => Some("approve the plan of the sheet as it is now"),
            Self::Changed { .. } => Some("save a new plan with `reseat plan --save`, review it, and run that"),
        }
    }
}
