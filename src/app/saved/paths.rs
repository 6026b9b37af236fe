//! Paths in a saved plan: those below its own folder move with it, others stay where they are. Pure, but for
//! where the paths lead.

use std::path::{Path, PathBuf};

use crate::app::sheet::STDIN;

/// A path as the plan file holds it: from the folder of the file where it lies below that, else from the root.
pub(in crate::app) fn beside(plan_file: &Path, path: &Path) -> PathBuf {
    if path == Path::new(STDIN) {
        return path.to_owned();
    }
    let Ok(whole) = std::path::absolute(path) else {
        return path.to_owned();
    };
    let folder = std::path::absolute(plan_file)
        .ok()
        .and_then(|file| file.parent().map(Path::to_owned));
    let below = folder.and_then(|folder| whole.strip_prefix(folder).map(Path::to_owned).ok());
    below.unwrap_or(whole)
}

/// The path that a plan file holds, seen from here.
pub(in crate::app) fn found_from(plan_file: &Path, path: &Path) -> PathBuf {
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
            assert_eq!(beside(&plan, &sheet), kept);
        }
        assert_eq!(
            found_from(Path::new("plan.json"), Path::new("a.csv")),
            Path::new("a.csv")
        );
        assert_eq!(
            found_from(Path::new("x/plan.json"), Path::new("a.csv")),
            Path::new("x").join("a.csv")
        );
        assert_eq!(found_from(&below("plan.json"), &below("a.csv")), below("a.csv"));
        assert_eq!(found_from(Path::new("x/plan.json"), Path::new("-")), Path::new("-"));
    }
}
