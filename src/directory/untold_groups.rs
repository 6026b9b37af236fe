//! Which groups accounts are in, where the listing of users leaves that out: a list that is not told is not an empty one.

use super::reader::Reader;
use super::users::ReadUsers;
use super::{Detail, Needs};
use crate::api::CallError;
use crate::model::UserId;

/// At most how many accounts are asked for one by one: a GET each, out of the quota that is soonest used up.
pub const MOST_ASKED_FOR_GROUPS: usize = 50;

impl Reader<'_> {
    /// The same, with the groups of accounts that matter and came without, as far as their own address tells them.
    pub(super) async fn with_groups(&self, mut read: ReadUsers, needs: &Needs<'_>) -> Result<ReadUsers, CallError> {
        let untold = untold(needs, &read);
        read.has_too_many_untold = untold.len() > MOST_ASKED_FOR_GROUPS;
        let Some((first, others)) = untold.split_first().filter(|_| !read.has_too_many_untold) else {
            return Ok(read);
        };
        let mut told = self.look_up(&[], &[*first]).await?;
        // Where the first comes without groups again, the others would too.
        if told.iter().all(|user| user.tells_groups) {
            told.extend(self.look_up(&[], others).await?);
        }
        read.accounts.extend(told);
        Ok(read)
    }
}

/// The people whose groups matter and were not told.
fn untold(needs: &Needs<'_>, read: &ReadUsers) -> Vec<UserId> {
    let accounts = &read.accounts;
    let matters = needs.detail == Detail::Profile || needs.groups;
    if read.detail == Detail::Identity || !matters || accounts.tell_all_groups() {
        return Vec::new();
    }
    let mut untold: Vec<UserId> = if needs.everyone {
        accounts
            .all()
            .iter()
            .filter(|user| user.has_untold_groups())
            .map(|user| user.id)
            .collect()
    } else {
        let named = needs
            .users
            .iter()
            .chain(&needs.models)
            .filter_map(|user| accounts.known(user));
        let invited = needs
            .addresses
            .iter()
            .filter_map(|address| accounts.find(address).one());
        named
            .chain(invited)
            .filter(|user| user.has_untold_groups())
            .map(|user| user.id)
            .collect()
    };
    untold.sort_unstable();
    untold.dedup();
    untold
}
