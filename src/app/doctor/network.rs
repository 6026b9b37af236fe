//! The way to the service: proxy, name, connection, certificate, clock.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::findings::Findings;
use crate::api::BaseUrl;
use crate::doctor::network::{
    Known, Lookup, Named, Proof, clock, connection, explains, name, no_clock, not_set_up, proxy, unusable_proxy,
};
use crate::doctor::{Check, Finding, Outcome};
use crate::settings::Survey;
use crate::text::clean;
use crate::wire::{
    CertificateFault, ClockReading, HttpConfig, Look, Probe, Proxy, SetUpError, Way, platform_has_authorities, way_to,
};

/// How long each step may take.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    lookup: Duration,
    connecting: Duration,
    answering: Duration,
}

const PATIENT: Bounds = Bounds {
    lookup: Duration::from_secs(5),
    connecting: Duration::from_secs(8),
    answering: Duration::from_secs(10),
};

const STEPS: [Check; 4] = [Check::Proxy, Check::Dns, Check::Tls, Check::Clock];

/// Looks at the way to each host that the settings name, as far as they are known.
pub(super) async fn look(known: &Survey, findings: &mut Findings<'_>) {
    let addresses: Vec<&BaseUrl> = known.uri.iter().chain(&known.identity_uri).collect();
    look_at(&addresses, known.ca_file.as_deref(), PATIENT, &mut |finding| {
        findings.add(finding);
    })
    .await;
}

async fn look_at(addresses: &[&BaseUrl], ca_file: Option<&Path>, bounds: Bounds, tell: &mut impl FnMut(Finding)) {
    if addresses.is_empty() {
        skip(&STEPS, "not tried, because no address is known", "", tell);
        return;
    }
    let probe = Probe::new(HttpConfig {
        connect_timeout: bounds.connecting,
        timeout: bounds.answering,
        ca_file: ca_file.map(Path::to_owned),
        ..HttpConfig::default()
    });
    if let Some(finding) = probe.as_ref().err().and_then(unusable_proxy) {
        tell(finding);
        skip(
            &STEPS[1..],
            "not tried, because a proxy's address cannot be used",
            "",
            tell,
        );
        return;
    }
    let mut seen = BTreeSet::new();
    for address in addresses {
        let server = Server::of(address);
        if seen.insert(server.place.clone()) {
            server.look(probe.as_ref(), ca_file, bounds, tell).await;
        }
    }
}

fn skip(checks: &[Check], why: &str, host: &str, tell: &mut impl FnMut(Finding)) {
    for check in checks {
        tell(Finding::new(*check, Outcome::Skipped, why).about(host));
    }
}

/// A server that the settings name.
struct Server<'a> {
    address: &'a BaseUrl,
    /// Its name, or its address without brackets.
    name: String,
    port: u16,
    /// Name and port.
    place: String,
    /// The same, without the port where that is the usual one.
    shown: String,
    way: Way,
}

impl<'a> Server<'a> {
    fn of(address: &'a BaseUrl) -> Self {
        let url = address.url();
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or(443);
        Self {
            address,
            name: host.trim_matches(['[', ']']).to_owned(),
            port,
            place: format!("{host}:{port}"),
            shown: url
                .port()
                .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
            way: way_to(url),
        }
    }

    async fn look(
        &self,
        probe: Result<&Probe, &SetUpError>,
        ca_file: Option<&Path>,
        bounds: Bounds,
        tell: &mut impl FnMut(Finding),
    ) {
        let mut tell = |finding: Finding| tell(finding.about(&self.shown));
        let variable = |name: &str| std::env::var(name).ok();
        let begun = Instant::now();
        let way = proxy(&self.name, &self.way, variable);
        tell(way.after(begun.elapsed()));
        let is_known = self.look_up(bounds.lookup, &mut tell).await;
        let probe = match probe {
            Ok(probe) if is_known => probe,
            Ok(_) => {
                let why = "not tried, because the name cannot be resolved";
                return skip(&[Check::Tls, Check::Clock], why, &self.shown, &mut tell);
            }
            Err(error) => {
                tell(not_set_up(error));
                return tell(no_clock("not tried, because no connection can be set up"));
            }
        };
        let begun = Instant::now();
        let look = probe.look(self.address.url()).await;
        let connected = connection(
            &look,
            &Known {
                host: &self.shown,
                place: &self.place,
                way: &self.way,
                ca_file,
                has_authorities: platform_has_authorities(),
                now: Timestamp::now(),
            },
        );
        let connected = connected.after(begun.elapsed());
        let (clock, first) = self.clock(probe, &look).await;
        // A clock that makes the certificate seem invalid is mended first.
        if first {
            tell(clock);
            tell(connected);
        } else {
            tell(connected);
            tell(clock);
        }
    }

