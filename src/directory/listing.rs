//! Reads a paged listing, whatever size of page the server gives. Which pages to ask for is [`Paging`]'s to decide.

use std::hash::BuildHasher;

use foldhash::HashSet;
use foldhash::fast::RandomState;
use futures::FutureExt;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, TryStreamExt};
use hashbrown::HashTable;
use uuid::Uuid;

use super::paging::{ListingShape, PageCounts, PageRequest, Paging, Taken};
use crate::api::{Answer, CallError, Page};
use crate::event::{Event, Observer};

/// Gets one page by `skip` and `top`.
pub(super) type Fetch<'a, T> =
    Box<dyn Fn(u64, u32) -> BoxFuture<'a, Result<Answer<Page<T>>, CallError>> + Send + Sync + 'a>;

/// How one listing is read.
pub(super) struct Lister<'a, T> {
    /// What is listed, as [`Event::Reading`] names it.
    pub(super) what: &'static str,
    /// How many entries to ask for at once.
    pub(super) top: u32,
    /// How many pages may be on their way at once.
    pub(super) concurrency: usize,
    /// Who hears of progress.
    pub(super) observer: Observer,
    /// What an entry is known by.
    pub(super) key: fn(&T) -> Uuid,
    /// Gets one page.
    pub(super) fetch: Fetch<'a, T>,
}

/// A partly read listing.
pub(super) struct PartialListing<T> {
    items: Vec<T>,
    /// The places of items, found by their keys: a set of the keys would take three times as much.
    places: HashTable<u32>,
    hasher: RandomState,
    paging: Paging,
}

impl<T> PartialListing<T> {
    /// How far it has been read.
    pub(super) fn paging(&self) -> &Paging {
        &self.paging
    }

    /// The entries that have come so far.
    pub(super) fn items(&self) -> &[T] {
        &self.items
    }

    /// The entries that have come.
    pub(super) fn into_items(self) -> Vec<T> {
        self.items
    }
}

/// A listing that was read to its end.
pub(super) struct WholeListing<T> {
    /// Each entry at least once; of one that came several times, what was read last comes first.
    pub(super) items: Vec<T>,
    /// How it came.
    pub(super) shape: ListingShape,
    /// Whether what came fits together; else entries may be missing.
    pub(super) is_steady: bool,
}

/// For how many entries there is room from the beginning at most, whatever number the server says.
const MOST_ROOM: usize = 1 << 21;

/// How often a listing that names no total is read again while it keeps bringing entries that were passed over before.
const MOST_READINGS_AGAIN: usize = 3;

