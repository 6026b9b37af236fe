//! Every fault a call can meet, on every kind of call, once and every time: what each row's status becomes.
//!
//! Whatever the fault, nobody is invited or created who is there already, a row that is `done` came true, one that
//! was refused changed nothing, and the calls end within their budget.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reseat::model::Status::{self, Conflict, Done, Failed, InDoubt, NotFound, NotRun, Rejected};
use reseat::model::{BundleCode, DeleteWhen, GroupLicenses, Operation, Quota};
use strum::{EnumIter, IntoEnumIterator};

use crate::model::{World, address, bundles, group_id};
use crate::server::{Happened, Muddle, Slow, Trouble, What};
use crate::sheets::{create, delete, groups, invite, join, migrate, release, set, update};
use crate::stage::Stage;

/// How many rows each kind has.
const ROWS: u8 = 3;

/// Kinds of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter)]
enum Kind {
    Invite,
    Create,
    Update,
    Members,
    Allocate,
    Release,
    Delete,
    Rule,
    RuleWithQuotas,
}

impl Kind {
    fn row(self, number: u8) -> Operation {
        let (old, new) = (address(number), newcomer(number));
        match self {
            Self::Invite => invite(&new, &[1], ""),
            Self::Create => create(&new, &[1], ""),
            Self::Update => update(&old, Some("Kim"), &[], &[]),
            Self::Members => join(&old, &[1]),
            Self::Allocate => set(&old, "A"),
            Self::Release => release(&old),
            Self::Delete => delete(&old),
            Self::Rule => rule(number + 1, "A", None),
            Self::RuleWithQuotas => rule(number + 1, "A", Some(5)),
        }
    }

    /// Whether what the row asks for is so.
    fn is_so(self, number: u8, world: &World) -> bool {
        let old = world.by_email(&address(number)).map(|(_, account)| account);
        let new = world.by_email(&newcomer(number)).map(|(_, account)| account);
        match self {
            Self::Invite | Self::Create => new.is_some_and(|new| new.groups.contains(&group_id(1))),
            Self::Update => old.is_some_and(|old| old.name == "Kim"),
            Self::Members => old.is_some_and(|old| old.groups.contains(&group_id(1))),
            Self::Allocate => old.is_some_and(|old| old.bundles() == bundles("A")),
            Self::Release => old.is_some_and(|old| old.held.is_none()),
            Self::Delete => old.is_none(),
            Self::Rule | Self::RuleWithQuotas => {
                let rule = world.rules.get(&group_id(number + 1));
                let limit = (self == Self::RuleWithQuotas).then_some(5);
                rule.is_some_and(|(held, quotas)| {
                    *held == bundles("A") && quotas.first().map(|quota| quota.limit) == limit
                })
            }
        }
    }

    /// Whether a call of the kind must not be made twice.
    fn mails_or_creates(self) -> bool {
        matches!(self, Self::Invite | Self::Create)
    }

    /// Whether each row is a call of its own, which cannot be split.
    fn stands_alone(self) -> bool {
        matches!(self, Self::Update | Self::Rule | Self::RuleWithQuotas)
    }

    fn is_call(self, what: &What) -> bool {
        match self {
            Self::Invite => matches!(what, What::Invite(_)),
            Self::Create => matches!(what, What::Create(_)),
            Self::Update => matches!(what, What::Update(_)),
            Self::Members => matches!(what, What::Members(..)),
            Self::Allocate => matches!(what, What::Allocate(..)),
            Self::Release => matches!(what, What::Release(_)),
            Self::Delete => matches!(what, What::Delete(_)),
            Self::Rule => matches!(what, What::Rule(_, _, quotas) if quotas.is_empty()),
            Self::RuleWithQuotas => matches!(what, What::Rule(_, _, quotas) if !quotas.is_empty()),
        }
    }
}

/// A group's rule, with as many seats of each bundle at most.
fn rule(group: u8, codes: &str, limit: Option<u32>) -> Operation {
    let licenses = bundles(codes);
    let quota = |code: &BundleCode| {
        limit.map(|limit| Quota {
            code: code.clone(),
            limit,
        })
    };
    Operation::SetGroupLicenses(Box::new(GroupLicenses {
        group: groups(&[group])[0].clone(),
        quotas: Some(licenses.iter().filter_map(quota).collect()).filter(|quotas: &Vec<Quota>| !quotas.is_empty()),
        licenses,
        external_license: None,
    }))
}

fn newcomer(number: u8) -> String {
    format!("new{number}@new.example")
}

fn world() -> World {
    let mut world = World::of(ROWS);
    for number in 0..ROWS {
        world.account(number).held = Some((bundles("B"), false));
    }
    world
}

fn stage(kind: Kind, judge: impl Fn(&What, &mut World) -> Option<Trouble> + Send + 'static) -> Stage {
    let mut stage = Stage::new(&world(), (0..ROWS).map(|number| kind.row(number)), judge);
    stage.concurrency = 2;
    stage
}

/// What becomes of rows: where a call may be repeated and the fault comes once, or every time; where it must not be
/// repeated, likewise.
struct Expected {
    repeatable: [Status; 2],
    once: [Status; 2],
}

