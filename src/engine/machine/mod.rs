//! The run as a state machine: what happened goes in as an [`Input`], what to do comes out as [`Effect`]s.
//!
//! Nothing here touches a socket, a file, a clock or a task: the time comes with each input, and the caller carries out
//! the effects and reports back. [`Engine::run`](super::Engine::run) does so for a run, and
//! [`forecast`](super::forecast()) on a simulated clock for a plan.
//!
//! | question | file |
//! | --- | --- |
//! | which stage is next, what a stop means, when a row's record is written | `flow` |
//! | what an answer means: done, split (a 409), smaller (a 413), in parts (a 504), read back, failed | `answers` |
//! | whether a refusal is about an entry or about what all have in common | `refused_alike` |
//! | what a refused call of several invitations has done all the same | `refused_in_part` |
//! | what waits because a service lags behind this run's own changes | `too_early` |
//! | which accounts are gone, and whether as many are as should be | `deletions` |
//! | whether a step can be sent, and with which payload | `sending` |
//! | what reading back showed | `read_back` |
//! | what is read again after a long wait, and when | `read_again`, `freshness` |
//! | what somebody else changed meanwhile, and what follows | `changed_meanwhile` |
//! | rows that are only done while what they replace is as it was | `unless_changed` |
//! | steps whose aim is reached without another call, by this run itself or by somebody else | `settled` |
//! | accounts that were to be made and are there already | `already_there` |
//! | what groups are called where the end of a row is told | `group_names` |
//! | what the service refuses to carry over to a successor | `left_behind` |
//! | how a leaver's row goes on after a failure, and what is left of its access | `leavers` |
//! | whether somebody can administrate still: whom the run itself makes an administrator, who is left meanwhile | `administrators` |
//! | which steps take an administrator out of the group, or out of use | `unseating` |
//! | licences taken off one account and owed to another | `transfers` |
//! | which seats were given and freed in the end | `seats_moved` |
//!
//! Its state is split into parts with private fields: `rows` (what has happened to each row and how it ends), `steps`
//! (the plan's, with what the run has learned), `schedule` (what is queued, what is in flight), `sizes` (how large calls
//! may be), `seats_left` (which bundles the server has run out of), `freshness` (how old what calls rest on is),
//! `common_cause` (which refusals are alike), `refused_together` (whether a refused call does nothing at all) and `giving_up` (when to stop).

mod administrators;
mod already_there;
mod answers;
mod changed_meanwhile;
mod common_cause;
mod deletion_count;
mod deletions;
mod exact_groups;
mod failed_call;
mod flow;
mod freshness;
mod giving_up;
mod group_names;
mod leavers;
mod left_behind;
mod progress;
mod protocol;
mod read_again;
mod read_back;
mod refused_alike;
mod refused_in_part;
mod refused_together;
mod rows;
mod schedule;
mod seats_left;
mod seats_moved;
mod sending;
mod settled;
mod sizes;
mod state;
mod steps;
mod taken_away;
mod too_early;
mod transfers;
mod unless_changed;
mod unseating;
mod used_meanwhile;

pub use protocol::{Departure, Effect, Input, Looks, Moment, TaskId, Urgency};
pub use rows::Recording;
pub use schedule::Tries;
pub use state::{Machine, Setup};
