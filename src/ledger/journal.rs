//! Where the engine writes what happens.

use futures::future::BoxFuture;

use super::Record;

/// The results file could not be written; the run has to stop, because what it does could not be recorded.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct JournalError(pub String);

/// Resolves once the records are on disk.
pub type Durable = BoxFuture<'static, Result<(), JournalError>>;

/// An append-only record of what happens to rows.
///
/// A record takes the place of the row's earlier ones whole, so whoever goes on with a row carries
/// its `before`, `after` and `user_id` forward. A row that a rerun skips gets no record.
pub trait Journal: Send + Sync {
    /// Hands records over, in order, without blocking; what is returned resolves once they are on disk.
    ///
    /// An empty list resolves when everything handed over before is on disk. Records wait in memory until they are
    /// written, `started` ones as well, so whoever hands over lists counts the records of those that have not resolved,
    /// and hands over no more while there are many: a slow disk would fill the memory.
    fn append(&self, records: Vec<Record>) -> Durable;
}
