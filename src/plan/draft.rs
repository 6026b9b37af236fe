//! What the rows ask of one account, folded in sheet order before it becomes steps.

use std::collections::HashMap;

use super::{AccountIndex, Direct, Holding, LicenseChange, LicenseEdit, Membership, RowIndex, Turn, Work};
use crate::api::{User, UserUpdate};
use crate::directory::Snapshot;
use crate::model::{BundleSet, GroupId, UserId};

/// What a migration still has to do once its new account has everything.
#[derive(Debug, Clone)]
pub(super) struct Succession {
    /// The migration's row.
    pub(super) row: RowIndex,
    /// The old account.
    pub(super) from: AccountIndex,
    /// The new account's address.
    pub(super) address: String,
    /// The groups that the new account is to be in.
    pub(super) groups: Vec<GroupId>,
    /// The bundles that it is to hold.
    pub(super) licenses: BundleSet,
    /// What becomes of the old account.
    pub(super) end: OldAccount,
}

/// What becomes of the old account of a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OldAccount {
    /// It is deleted in this run, once the new one is read back.
    Goes,
    /// It is deleted by a later run, once the invitation is accepted.
    GoesLater,
    /// It is kept.
    Stays,
}

/// A membership that rows ask for.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub(super) group: GroupId,
    pub(super) change: Membership,
    pub(super) rows: Vec<RowIndex>,
}

/// What the rows ask of one account. There may be a million, so lists are kept no longer than they are.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub(super) label: String,
    pub(super) user: Option<&'a User>,
    /// The row that makes it, and how.
    pub(super) maker: Option<Box<(RowIndex, Work)>>,
    /// What it holds before the sheet.
    pub(super) held: Holding,
    /// What it holds after the edits so far.
    now: Holding,
    edits: Vec<(RowIndex, LicenseEdit)>,
    /// For a migration's new account.
    pub(super) succession: Option<Box<Succession>>,
    pub(super) updates: Vec<(RowIndex, UserUpdate)>,
    pub(super) memberships: Vec<Wish>,
    entered_with: Vec<GroupId>,
    /// Whether its profile or groups are changed; known once these changes have become steps.
    pub(super) is_changed: bool,
    /// The row that deletes it.
    pub(super) deleted_by: Option<RowIndex>,
    /// The row that moves its owner to a new account.
    pub(super) left_by: Option<RowIndex>,
}

impl<'a> Draft<'a> {
    fn existing(user: &'a User, label: &str, snapshot: &Snapshot) -> Self {
        let allocation = snapshot.direct(user.id);
        let held = Holding {
            direct: match allocation {
                Some(allocation) => Direct::Holds(allocation.bundles.clone()),
                None if snapshot.allocations().is_some() => Direct::Inherits,
                None => Direct::Unknown,
            },
            external_license: allocation.is_some_and(|allocation| allocation.external_license),
        };
        Self {
            user: Some(user),
            now: held.clone(),
            held,
            ..Self::pending(label)
        }
    }

    pub(super) fn pending(label: &str) -> Self {
        Self {
            label: label.to_owned(),
            user: None,
            maker: None,
            held: Holding::nothing(),
            now: Holding::nothing(),
            edits: Vec::new(),
            succession: None,
            updates: Vec::new(),
            memberships: Vec::new(),
            entered_with: Vec::new(),
            is_changed: false,
            deleted_by: None,
            left_by: None,
        }
    }

    /// What it holds after the rows so far.
    pub(super) fn now(&self) -> &Holding {
        &self.now
    }

    /// The groups that it is in after the rows so far.
    pub(super) fn groups(&self) -> Vec<GroupId> {
        let present = self.user.map_or(self.entered_with.as_slice(), |user| &user.groups);
        let mut groups = present.to_vec();
        for Wish { group, change, .. } in &self.memberships {
            match change {
                Membership::Join => groups.push(*group),
                Membership::Leave => groups.retain(|present| present != group),
            }
        }
        groups
    }

    /// Expects of a migration's new account what other rows leave it.
    pub(super) fn expect_what_is_left(&mut self) {
        let groups = self.groups();
        let bundles = self.now.direct.bundles();
        if let Some(succession) = &mut self.succession {
            succession.groups.retain(|group| groups.contains(group));
            succession.licenses = succession.licenses.common(&bundles);
        }
    }

    /// Makes an account at once with the groups that rows after the one that makes it ask for: these rows
    /// succeed or fail with that one.
    pub(super) fn enter_with_what_is_wished(&mut self) {
        if self.user.is_some() {
            return;
        }
        let Some((_, Work::Invite(_) | Work::Create(..))) = self.maker.as_deref() else {
            return;
        };
        let groups = self.groups();
        self.memberships.clear();
        match self.maker.as_deref_mut() {
            Some((_, Work::Invite(invitation))) => invitation.groups = groups,
            Some((_, Work::Create(_, entered))) => {
                *entered = groups;
                // One call makes accounts of one set of groups.
                entered.sort_unstable();
            }
            _ => {}
        }
    }

