//! Which pages of a listing to ask for, and when all of it has come.
//!
//! Pure: whoever drives a [`Paging`] fetches the pages it asks for and hands back what they brought. The driver that
//! talks to a server is [`Lister`](super::listing::Lister); [`forecast`](super::forecast) drives it with simulated
//! pages, so that what is forecast is what a run does.

use std::collections::VecDeque;
use std::ops::Range;

/// A page to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageRequest {
    /// How many entries to pass over.
    pub(super) skip: u64,
    /// How many entries to ask for.
    pub(super) top: u32,
}

/// What a page brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct PageCounts {
    /// Its entries.
    pub(super) received: u64,
    /// Those of them that could be read.
    pub(super) readable: u64,
    /// Those of them that no page before it brought.
    pub(super) new: u64,
    /// How many entries in a row, from its first on, pages before it brought.
    pub(super) repeated: u64,
    /// How many entries the listing has, where the server says so.
    pub(super) total: Option<u64>,
}

/// Whether to keep the entries of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// They are part of the listing.
    Kept,
    /// The page brought nothing, or began at the wrong place.
    Dropped,
}

/// A listing while it is read.
///
/// It is read in two parts. The beginning is the first page, and the second where the first came short; it shows how
/// long pages are and, as a rule, how many there are. Whoever reads may stop there ([`is_begun`](Self::is_begun)).
/// The rest is read side by side where the server says how many entries there are, else in rounds up to the end.
///
/// That entries have moved from one page to another shows by their number where the server says it. Where it does not,
/// each page is asked for from the last entry of the one before it: if it begins with that entry, nothing that stayed in
/// the listing is missing between the two, whenever each was read. If it does not, the rest is read without that, and
/// the listing is not [steady](Self::is_steady).
#[derive(Debug)]
pub(super) struct Paging {
    top: u32,
    at_once: u64,
    /// The most entries that a page of the beginning, or of a round, held; at least 1.
    page: u64,
    /// The greatest number of entries that the server has said there are.
    total: Option<u64>,
    /// How many entries have come in this pass over the listing; one that two pages share counts once.
    received: u64,
    /// Those of them that could be read.
    readable: u64,
    /// Those of them that differ from all others.
    distinct: u64,
    /// How many different entries have come in all passes.
    known: u64,
    /// Whether an entry came twice in a pass, or more came than the server says there are, or a page did not begin with
    /// the last entry of the one before it.
    is_odd: bool,
    /// Requests whose pages have not been taken in.
    under_way: u64,
    phase: Phase,
}

#[derive(Debug)]
enum Phase {
    FirstPage,
    SecondPage,
    Begun,
    SideBySide(SideBySide),
    Rounds(Round),
    Done,
}

/// A pass over a listing of known length, its pages read independently of each other.
#[derive(Debug)]
struct SideBySide {
    /// The places that have not been asked for yet.
    unasked: Range<u64>,
    /// The places that were missing from pages that came short.
    missing: VecDeque<Range<u64>>,
    /// How many entries there were when the pass began.
    total: u64,
    /// Whether a page gave another total.
    moved: bool,
    pass: Pass,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    First,
    Second,
}

/// Pages of a listing of unknown length that are asked for at once and taken in in order.
#[derive(Debug)]
struct Round {
    /// How many pages there are in this round.
    size: u64,
    /// With how many entries of the page before it each page begins.
    overlap: u64,
    /// Where the pages begin that have not been asked for.
    to_ask: VecDeque<u64>,
    /// Where the pages begin that have not been taken in.
    to_take: VecDeque<u64>,
    state: RoundState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RoundState {
    /// Every page so far was full.
    Full,
    /// A page was not as long as those before it, so the pages after it began at the wrong place.
    Misplaced,
    /// A page did not begin with the last entry of the one before it.
    Torn,
    /// A page brought nothing new.
    Ended,
}

impl Paging {
    /// A listing of which `top` entries are asked for at once, on at most `at_once` pages at a time.
    pub(super) fn new(top: u32, at_once: u64) -> Self {
        Self {
            top,
            at_once: at_once.max(1),
            page: 1,
            total: None,
            received: 0,
            readable: 0,
            distinct: 0,
            known: 0,
            is_odd: false,
            under_way: 0,
            phase: Phase::FirstPage,
        }
    }

