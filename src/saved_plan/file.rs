//! The plan file: written atomically, readable only by its owner, and checked when it is read.

use std::collections::HashSet;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::error::SavedPlanError;
use super::header::{PlanHeader, path_from};
use super::sheet_plan::RowPlan;
use crate::files::{self, Durability};
use crate::model::RowKey;
use crate::plan::SeatLine;
use crate::sheet::write_refusal;
use crate::text::clean;

/// What every plan file begins with.
const FORMAT: &str = "reseat plan";

/// The format version written here, and the newest that is understood.
const VERSION: u32 = 1;

/// Identifies a plan file.
#[derive(Serialize, Deserialize)]
struct FormatMark {
    format: String,
    version: u32,
    /// The version of reseat that saved it.
    #[serde(default)]
    reseat: String,
}

/// A plan file that was read.
#[derive(Debug, Deserialize)]
pub struct SavedPlan {
    /// The file.
    #[serde(skip)]
    pub path: PathBuf,
    /// What the plan was made from.
    #[serde(flatten)]
    pub header: PlanHeader,
    pub(super) plan: Content,
}

/// The part of the plan that is compared.
#[derive(Debug, Deserialize)]
pub(super) struct Content {
    pub(super) seats: Vec<SeatLine>,
    pub(super) rows: Vec<RowPlan>,
}

#[derive(Serialize)]
struct PlanFile<P> {
    #[serde(flatten)]
    mark: FormatMark,
    #[serde(flatten)]
    header: PlanHeader,
    plan: P,
}

/// Whether a plan may be saved here: only an older plan is ever replaced.
///
/// # Errors
/// [`SavedPlanError::NotReplaced`] if there is any other file.
pub fn may_be_saved_to(path: &Path) -> Result<(), SavedPlanError> {
    let is_plan = || {
        let text = fs_err::read_to_string(path).ok()?;
        let mark: FormatMark = serde_json::from_str(&text).ok()?;
        Some(mark.format == FORMAT)
    };
    if !path.exists() || is_plan() == Some(true) {
        return Ok(());
    }
    let path = path.to_owned();
    Err(SavedPlanError::NotReplaced { path })
}

/// Writes a plan file atomically; of `plan`, what serializes as `seats` and `rows` can be read back.
///
/// # Errors
/// [`SavedPlanError::Write`] if the file system refuses.
pub fn write(path: &Path, header: PlanHeader, plan: impl Serialize) -> Result<(), SavedPlanError> {
    let PlanHeader { saved_at, .. } = header;
    let content = PlanFile {
        mark: FormatMark {
            format: FORMAT.to_owned(),
            version: VERSION,
            reseat: env!("CARGO_PKG_VERSION").to_owned(),
        },
        header: PlanHeader {
            // As precise as the results file, whose times it is compared with.
            saved_at: Timestamp::from_millisecond(saved_at.as_millisecond()).unwrap_or(saved_at),
            ..header
        },
        plan,
    };
    let replaced = files::replace(path, Durability::Whole, |out| {
        serde_json::to_writer_pretty(&mut *out, &content)?;
        writeln!(out)
    });
    replaced.map_err(|error| SavedPlanError::Write {
        path: path.to_owned(),
        reason: write_refusal(&error),
    })
}

impl SavedPlan {
    /// The rows it plans.
    pub fn planned_rows(&self) -> HashSet<RowKey> {
        let planned = self.plan.rows.iter().filter(|row| row.is_planned());
        planned.map(|row| row.report.key).collect()
    }

    /// The sheet it was made for, relative to the working folder.
    pub fn sheet(&self) -> PathBuf {
        path_from(&self.path, &self.header.sheet)
    }

    /// The results file given with `--results`, if any, relative to the working folder.
    pub fn results(&self) -> Option<PathBuf> {
        self.header.results.as_ref().map(|path| path_from(&self.path, path))
    }

    /// Reads a plan file.
    ///
    /// # Errors
    /// The file is missing, not a plan, damaged, or of a newer version.
    pub fn read(path: &Path) -> Result<Self, SavedPlanError> {
        let not_a_plan = |reason: String| SavedPlanError::NotAPlan {
            path: path.to_owned(),
            reason,
        };
        let text = fs_err::read(path).map_err(SavedPlanError::Read)?;
        // The mark is read by itself first, because the rest may be anything in a newer version.
        match serde_json::from_slice::<FormatMark>(&text) {
            Err(error) => return Err(not_a_plan(error.to_string())),
            Ok(mark) if mark.format != FORMAT => {
                return Err(not_a_plan(format!("its `format` is `{}`", clean(&mark.format, 40))));
            }
            Ok(mark) if mark.version > VERSION => {
                return Err(SavedPlanError::Newer {
                    path: path.to_owned(),
                    version: mark.version,
                    known: VERSION,
                });
            }
            Ok(_) => {}
        }
        let mut json = serde_json::Deserializer::from_reader(BufReader::new(text.as_slice()));
        match serde_path_to_error::deserialize::<_, Self>(&mut json) {
            Ok(saved) => Ok(Self {
                path: path.to_owned(),
                ..saved
            }),
            Err(error) => Err(SavedPlanError::Damaged {
                path: path.to_owned(),
                reason: error.to_string(),
            }),
        }
    }
}
