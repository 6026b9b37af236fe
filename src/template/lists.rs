//! What a template offers to choose from besides what every organization has.

use jiff::civil::Date;

use crate::directory::Snapshot;
use crate::draft::Offers;
use crate::model::{Catalogue, KnownBundle};

/// The groups and licences that a template offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateLists {
    /// The groups, by name, or by id where the name means another as well.
    pub groups: Vec<String>,
    /// The licences.
    pub licenses: Vec<KnownBundle>,
    /// Where they are from.
    pub origin: ListOrigin,
}

/// Where the lists are from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListOrigin {
    /// No organization was asked.
    Catalogue,
    /// This organization, as it was on that day.
    Organization {
        /// Its name in addresses.
        name: String,
        /// The day.
        day: Date,
    },
}

impl TemplateLists {
    /// The licences that are known without an organization, and no group.
    pub fn of_catalogue(catalogue: &Catalogue) -> Self {
        Self {
            groups: Vec::new(),
            licenses: catalogue.iter().cloned().collect(),
            origin: ListOrigin::Catalogue,
        }
    }

    /// Those of an organization, as far as they were read. Where it does not tell which licences it has, these are the
    /// known ones. `catalogue` knows what its licences are called.
    pub fn of_organization(snapshot: &Snapshot, catalogue: &Catalogue, name: String, day: Date) -> Self {
        let offers = Offers::of(snapshot);
        let owned = offers.licenses.iter().filter_map(|code| catalogue.find(code));
        let owned: Vec<KnownBundle> = owned.cloned().collect();
        Self {
            groups: offers.groups,
            licenses: if owned.is_empty() {
                catalogue.iter().cloned().collect()
            } else {
                owned
            },
            origin: ListOrigin::Organization { name, day },
        }
    }

    /// The same as a sheet offers them.
    pub(super) fn offers(&self) -> Offers {
        Offers {
            groups: self.groups.clone(),
            licenses: self.licenses.iter().map(KnownBundle::shown).collect(),
        }
    }
}
