//! How much of the quota is left, as remembered.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Check, Finding, Outcome};
use crate::event::{Method, Service};
use crate::pace::{Limits, Spent};
use crate::text::{duration, number, plural};

/// What is made of the calls that count now. `calls` are those that were made for these findings.
pub fn quota(spent: &[Spent], limits: &Limits, calls: &BTreeMap<(Service, Method), u64>) -> Finding {
    let made: u64 = calls.values().sum();
    let mut by_kind = BTreeMap::<(Service, Method), Vec<&Spent>>::new();
    for entry in spent {
        by_kind.entry((entry.service, entry.method)).or_default().push(entry);
    }
    let mut outcome = Outcome::Ok;
    let mut details = Vec::new();
    for ((service, method), entries) in &by_kind {
        let Some(allowance) = limits.allowance(*service, *method) else {
            continue;
        };
        let used: u32 = entries.iter().map(|entry| entry.calls).sum();
        let left = allowance.saturating_sub(used);
        let ages = || entries.iter().map(|entry| entry.age);
        let free_in = |age: Option<Duration>| duration(limits.window.saturating_sub(age.unwrap_or_default()));
        let mut line = format!(
            "{method} of the {} service: {} of {} left, all again in {}",
            service.as_str(),
            number(left),
            number(allowance),
            free_in(ages().min())
        );
        if left == 0 {
            outcome = Outcome::Warning;
            line = format!("{line}, the first in {}", free_in(ages().max()));
        }
        details.push(line);
    }
    let what = match (outcome, details.is_empty()) {
        (Outcome::Warning, _) => "is used up for some calls, so a run would begin with a wait".to_owned(),
        (_, true) => "nothing is known to be spent of any limit".to_owned(),
        (_, false) => format!("calls are left for every {}", duration(limits.window)),
    };
    let mut finding = Finding::new(Check::Quota, outcome, what);
    finding.details = details;
    if made > 0 {
        finding = finding.with_detail(format!(
            "these checks took {}, reads and sign-ins alone",
            plural(made, "call")
        ));
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spent(method: Method, age: u64, calls: u32) -> Spent {
        Spent {
            service: Service::Identity,
            method,
            age: Duration::from_secs(age),
            calls,
        }
    }

    #[test]
    fn what_is_left_is_told_for_each_method_with_when_it_is_free_again() {
        let calls = BTreeMap::from([
            ((Service::Identity, Method::Get), 2),
            ((Service::Token, Method::Post), 1),
        ]);
        let entries = [
            spent(Method::Get, 200, 100),
            spent(Method::Get, 20, 20),
            spent(Method::Put, 240, 144),
            spent(Method::Post, 9, 1),
        ];
        let finding = quota(&entries, &Limits::published(), &calls);
        assert_eq!(finding.outcome, Outcome::Warning);
        assert_eq!(
            finding.details,
            [
                "GET of the identity service: 150 of 270 left, all again in 4 min 40 s",
                "POST of the identity service: 21,599 of 21,600 left, all again in 4 min 51 s",
                "PUT of the identity service: 0 of 144 left, all again in 1 min, the first in 1 min",
                "these checks took 3 calls, reads and sign-ins alone",
            ]
        );
        let finding = quota(&entries[..1], &Limits::none(), &BTreeMap::new());
        assert_eq!((finding.outcome, finding.details.as_slice()), (Outcome::Ok, &[][..]));
    }
}
