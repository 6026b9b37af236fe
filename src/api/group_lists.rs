//! Equal lists of groups, kept once: most people of an organization are in the same few.

use foldhash::HashSet;

use crate::model::{GroupId, Shared};

/// The lists that have come so far.
#[derive(Debug, Default)]
pub struct GroupLists {
    known: HashSet<Shared<[GroupId]>>,
    /// The list being read; kept for its memory.
    read: Vec<GroupId>,
}

impl GroupLists {
    /// The list of these groups.
    pub(super) fn of(&mut self, groups: impl Iterator<Item = GroupId>) -> Shared<[GroupId]> {
        self.read.clear();
        self.read.extend(groups);
        if let Some(same) = self.known.get(self.read.as_slice()) {
            return same.clone();
        }
        let list: Shared<[GroupId]> = self.read.as_slice().into();
        self.known.insert(list.clone());
        list
    }

    /// Replaces a list by an equal one that came before.
    pub fn share(&mut self, list: &mut Shared<[GroupId]>) {
        match self.known.get(list) {
            Some(same) => *list = same.clone(),
            None => drop(self.known.insert(list.clone())),
        }
    }
}
