//! Routes that the documents disagree on.

use super::finding::{Findings, SettingFault};
use super::section::{Located, Section};
use crate::api::Routes;

pub(super) fn routes(mut section: Section<'_>, findings: &Findings) -> Routes {
    let license = section.text("license").and_then(|said| route(said, findings));
    let portal = section.text("portal").and_then(|said| route(said, findings));
    if let Some(said) = section.text("allocate_method") {
        let what = "is gone: licences are allocated by PUT, and POST on the same address only reads";
        findings.error(&said.place, SettingFault::new(what, "take the line out"));
    }
    section.finish();
    let usual = Routes::default();
    Routes {
        license: license.unwrap_or(usual.license),
        portal: portal.unwrap_or(usual.portal),
        ..Routes::default()
    }
}

fn route(said: Located<String>, findings: &Findings) -> Option<String> {
    said.checked(findings, |text| {
        let route = text.trim_matches('/');
        let fits = |segment: &str| {
            let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
            segment == "{org}" || (!segment.is_empty() && segment.chars().all(plain))
        };
        if route.split('/').all(fits) {
            return Ok(route.to_owned());
        }
        let help = "write the parts of a path, with `{org}` for the organization's name, as in `{org}/lease_`";
        Err(SettingFault::new(format!("`{text}` is no route"), help))
    })
}
