//! What the user chose, as far as it shapes a plan.

use super::BatchSizes;

/// What to do when a sheet needs more seats than there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnShortage {
    /// Send nothing.
    #[default]
    Stop,
    /// Give the seats out in sheet order; rows that get none end as `conflict`.
    Fill,
}

/// Whether accounts of the built-in group Administrators may be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Administrators {
    /// Never.
    #[default]
    Protected,
    /// The user said so (`--allow-admins`).
    MayGo,
}

/// What an `invite` does for an account whose invitation is still pending.
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
    /// Whether direct allocations can be read and released here.
    pub portal: bool,
}
