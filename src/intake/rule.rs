//! What a row must have and must not have, once its cells are read.

use super::column::Column;
use super::fault::Fault;
use super::needs::{Need, needs};
use super::options::Options;
use super::reading::Reading;
use crate::model::OperationKind;
use crate::problem::ProblemCode;

impl Reading<'_, '_, '_> {
    pub(super) fn joins_and_leaves(&mut self) {
        let (Some(joins), Some(leaves)) = (&self.values.groups, &self.values.remove_groups) else {
            return;
        };
        if joins.hashes.iter().any(|group| leaves.hashes.contains(group)) {
            let what = "the row puts the user into a group and takes the user out of it";
            let help = "leave the group out of one of the cells";
            self.fault(
                Fault::error(ProblemCode::JoinsAndLeaves, what, help),
                Column::RemoveGroups,
            );
        }
    }

    pub(super) fn needs(&mut self) {
        for need in needs(self.kind) {
            match need {
                Need::Column(column) if !self.is_given(*column) => {
                    let fault = missing(self.kind, *column);
                    self.fault(fault, *column);
                }
                Need::OneOf(columns) if !columns.iter().any(|column| self.is_given(*column)) => {
                    let names: Vec<String> = columns.iter().map(|column| format!("`{}`", column.as_str())).collect();
                    let what = format!("`{}` needs at least one of {}", self.kind, names.join(", "));
                    self.faults
                        .push(Fault::error(ProblemCode::MissingCell, what, "fill one of them"));
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
            Column::NewEmail => !self.values.new_email.is_empty(),
            Column::Username => !self.values.username.is_empty(),
            Column::Group => !self.values.group.is_empty(),
            Column::Groups => self.cells.has(column) || self.values.groups.is_some(),
            other => self.cells.has(other),
        }
    }

    pub(super) fn capabilities(&mut self, options: &Options) {
        let offered = options.capabilities;
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
            self.faults.push(Fault::error(ProblemCode::NotOffered, what, help));
        }
        if !self.values.quotas.is_empty() && !offered.group_quotas {
            let fault = Fault::error(
                ProblemCode::NotOffered,
                "this deployment has no quotas in group rules",
                "leave the cell empty",
            );
            self.fault(fault, Column::Quotas);
        }
    }
}

fn missing(kind: OperationKind, column: Column) -> Fault {
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
    Fault::error(
        ProblemCode::MissingCell,
        format!("`{kind}` needs `{}`", column.as_str()),
        help,
    )
}
