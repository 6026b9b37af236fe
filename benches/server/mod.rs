//! A server that answers what a run asks and does nothing else, in a process of its own, so that
//! neither its speed nor its memory counts as the run's.

#![allow(dead_code, reason = "each benchmark uses some of it")]

pub(crate) mod sheets;

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

/// The organization's name and GUID.
pub(crate) const ORGANIZATION: (&str, Uuid) = ("acme", Uuid::from_u128(0x5e47));

const SERVE: &str = "serve-an-organization";

/// The bundles of which there are seats for everybody.
pub(crate) const BUNDLES: [&str; 4] = ["ATTUNU", "TSTNU", "RPADEVPRONU", "CTZDEVNU"];

/// A server in a process of its own, ended with this value.
pub(crate) struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// Starts a server whose organization has so many users.
    pub(crate) fn start(users: usize) -> Self {
        let program = std::env::current_exe().expect("a program");
        let mut child = Command::new(program)
            .args([SERVE, &users.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let mut line = String::new();
        let out = child.stdout.take().expect("a pipe");
        BufReader::new(out).read_line(&mut line).expect("a port");
        let port = line.trim().parse().expect("a port");
        Self { child, port }
    }

    /// Where it listens, without a slash at the end.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The program, told to work on this organization in a folder; what it writes to the standard output is thrown away.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(folder)
            .env("UIPATH_URI", self.url())
            .env("UIPATH_ORGANIZATION", ORGANIZATION.0)
            .env("RESEAT_ORGANIZATION_ID", ORGANIZATION.1.to_string())
            .env("UIPATH_PAT", "token")
            .env("XDG_STATE_HOME", folder)
            .env("XDG_CONFIG_HOME", folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit());
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It ends by itself when its input does.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Writes a configuration without quotas, of which this server has none.
pub(crate) fn configure(folder: &Path) {
    let limits = "[profile.default.limits]\nget = 0\nput = 0\n";
    fs_err::write(folder.join("reseat.toml"), limits).expect("a file");
}

/// Deletes what runs have recorded, so that the next one begins anew.
pub(crate) fn forget_results(folder: &Path) {
    for entry in fs_err::read_dir(folder).expect("a folder") {
        let entry = entry.expect("a file");
        if entry.file_name().to_string_lossy().contains(".results.") {
            fs_err::remove_file(entry.path()).expect("a file");
        }
    }
}

/// Serves, if this process was started for that; says whether it was.
pub(crate) fn serve_if_asked() -> bool {
    let arguments: Vec<String> = std::env::args().collect();
    let Some(place) = arguments.iter().position(|argument| argument == SERVE) else {
        return false;
    };
    let users = arguments[place + 1].parse().expect("a number");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.spawn(serve(users));
    // Nothing comes; it ends with the process that started this one.
    let _ = std::io::stdin().read(&mut [0]);
    runtime.shutdown_background();
    true
}

async fn serve(users: usize) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let port = listener.local_addr().expect("an address").port();
    println!("{port}");
    std::io::stdout().flush().expect("a pipe");
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(converse(stream, users));
    }
}

async fn converse(stream: TcpStream, users: usize) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(request, users));
    // A client that leaves ends the conversation.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(request: Request<Incoming>, users: usize) -> hyper::Result<Response<Full<Bytes>>> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let path = parts.uri.path();
    let query = parts.uri.query().unwrap_or_default();
    let answer = match parts.method {
        Method::GET if path.contains("/api/User/users/") => page(query, users),
        Method::GET if path.contains("/api/Group/") => groups(),
        Method::GET if path.ends_with("/UserLicense/user/page") => r#"{"results":[],"totalCount":0}"#.to_owned(),
        Method::GET if path.ends_with("/UserLicense") => seats(users),
        Method::PUT if path.ends_with("/user-license") => allocated(&body),
        Method::PUT if path.contains("/api/User/") => r#"{"succeeded":true,"errors":[]}"#.to_owned(),
        _ => return Ok(Response::builder().status(404).body(Full::default()).expect("parts")),
    };
    let mut response = Response::new(Full::from(answer));
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    Ok(response)
}

/// The address of the user of this number.
pub(crate) fn address(number: usize) -> String {
    format!("first{number}.last{number}@contoso.example")
}

/// The id of the user of this number.
pub(crate) fn user(number: usize) -> Uuid {
    Uuid::from_u128((0x0b5e << 112) | (number as u128 + 1))
}

fn page(query: &str, users: usize) -> String {
    let parameter = |name: &str| -> usize {
        url::form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == name)
            .and_then(|(_, value)| value.parse().ok())
            .unwrap_or(0)
    };
    let (skip, top) = (parameter("skip"), parameter("top").min(1000));
    // Written out, so that the server takes little of a machine that it shares with what is measured.
    let mut page = format!(r#"{{"totalCount":{users},"results":["#);
    for number in skip..users.min(skip + top) {
        let comma = if number == skip { "" } else { "," };
        let (id, address) = (user(number), address(number));
        let [everyone, operations] = [Uuid::from_u128(1), Uuid::from_u128(2)];
        write!(
            page,
            r#"{comma}{{"id":"{id}","userName":"{address}","email":"{address}","name":"First{number}","surname":"Last{number}","displayName":"First{number} Last{number}","isActive":true,"type":0,"category":0,"invitationAccepted":true,"bypassBasicAuthRestriction":false,"groupIDs":["{everyone}","{operations}"],"creationTime":"2025-01-01T00:00:00Z","lastLoginTime":"2026-01-01T00:00:00Z"}}"#
        )
        .expect("text takes all that is written");
    }
    page.push_str("]}");
    page
}

fn groups() -> String {
    json!([
        {"id": Uuid::from_u128(1), "name": "Everyone", "displayName": "Everyone", "type": 0},
        {"id": Uuid::from_u128(2), "name": "Operations", "displayName": "Operations", "type": 1},
        {"id": Uuid::from_u128(3), "name": "Finance", "displayName": "Finance", "type": 1},
        {"id": Uuid::from_u128(4), "name": "Administrators", "displayName": "Administrators", "type": 0},
    ])
    .to_string()
}

fn seats(users: usize) -> String {
    let rows: Vec<_> = BUNDLES
        .iter()
        .map(|code| json!({"code": code, "allocated": 0, "total": users, "inUse": 0}))
        .collect();
    json!({"results": rows}).to_string()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Allocate {
    user_ids: Vec<Uuid>,
    user_bundle_codes: Vec<String>,
}

fn allocated(body: &[u8]) -> String {
    let Ok(asked) = serde_json::from_slice::<Allocate>(body) else {
        return "{}".to_owned();
    };
    let entries: Vec<_> = asked
        .user_ids
        .iter()
        .map(|user| {
            json!({
                "userId": user,
                "organizationId": ORGANIZATION.1,
                "useExternalLicense": false,
                "userBundleCodes": asked.user_bundle_codes,
            })
        })
        .collect();
    json!(entries).to_string()
}
