//! Of which class somebody is who holds seats.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use strum::{Display, EnumIter, IntoStaticStr};

use super::{Known, Rules};
use crate::api::{ToldTime, User};
use crate::directory::{Leases, Snapshot};
use crate::holdings::{Holder, Holdings};

/// Of which class somebody is who holds seats, in the order in which seats are freed. The seats of those from
/// [`LookAt`](Self::LookAt) on are never freed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, Display, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Class {
    /// The account is gone, its seats are still taken.
    Orphan,
    /// Neither signed in nor used a licence for long enough.
    Idle,
    /// An invitation that was not accepted for long enough. Before the next one, because whoever cannot sign in yet has
    /// certainly used nothing.
    Pending,
    /// There is no record that a licence was ever used, nor of a sign-in of late. Last, because a missing record is no
    /// proof.
    NoRecord,
    /// One of last use and last sign-in is long ago, and the other is not, or what would tell is missing: for a person to
    /// decide.
    LookAt,
    /// The account, or a seat, is so new that nothing follows from a missing record.
    New,
    /// Used of late.
    InUse,
}

impl Class {
    /// The word for it in sheets.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether the seats of such people are freed, unless there is a reason to leave somebody alone.
    pub fn may_be_freed(self) -> bool {
        match self {
            Self::Orphan | Self::Idle | Self::Pending | Self::NoRecord => true,
            Self::LookAt | Self::New | Self::InUse => false,
        }
    }
}

/// What is not told of anybody, so that the other alone decides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Untold {
    /// When licences were last in use. Where it is told of those only who hold seats in one of the two ways, directly or by
    /// a group's rule, the notes of the others' rows say so.
    pub uses: bool,
    /// When people last signed in.
    pub sign_ins: bool,
}

/// What is known of somebody's last use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Seen {
    /// When a licence was last in use, directly or by a group's rule.
    pub(super) in_use: ToldTime,
    /// When the person last signed in.
    pub(super) signed_in: ToldTime,
}

impl Seen {
    /// The later of the two; `None` if there is no record of either.
    pub(super) fn last(self) -> Option<Timestamp> {
        self.in_use.time().max(self.signed_in.time())
    }
}

/// How it stands with one holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) class: Class,
    pub(super) seen: Seen,
    /// Since when nothing was seen of the person: never before the account was made. `None` where nothing tells.
    pub(super) idle_since: Option<Timestamp>,
    /// Why a person has to look, for those of that class.
    pub(super) doubt: &'static str,
    /// Whether the seats would be freed, were it not for one that reseat itself gave of late.
    pub(super) is_spared: bool,
    /// Whether the last sign-in alone decides, because nobody's use is told who holds seats in the same way.
    pub(super) by_sign_in_alone: bool,
}

/// One of the two records, judged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Record {
    Old,
    Recent,
    /// The answer says that there is none.
    Missing,
    /// The answer says nothing of it.
    Unknown,
}

/// Judges holders.
pub(super) struct Judge<'a> {
    snapshot: &'a Snapshot,
    known: &'a Known,
    rules: &'a Rules,
    untold: Untold,
    /// Whether it is told of anybody when what is held directly was last in use.
    tells_direct: bool,
    /// The same of what is held by groups' rules.
    tells_leases: bool,
}

const GONE_OR_NOT: &str = "the directory does not list this account, and the licence service does not call it gone";
const ONE_OLD: &str = "only one of last use and last sign-in is long ago";
const NOT_SIGNED_IN: &str = "the last use is long ago, and there is no record of a sign-in";
const NOTHING_TELLS: &str = "nothing tells when this account last signed in or used a licence";
const NO_SIGN_IN_TOLD: &str = "the last use is long ago, and nothing tells when this account last signed in";
const NO_USE_TOLD: &str = "the last sign-in is long ago, and nothing tells when a licence was last in use";
const NO_START: &str = "there is no record of use, and nothing tells since when the account or the seat has been there";

