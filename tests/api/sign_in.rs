//! Tokens: had once, renewed in time, refused, explained, never shown.

use std::time::Duration;

use futures::future::join_all;
use reseat::api::{Credentials, Failure, UserUpdate};
use reseat::model::Password;
use serde_json::json;

use crate::support::{HTML, LOGIN_PAGE, Server, id};

fn empty_page() -> serde_json::Value {
    json!({"totalCount": 0, "results": []})
}

#[tokio::test(start_paused = true)]
async fn one_token_serves_however_many_calls_wait_for_it() {
    let server = Server::new();
    server.always_answers(Duration::from_millis(10), empty_page());
    let client = server.client();
    let calls = (0..20).map(|_| client.users(0, 10, None));
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(server.token_requests().len(), 1);
    let form = &server.token_requests()[0].text;
    assert_eq!(
        form,
        "grant_type=client_credentials&client_id=app&client_secret=app-secret&scope=PM.User+PM.Group+PM.License"
    );
}

#[tokio::test(start_paused = true)]
async fn a_failed_sign_in_is_shared_by_all_who_waited_for_it() {
    let server = Server::new();
    server.gives_token(400, &[], r#"{"error": "invalid_client"}"#);
    let client = server.client();
    let calls = (0..5).map(|_| client.users(0, 10, None));
    for outcome in join_all(calls).await {
        let error = outcome.unwrap_err();
        assert_eq!(
            (error.failure, error.code.to_string().as_str()),
            (Failure::SignIn, "invalid_client")
        );
        assert!(error.message.contains("client id and secret"), "{}", error.message);
    }
    assert_eq!(server.token_requests().len(), 1);
    assert!(server.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn trap_20_a_token_of_five_seconds_is_renewed_before_it_runs_out() {
    let server = Server::new();
    for number in 1..=3 {
        let body = json!({"access_token": format!("short-{number}"), "expires_in": 5});
        server.gives_token(200, &[], &body.to_string());
    }
    server.always_answers(Duration::ZERO, empty_page());
    let client = server.client();
    for _ in 0..11 {
        client.users(0, 10, None).await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let seen = server.seen();
    assert_eq!(server.token_requests().len(), 3);
    assert_eq!(seen[0].bearer.as_deref(), Some("short-1"));
    assert_eq!(seen[10].bearer.as_deref(), Some("short-3"));
}

#[tokio::test(start_paused = true)]
async fn trap_20_a_401_leads_to_one_new_token_and_a_second_in_a_row_is_the_end() {
    let server = Server::new();
    server.answers_with(401, &[], "").answers(200, empty_page());
    let client = server.client();
    let answer = client.users(0, 10, None).await.unwrap();
    assert_eq!(answer.receipt.attempts, 2);
    let bearers: Vec<_> = server.seen().iter().filter_map(|seen| seen.bearer.clone()).collect();
    assert_eq!(bearers, ["token-1", "token-2"]);

    server.answers_with(401, &[], "").answers_with(401, &[], "");
    let error = client.users(0, 10, None).await.unwrap_err();
    assert_eq!(
        (error.failure, error.status, error.attempts),
        (Failure::SignIn, Some(401), 2)
    );
    assert!(server.is_done());
}

#[tokio::test(start_paused = true)]
async fn trap_20_a_401_long_after_the_last_is_a_first_one_again() {
    let server = Server::new();
    server
        .answers_with(401, &[], "")
        .answers_with(429, &[("retry-after", "500")], "")
        .answers_with(401, &[], "")
        .answers(200, empty_page());
    assert!(server.client().users(0, 10, None).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_personal_access_token_is_used_as_it_is_and_cannot_be_renewed() {
    let server = Server::new();
    server.answers(200, empty_page()).answers_with(401, &[], "");
    let client = server.client_with(|config| config.credentials = Credentials::Token(" rt_opaque\n".into()));
    client.users(0, 10, None).await.unwrap();
    assert_eq!(server.seen()[0].bearer.as_deref(), Some("rt_opaque"));
    assert_eq!(client.acting_user().await.unwrap(), None);
    let error = client.users(0, 10, None).await.unwrap_err();
    assert_eq!((error.failure, error.attempts), (Failure::SignIn, 1));
    assert!(error.message.contains("expired"), "{}", error.message);
    assert!(server.token_requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_acting_user_is_the_subject_of_the_token() {
    let claims = "eyJzdWIiOiIxMTExMTExMS0xMTExLTExMTEtMTExMS0xMTExMTExMTExMTEiLCJuIjoiw7w_PiJ9";
    let server = Server::new();
    let body = json!({"access_token": format!("h.{claims}.s"), "expires_in": 3600, "scope": "PM.User PM.License"});
    server.gives_token(200, &[], &body.to_string());
    let client = server.client();
    assert_eq!(client.acting_user().await.unwrap(), Some(id(1)));
    let scopes = client.sign_in().await.unwrap().scopes.unwrap();
    assert_eq!(scopes, ["PM.User", "PM.License"]);
    assert_eq!(server.token_requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn answers_that_are_no_token_end_the_sign_in_with_what_to_check() {
    for (status, headers, body, words) in [
        (200, HTML, LOGIN_PAGE, "login or proxy page"),
        (200, &[][..], r#"{"access_token": ""}"#, "not a token"),
        (200, &[][..], "{}", "not a token"),
        (
            400,
            &[][..],
            r#"{"error": "unauthorized_client"}"#,
            "confidential application",
        ),
        (401, &[][..], r#"{"error": "invalid_client"}"#, "client id and secret"),
    ] {
        let server = Server::new();
        server.gives_token(status, headers, body);
        let error = server.client().users(0, 10, None).await.unwrap_err();
        assert_eq!(error.failure, Failure::SignIn, "{body}");
        assert!(error.message.contains(words), "{}", error.message);
        assert!(!error.message.contains("app-secret"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_scope_too_many_is_left_to_the_server_unless_the_profile_names_the_scopes() {
    let refusal = r#"{"error": "invalid_scope"}"#;
    let server = Server::new();
    server.gives_token(400, &[], refusal).answers(200, empty_page());
    server.client().users(0, 10, None).await.unwrap();
    assert!(!server.token_requests()[1].text.contains("scope"));

    server.gives_token(400, &[], refusal);
    let named = server.client_with(|config| {
        config.credentials = Credentials::Client {
            id: "app".to_owned(),
            secret: "app-secret".into(),
            scopes: Some(vec!["PM.Everything".to_owned()]),
        };
    });
    let error = named.users(0, 10, None).await.unwrap_err();
    assert_eq!(error.failure, Failure::SignIn);
    assert!(error.message.contains("`PM.Everything`"), "{}", error.message);
}

#[tokio::test(start_paused = true)]
async fn a_persons_password_is_exchanged_for_a_token_on_either_route() {
    let server = Server::new();
    server
        .gives_token(404, &[], "")
        .gives_token(
            200,
            &[],
            r#"{"result": "abp-token", "success": true, "error": null, "__abp": true}"#,
        )
        .answers(200, empty_page());
    let ropc = || Credentials::Ropc {
        username: "admin".to_owned(),
        password: "pass-word".into(),
        tenancy: "host".to_owned(),
    };
    let client = server.client_with(|config| config.credentials = ropc());
    client.users(0, 10, None).await.unwrap();
    let asked = server.token_requests();
    assert_eq!(asked[0].path, "/acme/host/api/account/authenticate");
    assert_eq!(asked[1].path, "/api/account/authenticate");
    assert_eq!(
        asked[1].body,
        json!({"TenancyName": "host", "UsernameOrEmailAddress": "admin", "Password": "pass-word"})
    );
    assert_eq!(server.seen()[0].bearer.as_deref(), Some("abp-token"));

    server.gives_token(
        200,
        &[],
        r#"{"result": null, "success": false, "error": {"code": 0, "message": "Invalid user name or pass-word"}}"#,
    );
    let error = server
        .client_with(|config| config.credentials = ropc())
        .users(0, 10, None)
        .await
        .unwrap_err();
    assert_eq!(error.failure, Failure::SignIn);
    assert_eq!(error.message, "Invalid user name or …");
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_service_that_is_down_is_waited_for_and_is_no_refusal() {
    let server = Server::new();
    server.gives_token(503, &[], "").answers(200, empty_page());
    assert!(server.client().users(0, 10, None).await.is_ok());
    let server = Server::new();
    for _ in 0..2 {
        server.gives_token(503, &[], "");
    }
    let client = server.client_with(|config| config.retry.retries = 1);
    let error = client.users(0, 10, None).await.unwrap_err();
    assert_eq!(error.failure, Failure::NotDone);
}

#[tokio::test(start_paused = true)]
async fn neither_token_nor_password_comes_back_in_an_error_whatever_the_server_echoes() {
    let server = Server::new();
    server.answers(400, json!({"message": "bad Bearer token-1 and hunter2"}));
    let update = UserUpdate {
        password: Some(Password("hunter2".into())),
        ..UserUpdate::default()
    };
    let error = server.client().update_user(id(1), &update).await.unwrap_err();
    assert_eq!(
        error.message,
        "the identity service answered 400 (Bad Request): bad Bearer … and …"
    );
    assert!(!format!("{error:?}").contains("hunter2"));
}
