//! A plan as a page for whoever approves it: who loses access, what happens, what cannot be done, and how to set it going.

mod approval_page;
mod change;
mod counts;
mod names;
mod obstacles;
mod rows;
mod sections;
mod subject;
mod verdict;
mod words;

pub use approval_page::ApprovalPage;
pub use rows::{PlanRows, RowOfPlan};
pub use subject::{Approval, PageSubject, WouldStop};
