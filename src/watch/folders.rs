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

impl Outcome {
    /// The folder it goes to. `others_wait`: other rows of the same results wait, those of the sheet aside.
    pub fn folder(self, others_wait: bool) -> Folder {
        match self {
            Self::Ran(0) if others_wait => Folder::Waiting,
            Self::Ran(0) => Folder::Done,
            Self::Ran(75) => Folder::Waiting,
            Self::Ran(_) => Folder::Failed,
            Self::NeedsApproval => Folder::Approve,
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
            assert_eq!(Outcome::Ran(code).folder(false), folder, "{code}");
        }
        assert_eq!(Outcome::Ran(0).folder(true), Folder::Waiting);
        assert_eq!(Outcome::NeedsApproval.folder(false), Folder::Approve);
    }
}
