//! What became of sheets, by their bytes, so that the same sheet dropped twice is done once.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::folders::Folder;

/// What became of a sheet, a line each. Of people it holds no more than the name of the file does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// The SHA-256 of its bytes.
    pub sha256: String,
    /// When it ended.
    pub at: Timestamp,
    /// Where it was put.
    pub folder: Folder,
    /// The name that it has there.
    pub sheet: String,
    /// The exit code of its run; `None` where it waits for approval.
    pub exit_code: Option<u8>,
}

/// What a sheet with known bytes comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again<'a> {
    /// It is new.
    New,
    /// It was done, or is on its way: nothing is to be done for it.
    Superfluous(&'a Remembered),
    /// It failed and lies there still: its run goes on.
    GoOn(&'a Remembered),
}

/// What is remembered of all sheets of a folder.
#[derive(Debug, Default)]
pub struct Memory {
    sheets: HashMap<String, Remembered>,
}

impl Memory {
    /// From the lines that were kept; one that cannot be read, as after a crash, counts for nothing.
    pub fn of_lines(text: &str) -> Self {
        let mut memory = Self::default();
        for line in text.lines() {
            if let Ok(remembered) = serde_json::from_str(line) {
                memory.add(remembered);
            }
        }
        memory
    }

    /// Adds what became of a sheet; the last word counts.
    pub fn add(&mut self, remembered: Remembered) {
        self.sheets.insert(remembered.sha256.clone(), remembered);
    }

    /// What is remembered of a sheet with these bytes.
    pub fn of(&self, sha256: &str) -> Option<&Remembered> {
        self.sheets.get(sha256)
    }

    /// Judges a sheet that was dropped. `is_there` says whether a sheet with the same bytes is still where it was put: what
    /// somebody took away is a new job, except where it was done.
    pub fn again(&self, sha256: &str, is_there: impl Fn(&Remembered) -> bool) -> Again<'_> {
        let Some(remembered) = self.sheets.get(sha256) else {
            return Again::New;
        };
        match remembered.folder {
            Folder::Done => Again::Superfluous(remembered),
            Folder::Waiting | Folder::Approve | Folder::Approved if is_there(remembered) => {
                Again::Superfluous(remembered)
            }
            Folder::Failed if is_there(remembered) => Again::GoOn(remembered),
            Folder::Waiting | Folder::Approve | Folder::Approved | Folder::Failed => Again::New,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remembered(folder: Folder) -> Remembered {
        Remembered {
            sha256: "5a".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            folder,
            sheet: "joiners.csv".to_owned(),
            exit_code: Some(0),
        }
    }

    #[test]
    fn the_same_bytes_are_done_once_and_what_failed_goes_on() {
        for folder in Folder::all() {
            let mut memory = Memory::default();
            memory.add(remembered(folder));
            let known = memory.of("5a").unwrap();
            let there = match folder {
                Folder::Failed => Again::GoOn(known),
                _ => Again::Superfluous(known),
            };
            let gone = match folder {
                Folder::Done => Again::Superfluous(known),
                _ => Again::New,
            };
            assert_eq!(memory.again("5a", |_| true), there, "{folder:?}");
            assert_eq!(memory.again("5a", |_| false), gone, "{folder:?}");
            assert_eq!(memory.again("5b", |_| true), Again::New);
        }
    }

    #[test]
    fn a_line_that_a_crash_cut_off_is_passed_over_and_the_last_word_counts() {
        let line = |folder| serde_json::to_string(&remembered(folder)).unwrap();
        let (first, last) = (line(Folder::Failed), line(Folder::Done));
        let text = format!("{first}\n{last}\n{}", &first[..20]);
        assert_eq!(Memory::of_lines(&text).of("5a").unwrap().folder, Folder::Done);
    }
}
