//! The note beside a sheet: why it is where it is, and what to do.

use std::fmt;
use std::path::PathBuf;

use jiff::Timestamp;

use super::plain_words::{without_commands, without_flags};
use crate::app::Ending;
use crate::text::plural;
use crate::watch::{Ended, Folder, Remembered};

/// What somebody should know of a sheet that is not done.
pub(super) struct Note<'a> {
    pub(super) sheet: &'a str,
    pub(super) ended: &'a Ended,
    pub(super) at: Timestamp,
    /// The sheet of the rows that somebody has to correct.
    pub(super) failed_sheet: Option<PathBuf>,
    /// Whether other sheets lie beside it that belong to it.
    pub(super) has_others: bool,
    /// How many rows wait while the sheet lies where it is not taken up again by itself.
    pub(super) waiting: usize,
    /// What the run said.
    pub(super) told: &'a str,
}

impl fmt::Display for Note<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            sheet,
            ended,
            at,
            failed_sheet,
            has_others,
            waiting,
            told,
        } = self;
        let code = ended
            .exit_code
            .map_or_else(String::new, |code| format!(" (exit code {code})"));
        writeln!(out, "{sheet}, {at:.0}: {}{code}.", without_flags(&ended.message))?;
        let failed_sheet = failed_sheet.as_ref().and_then(|path| path.file_name());
        match (ended.folder, failed_sheet) {
            (Folder::Done | Folder::Approved, _) => {}
            (Folder::Waiting, _) => writeln!(out, "Nothing is to be done: it is taken up again by itself.")?,
            (Folder::Approve, _) => {
                let stem = &ended.stem;
                writeln!(
                    out,
                    "Look at {stem}.plan.html. If that is to happen, copy or move {sheet} as it is to the folder `approved`; else take it away."
                )?;
                if *has_others {
                    writeln!(
                        out,
                        "Leave the other sheets of that name where they are: they go with it."
                    )?;
                }
            }
            (Folder::Failed, _) if matches!(ended.exit_code, Some(0 | 75)) => writeln!(
                out,
                "Put the sheet that they came from into the drop folder as well: what is done is not done again, and the \
                 rest is tried."
            )?,
            (Folder::Failed, Some(failed)) => writeln!(
                out,
                "Correct {} and put it into the drop folder: what is done is not done again.",
                failed.to_string_lossy()
            )?,
            (Folder::Failed, None) if ended.exit_code == Some(Ending::SheetInvalid.code()) => writeln!(
                out,
                "Nothing was sent. Correct the sheet as is said below, and put it into the drop folder again; or ask whoever runs reseat."
            )?,
            (Folder::Failed, None) => writeln!(
                out,
                "Mend what is said below. Put this sheet into the drop folder again if it needed no change; a changed one is a new sheet."
            )?,
        }
        match *waiting {
            0 => {}
            1 => writeln!(out, "One row waits, and is taken up again only when that is dropped.")?,
            rows => writeln!(
                out,
                "{} wait, and are taken up again only when that is dropped.",
                plural(rows, "row")
            )?,
        }
        let told = without_commands(told.trim());
        if told.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{told}")
    }
}

/// Why a sheet lies where nothing is done for it, while another with its bytes, which has failed, is run again.
pub(super) fn note_of_second_copy(name: &str, sheet: &str) -> String {
    format!(
        "{name}: a sheet with the very same content was dropped before, as {sheet}, and failed. That one is run again now \
         because of this one, and goes on where it stopped. What comes of it is with {sheet} and not here.\n"
    )
}

/// Why nothing is done for a sheet whose bytes were dropped before.
pub(super) fn note_of_superfluous(name: &str, known: &Remembered) -> String {
    let Remembered { at, folder, sheet, .. } = known;
    let what = match folder {
        Folder::Done => format!("was done on {at:.0} as {sheet}"),
        Folder::Waiting => format!("was dropped before, and is in `waiting` as {sheet}: rows of it wait"),
        Folder::Approve | Folder::Approved => {
            format!("was dropped before, and is in `approve` as {sheet}: it waits for approval")
        }
        Folder::Failed => format!("was dropped before, and is in `failed` as {sheet}"),
    };
    format!(
        "{name}: a sheet with the very same content {what}. So nothing was done for this one.\n\
         If it is to be run once more all the same, change it, be it a note in a column that is not used, or ask whoever \
         runs reseat.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_drops_a_sheet_twice_is_told_of_no_command() {
        for folder in [Folder::Done, Folder::Waiting, Folder::Approve, Folder::Failed] {
            let known = Remembered {
                sha256: String::new(),
                at: Timestamp::UNIX_EPOCH,
                folder,
                sheet: "a.csv".to_owned(),
                exit_code: Some(0),
            };
            let note = note_of_superfluous("b.csv", &known);
            assert!(
                note.contains("ask whoever runs reseat") && !note.contains("`reseat"),
                "{note}"
            );
        }
    }
}
