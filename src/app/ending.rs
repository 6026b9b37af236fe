//! How a command can end: the exit code of each ending, and the status and the reason that JSON output gives.

use std::process::{ExitCode, Termination};

use strum::{EnumIter, IntoStaticStr};

/// How a command ended, in the order of the codes. `docs/exit-codes.md` lists the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter)]
pub enum Ending {
    /// Every row is done or unchanged; for other commands, it did what was asked.
    Done,
    /// Usage, configuration or a file; nothing was sent.
    CouldNotStart,
    /// The sheet did not pass validation; nothing was sent.
    SheetInvalid,
    /// The run is over and some rows need attention.
    NeedsPerson,
    /// A limit or a guard stopped the run.
    Stopped,
    /// Sign-in failed, or a permission was missing.
    SignIn,
    /// The run is over and some rows wait for an invitation to be accepted.
    Waiting,
    /// SIGHUP: the terminal was closed.
    HungUp,
    /// Ctrl-C.
    Interrupted,
    /// SIGTERM.
    Terminated,
}

impl Ending {
    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::CouldNotStart => 1,
            Self::SheetInvalid => 2,
            Self::NeedsPerson => 3,
            Self::Stopped => 4,
            Self::SignIn => 5,
            Self::Waiting => 75,
            Self::Interrupted => 130,
            Self::Terminated => 143,
            Self::HungUp => 129,
        }
    }

    /// Its meaning, as the documentation says it.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Done => "every row is done or unchanged",
            Self::CouldNotStart => "reseat could not start: usage, configuration or a file",
            Self::SheetInvalid => "the sheet is invalid",
            Self::NeedsPerson => "finished, and some rows need attention",
            Self::Stopped => "stopped by a limit or a guard",
            Self::SignIn => "sign-in or permission",
            Self::Waiting => "finished, and some rows wait",
            Self::Interrupted => "interrupted by Ctrl-C",
            Self::Terminated => "interrupted by SIGTERM",
            Self::HungUp => "interrupted because the terminal was closed (SIGHUP)",
        }
    }
}

/// Why a command ended as it did, for programs. `docs/exit-codes.md` lists the same, in this order, and says more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(super) enum Reason {
    /// It did what was asked.
    None,
    /// Rows need a person, or wait.
    Rows,
    /// The sheet did not pass validation.
    SheetInvalid,
    /// There are fewer free seats than the sheet needs.
    Shortage,
    /// Nobody confirmed the deletions.
    DeletionsUnconfirmed,
    /// More people lose access than `--max-access-lost` allows.
    AccessLostUnconfirmed,
    /// Nobody confirmed the plan.
    NotConfirmed,
    /// A guard stopped it.
    Guard,
    /// Enough rows failed for `--max-failures`.
    MaxFailures,
    /// Everything fails in the same way, or the organization does not answer.
    SameFailure,
    /// A saved plan no longer matches.
    ChangedSincePlan,
    /// Another run has the organization or the results file.
    Locked,
    /// Sign-in failed.
    SignIn,
    /// A permission is missing.
    Permission,
    /// The command line, a variable or the configuration.
    Settings,
    /// A file or an output stream that cannot be read or written.
    File,
    /// A signal.
    Interrupted,
}

impl Reason {
    /// The word in JSON output.
    pub(super) fn as_str(self) -> &'static str {
        self.into()
    }
}

/// How far a command had come when it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Before its first change.
    Before,
    /// While it was changing things, or after that.
    Begun,
}

/// The ending in one word, for programs. `docs/exit-codes.md` lists the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(super) enum EndingStatus {
    /// It did what was asked.
    Done,
    /// The run is over and some rows need a person.
    NeedsPerson,
    /// The run is over and some rows wait.
    Waiting,
    /// The sheet, the plan or its confirmation was refused; nothing was changed.
    Refused,
    /// It was stopped while it changed things.
    Stopped,
    /// A signal ended it.
    Interrupted,
    /// It never came so far as to judge the sheet; nothing was changed.
    CouldNotStart,
}

impl EndingStatus {
    /// The one mapping from an ending to its word.
    pub(super) fn of(ending: Ending, stage: Stage) -> Self {
        match (ending, stage) {
            (Ending::Done, _) => Self::Done,
            (Ending::NeedsPerson, _) => Self::NeedsPerson,
            (Ending::Waiting, _) => Self::Waiting,
            (Ending::HungUp | Ending::Interrupted | Ending::Terminated, _) => Self::Interrupted,
            (Ending::SheetInvalid, _) | (Ending::Stopped, Stage::Before) => Self::Refused,
            (Ending::CouldNotStart, _) | (Ending::SignIn, Stage::Before) => Self::CouldNotStart,
            (Ending::SignIn | Ending::Stopped, Stage::Begun) => Self::Stopped,
        }
    }

