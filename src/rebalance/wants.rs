//! What the wanted rows come to: who is meant, and which seats they need.

use std::collections::{BTreeMap, BTreeSet};

use super::{Obstacle, Rules, WantedSeat};
use crate::api::User;
use crate::directory::{Found, Snapshot};
use crate::holdings::{Holder, Holdings};
use crate::model::{BundleCode, BundleSet, UserId};
use crate::text::{fold, joined};

/// One wanted row.
pub(super) struct Want<'a> {
    pub(super) row: &'a WantedSeat,
    pub(super) user: Option<&'a User>,
    /// Why none of the row's seats is granted, and that in words.
    pub(super) obstacle: Option<(Obstacle, String)>,
    /// The bundles of which a seat is needed.
    pub(super) needs: BundleSet,
    /// Those held directly.
    pub(super) holds: BundleSet,
    /// Those held by a group's rule alone.
    pub(super) inherits: BundleSet,
    /// Those that another row for the same person wants before.
    pub(super) repeated: BundleSet,
    /// Those that come by a swap.
    pub(super) swapped: BundleSet,
    /// Those that the organization does not own.
    pub(super) unowned: BundleSet,
    /// Those that are not looked at.
    pub(super) outside: BundleSet,
    /// Those that are granted.
    pub(super) granted: BundleSet,
}

/// Every bundle that somebody wants, whether they hold it or not.
pub(super) type WantedBy = BTreeMap<UserId, BundleSet>;

/// The wanted rows, in their order.
pub(super) fn wants<'a>(
    snapshot: &'a Snapshot,
    holdings: &Holdings<'_>,
    rows: &'a [WantedSeat],
    rules: &Rules,
) -> Vec<Want<'a>> {
    let mut seen: BTreeSet<(UserId, BundleCode)> = BTreeSet::new();
    let mut wants = Vec::with_capacity(rows.len());
    for row in rows {
        let mut want = Want {
            row,
            user: None,
            obstacle: None,
            needs: BundleSet::default(),
            holds: BundleSet::default(),
            inherits: BundleSet::default(),
            repeated: BundleSet::default(),
            swapped: BundleSet::default(),
            unowned: BundleSet::default(),
            outside: BundleSet::default(),
            granted: BundleSet::default(),
        };
        match meant(snapshot, row) {
            Err(obstacle) => want.obstacle = Some(obstacle),
            Ok(user) => {
                want.user = Some(user);
                want.sort(snapshot, holdings.of_user(user.id), rules, &mut seen);
                if !want.needs.is_empty() {
                    want.obstacle = refusal(snapshot, user);
                }
                if want.obstacle.is_some() {
                    want.needs = BundleSet::default();
                }
            }
        }
        wants.push(want);
    }
    wants
}

impl Want<'_> {
    /// Sorts the row's bundles by what has to be done about each.
    fn sort(
        &mut self,
        snapshot: &Snapshot,
        holder: Option<&Holder<'_>>,
        rules: &Rules,
        seen: &mut BTreeSet<(UserId, BundleCode)>,
    ) {
        let Some(user) = self.user else { return };
        let is_outside = |code: &&BundleCode| !rules.looks_at(code);
        self.outside = self.row.licenses.iter().filter(is_outside).cloned().collect();
        let inside = self.row.licenses.minus(&self.outside);
        if let Some(holder) = holder {
            self.holds = holder.direct.map(|held| held.common(&inside)).unwrap_or_default();
            self.inherits = holder.inherited().common(&inside).minus(&self.holds);
        }
        let rest = inside.minus(&self.holds).minus(&self.inherits);
        self.unowned = snapshot.unowned(&rest);
        let rest = rest.minus(&self.unowned);
        let is_repeated = |code: &&BundleCode| !seen.insert((user.id, (*code).clone()));
        self.repeated = rest.iter().filter(is_repeated).cloned().collect();
        self.needs = rest.minus(&self.repeated);
    }

    /// What a swap gives the person is not wanted a second time.
    pub(super) fn comes_by_swap(&mut self, bundles: &BundleSet) {
        self.swapped = self.needs.union(&self.repeated).common(bundles);
        self.needs = self.needs.minus(&self.swapped);
        self.repeated = self.repeated.minus(&self.swapped);
    }

    /// The bundles that are needed and not granted, or not owned.
    pub(super) fn missing(&self) -> BundleSet {
        if self.obstacle.is_some() {
            return self
                .row
                .licenses
                .minus(&self.holds)
                .minus(&self.inherits)
                .minus(&self.outside);
        }
        self.needs.minus(&self.granted).union(&self.unowned)
    }
}

/// Which bundles everybody wants who can be given any.
pub(super) fn wanted_by(wants: &[Want<'_>]) -> WantedBy {
    let mut wanted = WantedBy::new();
    for want in wants.iter().filter(|want| want.obstacle.is_none()) {
        if let Some(user) = want.user {
            let bundles = wanted.entry(user.id).or_default();
            *bundles = bundles.union(&want.row.licenses);
        }
    }
    wanted
}

/// The account that the row means, as a run takes it.
fn meant<'a>(snapshot: &'a Snapshot, row: &WantedSeat) -> Result<&'a User, (Obstacle, String)> {
    let label = row.user.label();
    let found = snapshot.user(&row.user);
    let Some(expected) = row.user_id else {
        return match found {
            Found::One(user) => Ok(user),
            Found::Many(which) => Err((
                Obstacle::Ambiguous,
                format!("`{label}` could be more than one account: {}", joined(&which, 4)),
            )),
            Found::None { suggestion } => {
                let guess = suggestion.map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
                Err((Obstacle::NotFound, format!("there is no user `{label}`{guess}")))
            }
        };
    };
    let names = |user: &User| [user.email(), user.user_name()].map(fold).contains(&fold(&label));
    match (found, snapshot.user_by_id(expected)) {
        (Found::One(user), _) if user.id == expected => Ok(user),
        (Found::Many(_), Some(user)) if names(user) => Ok(user),
        (Found::One(_) | Found::Many(_) | Found::None { .. }, _) => Err((
            Obstacle::AnotherAccount,
            format!("`{label}` does not lead to the account {expected}"),
        )),
    }
}

/// Why a run would give this account nothing.
fn refusal(snapshot: &Snapshot, user: &User) -> Option<(Obstacle, String)> {
    if !user.is_person() && !user.is_newcomer() {
        return Some((
            Obstacle::NoPerson,
            format!("this is {} and no user", user.kind.described()),
        ));
    }
    if user.is_deactivated() {
        return Some((Obstacle::Inactive, "the account is deactivated".to_owned()));
    }
    if snapshot.is_direct_unknown(user.id) {
        return Some((
            Obstacle::Unreadable,
            "what the account holds directly cannot be read, so nothing can be added to it".to_owned(),
        ));
    }
    None
}
