//! What `doctor` says of the way to the service, against servers and proxies on this computer.

#![cfg(target_os = "linux")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use serde_json::Value;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::support::Stage;

const HOUR: i64 = 3_600;

/// How long anybody waits for a client that has gone.
const PATIENCE: Option<Duration> = Some(Duration::from_secs(20));

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/tls")
        .join(name)
}

/// The header with the time, this many seconds beside the computer's.
fn date(off: i64) -> String {
    let now = SystemTime::now();
    let shift = Duration::from_secs(off.unsigned_abs());
    let there = if off < 0 { now - shift } else { now + shift };
    format!("date: {}\r\n", httpdate::fmt_http_date(there))
}

/// A server on a port of this computer.
struct Server {
    port: u16,
    /// What reached it.
    heard: Arc<Mutex<String>>,
}

impl Server {
    /// Serves `localhost` with this certificate; each answer has this header.
    fn with(certificate: &str, header: String) -> Self {
        let certificate = CertificateDer::from_pem_file(file(certificate)).unwrap();
        let key = PrivateKeyDer::from_pem_file(file("server.key")).unwrap();
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key);
        let config = Arc::new(config.unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(String::new()));
        let shared = Arc::clone(&heard);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (config, header, log) = (Arc::clone(&config), header.clone(), Arc::clone(&shared));
                std::thread::spawn(move || {
                    let stream = stream.unwrap();
                    stream.set_read_timeout(PATIENCE).unwrap();
                    let mut stream = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
                    let mut buffer = [0; 4096];
                    // A client that turns away is what some of these tests are about.
                    while let Ok(count @ 1..) = stream.read(&mut buffer) {
                        log.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..count]));
                        let answer = format!("HTTP/1.1 404 Not Found\r\n{header}content-length: 0\r\n\r\n");
                        if stream.write_all(answer.as_bytes()).is_err() {
                            break;
                        }
                    }
                });
            }
        });
        Self { port, heard }
    }

    fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }
}

/// A proxy that answers `CONNECT` with this, and leads on if that is `200`; its place.
fn proxy(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = format!("localhost:{}", listener.local_addr().unwrap().port());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || lead(stream.unwrap(), answer));
        }
    });
    place
}

fn lead(mut client: TcpStream, answer: &str) {
    let mut asked = Vec::new();
    let mut byte = [0];
    while !asked.ends_with(b"\r\n\r\n") {
        if client.read(&mut byte).unwrap_or(0) == 0 {
            return;
        }
        asked.push(byte[0]);
    }
    write!(client, "HTTP/1.1 {answer}\r\n\r\n").unwrap();
    if !answer.starts_with("200") {
        return;
    }
    let asked = String::from_utf8(asked).unwrap();
    let mut server = TcpStream::connect(asked.split(' ').nth(1).unwrap()).unwrap();
    let (mut from_client, mut to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from_client, &mut to_server);
        let _ = to_server.shutdown(std::net::Shutdown::Write);
    });
    let _ = std::io::copy(&mut server, &mut client);
    let _ = client.shutdown(std::net::Shutdown::Write);
}

/// What `doctor` found of the way, in the order in which it says it.
struct Told(Vec<Value>);

impl Told {
    /// With this address and these lines in the profile.
    fn of(stage: &Stage, address: &str, profile: &str) -> Self {
        stage.set("UIPATH_URI", address);
        stage.write("reseat.toml", format!("[profile.default]\n{profile}\n"));
        let ran = stage.reseat(&["doctor", "--output", "json"]);
        let object: Value = serde_json::from_str(&ran.out).unwrap();
        let of_the_way = |check: &Value| {
            ["proxy", "dns", "tls", "clock"]
                .iter()
                .any(|name| check["check"] == *name)
        };
        let checks = object["checks"].as_array().unwrap().iter();
        let told = Self(checks.filter(|check| of_the_way(check)).cloned().collect());
        if told.0.iter().any(|check| check["result"] == "failed") {
            assert_eq!(ran.code, 1, "{}", ran.out);
        }
        told
    }

    /// How each came out, as in `proxy ok, dns ok`.
    fn results(&self) -> String {
        let result = |check: &Value| {
            format!(
                "{} {}",
                check["check"].as_str().unwrap(),
                check["result"].as_str().unwrap()
            )
        };
        self.0.iter().map(result).collect::<Vec<_>>().join(", ")
    }

