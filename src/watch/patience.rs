//! How long to wait before a sheet is taken, and before one that waits is taken up again.

use std::time::Duration;

/// How long a file has to have stayed as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// One that looks whole.
    pub quiet: Duration,
    /// One that may be cut off: it cannot be read, or its last line has no end.
    pub doubtful: Duration,
}

impl Patience {
    /// So long for what looks whole, and four times as long for what does not.
    pub const fn of(quiet: Duration) -> Self {
        Self {
            quiet,
            doubtful: quiet.saturating_mul(4),
        }
    }

    /// By when all is whole that had been looked at by `seen` and does not change: the first look at many files, or at large
    /// ones, may take long.
    pub fn deadline(self, seen: Duration) -> Duration {
        seen + self.doubtful + Duration::from_secs(1)
    }
}

/// The longest time after which a sheet whose rows wait is looked at again.
const LONGEST: Duration = Duration::from_hours(1);

/// After how long a sheet whose rows wait is looked at again, having been looked at so often: twice as long each time, up to
/// an hour. Somebody may accept an invitation at any moment, and each look costs some calls.
pub fn next_look(every: Duration, looks: u32) -> Duration {
    every
        .saturating_mul(1_u32.checked_shl(looks).unwrap_or(u32::MAX))
        .min(LONGEST.max(every))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_that_waits_is_looked_at_less_and_less_often_but_every_hour() {
        let every = Duration::from_secs(30);
        let looks: Vec<u64> = (0..9).map(|look| next_look(every, look).as_secs()).collect();
        assert_eq!(looks, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
        assert_eq!(next_look(every, 500).as_secs(), 3600);
        assert_eq!(next_look(Duration::from_hours(2), 3).as_secs(), 7200);
    }
}
