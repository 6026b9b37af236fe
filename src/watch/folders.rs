//! The folders below a drop folder, and which one a sheet ends in.

use serde::{Deserialize, Serialize};
use strum::{EnumIter, IntoEnumIterator, IntoStaticStr};

/// A folder below the drop folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, IntoStaticStr, Serialize, Deserialize)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Folder {
    /// Every row is done.
    Done,
    /// Rows wait: they are taken up again.
    Waiting,
    /// Somebody has to look at it.
    Failed,
    /// Somebody would lose access: it waits for approval.
    Approve,
    /// Where somebody puts what is approved.
    Approved,
}

/// The names that no profile's folder can have.
pub const RESERVED: [&str; 5] = ["done", "waiting", "failed", "approve", "approved"];

impl Folder {
    /// Its name.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }
}

/// How a sheet's run ended, as far as it decides where the sheet goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It ran, and ended with this exit code.
    Ran(u8),
    /// Nothing was sent: it needs approval.
    NeedsApproval,
}

/// What the rows of the same results still need that were not in the sheet: it had rows that an earlier run left, corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherRows {
    /// Nothing: they are done, or there are none.
    Done,
    /// Time.
    Wait,
    /// Somebody.
    NeedSomebody,
}

impl Outcome {
    /// The folder it goes to. All of a job is in one place, and `done` is only what is done to the last row.
    pub fn folder(self, others: OtherRows) -> Folder {
        match (self, others) {
            (Self::Ran(0), OtherRows::Done) => Folder::Done,
            (Self::Ran(0 | 75), OtherRows::NeedSomebody) => Folder::Failed,
            (Self::Ran(0), OtherRows::Wait) | (Self::Ran(75), _) => Folder::Waiting,
            (Self::Ran(_), _) => Folder::Failed,
            (Self::NeedsApproval, _) => Folder::Approve,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reserved_names_are_those_of_the_folders() {
        let names: Vec<&str> = Folder::all().map(Folder::name).collect();
        assert_eq!(names, RESERVED);
    }

    #[test]
    fn done_is_only_what_ended_with_nought_and_waiting_what_ended_with_75() {
        for code in 0..=255 {
            let folder = match code {
                0 => Folder::Done,
                75 => Folder::Waiting,
                _ => Folder::Failed,
            };
            assert_eq!(Outcome::Ran(code).folder(OtherRows::Done), folder, "{code}");
        }
        assert_eq!(Outcome::Ran(0).folder(OtherRows::Wait), Folder::Waiting);
        for code in [0, 75] {
            assert_eq!(Outcome::Ran(code).folder(OtherRows::NeedSomebody), Folder::Failed);
        }
        assert_eq!(Outcome::NeedsApproval.folder(OtherRows::Done), Folder::Approve);
    }
}
