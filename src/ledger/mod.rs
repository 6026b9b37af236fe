//! The results file: format, lock, writer, reader, and the pure decision what a rerun does with each row.
//!
//! `docs/results.md` is its contract. It knows nothing of sheets, plans or the network.

mod carry;
mod claim;
mod error;
mod file;
mod format;
mod history;
mod journal;
mod lock;
mod place;
mod private;
mod record;
mod resume;
mod rewrite;
mod run_id;
mod scan;
mod tail;
mod writer;

pub use carry::Carrying;
pub use claim::{Claim, StartedAnew};
pub use error::OpenError;
pub use file::{Opened, ResultsFile};
pub use format::COLUMNS;
pub use history::{Entered, History};
pub use journal::{Durable, Journal, JournalError};
pub use place::results_path;
pub use record::Record;
pub use resume::{Known, Prior, Resume, Stage, rerun, resume};
pub use rewrite::{FinishError, Finished};
pub use run_id::{FORMAT_VERSION, RunId, RunIdFault};
