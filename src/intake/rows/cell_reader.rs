//! The cells of one row, each read as its column asks.

use std::borrow::Cow;

use super::operations::{group_columns, takes};
use super::row_cells::RowCells;
use super::row_shape::no_row;
use super::values::Values;
use crate::intake::cells::{
    Column, ColumnSet, UnplacedProblem, WrittenDate, address_in, bare_address, before_mangling, entry_of_a_directory,
    excerpt, fault_of_a_language, is_clear, is_line_of_text, is_no_name, is_none_wanted, is_nothing, is_of_an_example,
    is_same, is_still_there, mangled, name_of_a_guest, names_several_people, on_one_line, parse_delete_when,
    parse_flag, parse_quotas, read_date, taken_out, user_key, user_name_fault,
};
use crate::intake::options::Options;
use crate::model::{DeleteWhen, Email, OperationKind, UserId, UserRef};
use crate::problem::ProblemCode;
use crate::sheet::LEFT_OUT;

/// Columns that many sheets have. Where a row fills no other, the others are not looked at, so that it is read faster.
const FREQUENT: ColumnSet = ColumnSet::of(&[
    Column::Operation,
    Column::User,
    Column::Email,
    Column::Username,
    Column::Name,
    Column::Surname,
    Column::DisplayName,
    Column::Groups,
    Column::RemoveGroups,
    Column::Licenses,
    Column::NewEmail,
    Column::Group,
    Column::Note,
    Column::ReseatStatus,
    Column::ReseatMessage,
    Column::ReseatKey,
]);

const NAMES: ColumnSet = ColumnSet::of(&[Column::Name, Column::Surname, Column::DisplayName]);

/// Reads the cells of one row, and collects what is wrong with them.
pub(super) struct CellReader<'c, 'r, 'f> {
    pub(super) kind: OperationKind,
    pub(super) cells: &'c RowCells<'r>,
    pub(super) takes: ColumnSet,
    pub(super) problems: &'f mut Vec<UnplacedProblem>,
    pub(super) values: &'f mut Values<'c>,
}

impl<'c> CellReader<'c, '_, '_> {
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

    fn report(&mut self, problem: UnplacedProblem, column: Column) {
        self.problems.push(problem.at(column));
    }

    /// `<clear>` empties the text fields of a profile, takes out of every group with `set-groups`, and lifts the limits of
    /// a group's rule; nothing else.
    pub(super) fn has_misplaced_clear(&mut self) -> bool {
        let mut found = false;
        for column in takes(self.kind) {
            let clearable = match self.kind {
                OperationKind::Update => matches!(column, Column::Name | Column::Surname | Column::DisplayName),
                OperationKind::SetGroups => *column == Column::Groups,
                OperationKind::SetGroupLicenses => *column == Column::Quotas,
                _ => false,
            };
            if clearable || !is_clear(self.cells.get(*column)) {
                continue;
            }
            let help = match column {
                Column::Licenses => {
                    "write `release-licenses` to let group rules apply again, or `block-licenses` for no licence at all"
                }
                Column::Groups | Column::RemoveGroups => "name the groups to leave in a `remove-from-groups` row",
                Column::UnlessChangedFrom => {
                    "write <none> for nothing, <blocked> for somebody who was blocked from licences, or leave the cell empty"
                }
                _ => "leave the cell empty to leave the field alone",
            };
            let what = format!("`{}` cannot clear `{}`", self.kind, column.as_str());
            self.report(UnplacedProblem::error(ProblemCode::CannotClear, what, help), *column);
            found = true;
        }
        found
    }

