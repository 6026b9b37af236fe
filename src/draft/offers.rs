//! What a workbook offers to choose from in the columns that a run reads.

use strum::IntoEnumIterator;

use super::names::group_name;
use crate::api::Group;
use crate::directory::Snapshot;
use crate::intake::{Column, print_list};
use crate::model::{DeleteWhen, OperationKind};

/// The word in the operation cell of a row that is not run.
pub const IGNORE: &str = "ignore";

/// What an organization has to choose from besides what every organization has. A cell may hold several of them, or one
/// that is still to be made, so they are offered and never asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Offers {
    /// The groups that people join and leave, by name, or by id where the name means another as well.
    pub groups: Vec<String>,
    /// The group in which everybody always is; it may have a licence rule.
    pub everyone: Option<String>,
    /// The codes of the bundles that the organization owns.
    pub licenses: Vec<String>,
}

impl Offers {
    /// Those of the organization as it was read, in the order of the alphabet; nothing of what was not read.
    pub fn of(snapshot: &Snapshot) -> Self {
        let (everyone, groups): (Vec<_>, Vec<_>) = snapshot.groups().iter().partition(|group| group.is_everyone());
        let named = |group: &Group| group_name(snapshot, group.id, &group.name);
        let mut groups: Vec<String> = groups.into_iter().map(named).collect();
        groups.sort_by_cached_key(|group| (group.to_lowercase(), group.clone()));
        let everyone = everyone.into_iter().map(named).next();
        let seats = snapshot.seats().unwrap_or_default().iter();
        let mut licenses: Vec<String> = seats.map(|seats| seats.code.as_str().to_owned()).collect();
        licenses.sort();
        Self {
            groups,
            everyone,
            licenses,
        }
    }

    /// What the cells of this column are chosen from; nothing where they may hold anything.
    pub fn in_column(&self, column: Column) -> Vec<String> {
        match column {
            Column::Operation => {
                let operations = OperationKind::iter().map(OperationKind::as_str);
                operations.chain([IGNORE]).map(str::to_owned).collect()
            }
            Column::Active | Column::BypassBasicAuth | Column::InvitationAccepted | Column::ExternalLicense => {
                ["yes", "no"].map(str::to_owned).to_vec()
            }
            Column::DeleteWhen => DeleteWhen::iter().map(|when| when.as_str().to_owned()).collect(),
            Column::Group => self.groups.iter().chain(&self.everyone).cloned().collect(),
            Column::Groups | Column::RemoveGroups => self.groups.iter().map(|group| print_list(&[group])).collect(),
            Column::Licenses => self.licenses.clone(),
            _ => Vec::new(),
        }
    }
}
