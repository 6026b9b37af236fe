//! Moves whose old account is given more by rows below them. That would be gone with the account, so it is kept, and the next
//! run of the sheet takes it over as well.

use super::builder::Builder;
use crate::api::UserUpdate;
use crate::plan::account_drafts::{OldAccount, Succession};
use crate::plan::{AccountIndex, Ending};

const KEPT: &str = "the old account stays for now, because rows below this one give it more after it has been moved; run the same command \
                    again, and the new one gets that too";

impl Builder<'_> {
    /// Keeps the old accounts of such moves, and says so in their rows; once all rows have been folded.
    pub(super) fn keep_overtaken(&mut self) {
        let list = &self.drafts.list;
        let is_changed =
            |succession: &Succession| succession.end == OldAccount::Goes && list[succession.from].has_wishes();
        let moves = list
            .indexed()
            .filter(|(_, draft)| draft.succession().is_some_and(is_changed));
        let moves: Vec<AccountIndex> = moves.map(|(account, _)| account).collect();
        for account in moves {
            let overtaken = self
                .drafts
                .get(account)
                .succession()
                .cloned()
                .filter(|it| self.is_overtaken(it));
            if let Some(succession) = overtaken {
                self.drafts.get_mut(account).keep_the_old();
                self.rows[succession.row].more().ending = Ending::Overtaken(KEPT);
            }
        }
    }

    /// Whether the old account has something in the end that the new one would have got of it.
    fn is_overtaken(&mut self, succession: &Succession) -> bool {
        let Succession {
            row, from, inherits, ..
        } = succession;
        let old = self.drafts.get(*from);
        let is_renamed = |(by, update): &(_, UserUpdate)| by > row && is_carried_over(update);
        let licenses = old.now().direct.bundles();
        if old.updates().iter().any(is_renamed) || inherits.licenses && !licenses.minus(&succession.licenses).is_empty()
        {
            return true;
        }
        let groups = if inherits.groups { old.groups() } else { Vec::new() };
        self.inheritable(&groups)
            .iter()
            .any(|group| !succession.groups.contains(group))
    }
}

/// Whether it changes what a new account is given of the profile.
fn is_carried_over(update: &UserUpdate) -> bool {
    update.name.is_some()
        || update.surname.is_some()
        || update.display_name.is_some()
        || update.bypass_basic_auth.is_some()
}
