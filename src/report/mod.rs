//! Consumers of events and results: progress on the terminal or in plain lines, the end summary,
//! findings, tables. The only room that names indicatif.
//!
//! It decides nothing about a run. Styled text is always written with escape codes; the caller wraps the stream
//! (anstream), which removes them where they are not wanted.

mod display;
mod forecast;
mod hint;
mod json;
mod plain_lines;
mod plan;
mod plan_page;
mod plan_shape;
mod problems;
mod progress;
mod rebalance;
mod rebalance_shape;
mod run_state;
mod style;
mod summary;
mod table;
mod words;

pub use hint::{Deletions, Evidence, Hint, LeftOut, NotDue, hints};
pub use json::{of_each, write_json};
pub use plan::{NotDueRows, PlanView, waiting_words, write_left_out};
pub use plan_page::{Approval, ApprovalPage, PageSubject, PlanRows, RowOfPlan, WouldStop};
pub use plan_shape::{ShapeOfWaiting, waiting_shape};
pub use problems::{ProblemsShape, problems_shape, write_problems};
pub use progress::{Mode, Progress};
pub use rebalance::{KeepListUse, RebalanceView, RowCounts};
pub use rebalance_shape::RebalanceShape;
pub use summary::Summary;
pub use table::{Align, Table};
