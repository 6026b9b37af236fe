//! Moves whose old account is given more by rows below them. That would be gone with the account, so it is kept, and the next
//! run of the sheet takes it over as well.

use super::builder::Builder;
use crate::api::UserUpdate;
use crate::plan::account_drafts::{AccountDraft, Inherits, OldAccount, Succession, WantedMembership};
use crate::plan::{AccountIndex, Ending, Membership, RowIndex};

const KEPT: &str = "the old account stays for now, because rows below this one give it more after it has been moved; run the same command \
                    again, and the new one gets that too";

impl Builder<'_> {
    /// Keeps the old accounts of such moves, and says so in their rows; once all rows have been folded.
    pub(super) fn keep_overtaken(&mut self) {
        let list = &self.drafts.list;
        let overtaken = |(account, draft): (AccountIndex, &AccountDraft<'_>)| {
            let succession = draft.succession()?;
            let is_kept = succession.end == OldAccount::Goes && is_overtaken(succession, &list[succession.from]);
            is_kept.then_some((account, succession.row))
        };
        let overtaken: Vec<(AccountIndex, RowIndex)> = list.indexed().filter_map(overtaken).collect();
        for (account, row) in overtaken {
            self.drafts.get_mut(account).keep_the_old();
            self.rows[row].more().ending = Ending::Overtaken(KEPT);
        }
    }
}

/// Whether the old account has something in the end that the new one would have got of it.
fn is_overtaken(succession: &Succession, old: &AccountDraft<'_>) -> bool {
    let Inherits { groups, licenses } = succession.inherits;
    let is_renamed = |(by, update): &(RowIndex, UserUpdate)| *by > succession.row && is_carried_over(update);
    let has_joined =
        |wish: &WantedMembership| wish.change == Membership::Join && !succession.groups.contains(&wish.group);
    old.updates().iter().any(is_renamed)
        || groups && old.memberships().iter().any(has_joined)
        || licenses && !old.now().direct.bundles().minus(&succession.licenses).is_empty()
}

/// Whether it changes what a new account is given of the profile.
fn is_carried_over(update: &UserUpdate) -> bool {
    update.name.is_some()
        || update.surname.is_some()
        || update.display_name.is_some()
        || update.bypass_basic_auth.is_some()
}
