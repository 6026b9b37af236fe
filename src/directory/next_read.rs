//! What to read next of the users: the listing page by page, or only those who are named. Pure.

use super::paging::Paging;

/// The most names that one `BulkResolveByName` takes (`uipath-api`, 5.3).
pub(super) const NAMES_PER_CALL: usize = 20;

/// What a call costs, in parts of a five-minute window, of 24,000 each: its share of the
/// published limit of its method (GET 300, POST 24,000; `uipath-api`, 6.1), and two parts for the
/// call itself, as a client makes some 12,000 calls in that time when nothing holds it back.
const CALL: u64 = 2;
pub(super) const GET: u64 = 24_000 / 300 + CALL;
pub(super) const POST: u64 = 1 + CALL;

/// What to read next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NextRead {
    /// Nothing: no user is wanted.
    Nothing,
    /// The beginning of the listing, which shows how long it is and is often all there is.
    Beginning,
    /// The rest of the listing.
    Rest,
    /// Each name and id by itself.
    LookUps,
}

/// How much of the listing has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Listed {
    /// Nothing.
    Nothing,
    /// Its beginning.
    Beginning {
        /// How many pages follow; `None` if the server does not say how many users there are.
        pages_left: Option<u64>,
    },
}

impl Listed {
    /// How much of the listing with this paging has been read.
    pub(super) fn of(paging: &Paging) -> Self {
        if paging.is_begun() {
            let pages_left = paging.pages_left();
            Self::Beginning { pages_left }
        } else {
            Self::Nothing
        }
    }
}

/// How many look-ups it would take.
#[derive(Debug, Clone, Copy)]
pub(super) struct LookUps {
    /// Searches and ids: a GET each.
    pub(super) singly: usize,
    /// Names to resolve in bulk: a POST for each twenty, if all are found.
    pub(super) in_bulk: usize,
}

/// The cheapest way to go on. The listing wins a tie: it is exact, and a misspelt name can be
/// compared with every user.
pub(super) fn next_read(look_ups: LookUps, listed: Listed) -> NextRead {
    let Listed::Beginning { pages_left } = listed else {
        return match (look_ups.singly, look_ups.in_bulk) {
            (0, 0) => NextRead::Nothing,
            (1, 0) => NextRead::LookUps,
            _ => NextRead::Beginning,
        };
    };
    let gets = look_ups.singly as u64;
    let posts = look_ups.in_bulk.div_ceil(NAMES_PER_CALL) as u64;
    let cost = gets * GET + posts * POST;
    match pages_left {
        Some(pages) if cost < pages * GET => NextRead::LookUps,
        _ => NextRead::Rest,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn after_the_beginning(pages_left: u64, look_ups: LookUps) -> NextRead {
        let pages_left = Some(pages_left);
        next_read(look_ups, Listed::Beginning { pages_left })
    }

    #[test]
    fn the_beginning_of_the_listing_is_read_first_unless_one_look_up_is_enough() {
        for (singly, in_bulk, expected) in [
            (0, 0, NextRead::Nothing),
            (1, 0, NextRead::LookUps),
            (0, 1, NextRead::Beginning),
            (1, 1, NextRead::Beginning),
            (2, 0, NextRead::Beginning),
        ] {
            let look_ups = LookUps { singly, in_bulk };
            assert_eq!(next_read(look_ups, Listed::Nothing), expected, "{look_ups:?}");
        }
    }

    #[test]
    fn a_listing_of_unknown_length_is_read_whole() {
        let look_ups = LookUps { singly: 0, in_bulk: 2 };
        let listed = Listed::Beginning { pages_left: None };
        assert_eq!(next_read(look_ups, listed), NextRead::Rest);
    }

    #[test]
    fn the_way_that_costs_less_of_the_quota_is_taken() {
        use NextRead::{LookUps as LookUp, Rest as Listing};
        for (pages_left, singly, in_bulk, expected) in [
            // The first page was all there is.
            (0, 1, 0, Listing),
            (0, 0, 1, Listing),
            // A GET is a GET.
            (9, 8, 0, LookUp),
            (9, 9, 0, Listing),
            // Names that are resolved cost a twentieth of a POST each.
            (1, 0, 500, LookUp),
            (9, 0, 2_000, LookUp),
            (9, 0, 9_000, Listing),
            (9, 4, 2_500, LookUp),
            (9, 8, 100, LookUp),
            (9, 9, 100, Listing),
            // Very many POSTs take longer than some GETs, quota or not.
            (99, 0, 3_000, LookUp),
            (99, 0, 100_000, Listing),
        ] {
            let look_ups = LookUps { singly, in_bulk };
            assert_eq!(
                after_the_beginning(pages_left, look_ups),
                expected,
                "{pages_left} {look_ups:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn more_names_never_turn_the_choice_from_listing_to_look_up(
            pages_left in 0u64..200,
            singly in 0usize..200,
            in_bulk in 0usize..5_000,
            more in 0usize..5_000,
        ) {
            if after_the_beginning(pages_left, LookUps { singly, in_bulk }) == NextRead::Rest {
                prop_assert_eq!(after_the_beginning(pages_left, LookUps { singly, in_bulk: in_bulk + more }), NextRead::Rest);
                prop_assert_eq!(after_the_beginning(pages_left, LookUps { singly: singly + more, in_bulk }), NextRead::Rest);
            }
        }
    }
}