    /// Everything that is said about one of them.
    fn about(&self, check: &str) -> String {
        let found = self.0.iter().find(|found| found["check"] == check);
        found
            .unwrap_or_else(|| panic!("nothing is said of {check}"))
            .to_string()
    }

    #[track_caller]
    fn says(&self, check: &str, words: &[&str]) {
        let said = self.about(check);
        for words in words {
            assert!(said.contains(words), "`{words}` is not in {said}");
        }
    }
}

fn trusting(authority: &str) -> String {
    format!("ca_file = \"{}\"", file(authority).display())
}

#[test]
fn a_server_that_a_private_authority_vouches_for_is_shown_with_its_certificate_and_is_sent_no_secret() {
    let stage = Stage::new();
    let server = Server::with("server.pem", date(0));
    // Without credentials nothing but the way is looked at.
    stage.unset("UIPATH_CLIENT_SECRET");
    let told = Told::of(&stage, &server.url(), &trusting("authority.pem"));
    assert_eq!(told.results(), "proxy ok, dns ok, tls ok, clock ok");
    told.says("proxy", &["none is named"]);
    told.says("dns", &["127.0.0.1"]);
    told.says(
        "tls",
        &[
            "reached with TLS 1.3",
            "until 2126-10-29T02:27:04Z",
            "for `localhost`, valid from 2026-11-22T02:27:04Z",
            "issued to `CN=localhost` by `CN=reseat test authority`",
        ],
    );
    told.says("clock", &["agrees"]);
    for found in &told.0 {
        assert_eq!(found["subject"], format!("localhost:{}", server.port));
    }
    let heard = server.heard.lock().unwrap().to_lowercase();
    assert!(heard.starts_with("head / http/1.1\r\n"), "{heard}");
    assert!(!heard.contains("authorization") && !heard.contains("cookie"), "{heard}");
}

#[test]
fn a_certificate_that_is_not_trusted_says_who_issued_it_and_how_to_trust_them() {
    let stage = Stage::new();
    for (certificate, profile, words) in [
        (
            "server.pem",
            String::new(),
            &[
                "the issuer `CN=reseat test authority` is unknown",
                "name the file in `ca_file`",
                "openssl s_client -showcerts -connect localhost:",
                "leaves out the certificates between",
            ][..],
        ),
        (
            "server.pem",
            trusting("stranger.pem"),
            &["nobody in `ca_file` /", "stranger.pem has issued it"],
        ),
        ("self-issued.pem", String::new(), &["issued it to itself"]),
        ("own-authority.pem", String::new(), &["CA:FALSE"]),
        (
            "expired.pem",
            trusting("inspector.pem"),
            &["has expired: it was valid until 2021-01-01", "compare the clock"],
        ),
        (
            "early.pem",
            trusting("inspector.pem"),
            &["is not valid yet", "from 2100-01-01"],
        ),
    ] {
        let server = Server::with(certificate, date(0));
        let told = Told::of(&stage, &server.url(), &profile);
        assert_eq!(
            told.results(),
            "proxy ok, dns ok, tls failed, clock ok",
            "{certificate}"
        );
        told.says("tls", words);
        told.says("clock", &["not proven"]);
    }
    let server = Server::with("server.pem", date(0));
    let elsewhere = server.url().replace("localhost", "127.0.0.1");
    let told = Told::of(&stage, &elsewhere, &trusting("authority.pem"));
    told.says("tls", &["is for another name", "it is for `localhost`", "into `uri`"]);
    told.says("dns", &["an address itself"]);
}

#[test]
fn a_clock_that_is_off_is_said_with_how_far_and_what_to_do() {
    let stage = Stage::new();
    for (header, result, words) in [
        (
            date(-3 * HOUR),
            "warning",
            &["3 h ahead of the server's", "time zone", "timedatectl"][..],
        ),
        (
            date(5 * HOUR + 630),
            "warning",
            &["5 h 10 min behind the server's", "timedatectl"],
        ),
        (date(-30 * HOUR), "failed", &["ahead of the server's"]),
        (format!("{}age: 10800\r\n", date(-3 * HOUR)), "ok", &["agrees"]),
        (String::new(), "skipped", &["does not tell the time"]),
    ] {
        let server = Server::with("server.pem", header);
        let told = Told::of(&stage, &server.url(), &trusting("authority.pem"));
        assert_eq!(told.results(), format!("proxy ok, dns ok, tls ok, clock {result}"));
        told.says("clock", words);
    }
}

