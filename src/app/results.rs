//! The results file of a command: where it is, what it knows, and why it cannot be used.

use std::path::{Path, PathBuf};

use super::Ending;
use super::failure::Failure;
use super::organization::IN_PROCESS;
use crate::cli::Target;
use crate::ledger::{History, OpenError, results_path};
use crate::model::OrganizationId;

/// The results file that belongs to a sheet.
pub(super) fn results_of(sheet: &Path, given: Option<&Path>) -> PathBuf {
    given.map_or_else(|| results_path(sheet), Path::to_owned)
}

/// What earlier runs against this organization recorded, without a lock; `None` where there is no file.
pub(super) fn read(path: &Path, organization: OrganizationId, target: Target) -> Result<Option<History>, Failure> {
    if !path.exists() {
        return Ok(None);
    }
    let history = History::read(path).and_then(|history| history.belongs_to(organization).map(|()| history));
    history.map(Some).map_err(|error| not_opened(&error, target))
}

/// Why a results file cannot be read.
pub(super) fn not_read(error: &OpenError) -> Failure {
    Failure::new(Ending::CouldNotStart, format!("failed to {error}"))
}

/// Why a results file cannot be used, and what to do about one of another organization.
pub(super) fn not_opened(error: &OpenError, target: Target) -> Failure {
    let OpenError::OtherOrganization { path, run, ours } = error else {
        return not_read(error);
    };
    let (path, started) = (path.display(), run.started());
    let trial = run.organization() == IN_PROCESS;
    let (message, help) = match (trial, target) {
        (true, Target::Configured) => (
            format!("`{path}` is from a `--sandbox` trial (run of {started})"),
            "delete it, or name another with `--results`".to_owned(),
        ),
        (_, Target::Sandbox) => (
            format!(
                "`{path}` holds the results of a real organization, {} (run of {started})",
                run.organization()
            ),
            "name another file for the trial with `--results`".to_owned(),
        ),
        (false, Target::Configured) => (
            format!(
                "`{path}` holds the results of another organization, {} (run of {started}); this one is {ours}",
                run.organization()
            ),
            "check `--profile`; else move the file away, or name another with `--results`".to_owned(),
        ),
    };
    Failure::new(Ending::CouldNotStart, message).with_help(help)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::ledger::RunId;

    fn refused(theirs: OrganizationId, target: Target) -> String {
        let error = OpenError::OtherOrganization {
            path: "joiners.results.csv".into(),
            run: RunId::new(Timestamp::UNIX_EPOCH, theirs, 7),
            ours: OrganizationId(uuid::Uuid::from_u128(2)),
        };
        anstream::adapter::strip_str(&not_opened(&error, target).to_string()).to_string()
    }

    #[test]
    fn results_of_a_trial_say_so_and_others_name_their_run_and_the_way_out() {
        let other = OrganizationId(uuid::Uuid::from_u128(1));
        assert_eq!(
            refused(IN_PROCESS, Target::Configured),
            "error: `joiners.results.csv` is from a `--sandbox` trial (run of 1970-01-01T00:00:00Z)\n\
             help: delete it, or name another with `--results`\n"
        );
        let told = refused(other, Target::Configured);
        for words in [
            "another organization",
            "run of 1970-01-01T00:00:00Z",
            "move the file away",
            "--results",
        ] {
            assert!(told.contains(words), "{told}");
        }
        assert!(refused(other, Target::Sandbox).contains("a real organization"));
    }
}
