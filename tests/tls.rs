//! TLS over real sockets: a private authority is trusted where `ca_file` names it, and nothing else is.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::PathBuf;
use std::sync::Arc;

use reseat::event::Method;
use reseat::wire::{
    HttpConfig, HttpTransport, Probe, Reach, Request, Response, Transport, TransportCode, TransportError,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/tls")
        .join(name)
}

fn acceptor(certificate: &str, protocols: &[&[u8]]) -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_file(file(certificate)).unwrap();
    let key = PrivateKeyDer::from_pem_file(file("server.key")).unwrap();
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

/// A server for `localhost` that answers every request, and hands back what reached it; its port.
async fn server() -> (u16, tokio::task::JoinHandle<String>) {
    server_with("server.pem").await
}

/// The same with this certificate.
async fn server_with(certificate: &str) -> (u16, tokio::task::JoinHandle<String>) {
    let acceptor = acceptor(certificate, &[]);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let reached = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let Ok(mut stream) = acceptor.accept(stream).await else {
            return String::new();
        };
        let mut buffer = vec![0; 4096];
        let length = stream.read(&mut buffer).await.unwrap_or(0);
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
        // A client that turned away does not read it.
        let _ = stream.write_all(answer).await;
        let _ = stream.shutdown().await;
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    });
    (port, reached)
}

fn get(url: &str) -> Request {
    Request {
        method: Method::Get,
        url: url.parse().unwrap(),
        bearer: Some(Arc::new("the-token".into())),
        content_type: None,
        body: None,
    }
}

async fn asked(host: &str, certificate: &str, ca_file: Option<&str>) -> (Result<Response, TransportError>, String) {
    let (port, reached) = server_with(certificate).await;
    let config = HttpConfig {
        ca_file: ca_file.map(file),
        ..HttpConfig::default()
    };
    let request = get(&format!("https://{host}:{port}/"));
    let answer = HttpTransport::new(config).unwrap().send(request).await;
    (answer, reached.await.unwrap())
}

#[tokio::test]
async fn an_authority_that_ca_file_names_is_trusted() {
    let (answer, reached) = asked("localhost", "server.pem", Some("authority.pem")).await;
    assert_eq!(answer.unwrap().status, 200);
    assert!(reached.contains("Bearer the-token"));
}