#[test]
fn a_clock_that_makes_the_certificate_seem_invalid_is_said_first() {
    let stage = Stage::new();
    for (certificate, then, words) in [
        ("expired.pem", "Wed, 01 Jul 2020 12:00:00 GMT", "ahead of the server's"),
        ("early.pem", "Thu, 01 Jul 2100 12:00:00 GMT", "behind the server's"),
    ] {
        let server = Server::with(certificate, format!("date: {then}\r\n"));
        let told = Told::of(&stage, &server.url(), &trusting("inspector.pem"));
        assert_eq!(told.results(), "proxy ok, dns ok, clock failed, tls failed");
        told.says("clock", &[words, "seems to be invalid", "not proven", "telephone"]);
    }
}

#[test]
fn the_proxy_is_named_with_its_variable_and_leads_to_the_server_by_the_name_that_it_looks_up() {
    let stage = Stage::new();
    stage.keep_secret("hunter2");
    let server = Server::with("server.pem", date(0));
    let place = proxy("200 OK");
    stage.set("HTTPS_PROXY", &format!("http://ann:hunter2@{place}"));
    stage.set("https_proxy", "http://localhost:1");
    let told = Told::of(&stage, &server.url(), &trusting("authority.pem"));
    assert_eq!(told.results(), "proxy warning, dns ok, tls ok, clock ok");
    told.says(
        "proxy",
        &[
            &format!("through the proxy `{place}` (`HTTPS_PROXY`), with the name and the password"),
            "`https_proxy` does not count",
        ],
    );
    told.says("dns", &["of the proxy", "looks up the server's name itself"]);
    stage.unset("https_proxy");
    stage.set("NO_PROXY", "localhost");
    let told = Told::of(&stage, &server.url(), &trusting("authority.pem"));
    assert_eq!(told.results(), "proxy ok, dns ok, tls ok, clock ok");
    told.says("proxy", &["`NO_PROXY` excludes the server from the proxy"]);
    stage.set("NO_PROXY", &format!("localhost:{}", server.port));
    let told = Told::of(&stage, &server.url(), &trusting("authority.pem"));
    assert_eq!(told.results(), "proxy warning, dns ok, tls ok, clock ok");
    told.says(
        "proxy",
        &["does not exclude `localhost`", "write `localhost` into `NO_PROXY`"],
    );
}

#[test]
fn a_proxy_that_does_not_lead_on_is_said_to_be_the_fault_with_what_to_do() {
    let stage = Stage::new();
    stage.keep_secret("hunter2");
    let server = Server::with("server.pem", date(0));
    for (place, words) in [
        (
            proxy("407 Proxy Authentication Required"),
            &["wants a name and a password", "(407)"][..],
        ),
        (
            proxy("403 Forbidden"),
            &["it answers 403", "to let `CONNECT localhost:"],
        ),
        (
            "localhost:1".to_owned(),
            &["refused the connection", "check the proxy in `HTTPS_PROXY`"],
        ),
    ] {
        stage.set("HTTPS_PROXY", &format!("http://ann:hunter2@{place}"));
        let told = Told::of(&stage, &server.url(), &trusting("authority.pem"));
        assert_eq!(told.results(), "proxy ok, dns ok, tls failed, clock skipped");
        told.says("tls", words);
        told.says("tls", &[&place]);
    }
    stage.set("HTTPS_PROXY", "http://ann:hunter2@nothing.invalid:3128");
    let told = Told::of(&stage, &server.url(), "");
    assert_eq!(told.results(), "proxy ok, dns failed, tls skipped, clock skipped");
    told.says(
        "dns",
        &["the name `nothing.invalid` of the proxy", "cannot be resolved"],
    );
    stage.set("HTTPS_PROXY", "http://ann:hunter2/x@localhost:3128");
    let told = Told::of(&stage, &server.url(), "");
    assert_eq!(told.results(), "proxy failed, dns skipped, tls skipped, clock skipped");
    told.says("proxy", &["`HTTPS_PROXY` does not hold", "http://proxy:port"]);
    assert_eq!(*server.heard.lock().unwrap(), "");
}

