//! The cells of one row, typed and checked against its operation.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use super::address::bare;
use super::clean::{is_clear, on_one_line};
use super::column::{Column, ColumnSet};
use super::fault::Fault;
use super::flag::flag;
use super::group_list::GroupList;
use super::hash::Mixing;
use super::license_list::{LicenseFaults, LicenseList};
use super::needs::{Need, needs, takes};
use super::options::Options;
use super::quota_list::parse_quotas;
use super::row::Cells;
use crate::model::{DeleteWhen, Email, OperationKind, Quota, UserId};
use crate::text::{fold, is_lower};

/// What a valid row says, borrowed from its cells; what its operation does not take is empty.
#[derive(Debug, Default)]
pub(super) struct Values<'c> {
    pub(super) user: &'c str,
    /// `user` in its comparison form.
    pub(super) user_key: Cow<'c, str>,
    pub(super) email: &'c str,
    pub(super) username: &'c str,
    pub(super) new_email: &'c str,
    pub(super) group: &'c str,
    pub(super) name: Cow<'c, str>,
    pub(super) surname: Cow<'c, str>,
    pub(super) display_name: Cow<'c, str>,
    pub(super) groups: Option<Rc<GroupList>>,
    pub(super) remove_groups: Option<Rc<GroupList>>,
    pub(super) licenses: Option<Rc<LicenseList>>,
    pub(super) quotas: Vec<Quota>,
    pub(super) active: Option<bool>,
    pub(super) bypass_basic_auth: Option<bool>,
    pub(super) invitation_accepted: Option<bool>,
    pub(super) external_license: Option<bool>,
    pub(super) password: &'c str,
    pub(super) language: &'c str,
    pub(super) delete_when: DeleteWhen,
    /// The columns that were made use of.
    pub(super) used: ColumnSet,
    /// Whether any cell of [`RARE`] is filled.
    pub(super) has_rare: bool,
}

impl Values<'_> {
    /// The names of [`fields`](Self::fields), in order.
    pub(super) const FIELDS: [Column; 8] = [
        Column::Name,
        Column::Surname,
        Column::DisplayName,
        Column::Email,
        Column::Active,
        Column::Password,
        Column::BypassBasicAuth,
        Column::InvitationAccepted,
    ];

    /// The values of the profile fields.
    pub(super) fn fields(&self) -> [Option<Cow<'_, str>>; 8] {
        let text = |text| Some(Cow::Borrowed(text)).filter(|text: &Cow<'_, str>| !text.is_empty());
        let flag = |value: Option<bool>| value.map(|value| Cow::Borrowed(if value { "yes" } else { "no" }));
        [
            text(&*self.name),
            text(&*self.surname),
            text(&*self.display_name),
            text(self.email),
            flag(self.active),
            text(self.password),
            flag(self.bypass_basic_auth),
            flag(self.invitation_accepted),
        ]
    }
}

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

/// How many different cells of a kind are remembered.
const REMEMBERED: usize = 4096;

/// Turns cells into values, remembering lists: the same few are in most rows.
#[derive(Debug)]
pub(super) struct ValueReader<'o> {
    options: &'o Options,
    /// What each operation takes.
    takes: [ColumnSet; OperationKind::ALL.len()],
    groups: HashMap<Box<str>, Rc<GroupList>, Mixing>,
    licenses: HashMap<Box<str>, Result<Rc<LicenseList>, LicenseFaults>, Mixing>,
    /// Words that mean no known bundle, each once, for the organization to be asked.
    pub(super) unknown_codes: Vec<String>,
}

impl<'o> ValueReader<'o> {
    pub(super) fn new(options: &'o Options) -> Self {
        Self {
            options,
            takes: OperationKind::ALL.map(|kind| ColumnSet::of(takes(kind))),
            groups: HashMap::default(),
            licenses: HashMap::default(),
            unknown_codes: Vec::new(),
        }
    }

