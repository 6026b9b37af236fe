//! Eventual consistency: what was just written is not at once readable (`uipath-api`, 5.4).
//!
//! Only reads look here; writes always find what was written before them.

use std::borrow::Cow;

use jiff::Timestamp;

use super::{User, World};
use crate::model::{GroupId, UserId};

impl World {
    /// The account as readers see it at `now`: absent while it is fresh, without its fresh memberships.
    pub(in crate::sandbox) fn readable_user<'a>(&self, user: &'a User, now: Timestamp) -> Option<Cow<'a, User>> {
        if self.fresh_users.get(&user.id).is_some_and(|from| now < *from) {
            return None;
        }
        if self.fresh_memberships.is_empty() {
            return Some(Cow::Borrowed(user));
        }
        let hidden = |group: &GroupId| {
            let from = self.fresh_memberships.get(&(user.id, *group));
            from.is_some_and(|from| now < *from)
        };
        if !user.groups.iter().any(hidden) {
            return Some(Cow::Borrowed(user));
        }
        let mut seen = user.clone();
        seen.groups.retain(|group| !hidden(group));
        Some(Cow::Owned(seen))
    }

    /// Whether everything that was written is readable at `now`.
    pub(in crate::sandbox) fn is_readable_whole(&self, now: Timestamp) -> bool {
        let mut hidden = self.fresh_users.values().chain(self.fresh_memberships.values());
        hidden.all(|from| *from <= now)
    }

    pub(in crate::sandbox) fn hide_user_until(&mut self, user: UserId, from: Timestamp) {
        self.fresh_users.insert(user, from);
    }

    pub(in crate::sandbox) fn hide_membership_until(&mut self, user: UserId, group: GroupId, from: Timestamp) {
        self.fresh_memberships.insert((user, group), from);
    }
}
