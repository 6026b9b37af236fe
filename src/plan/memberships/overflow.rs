//! Users whose own PUT is worth its call because each of their groups needs one call more with them than without.

use std::collections::HashMap;

use super::group_calls::Groups;

/// The maximum number of memberships examined: finding the best choice means trying, and a sheet of a million
/// memberships should be planned within seconds.
const EFFORT: usize = 50_000_000;

/// Picks, one after the other, the users who bring the most groups closest to saving a call; of these, as many as give
/// the fewest calls in total.
///
/// If a group overflows by *r* changes, each of its changes is worth 1/*r* of a call. If no user's changes together are
/// worth more than one call, no choice of users can save anything: each saved call takes changes worth one call, so it
/// would cost at least as many PUTs as it saves.
pub(super) fn worth_a_call(groups: &Groups, users: usize) -> Vec<bool> {
    let mut overflows: Vec<Overflow> = groups
        .list
        .iter()
        .map(|group| Overflow::of(group.bound, group.members.len(), groups.chunk))
        .collect();
    let mut waiting = in_several_groups(groups, users);
    let visits: usize = waiting.iter().map(|(_, places)| places.len()).sum();
    let mut chosen: Vec<usize> = Vec::new();
    let (mut saved, mut best) = (0_i64, (0_i64, 0));
    for _ in 0..EFFORT / visits.max(1) {
        let worth = |(_, places): &(usize, Vec<usize>)| places.iter().map(|place| overflows[*place].worth()).sum();
        let worths = waiting.iter().map(worth).enumerate();
        let Some((position, worth)) = worths.max_by(|one: &(usize, f64), other| one.1.total_cmp(&other.1)) else {
            break;
        };
        if worth <= 1.0 + 1e-9 {
            break;
        }
        let (user, places) = waiting.swap_remove(position);
        chosen.push(user);
        saved -= 1;
        for place in places {
            saved += i64::from(overflows[place].take_one(groups.chunk));
        }
        if saved > best.0 {
            best = (saved, chosen.len());
        }
    }
    let mut sends = vec![false; users];
    for user in &chosen[..best.1] {
        sends[*user] = true;
    }
    sends
}

/// The users with changes in more than one group, and those groups; for anybody else a PUT saves no more than it costs.
fn in_several_groups(groups: &Groups, users: usize) -> Vec<(usize, Vec<usize>)> {
    let mut counts = vec![0_u32; users];
    for user in groups.list.iter().flat_map(|group| &group.members) {
        counts[*user] += 1;
    }
    let mut places: HashMap<usize, Vec<usize>> = HashMap::new();
    for (place, group) in groups.list.iter().enumerate() {
        for user in group.members.iter().filter(|user| counts[**user] > 1) {
            places.entry(*user).or_default().push(place);
        }
    }
    let mut list: Vec<_> = places.into_iter().collect();
    list.sort_unstable();
    list
}

/// By how much a group exceeds a number of full calls.
struct Overflow {
    /// How many changes must be made elsewhere to save one call.
    by: usize,
    /// How many can be.
    movable: usize,
}

impl Overflow {
    fn of(bound: usize, movable: usize, chunk: usize) -> Self {
        Self {
            by: (bound + movable).saturating_sub(1) % chunk + 1,
            movable,
        }
    }

    /// The fraction of a call that one change is worth.
    fn worth(&self) -> f64 {
        if self.by > self.movable {
            return 0.0;
        }
        u32::try_from(self.by).map_or(0.0, |by| 1.0 / f64::from(by))
    }

    /// One change is made elsewhere; returns whether that saves a call.
    fn take_one(&mut self, chunk: usize) -> bool {
        self.movable -= 1;
        self.by -= 1;
        let saves = self.by == 0;
        if saves {
            self.by = chunk;
        }
        saves
    }
}