#[test]
fn a_server_that_is_not_there_has_what_to_do_and_what_depends_on_it_is_skipped() {
    let stage = Stage::new();
    let told = Told::of(&stage, "https://localhost:1", "");
    assert_eq!(told.results(), "proxy ok, dns ok, tls failed, clock skipped");
    told.says("tls", &["refused the connection", "check host and port"]);
    let told = Told::of(&stage, "https://nothing.invalid", "");
    assert_eq!(told.results(), "proxy ok, dns failed, tls skipped, clock skipped");
    told.says("dns", &["the name `nothing.invalid` cannot be resolved", "VPN"]);
    told.says("tls", &["not tried, because the name cannot be resolved"]);
}

#[test]
fn authorities_that_cannot_be_read_and_those_that_are_missing_are_told_with_their_key_or_package() {
    let stage = Stage::new();
    let server = Server::with("server.pem", date(0));
    stage.write("empty.pem", "");
    for (profile, words) in [
        ("ca_file = \"gone.pem\"", &["`ca_file` cannot be read", "gone.pem"][..]),
        (
            "ca_file = \"empty.pem\"",
            &["`ca_file`", "empty.pem", "holds no certificate"],
        ),
    ] {
        let told = Told::of(&stage, &server.url(), profile);
        assert_eq!(told.results(), "proxy ok, dns ok, tls failed, clock skipped");
        told.says("tls", words);
    }
    stage.set("SSL_CERT_FILE", &stage.path("empty.pem").display().to_string());
    let told = Told::of(&stage, &server.url(), "");
    told.says("tls", &["trusts no authority", "`SSL_CERT_FILE`", "`ca-certificates`"]);
    let told = Told::of(&stage, &server.url(), &trusting("stranger.pem"));
    told.says("tls", &["knows no authorities but those of `ca_file`"]);
    let told = Told::of(&stage, &server.url(), &trusting("authority.pem"));
    assert_eq!(told.results(), "proxy ok, dns ok, tls ok, clock ok");
}

#[test]
fn the_identity_service_is_looked_at_as_well_where_it_is_another_host() {
    let stage = Stage::new();
    let (server, identity) = (Server::with("server.pem", date(0)), Server::with("server.pem", date(0)));
    let trust = trusting("authority.pem");
    let told = Told::of(
        &stage,
        &server.url(),
        &format!("{trust}\nidentity_uri = \"{}/identity_\"", identity.url()),
    );
    let four = "proxy ok, dns ok, tls ok, clock ok";
    assert_eq!(told.results(), format!("{four}, {four}"));
    assert_eq!(told.0[4]["subject"], format!("localhost:{}", identity.port));
    let told = Told::of(
        &stage,
        &server.url(),
        &format!("{trust}\nidentity_uri = \"{}/identity_\"", server.url()),
    );
    assert_eq!(told.results(), four);
}

#[test]
fn what_goes_without_tls_within_this_computer_needs_neither_proxy_nor_certificate() {
    let stage = Stage::new();
    stage.set("HTTPS_PROXY", "http://localhost:1");
    let told = Told::of(&stage, &stage.sandbox.base_url(), "");
    assert_eq!(told.results(), "proxy ok, dns ok, tls ok, clock ok");
    told.says("tls", &["without TLS"]);
}

#[test]
fn a_server_without_tls_and_one_that_wants_it_are_told_with_the_scheme_to_write() {
    let stage = Stage::new();
    let plain = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = plain.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in plain.incoming() {
            let mut stream = stream.unwrap();
            let mut asked = [0; 1024];
            let _ = stream.read(&mut asked);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
        }
    });
    let told = Told::of(&stage, &format!("https://localhost:{port}"), "");
    assert_eq!(told.results(), "proxy ok, dns ok, tls failed, clock skipped");
    told.says("tls", &["does not speak TLS", "write `http://`"]);

    let server = Server::with("server.pem", date(0));
    let told = Told::of(&stage, &format!("http://localhost:{}", server.port), "");
    assert_eq!(told.results(), "proxy ok, dns ok, tls failed, clock skipped");
    told.says("tls", &["wants TLS", "write `https://` into `uri`"]);
}
