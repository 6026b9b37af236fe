//! What stands between reseat and the organization: servers that close connections, pages, firewalls, limits of length.

use std::time::Duration;

use futures::future::join_all;
use reseat::api::{Failure, Invitation, UserUpdate};
use reseat::event::{Event, Method, Service, WaitReason};
use reseat::wire::Reach;
use serde_json::{Value, json};

use crate::support::{HTML, LOGIN_PAGE, Server, id};

fn done() -> Value {
    json!({"succeeded": true, "errors": []})
}

fn invitation(email: &str) -> Invitation {
    Invitation {
        email: email.to_owned(),
        name: None,
        surname: None,
        language: None,
        groups: Vec::new(),
    }
}

fn seconds(server: &Server) -> Vec<f64> {
    server.seen().iter().map(|seen| seen.at.as_secs_f64()).collect()
}

#[tokio::test(start_paused = true)]
async fn what_was_not_taken_is_sent_again_at_once_and_an_invitation_too() {
    let server = Server::new();
    for _ in 0..3 {
        server.fails(Reach::NotTaken);
    }
    server.answers(400, json!({"message": "no"}));
    let client = server.client_with(|config| config.retry.retries = 0);
    let error = client.invite_users(&[invitation("a@x.example")]).await.unwrap_err();
    assert_eq!((error.failure, error.attempts), (Failure::Refused, 4));
    let at = seconds(&server);
    assert!(at[3] - at[0] < 0.001, "{at:?}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_takes_nothing_is_tried_again_at_once_a_few_times_and_then_with_pauses() {
    let server = Server::new();
    for _ in 0..8 {
        server.fails(Reach::NotTaken);
    }
    let client = server.client_with(|config| config.retry.retries = 2);
    let error = client.invite_users(&[invitation("a@x.example")]).await.unwrap_err();
    assert_eq!(
        (error.failure, error.attempts),
        (Failure::NotDone, 8),
        "nothing was done"
    );
    assert!(server.is_done());
}

#[tokio::test(start_paused = true)]
async fn after_an_invitation_is_turned_away_the_next_ones_keep_their_distance_and_other_calls_do_not() {
    let server = Server::new();
    server.answers_with(503, &[], "busy");
    let client = server.client();
    let first = client.invite_users(&[invitation("a@x.example")]).await.unwrap_err();
    assert_eq!(first.failure, Failure::Unclear);
    server.always_answers(Duration::ZERO, done());
    let invitations = (0..6).map(|_| async { drop(client.invite_users(&[invitation("b@x.example")]).await) });
    let others = (0..6).map(|_| async { client.delete_user(id(1)).await.map(drop) });
    tokio::join!(join_all(invitations), join_all(others));
    let at = |method| -> Vec<f64> {
        let seen = server.seen();
        let of_method = seen.iter().filter(|seen| seen.method == method);
        of_method.map(|seen| seen.at.as_secs_f64()).collect()
    };
    let posts = at(Method::Post);
    assert!(posts[1] - posts[0] >= 0.375, "{posts:?}");
    assert!(posts[2] - posts[1] >= 0.499, "one at a time: {posts:?}");
    assert!(posts[6] - posts[3] < 0.1, "and then all at once again: {posts:?}");
    assert!(at(Method::Delete).iter().all(|delete| *delete < posts[1]), "{posts:?}");
    let told = WaitReason::SetBack(Service::Identity, Method::Post);
    let is_told = |event: &Event| matches!(event, Event::Waiting { reason, .. } if *reason == told);
    assert!(server.events().iter().any(is_told));
}

#[tokio::test(start_paused = true)]
async fn a_page_from_a_service_that_had_answered_is_tried_again_and_one_from_the_beginning_is_not() {
    let server = Server::new();
    server
        .answers(200, json!([]))
        .answers_with(200, HTML, LOGIN_PAGE)
        .answers(200, done());
    let client = server.client();
    client.groups().await.unwrap();
    client.update_user(id(1), &UserUpdate::default()).await.unwrap();
    assert!(server.is_done());

    let server = Server::new();
    server
        .answers(200, json!([]))
        .answers_with(200, HTML, LOGIN_PAGE)
        .answers_with(200, HTML, LOGIN_PAGE);
    let client = server.client_with(|config| config.retry.retries = 1);
    client.groups().await.unwrap();
    let error = client.update_user(id(1), &UserUpdate::default()).await.unwrap_err();
    assert_eq!(
        (error.failure, error.code.to_string().as_str()),
        (Failure::Unclear, "page_meanwhile")
    );
    assert!(error.message.contains("a page for people (`Sign in`)"), "{error}");

    let server = Server::new();
    server.answers_with(200, HTML, LOGIN_PAGE);
    let error = server.client().groups().await.unwrap_err();
    assert_eq!((error.code.to_string().as_str(), error.attempts), ("html_answer", 1));
    assert!(error.message.contains("(`Sign in`)"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_invitation_answered_by_a_page_is_unclear_and_never_sent_again_blindly() {
    let server = Server::new();
    server.answers(200, json!([])).answers_with(200, HTML, LOGIN_PAGE);
    let client = server.client();
    client.groups().await.unwrap();
    let error = client.invite_users(&[invitation("a@x.example")]).await.unwrap_err();
    assert_eq!((error.failure, error.attempts), (Failure::Unclear, 1));
}

fn with_a_token_of(server: &Server, length: usize) {
    let token = "t".repeat(length);
    server.gives_token(
        200,
        &[],
        &json!({"access_token": token, "expires_in": 3600}).to_string(),
    );
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_too_long_for_a_server_in_between_is_named_with_its_length() {
    let nginx = "<html><head><title>400 Request Header Or Cookie Too Large</title></head></html>";
    let iis = "<h2>Bad Request</h2><p>HTTP Error 400. The size of the request headers is too long.</p>";
    for (status, headers, body) in [
        (400, HTML, nginx),
        (400, HTML, iis),
        (431, &[][..], ""),
        (494, HTML, ""),
    ] {
        let server = Server::new();
        with_a_token_of(&server, 9_000);
        server.answers_with(status, headers, body);
        let error = server.client().groups().await.unwrap_err();
        assert_eq!(
            (error.failure, error.code.to_string().as_str(), error.attempts),
            (Failure::SignIn, "token_too_long", 1),
            "{error}"
        );
        assert!(
            error.message.contains("9,000 bytes") && error.message.contains("fewer scopes"),
            "{error}"
        );
        assert!(!error.message.contains("`uri`"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_cut_for_every_long_token_is_explained_soon_and_a_short_one_is_retried() {
    let server = Server::new();
    with_a_token_of(&server, 9_000);
    for _ in 0..3 {
        server.fails(Reach::Lost);
    }
    let error = server.client().groups().await.unwrap_err();
    assert_eq!((error.failure, error.attempts), (Failure::SignIn, 3), "{error}");
    assert!(error.message.contains("9,000 bytes"), "{error}");

    // Shorter ones, and those that were taken before, are no reason.
    for (length, was_taken) in [(1_200, false), (9_000, true)] {
        let server = Server::new();
        with_a_token_of(&server, length);
        if was_taken {
            server.answers(200, json!([]));
        }
        for _ in 0..5 {
            server.fails(Reach::Lost);
        }
        server.answers(200, json!([]));
        let client = server.client();
        if was_taken {
            client.groups().await.unwrap();
        }
        assert!(client.groups().await.is_ok(), "{length}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_firewalls_page_and_an_entry_that_is_too_large_are_called_what_they_are() {
    let blocked = "<html><head>\n<TITLE lang=\"en\">Request\n Rejected\u{1b}[31m</TITLE></head></html>";
    for status in [403, 406] {
        let server = Server::new();
        server.answers_with(status, HTML, blocked);
        let error = server.client().delete_user(id(1)).await.unwrap_err();
        assert_eq!(error.failure, Failure::Refused);
        assert!(error.message.contains("(`Request Rejected [31m`)"), "{error}");
        assert!(
            error.message.contains("firewall") && !error.message.contains("scope"),
            "{error}"
        );
    }
    let server = Server::new();
    server.answers_with(413, HTML, "<html>");
    let error = server.client().delete_user(id(1)).await.unwrap_err();
    assert!(error.message.contains("even this one entry is too large"), "{error}");
}