    /// Whether the beginning has been read.
    pub(super) fn is_begun(&self) -> bool {
        !matches!(self.phase, Phase::FirstPage | Phase::SecondPage)
    }

    /// Whether all of the listing has been read.
    pub(super) fn is_done(&self) -> bool {
        matches!(self.phase, Phase::Done)
    }

    /// How many pages follow those that were read, while the beginning is all that was; `None` if the server does
    /// not say how many entries there are.
    pub(super) fn pages_left(&self) -> Option<u64> {
        if self.received == 0 {
            return Some(0);
        }
        let total = self.total?;
        Some(total.saturating_sub(self.received).div_ceil(self.page))
    }

    /// How many entries have come, and how many there are where the server says so.
    pub(super) fn progress(&self) -> (u64, Option<u64>) {
        (self.received, self.total)
    }

    /// How the listing comes, as far as the pages show that were read.
    pub(super) fn shape(&self) -> ListingShape {
        let entries = self.total.unwrap_or(self.received);
        // A page that held everything does not show how many entries it might have held.
        let page = if entries > self.page {
            self.page
        } else {
            u64::from(self.top)
        };
        ListingShape {
            entries,
            top: self.top,
            page,
            tells_total: self.total.is_some(),
        }
    }

    /// Whether everything that came fits together. Of a listing that is not steady entries may be missing: unsorted
    /// pages, for one, repeat some and pass over others (`uipath-api`, 10).
    pub(super) fn is_steady(&self) -> bool {
        let unreadable = self.received.saturating_sub(self.readable);
        !self.is_odd && self.total.is_none_or(|total| self.known + unreadable == total)
    }

    /// The next page to ask for; `None` while pages that are under way have to come first, and at the end.
    pub(super) fn next_request(&mut self) -> Option<PageRequest> {
        if matches!(self.phase, Phase::Begun) {
            self.phase = match self.total {
                Some(total) => Phase::SideBySide(SideBySide::new(self.received..total, Pass::First)),
                None => Phase::Rounds(self.round(1)),
            };
        }
        let (skip, top) = (self.received, self.top);
        let request = match &mut self.phase {
            Phase::FirstPage | Phase::SecondPage if self.under_way == 0 => PageRequest { skip, top },
            Phase::SideBySide(pages) if self.under_way < self.at_once => pages.next_request(self.page)?,
            Phase::Rounds(round) => round.to_ask.pop_front().map(|skip| PageRequest { skip, top })?,
            Phase::FirstPage | Phase::SecondPage | Phase::SideBySide(_) | Phase::Begun | Phase::Done => return None,
        };
        self.under_way += 1;
        Some(request)
    }

    /// Whether the page of this request must be taken in before any other in flight. The end of a listing of unknown
    /// length is a page that brings nothing new, and what is new depends on the pages before it.
    pub(super) fn is_due(&self, request: &PageRequest) -> bool {
        match &self.phase {
            Phase::Rounds(round) => round.to_take.front() == Some(&request.skip),
            _ => true,
        }
    }

    /// Takes in what the page of this request brought, which must be [due](Self::is_due).
    pub(super) fn take(&mut self, request: &PageRequest, page: PageCounts) -> Taken {
        self.under_way = self.under_way.saturating_sub(1);
        match &mut self.phase {
            Phase::FirstPage => {
                self.total = page.total.map(|total| total.max(page.received));
                self.is_odd |= self.total != page.total;
                self.count(page);
                self.page = page.received.max(1);
                let is_short = page.received < u64::from(self.top);
                // A first page may be short by chance, and requests for the rest are made by the length of a page. If a
                // single page is left, that length does not matter.
                if is_short && self.pages_left().is_some_and(|left| left > 1) {
                    self.phase = Phase::SecondPage;
                } else {
                    self.begun();
                }
                Taken::Kept
            }
            Phase::SecondPage => {
                self.count(page);
                self.page = self.page.max(page.received);
                if page.received == 0 {
                    self.total = Some(self.received);
                }
                self.begun();
                Taken::Kept
            }
            Phase::SideBySide(pages) => {
                let total = page.total.unwrap_or(pages.total);
                let ends_at = pages.take(request, page.received, total);
                self.is_odd |= ends_at > total;
                let total = total.max(ends_at);
                let is_over = self.under_way == 0 && pages.is_asked();
                self.total = self.total.max(Some(total));
                self.count(page);
                if is_over {
                    self.end_pass();
                }
                kept_if(page.received > 0)
            }
            Phase::Rounds(round) => {
                let taken = round.take(page, self.page);
                let over = round.to_take.is_empty().then_some((round.state, round.size));
                if taken == Taken::Kept {
                    // What it shares with the page before it has been counted.
                    let more = PageCounts {
                        received: page.received - round.overlap,
                        readable: page.readable - round.overlap,
                        ..page
                    };
                    self.count(more);
                    self.page = self.page.max(page.received);
                }
                if let Some((state, size)) = over {
                    self.end_round(state, size);
                }
                taken
            }
            Phase::Begun | Phase::Done => Taken::Dropped,
        }
    }

