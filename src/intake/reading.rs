//! The cells of one row, each read as its column asks.

use std::borrow::Cow;

use super::address::bare;
use super::clean::{is_clear, on_one_line};
use super::column::{Column, ColumnSet};
use super::fault::{Fault, shown};
use super::flag::flag;
use super::needs::takes;
use super::options::Options;
use super::quota_list::parse_quotas;
use super::row::Cells;
use super::values::Values;
use crate::model::{DeleteWhen, Email, OperationKind, UserId};
use crate::problem::ProblemCode;
use crate::text::{fold, is_lower};

/// Columns that most sheets have not.
const RARE: ColumnSet = ColumnSet::of(&[
    Column::Password,
    Column::Active,
    Column::BypassBasicAuth,
    Column::InvitationAccepted,
    Column::ExternalLicense,
    Column::Language,
    Column::DeleteWhen,
]);

const NAMES: ColumnSet = ColumnSet::of(&[Column::Name, Column::Surname, Column::DisplayName]);

/// One row on its way from cells to values.
pub(super) struct Reading<'c, 'r, 'f> {
    pub(super) kind: OperationKind,
    pub(super) cells: &'c Cells<'r>,
    pub(super) takes: ColumnSet,
    pub(super) faults: &'f mut Vec<Fault>,
    pub(super) values: &'f mut Values<'c>,
}

