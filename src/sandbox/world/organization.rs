//! The whole organization: what is stored, and the indexes made from it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Allocation, Group, GroupKind, Lease, Rule, User};
use crate::model::{BundleCode, GroupId, UserId};

/// A simulated organization. Cloned for a look at it, serialized for the state file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct World {
    pub(super) users: BTreeMap<UserId, User>,
    /// People of an external directory who have no account yet.
    pub(super) directory: BTreeMap<UserId, User>,
    pub(super) groups: BTreeMap<GroupId, Group>,
    pub(super) allocations: BTreeMap<UserId, Allocation>,
    pub(super) rules: BTreeMap<GroupId, Rule>,
    pub(super) leases: BTreeMap<GroupId, BTreeMap<UserId, Lease>>,
    pub(super) totals: BTreeMap<BundleCode, u64>,
    pub(super) mails: BTreeMap<String, u64>,
    pub(super) passwords_set: BTreeMap<UserId, u64>,
    pub(super) next_legacy_id: i64,
    next_id: u64,
    #[serde(skip)]
    pub(super) by_word: HashMap<String, BTreeSet<UserId>>,
    /// What each account is searched in.
    #[serde(skip)]
    pub(super) searched: BTreeMap<UserId, String>,
    #[serde(skip)]
    pub(super) used: BTreeMap<BundleCode, u64>,
    /// For how long freed seats are not back in their pool, and which were freed when.
    #[serde(skip)]
    pub(in crate::sandbox) seat_lag: Duration,
    #[serde(skip)]
    pub(super) freed_seats: Vec<(BundleCode, Timestamp)>,
    #[serde(skip)]
    pub(super) fresh_users: HashMap<UserId, Timestamp>,
    #[serde(skip)]
    pub(super) fresh_memberships: HashMap<(UserId, GroupId), Timestamp>,
}

impl World {
    /// An organization with the built-in groups and nothing else.
    pub fn empty(seed: u64, now: Timestamp) -> Self {
        let mut world = Self::default();
        for name in Self::BUILT_IN {
            let id = GroupId(world.next_guid(seed));
            world.insert_group(Group {
                id,
                name: name.to_owned(),
                kind: GroupKind::BuiltIn,
                creation_time: now,
                last_modification_time: None,
                managed_by_directory: false,
            });
        }
        world
    }

    /// A GUID that the same seed and history give again.
    pub(in crate::sandbox) fn next_guid(&mut self, seed: u64) -> uuid::Uuid {
        self.next_id += 1;
        uuid::Uuid::new_v5(
            &uuid::Uuid::NAMESPACE_URL,
            format!("reseat-sandbox:{seed}:{}", self.next_id).as_bytes(),
        )
    }

    /// Rebuilds the indexes after reading the stored part.
    pub(in crate::sandbox) fn reindex(&mut self) {
        self.by_word.clear();
        self.searched.clear();
        let users = std::mem::take(&mut self.users);
        for user in users.values() {
            self.learn_words(user);
        }
        self.users = users;
        self.count_seats();
    }
}
