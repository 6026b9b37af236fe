//! Where the engine writes what happens.

use futures::future::BoxFuture;

use super::Record;

/// The results file could not be written; the run must stop, because what it does could not be recorded.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct JournalError(pub String);

/// Resolves once the records are on disk; those that are only [told ahead](Record::is_told_ahead) of a call once they are
/// in the file, so that they outlive the process.
pub type Durable = BoxFuture<'static, Result<(), JournalError>>;

/// An append-only record of what happens to rows.
///
/// A record replaces all earlier ones of its row, so continuing a row means carrying its `before`, `after` and
/// `user_id` forward. A row that a rerun skips gets no record.
pub trait Journal: Send + Sync {
    /// Hands records over, in order, without blocking; the returned future resolves once they are on disk.
    ///
    /// An empty list resolves when everything handed over before is on disk. Records, including `started` ones, stay in
    /// memory until they are written, so the caller must count those not yet resolved and pause while there are many:
    /// otherwise a slow disk would fill the memory.
    fn append(&self, records: Vec<Record>) -> Durable;
}
