//! The order of each long listing, kept from page to page: whoever reads a large organization asks for hundreds of pages, and
//! a page deep in a listing is to take as long as its first.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::{GroupId, UserId};

/// A listing that is read in pages.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Listing {
    /// Every account, by a field or by none.
    Users {
        sort_by: Option<String>,
        is_descending: bool,
    },
    /// The members of a group.
    Members(GroupId),
    /// Whoever has a direct allocation.
    Holders,
    /// Whoever holds seats by a group's rule.
    Leases(GroupId),
}

/// The orders that were asked for since something last changed.
#[derive(Debug, Default)]
pub(super) struct Orders(HashMap<Listing, Arc<[UserId]>>);

impl Orders {
    /// Who is in a listing, in its order, which `order` makes where it is not known.
    pub(super) fn of<I: IntoIterator<Item = UserId>>(
        &mut self,
        listing: Listing,
        order: impl FnOnce() -> I,
    ) -> Arc<[UserId]> {
        Arc::clone(self.0.entry(listing).or_insert_with(|| order().into_iter().collect()))
    }

    /// Something may have changed.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}