    fn count(&mut self, page: PageCounts) {
        let is_again = matches!(&self.phase, Phase::SideBySide(pages) if pages.pass == Pass::Second);
        self.is_odd |= !is_again && page.new < page.readable;
        self.known += page.new;
        self.received += page.received;
        self.readable += page.readable;
        self.distinct += page.new;
    }

    fn begun(&mut self) {
        self.phase = if self.pages_left() == Some(0) {
            Phase::Done
        } else {
            Phase::Begun
        };
    }

    /// Ends a pass. A listing that changed while it was read is read once more, since entries may have slipped from
    /// one page to the one before.
    fn end_pass(&mut self) {
        let Phase::SideBySide(pages) = &self.phase else { return };
        let is_suspect = pages.moved || self.has_gaps();
        self.phase = match self.total {
            Some(total) if pages.pass == Pass::First && is_suspect => {
                (self.received, self.readable, self.distinct) = (0, 0, 0);
                Phase::SideBySide(SideBySide::new(0..total, Pass::Second))
            }
            _ => Phase::Done,
        };
    }

    /// Whether fewer entries came than the server says there are. Those that could not be read count as come.
    fn has_gaps(&self) -> bool {
        let unreadable = self.received.saturating_sub(self.readable);
        self.total.is_some_and(|total| self.distinct + unreadable < total)
    }

    /// The next so many pages of a listing of unknown length.
    fn round(&self, size: u64) -> Round {
        // Pages of one entry would never get anywhere.
        let overlap = u64::from(self.page > 1 && !self.is_odd);
        Round::new(size, self.received, self.page, overlap)
    }

    fn end_round(&mut self, state: RoundState, size: u64) {
        let size = match state {
            RoundState::Ended => {
                self.phase = Phase::Done;
                return;
            }
            // Most likely that was the last page, and pages asked for beyond it would be calls for nothing.
            RoundState::Misplaced => 1,
            RoundState::Torn => {
                self.is_odd = true;
                1
            }
            RoundState::Full => (size * 2).min(self.at_once),
        };
        self.phase = Phase::Rounds(self.round(size));
    }
}

impl SideBySide {
    fn new(unasked: Range<u64>, pass: Pass) -> Self {
        Self {
            total: unasked.end,
            unasked,
            missing: VecDeque::new(),
            moved: false,
            pass,
        }
    }

    fn next_request(&mut self, page: u64) -> Option<PageRequest> {
        let range = match self.missing.pop_front() {
            Some(range) => range,
            None if self.unasked.is_empty() => return None,
            None => {
                let start = self.unasked.start;
                self.unasked.start = start.saturating_add(page).min(self.unasked.end);
                start..self.unasked.start
            }
        };
        // The last page is asked for as long as the others: should it hold more, the total was wrong.
        let size = if range.end == self.total {
            page
        } else {
            range.end - range.start
        };
        Some(PageRequest {
            skip: range.start,
            top: u32::try_from(size).unwrap_or(u32::MAX),
        })
    }

    /// Takes in what came, and returns the place at which it ended.
    fn take(&mut self, request: &PageRequest, received: u64, total: u64) -> u64 {
        let ends_at = request.skip + received;
        self.moved |= total != self.total || ends_at > self.total;
        let rest = ends_at..(request.skip + u64::from(request.top)).min(self.total);
        // Nothing at all means that the listing ends before this place.
        if received > 0 && !rest.is_empty() {
            self.missing.push_back(rest);
        }
        ends_at
    }

