//! What a plan costs, as text and as JSON: calls, waits, time.

use std::io::{self, Write};
use std::time::Duration;

use jiff::Zoned;
use serde::Serialize;
use strum::IntoEnumIterator;

use super::style::HEADING;
use super::table::{Align, Table};
use crate::engine::{Calls, Forecast, Timing};
use crate::event::{Method, Service};
use crate::page::Fact;
use crate::text::{duration, number, plural};

/// A forecast with its times.
#[derive(Debug, Clone, Copy)]
pub(super) struct ForecastView<'a> {
    pub(super) forecast: &'a Forecast,
    pub(super) timing: &'a Timing,
    /// When it ends if it begins now, on the local clock.
    pub(super) ends: &'a Zoned,
}

impl ForecastView<'_> {
    /// Calls by purpose and by method, the time they take, and the number without batching.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out)?;
        let Self { forecast, timing, .. } = self;
        if forecast.writes.is_empty() && forecast.read_back.is_empty() {
            return writeln!(out, "{HEADING}nothing to send{HEADING:#}");
        }
        let mut table = Table::new([("calls", Align::Right), ("", Align::Left)]);
        for (label, count) in self.purposes() {
            table.push([number(count), label.to_owned()]);
        }
        table.write(out)?;
        writeln!(
            out,
            "{} in all: {}; {}, until {}{}",
            calls(forecast.total()),
            by_method(&forecast.calls()),
            about(timing.takes),
            clock(self.ends, timing.takes),
            self.all_waits(),
        )?;
        if sum(&forecast.one_by_one) == sum(&forecast.writes) {
            return Ok(());
        }
        writeln!(
            out,
            "one call per change would be {} instead of {}, {} in all",
            calls(sum(&forecast.one_by_one)),
            plural(sum(&forecast.writes), "changing call"),
            about(timing.one_by_one),
        )
    }

    /// The same as things that are so, for a page.
    pub(super) fn facts(&self) -> Vec<Fact> {
        let Self { forecast, timing, .. } = self;
        if forecast.writes.is_empty() && forecast.read_back.is_empty() {
            return vec![Fact::new("calls", "nothing to send")];
        }
        let mut facts = vec![
            Fact::new(
                "calls",
                format!("{}: {}", calls(forecast.total()), by_method(&forecast.calls())),
            ),
            Fact::new(
                "time",
                format!(
                    "{}; begun when this was made, until {}",
                    about(timing.takes),
                    clock(self.ends, timing.takes)
                ),
            ),
        ];
        facts.extend(self.waits().map(|wait| Fact::new("waits", wait)));
        facts.extend(self.purposes().map(|(label, count)| Fact::new(label, calls(count))));
        if sum(&forecast.one_by_one) != sum(&forecast.writes) {
            facts.push(Fact::new(
                "one call per change would be",
                format!(
                    "{}, {} in all",
                    calls(sum(&forecast.one_by_one)),
                    about(timing.one_by_one)
                ),
            ));
        }
        facts
    }

    /// What calls are made for, and how many.
    fn purposes(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let Self { forecast, .. } = self;
        let changes = forecast.by_label.iter().map(|(label, count)| (*label, *count));
        [("read the present state", sum(&forecast.reads))]
            .into_iter()
            .chain(changes)
            .chain([("read back what was done", sum(&forecast.read_back))])
            .filter(|(_, count)| *count > 0)
    }

    /// Each wait for a quota.
    fn waits(&self) -> impl Iterator<Item = String> {
        let waits = self.timing.waits.iter();
        waits.map(|((service, method), length)| {
            format!("{} for the {}", duration(*length), quota_name(*service, *method))
        })
    }

    fn all_waits(&self) -> String {
        let parts: Vec<String> = self.waits().collect();
        if parts.is_empty() {
            ", without a wait for a quota".to_owned()
        } else {
            format!(", of which it waits {}", parts.join(" and "))
        }
    }

    /// The members of the plan's JSON object about calls and time.
    pub(super) fn shape(&self) -> CostShape {
        let Self { forecast, timing, .. } = self;
        let wait = |((service, method), length): (&(Service, Method), &Duration)| ShapeOfWait {
            service: name(*service),
            method: method.as_str(),
            wait_ms: length.as_millis(),
        };
        CostShape {
            calls: listed(&forecast.calls()),
            calls_to_read: listed(&forecast.reads),
            calls_to_change: listed(&forecast.writes),
            calls_to_read_back: listed(&forecast.read_back),
            calls_one_by_one: listed(&forecast.one_by_one),
            takes_ms: timing.takes.as_millis(),
            takes_one_by_one_ms: timing.one_by_one.as_millis(),
            ends_at: self.ends.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            waits: timing.waits.iter().map(wait).collect(),
        }
    }
}

