//! What was found so far: shown to people as it is found, and to programs at the end.

use crate::app::Ending;
use crate::app::console::Console;
use crate::app::failure::Failure;
use crate::doctor::Finding;

/// The findings of one examination.
pub(super) struct Findings {
    console: Console,
    found: Vec<Finding>,
}

impl Findings {
    pub(super) fn new(console: Console) -> Self {
        Self {
            console,
            found: Vec::new(),
        }
    }

    /// Adds one, and shows it.
    pub(super) fn add(&mut self, finding: Finding) {
        self.found.push(finding);
    }

    /// Whether something before keeps what comes next from being tried.
    pub(super) fn has_failed(&self, check: crate::doctor::Check) -> bool {
        let is_failure = |finding: &&Finding| matches!(finding.outcome, crate::doctor::Outcome::Failed(_));
        self.found
            .iter()
            .filter(is_failure)
            .any(|finding| finding.check == check)
    }

    /// Prints what is left to print, and ends.
    pub(super) fn deliver(self) -> Result<Ending, Failure> {
        let _ = self.console;
        todo!("print the findings")
    }
}
