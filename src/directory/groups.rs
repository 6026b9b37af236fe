//! Groups, found by id and name.

use super::Found;
use super::index::{NameIndex, numbered, sorted_by_id, with_id};
use crate::api::Group;
use crate::model::{GroupId, GroupRef};
use crate::text::{folded, nearest};

/// The built-in group whose members may do everything.
const ADMINISTRATORS: &str = "administrators";

/// Groups in the order of their ids, each once. Where a server gives one id to groups of different names, none of
/// them is found.
#[derive(Debug, Default)]
pub struct Groups {
    by_id: Vec<Group>,
    names: NameIndex,
    /// The place of the built-in Administrators.
    administrators: Option<usize>,
}

impl FromIterator<Group> for Groups {
    fn from_iter<I: IntoIterator<Item = Group>>(groups: I) -> Self {
        let groups = sorted_by_id(groups, |group| group.id, |one, other| one.name == other.name);
        let names = NameIndex::new(numbered(&groups).map(|(position, group)| (folded(&group.name), position)));
        let is_administrators = |group: &Group| group.built_in && folded(&group.name) == ADMINISTRATORS;
        let administrators = groups.iter().position(is_administrators);
        Self {
            by_id: groups,
            names,
            administrators,
        }
    }
}

impl Groups {
    /// Every group, in the order of the ids.
    pub fn all(&self) -> &[Group] {
        &self.by_id
    }

    /// The group of this id.
    pub fn get(&self, id: GroupId) -> Option<&Group> {
        match with_id(&self.by_id, &id, |group| group.id) {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The group that a sheet means. Of names that differ in case only the one written so is meant.
    pub fn resolve(&self, reference: &GroupRef) -> Found<&Group> {
        match reference {
            GroupRef::Id(id) => self.found_by_id(*id),
            GroupRef::Name(name) => self.named(name),
        }
    }

    fn found_by_id(&self, id: GroupId) -> Found<&Group> {
        match with_id(&self.by_id, &id, |group| group.id) {
            [] => Found::None { suggestion: None },
            [only] => Found::One(only),
            several => Found::Many(several.iter().map(described).collect()),
        }
    }

    fn named(&self, name: &str) -> Found<&Group> {
        let bearers = self.bearers(name);
        let exact: Vec<&Group> = bearers.iter().copied().filter(|group| group.name == name).collect();
        match (bearers.as_slice(), exact.as_slice()) {
            ([only], _) | (_, [only]) => self.found_by_id(only.id),
            ([], _) => Found::None {
                suggestion: nearest(name, self.by_id.iter().map(|group| group.name.as_str())).map(str::to_owned),
            },
            (several, _) => Found::Many(several.iter().copied().map(described).collect()),
        }
    }

    /// Whether at most one group is called so, were it in other letters' case.
    pub fn is_called_by_one(&self, name: &str) -> bool {
        self.bearers(name).len() <= 1
    }

    /// Whether a group is called so, in whatever case.
    pub fn has(&self, name: &str) -> bool {
        !self.bearers(name).is_empty()
    }

    fn bearers(&self, name: &str) -> Vec<&Group> {
        let name = folded(name);
        self.names
            .candidates(&name)
            .map(|position| &self.by_id[position])
            .filter(|group| folded(&group.name) == name)
            .collect()
    }

    /// The built-in group Administrators.
    pub(super) fn administrators(&self) -> Option<&Group> {
        self.administrators.map(|place| &self.by_id[place])
    }
}

/// Enough to distinguish two groups.
fn described(group: &Group) -> String {
    format!("{} ({})", group.name, group.id)
}

#[cfg(test)]
pub(super) mod tests {
    use uuid::Uuid;

    use super::*;

    pub(in crate::directory) fn group(id: u128, name: &str, built_in: bool) -> Group {
        Group {
            id: GroupId(Uuid::from_u128(id)),
            name: name.to_owned(),
            built_in,
        }
    }

    fn name_of(found: Found<&Group>) -> Option<&str> {
        found.one().map(|group| group.name.as_str())
    }

    #[test]
    fn a_group_is_found_by_name_in_any_case_and_by_id() {
        let groups = Groups::from_iter([group(2, "Finance", false), group(1, "Équipe", false)]);
        assert_eq!(name_of(groups.resolve(&GroupRef::parse("finance"))), Some("Finance"));
        assert_eq!(name_of(groups.resolve(&GroupRef::parse("éQUIPE "))), Some("Équipe"));
        let by_id = GroupRef::parse(&Uuid::from_u128(2).to_string());
        assert_eq!(name_of(groups.resolve(&by_id)), Some("Finance"));
    }

    #[test]
    fn of_two_groups_that_differ_in_case_the_one_written_so_is_meant_and_neither_otherwise() {
        let groups = Groups::from_iter([group(1, "Ops", false), group(2, "OPS", false)]);
        assert_eq!(name_of(groups.resolve(&GroupRef::parse("OPS"))), Some("OPS"));
        assert_eq!(name_of(groups.resolve(&GroupRef::parse("Ops"))), Some("Ops"));
        assert!(matches!(groups.resolve(&GroupRef::parse("ops")), Found::Many(several) if several.len() == 2));
        assert!(!groups.is_called_by_one("Ops") && groups.is_called_by_one("Dev"));
    }

    #[test]
    fn a_misspelt_group_comes_with_a_suggestion() {
        let groups = Groups::from_iter([group(1, "Finance", false)]);
        assert_eq!(
            groups.resolve(&GroupRef::parse("Finanse")),
            Found::None {
                suggestion: Some("Finance".to_owned())
            }
        );
    }

    #[test]
    fn where_two_groups_share_an_id_none_of_them_is_found() {
        let groups = Groups::from_iter([group(1, "Ops", false), group(1, "Administrators", true)]);
        let id = Uuid::from_u128(1).to_string();
        for name in ["Ops", "administrators", &id] {
            let found = groups.resolve(&GroupRef::parse(name));
            assert!(matches!(found, Found::Many(_)), "{name}: {found:?}");
        }
        assert_eq!(groups.get(GroupId(Uuid::from_u128(1))), None);
    }
}
