//! What a sheet is for.

use strum::{Display, EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

use crate::intake::{Column, takes};
use crate::model::OperationKind;

/// What a sheet is for, by the names that `reseat template` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, EnumString, Display, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum TemplateKind {
    /// People who join.
    Onboarding,
    /// People who leave.
    Leavers,
    /// People whose e-mail address changes.
    Migration,
    /// Licences that change hands.
    Rebalance,
    /// Everything that a sheet can say.
    Blank,
}

impl TemplateKind {
    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The operations that it offers, the usual one first.
    pub fn operations(self) -> Vec<OperationKind> {
        use OperationKind as Kind;
        match self {
            Self::Onboarding => vec![Kind::Invite, Kind::Create, Kind::AddToGroups, Kind::AddLicenses],
            Self::Leavers => vec![Kind::Offboard, Kind::Delete, Kind::ReleaseLicenses],
            Self::Migration => vec![Kind::Migrate],
            Self::Rebalance => vec![
                Kind::ReleaseLicenses,
                Kind::ReleaseLease,
                Kind::RemoveLicenses,
                Kind::BlockLicenses,
                Kind::AddLicenses,
                Kind::SetLicenses,
            ],
            Self::Blank => Kind::iter().collect(),
        }
    }

    /// The columns between `operation` and `note`, in the order in which they are filled in.
    pub fn columns(self) -> Vec<Column> {
        match self {
            Self::Onboarding => vec![
                Column::Email,
                Column::Name,
                Column::Surname,
                Column::Groups,
                Column::Licenses,
                Column::Like,
                Column::NotBefore,
                Column::Language,
            ],
            Self::Leavers => vec![Column::User, Column::NotBefore],
            Self::Migration => vec![
                Column::User,
                Column::NewEmail,
                Column::Surname,
                Column::DeleteWhen,
                Column::NotBefore,
            ],
            Self::Rebalance => vec![Column::User, Column::Licenses, Column::Group, Column::UnlessUsedSince],
            Self::Blank => Column::iter().filter(|column| is_for_people(*column)).collect(),
        }
    }

    /// Whether cells of it hold groups.
    pub fn has_groups(self) -> bool {
        let groups = [Column::Groups, Column::RemoveGroups, Column::Group];
        self.columns().iter().any(|column| groups.contains(column))
    }

    /// Whether cells of it hold licences.
    pub fn has_licenses(self) -> bool {
        self.columns().contains(&Column::Licenses)
    }
}

/// Whether people fill in the column, in a row of some operation.
fn is_for_people(column: Column) -> bool {
    // Only an export knows what to write there.
    let is_written_by_exports = column == Column::UnlessChangedFrom;
    let is_taken = || OperationKind::iter().any(|kind| takes(kind).contains(&column));
    column == Column::NotBefore || !is_written_by_exports && is_taken()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::{Need, needs};

    #[test]
    fn every_operation_that_is_offered_finds_the_columns_that_it_needs() {
        // One column of people serves every operation.
        let people = [Column::User, Column::Email];
        for kind in TemplateKind::iter() {
            let columns = kind.columns();
            let has = |column: &Column| {
                columns.contains(column)
                    || people.contains(column) && people.iter().any(|other| columns.contains(other))
            };
            for operation in kind.operations() {
                for need in needs(operation) {
                    let is_met = match need {
                        Need::Column(column) => has(column),
                        Need::OneOf(wanted) => wanted.iter().any(has),
                    };
                    assert!(is_met, "{operation} in {kind}: {need:?}");
                }
            }
        }
    }

    #[test]
    fn every_column_is_of_use_to_an_operation_that_is_offered() {
        for kind in TemplateKind::iter() {
            for column in kind.columns() {
                let is_used = |operation: OperationKind| {
                    takes(operation).contains(&column)
                        || column == Column::Email && takes(operation).contains(&Column::User)
                };
                let is_of_use = column == Column::NotBefore || kind.operations().into_iter().any(is_used);
                assert!(is_of_use, "{column:?} in {kind}");
            }
        }
    }
}
