//! What became of a row.

use std::fmt;
use std::str::FromStr;

use super::as_text::as_text;

/// A row's status in the results file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// The change was made.
    Done,
    /// The state already was so.
    Unchanged,
    /// A migration whose invitation is not accepted.
    Waiting,
    /// 404, or the name resolves to nothing.
    NotFound,
    /// The name resolves to several.
    Ambiguous,
    /// 409: seats exceeded, or the state changed under us.
    Conflict,
    /// 400, 403, 422 and the like, with the server's words.
    Rejected,
    /// Retries used up, or transport.
    Failed,
    /// A mail-sending or creating call whose answer was lost and could not be settled by reading back.
    InDoubt,
    /// A record ahead of such a call; only a crash leaves it last.
    Started,
    /// The row did not pass validation.
    Invalid,
    /// The row stands twice; the first was run.
    Duplicate,
    /// Not attempted because of another row or of the user's choice.
    Skipped,
    /// Not reached before the run stopped.
    NotRun,
}

/// What a rerun does with a row of a given status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rerun {
    /// Nothing: the row is finished.
    Skip,
    /// Runs it as the sheet now says.
    Run,
    /// Goes on from the stage reached.
    GoOn,
    /// Reads back what became of the lost call before anything is sent.
    Settle,
}

impl Status {
    /// Every status, in the order the documents list them.
    pub const ALL: [Self; 14] = [
        Self::Done,
        Self::Unchanged,
        Self::Waiting,
        Self::NotFound,
        Self::Ambiguous,
        Self::Conflict,
        Self::Rejected,
        Self::Failed,
        Self::InDoubt,
        Self::Started,
        Self::Invalid,
        Self::Duplicate,
        Self::Skipped,
        Self::NotRun,
    ];

    /// The word in the results file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Unchanged => "unchanged",
            Self::Waiting => "waiting",
            Self::NotFound => "not_found",
            Self::Ambiguous => "ambiguous",
            Self::Conflict => "conflict",
            Self::Rejected => "rejected",
            Self::Failed => "failed",
            Self::InDoubt => "in_doubt",
            Self::Started => "started",
            Self::Invalid => "invalid",
            Self::Duplicate => "duplicate",
            Self::Skipped => "skipped",
            Self::NotRun => "not_run",
        }
    }

    /// What a rerun does with the row.
    pub fn rerun(self) -> Rerun {
        match self {
            Self::Done | Self::Unchanged => Rerun::Skip,
            Self::Waiting => Rerun::GoOn,
            Self::InDoubt | Self::Started => Rerun::Settle,
            Self::NotFound
            | Self::Ambiguous
            | Self::Conflict
            | Self::Rejected
            | Self::Failed
            | Self::Invalid
            | Self::Duplicate
            | Self::Skipped
            | Self::NotRun => Rerun::Run,
        }
    }

    /// Whether a person has to look at the row before it can succeed.
    pub fn needs_a_person(self) -> bool {
        !matches!(
            self,
            Self::Done | Self::Unchanged | Self::Waiting | Self::NotRun | Self::Duplicate
        )
    }

    /// Whether the row counts against `--max-failures`.
    pub fn is_failure(self) -> bool {
        matches!(
            self,
            Self::NotFound | Self::Ambiguous | Self::Conflict | Self::Rejected | Self::Failed | Self::InDoubt
        )
    }
}

impl fmt::Display for Status {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

impl FromStr for Status {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(())
    }
}

as_text!(Status, "a status");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_survives_being_written_and_read() {
        for status in Status::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
        }
    }

    #[test]
    fn only_finished_rows_are_skipped_by_a_rerun() {
        let skipped: Vec<_> = Status::ALL
            .into_iter()
            .filter(|status| status.rerun() == Rerun::Skip)
            .collect();
        assert_eq!(skipped, [Status::Done, Status::Unchanged]);
    }
}
