//! Where a sheet that reseat writes goes, and what is there already.

use std::path::Path;

use super::Ending;
use super::ending::Reason;
use super::failure::Failure;
use crate::ledger::{History, OpenError, results_path};
use crate::model::Status;
use crate::sheet::{Existing, SheetError, may_write_sheet};

/// Where the sheet is to be written.
#[derive(Debug, Clone, Copy)]
pub(super) struct SheetPlace<'a> {
    pub(super) path: &'a Path,
    pub(super) existing: Existing,
    pub(super) earlier: EarlierRun,
}

/// What has the name that the results of the sheet will have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EarlierRun {
    /// Nothing.
    None,
    /// Results of an earlier sheet of this name. Rows that are the same there would count as done.
    Finished,
}

impl<'a> SheetPlace<'a> {
    /// Makes sure, before anything is worked out, that nothing is lost by writing there.
    ///
    /// # Errors
    /// If a sheet is there that is to be kept, or the results of a run, with `--force` or without; if there is no such
    /// folder; or if a sheet of this name was run and is not finished, since its results would be continued.
    pub(super) fn of(path: &'a Path, existing: Existing) -> Result<Self, Failure> {
        may_write_sheet(path, existing).map_err(|error| not_written(&error))?;
        let refused = |message: String| {
            Failure::new(Ending::CouldNotStart, Reason::File, message).with_help("name another file with `-o`")
        };
        if path.exists() && holds_results(path) {
            let path = path.display();
            return Err(refused(format!(
                "`{path}` holds the results of a run, and without them it can be neither continued nor undone: it was kept"
            )));
        }
        let results = results_path(path);
        let earlier = match results.try_exists() {
            Ok(false) | Err(_) => EarlierRun::None,
            Ok(true) => match History::read(&results) {
                Ok(history) if is_finished(&history) => EarlierRun::Finished,
                Ok(_) | Err(_) => {
                    let results = results.display();
                    return Err(refused(format!(
                        "`{results}` is of a sheet of this name that is not finished: running this one would continue that"
                    )));
                }
            },
        };
        Ok(Self {
            path,
            existing,
            earlier,
        })
    }
}

fn is_finished(history: &History) -> bool {
    !history.has_begun() && !history.counts().contains_key(&Status::Waiting)
}

fn holds_results(path: &Path) -> bool {
    match History::read(path) {
        Ok(history) => !history.is_empty(),
        Err(OpenError::Damaged { .. } | OpenError::LostColumn { .. } | OpenError::Newer { .. }) => true,
        Err(
            OpenError::Io { .. }
            | OpenError::Locked { .. }
            | OpenError::NotResults { .. }
            | OpenError::OtherSheet { .. }
            | OpenError::OtherOrganization { .. },
        ) => false,
    }
}

pub(super) fn not_written(error: &SheetError) -> Failure {
    Failure::of(Ending::CouldNotStart, Reason::File, error)
}
