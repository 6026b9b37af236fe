//! What many rows state, in parts that can be compared apart from each other.

use super::statement::Statement;

/// How many parts there are.
const SHARDS: usize = 16;

/// A piece of so many statements is never moved or copied.
const PIECE: usize = 2048;

/// What rows state, in no particular order; all that is stated about one subject is in one shard.
#[derive(Debug, Default)]
pub(in crate::intake) struct Statements {
    shards: [Shard; SHARDS],
    /// Whether any row takes somebody out of a group, or a licence away.
    pub(in crate::intake) remove_something: bool,
}

/// What is stated about some of the subjects.
#[derive(Debug, Default)]
pub(in crate::intake) struct Shard {
    /// That a group is joined or a licence given, which contradicts nothing but its opposite.
    adding: Vec<Vec<Statement>>,
    others: Vec<Vec<Statement>>,
}

impl Statements {
    pub(super) fn push(&mut self, statement: Statement) {
        let kind = statement.kind();
        self.remove_something |= kind.removes();
        let shard = &mut self.shards[(statement.subject >> 32) as usize % SHARDS];
        let pieces = if kind.adds() {
            &mut shard.adding
        } else {
            &mut shard.others
        };
        match pieces.last_mut() {
            Some(piece) if piece.len() < PIECE => piece.push(statement),
            None => pieces.push(vec![statement]),
            Some(_) => {
                let mut piece = Vec::with_capacity(PIECE);
                piece.push(statement);
                pieces.push(piece);
            }
        }
    }

    /// Adds those of other rows.
    pub(in crate::intake) fn append(&mut self, others: Self) {
        self.remove_something |= others.remove_something;
        for (shard, more) in self.shards.iter_mut().zip(others.shards) {
            // The last piece is the one that is not full.
            shard.adding.splice(0..0, more.adding);
            shard.others.splice(0..0, more.others);
        }
    }

    pub(in crate::intake) fn into_shards(self) -> [Shard; SHARDS] {
        self.shards
    }

    /// How many there are.
    pub(in crate::intake) fn len(&self) -> usize {
        let pieces = self
            .shards
            .iter()
            .flat_map(|shard| shard.adding.iter().chain(&shard.others));
        pieces.map(Vec::len).sum()
    }
}

impl Shard {
    /// All statements, or those that do not add anything.
    pub(in crate::intake) fn iter(&self, with_adding: bool) -> impl Iterator<Item = &Statement> + Clone {
        let adding = if with_adding { self.adding.as_slice() } else { &[] };
        self.others.iter().chain(adding).flatten()
    }
}
