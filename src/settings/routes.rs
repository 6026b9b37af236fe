//! Routes that the documents disagree on.

use super::finding::{Fault, Findings};
use super::section::{Said, Section};

/// The method of both allocation calls; the documents' own lines say both (`uipath-api`, 9.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllocateMethod {
    /// `PUT`, as the endpoint lines say.
    Put,
    /// `POST`, as the curl lines say.
    Post,
}

/// Where the services are, relative to the installation's address. `{org}` stands for the organization's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routes {
    /// The licence service: `{org}/lease_`; older installations have `lease_` or `la`.
    pub license: String,
    /// The web portal's back end: `{org}/portal_`.
    pub portal: String,
    /// The method of the allocation calls.
    pub allocate_method: AllocateMethod,
}

pub(super) fn routes(mut section: Section<'_>, findings: &Findings) -> Routes {
    let license = section.text("license").and_then(|said| route(said, findings));
    let portal = section.text("portal").and_then(|said| route(said, findings));
    let method = section.text("allocate_method").and_then(|said| {
        said.checked(findings, |word| match word.to_ascii_uppercase().as_str() {
            "PUT" => Ok(AllocateMethod::Put),
            "POST" => Ok(AllocateMethod::Post),
            _ => Err(Fault::new(format!("`{word}` does not fit"), "write `PUT` or `POST`")),
        })
    });
    section.finish();
    Routes {
        license: license.unwrap_or_else(|| "{org}/lease_".to_owned()),
        portal: portal.unwrap_or_else(|| "{org}/portal_".to_owned()),
        allocate_method: method.unwrap_or(AllocateMethod::Put),
    }
}

fn route(said: Said<String>, findings: &Findings) -> Option<String> {
    said.checked(findings, |text| {
        let route = text.trim_matches('/');
        let fits = |segment: &str| {
            let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
            segment == "{org}" || (!segment.is_empty() && segment.chars().all(plain))
        };
        if route.split('/').all(fits) {
            return Ok(route.to_owned());
        }
        let mend = "write the parts of a path, with `{org}` for the organization's name, as in `{org}/lease_`";
        Err(Fault::new(format!("`{text}` is no route"), mend))
    })
}