    /// Whom the row is about, from whichever column says so: a sheet with one column of people serves
    /// every operation.
    pub(super) fn subjects(&mut self, options: &Options) {
        let from = |cells: &RowCells<'_>, columns: &[Column]| columns.iter().copied().find(|column| cells.has(*column));
        match self.kind {
            OperationKind::Invite => {
                let column = from(self.cells, &[Column::Email, Column::User]).unwrap_or(Column::Email);
                self.values.email = bare_address(self.used(column));
            }
            OperationKind::Create => {
                self.values.username = bare_address(self.taken(Column::Username));
                self.values.email = bare_address(self.taken(Column::Email));
                if self.values.username.is_empty() && self.values.email.is_empty() {
                    // One column serves for both: whether it is an address decides.
                    let user = bare_address(self.used(Column::User));
                    if Email::fault(user).is_none() {
                        self.values.email = user;
                    } else {
                        self.values.username = user;
                    }
                }
            }
            OperationKind::SetGroupLicenses | OperationKind::ClearGroupLicenses => {
                self.group();
            }
            _ => {
                if self.kind == OperationKind::ReleaseLease {
                    self.group();
                }
                let columns = [Column::User, Column::Email, Column::Username, Column::UserId];
                let column = if self.is_called_beside_an_address() {
                    // As people read it; whom the row is about stands in the next column.
                    self.values.used.insert(Column::User);
                    Column::Email
                } else if self.is_numbered_beside_an_address(options) {
                    Column::Email
                } else {
                    from(self.cells, &columns).unwrap_or(Column::User)
                };
                self.values.user = bare_address(self.used(column));
                if column == Column::UserId && !self.cells.has_only_user_ids {
                    self.check_id(self.values.user);
                }
                self.values.user_key = user_key(self.values.user);
                // Another column that names the same account is not a cell to warn of.
                for other in columns {
                    if other != column
                        && other != Column::UserId
                        && self.cells.has(other)
                        && is_same(bare_address(self.cells.get(other)), &self.values.user_key)
                    {
                        self.values.used.insert(other);
                    }
                }
                if self.kind == OperationKind::Update && column == Column::User {
                    self.changed_email();
                }
            }
        }
        // A plain row has no line breaks.
        if !self.cells.is_plain {
            self.check_one_line();
        }
    }

    /// Whether `user` holds what a person is called, `Ann Lee` or `Lee, Ann`, and `email` an address.
    fn is_called_beside_an_address(&self) -> bool {
        let user = self.cells.get(Column::User);
        self.cells.has(Column::Email)
            && !user.contains('@')
            && user.contains(|letter: char| letter == ',' || letter.is_whitespace())
            && !user.contains([';', '|', '\n', '\\', '<'])
            && self.has_address()
    }

    /// Whether `user` holds a number, a personnel number rather than the name of an account, and `email` an address that is
    /// not to be given to the account.
    fn is_numbered_beside_an_address(&self, options: &Options) -> bool {
        let user = self.cells.get(Column::User);
        self.cells.has(Column::Email)
            && !user.is_empty()
            // As pandas writes whole numbers beside empty cells.
            && (user.strip_suffix(".0").unwrap_or(user)).bytes().all(|byte| byte.is_ascii_digit())
            && !self.cells.has(Column::UserId)
            && !(self.kind == OperationKind::Update && options.allow_email_update)
            && self.has_address()
    }

    fn has_address(&self) -> bool {
        Email::fault(bare_address(self.cells.get(Column::Email))).is_none()
    }

    /// The one group that the row is about.
    fn group(&mut self) {
        let columns = [Column::Group, Column::Groups];
        let column = columns
            .into_iter()
            .find(|column| self.cells.has(*column))
            .unwrap_or(Column::Group);
        self.values.group = self.used(column);
        if let Some(problem) = mangled(self.values.group) {
            self.report(problem, column);
        }
        if let Some(problem) = entry_of_a_directory(self.values.group, "group") {
            self.report(problem, column);
        } else if column == Column::Groups && self.values.group.contains([';', ',', '|', '"']) {
            self.several_in_one_cell(Column::Group, "group");
        }
    }

    /// The address of an `update`, which most exports repeat for every account: only another one is a change.
    fn changed_email(&mut self) {
        let email = bare_address(self.used(Column::Email));
        if !email.is_empty() && !is_same(email, &self.values.user_key) {
            self.values.email = email;
        }
    }

    fn check_one_line(&mut self) {
        let one_line = [self.values.user, self.values.username, self.values.group];
        let is_list = |text: &&str| text.contains('\n') && (text.contains('@') || !is_line_of_text(text));
        if one_line.iter().any(is_list) {
            let (column, what) = match self.kind {
                OperationKind::SetGroupLicenses | OperationKind::ClearGroupLicenses => (Column::Group, "group"),
                OperationKind::Create => (Column::Username, "user"),
                _ => (Column::User, "user"),
            };
            self.several_in_one_cell(column, what);
        }
    }

