//! What a template offers to choose from besides what every organization has.

use jiff::civil::Date;

use crate::directory::Snapshot;
use crate::draft::Offers;
use crate::intake::print_list;
use crate::model::{Catalogue, KnownBundle};

/// The groups and licences that a template offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateLists {
    /// The groups that people join and leave, by name, or by id where the name means another as well.
    pub groups: Vec<String>,
    /// The group in which everybody always is; it may have a licence rule.
    pub everyone: Option<String>,
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
    /// The licences that are known without asking an organization, those first that it is remembered to have; no group.
    pub fn of_catalogue(catalogue: &Catalogue) -> Self {
        let is_owned = |bundle: &KnownBundle| {
            let inventory = catalogue.inventory();
            inventory.is_some_and(|inventory| inventory.of(&bundle.code).is_some())
        };
        let (mut licenses, others): (Vec<KnownBundle>, Vec<_>) = catalogue.iter().cloned().partition(is_owned);
        licenses.extend(others);
        Self {
            groups: Vec::new(),
            everyone: None,
            licenses,
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
            everyone: offers.everyone,
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
            everyone: self.everyone.clone(),
            licenses: self
                .licenses
                .iter()
                .map(|bundle| print_list(&[bundle.shown()]))
                .collect(),
        }
    }
}
