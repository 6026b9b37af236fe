//! What the page says that is not in the plan itself.

use std::collections::BTreeMap;

use jiff::Zoned;

use crate::model::BundleCode;
use crate::page::Fact;
use crate::plan::TakingLater;
use crate::run_report::Masking;

/// What the page says beside the plan.
#[derive(Debug, Clone)]
pub struct PageSubject {
    /// The file name of the sheet.
    pub sheet: String,
    /// The organization: its name, its profile, its address, as far as there are any.
    pub organization: Vec<Fact>,
    /// When the plan was made, on the local clock.
    pub made: Zoned,
    /// What to know of the sheet before, in sentences without a full stop.
    pub notes: Vec<String>,
    /// Why a run of it would stop before it changes anything, if it would.
    pub stop: Option<WouldStop>,
    /// How it is set going.
    pub approval: Approval,
    /// Whether people's names are shown.
    pub masking: Masking,
    /// What licences are called, where that is known.
    pub license_names: BTreeMap<BundleCode, String>,
}

impl PageSubject {
    /// What a licence is called; its code where that is not known.
    pub(super) fn license_name(&self, code: &BundleCode) -> String {
        self.license_names
            .get(code)
            .cloned()
            .unwrap_or_else(|| code.to_string())
    }
}

/// Why a run would stop before it changes anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WouldStop {
    /// Why, in a sentence without a full stop, as in `there are not enough seats for 3 rows`.
    pub why: String,
    /// What to do about it, in sentences.
    pub help: String,
    /// The commands that help.
    pub commands: Vec<String>,
}

/// How whoever approves the plan sets it going.
#[derive(Debug, Clone)]
pub struct Approval {
    /// What to do, in sentences.
    pub words: String,
    /// The commands to type, if there are any.
    pub commands: Vec<String>,
    /// The rows that are approved with the plan although they are not due yet, and that take something away.
    pub later: TakingLater,
}
