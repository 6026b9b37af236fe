//! What flags stand for, in plain values.

use std::path::PathBuf;
use std::time::Duration;

use strum::{EnumString, VariantNames};

use crate::run_report::Masking;
use crate::sheet::Existing;

/// How data is printed on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, EnumString, VariantNames)]
#[strum(serialize_all = "lowercase")]
pub enum OutputFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// How much is printed on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Verbosity {
    /// Errors only.
    Quiet,
    /// The normal amount.
    #[default]
    Normal,
    /// Every call as well.
    Verbose,
}

/// Which organization is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Target {
    /// The one that the settings name.
    #[default]
    Configured,
    /// A simulated one inside the process.
    Sandbox,
}

/// Whether an organization is asked by a command that can do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Asking {
    /// It is, if one is configured.
    #[default]
    IfConfigured,
    /// Nothing is sent (`--offline`).
    Never,
}

/// `--map HEADER=COLUMN`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnMapping {
    /// The header as it is in the sheet.
    pub header: String,
    /// The column it stands for.
    pub column: String,
}

/// `plan -o`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanPage {
    /// The file to write.
    pub out: PathBuf,
    /// What becomes of a file that is there already.
    pub existing: Existing,
    /// Whether people's names are shown.
    pub masking: Masking,
}

/// How long a folder is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounds {
    /// What is there is run, and that is all (`--once`).
    One,
    /// Until a signal comes; the folder is looked at this often at least.
    Every(Duration),
}

/// Whether the user is asked before anything is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Confirmation {
    /// On a terminal; elsewhere the run is refused.
    #[default]
    Ask,
    /// `--yes`
    Given,
}

/// What to do while another run works on the organization or writes the results file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WhenLocked {
    /// End at once.
    #[default]
    Refuse,
    /// `--wait`
    Wait,
}

/// What to do with the results of earlier runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EarlierResults {
    /// Continue where they end.
    #[default]
    Resume,
    /// Keep the old file under its date and start over.
    Again,
}

/// A shell with completions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, VariantNames)]
#[strum(serialize_all = "lowercase")]
pub enum Shell {
    /// bash
    Bash,
    /// elvish
    Elvish,
    /// fish
    Fish,
    /// `PowerShell`
    PowerShell,
    /// zsh
    Zsh,
}