/// What a plan costs, for programs; the member names are stable.
#[derive(Serialize)]
pub(super) struct CostShape {
    calls: Vec<ShapeOfCalls>,
    calls_to_read: Vec<ShapeOfCalls>,
    calls_to_change: Vec<ShapeOfCalls>,
    calls_to_read_back: Vec<ShapeOfCalls>,
    calls_one_by_one: Vec<ShapeOfCalls>,
    takes_ms: u128,
    takes_one_by_one_ms: u128,
    ends_at: String,
    waits: Vec<ShapeOfWait>,
}

#[derive(Serialize)]
struct ShapeOfCalls {
    service: &'static str,
    method: &'static str,
    calls: u64,
}

#[derive(Serialize)]
struct ShapeOfWait {
    service: &'static str,
    method: &'static str,
    wait_ms: u128,
}

/// A service as programs read it.
fn name(service: Service) -> &'static str {
    match service {
        Service::Identity => "identity",
        Service::License => "license",
        Service::Portal => "portal",
        Service::Token => "sign_in",
    }
}

/// A quota as it appears in a wait: `PUT quota`.
pub(super) fn quota_name(service: Service, method: Method) -> String {
    match service {
        Service::Identity => format!("{method} quota"),
        other => format!("{} {method} quota", other.as_str()),
    }
}

/// A predicted duration, worded as approximate.
fn about(length: Duration) -> String {
    if length < Duration::from_secs(1) {
        "less than a second".to_owned()
    } else {
        format!("about {}", duration(length))
    }
}

fn sum(calls: &Calls) -> u64 {
    calls.values().sum()
}

fn calls(count: u64) -> String {
    plural(count, "call")
}

/// `GET 3, PUT 16`, over all services, as in the summary of a run.
fn by_method(calls: &Calls) -> String {
    let of = |method: Method| {
        let of_it = calls.iter().filter(|((_, other), _)| *other == method);
        of_it.map(|(_, count)| count).sum::<u64>()
    };
    let counts = Method::iter().map(|method| (method, of(method)));
    let parts: Vec<String> = counts
        .filter(|(_, count)| *count > 0)
        .map(|(method, count)| format!("{method} {}", number(count)))
        .collect();
    parts.join(", ")
}

fn listed(calls: &Calls) -> Vec<ShapeOfCalls> {
    let of_method = |((service, method), count): (&(Service, Method), &u64)| ShapeOfCalls {
        service: name(*service),
        method: method.as_str(),
        calls: *count,
    };
    calls.iter().map(of_method).collect()
}

/// The time of day with its offset, and the date if it is on another day.
fn clock(ends: &Zoned, takes: Duration) -> String {
    let began = ends.checked_sub(takes);
    let is_today = began.is_ok_and(|began| began.date() == ends.date());
    let format = if is_today {
        "%H:%M:%S (%:z)"
    } else {
        "%Y-%m-%d %H:%M:%S (%:z)"
    };
    ends.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(forecast: &Forecast, timing: &Timing) -> String {
        let ends: Zoned = "2026-03-02T14:32:05+01:00[+01:00]".parse().unwrap();
        let view = ForecastView {
            forecast,
            timing,
            ends: &ends,
        };
        let mut out = Vec::new();
        view.write(&mut out).unwrap();
        anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string()
    }

    #[test]
    fn calls_time_and_waits_are_told_with_what_they_would_be_without_batching() {
        let put = (Service::Identity, Method::Put);
        let forecast = Forecast {
            by_label: [("update a user", 150), ("invite users", 2)].into(),
            reads: [((Service::Identity, Method::Get), 3)].into(),
            writes: [(put, 150), ((Service::Identity, Method::Post), 2)].into(),
            read_back: [((Service::Portal, Method::Get), 1)].into(),
            one_by_one: [(put, 1_150)].into(),
        };
        let timing = Timing {
            takes: Duration::from_secs(310),
            waits: [(put, Duration::from_secs(299))].into(),
            one_by_one: Duration::from_mins(35),
        };
        let text = shown(&forecast, &timing);
        let told = "156 calls in all: GET 4, POST 2, PUT 150; about 5 min 10 s, until 14:32:05 (+01:00), of which it waits 4 min 59 s for the PUT quota\n\
            one call per change would be 1,150 calls instead of 152 changing calls, about 35 min in all\n";
        assert!(text.ends_with(told), "{text}");
    }

    #[test]
    fn an_end_on_another_day_comes_with_its_date() {
        let ends: Zoned = "2026-03-02T00:10:00+00:00[UTC]".parse().unwrap();
        assert_eq!(clock(&ends, Duration::from_mins(20)), "2026-03-02 00:10:00 (+00:00)");
        assert_eq!(clock(&ends, Duration::from_mins(5)), "00:10:00 (+00:00)");
    }

    #[test]
    fn a_plan_that_changes_nothing_sends_nothing() {
        let forecast = Forecast {
            reads: [((Service::Identity, Method::Get), 3)].into(),
            ..Forecast::default()
        };
        assert_eq!(shown(&forecast, &Timing::default()), "\nnothing to send\n");
    }
}
