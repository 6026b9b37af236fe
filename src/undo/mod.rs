//! What a run changed, put back: from the records of a results file and the organization's present state to the rows of a
//! sheet. Pure; `docs/undo.md` is its contract.
//!
//! Records are [folded](fold()) into one net change for each account and each group, because two opposite rows about one
//! person in one sheet would contradict each other. Each change is compared with the present field by field: what is as
//! the run left it is put back, what is as it was before needs nothing, and anything else is somebody's later work, which
//! is told and left alone.

mod account;
mod changes;
mod deactivated;
mod fold;
mod gone;
mod group;
mod held;
mod licenses;
mod made;
mod moved;
mod order;
mod pen;
mod portrait;
mod present;
mod put_back;
mod recorded;
mod rewound;
mod row;
mod rule;
mod seats;
mod table;
mod told;

pub use changes::Changes;
pub use fold::fold;
pub use present::{Present, Wanted};
pub use put_back::put_back;
pub use row::{RowKind, UndoRow, Why};
pub use table::table;
