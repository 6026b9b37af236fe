//! On which terms seats are freed and granted.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::{AsOf, BundleCode, BundleSet, Place, UserId, UserRef};

/// What the user chose.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Now, and whose clocks times are told by.
    pub as_of: AsOf,
    /// Who has neither signed in nor used a licence for longer than this is idle.
    pub idle_for: Duration,
    /// For so long a new account, and a new seat, is left alone.
    pub grace: Duration,
    /// For so long an invitation may stay unaccepted.
    pub pending: Duration,
    /// Whether the seats of accounts that are gone are freed.
    pub orphans: bool,
    /// Whether every idle seat is freed, wanted or not.
    pub all: bool,
    /// The bundles that are looked at; all where there is none. What is said of others below has no effect.
    pub only: BTreeSet<BundleCode>,
    /// Seats to be freed besides the wanted ones.
    pub free: BTreeMap<BundleCode, u64>,
    /// Seats that are to be free in the end, whoever wants one.
    pub reserve: BTreeMap<BundleCode, u64>,
    /// Those that are [in force](Self::swaps_in_force).
    pub swaps: Vec<Swap>,
}

impl Rules {
    /// Whether this bundle is looked at.
    pub fn looks_at(&self, code: &BundleCode) -> bool {
        self.only.is_empty() || self.only.contains(code)
    }

    /// The swaps that are carried out: of bundles that are looked at; of those with one `old` the first; none whose `old` is
    /// another's `new`, or the other way round, because in such a chain a seat would be promised before it is free.
    pub fn swaps_in_force(&self) -> Vec<&Swap> {
        let mut in_force: Vec<&Swap> = Vec::new();
        for swap in &self.swaps {
            let is_clear = in_force
                .iter()
                .all(|other| other.old != swap.old && other.old != swap.new && other.new != swap.old);
            if is_clear && swap.old != swap.new && self.looks_at(&swap.old) && self.looks_at(&swap.new) {
                in_force.push(swap);
            }
        }
        in_force
    }
}

/// Everybody who holds one bundle directly gets another instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swap {
    /// What is given up.
    pub old: BundleCode,
    /// What comes in its place.
    pub new: BundleCode,
}

/// A row of the sheet of wanted seats.
#[derive(Debug, Clone)]
pub struct WantedSeat {
    /// Where the row is.
    pub place: Place,
    /// For whom.
    pub user: UserRef,
    /// The id that the account must have, where the row says so.
    pub user_id: Option<UserId>,
    /// Of which bundles.
    pub licenses: BundleSet,
}

/// Somebody whose seats are left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Who.
    pub user: UserId,
    /// Why, in the words of the keep list; may be empty.
    pub reason: String,
    /// The last day, where there is one. Who is kept no longer is not to be among them.
    pub until: Option<Date>,
}

impl Kept {
    /// That the person is kept, until when and why.
    pub fn words(&self) -> String {
        let until = self.until.map_or_else(String::new, |until| format!(" until {until}"));
        let reason = match self.reason.as_str() {
            "" => String::new(),
            reason => format!(": {reason}"),
        };
        format!("is on the keep list{until}{reason}")
    }
}

/// What is known besides the organization's state.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// What reseat itself has given.
    pub grants: BTreeMap<UserId, OwnGrant>,
    /// When somebody took the latest of the seats that are held, as far as the service tells that.
    pub seats_since: BTreeMap<UserId, Timestamp>,
}

/// The last time that reseat gave somebody a seat, be it by an undo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnGrant {
    /// When.
    pub at: Timestamp,
    /// Whether reseat had taken a seat from that person before, so that this put it back.
    pub puts_back: bool,
}
