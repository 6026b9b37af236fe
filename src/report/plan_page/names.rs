//! What people are called on the page.

use crate::api::User;
use crate::model::{Operation, OperationKind, Row, RowReport, Status};
use crate::plan::{AccountIndex, Deletion, PlannedSheet, RowIndex, Warning};
use crate::run_report::{People, called};
use crate::text::{clean, fold, joined, with_quotation_marks};

/// How much of a name is shown.
const MOST: usize = 300;

/// How much of what is said of a row is shown.
const MOST_WORDS: usize = 1_000;

/// How many rows are named beside a warning.
const ROWS: usize = 10;

/// The names of the people of a plan, or what stands for them.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    sheet: PlannedSheet<'a>,
    /// The numbers that stand for people, where these are not to be named.
    hidden: Option<&'a People>,
}

impl<'a> Names<'a> {
    pub(super) fn of(sheet: PlannedSheet<'a>, hidden: Option<&'a People>) -> Self {
        Self { sheet, hidden }
    }

    /// The person of an account that a row is about: the name and how the sheet names the account, as in
    /// `Bram Okafor, bram@acme.example`.
    pub(super) fn account(self, account: AccountIndex, row: Option<RowIndex>) -> String {
        let account = self.sheet.plan.account(account);
        let user = account.id.and_then(|id| self.sheet.snapshot.user_by_id(id));
        match (self.hidden, row) {
            (Some(_), Some(row)) => self.row(row),
            (Some(_), None) => SOMEBODY.to_owned(),
            (None, _) => with_name(user.map(full_name), &account.naming.label(self.sheet.rows), user),
        }
    }

    /// An account that is deleted.
    pub(super) fn deletion(self, deletion: &Deletion) -> String {
        match self.hidden {
            Some(_) => self.row(deletion.row),
            None => clean(&deletion.label, MOST),
        }
    }

    /// Whom or what a planned row is about.
    pub(super) fn row(self, index: RowIndex) -> String {
        let row = &self.sheet.rows[index];
        let account = self.sheet.plan.rows[index].account;
        let id = account.and_then(|account| self.sheet.plan.account(account).id);
        if self.hidden.is_some() {
            return self.report(&RowReport {
                user_id: id,
                ..RowReport::of(row, Status::Done)
            });
        }
        let label = row.operation.user_label();
        let user = id.and_then(|id| self.sheet.snapshot.user_by_id(id));
        let name = user.map(full_name).filter(|name| !name.is_empty());
        let target = row.operation.target_label();
        match &row.operation {
            Operation::SetGroupLicenses(_) | Operation::ClearGroupLicenses { .. } => clean(&target, MOST),
            Operation::Migrate(migrate) => {
                let old = self.sheet.snapshot.user(&migrate.user).one();
                with_name(old.map(full_name).or(name), &format!("{label} → {target}"), None)
            }
            _ => with_name(name.or_else(|| name_in(row)), &label, user),
        }
    }

    /// The account that a row names.
    pub(super) fn user_of(self, row: &Row) -> String {
        match self.hidden {
            Some(_) => self.report(&RowReport::of(row, Status::Done)),
            None => clean(&row.operation.user_label(), MOST),
        }
    }

    /// Whom or what a row is about that may not have been planned.
    pub(super) fn report(self, report: &RowReport) -> String {
        let is_about_its_target = report.operation.is_some_and(OperationKind::is_about_its_target);
        let is_about_a_group = is_about_its_target && report.user.is_empty();
        let whom = match self.hidden {
            Some(_) if is_about_a_group => report.target.clone(),
            Some(people) => people.number(report).map_or_else(String::new, called),
            None if is_about_a_group => report.target.clone(),
            None if is_about_its_target => format!("{} → {}", report.user, report.target),
            None => report.user.clone(),
        };
        clean(&whom, MOST)
    }

    /// What is said of a row, or, where that may name somebody who is hidden, only whom it is about.
    pub(super) fn said_of(self, report: &RowReport) -> String {
        let place = &report.place;
        match self.hidden {
            Some(_) => format!("{place}: {}", self.report(report)),
            None => format!("{place}: {}", clean(&with_quotation_marks(&report.message), MOST_WORDS)),
        }
    }

    /// A warning. Of one that names people, what stands before their names is left where they are hidden.
    pub(super) fn warning(self, warning: &Warning) -> String {
        if self.hidden.is_none() {
            return with_quotation_marks(&warning.message);
        }
        let message = &warning.message;
        let told = match warning.code {
            "codes-not-owned" | "last-administrator" | "missing-scope" | "names-fewer-groups" | "rule-taken-away"
            | "seats-short" | "stays-behind" => return with_quotation_marks(message),
            "used-since" => "seats were used since, and are kept",
            // What to do stands between.
            "directory-account-offboarded" => before_colon(message, 2),
            _ => before_colon(message, 1),
        };
        let places = warning.rows.iter().map(|row| self.sheet.rows[*row].place.to_string());
        let places: Vec<String> = places.collect();
        format!("{} ({})", with_quotation_marks(told), joined(&places, ROWS))
    }
}

/// Who is hidden and in no row.
const SOMEBODY: &str = "somebody";

/// What stands before the `count`th colon that a name may follow.
fn before_colon(text: &str, count: usize) -> &str {
    let colon = text.match_indices(": ").nth(count - 1);
    colon.map_or(text, |(at, _)| &text[..at])
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
