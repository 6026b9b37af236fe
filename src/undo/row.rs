//! One row of the sheet that puts things back.

use strum::{EnumIter, IntoStaticStr};

use crate::draft::DraftRow;
use crate::intake::Column;
use crate::model::{BundleSet, OperationKind, Place};

/// Why a row is left to a person. `docs/undo.md` lists the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Why {
    /// Somebody has changed it since.
    Changed,
    /// Nothing takes it back.
    Lasting,
    /// The account or the group is gone, or its name has another bearer.
    Gone,
    /// It is not known what became of the row, or what was there before.
    NotKnown,
    /// No cell can say it.
    NotWritable,
}

impl Why {
    /// The word in JSON output.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// What it says of a row, after "because".
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Changed => "somebody has changed it since",
            Self::Lasting => "it cannot be taken back",
            Self::Gone => "the account or group is gone, or its name is another's",
            Self::NotKnown => "it is not known what was done, or what was there before",
            Self::NotWritable => "no cell can say it",
        }
    }
}

/// What a row is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// It puts something back.
    PutsBack(OperationKind),
    /// It is an `ignore` row that a person has to read.
    Decide(Why),
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoRow {
    /// What it is for.
    pub kind: RowKind,
    /// What is written of it; the note lacks the rows whose changes it is about.
    pub draft: DraftRow,
    /// The rows of the results file whose changes it is about.
    pub undoes: Vec<Place>,
    /// Whether it gives something to an account that is deactivated, which a run does only with `--include-inactive`.
    pub is_for_deactivated: bool,
    /// The bundles that it takes a seat of while none is free at present.
    pub lacking: BundleSet,
    /// The seats that it takes.
    pub(super) takes: BundleSet,
    /// The seats that it gives back.
    pub(super) frees: BundleSet,
}

impl UndoRow {
    pub(super) fn new(kind: RowKind, undoes: &[Place]) -> Self {
        Self {
            kind,
            draft: match kind {
                RowKind::PutsBack(operation) => DraftRow::new(operation),
                RowKind::Decide(_) => DraftRow::ignored(),
            },
            undoes: undoes.to_vec(),
            is_for_deactivated: false,
            lacking: BundleSet::default(),
            takes: BundleSet::default(),
            frees: BundleSet::default(),
        }
    }

    pub(super) fn cell(self, column: Column, text: impl Into<String>) -> Self {
        let draft = self.draft.cell(column, text);
        Self { draft, ..self }
    }

    /// Whether it replaces all that is held directly, whatever that is when it is run.
    pub(super) fn replaces(&self) -> bool {
        matches!(
            self.kind,
            RowKind::PutsBack(
                OperationKind::SetLicenses | OperationKind::ReleaseLicenses | OperationKind::BlockLicenses
            )
        )
    }

    pub(super) fn seats(self, takes: BundleSet, frees: BundleSet) -> Self {
        Self { takes, frees, ..self }
    }

    pub(super) fn noting(self, text: impl AsRef<str>) -> Self {
        let draft = self.draft.noting(text);
        Self { draft, ..self }
    }
}
