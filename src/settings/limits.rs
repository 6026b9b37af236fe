//! How fast, how often and how long.

use std::time::Duration;

use super::inputs::Overrides;
use super::layers::flag_of;
use super::origins::Origins;
use super::section::Section;
use crate::event::{Method, Service};
use crate::model::Deployment;
use crate::pace::{Limits as Quotas, RetryPolicy};
use crate::text::length_text;

/// Concurrency, quotas, retries and times.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Calls in flight at most.
    pub concurrency: u32,
    /// How many calls may be sent: the deployment's published quotas, as the profile changes them.
    pub quotas: Quotas,
    /// How much is tried after a fault.
    pub retry: RetryPolicy,
    /// How long one request may take.
    pub timeout: Duration,
    /// How long something new may stay unknown: how long to look for the effect of a call whose answer was lost and for
    /// a successor to be complete, and how long to wait for a service to know an account or a seat that this run made.
    pub settle: Duration,
    /// What was read before a longer wait is read again before calls rest on it.
    pub recheck: Duration,
}

pub(super) fn limits(
    mut section: Section<'_>,
    overrides: &Overrides,
    deployment: Deployment,
    origins: &Origins,
) -> Limits {
    let concurrency = section.whole("concurrency", 1, Overrides::MOST_CONCURRENCY);
    let limits = Limits {
        concurrency: overrides.concurrency.or(concurrency).unwrap_or(8),
        quotas: quotas(&mut section, deployment),
        retry: retry(&mut section, overrides),
        timeout: section.length("timeout").unwrap_or(Duration::from_mins(1)),
        // UiPath's own tests look four times, five seconds apart (`uipath-api`, 5.4); other services lag longer.
        settle: section.length("settle").unwrap_or(Duration::from_mins(1)),
        recheck: section.length("recheck").unwrap_or(Duration::from_secs(10)),
    };
    section.finish();
    for (key, said) in [
        ("concurrency", overrides.concurrency.map(|calls| calls.to_string())),
        ("retries", overrides.retries.map(|retries| retries.to_string())),
        ("max_wait", overrides.max_wait.map(length_text)),
    ] {
        if let Some(said) = said {
            origins.note(&format!("limits.{key}"), &said, &flag_of(key));
        }
    }
    limits
}

fn quotas(section: &mut Section<'_>, deployment: Deployment) -> Quotas {
    const MOST_CALLS: u32 = 100_000_000;
    let mut quotas = if deployment.capabilities().published_limits {
        Quotas::published()
    } else {
        Quotas::none()
    };
    quotas.window = section.length("window").unwrap_or(quotas.window);
    for (key, method) in [
        ("get", Method::Get),
        ("post", Method::Post),
        ("put", Method::Put),
        ("patch", Method::Patch),
        ("delete", Method::Delete),
    ] {
        if let Some(calls) = section.whole(key, 0, MOST_CALLS) {
            quotas.set(Service::Identity, method, calls);
        }
    }
    quotas.share = section.share("share").unwrap_or(quotas.share);
    quotas
}

fn retry(section: &mut Section<'_>, overrides: &Overrides) -> RetryPolicy {
    let usual = RetryPolicy::default();
    let retries = section.whole("retries", 0, Overrides::MOST_RETRIES);
    let max_wait = section.length("max_wait");
    RetryPolicy {
        retries: overrides.retries.or(retries).unwrap_or(usual.retries),
        max_wait: overrides.max_wait.or(max_wait).unwrap_or(usual.max_wait),
        ..usual
    }
}