    /// Looks up the name of whom the connection is made to; whether it is known.
    async fn look_up(&self, limit: Duration, tell: &mut impl FnMut(Finding)) -> bool {
        let begun = Instant::now();
        let (host, port, through) = match &self.way {
            Way::Direct(_) => (self.name.as_str(), self.port, None),
            Way::Through(proxy) => (proxy.host(), proxy.port(), Some(proxy)),
        };
        let lookup = look_up(host, port, limit).await;
        let shown = through.map_or_else(String::new, Proxy::to_string);
        let named = match through {
            None => Named::Server(host),
            Some(_) => Named::Proxy { host, shown: &shown },
        };
        let finding = name(named, &lookup).after(begun.elapsed());
        let is_known = !finding.outcome.is_failure();
        tell(finding);
        is_known
    }

    /// What is to be thought of the clock, and whether that comes before the connection.
    async fn clock(&self, probe: &Probe, look: &Look) -> (Finding, bool) {
        let zone = TimeZone::system();
        let judged = |clocks: Option<&ClockReading>, proof| match clocks {
            Some(clocks) => clock(clocks, proof, &zone),
            None => no_clock("not compared, because the server does not tell the time"),
        };
        match (&look.answer, &look.handshake) {
            // Came with the answer, and took no time of its own.
            (Ok(answer), _) => {
                let finding = judged(answer.clocks.as_ref(), Proof::Proven);
                (finding.after(Duration::ZERO), false)
            }
            (Err(_), Some(handshake)) if handshake.fault.is_some() => {
                let begun = Instant::now();
                let clocks = match probe.unproven_clock(self.address.url()).await {
                    Ok(clocks) => clocks,
                    Err(error) => return (no_clock(&format!("not compared: {error}")), false),
                };
                let is_of_dates = matches!(
                    handshake.fault,
                    Some(CertificateFault::Expired | CertificateFault::NotYetValid)
                );
                let is_reason = is_of_dates && clocks.is_some_and(|clocks| explains(&clocks, &handshake.chain));
                let proof = if is_reason {
                    Proof::WouldBeValid
                } else {
                    Proof::Unproven
                };
                (judged(clocks.as_ref(), proof).after(begun.elapsed()), is_reason)
            }
            (Err(_), _) => (no_clock("not compared, because the server does not answer"), false),
        }
    }
}

async fn look_up(host: &str, port: u16, limit: Duration) -> Lookup {
    if host.parse::<IpAddr>().is_ok() {
        return Lookup::Address;
    }
    match tokio::time::timeout(limit, tokio::net::lookup_host((host, port))).await {
        Err(_) => Lookup::TooLong(limit),
        Ok(Err(error)) => Lookup::Unknown(clean(&error.to_string(), 200)),
        Ok(Ok(addresses)) => {
            let addresses: BTreeSet<IpAddr> = addresses.map(|address| address.ip()).collect();
            if addresses.is_empty() {
                Lookup::Unknown("the name has no address".to_owned())
            } else {
                Lookup::Found(addresses.into_iter().collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found of a server at this address within these bounds.
    async fn found(address: &str, bounds: Bounds) -> Vec<Finding> {
        let address = BaseUrl::parse(address).unwrap();
        let mut found = Vec::new();
        look_at(&[&address, &address], None, bounds, &mut |finding| found.push(finding)).await;
        found
    }

    #[tokio::test]
    async fn a_server_that_accepts_and_says_nothing_is_given_up_within_the_bounds_and_looked_at_once() {
        let patient = Bounds {
            lookup: Duration::from_mins(1),
            connecting: Duration::from_mins(1),
            answering: Duration::from_mins(1),
        };
        let connecting = Bounds {
            connecting: Duration::from_millis(100),
            ..patient
        };
        let answering = Bounds {
            answering: Duration::from_millis(200),
            ..patient
        };
        for (scheme, hurried, words) in [
            ("https", connecting, "within 0.1 s"),
            ("http", answering, "within 0.2 s"),
        ] {
            // The system takes connections that nobody has accepted yet.
            let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let address = format!("{scheme}://127.0.0.1:{}", silent.local_addr().unwrap().port());
            let found = found(&address, hurried).await;
            let outcomes: Vec<_> = found.iter().map(|finding| (finding.check, finding.outcome)).collect();
            let failed = Outcome::Failed(crate::doctor::Blame::Surroundings);
            assert_eq!(
                outcomes,
                [
                    (Check::Proxy, Outcome::Ok),
                    (Check::Dns, Outcome::Ok),
                    (Check::Tls, failed),
                    (Check::Clock, Outcome::Skipped)
                ]
            );
            assert!(found[2].what.contains(words), "{}", found[2].what);
            assert!(found[2].took.is_some() && found[3].took.is_none());
        }
    }

    #[tokio::test]
    async fn without_an_address_nothing_is_tried() {
        let mut found = Vec::new();
        look_at(&[], None, PATIENT, &mut |finding| found.push(finding)).await;
        assert_eq!(found.iter().map(|finding| finding.check).collect::<Vec<_>>(), STEPS);
        assert!(found.iter().all(|finding| finding.outcome == Outcome::Skipped));
    }
}
