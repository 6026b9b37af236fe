//! Moves that earlier runs began under a row that has been changed since, as when `delete_when` was added: the row has
//! another key then, but the move is the same.

use std::collections::HashMap;

use crate::ledger::{History, OpenError, Resume, resume};
use crate::model::{Migrate, OperationKind};
use crate::text::fold;

/// What earlier runs recorded of unfinished moves, by old account and new address; read when first asked for.
#[derive(Debug, Default)]
pub(super) struct EarlierMoves(Option<HashMap<(String, String), Resume>>);

impl EarlierMoves {
    /// What a rerun does with a move of which the results file does not know the row.
    ///
    /// # Errors
    /// If the results file cannot be read.
    pub(super) fn resume(&mut self, history: &History, migrate: &Migrate) -> Result<Resume, OpenError> {
        let moves = match &self.0 {
            Some(moves) => moves,
            None => self.0.insert(unfinished(history)?),
        };
        let known = moves.get(&(fold(&migrate.user.to_string()), migrate.new_email.fold()));
        Ok(known.cloned().unwrap_or(Resume::Run))
    }
}

fn unfinished(history: &History) -> Result<HashMap<(String, String), Resume>, OpenError> {
    let mut moves = HashMap::new();
    for entry in history.entries()? {
        let record = entry?.record;
        let report = &record.report;
        if report.operation != Some(OperationKind::Migrate) {
            continue;
        }
        let of = (fold(&report.user), fold(&report.target));
        match resume(Some(record)) {
            resume @ (Resume::GoOn(_) | Resume::Settle(_)) => {
                moves.insert(of, resume);
            }
            Resume::Skip | Resume::Run => {}
        }
    }
    Ok(moves)
}
