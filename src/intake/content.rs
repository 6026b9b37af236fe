//! The normalised content of a row, of which its key is made.
//!
//! It is the same whatever the order of the columns and rows, the file's format, and the spelling of
//! what is compared without case. A password enters only as a hash. Any change here makes the
//! rows of existing results files strangers.

use std::fmt::Write;

use super::column::Column;
use super::row::Cells;
use super::values::Values;
use crate::model::{DeleteWhen, OperationKind, RowKey};
use crate::text::fold;

/// Writes the content of a valid row.
pub(super) fn write_content(kind: OperationKind, values: &Values<'_>, out: &mut String) {
    out.clear();
    out.push_str(kind.as_str());
    let mut content = Content(out);
    content.plain("user", &values.user_key);
    content.folded("email", values.email);
    content.folded("username", values.username);
    content.folded("new_email", values.new_email);
    content.folded("group", values.group);
    content.plain("name", &values.name);
    content.plain("surname", &values.surname);
    content.plain("display_name", &values.display_name);
    content.plain("groups", values.groups.as_ref().map_or("", |list| &list.normal));
    content.plain(
        "remove_groups",
        values.remove_groups.as_ref().map_or("", |list| &list.normal),
    );
    content.plain("licenses", values.licenses.as_ref().map_or("", |list| &list.normal));
    for quota in &values.quotas {
        content.start("quota");
        let _ = write!(content.0, "{}={}", quota.code, quota.limit);
    }
    if !values.has_rare {
        return;
    }
    content.flag("active", values.active);
    content.flag("bypass_basic_auth", values.bypass_basic_auth);
    content.flag("invitation_accepted", values.invitation_accepted);
    content.flag("external_license", values.external_license);
    content.password(values.password);
    content.folded("language", values.language);
    if values.delete_when != DeleteWhen::default() {
        content.plain("delete_when", values.delete_when.as_str());
    }
}

/// Writes the content of a row that is not valid: the cells as they stand.
pub(super) fn write_raw_content(cells: &Cells<'_>, out: &mut String) {
    out.clear();
    out.push('?');
    let mut content = Content(out);
    for column in Column::ALL
        .iter()
        .filter(|column| column.is_meaningful() && cells.has(**column))
    {
        if *column == Column::Password {
            content.password(cells.get(*column));
        } else {
            content.folded(column.as_str(), cells.get(*column));
        }
    }
}

struct Content<'o>(&'o mut String);

impl Content<'_> {
    fn start(&mut self, name: &str) {
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
