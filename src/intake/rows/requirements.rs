//! Which cells each operation needs and may have, and whether a row and the deployment meet that.

use super::row_cells::RowCells;
use super::values::Values;
use crate::intake::cells::{Column, UnplacedProblem};
use crate::intake::options::Options;
use crate::model::OperationKind;
use crate::problem::ProblemCode;

/// What a row must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// This column.
    Column(Column),
    /// At least one of these.
    OneOf(&'static [Column]),
}

/// What a row of this operation must have.
pub fn needs(kind: OperationKind) -> &'static [Need] {
    use OperationKind as Kind;
    const USER: Need = Need::Column(Column::User);
    match kind {
        Kind::Invite => &[Need::Column(Column::Email)],
        Kind::Create => &[Need::OneOf(&[Column::Username, Column::Email])],
        Kind::Update => &[
            USER,
            Need::OneOf(&[
                Column::Name,
                Column::Surname,
                Column::DisplayName,
                Column::Active,
                Column::Password,
                Column::BypassBasicAuth,
                Column::InvitationAccepted,
                Column::Groups,
                Column::RemoveGroups,
                Column::Email,
            ]),
        ],
        Kind::Delete | Kind::ReleaseLicenses | Kind::BlockLicenses => &[USER],
        Kind::SetLicenses | Kind::AddLicenses | Kind::RemoveLicenses => &[USER, Need::Column(Column::Licenses)],
        Kind::SetGroupLicenses => &[Need::Column(Column::Group), Need::Column(Column::Licenses)],
        Kind::AddToGroups | Kind::RemoveFromGroups => &[USER, Need::Column(Column::Groups)],
        Kind::Migrate => &[USER, Need::Column(Column::NewEmail)],
    }
}

/// Every column that a row of this operation may have, those it needs included; `operation` and `note` aside.
pub fn takes(kind: OperationKind) -> &'static [Column] {
    use Column as C;
    use OperationKind as Kind;
    match kind {
        Kind::Invite => &[C::Email, C::Name, C::Surname, C::Groups, C::Licenses, C::Language],
        Kind::Create => &[
            C::Username,
            C::Email,
            C::Name,
            C::Surname,
            C::DisplayName,
            C::Groups,
            C::Licenses,
            C::InvitationAccepted,
            C::BypassBasicAuth,
        ],
        Kind::Update => &[
            C::User,
            C::Email,
            C::Name,
            C::Surname,
            C::DisplayName,
            C::Active,
            C::Password,
            C::BypassBasicAuth,
            C::InvitationAccepted,
            C::Groups,
            C::RemoveGroups,
        ],
        Kind::Delete | Kind::ReleaseLicenses | Kind::BlockLicenses => &[C::User],
        Kind::SetLicenses => &[C::User, C::Licenses, C::ExternalLicense],
        Kind::AddLicenses | Kind::RemoveLicenses => &[C::User, C::Licenses],
        Kind::SetGroupLicenses => &[C::Group, C::Licenses, C::Quotas, C::ExternalLicense],
        Kind::AddToGroups | Kind::RemoveFromGroups => &[C::User, C::Groups],
        Kind::Migrate => &[
            C::User,
            C::NewEmail,
            C::Name,
            C::Surname,
            C::Groups,
            C::Licenses,
            C::DeleteWhen,
        ],
    }
}

/// A row whose cells are read, before it is known whether they are enough.
pub(super) struct Requirements<'a> {
    pub(super) kind: OperationKind,
    pub(super) cells: &'a RowCells<'a>,
    pub(super) values: &'a Values<'a>,
    pub(super) options: &'a Options,
}

impl Requirements<'_> {
    /// Adds what is missing.
    pub(super) fn check(&self, problems: &mut Vec<UnplacedProblem>) {
        self.check_cells(problems);
        self.check_capabilities(problems);
    }

    fn check_cells(&self, problems: &mut Vec<UnplacedProblem>) {
        for need in needs(self.kind) {
            match need {
                Need::Column(column) if !self.is_given(*column) => {
                    problems.push(missing(self.kind, *column).at(*column));
                }
                Need::OneOf(columns) if !columns.iter().any(|column| self.is_given(*column)) => {
                    let names: Vec<String> = columns.iter().map(|column| format!("`{}`", column.as_str())).collect();
                    let what = format!("`{}` needs at least one of {}", self.kind, names.join(", "));
                    problems.push(UnplacedProblem::error(
                        ProblemCode::MissingCell,
                        what,
                        "fill one of them",
                    ));
                }
                _ => {}
            }
        }
    }

    /// Whether the cell, or one that can take its place, holds something.
    fn is_given(&self, column: Column) -> bool {
        match column {
            Column::User => !self.values.user.is_empty(),
            Column::Email => !self.values.email.is_empty(),
            Column::NewEmail => !self.values.new_email.is_empty(),
            Column::Username => !self.values.username.is_empty(),
            Column::Group => !self.values.group.is_empty(),
            Column::Groups => self.cells.has(column) || self.values.groups.is_some(),
            other => self.cells.has(other),
        }
    }

    fn check_capabilities(&self, problems: &mut Vec<UnplacedProblem>) {
        let offered = self.options.capabilities;
        let reads_allocations = match self.kind {
            OperationKind::AddLicenses | OperationKind::RemoveLicenses | OperationKind::ReleaseLicenses => true,
            OperationKind::Migrate => self.values.licenses.is_none(),
            _ => false,
        };
        if reads_allocations && !offered.portal {
            let help = match self.kind {
                OperationKind::Migrate => "name the new account's licences in the column `licenses`",
                OperationKind::ReleaseLicenses => "use `block-licenses`, or release the licence in the web interface",
                _ => "write `set-licenses` with the whole list",
            };
            let what = format!(
                "`{}` needs to read a user's present licences, which this deployment's API does not offer",
                self.kind
            );
            problems.push(UnplacedProblem::error(ProblemCode::NotOffered, what, help));
        }
        if !self.values.quotas.is_empty() && !offered.group_quotas {
            let problem = UnplacedProblem::error(
                ProblemCode::NotOffered,
                "this deployment has no quotas in group rules",
                "leave the cell empty",
            );
            problems.push(problem.at(Column::Quotas));
        }
    }
}

fn missing(kind: OperationKind, column: Column) -> UnplacedProblem {
    let help = match (kind, column) {
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
    UnplacedProblem::error(
        ProblemCode::MissingCell,
        format!("`{kind}` needs `{}`", column.as_str()),
        help,
    )
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn whatever_an_operation_needs_it_also_takes() {
        for kind in OperationKind::iter() {
            for need in needs(kind) {
                let columns = match need {
                    Need::Column(column) => std::slice::from_ref(column),
                    Need::OneOf(columns) => columns,
                };
                for column in columns {
                    assert!(takes(kind).contains(column), "{kind} {column:?}");
                }
            }
        }
    }
}