    /// The word in JSON output.
    pub(super) fn as_str(self) -> &'static str {
        self.into()
    }
}

/// How a command ended, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ended {
    /// The exit code.
    pub(super) ending: Ending,
    /// Why.
    pub(super) reason: Reason,
    /// How far it had come.
    pub(super) stage: Stage,
}

impl Ended {
    /// It did what was asked.
    pub(super) const DONE: Self = Self::before(Ending::Done, Reason::None);

    /// Before anything was changed, or by a command that changes nothing.
    pub(super) const fn before(ending: Ending, reason: Reason) -> Self {
        Self {
            ending,
            reason,
            stage: Stage::Before,
        }
    }

    /// Of a run that began.
    pub(super) const fn begun(ending: Ending, reason: Reason) -> Self {
        Self {
            ending,
            reason,
            stage: Stage::Begun,
        }
    }

    /// The ending in one word.
    pub(super) fn status(self) -> EndingStatus {
        EndingStatus::of(self.ending, self.stage)
    }
}

impl Termination for Ending {
    fn report(self) -> ExitCode {
        ExitCode::from(self.code())
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn the_documents_list_every_exit_code_with_its_meaning_and_no_other() {
        let page = include_str!("../../docs/exit-codes.md");
        let listed: Vec<(u8, &str)> = page
            .lines()
            .filter_map(|line| {
                let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
                Some((cells.next()?.parse().ok()?, cells.next()?))
            })
            .collect();
        let known: Vec<_> = Ending::iter().map(|ending| (ending.code(), ending.meaning())).collect();
        assert_eq!(listed, known);
    }

    /// The first two cells of the rows of the table below this header.
    fn table(header: &str) -> Vec<(String, String)> {
        let page = include_str!("../../docs/exit-codes.md");
        let rows = page.lines().skip_while(|line| !line.starts_with(header)).skip(2);
        rows.map_while(|line| {
            let mut cells = line
                .strip_prefix('|')?
                .split('|')
                .map(|cell| cell.trim().replace('`', ""));
            Some((cells.next()?, cells.next()?))
        })
        .collect()
    }

    #[test]
    fn the_documents_list_every_status_with_the_exit_codes_that_it_goes_with() {
        let known = EndingStatus::iter().map(|status| {
            let goes_with = |ending: &Ending| {
                [Stage::Before, Stage::Begun]
                    .iter()
                    .any(|stage| EndingStatus::of(*ending, *stage) == status)
            };
            let codes = Ending::iter().filter(goes_with).map(|ending| ending.code().to_string());
            (status.as_str().to_owned(), codes.collect::<Vec<_>>().join(", "))
        });
        assert_eq!(table("| `status` | exit codes |"), known.collect::<Vec<_>>());
    }

    #[test]
    fn the_documents_list_every_reason() {
        let listed: Vec<String> = table("| `reason` | exit codes |")
            .into_iter()
            .map(|row| row.0)
            .collect();
        let known: Vec<&str> = Reason::iter().map(Reason::as_str).collect();
        assert_eq!(listed, known);
    }

    #[test]
    fn the_published_schema_lists_every_status_reason_and_code() {
        let schema = include_str!("../../docs/json/common.schema.json");
        let schema: serde_json::Value = serde_json::from_str(schema).unwrap();
        let members = &schema["$defs"]["ending"]["properties"];
        let statuses: Vec<&str> = EndingStatus::iter().map(EndingStatus::as_str).collect();
        let reasons: Vec<&str> = Reason::iter().map(Reason::as_str).collect();
        let mut codes: Vec<u8> = Ending::iter().map(Ending::code).collect();
        codes.sort_unstable();
        assert_eq!(members["status"]["enum"], serde_json::json!(statuses));
        assert_eq!(members["reason"]["enum"], serde_json::json!(reasons));
        assert_eq!(members["exit_code"]["enum"], serde_json::json!(codes));
    }

    #[test]
    fn only_a_run_that_has_begun_was_stopped_and_only_one_that_has_not_was_refused() {
        for (ending, before, begun) in [
            (Ending::Stopped, EndingStatus::Refused, EndingStatus::Stopped),
            (Ending::SignIn, EndingStatus::CouldNotStart, EndingStatus::Stopped),
            (Ending::Waiting, EndingStatus::Waiting, EndingStatus::Waiting),
            (Ending::HungUp, EndingStatus::Interrupted, EndingStatus::Interrupted),
        ] {
            assert_eq!(EndingStatus::of(ending, Stage::Before), before, "{ending:?}");
            assert_eq!(EndingStatus::of(ending, Stage::Begun), begun, "{ending:?}");
        }
    }

    #[test]
    fn no_two_endings_share_a_code() {
        let mut codes: Vec<_> = Ending::iter().map(Ending::code).collect();
        codes.dedup();
        assert_eq!(codes.len(), Ending::iter().count());
        assert!(codes.is_sorted());
    }
}
