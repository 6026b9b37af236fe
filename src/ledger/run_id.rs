//! The `run` column: which run, against which organization, in which version of the format.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use crate::model::OrganizationId;
use crate::text::{clean, fold};

/// The format version that this program writes, and the newest that it reads.
///
/// Version 1 had neither the sheet's file name in `run` nor a second key in `key`.
pub const FORMAT_VERSION: u32 = 2;

/// The version of a line without what version 2 added.
const FIRST_VERSION: u32 = 1;

/// The longest file name that is written; file systems allow no more.
const LONGEST_NAME: usize = 255;

/// Names one run: `2026-11-21T10:00:00Z 6f1c0d1e-…-9a0b a1b2c3 joiners.csv v2`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RunId {
    started: Timestamp,
    organization: OrganizationId,
    short: u32,
    sheet: Option<Box<str>>,
}

/// Why a `run` cell cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunIdFault {
    /// It was written by a newer program, in this format version.
    Newer(u32),
    /// It does not have the form that this program writes.
    Malformed,
}

impl RunId {
    /// Names a run by its start (to the second), its organization and the low 24 bits of a random number.
    pub fn new(started: Timestamp, organization: OrganizationId, random: u32) -> Self {
        Self {
            started: Timestamp::from_second(started.as_second()).unwrap_or(started),
            organization,
            short: random & 0x00ff_ffff,
            sheet: None,
        }
    }

    /// The same run, of the sheet with this file name.
    #[must_use]
    pub fn of_sheet(self, file_name: &str) -> Self {
        let name = clean(file_name, LONGEST_NAME);
        Self {
            sheet: (!name.is_empty()).then(|| name.into()),
            ..self
        }
    }

    /// The file name of its sheet, without control characters; `None` in lines of format version 1.
    pub fn sheet(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    /// Whether the run was of the sheet with this file name, as far as that was recorded.
    pub fn may_be_of_sheet(&self, file_name: &str) -> bool {
        let ours = fold(&clean(file_name, LONGEST_NAME));
        self.sheet().is_none_or(|name| fold(name) == ours)
    }

    /// When the run started, to the second.
    pub fn started(&self) -> Timestamp {
        self.started
    }

    /// The organization it ran against.
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// The six hexadecimal digits that distinguish runs.
    pub fn short(&self) -> String {
        format!("{:06x}", self.short)
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {} {:06x} ", self.started, self.organization, self.short)?;
        match &self.sheet {
            Some(sheet) => write!(out, "{sheet} v{FORMAT_VERSION}"),
            None => write!(out, "v{FIRST_VERSION}"),
        }
    }
}

impl FromStr for RunId {
    type Err = RunIdFault;

    fn from_str(text: &str) -> Result<Self, RunIdFault> {
        let (rest, version) = text.rsplit_once(" v").ok_or(RunIdFault::Malformed)?;
        let version: u32 = version.parse().map_err(|_| RunIdFault::Malformed)?;
        if version > FORMAT_VERSION {
            return Err(RunIdFault::Newer(version));
        }
        let mut words = rest.splitn(4, ' ');
        let (Some(started), Some(organization), Some(short)) = (words.next(), words.next(), words.next()) else {
            return Err(RunIdFault::Malformed);
        };
        let sheet = words.next();
        if short.len() != 6 || sheet.is_some() != (version > FIRST_VERSION) {
            return Err(RunIdFault::Malformed);
        }
        let run = Self::new(
            started.parse().map_err(|_| RunIdFault::Malformed)?,
            organization.parse().map_err(|_| RunIdFault::Malformed)?,
            u32::from_str_radix(short, 16).map_err(|_| RunIdFault::Malformed)?,
        );
        Ok(match sheet {
            Some(sheet) => run.of_sheet(sheet),
            None => run,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "2026-11-21T10:00:00Z 6f1c0d1e-2222-4333-8444-55556666777a 00b2c3 v1";

    #[test]
    fn a_run_is_named_by_start_organization_short_id_and_version() {
        let run: RunId = TEXT.parse().unwrap();
        assert_eq!(run.to_string(), TEXT);
        assert_eq!(run.short(), "00b2c3");
        assert_eq!(run.started(), "2026-11-21T10:00:00Z".parse().unwrap());
    }

    #[test]
    fn a_newer_version_is_told_from_a_cell_that_is_broken() {
        let newer = "whatever a later version says v3";
        assert_eq!(newer.parse::<RunId>(), Err(RunIdFault::Newer(3)));
        for broken in ["", "v1", "2026-11-21T10:00:00Z", &TEXT[..TEXT.len() - 1], &TEXT[1..]] {
            assert_eq!(broken.parse::<RunId>(), Err(RunIdFault::Malformed), "{broken}");
        }
    }

    #[test]
    fn a_run_tells_of_which_file_it_was_and_one_that_does_not_may_be_of_any() {
        let first: RunId = TEXT.parse().unwrap();
        assert_eq!((first.sheet(), first.may_be_of_sheet("x.csv")), (None, true));
        for name in ["joiners.csv", "the new  ones v1.csv", "v1", "Zoë v7 v2"] {
            let run = first.clone().of_sheet(name);
            let text = run.to_string();
            assert!(text.ends_with(" v2"), "{text}");
            assert_eq!(text.parse(), Ok(run.clone()));
            assert!(run.may_be_of_sheet(&name.to_uppercase()) && !run.may_be_of_sheet("x.csv"));
        }
    }
}
