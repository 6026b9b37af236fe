//! Groups and their members.

use super::{Group, User, World};
use crate::model::{GroupId, UserId};

impl World {
    /// The name of the group that everybody is in and that lists no members.
    pub const EVERYONE: &'static str = "Everyone";

    /// The built-in groups of every organization (`uipath-api`, 5.1).
    pub const BUILT_IN: [&'static str; 5] = [
        Self::EVERYONE,
        "Administrators",
        "Automation Users",
        "Automation Developers",
        "Citizen Developers",
    ];

    /// Every group, by id.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values()
    }

    /// The group of this id.
    pub fn group(&self, id: GroupId) -> Option<&Group> {
        self.groups.get(&id)
    }

    /// The group of this name, with regard to case, as the service resolves it.
    pub fn group_named(&self, name: &str) -> Option<&Group> {
        self.groups.values().find(|group| group.name == name)
    }

    /// Adds a group, or replaces the one of the same id.
    pub fn insert_group(&mut self, group: Group) {
        self.groups.insert(group.id, group);
    }

    /// Lets an external directory say who is in a group; false when there is none of this name.
    pub fn let_directory_manage(&mut self, name: &str) -> bool {
        let group = self.groups.values_mut().find(|group| group.name == name);
        group.is_some_and(|group| {
            group.managed_by_directory = true;
            true
        })
    }

    /// Removes a group, its memberships, its licence rule and its leases.
    pub fn remove_group(&mut self, id: GroupId) -> Option<Group> {
        let removed = self.groups.remove(&id)?;
        for user in self.users.values_mut().chain(self.directory.values_mut()) {
            user.groups.remove(&id);
        }
        self.remove_rule(id);
        Some(removed)
    }

    /// The accounts in a group, by id, and then the people of the directory in it who have no account yet.
    pub fn members(&self, id: GroupId) -> impl Iterator<Item = &User> {
        let everybody = self.users.values().chain(self.directory.values());
        everybody.filter(move |user| user.groups.contains(&id))
    }

    /// Puts an account into a group; false if it was already in it, or if the group lists no members.
    pub fn join(&mut self, user: UserId, group: GroupId) -> bool {
        let listed = self.group(group).is_some_and(|group| group.name != Self::EVERYONE);
        listed && self.groups_of(user).is_some_and(|groups| groups.insert(group))
    }

    /// Takes an account out of a group, and its leases from the group's rule; false when it was not in it.
    pub fn leave(&mut self, user: UserId, group: GroupId) -> bool {
        self.release_lease(group, user);
        self.groups_of(user).is_some_and(|groups| groups.remove(&group))
    }
}
