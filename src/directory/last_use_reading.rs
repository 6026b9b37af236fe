//! Reads when users last used their licences, where rows ask for it.

use super::allocation_reading::Attempt;
use super::reader::{Reader, is_final};
use super::{Accounts, HowRead, LastUses, Needs, ReadAllocations, ReadError};
use crate::model::UserId;

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
        let told = match read.filter(|read| read.how.is_some_and(HowRead::tells_uses)) {
            Some(read) => LastUses::told_by(read, &users),
            None => match self.last_uses_of(&users).await {
                Ok(told) => told,
                Err(error) if error.call().is_some_and(is_final) => return Err(error),
                Err(_) => None,
            },
        };
        if told.is_none() {
            self.notice(
                "when licences were last in use cannot be read here, so rows with `unless_used_since` take no seat"
                    .to_owned(),
            );
        }
        Ok(told)
    }

    /// When these users last used their licences; `None` if that cannot be read here.
    pub(super) async fn last_uses_of(&self, users: &[UserId]) -> Result<Option<LastUses>, ReadError> {
        Ok(match self.by_listing_or_singly(users).await? {
            Attempt::Read(read) => LastUses::told_by(&read, users),
            Attempt::Absent(_) => None,
        })
    }
}