fn becomes(repeatable: [Status; 2], once: [Status; 2]) -> Expected {
    Expected { repeatable, once }
}

/// The table.
fn expected(trouble: Trouble) -> Expected {
    use Trouble::{
        Entries, LostAfter, LostBefore, Nonsense, NonsenseAfter, NotSent, NotSucceeded, Page, PageAfter, Refused,
        RefusedAfter,
    };
    match trouble {
        // A refusal is about some row of the call; split, each is tried alone.
        Refused(400 | 403 | 405 | 413 | 422) | NotSucceeded => becomes([Done, Rejected], [Done, Rejected]),
        Refused(404) => becomes([Done, NotFound], [Done, NotFound]),
        Refused(409) => becomes([Done, Conflict], [Done, Conflict]),
        // This token cannot be renewed.
        Refused(401) => becomes([NotRun, NotRun], [NotRun, NotRun]),
        // These did nothing for certain, so that even an invitation is sent again.
        Refused(429) | NotSent => becomes([Done, Failed], [Done, Failed]),
        // Nobody knows what these did: repeated where that does no harm, else read back.
        Refused(408 | 425 | 500 | 502 | 503 | 504) | LostBefore => becomes([Done, Failed], [Done, InDoubt]),
        RefusedAfter(408 | 500 | 502 | 503 | 504) | LostAfter => becomes([Done, Failed], [Done, Done]),
        // An address that leads to the wrong place leads there every time.
        Page(200 | 302) | Nonsense => becomes([Failed, Failed], [Done, InDoubt]),
        PageAfter(200 | 302) | NonsenseAfter => becomes([Failed, Failed], [Done, Done]),
        Page(404) => becomes([Failed, Failed], [Failed, Failed]),
        Entries(_) => becomes([Done, Done], [Done, Done]),
        other => panic!("the table has no line for {other:?}"),
    }
}

fn troubles() -> Vec<Trouble> {
    let refusals = [
        400, 401, 403, 404, 405, 408, 409, 413, 422, 425, 429, 500, 502, 503, 504,
    ];
    // 425 promises that nothing was done.
    let unclear = [408, 500, 502, 503, 504];
    let mut all: Vec<Trouble> = refusals.map(Trouble::Refused).to_vec();
    all.extend(unclear.map(Trouble::RefusedAfter));
    all.extend([200, 302, 404].map(Trouble::Page));
    all.extend([200, 302].map(Trouble::PageAfter));
    all.extend([
        Trouble::LostBefore,
        Trouble::LostAfter,
        Trouble::NotSent,
        Trouble::Nonsense,
        Trouble::NonsenseAfter,
        Trouble::NotSucceeded,
    ]);
    all
}

/// What the table says, and where the kind is a case of its own.
fn becomes_of(kind: Kind, trouble: Trouble, every_time: bool) -> Status {
    let at = usize::from(every_time);
    match (kind, trouble) {
        // An account that is not there need not be deleted.
        (Kind::Delete, Trouble::Refused(404)) if every_time => Status::Unchanged,
        // The portal's other form of route is tried before a page is believed.
        (Kind::Release, Trouble::Page(200 | 404) | Trouble::PageAfter(200) | Trouble::Refused(404)) if !every_time => {
            Done
        }
        // Which accounts are gone is read.
        (
            Kind::Delete,
            Trouble::RefusedAfter(408 | 500 | 502 | 503 | 504)
            | Trouble::LostAfter
            | Trouble::NonsenseAfter
            | Trouble::PageAfter(200 | 302),
        ) => Done,
        (Kind::Delete, Trouble::Page(200 | 302)) if !every_time => Done,
        // The halves are sent, which passes.
        (kind, Trouble::Nonsense | Trouble::NonsenseAfter) if !every_time && !kind.stands_alone() => Done,
        // A single row cannot be split.
        (kind, Trouble::Refused(400..500) | Trouble::NotSucceeded)
            if kind.stands_alone() && expected(trouble).repeatable[1] != Failed =>
        {
            expected(trouble).repeatable[1]
        }
        _ if kind.mails_or_creates() => expected(trouble).once[at],
        _ => expected(trouble).repeatable[at],
    }
}