#[tokio::test]
async fn a_ca_file_is_read_however_an_editor_saved_it_and_refused_for_what_it_is() {
    let pem = fs_err::read_to_string(file("authority.pem")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    let set_up = |content: &[u8]| {
        fs_err::write(&path, content).unwrap();
        HttpTransport::new(HttpConfig {
            ca_file: Some(path.clone()),
            ..HttpConfig::default()
        })
    };
    let indented = pem.replace('\n', " \r\n  ");
    for content in [
        pem.clone(),
        format!("\u{feff}{pem}"),
        format!("Our authority\r\n\r\n  {indented}\n"),
    ] {
        set_up(content.as_bytes()).unwrap();
        let (port, reached) = server().await;
        let request = get(&format!("https://localhost:{port}/"));
        assert_eq!(
            set_up(content.as_bytes()).unwrap().send(request).await.unwrap().status,
            200
        );
        reached.await.unwrap();
    }
    let der = CertificateDer::from_pem_file(file("authority.pem")).unwrap();
    let utf16: Vec<u8> = format!("\u{feff}{pem}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let key = fs_err::read_to_string(file("server.key")).unwrap();
    let damaged = pem.replacen('M', "!", 1);
    let cut = format!("{}-----END CERTIFICATE-----\n", &pem[..200]);
    for (content, words) in [
        (der.as_ref(), "openssl x509 -inform DER -in FILE -out ca.pem"),
        (&utf16, "save it as UTF-8"),
        (key.as_bytes(), "private key"),
        (b"", "no certificate"),
        (b"https://ca.example/ca.pem\n", "no certificate"),
        (damaged.as_bytes(), "ca.pem"),
        (cut.as_bytes(), "ca.pem"),
    ] {
        let error = set_up(content).unwrap_err().to_string();
        assert!(error.contains(words) && error.contains("`ca_file`"), "{error}");
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_sent_nothing_and_the_message_says_whose_it_is_and_what_to_do() {
    let inspector = Some("inspector.pem");
    for (host, certificate, ca_file, words) in [
        (
            "localhost",
            "server.pem",
            None,
            "is not trusted: the issuer `CN=reseat test authority` is unknown to this computer; a private authority is \
             added with `ca_file`",
        ),
        (
            "localhost",
            "server.pem",
            Some("stranger.pem"),
            "`CN=reseat test authority`",
        ),
        (
            "localhost",
            "self-issued.pem",
            None,
            "is not trusted: the server issued it to itself, as `CN=suite.contoso.example`; ",
        ),
        (
            "localhost",
            "own-authority.pem",
            None,
            "is that of an authority, `CN=suite.contoso.example`, which is never trusted as a server's own",
        ),
        (
            "localhost",
            "own-authority.pem",
            Some("own-authority.pem"),
            "(`basicConstraints=CA:FALSE`)",
        ),
        (
            "127.0.0.1",
            "server.pem",
            Some("authority.pem"),
            "is for another name, so it may be another server: it is for `localhost`; check the address",
        ),
        (
            "localhost",
            "expired.pem",
            inspector,
            "has expired: it was valid until 2021-01-01T00:00:00Z, and the clock of this computer says 2",
        ),
        (
            "localhost",
            "early.pem",
            inspector,
            "is not valid yet: it is valid from 2100-01-01T00:00:00Z, and the clock of this computer says 2",
        ),
    ] {
        let (answer, reached) = asked(host, certificate, ca_file).await;
        let error = answer.unwrap_err();
        assert_eq!(
            (error.reach, error.code),
            (Reach::CannotBeSent, TransportCode::CertificateNotTrusted),
            "{error}"
        );
        let start = format!("the certificate of `{host}:");
        assert!(
            error.message.starts_with(&start) && error.message.contains(words),
            "{error}"
        );
        assert_eq!(reached, "", "nothing goes to a server that is not trusted");
    }
}

#[tokio::test]
async fn a_look_shows_the_certificate_whether_it_is_trusted_or_not_and_sends_nothing_to_whom_is_not() {
    for (certificate, ca_file, issuer, version) in [
        (
            "server.pem",
            Some("authority.pem"),
            "CN=reseat test authority",
            Some("1.3"),
        ),
        ("server.pem", None, "CN=reseat test authority", None),
        (
            "expired.pem",
            Some("inspector.pem"),
            "CN=Contoso Inspection CA,O=Contoso Network Security",
            None,
        ),
        (
            "self-issued.pem",
            Some("self-issued.pem"),
            "CN=suite.contoso.example",
            Some("1.3"),
        ),
        ("self-issued.pem", None, "CN=suite.contoso.example", None),
    ] {
        let (port, reached) = server_with(certificate).await;
        let config = HttpConfig {
            ca_file: ca_file.map(file),
            ..HttpConfig::default()
        };
        let url = format!("https://localhost:{port}/").parse().unwrap();
        let look = Probe::new(config).unwrap().look(&url).await;
        let handshake = look.handshake.unwrap();
        assert_eq!(handshake.chain[0].issuer, issuer);
        assert_eq!(handshake.chain[0].names, ["localhost"]);
        assert_eq!(handshake.version, version);
        assert_eq!(look.answer.is_ok(), version.is_some(), "{:?}", look.answer);
        assert_eq!(reached.await.unwrap().is_empty(), look.answer.is_err());
    }
}

#[tokio::test]
async fn the_clock_of_an_untrusted_server_is_asked_for_without_anything_confidential() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
    let reached = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = acceptor("expired.pem", &[]).accept(stream).await.unwrap();
        let mut buffer = vec![0; 4096];
        let length = stream.read(&mut buffer).await.unwrap();
        let answer = b"HTTP/1.1 401 Unauthorized\r\ndate: Wed, 01 Jul 2020 12:00:00 GMT\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(answer).await.unwrap();
        stream.flush().await.unwrap();
        String::from_utf8_lossy(&buffer[..length]).to_lowercase()
    });
    let probe = Probe::new(HttpConfig {
        ca_file: Some(file("inspector.pem")),
        ..HttpConfig::default()
    });
    let clock = probe.unwrap().unproven_clock(&url.parse().unwrap()).await.unwrap();
    assert_eq!(clock.unwrap().there.to_string(), "2020-07-01T12:00:00Z");
    let reached = reached.await.unwrap();
    assert!(reached.starts_with("head / http/1.1\r\n"), "{reached}");
    for header in ["authorization", "cookie", "content-length"] {
        assert!(!reached.contains(header), "{reached}");
    }
}

/// An HTTP/2 frame.
fn frame(kind: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    [&[0, 0, length, kind, 0, 0, 0, 0, stream], payload].concat()
}

/// A GOAWAY with the last stream that is still served, and a reason.
fn go_away(last: u8, reason: u8) -> Vec<u8> {
    frame(7, 0, &[0, 0, 0, last, 0, 0, 0, reason])
}

/// Sends a request to an HTTP/2 server that answers its first headers with these bytes and closes.
async fn answered_by_frames(frames: Vec<u8>) -> TransportError {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = acceptor("server.pem", &[b"h2"]).accept(stream).await.unwrap();
        // The beginning of the connection, then our settings.
        stream.read_exact(&mut [0; 24]).await.unwrap();
        stream.write_all(&frame(4, 0, &[])).await.unwrap();
        stream.flush().await.unwrap();
        loop {
            let mut head = [0; 9];
            stream.read_exact(&mut head).await.unwrap();
            let length = usize::from(head[1]) * 256 + usize::from(head[2]);
            stream.read_exact(&mut vec![0; length]).await.unwrap();
            if head[3] == 1 {
                break;
            }
        }
        stream.write_all(&frames).await.unwrap();
        stream.flush().await.unwrap();
        stream.shutdown().await.unwrap();
    });
    let config = HttpConfig {
        ca_file: Some(file("authority.pem")),
        ..HttpConfig::default()
    };
    let request = Request {
        method: Method::Post,
        url: format!("https://localhost:{port}/").parse().unwrap(),
        bearer: None,
        content_type: None,
        body: Some(b"{}".as_slice().into()),
    };
    let answer = HttpTransport::new(config).unwrap().send(request).await;
    answer.unwrap_err()
}

#[tokio::test]
async fn only_what_an_http2_server_did_not_take_was_surely_not_carried_out() {
    const REFUSED: u8 = 7;
    const CALM: u8 = 11;
    for (what, frames, reach, code) in [
        (
            "leaves in good order",
            go_away(0, 0),
            Reach::NotTaken,
            TransportCode::ConnectionClosed,
        ),
        (
            "leaves and has taken it",
            go_away(1, 0),
            Reach::Lost,
            TransportCode::ConnectionLost,
        ),
        (
            "leaves for a reason",
            go_away(0, CALM),
            Reach::Lost,
            TransportCode::ConnectionLost,
        ),
        (
            "refuses it",
            frame(3, 1, &[0, 0, 0, REFUSED]),
            Reach::NotSent,
            TransportCode::StreamRefused,
        ),
        (
            "breaks off",
            frame(3, 1, &[0, 0, 0, 2]),
            Reach::Lost,
            TransportCode::ConnectionLost,
        ),
        ("is gone", Vec::new(), Reach::Lost, TransportCode::ConnectionLost),
    ] {
        let error = answered_by_frames(frames).await;
        assert_eq!(
            (error.reach, error.code),
            (reach, code),
            "a server that {what}: {error}"
        );
    }
}
