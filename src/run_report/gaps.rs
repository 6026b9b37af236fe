//! What a report lacks, in words.

use super::fold::{RunReport, UnreadRecords};
use crate::text::{choose, clean, plural};

/// How much of a name is shown.
const MOST: usize = 200;

impl RunReport {
    /// What the report lacks, and why.
    pub fn gaps(&self) -> Vec<String> {
        let mut gaps = Vec::new();
        for file in self.files.iter().filter(|file| file.is_torn) {
            gaps.push(format!(
                "The last line of {} was cut off when a run was interrupted, and is left out; running the sheet again \
                 mends that.",
                clean(&file.name, MOST)
            ));
        }
        let unrecorded = self.runs.iter().filter(|run| run.record.is_none()).count();
        if unrecorded > 0 {
            let (have, they) = choose(unrecorded, ("has", "it"), ("have", "they"));
            gaps.push(format!(
                "{} {have} no record beside the results, so it is not known how {they} ended, nor how many seats were taken.",
                plural(unrecorded, "run")
            ));
        }
        let UnreadRecords { damaged, newer } = self.unread_records;
        if damaged > 0 {
            gaps.push(format!(
                "{} of the records of runs cannot be read.",
                plural(damaged, "line")
            ));
        }
        if newer > 0 {
            gaps.push(format!(
                "{} of the records of runs are of a later version of reseat.",
                plural(newer, "line")
            ));
        }
        gaps
    }
}