    /// Reads a row of this operation into `values`, which are empty. Whether it is valid is told by the findings.
    pub(super) fn read<'c>(
        &mut self,
        kind: OperationKind,
        cells: &'c Cells<'_>,
        values: &mut Values<'c>,
        faults: &mut Vec<Fault>,
    ) {
        let mut reading = Reading {
            kind,
            cells,
            takes: self.takes[kind as usize],
            faults,
            values,
        };
        reading.subjects();
        if cells.has_clear && reading.has_misplaced_clear() {
            return;
        }
        reading.addresses(self.options);
        reading.plain_cells();
        let (groups, remove_groups) = reading.group_cells();
        reading.values.groups = self.group_list(groups, Column::Groups, reading.faults);
        reading.values.remove_groups = self.group_list(remove_groups, Column::RemoveGroups, reading.faults);
        reading.joins_and_leaves();
        let licenses = reading.taken(Column::Licenses);
        reading.values.licenses = self.license_list(licenses, reading.faults);
        reading.quotas(self.options);
        reading.needs();
        reading.capabilities(self.options);
    }

    fn group_list(&mut self, cell: &str, column: Column, faults: &mut Vec<Fault>) -> Option<Rc<GroupList>> {
        if cell.is_empty() {
            return None;
        }
        if let Some(list) = self.groups.get(cell) {
            return Some(list.clone());
        }
        let list = GroupList::parse(cell)
            .map_err(|fault| faults.push(fault.at(column)))
            .ok()?;
        let list = Rc::new(list);
        if self.groups.len() < REMEMBERED {
            self.groups.insert(cell.into(), list.clone());
        }
        Some(list)
    }

    fn license_list(&mut self, cell: &str, faults: &mut Vec<Fault>) -> Option<Rc<LicenseList>> {
        if cell.is_empty() {
            return None;
        }
        let list = match self.licenses.get(cell) {
            Some(list) => list.clone(),
            None => {
                let list = LicenseList::parse(cell, &self.options.catalogue).map(Rc::new);
                if self.licenses.len() < REMEMBERED {
                    self.licenses.insert(cell.into(), list.clone());
                }
                if let Err(unknown) = &list {
                    for word in &unknown.unknown {
                        if self.unknown_codes.len() < REMEMBERED && !self.unknown_codes.contains(word) {
                            self.unknown_codes.push(word.clone());
                        }
                    }
                }
                list
            }
        };
        list.map_err(|unknown| faults.extend(unknown.faults.into_iter().map(|fault| fault.at(Column::Licenses))))
            .ok()
    }
}

struct Reading<'c, 'r, 'f> {
    kind: OperationKind,
    cells: &'c Cells<'r>,
    takes: ColumnSet,
    faults: &'f mut Vec<Fault>,
    values: &'f mut Values<'c>,
}

impl<'c> Reading<'c, '_, '_> {
    /// The cell, where the operation takes the column.
    fn taken(&mut self, column: Column) -> &'c str {
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

    fn fault(&mut self, fault: Fault, column: Column) {
        self.faults.push(fault.at(column));
    }

    /// `<clear>` empties the text fields of a profile, and nothing else.
    fn has_misplaced_clear(&mut self) -> bool {
        let mut found = false;
        for column in takes(self.kind) {
            let clearable = self.kind == OperationKind::Update
                && matches!(column, Column::Name | Column::Surname | Column::DisplayName);
            if clearable || !is_clear(self.cells.get(*column)) {
                continue;
            }
            let mend = match column {
                Column::Licenses => {
                    "write `release-licenses` to let group rules apply again, or `block-licenses` for no licence at all"
                }
                Column::Groups | Column::RemoveGroups => "name the groups to leave in a `remove-from-groups` row",
                _ => "leave the cell empty to leave the field alone",
            };
            let what = format!("`{}` cannot clear `{}`", self.kind, column.as_str());
            self.fault(Fault::error("cannot-clear", what, mend), *column);
            found = true;
        }
        found
    }

