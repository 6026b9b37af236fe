//! The clock of this computer beside a server's.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::super::{Blame, Check, Finding, Outcome};
use crate::text::{duration, plural};
use crate::wire::{Certificate, ClockReading};

/// Clocks that differ by less agree: nothing that reseat does is more exact.
const AGREEING: SignedDuration = SignedDuration::from_secs(60);

/// From here on dates fall on other days: rows run on the wrong one, and days without use are counted wrongly.
const DAYS_OFF: SignedDuration = SignedDuration::from_hours(24);

/// Time zones differ by multiples of this.
const QUARTER: i64 = 15 * 60;

/// How far zones are from UTC at most, in seconds, and so a clock that shows another zone's time.
const MOST_OF_A_ZONE: i64 = 14 * 3600;

/// How near to a multiple a difference counts as one, in seconds.
const NEAR: i64 = 120;

/// What stands behind the time that a server tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A trusted certificate, or the way within this computer.
    Proven,
    /// Nothing: the certificate is not trusted.
    Unproven,
    /// Nothing, and by the server's clock its certificate would be valid.
    WouldBeValid,
}

/// What is to be thought of the clock of this computer, whose zone `zone` is.
pub fn clock(clocks: &ClockReading, proof: Proof, zone: &TimeZone) -> Finding {
    let ahead = clocks.here.duration_since(clocks.there);
    let off = ahead.abs();
    let tolerance = SignedDuration::try_from(clocks.give_or_take).unwrap_or(SignedDuration::MAX);
    let finding = if off <= AGREEING.saturating_add(tolerance) {
        Finding::ok(Check::Clock, "this computer's clock agrees with the server's")
    } else {
        let outcome = if proof == Proof::WouldBeValid || off >= DAYS_OFF {
            Outcome::Failed(Blame::Surroundings)
        } else {
            Outcome::Warning
        };
        let direction = if ahead.is_positive() { "ahead of" } else { "behind" };
        let what = format!("this computer's clock is {} {direction} the server's", in_words(off));
        let finding = Finding::new(Check::Clock, outcome, what).with_detail(match proof {
            Proof::WouldBeValid => "because of this the server's certificate seems to be invalid",
            Proof::Proven | Proof::Unproven => {
                "dates in sheets (`not_before`), days without use and the times in results are by this clock"
            }
        });
        let finding = match proof {
            Proof::Proven => finding,
            Proof::Unproven | Proof::WouldBeValid => {
                finding.with_help("compare it with another clock first, such as a telephone's")
            }
        };
        with_mend(finding, off)
    };
    let finding = finding.with_detail(format!(
        "here {}, there {}",
        local(clocks.here, zone),
        local(clocks.there, zone)
    ));
    match proof {
        Proof::Proven => finding,
        Proof::Unproven | Proof::WouldBeValid => {
            finding.with_detail("not proven, because the server's certificate is not trusted")
        }
    }
}

/// That there is no time to compare with.
pub fn no_clock(why: &str) -> Finding {
    Finding::skipped(Check::Clock, why)
}

/// Whether the clock of this computer makes a certificate invalid that is valid by the server's clock.
pub fn explains(clocks: &ClockReading, certificates: &[Certificate]) -> bool {
    let all_valid_at = |moment| certificates.iter().all(|certificate| certificate.is_valid_at(moment));
    !certificates.is_empty() && all_valid_at(clocks.there) && !all_valid_at(clocks.here)
}

fn with_mend(finding: Finding, off: SignedDuration) -> Finding {
    let seconds = off.as_secs();
    let beyond = seconds % QUARTER;
    let is_of_zones =
        seconds <= MOST_OF_A_ZONE + NEAR && seconds > QUARTER - NEAR && beyond.min(QUARTER - beyond) <= NEAR;
    let finding = if is_of_zones {
        finding.with_help("if its hands look right, its time zone is wrong: set the zone, and then the time")
    } else {
        finding
    };
    finding.with_help(if cfg!(windows) {
        "set it by the network: `w32tm /resync` as an administrator"
    } else if cfg!(target_os = "macos") {
        "set it by the network: `sudo sntp -sS time.apple.com`"
    } else {
        "set it by the network: `timedatectl set-ntp true` as root; a container has the clock of its host"
    })
}

