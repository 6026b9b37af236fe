//! What became of a row.

use std::collections::BTreeMap;

use strum::{Display, EnumCount, EnumIter, EnumString, IntoStaticStr};

use super::as_text::as_text;

/// A row's status in the results file, in the order the documents list them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, EnumCount, EnumIter, EnumString, Display, IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
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
    /// The row is in the sheet twice; the first was run.
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
    /// The word in the results file.
    pub fn as_str(self) -> &'static str {
        self.into()
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

    /// Whether the row needs the user's attention before it can succeed.
    pub fn needs_a_person(self) -> bool {
        !matches!(
            self,
            Self::Done | Self::Unchanged | Self::Waiting | Self::NotRun | Self::Duplicate
        )
    }

    /// Whether something of the row has to be corrected or settled; what only failed runs again as it is.
    pub fn needs_more_than_another_try(self) -> bool {
        self.needs_a_person() && self != Self::Failed
    }

    /// How many rows of these counts need attention.
    pub fn needing_a_person(counts: &BTreeMap<Self, usize>) -> usize {
        let needing = counts.iter().filter(|(status, _)| status.needs_a_person());
        needing.map(|(_, count)| count).sum()
    }

    /// Whether the row counts against `--max-failures`.
    pub fn is_failure(self) -> bool {
        matches!(
            self,
            Self::NotFound | Self::Ambiguous | Self::Conflict | Self::Rejected | Self::Failed | Self::InDoubt
        )
    }
}

as_text!(Status, "a status");

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn every_status_survives_being_written_and_read() {
        for status in Status::iter() {
            assert_eq!(status.as_str().parse(), Ok(status));
        }
    }

    #[test]
    fn only_finished_rows_are_skipped_by_a_rerun() {
        let skipped: Vec<_> = Status::iter().filter(|status| status.rerun() == Rerun::Skip).collect();
        assert_eq!(skipped, [Status::Done, Status::Unchanged]);
    }
}
