//! Whether a host's name is known.

use std::net::IpAddr;
use std::time::Duration;

use super::super::{Blame, Check, Finding};
use crate::text::{clean, duration, joined, nearest, number};

/// The hosts of UiPath's own installations.
const KNOWN: [&str; 2] = ["cloud.uipath.com", "govcloud.uipath.us"];

/// Whose name is looked up.
#[derive(Debug, Clone, Copy)]
pub enum Named<'a> {
    /// The server's.
    Server(&'a str),
    /// The proxy's, which looks up the server's name itself.
    Proxy {
        /// The proxy's host.
        host: &'a str,
        /// How the proxy is called.
        shown: &'a str,
    },
}

/// What came of looking it up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// It is an address itself.
    Address,
    /// These addresses belong to it.
    Found(Vec<IpAddr>),
    /// Nothing belongs to it, as the system says.
    Unknown(String),
    /// The system has not answered within this time.
    TooLong(Duration),
}

/// What was found of a name.
pub fn name(named: Named<'_>, lookup: &Lookup) -> Finding {
    let (host, of) = match named {
        Named::Server(host) => (host, String::new()),
        Named::Proxy { host, shown } => (host, format!(" of the proxy {shown}")),
    };
    let failed = |what: String| Finding::failed(Check::Dns, Blame::Surroundings, what);
    let finding = match lookup {
        Lookup::Address => Finding::ok(
            Check::Dns,
            match named {
                Named::Server(_) => "none is needed: it is an address itself".to_owned(),
                Named::Proxy { shown, .. } => format!("none is needed: the proxy {shown} is named by its address"),
            },
        ),
        Lookup::Found(addresses) if is_blocked(host, addresses) => Finding::warning(
            Check::Dns,
            format!(
                "the name `{host}`{of} leads to this computer itself ({})",
                joined(addresses, 4)
            ),
        )
        .with_help(
            "a filter, or a line in the `hosts` file, may keep it from being found: ask whoever looks after them",
        ),
        Lookup::Found(addresses) => Finding::ok(Check::Dns, format!("the name{of} has {}", counted(addresses)))
            .with_detail(joined(addresses, 4)),
        Lookup::Unknown(why) => {
            let finding = failed(format!("the name `{host}`{of} cannot be resolved"));
            with_mend(finding.with_detail(clean(why, 200)), named)
        }
        Lookup::TooLong(limit) => {
            let limit = duration(*limit);
            let finding = failed(format!("the name `{host}`{of} was not resolved within {limit}"));
            finding.with_help("see whether this computer is connected, and whether its name servers answer")
        }
    };
    match named {
        Named::Server(_) => finding,
        Named::Proxy { .. } => finding.with_detail("the proxy looks up the server's name itself"),
    }
}

fn with_mend(finding: Finding, named: Named<'_>) -> Finding {
    match named {
        Named::Proxy { .. } => finding.with_help("check the proxy's name, and whether you are in its network or VPN"),
        Named::Server(host) => {
            let finding = match nearest(host, KNOWN).filter(|known| *known != host) {
                Some(known) => finding.with_help(format!("did you mean `{known}`?")),
                None => finding.with_help("check the name for slips, and whether you are in its network or VPN"),
            };
            finding.with_help("if only a proxy leads out of your network, name it in `HTTPS_PROXY`")
        }
    }
}

fn counted(addresses: &[IpAddr]) -> String {
    let four = addresses.iter().filter(|address| address.is_ipv4()).count();
    let of_kind = |count: usize, kind: &str| match count {
        0 => None,
        1 => Some(format!("1 {kind} address")),
        _ => Some(format!("{} {kind} addresses", number(count))),
    };
    let kinds: Vec<String> = [of_kind(four, "IPv4"), of_kind(addresses.len() - four, "IPv6")]
        .into_iter()
        .flatten()
        .collect();
    joined(&kinds, 2)
}

/// Whether one of UiPath's own names leads to this computer, as filters answer for what they block. A company's own
/// installation may well be here.
fn is_blocked(host: &str, addresses: &[IpAddr]) -> bool {
    let is_known = KNOWN.iter().any(|known| known.eq_ignore_ascii_case(host));
    let is_here = |address: &IpAddr| address.is_loopback() || address.is_unspecified();
    is_known && !addresses.is_empty() && addresses.iter().all(is_here)
}

#[cfg(test)]
mod tests {
    use super::super::super::Outcome;
    use super::*;

    fn found(addresses: &[&str]) -> Lookup {
        Lookup::Found(addresses.iter().map(|address| address.parse().unwrap()).collect())
    }

    #[test]
    fn a_name_is_told_with_how_many_addresses_it_has() {
        for (addresses, what) in [
            (&["104.18.1.1"][..], "the name has 1 IPv4 address"),
            (
                &["104.18.1.1", "104.18.1.2", "2606:4700::1"],
                "the name has 2 IPv4 addresses and 1 IPv6 address",
            ),
            (&["2606:4700::1"], "the name has 1 IPv6 address"),
        ] {
            let finding = name(Named::Server("cloud.uipath.com"), &found(addresses));
            assert_eq!((finding.outcome, finding.what.as_str()), (Outcome::Ok, what));
            assert!(finding.help.is_empty());
        }
    }

    #[test]
    fn what_a_filter_blocks_is_worth_a_warning_and_an_installation_on_this_computer_is_not() {
        for (host, addresses, outcome) in [
            ("cloud.uipath.com", &["0.0.0.0"][..], Outcome::Warning),
            ("cloud.uipath.com", &["127.0.0.1", "::1"], Outcome::Warning),
            ("cloud.uipath.com", &["127.0.0.1", "104.18.1.1"], Outcome::Ok),
            ("localhost", &["127.0.0.1"], Outcome::Ok),
            ("suite.contoso.example", &["::1"], Outcome::Ok),
        ] {
            let finding = name(Named::Server(host), &found(addresses));
            assert_eq!(finding.outcome, outcome, "{finding:?}");
            assert_eq!(finding.help.is_empty(), outcome == Outcome::Ok);
        }
    }

    #[test]
    fn a_name_that_is_unknown_has_a_mend() {
        let unknown = Lookup::Unknown("Name or service\u{1b} not known".to_owned());
        for (named, words) in [
            (Named::Server("cloud.uipaht.com"), "did you mean `cloud.uipath.com`?"),
            (Named::Server("suite.contoso.example"), "or VPN"),
            (Named::Server("cloud.uipath.com"), "`HTTPS_PROXY`"),
            (
                Named::Proxy {
                    host: "proxy.contoso.example",
                    shown: "`proxy.contoso.example:3128` (`HTTPS_PROXY`)",
                },
                "the proxy's name",
            ),
        ] {
            let finding = name(named, &unknown);
            assert_eq!(finding.outcome, Outcome::Failed(Blame::Surroundings));
            assert!(finding.what.ends_with("cannot be resolved"), "{}", finding.what);
            assert!(
                finding.help.iter().any(|help| help.contains(words)),
                "{:?}",
                finding.help
            );
            assert_eq!(finding.details[0], "Name or service not known");
        }
        let slow = name(
            Named::Server("cloud.uipath.com"),
            &Lookup::TooLong(Duration::from_secs(5)),
        );
        assert_eq!(slow.what, "the name `cloud.uipath.com` was not resolved within 5.0 s");
    }
}
