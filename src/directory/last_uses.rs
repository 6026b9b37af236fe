//! When users last used their licences, where rows ask for it.

use super::allocation_reading::Attempt;
use super::reader::{Reader, is_final};
use super::{Accounts, Allocations, HowRead, Needs, ReadAllocations, ReadError};
use crate::api::LastUse;
use crate::model::UserId;

/// When users last used a licence of theirs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LastUses {
    /// In the order of the users' ids. Nothing is known of a use by others.
    of: Vec<(UserId, LastUse)>,
}

impl LastUses {
    /// The user's: there is no record of a use by somebody without a direct allocation.
    pub fn of(&self, user: UserId) -> LastUse {
        let position = self.of.binary_search_by_key(&user, |(user, _)| *user);
        position.map_or(LastUse::UNRECORDED, |position| self.of[position].1)
    }

    /// Of these users, as their allocations tell; `None` if these say nothing of uses.
    fn told_by(allocations: &Allocations, users: &[UserId]) -> Option<Self> {
        let says_nothing = |used: &LastUse| !used.is_told();
        let held = users.iter().filter_map(|user| allocations.of(*user));
        let of: Vec<(UserId, LastUse)> = held.map(|held| (held.user, held.last_in_use)).collect();
        let is_silent = !of.is_empty() && of.iter().map(|(_, used)| used).all(says_nothing);
        (!is_silent).then_some(Self { of })
    }
}

impl Reader<'_> {
    /// When the users last used their licences of whom it matters; `None` if that cannot be read here. Allocations that
    /// were read by a way that tells it are not read again.
    pub(super) async fn read_last_uses(
        &self,
        needs: &Needs<'_>,
        accounts: &Accounts,
        read: Option<&ReadAllocations>,
    ) -> Result<Option<LastUses>, ReadError> {
        let known = needs
            .uses
            .iter()
            .filter_map(|user| accounts.known(user))
            .map(|user| user.id);
        let mut users: Vec<UserId> = known.chain(needs.released.iter().copied()).collect();
        users.sort_unstable();
        users.dedup();
        if needs.uses.is_empty() || users.is_empty() {
            return Ok(None);
        }
        let told = match read.filter(|read| matches!(read.how, Some(HowRead::ByPages(_) | HowRead::OneByOne))) {
            Some(read) => LastUses::told_by(&read.allocations, &users),
            None => match self.by_listing_or_singly(&users).await {
                Ok(Attempt::Read(read)) => LastUses::told_by(&read.allocations, &users),
                Ok(Attempt::Absent(_)) => None,
                Err(error) if error.call().is_some_and(is_final) => return Err(error),
                Err(_) => None,
            },
        };
        if told.is_none() {
            self.notice(
                "when licences were last in use cannot be read here, so only the last sign-in is known".to_owned(),
            );
        }
        Ok(told)
    }
}
