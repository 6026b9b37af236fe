//! Of which class somebody is who holds seats.

use strum::{Display, EnumIter, IntoStaticStr};

/// Of which class somebody is who holds seats, in the order in which seats are freed. The seats of those from
/// [`LookAt`](Self::LookAt) on are never freed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, Display, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Class {
    /// The account is gone, its seats are still taken.
    Orphan,
    /// Neither signed in nor used a licence for long enough.
    Idle,
    /// An invitation that was not accepted for long enough. Before the next one, because whoever cannot sign in yet has
    /// certainly used nothing.
    Pending,
    /// There is no record that a licence was ever used, nor of a sign-in of late. Last, because a missing record is no
    /// proof.
    NoRecord,
    /// One of last use and last sign-in is long ago, and the other is not, or what would tell is missing: for a person to
    /// decide.
    LookAt,
    /// The account, or a seat, is so new that nothing follows from a missing record.
    New,
    /// Used of late.
    InUse,
}

impl Class {
    /// The word for it in sheets.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
