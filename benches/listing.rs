//! What it takes to read an organization, a page at a time and as a whole, and what a sandbox takes for a page of its own.
//!
//! `cargo bench --bench listing` prints three things:
//!
//! - a page of 1,000 users, from the bytes of its body to users, against the same members read by serde into borrowed
//!   structs (bar: 1.3 times as long; the median of interleaved repeats);
//! - a sandbox's page at the beginning, in the middle and near the end of 100,000 users, and at the beginning of 1,000 (bar:
//!   2 ms for 100 users, wherever they are);
//! - the processor time that each user costs when whole organizations of 1,000 to 1,000,000 are read from a server in a
//!   process of its own.
//!
//! Found on 2026-11-30 on two hardware threads of an EPYC that builds kept busy: a sandbox's page of 100 users took 0.15 ms
//! wherever it was, one of 1,000 took 1.0 ms, and without link-time optimization a user of a large organization cost 1.8 µs.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod measure;
mod server;

use std::borrow::Cow;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::{BoxFuture, FutureExt, ready};
use reseat::api::{BaseUrl, Client, Config, Credentials, Session};
use reseat::directory::{self, Needs, ReadOptions};
use reseat::event::silent;
use reseat::model::{Capabilities, OrganizationId};
use reseat::pace::Limits;
use reseat::sandbox::{self, Population, Sandbox};
use reseat::wire::{HttpConfig, HttpTransport, Request, Response, Transport, TransportError};
use serde::Deserialize;
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use measure::Start;
use server::{ORGANIZATION, Server};

const REPEATS: usize = 101;

fn main() {
    if server::serve_if_asked() || measure::only_compiles() {
        return;
    }
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    page_of_users(&runtime);
    pages_of_a_sandbox();
    for users in [1_000, 10_000, 100_000, 1_000_000] {
        whole_organization(&runtime, users);
    }
}

/// What the reader takes of a user.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it is the reading that counts")]
struct Borrowed<'a> {
    id: Uuid,
    #[serde(borrow)]
    user_name: Cow<'a, str>,
    #[serde(borrow)]
    email: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    surname: Cow<'a, str>,
    #[serde(borrow)]
    display_name: Cow<'a, str>,
    is_active: bool,
    r#type: u8,
    category: u8,
    invitation_accepted: bool,
    bypass_basic_auth_restriction: bool,
    #[serde(rename = "groupIDs")]
    groups: Vec<Uuid>,
    creation_time: &'a str,
    last_login_time: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it is the reading that counts")]
struct BorrowedPage<'a> {
    total_count: u64,
    #[serde(borrow)]
    results: Vec<Borrowed<'a>>,
}

/// Answers everything with the same body.
struct Canned(Vec<u8>);

impl Transport for Canned {
    fn send(&self, _: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        let response = Response {
            status: 200,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: self.0.clone(),
        };
        ready(Ok(response)).boxed()
    }
}

fn page_of_users(runtime: &Runtime) {
    let server = Server::start(1_000);
    let url = format!("{}/acme/identity_/api/User/users/x?top=1000&skip=0", server.url());
    let body = runtime.block_on(async { reqwest::get(url).await.expect("a page").bytes().await.expect("a body") });
    let client = client("http://127.0.0.1:1", Arc::new(Canned(body.to_vec())));
    let mut ratios: Vec<(f64, Duration)> = (0..REPEATS)
        .map(|_| {
            let start = Instant::now();
            black_box(serde_json::from_slice::<BorrowedPage<'_>>(&body).expect("a page"));
            let reference = start.elapsed();
            let start = Instant::now();
            let page = runtime.block_on(client.users(0, 1_000, None)).expect("a page");
            let ours = start.elapsed();
            assert_eq!(page.value.items.len(), 1_000);
            (ours.as_secs_f64() / reference.as_secs_f64(), ours)
        })
        .collect();
    ratios.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (ratio, time) = ratios[REPEATS / 2];
    println!("a page of 1,000 users: {time:.0?}, {ratio:.2} of serde into borrowed structs (median of {REPEATS})");
}

fn pages_of_a_sandbox() {
    let runtime = Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let sandbox = |users| {
        let config = sandbox::Config {
            population: Population::Generated(users),
            quotas: None,
            ..sandbox::Config::default()
        };
        runtime.block_on(sandbox::start(config)).expect("a sandbox")
    };
    let (large, small) = (sandbox(100_000), sandbox(1_000));
    for top in [100, 1_000] {
        let shallow = page_of(&runtime, &small, 0, top);
        println!("a sandbox's page of {top} at 0 of 1,000 users: {shallow:.1?}");
        for skip in [0, 50_000, 99_000] {
            let time = page_of(&runtime, &large, skip, top);
            let ratio = time.as_secs_f64() / shallow.as_secs_f64();
            println!("a sandbox's page of {top} at {skip} of 100,000 users: {time:.1?}, {ratio:.2} of that");
        }
    }
}

/// The median time of a page, the first of all left out: after a change it takes as long as putting all in order.
fn page_of(runtime: &Runtime, sandbox: &Sandbox, skip: usize, top: usize) -> Duration {
    let url = format!(
        "{}/{}/identity_/api/User/users/{}?top={top}&skip={skip}&sortBy=Id&sortOrder=asc",
        sandbox.base_url(),
        sandbox.organization(),
        sandbox.organization_id()
    );
    let http = reqwest::Client::new();
    let once = || async {
        let request = http.get(&url).bearer_auth(sandbox.personal_access_token());
        let start = Instant::now();
        let answer = request.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{}", answer.status());
        assert!(answer.bytes().await.expect("a body").len() > 100 * top);
        start.elapsed()
    };
    runtime.block_on(async {
        once().await;
        let mut times = Vec::new();
        for _ in 0..21 {
            times.push(once().await);
        }
        times.sort_unstable();
        times[times.len() / 2]
    })
}

fn whole_organization(runtime: &Runtime, users: usize) {
    let server = Server::start(users);
    let transport = HttpTransport::new(HttpConfig::default()).expect("a transport");
    let client = client(&server.url(), Arc::new(transport));
    let needs = Needs {
        everyone: true,
        ..Needs::default()
    };
    let options = ReadOptions {
        users_per_page: 1_000,
        concurrency: 8,
        capabilities: Capabilities::default(),
    };
    // The system counts in hundredths of a second.
    let readings = (100_000 / users).max(1);
    let start = Start::now();
    for _ in 0..readings {
        let snapshot = runtime
            .block_on(directory::read(&client, &needs, &options, &silent()))
            .expect("the directory");
        assert_eq!(snapshot.users().len(), users);
    }
    let cost = start.cost();
    let time = cost.time / u32::try_from(readings).expect("few");
    let each = cost.cpu / u32::try_from(readings * users).expect("a million");
    println!("an organization of {users} users: {time:.2?}, {each:.2?} of processor time a user");
}

fn client(url: &str, transport: Arc<dyn Transport>) -> Client {
    let uri = BaseUrl::parse(url).expect("an address");
    let config = Config {
        limits: Limits::none(),
        ..Config::new(uri, ORGANIZATION.0, Credentials::Token("a-token-of-some-length".into()))
    };
    let session = Session::new(transport, config, silent(), CancellationToken::new());
    Client::new(session, OrganizationId(ORGANIZATION.1))
}
