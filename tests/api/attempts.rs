//! Attempts: quotas, pauses, retries, concurrency, stopping.

use std::time::Duration;

use futures::future::join_all;
use reseat::api::{Credentials, Failure, UserUpdate};
use reseat::event::{Event, Method, Service, WaitReason};
use reseat::pace::Limits;
use reseat::wire::Reach;
use serde_json::{Value, json};

use crate::support::{Server, id};

fn done() -> Value {
    json!({"succeeded": true, "errors": []})
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// The reasons of the waits that were announced, with their whole seconds.
fn waits(server: &Server) -> Vec<(WaitReason, u64)> {
    let wait = |event| match event {
        Event::Waiting { reason, length } => Some((reason, length.as_secs())),
        _ => None,
    };
    server.events().into_iter().filter_map(wait).collect()
}

#[tokio::test(start_paused = true)]
async fn trap_19_a_method_is_paced_before_the_first_429_and_the_others_go_on() {
    let server = Server::new();
    server.always_answers(Duration::from_millis(100), done());
    let client = server.client();
    let puts = (0..150).map(|_| async { client.update_user(id(1), &UserUpdate::default()).await.map(drop) });
    let others = (0..10).map(|_| async { client.delete_user(id(1)).await.map(drop) });
    let (put, other) = tokio::join!(join_all(puts), join_all(others));
    assert!(put.into_iter().chain(other).all(|outcome| outcome.is_ok()));
    let first_window = |method| {
        let seen = server.seen();
        seen.iter()
            .filter(|seen| seen.method == method && seen.at < seconds(300))
            .count()
    };
    assert_eq!(first_window(Method::Put), 144, "nine tenths of 160");
    assert_eq!(first_window(Method::Delete), 10);
    assert!(server.seen().iter().all(|seen| seen.at < seconds(310)));
    let quota = WaitReason::Quota(Service::Identity, Method::Put);
    assert!(waits(&server).iter().any(|(reason, _)| *reason == quota));
    let stats = client.stats();
    assert_eq!((stats.of(Method::Put), stats.throttled, stats.retries), (150, 0, 0));
    assert!(
        stats.waited > seconds(290) && stats.waited < seconds(310),
        "{:?}",
        stats.waited
    );
}

#[tokio::test(start_paused = true)]
async fn trap_19_a_429_pauses_its_method_for_as_long_as_it_says_for_every_call() {
    let server = Server::new();
    server.answers_with(429, &[("retry-after", "90")], "");
    for _ in 0..3 {
        server.answers(200, done());
    }
    let client = server.client_with(|config| config.concurrency = 1);
    let calls = (0..3).map(|_| client.delete_user(id(1)));
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    let at: Vec<_> = server.seen().iter().map(|seen| seen.at.as_secs()).collect();
    assert_eq!(at, [0, 90, 90, 90]);
    assert_eq!(
        waits(&server),
        [(WaitReason::Asked(Service::Identity, Method::Delete), 90)]
    );
    let stats = client.stats();
    assert_eq!((stats.throttled, stats.throttled_within_limits), (1, 1));
    assert_eq!(stats.waited.as_secs(), 90, "once, however many calls wait");
}

#[tokio::test(start_paused = true)]
async fn only_the_time_that_was_waited_counts_and_not_the_pause_that_was_asked_for() {
    let server = Server::new();
    server.answers_with(429, &[("retry-after", "300")], "");
    let client = server.client();
    let given_up = tokio::time::timeout(seconds(2), client.delete_user(id(1))).await;
    assert!(given_up.is_err());
    tokio::time::sleep(seconds(60)).await;
    let waited = client.stats().waited;
    assert!(waited > seconds(1) && waited <= seconds(2), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn trap_19_a_429_without_a_time_waits_for_the_end_of_its_window() {
    let server = Server::new();
    server.answers(200, done());
    let client = server.client();
    client.delete_user(id(1)).await.unwrap();
    tokio::time::sleep(seconds(100)).await;
    server.answers_with(429, &[], "").answers(200, done());
    client.delete_user(id(1)).await.unwrap();
    assert_eq!(
        server.seen()[2].at.as_secs(),
        300,
        "when the first call leaves the window"
    );
}

#[tokio::test(start_paused = true)]
async fn trap_19_a_429_of_a_service_without_known_limits_backs_off_and_costs_no_retry() {
    let server = Server::new();
    for _ in 0..12 {
        server.answers_with(429, &[], "");
    }
    server.answers(200, json!([]));
    let client = server.client_with(|config| config.retry.retries = 0);
    let answer = client
        .allocate_to_users(&[id(1)], &reseat::model::BundleSet::default(), false)
        .await;
    assert_eq!(answer.unwrap().receipt.attempts, 13);
    assert_eq!(client.stats().throttled_within_limits, 0, "there is no limit to share");
}

#[tokio::test(start_paused = true)]
async fn the_servers_own_count_of_what_is_left_is_believed() {
    let server = Server::new();
    let headers = [("ratelimit-remaining", "0"), ("ratelimit-reset", "40")];
    server
        .answers_with(200, &headers, &done().to_string())
        .answers(200, done());
    let client = server.client();
    client.delete_user(id(1)).await.unwrap();
    client.delete_user(id(1)).await.unwrap();
    assert_eq!(server.seen()[1].at.as_secs(), 40);
}

#[tokio::test(start_paused = true)]
async fn a_longer_pause_than_the_longest_wait_is_given_up_with_its_length_and_binds_the_others() {
    let server = Server::new();
    server.answers_with(429, &[("retry-after", "1200")], "");
    let client = server.client();
    for _ in 0..2 {
        let error = client.delete_user(id(1)).await.unwrap_err();
        assert_eq!(error.failure, Failure::NotDone);
        assert_eq!(
            error.message,
            "calls to the identity service have to pause for 20 min, longer than the 10 min of `--max-wait`"
        );
    }
    assert_eq!(server.seen().len(), 1, "the second call was not even sent");
}

#[tokio::test(start_paused = true)]
async fn what_may_be_repeated_is_tried_again_until_the_retries_are_used_up() {
    let server = Server::new();
    for _ in 0..9 {
        server.answers(503, json!({"message": "down"}));
    }
    let client = server.client();
    let error = client.delete_user(id(1)).await.unwrap_err();
    assert_eq!(
        (error.failure, error.attempts, error.status),
        (Failure::Unclear, 9, Some(503))
    );
    assert_eq!(
        error.message,
        "the identity service answered 503 (Service Unavailable): down; given up after 9 attempts"
    );
    assert_eq!(client.stats().retries, 8);
    assert!(
        waits(&server)
            .iter()
            .all(|(reason, _)| matches!(reason, WaitReason::Retry(_)))
    );
}

#[tokio::test(start_paused = true)]
async fn giving_up_says_what_may_be_concluded() {
    let cases: [(&[Reach], Failure); 4] = [
        (&[Reach::NotSent, Reach::NotSent], Failure::NotDone),
        (&[Reach::NotSent, Reach::Lost], Failure::Unclear),
        (&[Reach::Lost, Reach::NotSent], Failure::Unclear),
        (&[Reach::CannotBeSent], Failure::NotDone),
    ];
    for (reaches, failure) in cases {
        let server = Server::new();
        for reach in reaches {
            server.fails(*reach);
        }
        let client = server.client_with(|config| config.retry.retries = 1);
        let error = client.delete_user(id(1)).await.unwrap_err();
        assert_eq!(error.failure, failure, "{reaches:?}");
        assert!(server.is_done());
    }
    let server = Server::new();
    server.fails(Reach::Lost);
    let client = server.client_with(|config| config.retry.retries = 0);
    let read = client.groups().await.unwrap_err();
    assert_eq!(read.failure, Failure::NotDone, "reading never changes anything");
}

#[tokio::test(start_paused = true)]
async fn a_503_that_names_a_time_is_obeyed() {
    let server = Server::new();
    server
        .answers_with(503, &[("retry-after", "120")], "")
        .answers(200, done());
    server.client().delete_user(id(1)).await.unwrap();
    assert_eq!(server.seen()[1].at.as_secs(), 120);
}

#[tokio::test(start_paused = true)]
async fn no_more_calls_are_in_flight_than_allowed() {
    let server = Server::new();
    server.always_answers(seconds(1), done());
    let client = server.client_with(|config| {
        config.concurrency = 3;
        config.limits = Limits::none();
    });
    let calls = (0..30).map(|_| client.delete_user(id(1)));
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(server.most_in_flight(), 3);
    assert_eq!(
        server.seen().last().unwrap().at,
        seconds(9) + Duration::from_millis(50),
        "and no fewer"
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_holds_no_place() {
    let server = Server::new();
    server
        .answers_with(429, &[("retry-after", "60")], "")
        .answers(200, json!([]));
    let client = server.client_with(|config| config.concurrency = 1);
    let waiting = client.clone();
    let waiting = tokio::spawn(async move { waiting.delete_user(id(1)).await });
    tokio::time::sleep(seconds(1)).await;
    client.groups().await.unwrap();
    assert_eq!(server.seen()[1].at.as_secs(), 1);
    server.answers(200, done());
    waiting.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn stopping_ends_every_wait_and_sends_nothing_new() {
    let server = Server::new();
    server.answers_with(429, &[("retry-after", "60")], "");
    let client = server.client();
    let waiting = client.clone();
    let waiting = tokio::spawn(async move { waiting.delete_user(id(1)).await });
    tokio::time::sleep(seconds(1)).await;
    server.stop.cancel();
    let error = waiting.await.unwrap().unwrap_err();
    assert_eq!((error.failure, error.attempts), (Failure::Stopped, 1));
    let error = client.groups().await.unwrap_err();
    assert_eq!((error.failure, error.attempts), (Failure::Stopped, 0));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn stopping_between_attempts_does_not_hide_that_the_first_may_have_worked() {
    let server = Server::new();
    server.answers_with(502, &[("retry-after", "60")], "");
    let client = server.client_with(|config| config.retry.backoff.first = seconds(30));
    let waiting = client.clone();
    let waiting = tokio::spawn(async move { waiting.delete_user(id(1)).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.stop.cancel();
    let error = waiting.await.unwrap().unwrap_err();
    assert_eq!((error.failure, error.attempts), (Failure::CutOff, 1));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_has_to_be_made_can_be_made_although_the_run_is_stopped() {
    let server = Server::new();
    server.answers(200, done());
    let client = server.client();
    server.stop.cancel();
    let restoring = client.with_stop(tokio_util::sync::CancellationToken::new());
    restoring.delete_user(id(1)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_is_spent_can_be_told_to_the_next_process() {
    let server = Server::new();
    server.always_answers(Duration::ZERO, done());
    let client = server.client();
    for _ in 0..144 {
        client.delete_user(id(1)).await.unwrap();
    }
    let next = server.client();
    next.recall(&client.spent());
    next.delete_user(id(1)).await.unwrap();
    assert_eq!(server.seen()[144].at.as_secs(), 300);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_gives_its_place_back() {
    let server = Server::new();
    server.always_answers(seconds(60), done());
    let client = server.client_with(|config| config.concurrency = 1);
    let aborted = tokio::time::timeout(seconds(5), client.delete_user(id(1))).await;
    assert!(aborted.is_err());
    client.delete_user(id(2)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn calls_can_be_carried_by_any_thread() {
    fn assert_send<T: Send>(_: &T) {}
    let client = Server::new().client();
    let none = reseat::model::BundleSet::default();
    assert_send(&client.seats());
    assert_send(&client.licensed_users(0, 50));
    assert_send(&client.release_user_licenses(&[]));
    assert_send(&client.allocate_to_users(&[], &none, false));
    assert_send(&client.invite_users(&[]));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answered_is_given_up_soon_with_what_to_check() {
    let server = Server::new();
    let start = tokio::time::Instant::now();
    for _ in 0..3 {
        server.fails(Reach::NotSent);
    }
    let client = server.client_with(|config| config.credentials = Credentials::Token("rt_token".into()));
    let error = client.groups().await.unwrap_err();
    assert_eq!((error.failure, error.attempts), (Failure::NotDone, 3));
    assert!(
        error.message.contains("`uri`") && error.message.contains("proxy"),
        "{error}"
    );
    assert!(start.elapsed() < seconds(3), "{:?}", start.elapsed());
    assert!(
        matches!(waits(&server)[0].0, WaitReason::Retry(_)),
        "{:?}",
        waits(&server)
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_answered_once_is_worth_the_whole_patience() {
    let server = Server::new();
    server.answers(200, json!([]));
    for _ in 0..8 {
        server.fails(Reach::NotSent);
    }
    server.answers(200, json!([]));
    let client = server.client();
    client.groups().await.unwrap();
    assert_eq!(client.groups().await.unwrap().receipt.attempts, 9);
}
