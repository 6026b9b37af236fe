//! What the user chose, as far as it shapes a plan.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{EnumString, VariantNames};

use super::{Awaited, BatchSizes};
use crate::model::{AsOf, Place, RowSelection};

/// What to do when a sheet needs more seats than there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, EnumString, VariantNames, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum OnShortage {
    /// Send nothing.
    #[default]
    Stop,
    /// Give the seats out in sheet order; rows that get none end as `conflict`.
    Fill,
}

/// Whether accounts of the built-in group Administrators may be deleted and offboarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Administrators {
    /// Never.
    #[default]
    Protected,
    /// The user said so (`--allow-admins`).
    MayGo,
}

/// What happens to a row that would give a seat or a successor to an account that is deactivated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Inactive {
    /// It is skipped.
    #[default]
    LeftAlone,
    /// It runs (`--include-inactive`).
    Included,
}

/// What a row does that invites somebody whose invitation is still pending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pending {
    /// Sends no second mail.
    #[default]
    LeaveAlone,
    /// Invites again (`--resend`).
    Resend,
}

/// What the user chose, as far as it shapes a plan.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Chunk sizes.
    pub sizes: BatchSizes,
    /// `--on-shortage`.
    pub on_shortage: OnShortage,
    /// `--allow-admins`.
    pub administrators: Administrators,
    /// `--resend`.
    pub pending: Pending,
    /// Whom such a run has mailed since then is not mailed again (`--resend-after`).
    pub mailed_since: Option<Timestamp>,
    /// `--include-inactive`.
    pub inactive: Inactive,
    /// `--onto-existing`.
    pub onto_existing: Option<RowSelection>,
    /// `--without-carry-over`.
    pub without_carry_over: Option<RowSelection>,
    /// What rows make that are not due yet, and are not planned.
    pub awaited: Awaited,
    /// Whether direct allocations can be read and released here.
    pub portal: bool,
}

impl Rules {
    /// As of when the sheet is planned, and whose clocks its times are of.
    pub fn as_of(&self) -> &AsOf {
        self.awaited.as_of()
    }

    /// Whether the row may go on with an account that looks like somebody else's.
    pub fn goes_onto_existing(&self, row: &Place) -> bool {
        names(self.onto_existing.as_ref(), row)
    }

    /// Whether the row may leave behind what the service refuses to carry over.
    pub fn leaves_behind(&self, row: &Place) -> bool {
        names(self.without_carry_over.as_ref(), row)
    }
}

fn names(rows: Option<&RowSelection>, row: &Place) -> bool {
    rows.is_some_and(|rows| rows.contains(row))
}