    /// Whom the row is about, from whichever column says so: a sheet with one column of people serves
    /// every operation.
    fn subjects(&mut self) {
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
            Fault::error("several-in-one-cell", what, "give each a row of its own"),
            column,
        );
    }

    fn addresses(&mut self, options: &Options) {
        self.values.new_email = bare(self.taken(Column::NewEmail));
        for (column, address) in [
            (Column::Email, self.values.email),
            (Column::NewEmail, self.values.new_email),
        ] {
            if !address.is_empty()
                && let Some(fault) = Email::fault(address)
            {
                let what = format!("`{}` {fault}", crate::text::clean(address, 80));
                self.fault(
                    Fault::error("bad-email", what, "write one address: ann.lee@corp.example"),
                    column,
                );
            }
        }
        // A name without @ may be a user name; with one it is meant for an address.
        if self.values.user.contains('@')
            && let Some(fault) = Email::fault(self.values.user)
        {
            let what = format!("`{}` {fault}", crate::text::clean(self.values.user, 80));
            self.fault(
                Fault::error("bad-email", what, "write one address, user name or GUID"),
                Column::User,
            );
        }
        if self.kind == OperationKind::Update && !self.values.email.is_empty() && !options.allow_email_update {
            self.fault(
                Fault::error(
                    "email-change",
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
                    "same-address",
                    "the new address is the old one",
                    "write the address to move to",
                ),
                Column::NewEmail,
            );
        }
    }

    fn plain_cells(&mut self) {
        self.values.name = self.name(Column::Name);
        self.values.surname = self.name(Column::Surname);
        self.values.display_name = self.name(Column::DisplayName);
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
            let what = format!("`{}` is no language", self.values.language);
            self.fault(
                Fault::error("bad-language", what, "write a code such as en, de or pt-BR"),
                Column::Language,
            );
        }
        let when = self.taken(Column::DeleteWhen);
        if !when.is_empty() {
            match DeleteWhen::ALL
                .into_iter()
                .find(|choice| choice.as_str().eq_ignore_ascii_case(when))
            {
                Some(choice) => self.values.delete_when = choice,
                None => {
                    let what = format!("`{when}` does not say when to delete the old account");
                    let mend = "write accepted, invited or never";
                    self.fault(Fault::error("bad-delete-when", what, mend), Column::DeleteWhen);
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
            let what = format!("`{cell}` is neither yes nor no");
            self.fault(
                Fault::error("bad-flag", what, "write yes or no, or leave the cell empty"),
                column,
            );
        }
        value
    }

    /// The cells of groups to join (or, for `remove-from-groups`, to leave) and to leave.
    fn group_cells(&mut self) -> (&'c str, &'c str) {
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

    fn joins_and_leaves(&mut self) {
        let (Some(joins), Some(leaves)) = (&self.values.groups, &self.values.remove_groups) else {
            return;
        };
        if joins.hashes.iter().any(|group| leaves.hashes.contains(group)) {
            let what = "the row puts the user into a group and takes the user out of it";
            let mend = "leave the group out of one of the cells";
            self.fault(Fault::error("joins-and-leaves", what, mend), Column::RemoveGroups);
        }
    }

    fn quotas(&mut self, options: &Options) {
        let cell = self.taken(Column::Quotas);
        let Some(licenses) = self.values.licenses.clone().filter(|_| !cell.is_empty()) else {
            return;
        };
        match parse_quotas(cell, &licenses.set, &options.catalogue) {
            Ok(quotas) => self.values.quotas = quotas,
            Err(fault) => self.fault(fault, Column::Quotas),
        }
    }

    fn needs(&mut self) {
        for need in needs(self.kind) {
            match need {
                Need::Column(column) if !self.is_given(*column) => {
                    let fault = missing(self.kind, *column);
                    self.fault(fault, *column);
                }
                Need::OneOf(columns) if !columns.iter().any(|column| self.is_given(*column)) => {
                    let names: Vec<String> = columns.iter().map(|column| format!("`{}`", column.as_str())).collect();
                    let what = format!("`{}` needs at least one of {}", self.kind, names.join(", "));
                    self.faults.push(Fault::error("missing-cell", what, "fill one of them"));
                }
                _ => {}
            }
        }
    }

    /// Whether the cell, or one that stands in for it, holds something.
    fn is_given(&self, column: Column) -> bool {
        match column {
            Column::User => !self.values.user.is_empty(),
            Column::Email => !self.values.email.is_empty(),
            Column::Username => !self.values.username.is_empty(),
            Column::Group => !self.values.group.is_empty(),
            Column::Groups => self.cells.has(column) || self.values.groups.is_some(),
            other => self.cells.has(other),
        }
    }

    fn capabilities(&mut self, options: &Options) {
        let offered = options.capabilities;
        let reads_allocations = match self.kind {
            OperationKind::AddLicenses | OperationKind::RemoveLicenses | OperationKind::ReleaseLicenses => true,
            OperationKind::Migrate => self.values.licenses.is_none(),
            _ => false,
        };
        if reads_allocations && !offered.portal {
            let mend = match self.kind {
                OperationKind::Migrate => "name the new account's licences in the column `licenses`",
                OperationKind::ReleaseLicenses => "use `block-licenses`, or release the licence in the web interface",
                _ => "write `set-licenses` with the whole list",
            };
            let what = format!(
                "`{}` needs to read a user's present licences, which this deployment's API does not offer",
                self.kind
            );
            self.faults.push(Fault::error("not-offered", what, mend));
        }
        if !self.values.quotas.is_empty() && !offered.group_quotas {
            let fault = Fault::error(
                "not-offered",
                "this deployment has no quotas in group rules",
                "leave the cell empty",
            );
            self.fault(fault, Column::Quotas);
        }
    }
}

fn missing(kind: OperationKind, column: Column) -> Fault {
    let mend = match (kind, column) {
        (OperationKind::SetLicenses, Column::Licenses) => {
            "name at least one; `release-licenses` lets group rules apply again, `block-licenses` takes everything away"
        }
        (_, Column::User) => "write an e-mail address, a user name or a GUID",
        (_, Column::Email | Column::NewEmail) => "write an e-mail address",
        (_, Column::Group) => "write the group's name or GUID",
        (_, Column::Groups) => "name at least one group",
        (_, Column::Licenses) => "name at least one licence, for instance ATTUNU",
        _ => "fill the cell",
    };
    Fault::error("missing-cell", format!("`{kind}` needs `{}`", column.as_str()), mend)
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