    fn several_in_one_cell(&mut self, column: Column, what: &str) {
        let help = match column {
            Column::Like => "name one person to be like; groups and licences of others go into their columns",
            Column::NewEmail => "write the one address to move to",
            Column::User if self.kind == OperationKind::Migrate => {
                "write the old address here, the new one into `new_email`, and each person into a row of its own"
            }
            _ => "give each a row of its own",
        };
        let what = format!("the cell holds several items, where one {what} belongs");
        let code = ProblemCode::SeveralInOneCell;
        let is_known = |problem: &UnplacedProblem| problem.code == code && problem.column == Some(column);
        if !self.problems.iter().any(is_known) {
            self.report(UnplacedProblem::error(code, what, help), column);
        }
    }

    pub(super) fn addresses(&mut self, options: &Options) {
        let help = "write one address: ann.lee@corp.example";
        self.check_address(Column::Email, "address", self.values.email, help);
        if self.cells.has(Column::NewEmail) {
            self.values.new_email = bare_address(self.taken(Column::NewEmail));
            self.check_address(Column::NewEmail, "address", self.values.new_email, help);
        }
        self.check_name(Column::User, self.values.user);
        if names_several_people(self.values.username) {
            self.several_in_one_cell(Column::Username, "user");
        } else if self.kind == OperationKind::Create && self.values.email.is_empty() {
            self.check_new_name();
        }
        self.examples();
        if self.kind == OperationKind::Update && !self.values.email.is_empty() && !options.allow_email_update {
            self.report(
                UnplacedProblem::error(
                    ProblemCode::EmailChange,
                    "UiPath does not change the e-mail address of an account",
                    "write `migrate` with the column `new_email`; --allow-email-update gives an account its first address; if it \
                     is the one that the account has, --map \"HEADER=note\" leaves the column out",
                ),
                Column::Email,
            );
        }
        if self.kind == OperationKind::Migrate
            && !self.values.new_email.is_empty()
            && is_same(self.values.new_email, &self.values.user_key)
        {
            self.report(
                UnplacedProblem::error(
                    ProblemCode::SameAddress,
                    "the new address is the old one",
                    "write the address to move to",
                ),
                Column::NewEmail,
            );
        }
    }

    fn check_address(&mut self, column: Column, one: &str, address: &str, help: &str) {
        if !address.is_empty()
            && let Some(fault) = Email::fault(address)
        {
            if names_several_people(address) {
                return self.several_in_one_cell(column, one);
            }
            if !address.contains('@') && is_line_of_text(address) {
                return self.line_of_text(column, address);
            }
            let what = format!("`{}` {fault}", excerpt(address));
            let help = match (before_mangling(address), address_in(address)) {
                (Some((_, mended)), _) => format!("{help}; this one may be `{}`", excerpt(&mended)),
                (None, Some(found)) => {
                    format!("write `{}` alone, if that is the address that is meant", excerpt(found))
                }
                (None, None) => help.to_owned(),
            };
            self.report(UnplacedProblem::error(ProblemCode::BadEmail, what, help), column);
        } else if let Some(problem) = taken_out(address)
            .or_else(|| name_of_a_guest(address))
            .or_else(|| mangled(address))
        {
            self.report(problem, column);
        }
    }

    /// The name of an account that is made by it alone.
    fn check_new_name(&mut self) {
        if let Some(fault) = user_name_fault(self.values.username) {
            let columns = [Column::Username, Column::User];
            let column = columns.into_iter().find(|column| self.cells.has(*column));
            let what = format!("`{}` {fault}: it is no user name", excerpt(self.values.username));
            let help = "write a user name of letters and digits, or an address; take the row out if it is about nobody";
            let problem = UnplacedProblem::error(ProblemCode::BadUsername, what, help);
            self.report(problem, column.unwrap_or(Column::Username));
        }
    }

    /// A name without @ may be a user name; with one it is meant for an address.
    fn check_name(&mut self, column: Column, name: &str) {
        if Email::fault(name).is_none() {
            return;
        }
        if name.contains('@') {
            self.check_address(column, "user", name, "write one address, user name or GUID");
        } else if let Some(problem) = entry_of_a_directory(name, "user") {
            self.report(problem, column);
        } else if column == Column::User && is_line_of_text(name) {
            self.line_of_text(column, name);
        } else if !self.cells.has(Column::UserId) && names_several_people(name) {
            // With an id beside it, it is what one account is called.
            self.several_in_one_cell(column, "user");
        }
    }

    fn line_of_text(&mut self, column: Column, text: &str) {
        self.report(no_row(text, "somebody"), column);
    }

