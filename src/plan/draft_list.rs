//! The drafts of all accounts, in pieces: the list grows without being copied, and shrinks while steps are made of it.

use std::ops::{Index, IndexMut};

use super::AccountIndex;
use super::account_drafts::AccountDraft;

/// How many drafts there are in a piece.
const PIECE: usize = 4096;

/// The drafts, by account.
#[derive(Debug, Default)]
pub(super) struct DraftList<'a> {
    /// All but the last are full.
    pieces: Vec<Vec<AccountDraft<'a>>>,
}

impl<'a> DraftList<'a> {
    /// Adds the draft of one more account.
    pub(super) fn push(&mut self, draft: AccountDraft<'a>) -> AccountIndex {
        let full = self.pieces.len().saturating_sub(1) * PIECE;
        let index = match self.pieces.last_mut() {
            Some(piece) if piece.len() < PIECE => {
                piece.push(draft);
                full + piece.len() - 1
            }
            last => {
                // The first piece of a small sheet stays small.
                let room = if last.is_some() { PIECE } else { 1 };
                let mut piece = Vec::with_capacity(room);
                piece.push(draft);
                self.pieces.push(piece);
                (self.pieces.len() - 1) * PIECE
            }
        };
        AccountIndex::new(index)
    }

    pub(super) fn len(&self) -> usize {
        self.pieces.iter().map(Vec::len).sum()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &AccountDraft<'a>> + Clone {
        self.pieces.iter().flatten()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut AccountDraft<'a>> {
        self.pieces.iter_mut().flatten()
    }

    /// The drafts with their indexes.
    pub(super) fn indexed(&self) -> impl Iterator<Item = (AccountIndex, &AccountDraft<'a>)> {
        numbered(self.iter())
    }

    pub(super) fn indexed_mut(&mut self) -> impl Iterator<Item = (AccountIndex, &mut AccountDraft<'a>)> {
        numbered(self.iter_mut())
    }

    /// The drafts with their indexes, each piece dropped once it has been gone through.
    pub(super) fn into_indexed(self) -> impl Iterator<Item = (AccountIndex, AccountDraft<'a>)> {
        numbered(self.pieces.into_iter().flatten())
    }
}

fn numbered<T>(drafts: impl Iterator<Item = T>) -> impl Iterator<Item = (AccountIndex, T)> {
    let with_index = |(position, draft)| (AccountIndex::new(position), draft);
    drafts.enumerate().map(with_index)
}

impl<'a> Index<AccountIndex> for DraftList<'a> {
    type Output = AccountDraft<'a>;

    fn index(&self, index: AccountIndex) -> &AccountDraft<'a> {
        let position = index.position();
        &self.pieces[position / PIECE][position % PIECE]
    }
}

impl IndexMut<AccountIndex> for DraftList<'_> {
    fn index_mut(&mut self, index: AccountIndex) -> &mut Self::Output {
        let position = index.position();
        &mut self.pieces[position / PIECE][position % PIECE]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Naming;

    #[test]
    fn each_draft_is_found_by_the_index_that_it_was_given() {
        let mut list = DraftList::default();
        for number in 0..=2 * PIECE {
            let index = list.push(AccountDraft::pending(Naming::user(number)));
            assert_eq!(index.position(), number);
        }
        list[AccountIndex::new(PIECE)].delete(7);
        assert_eq!(list.len(), 2 * PIECE + 1);
        assert_eq!(
            list.indexed()
                .filter_map(|(_, draft)| draft.deleted_by())
                .collect::<Vec<_>>(),
            [7]
        );
        for (index, draft) in list.into_indexed() {
            assert_eq!(draft.naming.row(), index.position());
        }
    }
}
