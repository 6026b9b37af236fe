//! How accounts and groups are written into cells.

use crate::api::User;
use crate::directory::Snapshot;
use crate::intake::{Column, is_kept, print_list};
use crate::model::{BundleCode, BundleSet, Email, GroupId, GroupRef, UserRef};

/// The account's address or user name where that names it without doubt, else its id.
pub fn account_name(snapshot: &Snapshot, user: &User) -> String {
    let is_clear = |name: &&str| {
        names_an_account(name)
            && snapshot
                .user(&UserRef::parse(name))
                .one()
                .is_some_and(|found| found.id == user.id)
    };
    let names = [user.email(), user.user_name()];
    names
        .into_iter()
        .find(is_clear)
        .map_or_else(|| user.id.to_string(), str::to_owned)
}

/// The group's name where that names it without doubt, else its id. Rows are compared without regard to case, so names that
/// differ in nothing else would be taken for one.
pub fn group_name(snapshot: &Snapshot, id: GroupId, name: &str) -> String {
    // A name that nobody has would be held against all names, to suggest another.
    let is_there = snapshot.group_by_id(id).is_some() && names_a_group(name);
    let is_clear = || {
        let found = snapshot.group(&GroupRef::parse(name)).one();
        found.is_some_and(|group| group.id == id) && snapshot.is_called_by_one_group(name)
    };
    if is_there && is_clear() {
        name.to_owned()
    } else {
        id.to_string()
    }
}

/// Whether a cell with this text names an account by it.
pub fn names_an_account(name: &str) -> bool {
    let is_address = !name.contains('@') || Email::fault(name).is_none();
    // What is taken off an address that was copied from somewhere.
    let is_plain = !name.contains(['<', '>', ':']) && !name.starts_with('\'') && !name.ends_with(['\'', ';', ',']);
    !name.is_empty()
        && is_address
        && is_plain
        && is_kept(Column::User, name)
        && matches!(UserRef::parse(name), UserRef::Name(_))
}

/// Whether a cell with this text names a group by it.
pub fn names_a_group(name: &str) -> bool {
    !name.is_empty() && is_kept(Column::Groups, name) && matches!(GroupRef::parse(name), GroupRef::Name(_))
}

/// A cell of licences.
pub fn licenses(bundles: &BundleSet) -> String {
    let codes: Vec<&str> = bundles.iter().map(BundleCode::as_str).collect();
    print_list(&codes)
}
