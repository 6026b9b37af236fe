//! Groups as the results file names them, and their rules.

use std::collections::BTreeMap;

use crate::intake::print_state;
use crate::model::{BundleCode, BundleSet, GroupId, RuledBundle, WrittenState};

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

impl RuleState {
    /// The cell that keeps a row from replacing anything else than this rule, or than none.
    pub(super) fn unless_changed(rule: Option<&Self>) -> String {
        let ruled = rule.into_iter().flat_map(|rule| {
            rule.bundles.iter().map(|code| RuledBundle {
                code: code.clone(),
                quota: rule.quotas.get(code).copied(),
            })
        });
        print_state(&WrittenState::Rule(ruled.collect()))
    }
}
