//! Rows that repeat or contradict each other, found by what they state.

use std::collections::HashSet;
use std::thread;

use super::contradiction::{Contradiction, FirstStatements};
use crate::intake::rows::{RowNumber, Shard, Statement, Statements};

/// A repetition of an earlier row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct DuplicateRow {
    pub(super) row: RowNumber,
    pub(super) first: RowNumber,
    /// Which of the equal rows this is, from 1; the first is 0.
    pub(super) occurrence: u32,
}

/// Fewer statements are compared before another thread has begun.
const MOST_ALONE: usize = 1 << 14;

/// The rows that say the same as an earlier row, and the contradictions among the others by the later row; one of a row
/// with an equal one would only be told twice. What is stated about one subject is compared apart from all else, which
/// `threads` threads share.
pub(super) fn compare(statements: Statements, threads: usize) -> (Vec<DuplicateRow>, Vec<Contradiction>) {
    let threads = if statements.len() > MOST_ALONE { threads } else { 1 };
    // One that adds contradicts only one that removes.
    let with_adding = statements.remove_something;
    let shards: Vec<Shard> = statements.into_shards().into();
    let shared = each(&shards, threads, |shard| shared(shard, with_adding));
    drop(shards);
    let mut duplicates = each(&shared, threads, |statements| duplicates(statements)).concat();
    // A row that states something about two users is found twice.
    duplicates.sort_unstable();
    duplicates.dedup_by_key(|duplicate| duplicate.row);
    let left_out: HashSet<RowNumber> = duplicates.iter().map(|duplicate| duplicate.row).collect();
    let mut contradictions = each(&shared, threads, |statements| contradictions(statements, &left_out)).concat();
    contradictions.sort_unstable();
    contradictions.dedup();
    (duplicates, contradictions)
}

/// What `work` makes of each, in order.
fn each<T: Sync, U: Send>(items: &[T], threads: usize, work: impl Fn(&T) -> U + Sync) -> Vec<U> {
    let work = &work;
    let (own, others) = items.split_at(items.len().div_ceil(threads.max(1)));
    thread::scope(|scope| {
        let others: Vec<_> = others
            .chunks(own.len().max(1))
            .map(|items| scope.spawn(move || items.iter().map(work).collect::<Vec<U>>()))
            .collect();
        let mut made: Vec<U> = own.iter().map(work).collect();
        for thread in others {
            made.extend(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        made
    })
}

/// The statements whose subject others may have as well, sorted. They are few, so that not all have to be sorted.
fn shared(shard: &Shard, with_adding: bool) -> Vec<Statement> {
    let statements = || shard.iter(with_adding);
    // A Bloom filter with one hash, and sixteen bits or more for each statement: subjects that several statements have
    // always pass it, of the others at most one in sixteen, which costs no more than the time to sort it.
    let bits = (statements().count() * 16).next_power_of_two().max(64);
    let mask = bits as u64 - 1;
    // Two bits for each subject: it was seen, it was seen again. They are side by side, since each access is a cache miss.
    let mut seen = vec![[0_u64; 2]; bits / 64];
    let place = |statement: &Statement| {
        let bit = statement.subject & mask;
        (usize::try_from(bit / 64).unwrap_or(0), 1_u64 << (bit % 64))
    };
    for (word, bit) in statements().map(place) {
        let [once, again] = &mut seen[word];
        *again |= *once & bit;
        *once |= bit;
    }
    let is_shared = |statement: &&Statement| {
        let (word, bit) = place(statement);
        seen[word][1] & bit != 0
    };
    let mut found: Vec<Statement> = statements().filter(is_shared).copied().collect();
    found.sort_unstable();
    found
}

/// The rows that say the same as an earlier row. The statements are sorted.
fn duplicates(statements: &[Statement]) -> Vec<DuplicateRow> {
    let mut found = Vec::new();
    for about in statements.chunk_by(|one, other| one.subject == other.subject) {
        if about.len() < 2 || !about[0].kind().identifies_row() {
            continue;
        }
        let mut by_value: Vec<Statement> = about.to_vec();
        by_value.sort_by_key(|statement| (statement.value, statement.row()));
        for equal in by_value.chunk_by(|one, other| one.value == other.value) {
            for (occurrence, statement) in (0..).zip(equal).skip(1) {
                found.push(DuplicateRow {
                    row: statement.row(),
                    first: equal[0].row(),
                    occurrence,
                });
            }
        }
    }
    found
}

/// The contradictions among rows; rows in `left_out` are ignored. The statements are sorted.
fn contradictions(statements: &[Statement], left_out: &HashSet<RowNumber>) -> Vec<Contradiction> {
    let mut found = Vec::new();
    for about in statements.chunk_by(|one, other| one.subject == other.subject) {
        if about.len() < 2 {
            continue;
        }
        let mut earlier = FirstStatements::default();
        for statement in about
            .iter()
            .filter(|statement| left_out.is_empty() || !left_out.contains(&statement.row()))
            .flat_map(|statement| statement.each())
        {
            found.extend(earlier.contradiction(statement));
            earlier.note(statement);
        }
    }
    found
}
