//! Addresses of an installation: mended where the mend is certain, refused where it is not.

use url::{Host, Url};

use super::finding::Fault;

/// An address that passed, and what had to be mended for it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) url: Url,
    /// What the user should know was read otherwise than written.
    pub(super) mended: Option<Fault>,
}

/// Whether an address may have a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Path {
    /// Only scheme, host and port.
    Refused,
    /// A path too, without a slash at its end.
    Allowed,
}

/// Reads an address. UiPath's own pages print some with the scheme doubled and end others in a slash
/// (`uipath-api`, 1.1).
pub(super) fn address(text: &str, path: Path) -> Result<Address, Fault> {
    let (single, doubled) = single_scheme(text.trim());
    if !single.contains("://") {
        return Err(Fault::new(
            format!("`{single}` has no scheme"),
            format!("write `https://{single}`"),
        ));
    }
    let mut url = Url::parse(single).map_err(|error| Fault::new(format!("is no address: {error}"), EXAMPLE))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Fault::new("has a user name or password in it", EXAMPLE));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Fault::new("has a `?` or `#` part", EXAMPLE));
    }
    if !is_private(&url) {
        let secure = format!("https://{}", url.host_str().unwrap_or_default());
        return Err(Fault::new(
            format!("`{single}` is not encrypted"),
            format!("write `{secure}`"),
        ));
    }
    let segments: Vec<&str> = url.path().split('/').filter(|segment| !segment.is_empty()).collect();
    let joined = segments.join("/");
    if path == Path::Refused && !joined.is_empty() {
        let what = format!("has a path, `/{joined}`");
        let mend = format!(
            "write only `{}`; the organization's name goes into `organization`",
            url.origin().ascii_serialization()
        );
        return Err(Fault::new(what, mend));
    }
    url.set_path(&joined);
    let mended = doubled.then(|| Fault::new("has its scheme twice", format!("it was read as `{url}`")));
    Ok(Address { url, mended })
}

const EXAMPLE: &str = "write it as in `https://cloud.uipath.com`";

fn single_scheme(text: &str) -> (&str, bool) {
    let mut single = text;
    while let Some((_, rest)) = single.split_once("://") {
        if !(rest.starts_with("https://") || rest.starts_with("http://")) {
            break;
        }
        single = rest;
    }
    (single, single.len() < text.len())
}

/// Whether nobody can listen in: TLS, or this very machine.
fn is_private(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        address(text, Path::Refused).unwrap().url.to_string()
    }

    #[test]
    fn a_pasted_address_is_mended_where_the_mend_is_certain() {
        for text in [
            "https://cloud.uipath.com",
            " https://cloud.uipath.com/ ",
            "https://cloud.uipath.com//",
            "https://https://cloud.uipath.com/",
            "HTTPS://Cloud.UiPath.com",
        ] {
            assert_eq!(read(text), "https://cloud.uipath.com/", "{text}");
        }
        assert!(
            address("https://https://x.example", Path::Refused)
                .unwrap()
                .mended
                .is_some()
        );
        assert!(address("https://x.example/", Path::Refused).unwrap().mended.is_none());
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for text in ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:8080"] {
            assert!(address(text, Path::Refused).is_ok(), "{text}");
        }
        for text in [
            "http://cloud.uipath.com",
            "http://10.0.0.1",
            "ftp://localhost",
            "http://localhost.example",
        ] {
            assert!(address(text, Path::Refused).is_err(), "{text}");
        }
    }

    #[test]
    fn what_does_not_belong_into_a_base_address_is_refused_without_repeating_a_password() {
        for text in [
            "cloud.uipath.com",
            "https://",
            "https://cloud.uipath.com/acme",
            "https://cloud.uipath.com/?a=b",
            "https://cloud.uipath.com/#a",
            "https://ann:hunter2@cloud.uipath.com",
        ] {
            let fault = address(text, Path::Refused).unwrap_err();
            assert!(!format!("{fault:?}").contains("hunter2"), "{text}");
        }
    }

    #[test]
    fn the_identity_address_may_have_a_path_without_a_slash_at_its_end() {
        let address = address("https://x.example//identity_/", Path::Allowed).unwrap();
        assert_eq!(address.url.as_str(), "https://x.example/identity_");
    }
}
