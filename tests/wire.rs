//! The transport over real sockets, against a server that behaves as badly as it is told to.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;
use std::time::Duration;

use reseat::event::Method;
use reseat::wire::{
    HttpConfig, HttpTransport, Reach, Request, Response, SetUpError, Transport, TransportCode, TransportError,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with one connection, once it has read the request.
#[derive(Clone)]
enum Deed {
    /// Sends these bytes and closes.
    Send(String),
    /// Sends these bytes and resets the connection.
    SendAndReset(String),
    /// Sends nothing and keeps the connection.
    Stall,
}

/// A server that does these deeds, one a connection, and hands back what it was sent.
struct Server {
    address: String,
    requests: tokio::task::JoinHandle<Vec<String>>,
}

impl Server {
    async fn doing(deeds: Vec<Deed>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let requests = tokio::spawn(async move {
            let mut requests = Vec::new();
            let mut stalled = Vec::new();
            for deed in deeds {
                let (mut stream, _) = listener.accept().await.unwrap();
                requests.push(read_request(&mut stream).await);
                match deed {
                    Deed::Send(bytes) => stream.write_all(bytes.as_bytes()).await.unwrap(),
                    Deed::SendAndReset(bytes) => {
                        stream.write_all(bytes.as_bytes()).await.unwrap();
                        stream.set_zero_linger().unwrap();
                    }
                    Deed::Stall => stalled.push(stream),
                }
            }
            if !stalled.is_empty() {
                std::future::pending::<()>().await;
            }
            requests
        });
        Self { address, requests }
    }

    fn request(&self, method: Method, path: &str) -> Request {
        Request {
            method,
            url: format!("http://{}{path}", self.address).parse().unwrap(),
            bearer: Some(Arc::new("the-token".into())),
            content_type: Some("application/json"),
            body: (method != Method::Get).then(|| b"{\"a\":1}".as_slice().into()),
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    loop {
        let length = stream.read(&mut buffer).await.unwrap();
        text.push_str(&String::from_utf8_lossy(&buffer[..length]));
        let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let announced = head.to_ascii_lowercase();
            !announced.contains("content-length") || body.len() >= 7
        });
        let is_tls = text.starts_with('\u{16}');
        if whole || is_tls || length == 0 {
            return text;
        }
    }
}

fn answer(status: &str, headers: &str, body: &str) -> Deed {
    let length = body.len();
    Deed::Send(format!(
        "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
    ))
}

async fn send(request: Request) -> Result<Response, TransportError> {
    send_with(HttpConfig::default(), request).await
}

async fn send_with(config: HttpConfig, request: Request) -> Result<Response, TransportError> {
    HttpTransport::new(config).unwrap().send(request).await
}

#[tokio::test]
async fn a_request_carries_token_body_and_our_name_and_any_status_is_an_answer() {
    let headers = "content-type: application/json\r\nretry-after: 7\r\nset-cookie: a=b\r\n";
    let server = Server::doing(vec![answer("429 Too Many Requests", headers, "{}")]).await;
    let response = send(server.request(Method::Delete, "/x")).await.unwrap();
    assert_eq!((response.status, response.body.as_slice()), (429, b"{}".as_slice()));
    assert_eq!(response.header("retry-after"), Some("7"));
    assert_eq!(response.header("set-cookie"), None, "nobody reads it");
    let sent = server.requests.await.unwrap().remove(0);
    assert!(sent.starts_with("DELETE /x HTTP/1.1\r\n"), "{sent}");
    assert!(sent.contains("authorization: Bearer the-token\r\n"), "{sent}");
    assert!(
        sent.contains(concat!("user-agent: reseat/", env!("CARGO_PKG_VERSION"))),
        "{sent}"
    );
    assert!(sent.ends_with("{\"a\":1}"), "a deletion may have a body: {sent}");
}

#[tokio::test]
async fn a_refused_connection_was_surely_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server {
        address: listener.local_addr().unwrap().to_string(),
        requests: tokio::spawn(async { Vec::new() }),
    };
    drop(listener);
    let error = send(server.request(Method::Get, "/")).await.unwrap_err();
    assert_eq!(
        (error.reach, error.code),
        (Reach::NotSent, TransportCode::ConnectionRefused)
    );
    assert_eq!(error.message, format!("`{}` refused the connection", server.address));
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_named() {
    let request = Request {
        method: Method::Get,
        url: "https://no-such-host.invalid/".parse().unwrap(),
        bearer: None,
        content_type: None,
        body: None,
    };
    let error = send(request).await.unwrap_err();
    assert_eq!(
        (error.reach, error.code),
        (Reach::NotSent, TransportCode::NameNotResolved)
    );
    assert_eq!(error.message, "the name `no-such-host.invalid` cannot be resolved");
}

#[tokio::test]
async fn a_server_without_tls_is_not_sent_anything() {
    let server = Server::doing(vec![answer("400 Bad Request", "", "no TLS here")]).await;
    let mut request = server.request(Method::Get, "/");
    request.url.set_scheme("https").unwrap();
    let error = send(request).await.unwrap_err();
    assert_eq!(error.reach, Reach::NotSent, "{error}");
}

#[tokio::test]
async fn a_connection_reset_before_the_answer_may_have_been_acted_on() {
    for deed in [Deed::SendAndReset(String::new()), Deed::Send(String::new())] {
        let server = Server::doing(vec![deed]).await;
        let error = send(server.request(Method::Post, "/")).await.unwrap_err();
        assert_eq!(
            (error.reach, error.code),
            (Reach::Lost, TransportCode::ConnectionLost),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_stall_ends_with_the_timeout_and_may_have_been_acted_on() {
    let server = Server::doing(vec![Deed::Stall]).await;
    let config = HttpConfig {
        timeout: Duration::from_millis(200),
        ..HttpConfig::default()
    };
    let error = send_with(config, server.request(Method::Post, "/")).await.unwrap_err();
    assert_eq!(
        (error.reach, error.code),
        (Reach::Lost, TransportCode::TimedOut),
        "{error}"
    );
}

#[tokio::test]
async fn a_truncated_success_is_lost_and_a_truncated_refusal_is_a_refusal() {
    let begun = |status: &str| Deed::Send(format!("HTTP/1.1 {status}\r\ncontent-length: 100\r\n\r\n{{\"a\":"));
    let server = Server::doing(vec![begun("200 OK"), begun("409 Conflict")]).await;
    let error = send(server.request(Method::Put, "/")).await.unwrap_err();
    assert_eq!(
        (error.reach, error.code),
        (Reach::Lost, TransportCode::AnswerTruncated),
        "{error}"
    );
    let response = send(server.request(Method::Put, "/")).await.unwrap();
    assert_eq!(
        (response.status, response.body.as_slice()),
        (409, b"{\"a\":".as_slice())
    );
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let server = Server::doing(vec![answer("200 OK", "", &"x".repeat(5000))]).await;
    let config = HttpConfig {
        body_limit: 1000,
        ..HttpConfig::default()
    };
    let error = send_with(config, server.request(Method::Get, "/")).await.unwrap_err();
    assert_eq!(error.code, TransportCode::AnswerTooLarge);
    assert!(error.message.ends_with("is larger than 1,000 bytes"), "{error}");
}

#[tokio::test]
async fn a_read_follows_a_redirect_on_the_same_server_and_a_write_only_one_that_keeps_it_a_write() {
    let on = |status: &str| answer(status, "location: /there/7\r\n", "");
    let there = answer("200 OK", "", "{}");
    for (method, status, followed) in [
        (Method::Get, "302 Found", true),
        (Method::Put, "302 Found", false),
        (Method::Post, "303 See Other", false),
        (Method::Put, "307 Temporary Redirect", true),
        (Method::Delete, "308 Permanent Redirect", true),
    ] {
        let mut deeds = vec![on(status)];
        deeds.extend(followed.then(|| there.clone()));
        let server = Server::doing(deeds).await;
        let response = send(server.request(method, "/here/7")).await.unwrap();
        assert_eq!(response.status == 200, followed, "{method} {status}");
        let requests = server.requests.await.unwrap();
        let line = format!("{method} /there/7");
        assert_eq!(requests.last().unwrap().starts_with(&line), followed);
    }
}

#[tokio::test]
async fn a_write_is_not_led_to_another_thing() {
    for place in ["/User/8", "/User", "/User/7/", "/User/7?all=true"] {
        let location = format!("location: {place}\r\n");
        let server = Server::doing(vec![answer("308 Permanent Redirect", &location, "")]).await;
        let response = send(server.request(Method::Delete, "/User/7")).await.unwrap();
        assert_eq!(response.status, 308, "{place}");
    }
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed_and_never_sees_the_token() {
    let elsewhere = Server::doing(vec![answer("200 OK", "", "stolen")]).await;
    let location = format!("location: http://{}/\r\n", elsewhere.address);
    let server = Server::doing(vec![answer("307 Temporary Redirect", &location, "")]).await;
    let response = send(server.request(Method::Get, "/")).await.unwrap();
    assert_eq!(response.status, 307);
    assert!(!elsewhere.requests.is_finished(), "nobody connected");
    elsewhere.requests.abort();
}

#[tokio::test]
async fn a_circle_of_redirects_ends() {
    let round = || answer("302 Found", "location: /round\r\n", "");
    let server = Server::doing(vec![round(), round(), round(), round()]).await;
    let response = send(server.request(Method::Get, "/")).await.unwrap();
    assert_eq!(response.status, 302);
}

#[test]
fn a_file_without_certificates_is_refused_at_once() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs_err::write(file.path(), "not a certificate").unwrap();
    let with = |path: &std::path::Path| {
        HttpTransport::new(HttpConfig {
            ca_file: Some(path.to_owned()),
            ..HttpConfig::default()
        })
    };
    assert!(matches!(with(file.path()), Err(SetUpError::NoCertificate { .. })));
    assert!(matches!(with("/no/such/file".as_ref()), Err(SetUpError::Unreadable(_))));
}
