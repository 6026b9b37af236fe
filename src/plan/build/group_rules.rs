//! Rows about a group's licence rule.

use super::builder::{Builder, Planned};
use crate::directory::{Found, Leases};
use crate::model::{GroupId, GroupLicenses, GroupRef, Quota};
use crate::plan::settled::{contradicts, groups_not_found};
use crate::plan::{GroupRuleChange, RowIndex, RuleRemoval, Verdict};
use crate::problem::ProblemCode;

impl Builder<'_> {
    pub(super) fn group_rule(&mut self, row: RowIndex, asked: &GroupLicenses) -> Planned {
        let GroupLicenses { licenses, quotas, .. } = asked;
        let group = self.only_group(&asked.group)?;
        self.rules_alone(row, group)?;
        let present = self.snapshot.rule(group);
        let external_license = asked
            .external_license
            .or_else(|| present.map(|rule| rule.external_license))
            .unwrap_or(false);
        // An empty quotas cell keeps the limits of the remaining codes.
        let mut wanted: Vec<Quota> = match (quotas, present) {
            (Some(quotas), _) => quotas.clone(),
            (None, Some(rule)) => {
                let stay = rule.quotas.iter().filter(|quota| licenses.contains(&quota.code));
                stay.cloned().collect()
            }
            (None, None) => Vec::new(),
        };
        wanted.sort_by(|one, other| one.code.cmp(&other.code));
        let has_quotas = !wanted.is_empty() || present.is_some_and(|rule| !rule.quotas.is_empty());
        let change = GroupRuleChange {
            group,
            bundles: licenses.clone(),
            quotas: has_quotas.then_some(wanted),
            external_license,
        };
        if !present.is_some_and(|rule| change.is_so(rule)) {
            self.rule_as_written(row, present)?;
            self.group_rules.push((row, change));
        }
        Ok(())
    }

    /// Takes the rule away, and with it the seats that are held by it.
    pub(super) fn clear_group_rule(&mut self, row: RowIndex, group: &GroupRef) -> Planned {
        let group = self.ruled_group(group)?;
        self.rules_alone(row, group)?;
        let Some(rule) = self.snapshot.rule(group).filter(|rule| !rule.is_empty()) else {
            self.note(row, "the group has no licence rule");
            return Ok(());
        };
        self.rule_as_written(row, Some(rule))?;
        let holders = self.snapshot.leases().and_then(|leases| leases.of_group(group));
        let removal = RuleRemoval {
            group,
            name: self.snapshot.rule_name(group),
            bundles: rule.bundles.clone(),
            holders: holders.map(<[_]>::len),
        };
        self.removed_rules.push((row, removal));
        Ok(())
    }

    /// The group, or one that is gone and whose rule, or whose members' seats, are still there.
    pub(super) fn ruled_group(&mut self, group: &GroupRef) -> Result<GroupId, Verdict> {
        if let (Found::None { .. }, Some(id)) = (self.snapshot.group(group), self.ruled(group)) {
            return Ok(id);
        }
        self.only_group(group)
    }

    fn only_group(&mut self, group: &GroupRef) -> Result<GroupId, Verdict> {
        let found = self.resolve_groups(std::slice::from_ref(group))?;
        let first = found.first().copied();
        first.ok_or_else(|| groups_not_found(&[(group.to_string(), None)]))
    }

    /// The id of the same, if there is only one such group.
    pub(super) fn ruled(&self, group: &GroupRef) -> Option<GroupId> {
        match (self.snapshot.group(group), group) {
            (Found::One(group), _) => Some(group.id),
            (Found::None { .. }, GroupRef::Id(id)) => {
                let is_held = |leases: &Leases| leases.of_group(*id).is_some_and(|holders| !holders.is_empty());
                (self.snapshot.rule(*id).is_some() || self.snapshot.leases().is_some_and(is_held)).then_some(*id)
            }
            (Found::None { .. } | Found::Many(_), _) => None,
        }
    }

    /// Refuses the row if another one is about the same rule.
    fn rules_alone(&mut self, row: RowIndex, group: GroupId) -> Planned {
        if let Some(other) = self.ruled_by.get(&group) {
            let message = format!("this row and {} are both about the group's rule", self.place(*other));
            return Err(contradicts(ProblemCode::TwoRules, message));
        }
        self.ruled_by.insert(group, row);
        Ok(())
    }
}