impl<'a> Judge<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, holdings: &Holdings<'_>, known: &'a Known, rules: &'a Rules) -> Self {
        let holders = holdings.all();
        let tells_uses = holders.iter().any(|holder| in_use(snapshot, holder).is_told());
        let tells_sign_ins = snapshot.users().iter().any(|user| user.last_login.is_told());
        let leases = snapshot.leases().into_iter().flat_map(Leases::all);
        Self {
            snapshot,
            known,
            rules,
            tells_direct: holders
                .iter()
                .any(|holder| holds_directly(holder) && tells_direct(snapshot, holder)),
            tells_leases: leases
                .flat_map(|(_, leases)| leases)
                .any(|lease| lease.last_in_use.is_told()),
            untold: Untold {
                uses: !tells_uses && !holders.is_empty(),
                sign_ins: !tells_sign_ins && !holders.is_empty(),
            },
        }
    }

    pub(super) fn untold(&self) -> Untold {
        self.untold
    }

    /// How it stands with this one.
    pub(super) fn standing(&self, holder: &Holder<'_>) -> Standing {
        let seen = Seen {
            in_use: in_use(self.snapshot, holder),
            signed_in: holder.last_login(),
        };
        let own = self.known.grants.get(&holder.id).map(|grant| grant.at);
        let others = self.known.seats_since.get(&holder.id).copied();
        let (class, doubt) = match holder.account {
            Some(account) => self.class(holder, account, seen, own.max(others)),
            None if holder.is_orphan => (Class::Orphan, ""),
            None => (Class::LookAt, GONE_OR_NOT),
        };
        let is_spared = |account: &User| self.class(holder, account, seen, others).0.may_be_freed();
        let is_spared = class == Class::New && own.is_some() && holder.account.is_some_and(is_spared);
        Standing {
            class,
            seen,
            idle_since: seen.last().max(holder.created().time()),
            doubt,
            is_spared,
            by_sign_in_alone: self.is_silent(holder, seen),
        }
    }

    /// The class of somebody whose latest seat was given `seat_since`, where that is known.
    fn class(
        &self,
        holder: &Holder<'_>,
        account: &User,
        seen: Seen,
        seat_since: Option<Timestamp>,
    ) -> (Class, &'static str) {
        let created = account.created.time();
        let start = created.max(seat_since);
        let is_new = start.is_some_and(|start| !self.is_longer_ago(start, self.rules.grace));
        let never_came = !account.invitation_accepted && !account.from_directory && seen.last().is_none();
        let (class, doubt) = if never_came {
            match created {
                None => (Class::LookAt, NO_START),
                Some(created) if self.is_longer_ago(created, self.rules.pending) => (Class::Pending, ""),
                Some(_) => (Class::New, ""),
            }
        } else {
            self.by_records(seen, created, self.is_silent(holder, seen))
        };
        match class {
            Class::Idle | Class::Pending | Class::NoRecord | Class::LookAt if is_new => (Class::New, ""),
            Class::NoRecord if start.is_none() => (Class::LookAt, NO_START),
            Class::Orphan
            | Class::Idle
            | Class::Pending
            | Class::NoRecord
            | Class::LookAt
            | Class::New
            | Class::InUse => (class, doubt),
        }
    }

    /// Whether nothing is told of this one's use, nor of that of anybody who holds seats in the same way.
    fn is_silent(&self, holder: &Holder<'_>, seen: Seen) -> bool {
        let told_of_others =
            holds_directly(holder) && self.tells_direct || !holder.by_groups.is_empty() && self.tells_leases;
        !seen.in_use.is_told() && !told_of_others
    }

    /// By the two records alone. One that is not told of anybody leaves it to the other.
    fn by_records(&self, seen: Seen, created: Option<Timestamp>, uses_untold: bool) -> (Class, &'static str) {
        use Record::{Missing, Old, Recent, Unknown};
        let in_use = self.record(seen.in_use, created);
        let signed_in = self.record(seen.signed_in, created);
        match (uses_untold, self.untold.sign_ins) {
            (true, true) => return (Class::LookAt, NOTHING_TELLS),
            (true, false) => return by_one(signed_in),
            (false, true) => return by_one(in_use),
            (false, false) => {}
        }
        match (in_use, signed_in) {
            (Old, Old) => (Class::Idle, ""),
            (Recent, Recent | Missing | Unknown) | (Missing | Unknown, Recent) => (Class::InUse, ""),
            (Old, Recent) | (Recent, Old) => (Class::LookAt, ONE_OLD),
            (Old, Missing) => (Class::LookAt, NOT_SIGNED_IN),
            (Missing, Old | Missing) => (Class::NoRecord, ""),
            (Old, Unknown) => (Class::LookAt, NO_SIGN_IN_TOLD),
            (Unknown, Old) => (Class::LookAt, NO_USE_TOLD),
            (Unknown, Missing | Unknown) | (Missing, Unknown) => (Class::LookAt, NOTHING_TELLS),
        }
    }

    /// What is before the account was made counts as its making.
    fn record(&self, told: ToldTime, created: Option<Timestamp>) -> Record {
        match told.time() {
            Some(time) => {
                let time = created.map_or(time, |created| time.max(created));
                if self.is_longer_ago(time, self.rules.idle_for) {
                    Record::Old
                } else {
                    Record::Recent
                }
            }
            None if told.is_told() => Record::Missing,
            None => Record::Unknown,
        }
    }

    fn is_longer_ago(&self, time: Timestamp, length: Duration) -> bool {
        let length = SignedDuration::try_from(length).unwrap_or(SignedDuration::MAX);
        self.rules.as_of.now.duration_since(time) > length
    }
}

fn by_one(record: Record) -> (Class, &'static str) {
    match record {
        Record::Old => (Class::Idle, ""),
        Record::Recent => (Class::InUse, ""),
        Record::Missing => (Class::NoRecord, ""),
        Record::Unknown => (Class::LookAt, NOTHING_TELLS),
    }
}

/// When a licence was last in use, as far as all sources of the holder's seats tell: that one has no record says nothing
/// of another that does not tell.
fn in_use(snapshot: &Snapshot, holder: &Holder<'_>) -> ToldTime {
    let direct = snapshot.last_in_use(holder.id);
    let told = holder.last_in_use.max(direct);
    let direct_is_silent = || holds_directly(holder) && !tells_direct(snapshot, holder);
    let lease_is_silent = || {
        let leases = snapshot.leases();
        let mut held = holder
            .by_groups
            .iter()
            .filter_map(|seat| leases?.of(seat.group, holder.id));
        held.any(|lease| !lease.last_in_use.is_told())
    };
    if told.time().is_none() && (direct_is_silent() || lease_is_silent()) {
        return ToldTime::UNTOLD;
    }
    told
}

fn holds_directly(holder: &Holder<'_>) -> bool {
    holder.direct.is_some_and(|held| !held.is_empty())
}

/// Whether it is told when the licences that are held directly were last in use.
pub(super) fn tells_direct(snapshot: &Snapshot, holder: &Holder<'_>) -> bool {
    let by_listing = snapshot
        .direct(holder.id)
        .is_some_and(|held| held.last_in_use.is_told());
    by_listing || snapshot.last_in_use(holder.id).is_told()
}
