//! What an export is made of.

use crate::directory::Snapshot;
use crate::holdings::Holdings;
use crate::model::{AsOf, BundleCode, BundleSet, Catalogue};

/// The present state, and what is known besides.
#[derive(Debug, Clone, Copy)]
pub struct Present<'a> {
    /// The organization as it was read.
    pub snapshot: &'a Snapshot,
    /// Who holds what of it.
    pub holdings: &'a Holdings<'a>,
    /// When it was read, and on whose clocks dates are meant.
    pub as_of: &'a AsOf,
    /// The licences that a run will know: those of the catalogue, the profile and the organization's inventory.
    pub catalogue: &'a Catalogue,
}

impl Present<'_> {
    /// The codes that a run would refuse because nobody knows them.
    pub(super) fn unknown(self, bundles: &BundleSet) -> Vec<&BundleCode> {
        let is_known = |code: &&BundleCode| {
            let known = self.catalogue.code(code.as_str());
            known.is_some_and(|known| known == **code)
        };
        bundles.iter().filter(|code| !is_known(code)).collect()
    }
}
