//! The canonical content of a row, from which its key is made.
//!
//! It is the same whatever the order of columns and rows, the file's format, and the spelling of what is compared
//! without case. A password enters only as a hash. Any change here makes the rows of existing results files unknown,
//! so that they run again: `the_keys_of_existing_results_files_stay_as_they_are` in `tests/intake.rs` notices.

use std::hash::Hasher;

use strum::IntoEnumIterator;

use super::row_cells::RowCells;
use super::values::Values;
use crate::intake::cells::{Column, half, hasher};
use crate::model::{DeleteWhen, OperationKind, RowKey};
use crate::text::{fold, is_lower};

/// Writes the content of a valid row.
pub(super) fn write_content(kind: OperationKind, values: &Values<'_>, out: &mut String) {
    out.clear();
    content_of(kind, values, out);
}

/// What distinguishes the content of a valid row from that of others, without writing it.
pub(super) fn hash_content(kind: OperationKind, values: &Values<'_>) -> u32 {
    let mut hashed = Hashed(hasher());
    content_of(kind, values, &mut hashed);
    half(hashed.0.finish())
}

fn content_of(kind: OperationKind, values: &Values<'_>, content: &mut impl Content) {
    // Without `..`, so that a new value does not compile before it is decided whether it is part of the key. A new one
    // is written only where it is given, or every key would change.
    let Values {
        user: _, // as `user_key`
        user_key,
        email,
        username,
        new_email,
        group,
        name,
        surname,
        display_name,
        groups,
        remove_groups,
        licenses,
        quotas,
        active,
        bypass_basic_auth,
        invitation_accepted,
        external_license,
        password,
        language,
        delete_when,
        like,
        not_before: _, // dates are moved while rows wait
        user_id,
        unless_used_since,
        unless_changed_from,
        used: _,
        has_rare,
    } = values;
    content.operation(kind);
    content.plain(Column::User, user_key);
    for (column, text) in [
        (Column::Email, email),
        (Column::Username, username),
        (Column::NewEmail, new_email),
        (Column::Group, group),
    ] {
        // Three of them are empty in nearly every row.
        if !text.is_empty() {
            content.folded(column, text);
        }
    }
    content.plain(Column::Name, name);
    content.plain(Column::Surname, surname);
    content.plain(Column::DisplayName, display_name);
    content.plain(Column::Groups, groups.as_ref().map_or("", |list| &list.canonical));
    content.plain(
        Column::RemoveGroups,
        remove_groups.as_ref().map_or("", |list| &list.canonical),
    );
    content.plain(Column::Licenses, licenses.as_ref().map_or("", |list| &list.canonical));
    if !has_rare {
        return;
    }
    for quota in quotas.iter().flatten() {
        let quota = format!("{}={}", quota.code.as_str().to_ascii_uppercase(), quota.limit);
        content.value(Column::Quotas, "quota", &quota);
    }
    if quotas.as_ref().is_some_and(Vec::is_empty) {
        content.plain(Column::Quotas, "none");
    }
    content.flag(Column::Active, *active);
    content.flag(Column::BypassBasicAuth, *bypass_basic_auth);
    content.flag(Column::InvitationAccepted, *invitation_accepted);
    content.flag(Column::ExternalLicense, *external_license);
    content.password(password);
    content.folded(Column::Language, language);
    // The default says no more than an empty cell, and must have the same key.
    if *delete_when != DeleteWhen::default() {
        content.plain(Column::DeleteWhen, delete_when.as_str());
    }
    content.folded(Column::Like, like);
    // Beside the id itself, which it only confirms, it says nothing new.
    if let Some(id) = user_id.map(|id| id.to_string()).filter(|id| id != user_key) {
        content.plain(Column::UserId, &id);
    }
    if let Some(since) = unless_used_since {
        content.plain(Column::UnlessUsedSince, &since.to_string());
    }
    if let Some(before) = unless_changed_from {
        content.plain(Column::UnlessChangedFrom, &before.canonical);
    }
}

/// Writes the content of a row that is not valid: its cells as they are.
pub(super) fn write_raw_content(cells: &RowCells<'_>, content: &mut String) {
    content.clear();
    // No operation begins like that, so that the key is never that of a valid row.
    content.push('?');
    let filled = Column::iter().filter(|column| cells.has(*column));
    for column in filled.filter(|column| column.is_meaningful()) {
        if column == Column::Password {
            content.password(cells.get(column));
        } else {
            content.folded(column, cells.get(column));
        }
    }
}

/// What content is written into, value by value.
trait Content {
    fn operation(&mut self, kind: OperationKind);

    /// A value of this column, which goes by `name` in keys.
    fn value(&mut self, column: Column, name: &str, text: &str);

    fn plain(&mut self, column: Column, text: &str) {
        if !text.is_empty() {
            self.value(column, column.as_str(), text);
        }
    }

    fn folded(&mut self, column: Column, text: &str) {
        if is_lower(text) {
            self.plain(column, text);
        } else {
            self.plain(column, &fold(text));
        }
    }

    fn flag(&mut self, column: Column, value: Option<bool>) {
        if let Some(value) = value {
            self.plain(column, if value { "yes" } else { "no" });
        }
    }

    fn password(&mut self, password: &str) {
        if !password.is_empty() {
            let hash = RowKey::of(&format!("password\u{1e}{password}"), 0);
            self.plain(Column::Password, &hash.to_string());
        }
    }
}

impl Content for String {
    fn operation(&mut self, kind: OperationKind) {
        self.push_str(kind.as_str());
    }

    fn value(&mut self, _: Column, name: &str, text: &str) {
        // A record separator, which no cleaned cell has.
        self.push('\u{1e}');
        self.push_str(name);
        self.push('=');
        self.push_str(text);
    }
}

struct Hashed<H>(H);

impl<H: Hasher> Content for Hashed<H> {
    fn operation(&mut self, kind: OperationKind) {
        self.0.write_u8(kind as u8);
    }

    fn value(&mut self, column: Column, _: &str, text: &str) {
        self.0.write_u8(column as u8);
        self.0.write(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn contents_that_differ_have_hashes_that_differ_and_equal_ones_have_equal_ones(
            rows in prop::collection::vec(
                (0..2_usize, "[ab]{0,2}", "[aA]{0,2}", "[ab]{0,2}", "[ab]{0,2}", any::<Option<bool>>()),
                2..40,
            ),
        ) {
            let found = rows.iter().map(|(kind, user_key, email, name, surname, active)| {
                let values = Values {
                    user_key: Cow::Borrowed(user_key),
                    email,
                    name: Cow::Borrowed(name),
                    surname: Cow::Borrowed(surname),
                    active: *active,
                    has_rare: active.is_some(),
                    ..Values::default()
                };
                let kind = [OperationKind::Invite, OperationKind::Update][*kind];
                let mut content = String::new();
                write_content(kind, &values, &mut content);
                (content, hash_content(kind, &values))
            });
            let found: Vec<_> = found.collect();
            for (content, hash) in &found {
                for (other, other_hash) in &found {
                    prop_assert_eq!(content == other, hash == other_hash, "{} {}", content, other);
                }
            }
        }
    }
}
