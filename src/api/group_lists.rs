//! Equal lists of groups, kept once: most people of an organization are in the same few.

use std::sync::Arc;

use foldhash::HashSet;

use crate::model::GroupId;

/// The lists that have come so far.
#[derive(Debug, Default)]
pub struct GroupLists {
    known: HashSet<Arc<[GroupId]>>,
    /// The list being read; kept for its memory.
    read: Vec<GroupId>,
}

impl GroupLists {
    /// The list of these groups.
    pub(super) fn of(&mut self, groups: impl Iterator<Item = GroupId>) -> Arc<[GroupId]> {
        self.read.clear();
        self.read.extend(groups);
        if let Some(same) = self.known.get(self.read.as_slice()) {
            return Arc::clone(same);
        }
        let list: Arc<[GroupId]> = self.read.as_slice().into();
        self.known.insert(Arc::clone(&list));
        list
    }

    /// Replaces a list by an equal one that came before.
    pub fn share(&mut self, list: &mut Arc<[GroupId]>) {
        match self.known.get(list) {
            Some(same) => *list = Arc::clone(same),
            None => drop(self.known.insert(Arc::clone(list))),
        }
    }
}
