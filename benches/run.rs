//! How many calls a second a run makes where each row needs a call of its own (bar: 0.8 of a bare loop).
//!
//! `cargo bench --bench run` sends 20,000 PUTs to a server in a process of its own, in turn from a bare reqwest loop
//! without a results file and from the engine with one, each record on disk and the file in its final order, and
//! prints both with the processor time that each call takes on the client's side. `cargo bench --bench run -- 2000 8 reseat`
//! makes one pass of so many rows and calls at once with one of the two (`bare` is the other), for a profiler.
//!
//! Found on 2026-11-22 on two hardware threads of an EPYC with nothing else to do but to be the server as well. Median of
//! five pairs, release build:
//!
//! | at once | bare | reseat | ratio | pairs |
//! | --- | --- | --- | --- | --- |
//! | 8 | 33,270 calls/s, 32 µs | 21,167 calls/s, 49 µs | 0.64 | 0.43 to 0.65 |
//! | 32 | 40,727 calls/s, 27 µs | 24,073 calls/s, 45 µs | 0.59 | 0.46 to 0.67 |
//!
//! The bar of 0.8 is not reached.
//!
//! On 2026-12-01 a call of the run took 195,000 instructions (callgrind, 8 at once, without LTO), its part of reading and
//! planning included, where it took 260,000 with reqwest and the system's allocator; the bare loop takes 104,000. The
//! transport has 22,000 of them and hyper's connection 20,000, the machine 40,000, half of them to describe the row, the
//! session 12,000, and the results file 45,000. All but writing that file is on one thread, while the bare loop has two;
//! connections on a thread of their own made a call dearer and no faster on two hardware threads.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod measure;
mod server;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::{self, StreamExt};
use jiff::Timestamp;
use reseat::api::{BaseUrl, Client, Config, Credentials, Session};
use reseat::directory::{self, ReadOptions};
use reseat::engine::{Engine, Patience, ReadBack, Recheck};
use reseat::ledger::{Order, ResultsFile, RunId};
use reseat::model::{Capabilities, OrganizationId, Place, Row, RowKey};
use reseat::pace::Limits;
use reseat::plan::{self, Rules};
use reseat::report::{Mode, Progress};
use reseat::sheet::Source;
use reseat::wire::{HttpConfig, HttpTransport};
use tokio::runtime::Builder;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use measure::{Cost, Start};
use server::{ORGANIZATION, Server, address};

/// The program's own, for both.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROWS: u32 = 20_000;
const REPEATS: usize = 5;

fn main() {
    if server::serve_if_asked() || measure::only_compiles() {
        return;
    }
    let folder = tempfile::TempDir::new().expect("a folder");
    if let Some((count, concurrency, side)) = one_pass() {
        let server = Server::start(count as usize);
        let cost = if side == "bare" {
            in_usual_runtime(|| bare(&server, count, concurrency))
        } else {
            let rows = rows(folder.path(), count);
            in_own_runtime(|| run(&server, &rows, folder.path(), concurrency))
        };
        println!("{concurrency} at once: {side} {}", told(cost, count));
        return;
    }
    let server = Server::start(ROWS as usize);
    let rows = rows(folder.path(), ROWS);
    for concurrency in [8, 32] {
        let mut pairs: Vec<(Cost, Cost)> = (0..REPEATS)
            .map(|_| {
                let bare = in_usual_runtime(|| bare(&server, ROWS, concurrency));
                let ours = in_own_runtime(|| run(&server, &rows, folder.path(), concurrency));
                (bare, ours)
            })
            .collect();
        for (bare, ours) in &pairs {
            println!(
                "  bare {}, reseat {}, ratio {:.2}",
                told(*bare, ROWS),
                told(*ours, ROWS),
                ratio(*bare, *ours)
            );
        }
        pairs.sort_by(|one, other| ratio(one.0, one.1).total_cmp(&ratio(other.0, other.1)));
        let (bare, ours) = pairs[pairs.len() / 2];
        println!(
            "{concurrency} at once: bare {}, reseat {}, ratio {:.2} (median of {REPEATS} pairs)",
            told(bare, ROWS),
            told(ours, ROWS),
            ratio(bare, ours)
        );
    }
}

/// What the command line says of one pass for a profiler: rows, calls at once, side.
fn one_pass() -> Option<(u32, usize, String)> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let rows = arguments.next()?.parse().expect("rows");
    let concurrency = arguments.next()?.parse().expect("calls at once");
    Some((rows, concurrency, arguments.next()?))
}

fn ratio(bare: Cost, ours: Cost) -> f64 {
    bare.time.as_secs_f64() / ours.time.as_secs_f64()
}

