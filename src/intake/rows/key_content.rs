//! The canonical content of a row, from which its key is made.
//!
//! It is the same whatever the order of columns and rows, the file's format, and the spelling of what is compared
//! without case. A password enters only as a hash. Any change here makes the rows of existing results files unknown,
//! so that they run again: `the_keys_of_existing_results_files_stay_as_they_are` in `tests/intake.rs` notices.

use std::fmt::Write;

use strum::IntoEnumIterator;

use super::row_cells::RowCells;
use super::values::Values;
use crate::intake::cells::Column;
use crate::model::{DeleteWhen, OperationKind, RowKey};
use crate::text::fold;

/// Writes the content of a valid row.
pub(super) fn write_content(kind: OperationKind, values: &Values<'_>, out: &mut String) {
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
    out.clear();
    out.push_str(kind.as_str());
    let mut content = Content(out);
    content.plain("user", user_key);
    content.folded("email", email);
    content.folded("username", username);
    content.folded("new_email", new_email);
    content.folded("group", group);
    content.plain("name", name);
    content.plain("surname", surname);
    content.plain("display_name", display_name);
    content.plain("groups", groups.as_ref().map_or("", |list| &list.canonical));
    content.plain(
        "remove_groups",
        remove_groups.as_ref().map_or("", |list| &list.canonical),
    );
    content.plain("licenses", licenses.as_ref().map_or("", |list| &list.canonical));
    for quota in quotas.iter().flatten() {
        content.start("quota");
        let _ = write!(
            content.0,
            "{}={}",
            quota.code.as_str().to_ascii_uppercase(),
            quota.limit
        );
    }
    if quotas.as_ref().is_some_and(Vec::is_empty) {
        content.plain("quotas", "none");
    }
    if !has_rare {
        return;
    }
    content.flag("active", *active);
    content.flag("bypass_basic_auth", *bypass_basic_auth);
    content.flag("invitation_accepted", *invitation_accepted);
    content.flag("external_license", *external_license);
    content.password(password);
    content.folded("language", language);
    // The default says no more than an empty cell, and must have the same key.
    if *delete_when != DeleteWhen::default() {
        content.plain("delete_when", delete_when.as_str());
    }
    content.folded("like", like);
    // Beside the id itself, which it only confirms, it says nothing new.
    if let Some(id) = user_id.map(|id| id.to_string()).filter(|id| id != user_key) {
        content.plain("user_id", &id);
    }
    if let Some(since) = unless_used_since {
        content.plain("unless_used_since", &since.to_string());
    }
    if let Some(before) = unless_changed_from {
        content.plain("unless_changed_from", &before.canonical);
    }
}

/// Writes the content of a row that is not valid: its cells as they are.
pub(super) fn write_raw_content(cells: &RowCells<'_>, out: &mut String) {
    out.clear();
    // No operation begins like that, so that the key is never that of a valid row.
    out.push('?');
    let mut content = Content(out);
    let filled = Column::iter().filter(|column| cells.has(*column));
    for column in filled.filter(|column| column.is_meaningful()) {
        if column == Column::Password {
            content.password(cells.get(column));
        } else {
            content.folded(column.as_str(), cells.get(column));
        }
    }
}

struct Content<'o>(&'o mut String);

impl Content<'_> {
    fn start(&mut self, name: &str) {
        // A record separator, which no cleaned cell has.
        self.0.push('\u{1e}');
        self.0.push_str(name);
        self.0.push('=');
    }

    fn plain(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.start(name);
            self.0.push_str(text);
        }
    }

    fn folded(&mut self, name: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        self.start(name);
        if text.is_ascii() {
            let start = self.0.len();
            self.0.push_str(text);
            self.0[start..].make_ascii_lowercase();
        } else {
            self.0.push_str(&fold(text));
        }
    }

    fn flag(&mut self, name: &str, value: Option<bool>) {
        if let Some(value) = value {
            self.plain(name, if value { "yes" } else { "no" });
        }
    }

    fn password(&mut self, password: &str) {
        if !password.is_empty() {
            let hash = RowKey::of(&format!("password\u{1e}{password}"), 0);
            self.plain("password", &hash.to_string());
        }
    }
}
