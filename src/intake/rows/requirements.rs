//! Whether a row has what its operation needs, and the deployment offers it.

use super::operations::{Need, group_columns, instead_of_present_licenses, needs};
use super::row_cells::RowCells;
use super::values::Values;
use crate::intake::cells::{Column, UnplacedProblem, bare_address};
use crate::intake::options::{Options, PresentLicenses};
use crate::model::{Email, OperationKind, WrittenState};
use crate::problem::ProblemCode;

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
        if self.options.present_licenses != PresentLicenses::Readable {
            self.check_present_licenses(problems);
        }
        if self.values.quotas.is_some() && !self.options.capabilities.group_quotas {
            let problem = UnplacedProblem::error(
                ProblemCode::NotOffered,
                "this deployment has no quotas in group rules",
                "leave the cell empty",
            );
            problems.push(problem.at(Column::Quotas));
        }
    }

    fn check_cells(&self, problems: &mut Vec<UnplacedProblem>) {
        for need in needs(self.kind) {
            match need {
                Need::Column(Column::Email) if !self.is_given(Column::Email) && self.is_called_by_address() => {
                    let help = "--map \"HEADER=email\" if the column has the addresses; else write an e-mail address";
                    problems.push(missing(self.kind, Column::Email).answered(help).at(Column::Username));
                }
                Need::Column(Column::NewEmail) if !self.is_given(Column::NewEmail) && self.has_another_address() => {
                    let help =
                        "--map \"HEADER=new_email\" if the column has the new addresses; else write an e-mail address";
                    problems.push(missing(self.kind, Column::NewEmail).answered(help).at(Column::Email));
                }
                Need::Column(column) if !self.is_given(*column) => {
                    problems.push(missing(self.kind, *column).at(*column));
                }
                Need::OneOf(columns) if !columns.iter().any(|column| self.is_given(*column)) => {
                    // An address can only be given to an account without one, and that has to be allowed.
                    let is_offered = |column: &&Column| **column != Column::Email || self.options.allow_email_update;
                    let offered = columns.iter().filter(is_offered);
                    let names: Vec<String> = offered.map(|column| format!("`{}`", column.as_str())).collect();
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

    /// Whether there is an address beside the cell that says whom the row is about.
    fn has_another_address(&self) -> bool {
        self.cells.has(Column::Email) && (self.cells.has(Column::User) || self.is_called_by_address())
    }

    /// Whether the user name is an address.
    fn is_called_by_address(&self) -> bool {
        Email::fault(bare_address(self.cells.get(Column::Username))).is_none()
    }

    /// Whether the cell, or one that can take its place, holds something.
    fn is_given(&self, column: Column) -> bool {
        match column {
            Column::User => !self.values.user.is_empty(),
            Column::Email => !self.values.email.is_empty(),
            Column::NewEmail => !self.values.new_email.is_empty(),
            Column::Username => !self.values.username.is_empty(),
            Column::Group => !self.values.group.is_empty(),
            Column::Groups => group_columns(self.kind).iter().any(|column| self.cells.has(*column)),
            other => self.cells.has(other),
        }
    }

    fn check_present_licenses(&self, problems: &mut Vec<UnplacedProblem>) {
        let is_like_somebody = !self.values.like.is_empty();
        let instead = instead_of_present_licenses(self.kind, self.values.licenses.is_some(), is_like_somebody);
        let state = self.values.unless_changed_from.as_ref().map(|cell| &cell.state);
        let is_compared = instead.is_none() && matches!(state, Some(WrittenState::Licenses(_)));
        let instead = instead.or(is_compared.then_some("leave `unless_changed_from` empty"));
        let operation = || match self.kind {
            OperationKind::Invite | OperationKind::Create => format!("`{}` with `like`", self.kind),
            kind if is_compared => format!("`{kind}` with `unless_changed_from`"),
            kind => format!("`{kind}`"),
        };
        match (instead, self.options.present_licenses) {
            (None, _) | (_, PresentLicenses::Readable) => {}
            (Some(_), PresentLicenses::ToBeFoundOut) => {
                let what = format!(
                    "{} needs to read a user's present licences, which not every installation of this kind offers",
                    operation()
                );
                let help = "`plan` and `run` find out whether it can be read here";
                problems.push(UnplacedProblem::warning(ProblemCode::NotOffered, what, help));
            }
            (Some(help), PresentLicenses::Unreadable) => {
                let what = format!(
                    "{} needs to read a user's present licences, which this deployment's API does not offer",
                    operation()
                );
                problems.push(UnplacedProblem::error(ProblemCode::NotOffered, what, help));
            }
        }
        if self.kind == OperationKind::Offboard {
            problems.extend(leaves_licenses(self.options.present_licenses));
        }
    }
}

/// What an `offboard` does not do where a user's present licences cannot be read: the rest is done all the same.
fn leaves_licenses(present: PresentLicenses) -> Option<UnplacedProblem> {
    let (what, help) = match present {
        PresentLicenses::Readable => return None,
        PresentLicenses::ToBeFoundOut => (
            "`offboard` releases direct licences only where they can be read, which not every installation of this kind \
             offers",
            "`plan` and `run` find out whether they can be read here",
        ),
        PresentLicenses::Unreadable => (
            "`offboard` does not release direct licences here, because this deployment's API does not tell them; it \
             deactivates the account and takes it out of its groups all the same",
            "release them in the web interface, or add a `block-licenses` row",
        ),
    };
    Some(UnplacedProblem::warning(ProblemCode::NotOffered, what, help))
}

fn missing(kind: OperationKind, column: Column) -> UnplacedProblem {
    let help = match (kind, column) {
        (OperationKind::SetLicenses, Column::Licenses) => {
            "name at least one; `release-licenses` lets group rules apply again, `block-licenses` takes everything away"
        }
        (_, Column::User) => "write an e-mail address, a user name or a GUID",
        (_, Column::Email | Column::NewEmail) => "write an e-mail address",
        (_, Column::Group) => "write the group's name or GUID",
        (OperationKind::SetGroups, Column::Groups) => "name the groups, or write <clear> for none but Everyone",
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
