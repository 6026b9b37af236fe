//! Groups as the results file names them, and their rules.

use std::collections::BTreeMap;

use crate::model::{BundleCode, BundleSet, GroupId};

/// A group as the results file names it; older files do not have the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GroupMark {
    pub(super) id: Option<GroupId>,
    pub(super) name: String,
}

impl GroupMark {
    pub(super) fn is(&self, other: &Self) -> bool {
        match (self.id, other.id) {
            (Some(one), Some(other)) => one == other,
            (None, _) | (_, None) => self.name == other.name,
        }
    }
}

/// A group's licence rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct RuleState {
    pub(super) bundles: BundleSet,
    pub(super) quotas: BTreeMap<BundleCode, u32>,
    pub(super) external: bool,
}
