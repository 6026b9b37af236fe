//! The proxy between reseat and a server: which one it is, and what it says when it opens no way.
//!
//! reqwest takes proxies from the environment by itself. One that it cannot read it leaves out in silence, and of an
//! answer other than 407 it keeps no status, so both are looked at here.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::time::Duration;

use hyper::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

use super::set_up_error::SetUpError;

/// The variables of proxies that lead to `https` addresses, in the order in which they count.
const FOR_HTTPS: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
/// Those for `http` addresses. reseat leads no request through them, but one that cannot be read is as likely a slip.
const FOR_HTTP: [&str; 2] = ["HTTP_PROXY", "http_proxy"];
/// More than a proxy's first line is long.
const MOST: usize = 1024;

/// Those of the hosts that no proxy leads to.
const FOR_NONE: [&str; 2] = ["NO_PROXY", "no_proxy"];
/// Set where a program is run by a web server (CGI). `HTTP_PROXY` may come from a visitor there, so that no variable of a
/// proxy counts.
const BY_WEB_SERVER: &str = "REQUEST_METHOD";

/// The way that requests take to a server.
#[derive(Debug)]
pub enum Way {
    /// To the server itself.
    Direct(Direct),
    /// Through a proxy, which looks up the server's name.
    Through(Proxy),
}

/// Why no proxy leads to a server.
#[derive(Debug)]
pub enum Direct {
    /// Without TLS, and so never farther than this computer.
    WithoutTls,
    /// No proxy is named for it.
    NoneNamed,
    /// This variable excludes it from the proxy.
    Excluded {
        /// `NO_PROXY` or `no_proxy`.
        by: &'static str,
        /// The proxy that would lead to it.
        from: Proxy,
    },
    /// This variable is set, because of which no variable that names a proxy counts.
    Ignored {
        /// `REQUEST_METHOD`
        by: &'static str,
        /// The variable that names a proxy.
        named_by: &'static str,
    },
}

/// The proxy that leads to a server.
#[derive(Debug)]
pub struct Proxy {
    way: Intercept,
    /// Where it comes from.
    origin: &'static str,
}

/// How the proxy is called in messages, never with what it may hold of a password: `` `proxy:3128` (`HTTPS_PROXY`) ``.
impl fmt::Display for Proxy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (host, port) = place(self.way.uri());
        write!(out, "`{host}:{port}` ({})", self.origin)
    }
}

/// Refuses proxies of the environment that cannot be used: reqwest would go directly instead. Returns nothing, because
/// reqwest reads the rest by itself.
pub(super) fn check(variable: impl Fn(&str) -> Option<OsString>) -> Result<(), SetUpError> {
    let said = |name: &'static str| Some((name, variable(name)?));
    let set: Vec<(&'static str, OsString)> = FOR_HTTPS.into_iter().chain(FOR_HTTP).filter_map(said).collect();
    for (name, value) in &set {
        if !value.is_empty() && !is_readable(value) {
            return Err(SetUpError::UnreadableProxy { name });
        }
    }
    let used = set
        .iter()
        .find(|(name, value)| FOR_HTTPS.contains(name) && !value.is_empty());
    if let Some((name, value)) = used
        && value.to_string_lossy().to_ascii_lowercase().starts_with("socks")
    {
        return Err(SetUpError::SocksProxy { name });
    }
    Ok(())
}

/// Whether reqwest understands it.
fn is_readable(value: &OsStr) -> bool {
    let Some(value) = value.to_str() else { return false };
    let matcher = Matcher::builder().https(value).build();
    let Some(way) = matcher.intercept(&Uri::from_static("https://server.example/")) else {
        return false;
    };
    // A port that is none would count as the usual one; what is before it may be the beginning of a password.
    let authority = way.uri().authority().map_or("", |authority| authority.as_str());
    let host = way.uri().host().unwrap_or_default();
    !host.is_empty() && (authority == host || way.uri().port_u16().is_some()) && !authority.contains('@')
}

/// The way that requests to this address take, as reqwest decides it from the environment and the system.
pub fn way_to(url: &Url) -> Way {
    way(url, Matcher::from_system, |name| std::env::var(name).ok())
}

/// The proxy that leads to this address, if one does.
pub(super) fn leading_to(url: &Url) -> Option<Proxy> {
    match way_to(url) {
        Way::Through(proxy) => Some(proxy),
        Way::Direct(_) => None,
    }
}

fn way(url: &Url, matcher: impl FnOnce() -> Matcher, variable: impl Fn(&str) -> Option<String>) -> Way {
    if url.scheme() == "http" {
        return Way::Direct(Direct::WithoutTls);
    }
    // Of a name in capitals and one in small letters the first that is set counts, even if it is empty.
    let set = |[capitals, small]: [&'static str; 2]| {
        let of_name = |name| Some((name, variable(name)?));
        of_name(capitals).or_else(|| of_name(small))
    };
    let [https, small_https, all, small_all] = FOR_HTTPS;
    let named = [[https, small_https], [all, small_all]];
    let named = named.into_iter().filter_map(set).find(|(_, value)| !value.is_empty());
    let to = |matcher: &Matcher| matcher.intercept(&url.as_str().parse().ok()?);
    if let Some(way) = to(&matcher()) {
        let origin = named.map_or("the system's", |(name, _)| quoted(name));
        return Way::Through(Proxy { way, origin });
    }
    Way::Direct(match named {
        None => Direct::NoneNamed,
        Some((named_by, _)) if variable(BY_WEB_SERVER).is_some() => Direct::Ignored {
            by: BY_WEB_SERVER,
            named_by,
        },
        Some((name, value)) => match (set(FOR_NONE), to(&Matcher::builder().https(value).build())) {
            (Some((by, _)), Some(way)) => Direct::Excluded {
                by,
                from: Proxy {
                    way,
                    origin: quoted(name),
                },
            },
            _ => Direct::NoneNamed,
        },
    })
}

fn quoted(name: &str) -> &'static str {
    match name {
        "HTTPS_PROXY" => "`HTTPS_PROXY`",
        "https_proxy" => "`https_proxy`",
        "ALL_PROXY" => "`ALL_PROXY`",
        _ => "`all_proxy`",
    }
}

