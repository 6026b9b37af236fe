//! The columns `before` and `after` of a record, read. `docs/results.md` describes them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::group::{GroupMark, RuleState};
use super::held::Held;
use crate::model::{BundleCode, CHANGED_EARLIER, GroupId, UserId};

/// One of the two columns; what is absent or of another form is not there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side<'r>(Option<&'r Map<String, Value>>);

impl<'r> Side<'r> {
    pub(super) fn of(value: Option<&'r Value>) -> Self {
        Self(value.and_then(Value::as_object))
    }

    pub(super) fn get(self, name: &str) -> Option<&'r Value> {
        self.0?.get(name)
    }

    pub(super) fn has(self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether there is a member of another name than these.
    pub(super) fn has_more_than(self, names: &[&str]) -> bool {
        let members = self.0.into_iter().flatten();
        members.into_iter().any(|(name, _)| !names.contains(&name.as_str()))
    }

    pub(super) fn inner(self, name: &str) -> Self {
        Self::of(self.get(name))
    }

    pub(super) fn text(self, name: &str) -> Option<&'r str> {
        self.get(name)?.as_str()
    }

    pub(super) fn flag(self, name: &str) -> Option<bool> {
        self.get(name)?.as_bool()
    }

    pub(super) fn user_id(self) -> Option<UserId> {
        self.text("user_id")?.parse().ok()
    }

    pub(super) fn group_id(self) -> Option<GroupId> {
        self.text("group_id")?.parse().ok()
    }

    /// What is held; `None` where that was not recorded.
    pub(super) fn held(self) -> Option<Held> {
        self.get("licenses").and_then(Held::read)
    }

    /// Each value by its name; the membership in each group by itself.
    pub(super) fn facts(self) -> BTreeMap<String, Value> {
        const NO_FACTS: [&str; 4] = ["groups", "group_ids", "user_id", CHANGED_EARLIER];
        let members = self.0.into_iter().flatten();
        let plain = members.filter(|(name, _)| !NO_FACTS.contains(&name.as_str()));
        let plain = plain.map(|(name, value)| (name.clone(), value.clone()));
        let groups = self.memberships(self).into_iter();
        let groups = groups.map(|(group, is_in)| (format!("group {}", group.name), Value::Bool(is_in)));
        plain.chain(groups).collect()
    }

    /// Groups and whether the account is in each, as this side has them. `ids` is the side that has the ids.
    pub(super) fn memberships(self, ids: Self) -> Vec<(GroupMark, bool)> {
        match self.get("groups") {
            Some(Value::Object(groups)) => {
                let ids = ids.inner("group_ids");
                let mark = |(name, is_in): (&String, &Value)| {
                    let id = ids.text(name).and_then(|id| id.parse().ok());
                    Some((GroupMark { id, name: name.clone() }, is_in.as_bool()?))
                };
                groups.iter().filter_map(mark).collect()
            }
            Some(Value::Array(_)) => self.listed_groups().into_iter().map(|group| (group, true)).collect(),
            _ => Vec::new(),
        }
    }

    /// The groups of a list, with the ids that stand beside it; items that are GUIDs are ids themselves.
    pub(super) fn listed_groups(self) -> Vec<GroupMark> {
        let texts = |name: &str| -> Vec<&'r str> {
            let list = self.get(name).and_then(Value::as_array);
            list.into_iter().flatten().filter_map(Value::as_str).collect()
        };
        let (names, ids) = (texts("groups"), texts("group_ids"));
        let is_parallel = names.len() == ids.len();
        let mark = |(at, name): (usize, &&str)| GroupMark {
            id: ids.get(at).filter(|_| is_parallel).unwrap_or(name).parse().ok(),
            name: (*name).to_owned(),
        };
        names.iter().enumerate().map(mark).collect()
    }

    /// A group's rule: `Some(None)` where there is none, `None` where that was not recorded.
    #[expect(clippy::option_option, reason = "no rule and no record are two things")]
    pub(super) fn rule(self) -> Option<Option<RuleState>> {
        let licenses = self.get("licenses")?;
        if licenses.is_null() {
            return Some(None);
        }
        let limit = |(code, limit): (&String, &Value)| {
            let limit = u32::try_from(limit.as_u64()?).ok()?;
            Some((BundleCode::new(code), limit))
        };
        let quotas = self.get("quotas").and_then(Value::as_object);
        Some(Some(RuleState {
            bundles: serde_json::from_value(licenses.clone()).ok()?,
            quotas: quotas
                .into_iter()
                .flatten()
                .filter_map(limit)
                .collect::<BTreeMap<_, _>>(),
            external: self.flag("external_license").unwrap_or(false),
        }))
    }
}
