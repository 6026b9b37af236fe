//! Rows about a group's licence rule.

use super::builder::{Builder, Planned};
use crate::model::{BundleSet, GroupRef, Quota};
use crate::plan::settled::contradicts;
use crate::plan::{GroupRuleChange, RowIndex};
use crate::problem::ProblemCode;

impl Builder<'_> {
    pub(super) fn group_rule(
        &mut self,
        row: RowIndex,
        group: &GroupRef,
        licenses: &BundleSet,
        quotas: Option<&[Quota]>,
        external_license: Option<bool>,
    ) -> Planned {
        let Some(group) = self.resolve_groups(std::slice::from_ref(group))?.first().copied() else {
            return Ok(());
        };
        if let Some(other) = self.ruled_by.get(&group) {
            let message = format!("this row and {} both set the group's rule", self.place(*other));
            return Err(contradicts(ProblemCode::TwoRules, message));
        }
        self.ruled_by.insert(group, row);
        let present = self.snapshot.rule(group);
        let external_license = external_license
            .or_else(|| present.map(|rule| rule.external_license))
            .unwrap_or(false);
        // An empty quotas cell keeps the limits of the remaining codes.
        let mut wanted: Vec<Quota> = match (quotas, present) {
            (Some(quotas), _) => quotas.to_vec(),
            (None, Some(rule)) => {
                let stay = rule.quotas.iter().filter(|quota| licenses.contains(&quota.code));
                stay.cloned().collect()
            }
            (None, None) => Vec::new(),
        };
        wanted.sort_by(|one, other| one.code.cmp(&other.code));
        let already_so = present.is_some_and(|rule| {
            let mut quotas = rule.quotas.clone();
            quotas.sort_by(|one, other| one.code.cmp(&other.code));
            rule.bundles == *licenses && quotas == wanted && rule.external_license == external_license
        });
        if !already_so {
            let has_quotas = !wanted.is_empty() || present.is_some_and(|rule| !rule.quotas.is_empty());
            let change = GroupRuleChange {
                group,
                bundles: licenses.clone(),
                quotas: has_quotas.then_some(wanted),
                external_license,
            };
            self.group_rules.push((row, change));
        }
        Ok(())
    }

    /// Takes the rule away.
    pub(super) fn clear_group_rule(&mut self, row: RowIndex, group: &GroupRef) -> Planned {
        todo!("{row} {group}")
    }
}