impl Proxy {
    /// Its name, or its address without brackets.
    pub fn host(&self) -> &str {
        place(self.way.uri()).0.trim_matches(['[', ']'])
    }

    /// Where it comes from: a variable in backquotes, or the system.
    pub fn origin(&self) -> &'static str {
        self.origin
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        place(self.way.uri()).1
    }

    /// Whether it is given a name and a password.
    pub fn has_password(&self) -> bool {
        self.way.basic_auth().is_some()
    }

    /// What the proxy answers to a request for a way to this address, asked once more; `None` where it opens one now or
    /// cannot be asked like this.
    pub(super) async fn refusal(&self, url: &Url, patience: Duration) -> Option<u16> {
        let asked = tokio::time::timeout(patience, self.ask(url)).await;
        asked.ok()?.filter(|status| !(200..300).contains(status))
    }

    async fn ask(&self, url: &Url) -> Option<u16> {
        if self.way.uri().scheme_str() != Some("http") {
            return None;
        }
        let mut stream = TcpStream::connect((self.host(), self.port())).await.ok()?;
        let (server, server_port) = (url.host_str()?, url.port_or_known_default()?);
        let mut request =
            format!("CONNECT {server}:{server_port} HTTP/1.1\r\nHost: {server}:{server_port}\r\n").into_bytes();
        if let Some(password) = self.way.basic_auth() {
            request.extend_from_slice(b"Proxy-Authorization: ");
            request.extend_from_slice(password.as_bytes());
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n");
        stream.write_all(&request).await.ok()?;
        let mut answer = Vec::new();
        while answer.len() < MOST && !answer.contains(&b'\n') {
            if stream.read_buf(&mut answer).await.ok()? == 0 {
                break;
            }
        }
        status_of(&answer)
    }
}

/// The status in the first line of an answer.
fn status_of(answer: &[u8]) -> Option<u16> {
    let line = answer.split(|byte| *byte == b'\n').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split_ascii_whitespace();
    words.next().filter(|version| version.starts_with("HTTP/"))?;
    words.next()?.parse().ok()
}

