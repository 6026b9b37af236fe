//! A direct allocation as the results file tells it: none, an empty one and a full one are three different things.

use std::fmt;

use serde_json::Value;

use crate::api::Allocation;
use crate::intake::print_state;
use crate::model::{BundleSet, WrittenState};

/// What an account holds directly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Held {
    /// No allocation: the groups' rules apply.
    Nothing,
    /// An empty allocation: no licence at all.
    Blocked,
    /// These bundles.
    Set(BundleSet),
}

impl Held {
    pub(super) fn of(bundles: &BundleSet) -> Self {
        if bundles.is_empty() {
            Self::Blocked
        } else {
            Self::Set(bundles.clone())
        }
    }

    pub(super) fn of_allocation(allocation: Option<&Allocation>) -> Self {
        allocation.map_or(Self::Nothing, |allocation| Self::of(&allocation.bundles))
    }

    /// The value of a member `licenses`; `None` if it is nothing that reseat writes there.
    pub(super) fn read(value: &Value) -> Option<Self> {
        if value.is_null() {
            return Some(Self::Nothing);
        }
        let bundles: BundleSet = serde_json::from_value(value.clone()).ok()?;
        Some(Self::of(&bundles))
    }

    pub(super) fn bundles(&self) -> BundleSet {
        match self {
            Self::Nothing | Self::Blocked => BundleSet::default(),
            Self::Set(bundles) => bundles.clone(),
        }
    }

    pub(super) fn has_bundles(&self) -> bool {
        matches!(self, Self::Set(_))
    }

    /// The cell that keeps a row from replacing anything else.
    pub(super) fn unless_changed(&self) -> String {
        print_state(&WrittenState::Licenses(match self {
            Self::Nothing => None,
            Self::Blocked | Self::Set(_) => Some(self.bundles()),
        }))
    }

    /// Whether both are of one of the three kinds.
    pub(super) fn is_alike(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

impl fmt::Display for Held {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => out.write_str("no direct licences"),
            Self::Blocked => out.write_str("an empty allocation, which blocks every licence"),
            Self::Set(bundles) => write!(out, "{bundles}"),
        }
    }
}