fn told(cost: Cost, rows: u32) -> String {
    let each = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(rows);
    format!(
        "{:.0} calls/s ({:.0} µs of CPU a call)",
        f64::from(rows) / cost.time.as_secs_f64(),
        each(cost.cpu)
    )
}

/// In the runtime that the program has.
fn in_own_runtime<T, F: Future<Output = T>>(work: impl FnOnce() -> F) -> T {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(work())
}

/// In the runtime that `#[tokio::main]` gives.
fn in_usual_runtime<T, F: Future<Output = T>>(work: impl FnOnce() -> F) -> T {
    let runtime = Builder::new_multi_thread().enable_all().build();
    runtime.expect("a runtime").block_on(work())
}

/// The same PUTs from a loop that does nothing else.
async fn bare(server: &Server, rows: u32, concurrency: usize) -> Cost {
    let client = reqwest::Client::new();
    let base = format!("{}/acme/identity_/api/User", server.url());
    let start = Start::now();
    let calls = (0..rows).map(|number| {
        let id = Uuid::from_u128((0x0b5e << 112) | (u128::from(number) + 1));
        let request = client
            .put(format!("{base}/{id}"))
            .bearer_auth("token")
            .header("content-type", "application/json")
            .body(format!(r#"{{"name":"New{number}"}}"#));
        async move {
            let answer = request.send().await.expect("an answer");
            assert!(answer.status().is_success());
            answer.bytes().await.expect("a body").len()
        }
    });
    let read = stream::iter(calls).buffer_unordered(concurrency);
    let read = read.fold(0, |sum, length| async move { sum + length }).await;
    assert!(read > 0);
    start.cost()
}

/// `run` from the moment when the plan is confirmed to the finished results file.
async fn run(server: &Server, rows: &[Row], folder: &Path, concurrency: usize) -> Cost {
    let organization = OrganizationId(ORGANIZATION.1);
    let uri = BaseUrl::parse(&server.url()).expect("an address");
    let most = u32::try_from(concurrency).expect("few");
    let config = Config {
        limits: Limits::none(),
        concurrency: most,
        ..Config::new(uri, ORGANIZATION.0, Credentials::Token("token".into()))
    };
    let transport = HttpTransport::new(HttpConfig::default()).expect("a transport");
    let progress = Progress::on_stderr(Mode::Quiet);
    let observer = progress.observer();
    let stop = CancellationToken::new();
    let client = Client::new(
        Session::new(Arc::new(transport), config, observer.clone(), stop.clone()),
        organization,
    );
    let options = ReadOptions {
        users_per_page: 1000,
        concurrency,
        capabilities: Capabilities::default(),
    };
    let rules = Rules::default();
    let needs = plan::needs(rows, &rules);
    let snapshot = directory::read(&client, &needs, &options, &observer)
        .await
        .expect("the directory");
    let plan = plan::plan(rows, &snapshot, &plan::BegunRows::default(), &rules);
    let results = folder.join("rows.results.csv");
    let _ = fs_err::remove_file(&results);
    let order: Vec<(RowKey, Place)> = rows.iter().map(|row| (row.key, row.place.clone())).collect();

    let start = Start::now();
    let opened =
        ResultsFile::open(&results, &RunId::new(Timestamp::now(), organization, 1), None).expect("a results file");
    let journal = opened.file.journal();
    let engine = Engine {
        rows,
        snapshot: &snapshot,
        rules: &rules,
        read_back: ReadBack {
            client,
            options,
            observer,
            patience: Patience::over(Duration::from_secs(20)),
            stop,
        },
        journal: &*journal,
        max_failures: None,
        concurrency,
        recheck: Recheck::at_once(Duration::from_secs(10)),
    };
    let ran = engine.run(&plan).await.expect("a results file");
    assert_eq!(ran.stopped, None);
    drop(journal);
    let finished = opened.file.finish(Order::of_sheet(&order)).expect("a results file");
    let cost = start.cost();
    assert_eq!(finished.counts.get(&reseat::model::Status::Done), Some(&rows.len()));
    cost
}

fn rows(folder: &Path, count: u32) -> Vec<Row> {
    let path = folder.join("rows.csv");
    let mut sheet = "operation,user,name\n".to_owned();
    for number in 0..count {
        let user = address(number as usize);
        sheet.extend(["update,", &user, ",New", &number.to_string(), "\n"]);
    }
    fs_err::write(&path, sheet).expect("a file");
    let source = Source::open(&path).expect("a sheet");
    let intake = reseat::intake::read(&source, &reseat::intake::Options::default()).expect("a sheet");
    assert_eq!(intake.rows.len(), count as usize);
    intake.rows
}