/// `3 h 2 min`, `12 days`.
fn in_words(off: SignedDuration) -> String {
    let days = off.as_hours() / 24;
    if days >= 2 {
        plural(days.unsigned_abs(), "day")
    } else {
        duration(Duration::from_secs(off.as_secs().unsigned_abs()))
    }
}

/// To the second, as in `2026-11-30T13:00:00+01:00`.
fn local(moment: Timestamp, zone: &TimeZone) -> String {
    let moment = moment.to_zoned(zone.clone());
    moment.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(ahead: i64) -> ClockReading {
        let there: Timestamp = "2026-11-30T12:00:00Z".parse().unwrap();
        ClockReading {
            here: there + SignedDuration::from_secs(ahead),
            there,
            give_or_take: Duration::from_secs(2),
        }
    }

    #[test]
    fn a_clock_is_judged_by_how_far_it_is_off_in_both_directions() {
        let failed = Outcome::Failed(Blame::Surroundings);
        for (ahead, proof, outcome, words) in [
            (0, Proof::Proven, Outcome::Ok, "agrees"),
            (62, Proof::Proven, Outcome::Ok, "agrees"),
            (63, Proof::Proven, Outcome::Warning, "1 min 3 s ahead of the server's"),
            (-63, Proof::Proven, Outcome::Warning, "1 min 3 s behind the server's"),
            (10_920, Proof::Proven, Outcome::Warning, "3 h 2 min ahead of"),
            (-86_399, Proof::Unproven, Outcome::Warning, "23 h 59 min behind"),
            (-86_400, Proof::Proven, failed, "24 h behind"),
            (86_400 * 12 + 60, Proof::Unproven, failed, "12 days ahead of"),
            (7_200, Proof::WouldBeValid, failed, "2 h ahead of"),
        ] {
            let finding = clock(&reading(ahead), proof, &TimeZone::UTC);
            assert_eq!(finding.outcome, outcome, "{ahead}");
            assert!(finding.what.contains(words), "{}", finding.what);
            assert_eq!(finding.help.is_empty(), outcome == Outcome::Ok);
            let is_unproven = finding.details.iter().any(|detail| detail.starts_with("not proven"));
            assert_eq!(is_unproven, proof != Proof::Proven);
        }
    }

    #[test]
    fn both_times_are_told_in_the_computer_s_own_zone() {
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let mut clocks = reading(7_200);
        clocks.here += SignedDuration::from_millis(250);
        let finding = clock(&clocks, Proof::Proven, &zone);
        let times = "here 2026-11-30T15:00:00+01:00, there 2026-11-30T13:00:00+01:00";
        assert!(
            finding.details.iter().any(|detail| detail == times),
            "{:?}",
            finding.details
        );
    }

    #[test]
    fn a_difference_as_between_two_zones_names_the_zone() {
        for (ahead, is_of_zones) in [
            (3_600, true),
            (-3_660, true),
            (19_800, true),
            (50_400, true),
            (3_900, false),
            (300, false),
            (61_200, false),
        ] {
            let finding = clock(&reading(ahead), Proof::Proven, &TimeZone::UTC);
            let named = finding.help.iter().any(|help| help.contains("time zone"));
            assert_eq!(named, is_of_zones, "{ahead}");
        }
    }

    #[test]
    fn a_clock_explains_a_certificate_that_is_invalid_only_by_it() {
        let certificate = |from: &str, until: &str| Certificate {
            subject: "CN=server".to_owned(),
            names: Vec::new(),
            issuer: "CN=authority".to_owned(),
            from: from.parse().unwrap(),
            until: until.parse().unwrap(),
        };
        let year = certificate("2026-01-01T00:00:00Z", "2026-12-01T00:00:00Z");
        let past = certificate("2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z");
        let month = 86_400 * 30;
        assert!(explains(&reading(month), std::slice::from_ref(&year)));
        assert!(explains(&reading(-12 * month), std::slice::from_ref(&year)));
        assert!(!explains(&reading(60), std::slice::from_ref(&year)));
        assert!(!explains(&reading(month), &[year, past]));
        assert!(!explains(&reading(month), &[]));
    }
}
