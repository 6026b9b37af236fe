//! When users last used their licences.

use super::{HowRead, ReadAllocations};
use crate::api::ToldTime;
use crate::model::UserId;

/// When users last used a licence of theirs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LastUses {
    /// In the order of the users' ids. Nothing is known of a use by others.
    of: Vec<(UserId, ToldTime)>,
    /// How they were read, for predicting what reading them again takes.
    how: Option<HowRead>,
}

impl FromIterator<(UserId, ToldTime)> for LastUses {
    fn from_iter<I: IntoIterator<Item = (UserId, ToldTime)>>(told: I) -> Self {
        let mut of: Vec<_> = told.into_iter().collect();
        of.sort_by_key(|(user, _)| *user);
        Self { of, how: None }
    }
}

impl LastUses {
    /// The user's: there is no record of a use by somebody without a direct allocation.
    pub fn of(&self, user: UserId) -> ToldTime {
        let position = self.of.binary_search_by_key(&user, |(user, _)| *user);
        position.map_or(ToldTime::UNRECORDED, |position| self.of[position].1)
    }

    /// How they were read.
    pub(super) fn how(&self) -> Option<HowRead> {
        self.how
    }

    /// Of these users, as their allocations tell; `None` if these say nothing of uses.
    pub(super) fn told_by(read: &ReadAllocations, users: &[UserId]) -> Option<Self> {
        let says_nothing = |used: &ToldTime| !used.is_told();
        let held = users.iter().filter_map(|user| read.allocations.of(*user));
        let of: Vec<(UserId, ToldTime)> = held.map(|held| (held.user, held.last_in_use)).collect();
        let is_silent = !of.is_empty() && of.iter().map(|(_, used)| used).all(says_nothing);
        (!is_silent).then(|| Self {
            how: read.how,
            ..of.into_iter().collect()
        })
    }
}
