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

/// The proxy that leads to a server.
pub(super) struct Proxy {
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

/// The proxy that leads to this address, if one does.
pub(super) fn leading_to(url: &Url) -> Option<Proxy> {
    let way = Matcher::from_system().intercept(&url.as_str().parse().ok()?)?;
    let is_set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let origin = match FOR_HTTPS.into_iter().find(is_set) {
        Some("HTTPS_PROXY") => "`HTTPS_PROXY`",
        Some("https_proxy") => "`https_proxy`",
        Some("ALL_PROXY") => "`ALL_PROXY`",
        Some("all_proxy") => "`all_proxy`",
        _ => "the system's",
    };
    Some(Proxy { way, origin })
}

impl Proxy {
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
        let (host, port) = place(self.way.uri());
        let mut stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await.ok()?;
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
}