    /// Reports addresses that can only be left from an example.
    fn examples(&mut self) {
        let Values {
            email, new_email, user, ..
        } = *self.values;
        let user = if user == email { "" } else { user };
        for (column, address) in [
            (Column::Email, email),
            (Column::NewEmail, new_email),
            (Column::User, user),
            (Column::Like, bare_address(self.cells.get(Column::Like))),
        ] {
            if is_of_an_example(address) {
                let what = format!("`{}` is somebody in an example, and nobody real", excerpt(address));
                let help = "write a real address; a row that is only to show something has `ignore` as its operation";
                self.report(UnplacedProblem::error(ProblemCode::ExampleAddress, what, help), column);
            }
        }
    }

    pub(super) fn plain_cells(&mut self) {
        if self.cells.filled.intersects(NAMES) {
            self.values.name = self.name(Column::Name);
            self.values.surname = self.name(Column::Surname);
            self.values.display_name = self.name(Column::DisplayName);
        }
        self.values.has_rare = !self.cells.filled.difference(FREQUENT).is_empty();
        if !self.values.has_rare {
            return;
        }
        self.values.password = self.taken(Column::Password);
        if self.values.password == LEFT_OUT {
            self.report(
                UnplacedProblem::error(
                    ProblemCode::PasswordLeftOut,
                    "the password was left out when the failed rows were written",
                    "write it again, or empty the cell to leave the password as it is",
                ),
                Column::Password,
            );
        }
        self.values.active = self.flag(Column::Active);
        if self.kind == OperationKind::Invite && self.values.active == Some(false) {
            let what = "`invite` activates an account that is there already, and does not deactivate one";
            let help = "leave the cell empty, or write an `update` for it";
            self.report(UnplacedProblem::error(ProblemCode::BadFlag, what, help), Column::Active);
        }
        self.values.bypass_basic_auth = self.flag(Column::BypassBasicAuth);
        self.values.invitation_accepted = self.flag(Column::InvitationAccepted);
        self.values.external_license = self.flag(Column::ExternalLicense);
        self.language();
        self.delete_when();
        self.like();
        self.user_id();
        self.values.not_before = self.date(Column::NotBefore);
        if self.takes.contains(Column::UnlessUsedSince) {
            self.values.unless_used_since = self.date(Column::UnlessUsedSince);
        }
    }

    fn language(&mut self) {
        let cell = self.taken(Column::Language);
        self.values.language = cell;
        if let Some(problem) = fault_of_a_language(cell) {
            self.report(problem, Column::Language);
        }
    }

    fn date(&mut self, column: Column) -> Option<WrittenDate> {
        let cell = self.used(column);
        if cell.is_empty() {
            return None;
        }
        read_date(cell).map_err(|problem| self.report(problem, column)).ok()
    }

    /// Somebody else whose groups and licences the row copies.
    fn like(&mut self) {
        let like = bare_address(self.taken(Column::Like));
        if like.is_empty() {
            return;
        }
        self.values.like = like;
        if !is_nothing(like) && (is_none_wanted(like) || is_no_name(like)) {
            let what = format!("`{like}` is rather a remark than somebody, and is read as a user name");
            let help = "leave the cell empty if the row is to be like nobody";
            self.report(
                UnplacedProblem::warning(ProblemCode::WordForNothing, what, help),
                Column::Like,
            );
        }
        if like.contains('\n') {
            self.several_in_one_cell(Column::Like, "user");
        } else {
            self.check_name(Column::Like, like);
        }
        let key = user_key(like);
        let own = [self.values.user, self.values.email, self.values.username];
        if own.iter().any(|own| !own.is_empty() && user_key(own) == key) {
            let what = "`like` names the row's own person";
            let help = "name somebody else, or empty the cell";
            self.report(
                UnplacedProblem::error(ProblemCode::LikeItself, what, help),
                Column::Like,
            );
        }
    }

    /// The id that the account must have; where no other column says whom the row is about, it does.
    fn user_id(&mut self) {
        if self.values.used.contains(Column::UserId) {
            return;
        }
        let cell = self.taken(Column::UserId);
        if cell.is_empty() {
            return;
        }
        self.values.user_id = self.check_id(cell);
    }