impl<T> Lister<'_, T> {
    /// The whole listing.
    pub(super) async fn all(&self) -> Result<Vec<T>, CallError> {
        Ok(self.whole().await?.0)
    }

    /// The whole listing, and how it came.
    pub(super) async fn whole(&self) -> Result<(Vec<T>, ListingShape), CallError> {
        let whole = self.finish(self.unread()).await?;
        Ok((whole.items, whole.shape))
    }

    /// The listing before anything of it is read.
    pub(super) fn unread(&self) -> PartialListing<T> {
        PartialListing {
            items: Vec::new(),
            places: HashTable::new(),
            hasher: RandomState::default(),
            paging: Paging::new(self.top, self.concurrency as u64),
        }
    }

    /// Whether the entry of this key has come.
    pub(super) fn has_read(&self, listing: &PartialListing<T>, key: Uuid) -> bool {
        let is_it = |place: &u32| (self.key)(&listing.items[*place as usize]) == key;
        listing.places.find(listing.hasher.hash_one(key), is_it).is_some()
    }

    /// Reads the beginning: the first page, and the second where the first came short.
    pub(super) async fn begin(&self, listing: &mut PartialListing<T>) -> Result<(), CallError> {
        self.read(listing, Paging::is_begun).await
    }

    /// Reads what is missing, and says how the whole listing came. One that names no total is read again until it is
    /// steady, or brings nothing new.
    pub(super) async fn finish(&self, listing: PartialListing<T>) -> Result<WholeListing<T>, CallError> {
        let mut whole = self.finish_once(listing).await?;
        if whole.shape.tells_total || whole.is_steady {
            return Ok(whole);
        }
        let mut known: HashSet<Uuid> = whole.items.iter().map(self.key).collect();
        for _ in 0..MOST_READINGS_AGAIN {
            let again = self.finish_once(self.unread()).await?;
            if again.is_steady {
                return Ok(again);
            }
            let before = known.len();
            known.extend(again.items.iter().map(self.key));
            // What was read last counts.
            whole.items = again.items.into_iter().chain(whole.items).collect();
            if known.len() == before {
                break;
            }
        }
        Ok(whole)
    }

    async fn finish_once(&self, mut listing: PartialListing<T>) -> Result<WholeListing<T>, CallError> {
        self.begin(&mut listing).await?;
        let entries = usize::try_from(listing.paging.shape().entries).unwrap_or(usize::MAX);
        // Growing by doubling would move them all again and again, and hold them twice meanwhile.
        let room = entries.min(MOST_ROOM).saturating_sub(listing.items.len());
        listing.items.reserve_exact(room);
        let (items, hasher) = (&listing.items, &listing.hasher);
        let hash = |place: &u32| hasher.hash_one((self.key)(&items[*place as usize]));
        listing.places.reserve(room, hash);
        self.read(&mut listing, Paging::is_done).await?;
        // Whoever collects the entries keeps the first of those with one key.
        listing.items.reverse();
        // One that two pages share stands there twice in a row.
        listing.items.dedup_by_key(|item| (self.key)(item));
        Ok(WholeListing {
            items: listing.items,
            shape: listing.paging.shape(),
            is_steady: listing.paging.is_steady(),
        })
    }

    /// Fetches the pages that are asked for until enough has been read. If one fails, the listing is as if unread: what was
    /// asked for and has not come must not be taken for its end.
    async fn read(&self, listing: &mut PartialListing<T>, is_enough: fn(&Paging) -> bool) -> Result<(), CallError> {
        let read = self.fetch_pages(listing, is_enough).await;
        if read.is_err() {
            *listing = self.unread();
        }
        read
    }

    async fn fetch_pages(
        &self,
        listing: &mut PartialListing<T>,
        is_enough: fn(&Paging) -> bool,
    ) -> Result<(), CallError> {
        let mut fetches = FuturesUnordered::new();
        let mut arrived = Vec::new();
        while !is_enough(&listing.paging) {
            while let Some(request) = listing.paging.next_request() {
                let fetch = (self.fetch)(request.skip, request.top);
                fetches.push(fetch.map(move |answer| answer.map(|answer| (request, answer.value))));
            }
            let Some(page) = fetches.try_next().await? else { break };
            arrived.push(page);
            while let Some(place) = arrived.iter().position(|(request, _)| listing.paging.is_due(request)) {
                let (request, page) = arrived.swap_remove(place);
                self.take(listing, &request, page);
            }
        }
        Ok(())
    }

    fn take(&self, listing: &mut PartialListing<T>, request: &PageRequest, page: Page<T>) {
        let keys = || page.items.iter().map(self.key);
        let has_come = |key: &Uuid| self.has_read(listing, *key);
        let new: HashSet<Uuid> = keys().filter(|key| !has_come(key)).collect();
        let counts = PageCounts {
            received: page.received,
            readable: page.items.len() as u64,
            new: new.len() as u64,
            repeated: keys().take_while(has_come).count() as u64,
            total: page.total,
        };
        if listing.paging.take(request, counts) == Taken::Dropped {
            // Its entries come again.
            return;
        }
        self.add(listing, page.items);
        let (read, total) = listing.paging.progress();
        let what = self.what;
        (self.observer)(Event::Reading { what, read, total });
    }

    fn add(&self, listing: &mut PartialListing<T>, new: Vec<T>) {
        let before = listing.items.len();
        listing.items.extend(new);
        let items = &listing.items;
        let hash = |item: &T| listing.hasher.hash_one((self.key)(item));
        // No listing comes near four thousand million entries.
        let places = u32::try_from(before).unwrap_or(u32::MAX)..;
        for (place, item) in places.zip(&items[before..]) {
            listing
                .places
                .insert_unique(hash(item), place, |place| hash(&items[*place as usize]));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;
    use std::sync::{Arc, Mutex};

    use proptest::prelude::*;

    use super::*;
    use crate::api::Receipt;
    use crate::directory::forecast::listing_calls;
    use crate::event::silent;

    /// A server's listing of the numbers below `total`, and what was asked of it.
    #[derive(Clone)]
    #[expect(clippy::struct_excessive_bools, reason = "independent quirks")]
    struct Server {
        total: u64,
        tells_total: bool,
        /// The most entries on a page.
        cap: u64,
        /// Pages that begin here come short by half.
        short_at: Option<u64>,
        /// From the second call on, there is one entry more at the front.
        grows: bool,
        /// From the second call on, the first entry is gone.
        shrinks: bool,
        knows_skip: bool,
        /// Every tenth entry cannot be read.
        unreadable: bool,
        /// What it says there are, if that is wrong.
        told: Option<u64>,
        /// Pages after the first begin one entry too early.
        overlaps: bool,
        asked: Arc<Mutex<Vec<(u64, u32)>>>,
    }

    impl Default for Server {
        fn default() -> Self {
            Self {
                total: 95,
                tells_total: true,
                cap: 1_000,
                short_at: None,
                grows: false,
                shrinks: false,
                knows_skip: true,
                unreadable: false,
                told: None,
                overlaps: false,
                asked: Arc::default(),
            }
        }
    }

    impl Server {
        fn page(&self, skip: u64, top: u32) -> Page<u64> {
            let mut asked = self.asked.lock().unwrap();
            asked.push((skip, top));
            let (grown, shrunk) = (self.grows && asked.len() > 1, self.shrinks && asked.len() > 1);
            let total = self.total + u64::from(grown) - u64::from(shrunk);
            let mut size = u64::from(top).min(self.cap);
            if self.short_at == Some(skip) {
                size = (size / 2).max(1);
            }
            let skip = if self.knows_skip { skip } else { 0 };
            let skip = skip.saturating_sub(u64::from(self.overlaps));
            let end = total.min(skip + size);
            // The entry at the front moves all others one place back.
            let entries = (skip..end).map(|place| {
                if !grown {
                    place + u64::from(shrunk)
                } else if place == 0 {
                    self.total
                } else {
                    place - 1
                }
            });
            Page {
                items: entries.filter(|entry| !self.unreadable || entry % 10 != 0).collect(),
                received: end.saturating_sub(skip),
                total: self.tells_total.then_some(self.told.unwrap_or(total)),
            }
        }

        fn lister(&self, top: u32, observer: Observer) -> Lister<'static, u64> {
            let server = self.clone();
            Lister {
                what: "numbers",
                top,
                concurrency: 4,
                observer,
                key: |entry| Uuid::from_u128(u128::from(*entry)),
                fetch: Box::new(move |skip, top| {
                    let value = server.page(skip, top);
                    let receipt = Receipt::default();
                    ready(Ok(Answer { value, receipt })).boxed()
                }),
            }
        }

        /// What is read, in order, and how many calls it took.
        fn read(&self, top: u32) -> (Vec<u64>, usize) {
            let mut read = wait_for(self.lister(top, silent()).all()).unwrap();
            read.sort_unstable();
            read.dedup();
            (read, self.asked.lock().unwrap().len())
        }

        fn reads_all(&self, top: u32) -> usize {
            let (read, calls) = self.read(top);
            assert_eq!(read, (0..self.total).collect::<Vec<_>>());
            calls
        }
    }

    fn wait_for<T>(future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(future)
    }

    #[test]
    fn a_listing_takes_one_call_a_page_and_none_more() {
        for (total, calls) in [(0, 1), (1, 1), (10, 1), (11, 2), (95, 10), (100, 10)] {
            let server = Server {
                total,
                ..Server::default()
            };
            assert_eq!(server.reads_all(10), calls, "{total}");
        }
    }

    #[test]
    fn a_server_that_gives_less_than_asked_is_read_by_what_it_gives() {
        let server = Server {
            cap: 10,
            ..Server::default()
        };
        assert_eq!(server.reads_all(1_000), 10);
    }

    #[test]
    fn a_first_page_that_comes_short_does_not_make_all_pages_short() {
        let server = Server {
            short_at: Some(0),
            ..Server::default()
        };
        assert_eq!(server.reads_all(10), 10);
    }

    #[test]
    fn a_page_that_comes_short_half_way_leaves_no_gap() {
        let server = Server {
            short_at: Some(40),
            ..Server::default()
        };
        assert_eq!(server.reads_all(10), 11);
    }

    #[test]
    fn a_listing_without_a_total_is_read_to_an_empty_page_with_few_calls_too_many() {
        // One page has ten entries, and nine that the page before it does not have.
        for (total, calls) in [(0, 1), (5, 2), (10, 2), (15, 3), (95, 13), (1_000, 112)] {
            let server = Server {
                total,
                tells_total: false,
                ..Server::default()
            };
            assert_eq!(server.reads_all(10), calls, "{total}");
        }
    }

    #[test]
    fn a_server_that_knows_no_skip_cannot_keep_the_reading_going() {
        let server = Server {
            tells_total: false,
            knows_skip: false,
            ..Server::default()
        };
        // Entries that came twice make it read once more.
        assert_eq!(server.read(10), ((0..10).collect(), 3 + 3));
    }

    #[test]
    fn a_listing_that_grew_while_it_was_read_is_read_again() {
        let server = Server {
            grows: true,
            ..Server::default()
        };
        let (read, calls) = server.read(10);
        assert_eq!(read, (0..=95).collect::<Vec<_>>());
        assert_eq!(calls, 10 + 10);
    }

    #[test]
    fn a_listing_of_unknown_length_that_changed_while_it_was_read_is_read_again_until_it_fits_together() {
        for (grows, shrinks, remain) in [(true, false, 0..96), (false, true, 1..95)] {
            let server = Server {
                grows,
                shrinks,
                tells_total: false,
                ..Server::default()
            };
            let lister = server.lister(10, silent());
            let whole = wait_for(lister.finish(lister.unread())).unwrap();
            assert!(whole.is_steady);
            let mut read = whole.items;
            read.sort_unstable();
            assert_eq!(read, remain.collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_listing_whose_pages_overlap_or_whose_total_is_wrong_is_not_steady() {
        let steady =
            |server: &Server| wait_for(server.lister(10, silent()).finish(server.lister(10, silent()).unread()));
        let server = Server::default();
        assert!(steady(&server).unwrap().is_steady);
        let unreadable = Server {
            unreadable: true,
            ..Server::default()
        };
        assert!(steady(&unreadable).unwrap().is_steady);
        for told in [94, 96] {
            let wrong = Server {
                told: Some(told),
                ..Server::default()
            };
            let whole = steady(&wrong).unwrap();
            assert!(!whole.is_steady, "{told}");
            let read: HashSet<u64> = whole.items.into_iter().collect();
            assert_eq!(read, (0..95).collect(), "{told}");
        }
        for tells_total in [true, false] {
            let overlapping = Server {
                overlaps: true,
                tells_total,
                ..Server::default()
            };
            assert!(!steady(&overlapping).unwrap().is_steady, "{tells_total}");
        }
    }

    #[test]
    fn entries_that_cannot_be_read_are_no_gaps() {
        let server = Server {
            unreadable: true,
            ..Server::default()
        };
        let (read, calls) = server.read(10);
        assert_eq!((read.len(), calls), (85, 10));
    }

    #[test]
    fn the_progress_that_is_reported_ends_at_the_total() {
        let reported = Arc::new(Mutex::new(Vec::new()));
        let recorder = Arc::clone(&reported);
        let observer: Observer = Arc::new(move |event| {
            if let Event::Reading { read, total, .. } = event {
                recorder.lock().unwrap().push((read, total));
            }
        });
        wait_for(Server::default().lister(10, observer).all()).unwrap();
        let reported = reported.lock().unwrap();
        assert_eq!(reported.first(), Some(&(10, Some(95))));
        assert_eq!(reported.last(), Some(&(95, Some(95))));
        assert!(reported.is_sorted());
    }

    proptest! {
        #[test]
        fn whatever_the_pages_are_like_every_entry_is_read(
            total in 0u64..300,
            top in 1u32..60,
            cap in 1u64..60,
            short_at in proptest::option::of(0u64..300),
            tells_total: bool,
        ) {
            // That a page of two or three brings the entry that it shares with the one before it, and nothing else, is the end.
            prop_assume!(tells_total || u64::from(top).min(cap) > 3);
            let server = Server { total, tells_total, cap, short_at, ..Server::default() };
            // Where the length is unknown, pages share an entry.
            let size = u64::from(top).min(cap) - u64::from(!tells_total);
            let calls = server.reads_all(top) as u64;
            // At the short page and at the end, as many calls as may be on their way were sent ahead.
            prop_assert!(calls <= total.div_ceil(size).max(1) + 2 * 4, "{calls} calls");
        }

        #[test]
        fn the_calls_for_a_listing_that_has_grown_or_shrunk_are_forecast_exactly(
            total in 0u64..300,
            top in 1u32..60,
            cap in 1u64..60,
            tells_total: bool,
            added in 0u64..100,
            removed in 0u64..100,
        ) {
            // How much a page holds at most shows only once there are more.
            prop_assume!(cap >= u64::from(top) || total > cap);
            let server = Server { total, tells_total, cap, ..Server::default() };
            let (_, shape) = wait_for(server.lister(top, silent()).whole()).unwrap();
            let shape = shape.changed(added, removed);
            let later = Server { total: shape.entries, tells_total, cap, ..Server::default() };
            prop_assert_eq!(listing_calls(shape, 4), later.reads_all(top) as u64);
        }
    }
}
