//! What is simulated is what happens: the same calls, sent by a client under a virtual clock, take the simulated time.

use std::time::Duration;

use futures::future::join_all;
use proptest::prelude::*;
use reseat::api::UserUpdate;
use reseat::event::{Method, Service};
use reseat::pace::Limits;
use serde_json::json;
use tokio::time::Instant;

use crate::support::{Server, id};

#[derive(Debug, Clone)]
struct Case {
    limits: Limits,
    places: u32,
    call: Duration,
    /// Calls that were made before, and how long ago.
    before: (usize, Duration),
    puts: usize,
    deletes: usize,
}

fn case() -> impl Strategy<Value = Case> {
    let counts = (0_usize..60, 1_usize..120, 0_usize..120);
    // Signing in takes 50 ms here, and the fastest call counts.
    (1_u32..30, 1_u32..30, 1_u32..12, 1_u64..=50, 0_u64..9_000, counts).prop_map(
        |(put, delete, places, call, ago, (before, puts, deletes))| {
            let mut limits = Limits::none();
            limits.window = Duration::from_secs(9);
            limits.share = 1.0;
            limits.set(Service::Identity, Method::Put, put);
            limits.set(Service::Identity, Method::Delete, delete);
            Case {
                limits,
                places,
                call: Duration::from_millis(call),
                before: (before.min(put as usize), Duration::from_millis(ago)),
                puts,
                deletes,
            }
        },
    )
}

/// The simulated time and the time it took.
async fn both(case: Case) -> (Duration, Duration) {
    let server = Server::new();
    server.always_answers(case.call, json!({}));
    let client = server.client_with(|config| {
        config.limits = case.limits.clone();
        config.concurrency = case.places;
    });
    // The first call signs in, too.
    client.delete_user(id(1)).await.unwrap();
    let put = async || client.update_user(id(1), &UserUpdate::default()).await.unwrap();
    join_all((0..case.before.0).map(|_| put())).await;
    tokio::time::sleep(case.before.1).await;

    let mut traffic = client.simulated_traffic::<()>();
    for _ in 0..case.puts {
        traffic.call(Service::Identity, Method::Put, ());
    }
    for _ in 0..case.deletes {
        traffic.call(Service::Identity, Method::Delete, ());
    }
    while traffic.next_answer().is_some() {}

    let start = Instant::now();
    let delete = async || client.delete_user(id(1)).await.unwrap();
    let puts = join_all((0..case.puts).map(|_| put()));
    let deletes = join_all((0..case.deletes).map(|_| delete()));
    futures::join!(puts, deletes);
    (traffic.elapsed(), start.elapsed())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_client_takes_the_time_that_was_simulated(case in case()) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let (simulated, took) = runtime.block_on(both(case));
        prop_assert_eq!(simulated, took);
    }
}
