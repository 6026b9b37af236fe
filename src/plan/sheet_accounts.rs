//! The accounts that a sheet touches, each with its draft.

use std::collections::HashMap;

use super::account_drafts::AccountDraft;
use super::draft_list::DraftList;
use super::license_request::SharedChanges;
use super::{AccountIndex, LicenseEdit, Naming, RowIndex};
use crate::api::{Allocation, User};
use crate::directory::Snapshot;
use crate::model::UserId;

/// Where the user is among these, in the order of their ids. One of theirs is found by its address, since a search for
/// each of a million would take longer than all else that is done for its draft.
fn place_of(user: &User, users: &[User]) -> usize {
    let offset = std::ptr::from_ref(user).addr().wrapping_sub(users.as_ptr().addr());
    let place = offset / size_of::<User>();
    match users.get(place) {
        Some(same) if std::ptr::eq(same, user) => place,
        Some(_) | None => users.partition_point(|other| other.id < user.id),
    }
}

/// The accounts that a sheet touches.
#[derive(Debug, Default)]
pub(super) struct AccountDrafts<'a> {
    pub(super) list: DraftList<'a>,
    /// By the users' positions in the snapshot.
    existing: Vec<Option<AccountIndex>>,
    pending: HashMap<String, AccountIndex>,
    changes: SharedChanges,
}

impl<'a> AccountDrafts<'a> {
    /// The draft of an account that exists.
    pub(super) fn existing(&mut self, user: &'a User, naming: Naming, snapshot: &'a Snapshot) -> AccountIndex {
        let users = snapshot.users();
        if self.existing.is_empty() {
            self.existing = vec![None; users.len()];
        }
        let place = place_of(user, users);
        let list = &mut self.list;
        *self.existing[place].get_or_insert_with(|| list.push(AccountDraft::existing(user, naming, snapshot)))
    }

    /// The draft of an account that is gone and still has an allocation, known by its id.
    pub(super) fn orphan(&mut self, allocation: &'a Allocation, naming: Naming) -> AccountIndex {
        let name = allocation.user.to_string();
        if let Some(known) = self.pending.get(&name) {
            return *known;
        }
        let index = self.list.push(AccountDraft::orphan(allocation, naming));
        self.pending.insert(name, index);
        index
    }

    /// The draft of an account that is gone while a seat is still held for it by a group's rule, known by its id.
    pub(super) fn gone(&mut self, user: UserId, naming: Naming) -> AccountIndex {
        let index = self.pending(naming, &[user.to_string()]);
        self.list[index].note_that_it_is_gone(user);
        index
    }

    /// The draft of an account that the sheet makes, known by these folded names.
    pub(super) fn pending(&mut self, naming: Naming, names: &[String]) -> AccountIndex {
        let known = names.iter().find_map(|name| self.pending.get(name)).copied();
        let index = known.unwrap_or_else(|| self.list.push(AccountDraft::pending(naming)));
        for name in names {
            self.pending.entry(name.clone()).or_insert(index);
        }
        index
    }

    /// The account that the sheet makes under this folded name.
    pub(super) fn find_pending(&self, name: &str) -> Option<AccountIndex> {
        self.pending.get(name).copied()
    }

    /// Adds a row's edit of what the account holds directly.
    pub(super) fn edit(&mut self, index: AccountIndex, row: RowIndex, edit: LicenseEdit) {
        self.list[index].edit(row, edit, &mut self.changes);
    }

    pub(super) fn get(&self, index: AccountIndex) -> &AccountDraft<'a> {
        &self.list[index]
    }

    pub(super) fn get_mut(&mut self, index: AccountIndex) -> &mut AccountDraft<'a> {
        &mut self.list[index]
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::api::UserTexts;

    #[test]
    fn a_user_is_placed_by_address_and_a_copy_of_one_by_its_id() {
        let user = |id| User::new(UserId(Uuid::from_u128(id)), UserTexts::default());
        let users: Vec<User> = (0..4).map(user).collect();
        for (place, one) in users.iter().enumerate() {
            assert_eq!((place_of(one, &users), place_of(&one.clone(), &users)), (place, place));
        }
    }
}
