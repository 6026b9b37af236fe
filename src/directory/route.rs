//! Which way to read the users: all of them page by page, or only those that are named. Pure.

/// The most names that one `BulkResolveByName` takes (`uipath-api`, 5.3).
pub(super) const NAMES_PER_CALL: usize = 20;

/// What a call costs, in parts of a five-minute window, of 24,000 each: its share of the
/// published limit of its method (GET 300, POST 24,000; `uipath-api`, 6.1), and two parts for the
/// call itself, as a client makes some 12,000 calls in that time when nothing holds it back.
const CALL: u64 = 2;
const GET: u64 = 24_000 / 300 + CALL;
const POST: u64 = 1 + CALL;

/// How the users are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// The whole listing.
    Listing,
    /// Each name and id by itself.
    LookUp,
}

/// How many look-ups it would take.
#[derive(Debug, Clone, Copy)]
pub(super) struct LookUps {
    /// Searches and ids: a GET each.
    pub(super) singly: usize,
    /// Names to resolve in bulk: a POST for each twenty, if all are found.
    pub(super) in_bulk: usize,
}

/// The cheaper way, given how many pages of the listing are still to be read. The listing wins a
/// tie: it is exact, and knows whom a misspelt name may mean.
pub(super) fn choose(pages_left: u64, look_ups: LookUps) -> Route {
    let gets = look_ups.singly as u64;
    let posts = look_ups.in_bulk.div_ceil(NAMES_PER_CALL) as u64;
    if gets * GET + posts * POST < pages_left * GET {
        Route::LookUp
    } else {
        Route::Listing
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_way_that_costs_less_of_the_quota_is_taken() {
        use Route::{Listing, LookUp};
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
            assert_eq!(choose(pages_left, look_ups), expected, "{pages_left} {look_ups:?}");
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
            if choose(pages_left, LookUps { singly, in_bulk }) == Route::Listing {
                prop_assert_eq!(choose(pages_left, LookUps { singly, in_bulk: in_bulk + more }), Route::Listing);
                prop_assert_eq!(choose(pages_left, LookUps { singly: singly + more, in_bulk }), Route::Listing);
            }
        }
    }
}
