//! A paged listing read whole, whatever size of page the server gives.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::{BoxFuture, try_join_all};
use futures::stream::{self, StreamExt, TryStreamExt};
use uuid::Uuid;

use super::Pages;
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
    /// Who is told of progress.
    pub(super) observer: Observer,
    /// What an entry is known by.
    pub(super) key: fn(&T) -> Uuid,
    /// Gets one page.
    pub(super) fetch: Fetch<'a, T>,
}

/// A listing whose first page is read.
pub(super) struct Begun<T> {
    /// The entries read so far.
    pub(super) items: Vec<T>,
    received: u64,
    total: Option<u64>,
    /// How many entries a page holds: what was asked for, or less where the server gives no more.
    step: u64,
}

impl<T> Begun<T> {
    /// How the listing comes, as far as its first page shows.
    pub(super) fn pages(&self, top: u32) -> Pages {
        let entries = self.total.unwrap_or(self.received);
        Pages::new(entries, self.step, top, self.total.is_some())
    }

    /// How many pages are still to be read; `None` where the server does not say how many entries there are.
    pub(super) fn pages_left(&self) -> Option<u64> {
        match self.total {
            _ if self.received == 0 => Some(0),
            Some(total) => Some(total.saturating_sub(self.received).div_ceil(self.step)),
            None => None,
        }
    }
}

/// Part of a listing.
struct Stretch<T> {
    items: Vec<T>,
    received: u64,
    /// The greatest number of entries in all that a page told.
    total: Option<u64>,
    /// Whether a page told another number than the first page did.
    moved: bool,
}

impl<T> Default for Stretch<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            received: 0,
            total: None,
            moved: false,
        }
    }
}

