//! Which proxy leads to a server, and which variable says so.

use super::super::{Blame, Check, Finding, Outcome};
use crate::wire::{Direct, SetUpError, Way};

/// Names of one variable: the first one that is set counts, even if it is empty.
type Spellings = [&'static str; 2];

const HTTPS: Spellings = ["HTTPS_PROXY", "https_proxy"];
const ALL: Spellings = ["ALL_PROXY", "all_proxy"];
const HTTP: Spellings = ["HTTP_PROXY", "http_proxy"];
const NO: Spellings = ["NO_PROXY", "no_proxy"];

/// The way to a host. `variable` is the environment.
pub fn proxy(host: &str, way: &Way, variable: impl Fn(&str) -> Option<String>) -> Finding {
    let ok = |what: String| Finding::ok(Check::Proxy, what);
    match way {
        Way::Direct(Direct::WithoutTls) => ok("none, because this computer is its own server".to_owned()),
        Way::Direct(Direct::NoneNamed) => {
            let finding = ok("none is named, so the server is reached directly".to_owned());
            let finding = with_hidden(finding, &variable);
            let of_http = HTTP.into_iter().find(|name| is_set(&variable, name));
            match of_http {
                Some(name) if finding.outcome == Outcome::Ok => warning(
                    finding,
                    format!("`{name}` is set, and counts only for addresses without TLS"),
                    "if only a proxy leads out of your network, set `HTTPS_PROXY` as well".to_owned(),
                ),
                _ => finding,
            }
        }
        Way::Direct(Direct::Excluded { by, from }) => ok(format!(
            "`{by}` excludes the server from the proxy {from}, so it is reached directly"
        )),
        Way::Direct(Direct::Ignored { by, named_by }) => Finding::warning(
            Check::Proxy,
            format!("`{named_by}` does not count, because `{by}` is set, as for programs that a web server runs"),
        )
        .with_help(format!("take `{by}` out of the environment that reseat gets")),
        Way::Through(proxy) => {
            let password = if proxy.has_password() {
                ", with the name and the password that are given there"
            } else {
                ""
            };
            let finding = ok(format!(
                "the server is to be reached through the proxy {proxy}{password}"
            ));
            let finding = with_hidden(finding, &variable);
            match misread(host, &variable) {
                None => finding,
                Some((name, entry, better)) => warning(
                    finding,
                    format!("`{entry}` in `{name}` does not exclude `{host}` from it"),
                    format!("if `{host}` is to be reached directly, write `{better}` into `{name}`"),
                ),
            }
        }
    }
}

/// What is wrong with a proxy of the environment, if that is why the connections cannot be set up.
pub fn unusable_proxy(error: &SetUpError) -> Option<Finding> {
    match error {
        SetUpError::UnreadableProxy { .. } | SetUpError::SocksProxy { .. } => {
            Some(Finding::failed(Check::Proxy, Blame::Surroundings, error.to_string()))
        }
        SetUpError::Unreadable(_)
        | SetUpError::NoCertificate { .. }
        | SetUpError::NoAuthorities
        | SetUpError::Client(_) => None,
    }
}

fn warning(finding: Finding, detail: String, help: String) -> Finding {
    Finding {
        outcome: Outcome::Warning,
        ..finding
    }
    .with_detail(detail)
    .with_help(help)
}

fn is_set(variable: impl Fn(&str) -> Option<String>, name: &str) -> bool {
    variable(name).is_some_and(|value| !value.is_empty())
}

/// Warns of a variable in small letters that does not count beside the same in capitals: other programs prefer it.
fn with_hidden(finding: Finding, variable: impl Fn(&str) -> Option<String>) -> Finding {
    let hidden = [HTTPS, ALL].into_iter().find(|[capitals, small]| {
        let other = variable(small).filter(|value| !value.is_empty());
        other.is_some_and(|other| variable(capitals).is_some_and(|value| value != other))
    });
    match hidden {
        None => finding,
        Some([capitals, small]) => {
            let why = if is_set(&variable, capitals) {
                "says otherwise"
            } else {
                "is set, though it is empty"
            };
            warning(
                finding,
                format!("`{small}` does not count, because `{capitals}` {why}"),
                format!("unset the wrong one of `{capitals}` and `{small}`"),
            )
        }
    }
}

/// An entry of `NO_PROXY` that is meant for the host and does not match it, in which variable, and how to write it.
fn misread(host: &str, variable: impl Fn(&str) -> Option<String>) -> Option<(&'static str, String, String)> {
    let (name, value) = NO.into_iter().find_map(|name| Some((name, variable(name)?)))?;
    let entries = value.split([',', ';', ' ', '\t']).map(str::trim);
    entries.filter(|entry| !entry.is_empty()).find_map(|entry| {
        let (_, meant) = entry.split_once("://").unwrap_or(("", entry));
        let meant = meant.split(['/', ':']).next().unwrap_or_default();
        let meant = meant.trim_start_matches("*.").trim_start_matches('.');
        let is_meant =
            !meant.is_empty() && host.len() >= meant.len() && host.is_char_boundary(host.len() - meant.len()) && {
                let (before, end) = host.split_at(host.len() - meant.len());
                end.eq_ignore_ascii_case(meant) && (before.is_empty() || before.ends_with('.'))
            };
        // A list that is parted by something else than commas is one entry, which matches nothing.
        let shown = if entry == meant { value.trim() } else { entry };
        is_meant.then(|| (name, shown.to_owned(), meant.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment<'a>(variables: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| {
            let of_name = variables.iter().find(|(known, _)| *known == name);
            of_name.map(|(_, value)| (*value).to_owned())
        }
    }

    #[test]
    fn an_entry_of_no_proxy_that_is_meant_for_the_host_is_told_with_how_to_write_it() {
        for (no_proxy, told) in [
            ("*.uipath.com", Some(("*.uipath.com", "uipath.com"))),
            (
                "cloud.uipath.com:443",
                Some(("cloud.uipath.com:443", "cloud.uipath.com")),
            ),
            (
                "https://cloud.uipath.com/",
                Some(("https://cloud.uipath.com/", "cloud.uipath.com")),
            ),
            ("localhost;.UiPath.com", Some((".UiPath.com", "UiPath.com"))),
            ("localhost uipath.com", Some(("localhost uipath.com", "uipath.com"))),
            ("cloud.*", None),
            ("path.com, 10.0.0.0/8,", None),
            ("", None),
        ] {
            let variables = [("NO_PROXY", no_proxy)];
            let told = told.map(|(entry, better)| ("NO_PROXY", entry.to_owned(), better.to_owned()));
            assert_eq!(misread("cloud.uipath.com", environment(&variables)), told, "{no_proxy}");
        }
    }

    #[test]
    fn a_direct_way_that_may_be_a_mistake_is_a_warning_with_the_variable_to_change() {
        for (variables, outcome, words) in [
            (&[][..], Outcome::Ok, ""),
            (
                &[("HTTP_PROXY", "http://proxy:3128")],
                Outcome::Warning,
                "set `HTTPS_PROXY`",
            ),
            (
                &[("HTTPS_PROXY", ""), ("https_proxy", "http://ann:hunter2@proxy:3128")],
                Outcome::Warning,
                "`https_proxy` does not count, because `HTTPS_PROXY` is set, though it is empty",
            ),
            (&[("HTTPS_PROXY", ""), ("https_proxy", "")], Outcome::Ok, ""),
        ] {
            let way = Way::Direct(Direct::NoneNamed);
            let finding = proxy("cloud.uipath.com", &way, environment(variables));
            let told = format!("{finding:?}");
            assert_eq!(finding.outcome, outcome, "{told}");
            assert!(told.contains(words) && !told.contains("hunter2"), "{told}");
            assert!(finding.what.ends_with("is reached directly"), "{told}");
        }
    }
}