fn place(uri: &Uri) -> (&str, u16) {
    let usual = if uri.scheme_str() == Some("https") { 443 } else { 80 };
    (uri.host().unwrap_or_default(), uri.port_u16().unwrap_or(usual))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(variables: &[(&'static str, &str)]) -> Result<(), String> {
        let value = |name: &str| {
            let of_name = variables.iter().find(|(known, _)| *known == name);
            of_name.map(|(_, value)| OsString::from(value))
        };
        check(value).map_err(|error| error.to_string())
    }

    #[test]
    fn a_proxy_that_reqwest_would_leave_out_in_silence_is_an_error_that_shows_nothing_of_it() {
        for name in FOR_HTTPS.into_iter().chain(FOR_HTTP) {
            for value in [
                "http://[bad",
                "http://",
                "ftp://proxy:21",
                "http://user:hunter2@proxy:port",
                "http://user:hun/ter2@proxy:3128",
                "http://user:hunter2#@proxy:3128",
                "http://user:hunter2@x@proxy:3128",
                "http://proxy:99999",
                " http://proxy:3128",
                "http://proxy 3128",
            ] {
                let words = checked(&[(name, value)]).unwrap_err();
                assert!(words.contains(name) && words.contains("http://"), "{words}");
                assert!(!words.contains("hun") && !words.contains("bad"), "{words}");
            }
        }
    }

    #[test]
    fn a_proxy_is_written_as_other_programs_write_it_and_an_empty_variable_is_none() {
        for value in [
            "",
            "http://proxy.example:3128",
            "http://proxy.example",
            "https://proxy.example:3129/",
            "proxy.example:3128",
            "http://user:p%40ss@proxy.example:3128",
            "http://user@10.0.0.1:8080",
            "http://[::1]:3128",
        ] {
            for name in FOR_HTTPS.into_iter().chain(FOR_HTTP) {
                assert_eq!(checked(&[(name, value)]), Ok(()), "{value}");
            }
        }
    }

    #[test]
    fn a_socks_proxy_is_refused_where_it_would_be_used_and_only_there() {
        let socks = ("ALL_PROXY", "socks5://127.0.0.1:1080");
        assert!(checked(&[socks]).unwrap_err().contains("SOCKS"));
        assert_eq!(checked(&[socks, ("HTTPS_PROXY", "http://proxy:3128")]), Ok(()));
    }

    #[test]
    fn the_status_is_read_from_the_first_line_and_from_no_other_text() {
        assert_eq!(status_of(b"HTTP/1.1 403 Forbidden\r\nx: y\r\n"), Some(403));
        assert_eq!(status_of(b"HTTP/1.0 502\n"), Some(502));
        for other in [&b""[..], b"HTTP/1.1", b"SSH-2.0-x 403\r\n", b"HTTP/1.1 many\r\n"] {
            assert_eq!(status_of(other), None);
        }
    }

    /// The way to `https://cloud.uipath.com` with these variables, in words.
    fn way_with(variables: &[(&str, &str)]) -> String {
        let variable = |name: &str| {
            let of_name = variables.iter().find(|(known, _)| *known == name);
            of_name.map(|(_, value)| (*value).to_owned())
        };
        // What hyper-util makes of these variables.
        let first = |names: [&str; 2]| names.into_iter().find_map(variable).unwrap_or_default();
        let matcher = || match variable("REQUEST_METHOD") {
            Some(_) => Matcher::builder().build(),
            None => Matcher::builder()
                .https(first(["HTTPS_PROXY", "https_proxy"]))
                .all(first(["ALL_PROXY", "all_proxy"]))
                .no(first(["NO_PROXY", "no_proxy"]))
                .build(),
        };
        match way(&Url::parse("https://cloud.uipath.com").unwrap(), matcher, variable) {
            Way::Through(proxy) => format!("through {proxy}"),
            Way::Direct(Direct::WithoutTls) => "without TLS".to_owned(),
            Way::Direct(Direct::NoneNamed) => "directly".to_owned(),
            Way::Direct(Direct::Excluded { by, from }) => format!("not through {from} because of {by}"),
            Way::Direct(Direct::Ignored { by, named_by }) => format!("not by {named_by} because of {by}"),
        }
    }

    #[test]
    fn the_way_is_told_with_the_variable_that_decides_it() {
        let proxy = ("HTTPS_PROXY", "http://ann:hunter2@proxy:3128");
        for (variables, told) in [
            (&[][..], "directly"),
            (&[("HTTP_PROXY", "http://proxy:3128")], "directly"),
            (&[proxy], "through `proxy:3128` (`HTTPS_PROXY`)"),
            (
                &[proxy, ("https_proxy", "http://other")],
                "through `proxy:3128` (`HTTPS_PROXY`)",
            ),
            (
                &[("https_proxy", "http://other"), ("ALL_PROXY", "http://proxy")],
                "through `other:80` (`https_proxy`)",
            ),
            (&[("ALL_PROXY", "https://all")], "through `all:443` (`ALL_PROXY`)"),
            (&[("all_proxy", "all:1")], "through `all:1` (`all_proxy`)"),
            (&[("HTTPS_PROXY", ""), ("https_proxy", "http://other")], "directly"),
            (
                &[
                    ("HTTPS_PROXY", ""),
                    ("https_proxy", "http://other"),
                    ("all_proxy", "http://all"),
                ],
                "through `all:80` (`all_proxy`)",
            ),
            (
                &[proxy, ("NO_PROXY", "localhost, .uipath.com")],
                "not through `proxy:3128` (`HTTPS_PROXY`) because of NO_PROXY",
            ),
            (
                &[proxy, ("no_proxy", "*")],
                "not through `proxy:3128` (`HTTPS_PROXY`) because of no_proxy",
            ),
            (&[("NO_PROXY", "*")], "directly"),
            (
                &[proxy, ("NO_PROXY", "*.uipath.com")],
                "through `proxy:3128` (`HTTPS_PROXY`)",
            ),
            (
                &[proxy, ("NO_PROXY", ""), ("no_proxy", "*")],
                "through `proxy:3128` (`HTTPS_PROXY`)",
            ),
            (
                &[proxy, ("REQUEST_METHOD", "GET")],
                "not by HTTPS_PROXY because of REQUEST_METHOD",
            ),
        ] {
            assert_eq!(way_with(variables), told, "{variables:?}");
        }
    }

    #[test]
    fn what_goes_without_tls_takes_no_proxy() {
        let matcher = || Matcher::builder().all("http://proxy:3128").build();
        let way = way(&Url::parse("http://localhost:8080").unwrap(), matcher, |_| {
            Some("http://proxy:3128".to_owned())
        });
        assert!(matches!(way, Way::Direct(Direct::WithoutTls)), "{way:?}");
    }
}
