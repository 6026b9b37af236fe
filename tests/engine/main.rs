//! The engine over a model organization at the transport's seam, under a virtual clock: attribution, order,
//! lost answers, stopping. Whatever a test does, no two calls at once touch one account or group, and every
//! row has its record.

#![expect(clippy::unwrap_used, reason = "a helper that panics is a test that fails")]

mod alike;
mod already_there;
mod attribution;
mod crowd;
mod forecast;
mod gone;
mod hand_over;
mod hopeless;
mod lag;
mod lost;
mod machine;
mod matrix;
mod mistaken;
#[path = "../planner/model.rs"]
mod model;
mod one_entry;
#[path = "../planner/oracle.rs"]
mod oracle;
mod order;
mod own_doing;
#[path = "../planner/random.rs"]
mod random;
mod recheck;
mod server;
#[path = "../planner/sheets.rs"]
mod sheets;
mod stage;
mod stopping;
mod unless_changed;
