//! Accounts.

use memchr::memmem::Finder;

use super::{User, World};
use crate::model::UserId;
use crate::text::fold;

impl World {
    /// Every account, by id.
    pub fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    /// How many accounts there are.
    pub fn user_count(&self) -> usize {
        self.users.len()
    }

    /// The account of this id.
    pub fn user(&self, id: UserId) -> Option<&User> {
        self.users.get(&id)
    }

    /// The accounts whose user name or address is `word`, without regard to case.
    pub fn users_called(&self, word: &str) -> Vec<&User> {
        let ids = self.by_word.get(&fold(word));
        ids.into_iter().flatten().filter_map(|id| self.users.get(id)).collect()
    }

    /// The accounts with `word`, which is folded, anywhere in a name or the address, by id.
    pub(in crate::sandbox) fn users_like(&self, word: &str) -> Vec<&User> {
        let finder = Finder::new(word);
        let found = self
            .searched
            .iter()
            .filter(|(_, text)| finder.find(text.as_bytes()).is_some());
        found.filter_map(|(id, _)| self.users.get(id)).collect()
    }

    /// The account whose user name or address is `word`; of several, the first by id.
    pub fn user_called(&self, word: &str) -> Option<&User> {
        self.users_called(word).into_iter().next()
    }

    /// Adds an account, or replaces the one of the same id. One without a `legacy_id` gets the next.
    pub fn insert_user(&mut self, mut user: User) {
        if user.legacy_id == 0 {
            self.next_legacy_id += 1;
            user.legacy_id = self.next_legacy_id;
        }
        self.forget_words(user.id);
        self.learn_words(&user);
        self.users.insert(user.id, user);
    }

    /// Changes an account; false when there is none of this id.
    pub fn edit_user(&mut self, id: UserId, edit: impl FnOnce(&mut User)) -> bool {
        let Some(mut user) = self.users.get(&id).cloned() else {
            return false;
        };
        edit(&mut user);
        self.insert_user(user);
        true
    }

    /// Removes an account with its direct allocation and its leases; the seats are free again.
    pub fn remove_user(&mut self, id: UserId) -> Option<User> {
        self.forget_words(id);
        self.release(id);
        self.release_leases(id);
        self.users.remove(&id)
    }

    /// Makes the account's invitation accepted, as its person would by the link in the mail; false when
    /// no account has this address.
    pub fn accept_invitation(&mut self, email: &str) -> bool {
        let Some(id) = self.user_called(email).map(|user| user.id) else {
            return false;
        };
        self.edit_user(id, |user| {
            user.invitation_accepted = true;
            user.email_confirmed = true;
        })
    }

    /// How many invitations were mailed to this address.
    pub fn mails_to(&self, email: &str) -> u64 {
        self.mails.get(&fold(email)).copied().unwrap_or_default()
    }

    /// How many invitations were mailed, by address (folded).
    pub fn mails(&self) -> impl Iterator<Item = (&str, u64)> {
        self.mails.iter().map(|(email, count)| (email.as_str(), *count))
    }

    pub(in crate::sandbox) fn mail(&mut self, email: &str) {
        *self.mails.entry(fold(email)).or_default() += 1;
    }

    /// How often this account's password was set.
    pub fn passwords_set(&self, id: UserId) -> u64 {
        self.passwords_set.get(&id).copied().unwrap_or_default()
    }

    pub(in crate::sandbox) fn note_password(&mut self, id: UserId) {
        *self.passwords_set.entry(id).or_default() += 1;
    }

    pub(super) fn learn_words(&mut self, user: &User) {
        for word in user.words() {
            self.by_word.entry(word).or_default().insert(user.id);
        }
        let names = [&user.name, &user.surname, &user.display_name].into_iter().flatten();
        let texts = names.chain([&user.email, &user.user_name]).map(|text| fold(text));
        // Nothing that is searched for has a NUL in it.
        self.searched.insert(user.id, texts.collect::<Vec<_>>().join("\0"));
    }

    fn forget_words(&mut self, id: UserId) {
        let Some(user) = self.users.get(&id) else {
            return;
        };
        self.searched.remove(&id);
        for word in user.words() {
            if let Some(ids) = self.by_word.get_mut(&word) {
                ids.remove(&id);
                if ids.is_empty() {
                    self.by_word.remove(&word);
                }
            }
        }
    }
}
