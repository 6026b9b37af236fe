//! Operations and present state into steps, steps into calls: diff, seats, batches, stages, forecast.
//!
//! Pure: no network, no clock. [`plan`] folds the rows of each account in sheet order, compares the result with the
//! [`Snapshot`](crate::directory::Snapshot) and makes steps; [`batch()`] puts steps that share a kind and a payload into
//! the fewest calls.

mod access_lost;
mod account_drafts;
mod already_there;
mod as_written;
mod assemble;
mod assembly;
mod awaited;
mod batch;
mod build;
mod cautions;
mod describe;
mod direct;
mod draft_list;
mod last_use;
mod leases;
mod license_request;
mod licenses;
mod memberships;
mod near_domains;
mod needs;
mod one_or_many;
mod planned;
mod postpone;
mod profile;
mod row_code;
mod row_end;
mod rules;
mod seat_count;
mod seat_denials;
mod seats;
mod settled;
mod sheet_accounts;
mod step;
mod taken_later;
mod verdict;
mod warnings;

pub use access_lost::{Loser, WaysLost, losers};
pub use already_there::{are_one_person, goes_by_another_name, goes_on_with};
pub use as_written::{
    changed_since_export, groups_in_words, licenses_in_words, listed_groups, rule_in_words, rule_is_as_written,
};
pub use awaited::{Awaited, waits_until};
pub use batch::{BatchSizes, Call, CallKind, Family, batch};
pub use build::{Begun, BegunRows, Finished, plan};
pub use describe::{Change, describe};
pub use direct::{Direct, Holding, LicenseEdit};
pub use last_use::{Seen, unused_since};
pub use leases::FreedByRules;
pub use needs::needs;
pub use one_or_many::OneOrMany;
pub use planned::{AccessLost, Deletion, Ending, Fate, LastAdministrators, Plan, PlannedRow, SeatLine, Warning};
pub use row_code::{RowCode, RowReason};
pub use row_end::{Course, PlannedSheet, row_end, row_ended};
pub use rules::{Administrators, Inactive, OnShortage, Pending, Rules};
pub use seats::{Pools, Schedule, Slot, Turn, schedule};
pub use settled::{not_owned, short_of};
pub use step::{
    Account, AccountIndex, Creation, Expectation, GroupRuleChange, LeaseEnd, LicenseChange, Membership, Naming,
    Predecessor, RowIndex, RuleRemoval, Stage, Step, StepIndex, StepSource, Work,
};
pub use taken_later::{TakenLater, TakingLater};
pub use verdict::Verdict;
pub use warnings::NAMED_IN_A_WARNING;
