//! The connection to a server, and the certificate that it shows.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::super::{Blame, Check, Finding, Outcome};
use crate::text::{listed, plural, shown_path};
use crate::wire::{Certificate, CertificateFault, Direct, Handshake, Look, SetUpError, TransportCode, Way};

/// A certificate that ends sooner is worth a warning; one that is made for less than three months, in its last third.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What is known besides the look itself.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The host, with its port where that is not the usual one.
    pub host: &'a str,
    /// The host and its port.
    pub place: &'a str,
    /// The way to it.
    pub way: &'a Way,
    /// The authorities of the configuration.
    pub ca_file: Option<&'a Path>,
    /// Whether this computer knows any authority.
    pub has_authorities: bool,
    /// The present moment.
    pub now: Timestamp,
}

/// What was found of the connection.
pub fn connection(look: &Look, known: &Known<'_>) -> Finding {
    let finding = match (&look.answer, &look.handshake) {
        (Ok(_), None) => Finding::ok(
            Check::Tls,
            "reached without TLS, which is not needed within this computer",
        ),
        (Ok(_), Some(handshake)) => trusted(handshake, known),
        (Err(error), _) => {
            let finding = Finding::failed(Check::Tls, Blame::Surroundings, &error.message);
            match error.code {
                TransportCode::CertificateNotTrusted => with_mend_of_trust(finding, look.handshake.as_ref(), known),
                code => with_mend_of_way(finding, code, known),
            }
        }
    };
    let chain = look.handshake.as_ref().map_or(&[][..], |handshake| &handshake.chain);
    chain
        .iter()
        .enumerate()
        .flat_map(|(place, certificate)| told(certificate, place == 0))
        .fold(finding, Finding::with_detail)
}

/// That the connections cannot be set up at all, for another reason than the proxy.
pub fn not_set_up(error: &SetUpError) -> Finding {
    let finding = Finding::failed(Check::Tls, Blame::Surroundings, error.to_string());
    match error {
        SetUpError::Unreadable(_) => {
            finding.with_help("correct the path of `ca_file`, which counts from the configuration file's folder, or the file's permissions")
        }
        SetUpError::NoCertificate { .. }
        | SetUpError::NoAuthorities
        | SetUpError::UnreadableProxy { .. }
        | SetUpError::SocksProxy { .. }
        | SetUpError::Client(_) => finding,
    }
}

fn trusted(handshake: &Handshake, known: &Known<'_>) -> Finding {
    let version = handshake
        .version
        .map_or_else(String::new, |version| format!(" {version}"));
    let first_to_end = handshake.chain.iter().min_by_key(|certificate| certificate.until);
    let ok = |rest: &str| {
        let what = format!("reached with TLS{version}, and the certificate is trusted{rest}");
        Finding::ok(Check::Tls, what)
    };
    let Some(first_to_end) = first_to_end else {
        return ok("");
    };
    let left = first_to_end.until.duration_since(known.now);
    let lifetime = first_to_end.until.duration_since(first_to_end.from);
    let finding = ok(&format!(", until {}", first_to_end.until));
    if left > SOON.min(lifetime / 3) {
        return finding;
    }
    let days = usize::try_from(left.as_hours() / 24).unwrap_or_default();
    let whose = if handshake.chain.first() == Some(first_to_end) {
        "the certificate".to_owned()
    } else {
        format!("the certificate of `{}`, which it depends on,", first_to_end.subject)
    };
    Finding {
        outcome: Outcome::Warning,
        ..finding
    }
    .with_help(format!(
        "{whose} ends in {}: ask whoever runs the server to renew it",
        plural(days, "day")
    ))
}

fn told(certificate: &Certificate, is_the_server_s: bool) -> Vec<String> {
    let validity = format!("valid from {} until {}", certificate.from, certificate.until);
    if !is_the_server_s {
        return vec![format!(
            "sent along: `{}`, issued by `{}`, {validity}",
            certificate.subject, certificate.issuer
        )];
    }
    let names = match certificate.names.as_slice() {
        [] => "no host".to_owned(),
        names => listed(names.iter(), 5),
    };
    vec![
        format!("the certificate is for {names}, {validity}"),
        format!("issued to `{}` by `{}`", certificate.subject, certificate.issuer),
    ]
}

fn with_mend_of_trust(finding: Finding, handshake: Option<&Handshake>, known: &Known<'_>) -> Finding {
    let fault = handshake.and_then(|handshake| handshake.fault);
    match fault {
        Some(CertificateFault::UnknownIssuer | CertificateFault::OtherKey) => {
            with_mend_of_issuer(finding, handshake, known)
        }
        Some(CertificateFault::Expired | CertificateFault::NotYetValid) => {
            finding.with_help("compare the clock of this computer first: if it is right, the server's owner has to act")
        }
        Some(CertificateFault::OtherName) => {
            finding.with_help("write the name that users of the portal have in their address bar into `uri`")
        }
        // The message says what to do.
        Some(CertificateFault::Authority | CertificateFault::Other) => finding,
        // The proxy's, as the server has shown none.
        None => finding.with_help("`ca_file` counts for proxies that are reached with `https://` too"),
    }
}

fn with_mend_of_issuer(finding: Finding, handshake: Option<&Handshake>, known: &Known<'_>) -> Finding {
    let chain = handshake.map_or(&[][..], |handshake| &handshake.chain);
    let finding = match known.ca_file {
        None => finding,
        Some(path) => finding.with_detail(format!("nobody in `ca_file` {} has issued it", shown_path(path))),
    };
    let finding = if known.has_authorities {
        finding
    } else {
        finding.with_help(
            "this computer knows no authorities but those of `ca_file`: install the package `ca-certificates`",
        )
    };
    let Some(issuer) = chain.last().map(|last| &last.issuer) else {
        return finding;
    };
    let finding = finding.with_help(format!(
        "if `{issuer}` is your company's, or that of a proxy that looks into connections, get its certificate from whoever \
         runs it, as a PEM file, and name the file in `ca_file`"
    ));
    let finding = match chain {
        [own] if !own.is_self_issued() => finding.with_help(
            "if it is known to browsers, the server leaves out the certificates between its own and the authority's: \
             whoever runs it has to add them",
        ),
        _ => finding,
    };
    finding.with_help(format!(
        "see what it shows: `openssl s_client -showcerts -connect {}`",
        known.place
    ))
}

fn with_mend_of_way(finding: Finding, code: TransportCode, known: &Known<'_>) -> Finding {
    let host = known.host;
    let variable = match known.way {
        Way::Through(proxy) => Some(proxy.origin()),
        Way::Direct(_) => None,
    };
    match (code, variable) {
        (TransportCode::ProxyRefused, Some(_)) => finding.with_help(format!(
            "ask whoever runs the proxy to let `CONNECT {}` through",
            known.place
        )),
        // The message says what to do.
        (TransportCode::ProxyWantsPassword, _) => finding,
        (_, Some(variable)) => finding.with_help(format!(
            "check the proxy in {variable}: whether it is the right one, and whether you are in its network"
        )),
        (TransportCode::ConnectionRefused, None) => {
            finding.with_help(format!("check host and port, and whether `{host}` is running"))
        }
        (_, None) if matches!(known.way, Way::Direct(Direct::WithoutTls)) => finding.with_help(format!(
            "if what runs at `{host}` wants TLS, write `https://` into `uri`; otherwise check host and port"
        )),
        (_, None) => finding.with_help(format!(
            "see whether a browser on this computer opens `https://{host}/`: if not, ask whoever looks after the network; if \
             so, the browser may use a proxy, which `HTTPS_PROXY` has to name here"
        )),
    }
}
