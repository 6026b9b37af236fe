//! As of when a sheet is judged.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Row;

/// The instant as of which the dates of a sheet are judged, and the zone whose clocks they speak of. Taken once for a
/// run, so that everything in it agrees on what is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsOf {
    /// The instant.
    pub now: Timestamp,
    /// The zone.
    pub zone: TimeZone,
}

/// Before every date that a sheet may have.
impl Default for AsOf {
    fn default() -> Self {
        Self {
            now: Timestamp::UNIX_EPOCH,
            zone: TimeZone::UTC,
        }
    }
}

impl AsOf {
    /// Whether something that is not to happen before this instant has to wait.
    pub fn is_before(&self, instant: Timestamp) -> bool {
        self.now < instant
    }

    /// The day that it is.
    pub fn day(&self) -> Date {
        self.now.to_zoned(self.zone.clone()).date()
    }

    /// The instant until which the row has to wait, if it has to.
    pub fn until(&self, row: &Row) -> Option<Timestamp> {
        row.not_before().filter(|due| self.is_before(*due))
    }

    /// An instant as the zone's clocks show it, with their distance from UTC: `2026-12-01T00:00:00+01:00`.
    pub fn show(&self, instant: Timestamp) -> String {
        let zoned = instant.to_zoned(self.zone.clone());
        zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// The same as briefly as it can be said: the day alone where it is the beginning of a day in the zone, `2026-12-01`.
    pub fn show_briefly(&self, instant: Timestamp) -> String {
        let zoned = instant.to_zoned(self.zone.clone());
        match zoned.start_of_day() {
            Ok(beginning) if beginning.timestamp() == instant => zoned.date().to_string(),
            Ok(_) | Err(_) => self.show(instant),
        }
    }

    /// What the zone is called, or its distance from UTC now where it has no name.
    pub fn zone_name(&self) -> String {
        match self.zone.iana_name() {
            Some(name) => name.to_owned(),
            None => format!("UTC{}", self.now.to_zoned(self.zone.clone()).strftime("%:z")),
        }
    }
}

/// The time without its fraction of a second, as programs are told it.
pub fn to_the_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_day_is_shown_as_the_day() {
        let shown = |zone: &str, instant: &str| {
            let as_of = AsOf {
                zone: TimeZone::get(zone).unwrap(),
                ..AsOf::default()
            };
            as_of.show_briefly(instant.parse().unwrap())
        };
        assert_eq!(shown("Europe/Berlin", "2026-11-30T23:00:00Z"), "2026-12-01");
        assert_eq!(
            shown("Europe/Berlin", "2026-12-01T00:00:00Z"),
            "2026-12-01T01:00:00+01:00"
        );
        // Clocks are put forward at midnight, so that the day begins at one.
        assert_eq!(shown("America/Asuncion", "2023-10-01T04:00:00Z"), "2023-10-01");
    }
}
