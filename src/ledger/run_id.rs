//! The `run` column: which run, against which organization, in which version of the format.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use crate::model::OrganizationId;

/// The format version that this program writes, and the newest that it reads.
pub const FORMAT_VERSION: u32 = 1;

/// Names one run: `2026-11-21T10:00:00Z 6f1c0d1e-…-9a0b a1b2c3 v1`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RunId {
    started: Timestamp,
    organization: OrganizationId,
    short: u32,
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
        }
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
        write!(
            out,
            "{} {} {:06x} v{FORMAT_VERSION}",
            self.started, self.organization, self.short
        )
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
        let [started, organization, short] = rest.split(' ').collect::<Vec<_>>()[..] else {
            return Err(RunIdFault::Malformed);
        };
        if short.len() != 6 {
            return Err(RunIdFault::Malformed);
        }
        Ok(Self::new(
            started.parse().map_err(|_| RunIdFault::Malformed)?,
            organization.parse().map_err(|_| RunIdFault::Malformed)?,
            u32::from_str_radix(short, 16).map_err(|_| RunIdFault::Malformed)?,
        ))
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
        let newer = "whatever a later version says v2";
        assert_eq!(newer.parse::<RunId>(), Err(RunIdFault::Newer(2)));
        for broken in ["", "v1", "2026-11-21T10:00:00Z", &TEXT[..TEXT.len() - 1], &TEXT[1..]] {
            assert_eq!(broken.parse::<RunId>(), Err(RunIdFault::Malformed), "{broken}");
        }
    }
}
