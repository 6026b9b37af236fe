//! The bundles that an organization has, as its inventory told them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::BundleCode;
use crate::text::number;

/// The bundles of one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory {
    /// The organization's name in addresses.
    pub organization: String,
    /// When it was last read.
    pub read: Timestamp,
    /// Whether an earlier command read it, rather than this one.
    pub is_remembered: bool,
    /// The bundles, each once: those of the last reading in the order of the answer, then those that earlier ones had.
    pub bundles: Vec<OwnedBundle>,
}

/// One bundle of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnedBundle {
    /// Its code, as the organization writes it.
    pub code: BundleCode,
    /// The name that the organization's inventory has for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many seats were owned.
    pub total: u64,
    /// How many of them were taken.
    pub taken: u64,
    /// When it was last in the inventory.
    pub seen: Timestamp,
}

impl Inventory {
    /// The bundle of this code.
    pub fn of(&self, code: &BundleCode) -> Option<&OwnedBundle> {
        self.bundles.iter().find(|bundle| bundle.code == *code)
    }

    /// Whether the bundle was there when the inventory was last read.
    pub fn has_now(&self, bundle: &OwnedBundle) -> bool {
        bundle.seen >= self.read
    }
}

impl OwnedBundle {
    /// How many more seats were owned than taken; below zero when over-allocated.
    pub fn left(&self) -> i64 {
        let signed = |seats| i64::try_from(seats).unwrap_or(i64::MAX);
        signed(self.total) - signed(self.taken)
    }

    /// The same for people to read: `1,200`, `-3`.
    pub fn left_in_words(&self) -> String {
        let left = self.left();
        let sign = if left < 0 { "-" } else { "" };
        format!("{sign}{}", number(left.unsigned_abs()))
    }
}