impl<T> Lister<'_, T> {
    /// The whole listing.
    pub(super) async fn all(&self) -> Result<Vec<T>, CallError> {
        Ok(self.whole().await?.0)
    }

    /// The whole listing, and how it came.
    pub(super) async fn whole(&self) -> Result<(Vec<T>, Pages), CallError> {
        let begun = self.begin().await?;
        let pages = begun.pages(self.top);
        let items = self.finish(begun).await?;
        let pages = pages.counted(items.len() as u64);
        Ok((items, pages))
    }

    /// The first page, and the second where the first came short, which tells how long pages are.
    pub(super) async fn begin(&self) -> Result<Begun<T>, CallError> {
        let first = (self.fetch)(0, self.top).await?.value;
        let mut begun = Begun {
            step: first.received.max(1),
            received: first.received,
            total: first.total,
            items: first.items,
        };
        self.tell(begun.received, begun.total);
        let short = begun.received < u64::from(self.top);
        if short && begun.pages_left().is_some_and(|left| left > 1) {
            let second = (self.fetch)(begun.received, self.top).await?.value;
            begun.step = begun.step.max(second.received);
            begun.received += second.received;
            begun.items.extend(second.items);
            self.tell(begun.received, begun.total);
            if second.received == 0 {
                begun.total = Some(begun.received);
            }
        }
        Ok(begun)
    }

    /// The rest of the listing. Each entry comes at least once. A listing that changed while it
    /// was read, so that entries may have slipped from one page to the one before, is read again.
    pub(super) async fn finish(&self, begun: Begun<T>) -> Result<Vec<T>, CallError> {
        if begun.pages_left() == Some(0) {
            return Ok(begun.items);
        }
        let mut whole = self.from(begun.received, begun.total, begun.step).await?;
        whole.received += begun.received;
        whole.items.extend(begun.items);
        if whole.moved || self.has_gaps(&whole) {
            let again = self.from(0, whole.total, begun.step).await?;
            whole.items.extend(again.items);
        }
        Ok(whole.items)
    }

    /// Whether fewer entries came than the server says there are. Entries that could not be read count as come.
    fn has_gaps(&self, stretch: &Stretch<T>) -> bool {
        let distinct: HashSet<Uuid> = stretch.items.iter().map(self.key).collect();
        let unreadable = stretch.received.saturating_sub(stretch.items.len() as u64);
        stretch
            .total
            .is_some_and(|total| (distinct.len() as u64) + unreadable < total)
    }

    /// Everything from `start` on: pages at once where it is known how many there are.
    async fn from(&self, start: u64, total: Option<u64>, step: u64) -> Result<Stretch<T>, CallError> {
        let Some(total) = total else {
            return self.to_the_end(start, step).await;
        };
        let ranges = (start..total)
            .step_by(usize::try_from(step).unwrap_or(usize::MAX))
            .map(|from| from..total.min(from.saturating_add(step)));
        let read = AtomicU64::new(start);
        let mut stretches = stream::iter(ranges)
            .map(|range| self.stretch(range, total, &read))
            .buffer_unordered(self.concurrency.max(1));
        let mut whole = Stretch::default();
        while let Some(stretch) = stretches.try_next().await? {
            whole.moved |= stretch.moved;
            whole.total = whole.total.max(stretch.total);
            whole.received += stretch.received;
            whole.items.extend(stretch.items);
        }
        Ok(whole)
    }

    /// The entries of a range, which one page holds as a rule. Where it comes short, on by the number received.
    async fn stretch(&self, range: Range<u64>, total: u64, read: &AtomicU64) -> Result<Stretch<T>, CallError> {
        let mut stretch = Stretch {
            total: Some(total),
            ..Stretch::default()
        };
        let mut at = range.start;
        while at < range.end {
            let top = u32::try_from(range.end - at).unwrap_or(self.top);
            let page = (self.fetch)(at, top).await?.value;
            let told = page.total.unwrap_or(total);
            stretch.moved |= told != total;
            stretch.total = stretch.total.max(Some(told));
            if page.received == 0 {
                break;
            }
            at += page.received;
            stretch.received += page.received;
            stretch.items.extend(page.items);
            let read = read.fetch_add(page.received, Ordering::Relaxed) + page.received;
            self.tell(read, stretch.total);
        }
        Ok(stretch)
    }

    /// The rest of a listing that does not say how long it is: to an empty page, or one that brings
    /// nothing new, as a server gives which knows no `skip`. As long as pages come full, twice as
    /// many are asked for at once as before.
    async fn to_the_end(&self, start: u64, mut step: u64) -> Result<Stretch<T>, CallError> {
        let mut stretch = Stretch::default();
        let mut known = HashSet::new();
        let mut at_once: u64 = 1;
        loop {
            let skips = (0..at_once).map(|page| start + stretch.received + page * step);
            let pages = try_join_all(skips.map(|skip| (self.fetch)(skip, self.top))).await?;
            at_once = (at_once * 2).min(self.concurrency.max(1) as u64);
            for Answer { value: page, .. } in pages {
                let known_before = known.len();
                known.extend(page.items.iter().map(self.key));
                if known.len() == known_before {
                    return Ok(stretch);
                }
                stretch.received += page.received;
                stretch.items.extend(page.items);
                self.tell(start + stretch.received, None);
                if page.received != step {
                    // The pages after this one began at the wrong place, and most likely this is the last.
                    step = step.max(page.received);
                    at_once = 1;
                    break;
                }
            }
        }
    }

    fn tell(&self, read: u64, total: Option<u64>) {
        (self.observer)(Event::Reading {
            what: self.what,
            read,
            total,
        });
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;
    use std::sync::{Arc, Mutex};

    use futures::FutureExt;
    use proptest::prelude::*;

    use super::*;
    use crate::api::Receipt;
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
        /// From the second call on, one entry more stands at the front.
        grows: bool,
        knows_skip: bool,
        /// Every tenth entry cannot be read.
        unreadable: bool,
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
                knows_skip: true,
                unreadable: false,
                asked: Arc::default(),
            }
        }
    }

    impl Server {
        fn page(&self, skip: u64, top: u32) -> Page<u64> {
            let mut asked = self.asked.lock().unwrap();
            asked.push((skip, top));
            let grown = self.grows && asked.len() > 1;
            let total = self.total + u64::from(grown);
            let mut size = u64::from(top).min(self.cap);
            if self.short_at == Some(skip) {
                size = (size / 2).max(1);
            }
            let skip = if self.knows_skip { skip } else { 0 };
            let end = total.min(skip + size);
            // What stands at the front pushes all others one place on.
            let entries = (skip..end).map(|place| {
                if !grown {
                    place
                } else if place == 0 {
                    self.total
                } else {
                    place - 1
                }
            });
            Page {
                items: entries.filter(|entry| !self.unreadable || entry % 10 != 0).collect(),
                received: end.saturating_sub(skip),
                total: self.tells_total.then_some(total),
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
        for (total, calls) in [(0, 1), (5, 2), (10, 2), (15, 3), (95, 13), (1_000, 104)] {
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
        assert_eq!(server.read(10), ((0..10).collect(), 4));
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
    fn entries_that_cannot_be_read_are_no_gaps() {
        let server = Server {
            unreadable: true,
            ..Server::default()
        };
        let (read, calls) = server.read(10);
        assert_eq!((read.len(), calls), (85, 10));
    }

    #[test]
    fn the_progress_that_is_told_ends_at_the_total() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let teller = Arc::clone(&told);
        let observer: Observer = Arc::new(move |event| {
            if let Event::Reading { read, total, .. } = event {
                teller.lock().unwrap().push((read, total));
            }
        });
        wait_for(Server::default().lister(10, observer).all()).unwrap();
        let told = told.lock().unwrap();
        assert_eq!(told.first(), Some(&(10, Some(95))));
        assert_eq!(told.last(), Some(&(95, Some(95))));
        assert!(told.is_sorted());
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
            let server = Server { total, tells_total, cap, short_at, ..Server::default() };
            let size = u64::from(top).min(cap);
            let calls = server.reads_all(top) as u64;
            // At the short page and at the end, as many calls as may be on their way were sent ahead.
            prop_assert!(calls <= total.div_ceil(size).max(1) + 2 * 4, "{calls} calls");
        }

        #[test]
        fn what_a_listing_will_take_once_it_has_grown_or_shrunk_is_foretold_exactly(
            total in 0u64..300,
            top in 1u32..60,
            cap in 1u64..60,
            tells_total: bool,
            come in 0u64..100,
            gone in 0u64..100,
        ) {
            // How much a page holds at most shows only once there are more.
            prop_assume!(cap >= u64::from(top) || total > cap);
            let server = Server { total, tells_total, cap, ..Server::default() };
            let (_, pages) = wait_for(server.lister(top, silent()).whole()).unwrap();
            let pages = pages.changed(come, gone);
            let later = Server { total: pages.entries, tells_total, cap, ..Server::default() };
            prop_assert_eq!(pages.calls(4), later.reads_all(top) as u64);
        }
    }
}