#[tokio::test(start_paused = true)]
async fn each_fault_on_each_kind_of_call_becomes_the_status_that_the_table_says() {
    let mut wrong = Vec::new();
    for kind in Kind::iter() {
        for trouble in troubles() {
            for every_time in [false, true] {
                let met = AtomicUsize::new(0);
                let stage = stage(kind, move |what, _| {
                    let strikes = kind.is_call(what) && (every_time || met.fetch_add(1, Ordering::Relaxed) == 0);
                    strikes.then_some(trouble)
                });
                stage.run().await;
                let note = format!("{kind:?} {trouble:?} every time {every_time}");
                let wanted = becomes_of(kind, trouble, every_time);
                let statuses = stage.statuses();
                // Where calls have one row each, a fault that comes once spoils the first.
                let spoiled = if kind.stands_alone() && !every_time { 1 } else { 3 };
                // Pages in a row stop the run before each row has been tried alone.
                let may_stop = (kind.mails_or_creates() || kind == Kind::Delete)
                    && every_time
                    && matches!(trouble, Trouble::Page(200 | 302));
                let is_as_told = statuses[..spoiled]
                    .iter()
                    .all(|status| *status == wanted || (may_stop && *status == NotRun))
                    && statuses[spoiled..].iter().all(|status| [Done, wanted].contains(status));
                if !is_as_told {
                    wrong.push(format!("{note}: {statuses:?} instead of {wanted}"));
                }
                keeps_its_promises(&stage, kind, &note);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn keeps_its_promises(stage: &Stage, kind: Kind, note: &str) {
    assert_eq!(stage.server.made_again(), Vec::<String>::new(), "{note}");
    let world = stage.server.world();
    for (number, status) in (0..ROWS).zip(stage.statuses()) {
        match status {
            Done => assert!(kind.is_so(number, &world), "{note}: row {number} is not done"),
            Rejected | NotFound | Conflict => assert!(!kind.is_so(number, &world), "{note}: row {number} is done"),
            _ => {}
        }
    }
    // Three rows at most, together and then each alone, each time with its retries (two) or once, where that is certain
    // to be no repetition, and the splitting between them; a server that asks for pauses is asked for ten minutes.
    // What a server turned away it may be asked nine times, where that is certain to be no repetition.
    let most = match note {
        _ if note.contains("429") => 200,
        _ if kind.mails_or_creates() => 4 + 3 * 9,
        _ => 4 * 3 + 4,
    };
    let calls = stage.server.writes().len();
    assert!(calls <= most, "{note}: {calls} calls");
}

#[tokio::test(start_paused = true)]
async fn entries_of_an_answer_that_are_missing_muddled_or_strange_go_to_the_right_rows() {
    for kind in [Kind::Invite, Kind::Create, Kind::Allocate] {
        for muddle in [
            Muddle::Missing,
            Muddle::Reversed,
            Muddle::Repeated,
            Muddle::WithStranger,
        ] {
            let stage = stage(kind, move |what, _| {
                kind.is_call(what).then_some(Trouble::Entries(muddle))
            });
            stage.run().await;
            let note = format!("{kind:?} {muddle:?}");
            // What an answer does not name is not claimed, but read back.
            assert_eq!(stage.statuses(), [Done; 3], "{note}");
            keeps_its_promises_but_for_lies(&stage, kind, &note);
            assert_eq!(stage.server.writes().len(), 1, "{note}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_allocation_whose_answer_shows_something_else_is_read_back_before_it_is_called_failed() {
    let stage = stage(Kind::Allocate, |what, _| {
        Kind::Allocate.is_call(what).then_some(Trouble::Entries(Muddle::Stale))
    });
    stage.run().await;
    assert_eq!(stage.statuses(), [Done; 3]);
    keeps_its_promises_but_for_lies(&stage, Kind::Allocate, "stale");
    let reads = stage
        .server
        .happened()
        .into_iter()
        .filter(|happened| matches!(happened, Happened::Sent(what) if !what.is_write()));
    assert_eq!(reads.count(), 1, "all of a call are read back at once");
    assert_eq!(stage.server.writes().len(), 1);
}

fn keeps_its_promises_but_for_lies(stage: &Stage, kind: Kind, note: &str) {
    assert_eq!(stage.server.made_again(), Vec::<String>::new(), "{note}");
    let world = stage.server.world();
    for (number, status) in (0..ROWS).zip(stage.statuses()) {
        assert!(status != Done || kind.is_so(number, &world), "{note}: row {number}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_invitation_is_found_however_late_it_can_be_read() {
    for kind in [Kind::Invite, Kind::Create] {
        for seconds in [0, 1, 5, 9] {
            let stage = stage(kind, move |what, _| kind.is_call(what).then_some(Trouble::LostAfter));
            stage.server.is_slow(Slow::Accounts, Duration::from_secs(seconds));
            stage.run().await;
            assert_eq!(stage.statuses(), [Done; 3], "{kind:?}, readable after {seconds} s");
            assert_eq!(stage.server.made_again(), Vec::<String>::new());
            assert_eq!(stage.server.writes().len(), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_old_account_goes_only_once_its_successor_can_be_read_with_its_groups() {
    for slow in [Slow::Accounts, Slow::Groups] {
        for (seconds, expected) in [(0, Done), (5, Done), (60, Conflict)] {
            let mut world = world();
            world.account(0).groups = [group_id(1)].into();
            let row = migrate(&address(0), &newcomer(0), DeleteWhen::Invited);
            let stage = Stage::new(&world, [row], |_, _| None);
            stage.server.is_slow(slow, Duration::from_secs(seconds));
            stage.run().await;
            assert_eq!(stage.statuses(), [expected], "{slow:?}, {seconds} s");
            let is_there = stage.server.world().by_email(&address(0)).is_some();
            assert_eq!(is_there, expected != Done, "{slow:?}, {seconds} s");
        }
    }
}