impl<'c> Reading<'c, '_, '_> {
    /// The cell, where the operation takes the column.
    pub(super) fn taken(&mut self, column: Column) -> &'c str {
        if self.takes.contains(column) {
            self.used(column)
        } else {
            ""
        }
    }

    fn used(&mut self, column: Column) -> &'c str {
        self.values.used.insert(column);
        self.cells.get(column)
    }

    pub(super) fn fault(&mut self, fault: Fault, column: Column) {
        self.faults.push(fault.at(column));
    }

    /// `<clear>` empties the text fields of a profile, and nothing else.
    pub(super) fn has_misplaced_clear(&mut self) -> bool {
        let mut found = false;
        for column in takes(self.kind) {
            let clearable = self.kind == OperationKind::Update
                && matches!(column, Column::Name | Column::Surname | Column::DisplayName);
            if clearable || !is_clear(self.cells.get(*column)) {
                continue;
            }
            let help = match column {
                Column::Licenses => {
                    "write `release-licenses` to let group rules apply again, or `block-licenses` for no licence at all"
                }
                Column::Groups | Column::RemoveGroups => "name the groups to leave in a `remove-from-groups` row",
                _ => "leave the cell empty to leave the field alone",
            };
            let what = format!("`{}` cannot clear `{}`", self.kind, column.as_str());
            self.fault(Fault::error(ProblemCode::CannotClear, what, help), *column);
            found = true;
        }
        found
    }

    /// Whom the row is about, from whichever column says so: a sheet with one column of people serves
    /// every operation.
    pub(super) fn subjects(&mut self) {
        let from = |cells: &Cells<'_>, columns: &[Column]| columns.iter().copied().find(|column| cells.has(*column));
        match self.kind {
            OperationKind::Invite => {
                let column = from(self.cells, &[Column::Email, Column::User]).unwrap_or(Column::Email);
                self.values.email = bare(self.used(column));
            }
            OperationKind::Create => {
                self.values.username = bare(self.taken(Column::Username));
                self.values.email = bare(self.taken(Column::Email));
                if self.values.username.is_empty() && self.values.email.is_empty() {
                    let user = bare(self.used(Column::User));
                    if Email::fault(user).is_none() {
                        self.values.email = user;
                    } else {
                        self.values.username = user;
                    }
                }
            }
            OperationKind::SetGroupLicenses => {
                let column = from(self.cells, &[Column::Group, Column::Groups]).unwrap_or(Column::Group);
                self.values.group = self.used(column);
                if column == Column::Groups && self.values.group.contains([';', ',', '|', '"']) {
                    self.several_in_one_cell(Column::Group, "group");
                }
            }
            _ => {
                let columns = [Column::User, Column::Email, Column::Username];
                let column = from(self.cells, &columns).unwrap_or(Column::User);
                self.values.user = bare(self.used(column));
                self.values.user_key = user_key(self.values.user);
                for other in columns {
                    if other != column
                        && self.cells.has(other)
                        && is_same(bare(self.cells.get(other)), &self.values.user_key)
                    {
                        self.values.used.insert(other);
                    }
                }
                if self.kind == OperationKind::Update && column == Column::User {
                    self.changed_email();
                }
            }
        }
        if !self.cells.is_plain {
            self.check_one_line();
        }
    }

    fn changed_email(&mut self) {
        let email = bare(self.used(Column::Email));
        if !email.is_empty() && !is_same(email, &self.values.user_key) {
            self.values.email = email;
        }
    }

    fn check_one_line(&mut self) {
        let one_line = [self.values.user, self.values.username, self.values.group];
        if one_line.iter().any(|text| text.contains('\n')) {
            let (column, what) = match self.kind {
                OperationKind::SetGroupLicenses => (Column::Group, "group"),
                OperationKind::Create => (Column::Username, "user"),
                _ => (Column::User, "user"),
            };
            self.several_in_one_cell(column, what);
        }
    }

    fn several_in_one_cell(&mut self, column: Column, what: &str) {
        let what = format!("the cell holds several items, where one {what} belongs");
        self.fault(
            Fault::error(ProblemCode::SeveralInOneCell, what, "give each a row of its own"),
            column,
        );
    }

    pub(super) fn addresses(&mut self, options: &Options) {
        self.values.new_email = bare(self.taken(Column::NewEmail));
        for (column, address) in [
            (Column::Email, self.values.email),
            (Column::NewEmail, self.values.new_email),
        ] {
            if !address.is_empty()
                && let Some(fault) = Email::fault(address)
            {
                let what = format!("`{}` {fault}", shown(address));
                self.fault(
                    Fault::error(ProblemCode::BadEmail, what, "write one address: ann.lee@corp.example"),
                    column,
                );
            }
        }
        // A name without @ may be a user name; with one it is meant for an address.
        if let Some(fault) = Email::fault(self.values.user)
            && self.values.user.contains('@')
        {
            let what = format!("`{}` {fault}", shown(self.values.user));
            self.fault(
                Fault::error(ProblemCode::BadEmail, what, "write one address, user name or GUID"),
                Column::User,
            );
        }
        if self.kind == OperationKind::Update && !self.values.email.is_empty() && !options.allow_email_update {
            self.fault(
                Fault::error(
                    ProblemCode::EmailChange,
                    "UiPath does not change the e-mail address of an account",
                    "write `migrate` with the column `new_email`; --allow-email-update gives an account its first address",
                ),
                Column::Email,
            );
        }
        if self.kind == OperationKind::Migrate
            && !self.values.new_email.is_empty()
            && is_same(self.values.new_email, &self.values.user_key)
        {
            self.fault(
                Fault::error(
                    ProblemCode::SameAddress,
                    "the new address is the old one",
                    "write the address to move to",
                ),
                Column::NewEmail,
            );
        }
    }

    pub(super) fn plain_cells(&mut self) {
        if self.cells.filled.meets(NAMES) {
            self.values.name = self.name(Column::Name);
            self.values.surname = self.name(Column::Surname);
            self.values.display_name = self.name(Column::DisplayName);
        }
        self.values.has_rare = self.cells.filled.meets(RARE);
        if !self.values.has_rare {
            return;
        }
        self.values.password = self.taken(Column::Password);
        self.values.active = self.flag(Column::Active);
        self.values.bypass_basic_auth = self.flag(Column::BypassBasicAuth);
        self.values.invitation_accepted = self.flag(Column::InvitationAccepted);
        self.values.external_license = self.flag(Column::ExternalLicense);
        self.values.language = self.taken(Column::Language);
        if !self.values.language.is_empty() && !is_language(self.values.language) {
            let what = format!("`{}` is no language", shown(self.values.language));
            self.fault(
                Fault::error(ProblemCode::BadLanguage, what, "write a code such as en, de or pt-BR"),
                Column::Language,
            );
        }
        self.delete_when();
    }

    fn delete_when(&mut self) {
        let when = self.taken(Column::DeleteWhen);
        let choice = |when: &str| {
            let mut choices = DeleteWhen::ALL.into_iter();
            choices.find(|choice| choice.as_str().eq_ignore_ascii_case(when))
        };
        if self.kind == OperationKind::Delete {
            // Whoever writes a day, or `never`, beside a deletion does not mean this day.
            let when = self.cells.get(Column::DeleteWhen);
            if !when.is_empty() && matches!(choice(when), None | Some(DeleteWhen::Never)) {
                let what = format!("`delete` deletes at once, and not `{}`", shown(when));
                let help =
                    "leave the cell empty, or keep the row for a sheet of that day: `ignore` in its operation cell";
                self.fault(Fault::error(ProblemCode::DeleteIsNow, what, help), Column::DeleteWhen);
            }
        }
        if !when.is_empty() {
            match choice(when) {
                Some(choice) => self.values.delete_when = choice,
                None => {
                    let what = format!("`{}` does not say when to delete the old account", shown(when));
                    let help = "write accepted, invited or never";
                    self.fault(Fault::error(ProblemCode::BadDeleteWhen, what, help), Column::DeleteWhen);
                }
            }
        }
    }

    fn name(&mut self, column: Column) -> Cow<'c, str> {
        let cell = self.taken(column);
        if self.cells.is_plain {
            Cow::Borrowed(cell)
        } else {
            on_one_line(cell)
        }
    }

    fn flag(&mut self, column: Column) -> Option<bool> {
        let cell = self.taken(column);
        if cell.is_empty() {
            return None;
        }
        let value = flag(cell);
        if value.is_none() {
            let what = format!("`{}` is neither yes nor no", shown(cell));
            self.fault(
                Fault::error(ProblemCode::BadFlag, what, "write yes or no, or leave the cell empty"),
                column,
            );
        }
        value
    }

    /// The cells of groups to join (or, for `remove-from-groups`, to leave) and to leave.
    pub(super) fn group_cells(&mut self) -> (&'c str, &'c str) {
        let mut groups = self.taken(Column::Groups);
        let group_will_do = matches!(self.kind, OperationKind::AddToGroups | OperationKind::RemoveFromGroups);
        if groups.is_empty() && group_will_do {
            groups = self.used(Column::Group);
            if groups.is_empty() && self.kind == OperationKind::RemoveFromGroups {
                groups = self.used(Column::RemoveGroups);
            }
        }
        (groups, self.taken(Column::RemoveGroups))
    }

    pub(super) fn quotas(&mut self, options: &Options) {
        let cell = self.taken(Column::Quotas);
        let Some(licenses) = self.values.licenses.clone().filter(|_| !cell.is_empty()) else {
            return;
        };
        match parse_quotas(cell, &licenses.set, &options.catalogue) {
            Ok(quotas) => self.values.quotas = quotas,
            Err(fault) => self.fault(fault, Column::Quotas),
        }
    }
}

/// Whether `name` has this comparison form.
fn is_same(name: &str, key: &str) -> bool {
    if name.is_ascii() {
        name.eq_ignore_ascii_case(key)
    } else {
        fold(name) == key
    }
}

/// The comparison form of a user: a GUID in its usual spelling, anything else folded.
fn user_key(user: &str) -> Cow<'_, str> {
    if matches!(user.len(), 32 | 36 | 38 | 45)
        && let Ok(id) = user.parse::<UserId>()
    {
        return Cow::Owned(id.to_string());
    }
    if is_lower(user) {
        Cow::Borrowed(user)
    } else {
        Cow::Owned(fold(user))
    }
}

fn is_language(text: &str) -> bool {
    let mut parts = text.split(['-', '_']);
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}
