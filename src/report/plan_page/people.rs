//! What people are called on the page.

use super::words::quoted;
use crate::api::User;
use crate::model::{Operation, Row, RowReport};
use crate::plan::{AccountIndex, PlannedSheet, RowIndex};
use crate::text::{clean, fold};

/// How much of a name is shown.
const MOST: usize = 300;

/// The names of the people of a plan.
#[derive(Clone, Copy)]
pub(super) struct People<'a> {
    sheet: PlannedSheet<'a>,
}

impl<'a> People<'a> {
    pub(super) fn of(sheet: PlannedSheet<'a>) -> Self {
        Self { sheet }
    }

    /// An account: its person's name and how the sheet names it, as in `Bram Okafor, bram@acme.example`.
    pub(super) fn account(self, account: AccountIndex) -> String {
        let account = self.sheet.plan.account(account);
        let user = account.id.and_then(|id| self.sheet.snapshot.user_by_id(id));
        with_name(user.map(full_name), &account.label, user)
    }

    /// Whom or what a row is about.
    pub(super) fn row(self, index: RowIndex) -> String {
        let row = &self.sheet.rows[index];
        let label = row.operation.user_label();
        let account = self.sheet.plan.rows[index].account;
        let id = account.and_then(|account| self.sheet.plan.account(account).id);
        let user = id.and_then(|id| self.sheet.snapshot.user_by_id(id));
        let called = user.map(full_name).filter(|name| !name.is_empty());
        let target = row.operation.target_label();
        match &row.operation {
            Operation::SetGroupLicenses { .. } | Operation::ClearGroupLicenses { .. } => clean(&target, MOST),
            Operation::Migrate(migrate) => {
                let old = self.sheet.snapshot.user(&migrate.user).one();
                let called = old.map(full_name).or(called);
                let moved = format!("{label} → {target}");
                with_name(called, &moved, None)
            }
            _ => with_name(called.or_else(|| name_in(row)), &label, user),
        }
    }

    /// A person by what the sheet calls them.
    pub(super) fn label(self, label: &str) -> String {
        clean(label, MOST)
    }

    /// A text that may name people.
    pub(super) fn text(self, text: &str) -> String {
        quoted(text)
    }

    /// Whom or what a row is about that is not planned.
    pub(super) fn report(self, report: &RowReport) -> String {
        let is_about_its_target = report.operation.is_some_and(|kind| kind.is_about_its_target());
        let whom = match (is_about_its_target, report.user.is_empty()) {
            (true, true) => report.target.clone(),
            (true, false) => format!("{} → {}", report.user, report.target),
            (false, _) => report.user.clone(),
        };
        clean(&whom, MOST)
    }
}

/// The name, then how the sheet names the account; an address is added where the sheet names it by an id.
fn with_name(name: Option<String>, label: &str, user: Option<&User>) -> String {
    let label = clean(label, MOST);
    let address = user
        .map(User::email)
        .filter(|_| !label.contains('@'))
        .unwrap_or_default();
    let mut parts: Vec<String> = Vec::new();
    for part in [name.unwrap_or_default(), clean(address, MOST), label] {
        if !part.is_empty() && parts.iter().all(|other| fold(other) != fold(&part)) {
            parts.push(part);
        }
    }
    parts.join(", ")
}

fn full_name(user: &User) -> String {
    let name = user.display_name();
    if name.trim().is_empty() {
        clean(&format!("{} {}", user.name(), user.surname()), MOST)
    } else {
        clean(name, MOST)
    }
}

/// The name that the row gives an account which it makes.
fn name_in(row: &Row) -> Option<String> {
    let (name, surname) = match &row.operation {
        Operation::Invite(invite) => (invite.name.as_deref(), invite.surname.as_deref()),
        Operation::Create(create) => match create.display_name.as_deref() {
            Some(display_name) => (Some(display_name), None),
            None => (create.name.as_deref(), create.surname.as_deref()),
        },
        _ => (None, None),
    };
    let name: Vec<&str> = [name, surname].into_iter().flatten().collect();
    Some(clean(&name.join(" "), MOST)).filter(|name| !name.is_empty())
}