    fn is_asked(&self) -> bool {
        self.unasked.is_empty() && self.missing.is_empty()
    }
}

impl Round {
    /// A round after so many entries, where a full page holds `page`.
    fn new(size: u64, received: u64, page: u64, overlap: u64) -> Self {
        let start = received - overlap;
        let skips: VecDeque<u64> = (0..size).map(|number| start + number * (page - overlap)).collect();
        Self {
            size,
            overlap,
            to_ask: skips.clone(),
            to_take: skips,
            state: RoundState::Full,
        }
    }

    /// Takes in the next page, where a full one holds this many entries.
    fn take(&mut self, page: PageCounts, full: u64) -> Taken {
        self.to_take.pop_front();
        if self.state != RoundState::Full {
            return Taken::Dropped;
        }
        self.state = if self.overlap > 0 && page.repeated != self.overlap {
            RoundState::Torn
        } else if page.new == 0 {
            RoundState::Ended
        } else if page.received == full {
            RoundState::Full
        } else {
            RoundState::Misplaced
        };
        kept_if(matches!(self.state, RoundState::Full | RoundState::Misplaced))
    }
}

fn kept_if(is_kept: bool) -> Taken {
    if is_kept { Taken::Kept } else { Taken::Dropped }
}

/// How a listing came when it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListingShape {
    /// How many entries there are.
    pub entries: u64,
    /// How many entries were asked for at once.
    pub top: u32,
    /// The most entries that the server puts on a page.
    pub page: u64,
    /// Whether the server says how many entries there are.
    pub tells_total: bool,
}

