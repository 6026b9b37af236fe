//! The results file of a command: where it is, what it knows, and why it cannot be used.

use std::path::Path;

use super::Ending;
use super::code_memory::name_of;
use super::console::Console;
use super::ending::Reason;
use super::failure::Failure;
use super::organization::IN_PROCESS;
use super::organization::label::OrganizationLabel;
use crate::cli::EarlierResults;
use crate::ledger::{History, LockedResults, OpenError, Opened, Record, ResultsFile, RunId, StartedAnew};
use crate::model::{BundleSet, OrganizationId, RowReport};
use crate::text::joined;

/// The results file of a run, before anything is sent. Dropping it leaves everything as it was.
pub(super) enum Results {
    /// To continue.
    GoneOn(Box<Opened>),
    /// To be set aside once the plan is confirmed (`--again`).
    Anew(LockedResults),
}

impl Results {
    /// Locks the file; one that cannot be used is refused here, before the user is asked anything.
    pub(super) fn of(
        path: &Path,
        run: &RunId,
        earlier: EarlierResults,
        label: &OrganizationLabel,
        known: Option<History>,
    ) -> Result<Self, Failure> {
        let refused = |error: OpenError| not_opened(&error, label);
        match earlier {
            EarlierResults::Resume => {
                let opened = ResultsFile::open(path, run, known).map_err(refused)?;
                Ok(Self::GoneOn(Box::new(opened)))
            }
            EarlierResults::Again => {
                let locked = LockedResults::take(path, run).map_err(refused)?;
                nothing_is_owed(&locked.may_start_anew().map_err(refused)?)?;
                Ok(Self::Anew(locked))
            }
        }
    }

    /// What earlier runs recorded, as far as this one continues it.
    pub(super) fn history(&self) -> Option<&History> {
        match self {
            Self::GoneOn(opened) => Some(&opened.history),
            Self::Anew(_) => None,
        }
    }

    /// What the user should know about the file.
    pub(super) fn notice(&self) -> Option<&str> {
        match self {
            Self::GoneOn(opened) => opened.notice.as_deref(),
            Self::Anew(_) => None,
        }
    }

    /// The plan was confirmed: the file is written from now on.
    pub(super) fn begin(
        self,
        run: &RunId,
        console: Console<'_>,
        label: &OrganizationLabel,
    ) -> Result<ResultsFile, Failure> {
        let locked = match self {
            Self::GoneOn(opened) => return Ok(opened.file),
            Self::Anew(locked) => locked,
        };
        let StartedAnew { opened, kept } = locked.start_anew(run).map_err(|error| not_opened(&error, label))?;
        if let Some(kept) = kept {
            console.tell(format!("the earlier results are kept as `{}`\n", kept.display()));
        }
        Ok(opened.file)
    }
}

/// Makes sure that no licences were taken off an old account which its successor has not got, as far as is recorded: what
/// they were is known from nowhere else.
fn nothing_is_owed(begun: &[Record]) -> Result<(), Failure> {
    let owed = owed_by(begun);
    if owed.is_empty() {
        return Ok(());
    }
    let message = format!(
        "`--again` would forget licences that an earlier run took off an account and gave to no other: {}",
        joined(&owed, 10)
    );
    Err(Failure::in_file(message).with_help(
        "run the same command without `--again`, which hands them over; or, if that has been put right, name another file \
         with `--results`",
    ))
}

/// The licences that these rows took off old accounts and gave to no other, each with whose they were.
pub(super) fn owed_by(begun: &[Record]) -> Vec<String> {
    begun.iter().filter_map(owed).collect()
}

fn owed(record: &Record) -> Option<String> {
    let RowReport {
        place, user, before, ..
    } = &record.report;
    if !record.report.owes_licenses() {
        return None;
    }
    let codes: BundleSet = serde_json::from_value(before.as_ref()?.get("licenses")?.clone()).ok()?;
    Some(format!("{codes} of `{user}` ({place})"))
}