    /// Drops what is asked of an account that will not be.
    pub(super) fn forget(&mut self) {
        *self = Self::pending(&self.label);
    }

    /// Whether it is neither there nor made by a row that can run.
    pub(super) fn is_unmade(&self) -> bool {
        self.user.is_none() && self.maker.is_none()
    }

    /// First and last name after the rows so far.
    pub(super) fn names(&self) -> (String, String) {
        let mut names = self
            .user
            .map(|user| (user.name().to_owned(), user.surname().to_owned()))
            .unwrap_or_default();
        for (_, update) in &self.updates {
            names.0 = update.name.clone().unwrap_or(names.0);
            names.1 = update.surname.clone().unwrap_or(names.1);
        }
        names
    }

    /// Sets how the account is made; whoever asked for its first groups before depends on that.
    pub(super) fn make(&mut self, row: RowIndex, work: Work, groups: &[GroupId]) {
        if self.maker.is_none() {
            self.maker = Some(Box::new((row, work)));
            self.memberships
                .retain(|wish| wish.change != Membership::Join || !groups.contains(&wish.group));
            self.entered_with = groups.to_vec();
        }
    }

    /// Adds a row's licence edit. One that changes nothing by itself is kept where others go before it:
    /// it succeeds or fails with them.
    pub(super) fn edit(&mut self, row: RowIndex, edit: LicenseEdit) {
        let after = edit.apply(&self.now);
        if after != self.now || !self.edits.is_empty() {
            push_exactly(&mut self.edits, (row, edit));
            self.now = after;
        }
    }

    /// Adds a row's membership, unless it is so already. A row that takes back what an earlier one asked
    /// for leaves nothing of either.
    pub(super) fn member(&mut self, row: RowIndex, group: GroupId, change: Membership) {
        if let Some(place) = self.memberships.iter().position(|wish| wish.group == group) {
            let wish = &mut self.memberships[place];
            if wish.change != change {
                self.memberships.remove(place);
            } else if !wish.rows.contains(&row) {
                wish.rows.push(row);
            }
            return;
        }
        let is_in = self.user.is_some_and(|user| user.groups.contains(&group)) || self.entered_with.contains(&group);
        if is_in != (change == Membership::Join) {
            let rows = vec![row];
            push_exactly(&mut self.memberships, Wish { group, change, rows });
        }
    }

    /// Adds a row's change of the profile.
    pub(super) fn update(&mut self, row: RowIndex, update: UserUpdate) {
        push_exactly(&mut self.updates, (row, update));
    }

    /// The licence change of the rows; `None` where nothing changes.
    pub(super) fn license_change(&self) -> Option<LicenseChange> {
        if self.now.is_like(&self.held) {
            return None;
        }
        Some(LicenseChange::new(self.held.clone(), self.edits.clone()))
    }

    /// What the licence change of the rows does to the pools; `None` where what is held is not known.
    pub(super) fn turn(&self) -> Option<Turn> {
        if self.held.direct == Direct::Unknown {
            return None;
        }
        let (held, now) = (self.held.direct.bundles(), self.now.direct.bundles());
        Some(Turn {
            gains: now.minus(&held),
            frees: held.minus(&now),
        })
    }

    /// Whether anything but a deletion is planned.
    pub(super) fn is_touched(&self) -> bool {
        !self.now.is_like(&self.held) || self.is_changed
    }
}

/// Most lists have one element, and the next step up would be four.
fn push_exactly<T>(list: &mut Vec<T>, element: T) {
    list.reserve_exact(1);
    list.push(element);
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
            self.list.push(Draft::existing(user, label, snapshot));
            AccountIndex(self.list.len() - 1)
        })
    }

    /// The draft of an account that the sheet makes, known by these folded names.
    pub(super) fn pending(&mut self, label: &str, names: &[String]) -> AccountIndex {
        let known = names.iter().find_map(|name| self.pending.get(name)).copied();
        let index = known.unwrap_or_else(|| {
            self.list.push(Draft::pending(label));
            AccountIndex(self.list.len() - 1)
        });
        for name in names {
            self.pending.entry(name.clone()).or_insert(index);
        }
        index
    }

    /// The account that the sheet makes under this folded name.
    pub(super) fn find_pending(&self, name: &str) -> Option<AccountIndex> {
        self.pending.get(name).copied()
    }

    pub(super) fn get(&self, index: AccountIndex) -> &Draft<'a> {
        &self.list[index.0]
    }

    pub(super) fn get_mut(&mut self, index: AccountIndex) -> &mut Draft<'a> {
        &mut self.list[index.0]
    }
}