impl ListingShape {
    /// The same listing after this many entries have been `added` and `removed`.
    #[must_use]
    pub fn changed(self, added: u64, removed: u64) -> Self {
        let entries = self.entries.saturating_add(added).saturating_sub(removed);
        Self { entries, ..self }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;

    /// A server's listing, which changes while it is read.
    #[derive(Debug, Clone)]
    struct Server {
        entries: Vec<u64>,
        tells_total: bool,
        /// The most entries on a page.
        cap: u64,
        knows_skip: bool,
        changes: Vec<Change>,
        answered: usize,
        added: u64,
    }

    /// What happens to a listing once this many pages have been answered.
    #[derive(Debug, Clone)]
    struct Change {
        after: usize,
        place: usize,
        kind: ChangeKind,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum ChangeKind {
        Added,
        Removed,
    }

    impl Server {
        fn of(entries: u64) -> Self {
            Self {
                entries: (0..entries).collect(),
                tells_total: true,
                cap: 1_000,
                knows_skip: true,
                changes: Vec::new(),
                answered: 0,
                added: 0,
            }
        }

        fn page(&mut self, request: PageRequest) -> Vec<u64> {
            for change in self.changes.extract_if(.., |change| change.after <= self.answered) {
                let place = change.place % (self.entries.len() + 1);
                match change.kind {
                    ChangeKind::Added => {
                        self.entries.insert(place, 1_000 + self.added);
                        self.added += 1;
                    }
                    ChangeKind::Removed if place < self.entries.len() => {
                        self.entries.remove(place);
                    }
                    ChangeKind::Removed => {}
                }
            }
            self.answered += 1;
            let skip = if self.knows_skip { request.skip } else { 0 };
            let size = self.cap.min(u64::from(request.top));
            let following = self.entries.iter().skip(usize::try_from(skip).unwrap());
            following.take(usize::try_from(size).unwrap()).copied().collect()
        }

        fn total(&self) -> Option<u64> {
            self.tells_total.then_some(self.entries.len() as u64)
        }

        /// What the listing is asked for: requests that are sent together are in one list, and answered in order.
        fn asked(mut self, top: u32, at_once: u64) -> Vec<Vec<(u64, u32)>> {
            let mut reading = Reading::new(top, at_once);
            let mut asked = Vec::new();
            while !reading.paging.is_done() {
                let requests = reading.ask();
                asked.push(requests.iter().map(|request| (request.skip, request.top)).collect());
                for request in requests {
                    let page = self.page(request);
                    reading.take(request, &page, self.total());
                }
            }
            asked
        }
    }

    /// Requests by `skip` and `top`, those that are sent together in one list.
    type Asked = &'static [&'static [(u64, u32)]];

    /// A listing while it is read, as its driver keeps it.
    struct Reading {
        paging: Paging,
        known: HashSet<u64>,
        calls: u64,
    }

    impl Reading {
        fn new(top: u32, at_once: u64) -> Self {
            Self {
                paging: Paging::new(top, at_once),
                known: HashSet::new(),
                calls: 0,
            }
        }

        fn ask(&mut self) -> Vec<PageRequest> {
            let requests: Vec<PageRequest> = std::iter::from_fn(|| self.paging.next_request()).collect();
            self.calls += requests.len() as u64;
            requests
        }

        fn take(&mut self, request: PageRequest, page: &[u64], total: Option<u64>) -> Taken {
            let received = page.len() as u64;
            let is_new = |entry: &&u64| !self.known.contains(entry);
            let counts = PageCounts {
                received,
                readable: received,
                new: page.iter().filter(is_new).count() as u64,
                repeated: page.iter().take_while(|entry| !is_new(entry)).count() as u64,
                total,
            };
            let taken = self.paging.take(&request, counts);
            if taken == Taken::Kept {
                self.known.extend(page);
            }
            taken
        }

        /// Reads the whole listing. Of the pages under way, `turns` says which is answered next, and the answers
        /// arrive in that order.
        fn whole(mut server: Server, top: u32, at_once: u64, turns: &[Index]) -> Self {
            let mut reading = Self::new(top, at_once);
            let (mut under_way, mut arrived) = (Vec::new(), Vec::new());
            let mut turns = turns.iter().cycle();
            while !reading.paging.is_done() {
                under_way.extend(reading.ask());
                assert!(under_way.len() as u64 <= at_once, "{under_way:?} at once");
                assert!(reading.calls < 10_000, "no end");
                assert!(!under_way.is_empty(), "stuck: {:?}", reading.paging);
                let turn = turns.next().unwrap().index(under_way.len());
                let request = under_way.swap_remove(turn);
                arrived.push((request, server.page(request), server.total()));
                while let Some(place) = arrived.iter().position(|(request, ..)| reading.paging.is_due(request)) {
                    let (request, page, total) = arrived.swap_remove(place);
                    reading.take(request, &page, total);
                }
            }
            assert!(under_way.is_empty() && arrived.is_empty());
            reading
        }
    }

    /// How many calls it takes to read a listing that does not change, by arithmetic that knows nothing of [`Paging`].
    fn calls_by_arithmetic(shape: ListingShape, at_once: u64) -> u64 {
        let ListingShape { entries, top, page, .. } = shape;
        let first = entries.min(page);
        if shape.tells_total {
            // However the pages are grouped, each is asked for once.
            return entries.div_ceil(page).max(1);
        }
        if entries == 0 {
            return 1;
        }
        // Each page but the first begins with the last entry of the one before it.
        let more = if first > 1 { first - 1 } else { 1 };
        let mut calls = 1;
        let (mut received, mut size) = (first, 1);
        loop {
            calls += size;
            let full = (entries - received) / more;
            if full >= size {
                received += size * more;
                size = (size * 2).min(at_once);
                continue;
            }
            received += full * more;
            if received == entries {
                return calls;
            }
            // The last page came short, so another is asked for on its own.
            assert!(entries - received < more && u64::from(top) >= first);
            return calls + 1;
        }
    }

    #[test]
    fn pages_are_asked_for_by_what_has_come() {
        let full = Server::of(25);
        let short_pages = Server {
            cap: 4,
            ..Server::of(15)
        };
        let unknown_length = |entries| Server {
            tells_total: false,
            ..Server::of(entries)
        };
        let added = Server {
            changes: vec![Change {
                after: 1,
                place: 0,
                kind: ChangeKind::Added,
            }],
            ..Server::of(25)
        };
        let no_skip = Server {
            knows_skip: false,
            ..unknown_length(25)
        };
        let changed = |place, kind| Server {
            changes: vec![Change { after: 1, place, kind }],
            ..unknown_length(25)
        };
        let cases: [(Server, u64, Asked); 13] = [
            (Server::of(0), 4, &[&[(0, 10)]]),
            (Server::of(10), 4, &[&[(0, 10)]]),
            (full.clone(), 4, &[&[(0, 10)], &[(10, 10), (20, 10)]]),
            (full, 1, &[&[(0, 10)], &[(10, 10)], &[(20, 10)]]),
            // The second page shows whether the first came short because pages are.
            (short_pages, 4, &[&[(0, 10)], &[(4, 10)], &[(8, 4), (12, 4)]]),
            // Where the length is unknown, a page begins with the last entry of the one before it.
            (unknown_length(10), 4, &[&[(0, 10)], &[(9, 10)]]),
            (unknown_length(1), 4, &[&[(0, 10)], &[(1, 10)]]),
            // The page at 18 comes short, so whatever the one at 27 brings is not what follows.
            (
                unknown_length(25),
                4,
                &[&[(0, 10)], &[(9, 10)], &[(18, 10), (27, 10)], &[(24, 10)]],
            ),
            // Where it does not, it is asked for as if no page had come before it, and so is the rest.
            (
                changed(0, ChangeKind::Removed),
                4,
                &[&[(0, 10)], &[(9, 10)], &[(10, 10)], &[(20, 10), (30, 10)], &[(24, 10)]],
            ),
            (
                changed(9, ChangeKind::Removed),
                4,
                &[&[(0, 10)], &[(9, 10)], &[(10, 10)], &[(20, 10), (30, 10)], &[(24, 10)]],
            ),
            (
                changed(0, ChangeKind::Added),
                4,
                &[&[(0, 10)], &[(9, 10)], &[(10, 10)], &[(20, 10), (30, 10)], &[(26, 10)]],
            ),
            (
                added,
                4,
                &[
                    &[(0, 10)],
                    &[(10, 10), (20, 10)],
                    // Entries may have moved from a page that was not yet read to one that was.
                    &[(0, 10), (10, 10), (20, 10)],
                ],
            ),
            (no_skip, 4, &[&[(0, 10)], &[(9, 10)], &[(10, 10)]]),
        ];
        for (server, at_once, expected) in cases {
            let shown = format!("{server:?}");
            assert_eq!(server.asked(10, at_once), expected, "{shown}");
        }
    }

    #[test]
    fn a_page_that_comes_short_is_completed_before_anything_else_is_asked_for() {
        let mut reading = Reading::new(10, 2);
        let entries: Vec<u64> = (0..100).collect();
        let first = reading.ask()[0];
        reading.take(first, &entries[..10], Some(100));
        let (one, other) = (reading.ask()[0], PageRequest { skip: 20, top: 10 });
        reading.take(one, &entries[10..13], Some(100));
        assert_eq!(reading.ask(), [PageRequest { skip: 13, top: 7 }]);
        reading.take(other, &entries[20..30], Some(100));
        assert_eq!(reading.ask(), [PageRequest { skip: 30, top: 10 }]);
    }

    #[test]
    fn a_listing_that_brings_less_than_it_promises_is_read_twice_and_then_believed() {
        let mut reading = Reading::new(10, 4);
        let entries: Vec<u64> = (0..15).collect();
        while !reading.paging.is_done() {
            for request in reading.ask() {
                let start = usize::try_from(request.skip).unwrap().min(15);
                let end = (start + usize::try_from(request.top).unwrap()).min(15);
                reading.take(request, &entries[start..end], Some(20));
            }
        }
        // The five that are missing are asked for by themselves in each pass.
        assert_eq!(reading.calls, 3 + 3);
    }

    #[test]
    fn entries_that_cannot_be_read_are_no_reason_to_read_again() {
        let mut paging = Paging::new(10, 4);
        while let Some(request) = paging.next_request() {
            let page = PageCounts {
                received: 10,
                readable: 9,
                new: 9,
                repeated: 0,
                total: Some(20),
            };
            paging.take(&request, page);
        }
        assert!(paging.is_done());
        assert_eq!(paging.progress(), (20, Some(20)));
    }

    #[test]
    fn pages_of_a_listing_of_unknown_length_are_taken_in_in_order() {
        let mut reading = Reading::new(10, 4);
        let entries: Vec<u64> = (0..25).collect();
        for start in [0, 9] {
            let [request] = reading.ask()[..] else {
                panic!("one page at a time")
            };
            reading.take(request, &entries[start..start + 10], None);
        }
        let [one, other] = reading.ask()[..] else {
            panic!("two pages at a time")
        };
        assert!(reading.paging.is_due(&one) && !reading.paging.is_due(&other));
        assert_eq!(reading.take(one, &entries[18..], None), Taken::Kept);
        assert!(reading.paging.is_due(&other));
        assert_eq!(reading.take(other, &[], None), Taken::Dropped);
        assert_eq!(reading.ask(), [PageRequest { skip: 24, top: 10 }]);
    }

    fn turns() -> impl Strategy<Value = Vec<Index>> {
        proptest::collection::vec(any::<Index>(), 1..40)
    }

    fn change() -> impl Strategy<Value = Change> {
        let kind = prop_oneof![Just(ChangeKind::Added), Just(ChangeKind::Removed)];
        (1usize..40, 0usize..300, kind).prop_map(|(after, place, kind)| Change { after, place, kind })
    }

    proptest! {
        #[test]
        fn a_listing_that_does_not_change_is_read_whole_in_no_more_calls_than_it_takes(
            entries in 0u64..300,
            top in 1u32..60,
            cap in 1u64..60,
            tells_total: bool,
            at_once in 1u64..9,
            turns in turns(),
        ) {
            let server = Server { tells_total, cap, ..Server::of(entries) };
            let reading = Reading::whole(server, top, at_once, &turns);
            prop_assert_eq!(reading.known.len() as u64, entries);
            let shape = ListingShape { entries, top, page: cap.min(u64::from(top)), tells_total };
            prop_assert_eq!(reading.calls, calls_by_arithmetic(shape, at_once));
            prop_assert!(reading.paging.is_steady());
            if tells_total || entries > 0 {
                prop_assert_eq!(reading.paging.shape().entries, entries);
            }
        }

        #[test]
        fn what_stays_in_a_listing_of_known_length_is_read_although_something_is_added_or_removed(
            entries in 0u64..300,
            top in 1u32..60,
            cap in 1u64..60,
            change in change(),
            at_once in 1u64..9,
            turns in turns(),
        ) {
            let server = Server { cap, changes: vec![change.clone()], ..Server::of(entries) };
            let mut later = server.clone();
            later.answered = change.after;
            later.page(PageRequest { skip: 0, top: 1 });
            let stays: HashSet<u64> = later.entries.into_iter().filter(|entry| *entry < 1_000).collect();
            let reading = Reading::whole(server, top, at_once, &turns);
            prop_assert!(reading.known.is_superset(&stays), "{:?}", stays.difference(&reading.known));
        }

        #[test]
        fn a_steady_listing_of_unknown_length_has_all_that_stayed_whatever_was_added_or_removed_meanwhile(
            entries in 0u64..300,
            top in 2u32..60,
            cap in 2u64..60,
            mut changes in proptest::collection::vec(change(), 0..4),
            at_once in 1u64..9,
            turns in turns(),
        ) {
            changes.sort_by_key(|change| change.after);
            let server = Server { tells_total: false, cap, changes: changes.clone(), ..Server::of(entries) };
            let mut later = server.clone();
            later.answered = usize::MAX - 1;
            later.page(PageRequest { skip: 0, top: 1 });
            let stays: HashSet<u64> = later.entries.into_iter().filter(|entry| *entry < 1_000).collect();
            let reading = Reading::whole(server, top, at_once, &turns);
            let has_all = reading.known.is_superset(&stays);
            prop_assert!(has_all || !reading.paging.is_steady(), "{:?}", stays.difference(&reading.known));
            prop_assert!(!changes.is_empty() || reading.paging.is_steady());
        }

        #[test]
        fn reading_ends_whatever_the_server_does(
            entries in 0u64..200,
            top in 1u32..60,
            cap in 1u64..60,
            tells_total: bool,
            knows_skip: bool,
            changes in proptest::collection::vec(change(), 0..20),
            at_once in 1u64..9,
            turns in turns(),
        ) {
            let most = entries + changes.len() as u64;
            let server = Server { tells_total, cap, knows_skip, changes, ..Server::of(entries) };
            let reading = Reading::whole(server, top, at_once, &turns);
            // Two passes, in each of which every page may come short once, or a round may be for nothing.
            let pages = most.div_ceil(cap.min(u64::from(top)));
            prop_assert!(reading.calls <= 4 * pages + 4 * at_once + 2, "{} calls for {pages} pages", reading.calls);
        }
    }
}
