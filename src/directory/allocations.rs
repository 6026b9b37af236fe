//! Direct licence allocations, found by user.

use crate::api::Allocation;
use crate::model::UserId;

/// Direct allocations in the order of the users' ids. Those of users that the directory no longer
/// has are among them.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Allocations(Vec<Allocation>);

impl FromIterator<Allocation> for Allocations {
    fn from_iter<I: IntoIterator<Item = Allocation>>(allocations: I) -> Self {
        let mut allocations: Vec<Allocation> = allocations.into_iter().collect();
        allocations.sort_by_key(|allocation| allocation.user);
        allocations.dedup_by_key(|allocation| allocation.user);
        allocations.shrink_to_fit();
        Self(allocations)
    }
}

impl Allocations {
    /// Every one, in the order of the users' ids.
    pub fn all(&self) -> &[Allocation] {
        &self.0
    }

    /// The user's; `None` if the user has none.
    pub fn of(&self, user: UserId) -> Option<&Allocation> {
        let position = self.0.binary_search_by_key(&user, |allocation| allocation.user).ok()?;
        Some(&self.0[position])
    }
}
