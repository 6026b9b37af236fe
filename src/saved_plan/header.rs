//! What a plan was made from, as its file records it.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::options::SavedOptions;
use crate::model::OrganizationId;
use crate::plan::BatchSizes;
use crate::sheet::STDIN;

/// What a plan was made from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlanHeader {
    /// When it was saved.
    pub saved_at: Timestamp,
    /// The organization.
    pub organization: PlanOrganization,
    /// The sheet, as [`path_beside`] gives it.
    pub sheet: PathBuf,
    /// What the sheet's bytes come to, where they have to be the same when the plan is carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Uuid>,
    /// The file given with `--results`, in the same form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub results: Option<PathBuf>,
    /// The flags.
    pub options: SavedOptions,
    /// The chunk sizes.
    pub batch: BatchSizes,
}

/// The organization a plan was made for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlanOrganization {
    /// Its id.
    pub id: OrganizationId,
    /// Its name in addresses.
    pub name: String,
}

/// A path as stored in the plan file: relative if it is below the plan file's folder, so that both can be moved
/// together, otherwise absolute.
pub fn path_beside(plan_file: &Path, path: &Path) -> PathBuf {
    if path == Path::new(STDIN) {
        return path.to_owned();
    }
    let Ok(absolute) = std::path::absolute(path) else {
        return path.to_owned();
    };
    let folder = std::path::absolute(plan_file)
        .ok()
        .and_then(|file| file.parent().map(Path::to_owned));
    let below = folder.and_then(|folder| absolute.strip_prefix(folder).map(Path::to_owned).ok());
    below.unwrap_or(absolute)
}

/// A path stored in a plan file, relative to the working folder.
pub(super) fn path_from(plan_file: &Path, path: &Path) -> PathBuf {
    if path == Path::new(STDIN) {
        return path.to_owned();
    }
    plan_file
        .parent()
        .map_or_else(|| path.to_owned(), |folder| folder.join(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_beside_its_plan_moves_with_it_and_any_other_stays() {
        let root = std::path::absolute("/drop").unwrap();
        let below = |path: &str| root.join(path);
        for (plan, sheet, kept) in [
            (below("plan.json"), below("joiners.csv"), PathBuf::from("joiners.csv")),
            (
                below("plan.json"),
                below("in/joiners.csv"),
                Path::new("in").join("joiners.csv"),
            ),
            (below("plans/plan.json"), below("joiners.csv"), below("joiners.csv")),
            (below("plan.json"), PathBuf::from("-"), PathBuf::from("-")),
        ] {
            assert_eq!(path_beside(&plan, &sheet), kept);
        }
        assert_eq!(
            path_from(Path::new("plan.json"), Path::new("a.csv")),
            Path::new("a.csv")
        );
        assert_eq!(
            path_from(Path::new("x/plan.json"), Path::new("a.csv")),
            Path::new("x").join("a.csv")
        );
        assert_eq!(path_from(&below("plan.json"), &below("a.csv")), below("a.csv"));
        assert_eq!(path_from(Path::new("x/plan.json"), Path::new("-")), Path::new("-"));
    }
}
