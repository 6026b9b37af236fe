//! The results file: format, lock, writer, reader, and the pure decision of what a rerun does with each row.
//!
//! `docs/results.md` is its contract. It knows nothing of sheets, plans or the network.

mod carry_forward;
mod error;
mod file;
mod files;
mod format;
mod history;
mod journal;
mod lock;
mod record;
mod resume;
mod rewrite;
mod run_id;
mod scan;
mod start_anew;
mod writer;

pub use carry_forward::CarryForward;
pub use error::OpenError;
pub use file::{Opened, ResultsFile};
pub use files::results_path;
pub use format::COLUMNS;
pub use history::{History, RunRecord};
pub use journal::{Durable, Journal, JournalError};
pub use record::Record;
pub use resume::{Changes, Known, Prior, Resume, rerun, resume};
pub use rewrite::{FinishError, Finished};
pub use run_id::{FORMAT_VERSION, RunId, RunIdFault};
pub use start_anew::{LockedResults, StartedAnew};
