//! What an export is made of.

use super::{ExportRow, Why};
use crate::directory::Snapshot;
use crate::draft::DraftRow;
use crate::holdings::Holdings;
use crate::model::{AsOf, BundleCode, BundleSet, Catalogue};
use crate::text::joined;

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
    /// The row with these licences; for a person to read, if some of them are codes that a run would refuse because nobody
    /// knows them.
    pub(super) fn row_of_licenses(self, draft: DraftRow, bundles: &BundleSet) -> ExportRow {
        let is_known = |code: &&BundleCode| {
            let known = self.catalogue.code(code.as_str());
            known.is_some_and(|known| known == **code)
        };
        let unknown: Vec<&BundleCode> = bundles.iter().filter(|code| !is_known(code)).collect();
        if unknown.is_empty() {
            return ExportRow::run(draft);
        }
        let note = format!(
            "nobody knows {}: list such codes as `bundle_codes` in the profile, or run with `--allow-unknown-codes`",
            joined(&unknown, usize::MAX)
        );
        ExportRow::ignored(draft.noting(note), Why::UnknownLicense)
    }
}
