//! The results file: format, lock, writer, reader, and the pure decision of what a rerun does with each row.
//!
//! `docs/results.md` is its contract. It knows nothing of plans or the network, and of a sheet only its
//! name and its rows.

mod carry_forward;
mod cells;
mod columns;
mod completing;
mod error;
mod file;
mod files;
mod form;
mod format;
mod history;
mod index;
mod journal;
mod line;
mod lock;
mod new_file;
mod record;
mod resume;
mod rewrite;
mod run_id;
mod run_log;
mod scan;
mod seat_change;
mod start_anew;
mod stored;
mod tail;
mod windows;
mod writer;

pub use columns::COLUMNS;
pub use completing::{Completing, Origin};
pub use error::OpenError;
pub use file::{Opened, ResultsFile};
pub use files::results_path;
pub use form::is_of_results;
pub use history::{History, RunRecord};
pub use journal::{Durable, Journal, JournalError};
pub use lock::writer_of;
pub use record::Record;
pub use resume::{Changes, Known, Prior, Resume, captured, continues, rerun, resume};
pub use rewrite::{FinishError, Finished, Order, Sheet};
pub use run_id::{FORMAT_VERSION, RunId, RunIdFault};
pub use run_log::{RunEntry, RunLog, RunOrganization, RunSeats, run_log_path};
pub use seat_change::{SeatChange, SeatMove};
pub use start_anew::{LockedResults, StartedAnew};
