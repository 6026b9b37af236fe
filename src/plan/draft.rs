//! What the rows ask of one account, folded in sheet order before it becomes steps.

use std::collections::{BTreeMap, HashMap};

use super::{AccountIndex, Direct, LicenseChange, LicenseEdit, Membership, RowIndex, Work};
use crate::api::{User, UserUpdate};
use crate::directory::Snapshot;
use crate::model::{BundleSet, GroupId, UserId};

/// Licences that a migration moves from an old account to its successor.
#[derive(Debug, Clone)]
pub(super) struct Succession {
    /// The migration's row.
    pub(super) row: RowIndex,
    /// The old account.
    pub(super) from: AccountIndex,
    /// The groups that the successor is to be in.
    pub(super) groups: Vec<GroupId>,
    /// What the successor is to hold besides what it holds.
    pub(super) licenses: BundleSet,
    /// Whether the old account is deleted in this run, once the successor is read back.
    pub(super) completes: bool,
    /// Whether the old account is deleted at all, so that its seats can be handed over.
    pub(super) ends: bool,
}

/// What the rows ask of one account.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub(super) label: String,
    pub(super) user: Option<&'a User>,
    pub(super) maker: Option<(RowIndex, Work)>,
    pub(super) base: Direct,
    pub(super) external_license: bool,
    pub(super) edits: Vec<(RowIndex, LicenseEdit)>,
    pub(super) succession: Option<Succession>,
    pub(super) updates: Vec<(RowIndex, UserUpdate)>,
    pub(super) memberships: BTreeMap<GroupId, (Membership, Vec<RowIndex>)>,
    pub(super) entered_with: Vec<GroupId>,
    pub(super) delete: Option<RowIndex>,
    pub(super) farewell: Option<RowIndex>,
}

impl<'a> Draft<'a> {
    fn existing(user: &'a User, label: String, snapshot: &Snapshot) -> Self {
        let allocation = snapshot.direct(user.id);
        let base = match allocation {
            Some(allocation) => Direct::Holds(allocation.bundles.clone()),
            None if snapshot.allocations().is_some() => Direct::Inherits,
            None => Direct::Unknown,
        };
        let external_license = allocation.is_some_and(|allocation| allocation.external_license);
        Self {
            user: Some(user),
            base,
            external_license,
            ..Self::pending(label)
        }
    }

    fn pending(label: String) -> Self {
        Self {
            label,
            user: None,
            maker: None,
            base: Direct::Inherits,
            external_license: false,
            edits: Vec::new(),
            succession: None,
            updates: Vec::new(),
            memberships: BTreeMap::new(),
            entered_with: Vec::new(),
            delete: None,
            farewell: None,
        }
    }

    /// The direct allocation after the rows so far.
    pub(super) fn direct(&self) -> Direct {
        self.edits
            .iter()
            .fold(self.base.clone(), |direct, (_, edit)| edit.apply(&direct))
    }

    /// Adds a row's licence edit; says whether it changes anything.
    pub(super) fn edit(&mut self, row: RowIndex, edit: LicenseEdit) -> bool {
        let now = self.direct();
        let flips_external = edit
            .external_license()
            .is_some_and(|wanted| wanted != self.external_license);
        let changes = edit.apply(&now) != now || flips_external;
        if changes {
            self.edits.push((row, edit));
        }
        changes
    }

    /// Adds a row's membership; says whether it changes anything.
    pub(super) fn member(&mut self, row: RowIndex, group: GroupId, change: Membership) -> bool {
        let is_in = self.user.is_some_and(|user| user.groups.contains(&group)) || self.entered_with.contains(&group);
        if let Some((planned, rows)) = self.memberships.get_mut(&group) {
            if *planned == change {
                if !rows.contains(&row) {
                    rows.push(row);
                }
                return true;
            }
            // The sheet takes back what an earlier row of it asked for.
            self.memberships.remove(&group);
            return false;
        }
        let changes = is_in != (change == Membership::Join);
        if changes {
            self.memberships.insert(group, (change, vec![row]));
        }
        changes
    }

    /// The licence change of the rows, without a succession; `None` where nothing changes.
    pub(super) fn license_change(&self) -> Option<LicenseChange> {
        let change = LicenseChange::new(self.base.clone(), self.external_license, self.edits.clone());
        let flips_external = change.external_license != self.external_license && !self.edits.is_empty();
        (change.target != change.base || flips_external).then_some(change)
    }

    /// Whether anything but a deletion is planned.
    pub(super) fn is_touched(&self) -> bool {
        !self.edits.is_empty() || !self.updates.is_empty() || !self.memberships.is_empty()
    }
}

/// The accounts that a sheet touches.
#[derive(Debug, Default)]
pub(super) struct Drafts<'a> {
    pub(super) list: Vec<Draft<'a>>,
    by_id: HashMap<UserId, AccountIndex>,
    pending: HashMap<String, AccountIndex>,
}

impl<'a> Drafts<'a> {
    /// The draft of an account that exists.
    pub(super) fn existing(&mut self, user: &'a User, label: &str, snapshot: &Snapshot) -> AccountIndex {
        *self.by_id.entry(user.id).or_insert_with(|| {
            self.list.push(Draft::existing(user, label.to_owned(), snapshot));
            AccountIndex(self.list.len() - 1)
        })
    }

    /// The draft of an account that the sheet makes, known by these folded names.
    pub(super) fn pending(&mut self, label: &str, names: &[String]) -> AccountIndex {
        if let Some(known) = names.iter().find_map(|name| self.pending.get(name)) {
            return *known;
        }
        self.list.push(Draft::pending(label.to_owned()));
        let index = AccountIndex(self.list.len() - 1);
        self.pending.extend(names.iter().map(|name| (name.clone(), index)));
        index
    }

    /// The account that the sheet makes under this folded name.
    pub(super) fn find_pending(&self, name: &str) -> Option<AccountIndex> {
        self.pending.get(name).copied()
    }

    pub(super) fn get(&mut self, index: AccountIndex) -> &mut Draft<'a> {
        &mut self.list[index.0]
    }
}
