//! Whether there are seats for what is put back.

use std::collections::HashMap;

use super::row::{RowKind, UndoRow};
use crate::directory::Snapshot;
use crate::model::{BundleCode, BundleSet};

/// Notes on the rows for which no seat is free at present, counting those that other rows give back.
pub(super) fn tell_of_full_pools(rows: &mut [UndoRow], snapshot: &Snapshot) {
    let Some(seats) = snapshot.seats().filter(|seats| !seats.is_empty()) else {
        return;
    };
    let mut free: HashMap<&BundleCode, i64> = seats.iter().map(|seats| (&seats.code, seats.left())).collect();
    let runs = |row: &&mut UndoRow| matches!(row.kind, RowKind::PutsBack(_));
    let mut rows: Vec<&mut UndoRow> = rows.iter_mut().filter(runs).collect();
    let freed: Vec<BundleSet> = rows.iter().map(|row| row.frees.clone()).collect();
    for code in freed.iter().flatten() {
        if let Some(count) = free.get_mut(code) {
            *count += 1;
        }
    }
    for row in &mut rows {
        let takes = row.takes.clone();
        let lacking: BundleSet = takes
            .iter()
            .filter(|code| !takes_one(&mut free, code))
            .cloned()
            .collect();
        if !lacking.is_empty() {
            **row = row.clone().noting(format!("no seat of {lacking} is free at present"));
            row.lacking = lacking;
        }
    }
}

fn takes_one(free: &mut HashMap<&BundleCode, i64>, code: &BundleCode) -> bool {
    match free.get_mut(code) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        Some(_) | None => false,
    }
}