/// What earlier runs against this organization recorded, read without a lock; `None` if there is no file.
pub(super) fn read(
    path: &Path,
    organization: OrganizationId,
    label: &OrganizationLabel,
) -> Result<Option<History>, Failure> {
    if !path.exists() {
        return Ok(None);
    }
    let history = History::read(path).and_then(|history| history.belongs_to(organization).map(|()| history));
    history.map(Some).map_err(|error| not_opened(&error, label))
}

/// Why a results file cannot be read.
pub(super) fn not_read(error: &OpenError) -> Failure {
    let (ending, reason) = match error {
        OpenError::Locked { .. } => (Ending::Stopped, Reason::Locked),
        _ => (Ending::CouldNotStart, Reason::File),
    };
    Failure::new(ending, reason, format!("failed to {error}"))
}

/// The results could not be written before anything was sent; see [`Failure::once_begun`] for the middle of a run.
pub(super) fn not_recorded(error: &dyn std::error::Error) -> Failure {
    Failure::in_file(format!(
        "the run was stopped, because its results cannot be recorded: failed to {error}"
    ))
    .with_help("fix that and run the same command again: it finds out what was done by reading the organization")
}

/// An organization by its GUID, and by its name where that is remembered.
pub(super) fn named(id: OrganizationId) -> String {
    match name_of(id) {
        Some(name) => format!("{name}, {id}"),
        None => id.to_string(),
    }
}

/// Why a results file cannot be used, and what to do about one from another organization.
pub(super) fn not_opened(error: &OpenError, label: &OrganizationLabel) -> Failure {
    let OpenError::OtherOrganization { path, run, ours } = error else {
        return not_read(error);
    };
    let (path, started) = (path.display(), run.started());
    let trial = run.organization() == IN_PROCESS;
    let theirs = named(run.organization());
    let (message, help) = match (trial, label) {
        (true, OrganizationLabel::Configured { .. }) => (
            format!("`{path}` is from a `--sandbox` trial (run of {started})"),
            "delete it, or name another with `--results`".to_owned(),
        ),
        (_, OrganizationLabel::Simulated) => (
            format!("`{path}` holds the results of a real organization, {theirs} (run of {started})"),
            "name another file for the trial with `--results`".to_owned(),
        ),
        (false, OrganizationLabel::Configured { .. }) => (
            format!(
                "`{path}` holds the results of another organization, {theirs} (run of {started}); this one is {label}, {ours}"
            ),
            "check `--profile`; else name another file with `--results`".to_owned(),
        ),
    };
    Failure::in_file(message).with_help(help)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::ledger::RunId;

    fn refused(theirs: OrganizationId, label: &OrganizationLabel) -> String {
        let error = OpenError::OtherOrganization {
            path: "joiners.results.csv".into(),
            run: RunId::new(Timestamp::UNIX_EPOCH, theirs, 7),
            ours: OrganizationId(uuid::Uuid::from_u128(2)),
        };
        anstream::adapter::strip_str(&not_opened(&error, label).to_string()).to_string()
    }

    #[test]
    fn results_of_a_trial_say_so_and_others_name_their_run_and_the_way_out() {
        let configured = OrganizationLabel::Configured {
            name: "acme".to_owned(),
            profile: Some("second".to_owned()),
            uri: "https://cloud.uipath.com".to_owned(),
        };
        let other = OrganizationId(uuid::Uuid::from_u128(1));
        assert_eq!(
            refused(IN_PROCESS, &configured),
            "error: `joiners.results.csv` is from a `--sandbox` trial (run of 1970-01-01T00:00:00Z)\n\
             help: delete it, or name another with `--results`\n"
        );
        let told = refused(other, &configured);
        for words in [
            "another organization",
            "run of 1970-01-01T00:00:00Z",
            "this one is `acme` (profile `second`, https://cloud.uipath.com)",
            "check `--profile`",
            "--results",
        ] {
            assert!(told.contains(words), "{told}");
        }
        assert!(refused(other, &OrganizationLabel::Simulated).contains("a real organization"));
    }
}
