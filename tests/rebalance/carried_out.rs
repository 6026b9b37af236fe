//! Rows carried out on a model organization.

use reseat::model::{GroupRef, Operation, Row, UserRef};

use crate::model::{GROUPS, World, address, group_id, user_id};

impl World {
    fn number(&self, user: &UserRef) -> u8 {
        let named = |number: &&u8| match user {
            UserRef::Id(id) => user_id(**number) == **id,
            UserRef::Name(name) => address(**number) == **name,
        };
        *self.people.keys().find(named).unwrap()
    }

    /// What the organization is after these rows.
    pub(crate) fn after(&self, rows: &[Row]) -> Self {
        let mut after = self.clone();
        for row in rows {
            let number = after.number(row.operation.named_user().unwrap());
            let human = after.people.get_mut(&number).unwrap();
            let held = human.direct.clone().unwrap_or_default();
            match &row.operation {
                Operation::SetLicenses { licenses, .. } => human.direct = Some(licenses.clone()),
                Operation::AddLicenses { licenses, .. } => human.direct = Some(held.union(licenses)),
                Operation::RemoveLicenses { licenses, .. } => {
                    human.direct = Some(held.minus(licenses)).filter(|left| !left.is_empty());
                }
                Operation::ReleaseLicenses { .. } => human.direct = None,
                Operation::ReleaseLease { group, .. } => {
                    let is_meant = |number: &u8| match &**group {
                        GroupRef::Id(id) => group_id(*number) == *id,
                        GroupRef::Name(name) => GROUPS[usize::from(*number)] == &**name,
                    };
                    human.leases.retain(|number, _| !is_meant(number));
                }
                other => panic!("a rebalance writes no {:?}", other.kind()),
            }
        }
        after
    }
}
