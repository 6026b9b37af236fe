//! The plan file: written whole or not at all, for its owner's eyes only; read with care.

use std::collections::HashSet;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::SavedOptions;
use crate::app::Ending;
use crate::app::failure::{Failure, caused_by};
use crate::model::{OrganizationId, RowKey};
use crate::plan::{BatchSizes, RowPlan, SeatLine};

/// What every plan file begins with.
const FORMAT: &str = "reseat plan";

/// The version of the form that is written here, and the newest that is understood.
const VERSION: u32 = 1;

/// What a plan was made from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::app) struct Head {
    format: String,
    version: u32,
    /// The version of reseat that saved it.
    reseat: String,
    /// When, to the millisecond, as the results file counts.
    pub(in crate::app) saved_at: Timestamp,
    pub(in crate::app) organization: Whose,
    /// The sheet, as [`beside`](super::beside) gives it.
    pub(in crate::app) sheet: PathBuf,
    /// The results file that `--results` named, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::app) results: Option<PathBuf>,
    pub(in crate::app) options: SavedOptions,
    pub(in crate::app) batch: BatchSizes,
}

/// The organization that a plan was made for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::app) struct Whose {
    pub(in crate::app) id: OrganizationId,
    pub(in crate::app) name: String,
}

/// A plan file that was read.
#[derive(Debug, Deserialize)]
pub(in crate::app) struct SavedPlan {
    #[serde(skip)]
    pub(in crate::app) path: PathBuf,
    #[serde(flatten)]
    pub(in crate::app) head: Head,
    pub(in crate::app) plan: Kept,
}

/// What of the plan is looked at again.
#[derive(Debug, Deserialize)]
pub(in crate::app) struct Kept {
    pub(in crate::app) seats: Vec<SeatLine>,
    pub(in crate::app) rows: Vec<RowPlan>,
}

#[derive(Serialize)]
struct Written<'a, P> {
    #[serde(flatten)]
    head: &'a Head,
    plan: P,
}

/// What tells a plan file from others.
#[derive(Deserialize)]
struct Mark {
    format: String,
    version: u32,
}

/// What a plan was made from, beside the sheet and the flags.
pub(in crate::app) struct Origin {
    pub(in crate::app) now: Timestamp,
    pub(in crate::app) organization: Whose,
    pub(in crate::app) batch: BatchSizes,
}

impl Head {
    pub(in crate::app) fn new(origin: Origin, sheet: PathBuf, results: Option<PathBuf>, options: SavedOptions) -> Self {
        let Origin {
            now,
            organization,
            batch,
        } = origin;
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            reseat: env!("CARGO_PKG_VERSION").to_owned(),
            saved_at: Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now),
            organization,
            sheet,
            results,
            options,
            batch,
        }
    }
}

/// Whether a plan may be saved here: nothing but an older plan is ever replaced.
///
/// # Errors
/// There is another file.
pub(in crate::app) fn may_be_saved_to(path: &Path) -> Result<(), Failure> {
    let is_plan = || {
        let text = fs_err::read_to_string(path).ok()?;
        let mark: Mark = serde_json::from_str(&text).ok()?;
        Some(mark.format == FORMAT)
    };
    if !path.exists() || is_plan() == Some(true) {
        return Ok(());
    }
    let message = format!(
        "`{}` exists and is no saved plan, so it is not replaced",
        path.display()
    );
    Err(Failure::new(Ending::CouldNotStart, message).with_help("name another file with `--save`"))
}

/// Writes a plan file in one step.
///
/// # Errors
/// The file system refuses.
pub(in crate::app) fn write(path: &Path, head: &Head, plan: impl Serialize) -> Result<(), Failure> {
    replace(path, &Written { head, plan }).map_err(|error| {
        let message = format!("failed to save the plan to `{}`", path.display());
        Failure::new(Ending::CouldNotStart, message).with_details(vec![caused_by(error)])
    })
}

fn replace(path: &Path, content: &impl Serialize) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    // Made for its owner only, wherever the file system knows of owners.
    let file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    let mut out = BufWriter::new(&file);
    serde_json::to_writer_pretty(&mut out, content)?;
    writeln!(out)?;
    out.flush()?;
    drop(out);
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

impl SavedPlan {
    /// The rows that it plans.
    pub(in crate::app) fn planned(&self) -> HashSet<RowKey> {
        let planned = self.plan.rows.iter().filter(|row| row.is_planned());
        planned.map(|row| row.key).collect()
    }

    /// Reads a plan file.
    ///
    /// # Errors
    /// There is none, it is no plan, it is damaged, or it is of a newer version.
    pub(in crate::app) fn read(path: &Path) -> Result<Self, Failure> {
        let refused = |message: String| {
            Failure::new(Ending::CouldNotStart, message)
                .with_help("save a new one with `reseat plan SHEET --save FILE`, and look it through")
        };
        let shown = path.display();
        let text = fs_err::read(path).map_err(|error| Failure::of(Ending::CouldNotStart, &error))?;
        let not_a_plan =
            |error: &dyn std::fmt::Display| refused(format!("`{shown}` is no plan that reseat saved: {error}"));
        match serde_json::from_slice::<Mark>(&text) {
            Err(error) => return Err(not_a_plan(&error)),
            Ok(mark) if mark.format != FORMAT => {
                return Err(not_a_plan(&format!(
                    "its `format` is `{}`",
                    crate::text::clean(&mark.format, 40)
                )));
            }
            Ok(mark) if mark.version > VERSION => {
                let message = format!(
                    "`{shown}` was saved by a newer reseat (format {}; this one knows {VERSION})",
                    mark.version
                );
                return Err(refused(message));
            }
            Ok(_) => {}
        }
        let mut json = serde_json::Deserializer::from_reader(BufReader::new(text.as_slice()));
        match serde_path_to_error::deserialize::<_, Self>(&mut json) {
            Ok(saved) => Ok(Self {
                path: path.to_owned(),
                ..saved
            }),
            Err(error) => Err(refused(format!("`{shown}` is damaged: {error}"))),
        }
    }
}
