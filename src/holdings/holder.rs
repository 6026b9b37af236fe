//! One holder.

use crate::api::{ToldTime, User};
use crate::model::{BundleSet, GroupId, UserId};

/// Somebody who holds seats, or is blocked from holding any, whether there is still an account or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder<'a> {
    /// The id, by which alone somebody whose account is gone is known.
    pub id: UserId,
    /// The account; `None` where the directory no longer has one.
    pub account: Option<&'a User>,
    /// The direct allocation; an empty one blocks every licence. `None` where there is none.
    pub direct: Option<&'a BundleSet>,
    /// The seats that are held by groups' rules, in the order of the groups' ids.
    pub by_groups: Vec<GroupSeat<'a>>,
    /// What the licence service says comes from groups, where it tells neither from which nor whether a seat is taken:
    /// known only where nobody lists who holds seats by groups' rules.
    pub by_unnamed_groups: Option<&'a BundleSet>,
    /// When the person last used a licence, whichever it was: the later of what the services say (`uipath-api`, S14).
    pub last_in_use: ToldTime,
    /// Whether the licence service says that the account is gone.
    pub is_orphan: bool,
}

/// Seats held by one group's rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupSeat<'a> {
    /// Whose rule.
    pub group: GroupId,
    /// What is held by it.
    pub bundles: &'a BundleSet,
}

impl Holder<'_> {
    /// Whether an empty direct allocation keeps every licence away.
    pub fn is_blocked(&self) -> bool {
        self.direct.is_some_and(BundleSet::is_empty)
    }

    /// The bundles that come from groups' rules, each once, whether it is known from which group or not.
    pub fn inherited(&self) -> BundleSet {
        let seats = self.by_groups.iter().map(|seat| seat.bundles);
        seats
            .chain(self.by_unnamed_groups)
            .fold(BundleSet::default(), |all, bundles| all.union(bundles))
    }

    /// The bundles of which a seat is held, each once, however many ways it comes by.
    pub fn bundles(&self) -> BundleSet {
        let direct = self.direct.cloned().unwrap_or_default();
        direct.union(&self.inherited())
    }

    /// When the person last signed in.
    pub fn last_login(&self) -> ToldTime {
        self.account.map_or(ToldTime::UNTOLD, |user| user.last_login)
    }

    /// When the account was made.
    pub fn created(&self) -> ToldTime {
        self.account.map_or(ToldTime::UNTOLD, |user| user.created)
    }
}
