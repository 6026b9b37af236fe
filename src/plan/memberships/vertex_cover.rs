//! A minimum vertex cover of a bipartite graph, from a maximum matching (König's theorem).

use std::collections::VecDeque;

/// The users in a smallest set of calls and users that touches every change, with as few users as possible. Each call
/// is given by its users, numbered below `users`.
pub(super) fn covering_users(calls: &[&[usize]], users: usize) -> Vec<bool> {
    let mut matching = Matching {
        calls,
        partner: vec![None; calls.len()],
        partner_of: vec![None; users],
        found_by: vec![None; users],
        lost: vec![false; users],
    };
    // More calls than that fit into no memory.
    for call in 0..u32::try_from(calls.len()).unwrap_or(u32::MAX) {
        matching.grow_from(call);
    }
    matching.lost
}

/// Which of the calls: there is much to note of each user, and there may be a million.
type Call = u32;

struct Matching<'a> {
    calls: &'a [&'a [usize]],
    /// The user that a call is matched with.
    partner: Vec<Option<usize>>,
    /// The call that a user is matched with.
    partner_of: Vec<Option<Call>>,
    /// In the current search: its root, and the call from which the user was reached.
    found_by: Vec<Option<(Call, Call)>>,
    /// Reached by a search that found no path. No later search can find one through them, and they are exactly the
    /// users of the cover: those that alternating paths from unmatched calls reach.
    lost: Vec<bool>,
}

impl Matching<'_> {
    /// Grows the matching by one path from `root`, if there is one; breadth first, so no deep recursion.
    fn grow_from(&mut self, root: Call) {
        let mut reached = Vec::new();
        let mut frontier = VecDeque::from([root]);
        while let Some(call) = frontier.pop_front() {
            for user in self.calls[call as usize] {
                let seen = self.found_by[*user].is_some_and(|(search, _)| search == root);
                if seen || self.lost[*user] {
                    continue;
                }
                self.found_by[*user] = Some((root, call));
                match self.partner_of[*user] {
                    None => return self.flip(*user),
                    Some(next) => frontier.push_back(next),
                }
                reached.push(*user);
            }
        }
        for user in reached {
            self.lost[user] = true;
        }
    }

    /// Swaps matched and unmatched edges along the path that ends at `user`.
    fn flip(&mut self, user: usize) {
        let mut next = Some(user);
        while let Some(user) = next
            && let Some((_, call)) = self.found_by[user]
        {
            self.partner_of[user] = Some(call);
            next = self.partner[call as usize].replace(user);
        }
    }
}
