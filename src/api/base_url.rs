//! Addresses of installations as people paste them, corrected or refused.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

/// The address that every route starts from: `https`, or `http` on loopback; no trailing slash, no query.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Why a text is no base address; reads after "`…`".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// It cannot be read as an address at all.
    #[error("is no address ({0}); write it like `https://cloud.uipath.com`")]
    Unreadable(String),
    /// Blanks or line breaks in it, some of which a URL parser drops without a word.
    #[error("has a space or a line break in it; write one address, like `https://cloud.uipath.com`")]
    Blank,
    /// Another scheme than `https`.
    #[error("must begin with `https://`; only an address on this very computer may do without TLS")]
    NotHttps,
    /// A user name or password in it.
    #[error("has a user name or password in it; credentials have settings of their own")]
    Credentials,
    /// A query or fragment.
    #[error("has a `?` or `#` part, which a base address has not")]
    Query,
    /// A path where there may be none.
    #[error("has the path `{path}`; write `{without}` and give the organization in its own setting")]
    Path {
        /// The path.
        path: String,
        /// The address without it.
        without: String,
    },
}

impl BaseUrl {
    /// The address of an installation, which has no path. A missing or doubled scheme and needless slashes are corrected.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let base = Self::parse_service(text)?;
        let path = base.0.path();
        if path == "/" {
            return Ok(base);
        }
        let mut without = base.0.clone();
        without.set_path("");
        Err(BaseUrlError::Path {
            path: path.to_owned(),
            without: without.as_str().trim_end_matches('/').to_owned(),
        })
    }

    /// The address of one service, which may have a path: `https://suite.example/identity_`.
    pub fn parse_service(text: &str) -> Result<Self, BaseUrlError> {
        if text.trim().contains(char::is_whitespace) {
            return Err(BaseUrlError::Blank);
        }
        let mut url =
            Url::parse(&with_one_scheme(text.trim())).map_err(|error| BaseUrlError::Unreadable(error.to_string()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlError::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError::Query);
        }
        let plain_allowed = url.scheme() == "http" && is_loopback(&url);
        if url.scheme() != "https" && !plain_allowed {
            return Err(BaseUrlError::NotHttps);
        }
        let segments: Vec<_> = url.path().split('/').filter(|segment| !segment.is_empty()).collect();
        let path = segments.join("/");
        url.set_path(&path);
        Ok(Self(url))
    }

    /// The address as text, without a slash at its end.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// The host alone: the same without its path.
    #[must_use]
    pub fn without_path(&self) -> Self {
        let mut url = self.0.clone();
        url.set_path("");
        Self(url)
    }

    /// The segments of its path, as they are written.
    pub fn path_segments(&self) -> Vec<String> {
        let segments = self.0.path_segments().into_iter().flatten();
        segments
            .filter(|segment| !segment.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// Whether it is this very computer.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// The host's name, or its number.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The address.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// This address with `segments` behind it, each percent-encoded as one segment of the path.
    pub(super) fn join<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// UiPath's own examples double the scheme (`https://https://…`), and people leave it out.
fn with_one_scheme(text: &str) -> String {
    let mut rest = text;
    let mut scheme = None;
    loop {
        let found = ["https://", "http://"].into_iter().find(|known| {
            rest.get(..known.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(known))
        });
        let Some(found) = found else { break };
        rest = rest[found.len()..].trim_start_matches('/');
        scheme = Some(found);
    }
    if scheme.is_none() && rest.contains("://") {
        return rest.to_owned();
    }
    format!("{}{rest}", scheme.unwrap_or("https://"))
}

/// Whether the address is of this very computer.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_paste_is_corrected() {
        for (pasted, corrected) in [
            ("https://cloud.uipath.com", "https://cloud.uipath.com"),
            (" https://cloud.uipath.com/ ", "https://cloud.uipath.com"),
            ("https://cloud.uipath.com//", "https://cloud.uipath.com"),
            ("https://https://cloud.uipath.com/", "https://cloud.uipath.com"),
            ("HTTPS://Cloud.UiPath.com", "https://cloud.uipath.com"),
            ("cloud.uipath.com", "https://cloud.uipath.com"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(
                BaseUrl::parse(pasted).map(|base| base.to_string()),
                Ok(corrected.to_owned()),
                "{pasted}"
            );
        }
    }

    #[test]
    fn what_cannot_be_corrected_is_refused_with_the_reason() {
        let path = BaseUrlError::Path {
            path: "/acme/portal_".to_owned(),
            without: "https://cloud.uipath.com".to_owned(),
        };
        for (pasted, fault) in [
            ("http://cloud.uipath.com", BaseUrlError::NotHttps),
            ("http://localhost.evil.example", BaseUrlError::NotHttps),
            ("ftp://cloud.uipath.com", BaseUrlError::NotHttps),
            ("https://me:word@cloud.uipath.com", BaseUrlError::Credentials),
            ("https://cloud.uipath.com?x=1", BaseUrlError::Query),
            ("https://cloud.uipath.com/acme//portal_/", path),
            ("https://cloud.uipath.com\nhttps://other.example", BaseUrlError::Blank),
            ("https://cloud. uipath.com", BaseUrlError::Blank),
        ] {
            assert_eq!(BaseUrl::parse(pasted), Err(fault), "{pasted}");
        }
        assert!(matches!(BaseUrl::parse(""), Err(BaseUrlError::Unreadable(_))));
        assert!(matches!(BaseUrl::parse("https://"), Err(BaseUrlError::Unreadable(_))));
    }

    #[test]
    fn every_segment_stays_one_segment() {
        let base = BaseUrl::parse_service("https://suite.example//identity_/").unwrap();
        let url = base.join(["api", "a/b?c#d %2F", "x"]);
        assert_eq!(
            url.as_str(),
            "https://suite.example/identity_/api/a%2Fb%3Fc%23d%20%252F/x"
        );
    }
}
