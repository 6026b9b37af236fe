//! People of the organization's external directory who have no account yet.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{User, World};
use crate::model::{GroupId, UserId};
use crate::text::fold;

impl World {
    /// Makes somebody known who has no account yet, or replaces the one of the same id.
    pub fn insert_person(&mut self, person: User) {
        self.directory.insert(person.id, person.from_directory());
    }

    /// Everybody of the directory who has no account yet, by id.
    pub fn people(&self) -> impl Iterator<Item = &User> {
        self.directory.values()
    }

    /// The person of this id who has no account yet.
    pub fn person(&self, id: UserId) -> Option<&User> {
        self.directory.get(&id)
    }

    /// The person without an account whose user name or address is `word`, without regard to case; of several, the
    /// first by id.
    pub fn person_called(&self, word: &str) -> Option<&User> {
        let folded = fold(word);
        self.people().find(|person| person.words().contains(&folded))
    }

    /// Makes the person an account with the same id, groups and licences; false if nobody of this id is without one.
    pub fn take_in(&mut self, id: UserId, now: Timestamp) -> bool {
        let Some(mut person) = self.directory.remove(&id) else {
            return false;
        };
        person.creation_time = now;
        self.insert_user(person);
        true
    }

    /// Somebody of the directory signs in for the first time; false if nobody without an account is called so.
    pub fn first_sign_in(&mut self, name: &str, now: Timestamp) -> bool {
        let id = self.person_called(name).map(|person| person.id);
        id.is_some_and(|id| self.take_in(id, now) && self.edit_user(id, |user| user.last_login_time = Some(now)))
    }

    /// The groups of an account, or of somebody of the directory without one.
    pub(super) fn groups_of(&mut self, id: UserId) -> Option<&mut BTreeSet<GroupId>> {
        let somebody = self.users.get_mut(&id).or_else(|| self.directory.get_mut(&id));
        somebody.map(|somebody| &mut somebody.groups)
    }
}