    /// The id that a cell of `user_id` holds; one without is an error.
    fn check_id(&mut self, cell: &str) -> Option<UserId> {
        let id = match UserRef::parse(cell) {
            UserRef::Id(id) if !id.0.is_nil() => Some(*id),
            UserRef::Id(_) | UserRef::Name(_) => None,
        };
        if id.is_none() {
            let what = format!("`{}` is no GUID of an account", excerpt(cell));
            let people = [Column::User, Column::Email, Column::Username];
            let help = if people.iter().any(|column| self.cells.has(*column)) {
                "write the account's GUID, or leave the cell empty; --map \"HEADER=note\" if the column has ids of another system"
            } else {
                "write the account's GUID, or leave the cell empty; --map \"HEADER=user\" if the column names people"
            };
            self.report(UnplacedProblem::error(ProblemCode::BadId, what, help), Column::UserId);
        }
        id
    }

    fn delete_when(&mut self) {
        let when = self.taken(Column::DeleteWhen);
        if self.kind == OperationKind::Delete {
            // A date or `never` on a deletion does not mean today, and a deletion cannot be undone.
            let when = self.cells.get(Column::DeleteWhen);
            if !when.is_empty() && matches!(parse_delete_when(when), None | Some(DeleteWhen::Never)) {
                let what = format!("`delete` deletes at once, and not `{}`", excerpt(when));
                let help = "leave the cell empty; a date before which the row waits stands in the column `not_before`";
                self.report(
                    UnplacedProblem::error(ProblemCode::DeleteIsNow, what, help),
                    Column::DeleteWhen,
                );
            }
        }
        if !when.is_empty() {
            match parse_delete_when(when) {
                Some(choice) => self.values.delete_when = choice,
                None => {
                    let what = format!("`{}` does not say when to delete the old account", excerpt(when));
                    let help = match parse_flag(when) {
                        Some(true) => {
                            "write accepted, which deletes it once the invitation is accepted; invited does so at once"
                        }
                        Some(false) => "write never, which leaves it",
                        None => "write accepted, invited or never",
                    };
                    self.report(
                        UnplacedProblem::error(ProblemCode::BadDeleteWhen, what, help),
                        Column::DeleteWhen,
                    );
                }
            }
        }
    }

    fn name(&mut self, column: Column) -> Cow<'c, str> {
        let cell = self.taken(column);
        if let Some(problem) = mangled(cell) {
            self.report(problem, column);
        }
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
        let value = parse_flag(cell);
        if value.is_none() {
            let what = format!("`{}` is neither yes nor no", excerpt(cell));
            let help = match is_still_there("status", cell).filter(|_| column == Column::Active) {
                Some(true) => "write yes",
                Some(false) => "write no",
                None => "write yes or no, or leave the cell empty",
            };
            self.report(UnplacedProblem::error(ProblemCode::BadFlag, what, help), column);
        }
        value
    }

    /// The cell of groups to join (or, for `remove-from-groups`, to leave), and its column.
    pub(super) fn groups(&mut self) -> (&'c str, Column) {
        let mut found = (self.taken(Column::Groups), Column::Groups);
        if self.kind == OperationKind::SetGroups && is_clear(found.0) {
            return ("", Column::Groups);
        }
        for column in group_columns(self.kind).iter().skip(1) {
            if found.0.is_empty() {
                found = (self.used(*column), *column);
            }
        }
        found
    }

    pub(super) fn quotas(&mut self, options: &Options) {
        let cell = self.taken(Column::Quotas);
        let Some(licenses) = self.values.licenses.clone().filter(|_| !cell.is_empty()) else {
            return;
        };
        if is_clear(cell) {
            self.values.quotas = Some(Vec::new());
            return;
        }
        match parse_quotas(cell, &licenses.set, &options.catalogue) {
            Ok(quotas) => self.values.quotas = Some(quotas),
            Err(problem) => self.report(problem, Column::Quotas),
        }
    }

    pub(super) fn joins_and_leaves(&mut self) {
        let (Some(joins), Some(leaves)) = (&self.values.groups, &self.values.remove_groups) else {
            return;
        };
        if joins.hashes.iter().any(|group| leaves.hashes.contains(group)) {
            let what = "the row puts the user into a group and takes the user out of it";
            let help = "leave the group out of one of the cells";
            self.report(
                UnplacedProblem::error(ProblemCode::JoinsAndLeaves, what, help),
                Column::RemoveGroups,
            );
        }
    }
}
