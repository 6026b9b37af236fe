use std::time::Duration;

use reseat::sandbox::{Config, EntriesFault, FaultKind, FaultRule, Faults, Moment, RetryAfter, Strikes};
use serde_json::{Value, json};

use crate::support::{ANNA, Organization, organization, with};

/// An organization whose first PUT has this fault, and the name that PUT was to set.
async fn put_with(kind: FaultKind) -> (Organization, Result<crate::support::Reply, reqwest::Error>, bool) {
    let faults = Faults {
        rules: vec![FaultRule::new(kind).on("PUT", "/User/").strikes(Strikes::Nth(1))],
        ..Faults::default()
    };
    let organization = with(Config {
        faults,
        ..Config::unlimited()
    })
    .await;
    let path = format!("identity_/api/User/{}", organization.user(ANNA));
    let reply = organization.try_send("PUT", &path, json!({"name": "Changed"})).await;
    let changed = organization.sandbox.world().user_called(ANNA).unwrap().name.as_deref() == Some("Changed");
    (organization, reply, changed)
}

#[tokio::test]
async fn a_status_comes_before_or_after_the_effect() {
    for status in [500, 502, 503, 504] {
        for (moment, effect) in [(Moment::BeforeEffect, false), (Moment::AfterEffect, true)] {
            let (_, reply, changed) = put_with(FaultKind::Status { status, moment }).await;
            assert_eq!((reply.unwrap().status, changed), (status, effect));
        }
    }
}

#[tokio::test]
async fn a_connection_is_dropped_before_or_after_the_effect() {
    for (moment, effect) in [(Moment::BeforeEffect, false), (Moment::AfterEffect, true)] {
        let (_, reply, changed) = put_with(FaultKind::Dropped(moment)).await;
        assert!(reply.is_err());
        assert_eq!(changed, effect);
    }
}

#[tokio::test]
async fn a_stall_ends_in_a_closed_connection() {
    for (moment, effect) in [(Moment::BeforeEffect, false), (Moment::AfterEffect, true)] {
        let (_, reply, changed) = put_with(FaultKind::Stalled {
            time: Duration::from_millis(20),
            moment,
        })
        .await;
        assert!(reply.is_err());
        assert_eq!(changed, effect);
    }
}

#[tokio::test]
async fn a_truncated_answer_has_a_status_and_breaks_off_in_its_body() {
    let (organization, reply, changed) = put_with(FaultKind::Truncated).await;
    let error = reply.unwrap_err();
    assert!(error.is_body() || error.is_decode(), "{error:?}");
    assert!(changed);
    assert_eq!(organization.sandbox.stats().faults, 1);
}

#[tokio::test]
async fn a_log_in_page_comes_with_status_200_and_nothing_is_done() {
    let (_, reply, changed) = put_with(FaultKind::HtmlPage).await;
    let reply = reply.unwrap();
    assert_eq!((reply.status, changed), (200, false));
    assert!(reply.header("content-type").starts_with("text/html") && reply.text.contains("Sign in"));
}

#[tokio::test]
async fn a_right_answer_may_have_the_wrong_content_type() {
    let (_, reply, changed) = put_with(FaultKind::WrongContentType).await;
    let reply = reply.unwrap();
    assert_eq!((reply.header("content-type"), changed), ("text/plain", true));
    assert_eq!(reply.json()["succeeded"], true);
}

#[tokio::test]
async fn a_200_may_say_that_nothing_succeeded_in_the_shape_of_its_route() {
    let (organization, reply, changed) = put_with(FaultKind::NotSucceeded).await;
    let reply = reply.unwrap();
    assert_eq!(
        (reply.status, &reply.json()["succeeded"], changed),
        (200, &json!(false), false)
    );
    organization.sandbox.set_faults(Faults {
        rules: vec![FaultRule::new(FaultKind::NotSucceeded)],
        ..Faults::default()
    });
    let answer = organization
        .invite(&[organization.invitation("new@contoso.example")])
        .await;
    assert_eq!(answer["result"]["succeeded"], false);
    assert_eq!(organization.sandbox.world().user_count(), 62);
}

#[tokio::test]
async fn a_429_may_be_ordered_with_or_without_the_time_to_wait() {
    for (told, header) in [(RetryAfter::Seconds, "2"), (RetryAfter::Absent, "")] {
        let (organization, reply, changed) = put_with(FaultKind::RateLimited {
            told,
            wait: Duration::from_millis(1500),
        })
        .await;
        let reply = reply.unwrap();
        assert_eq!(
            (reply.status, reply.header("retry-after"), changed),
            (429, header, false)
        );
        assert_eq!(organization.sandbox.stats().rate_limited, 1);
    }
}

#[tokio::test]
async fn entries_of_an_invitation_come_muddled_after_it_was_carried_out() {
    let emails = ["a@contoso.example", "b@contoso.example", "c@contoso.example"];
    for (muddle, expected) in [
        (EntriesFault::Missing, vec![1, 2]),
        (EntriesFault::Reordered, vec![2, 1, 0]),
        (EntriesFault::Duplicated, vec![0, 0, 1, 2]),
    ] {
        let organization = organization().await;
        let rules = vec![FaultRule::new(FaultKind::Entries(muddle)).on("POST", "InviteUsers")];
        organization.sandbox.set_faults(Faults {
            rules,
            ..Faults::default()
        });
        let entries = emails.map(|email| organization.invitation(email));
        let answer = organization.invite(&entries).await;
        let got: Vec<&Value> = answer["users"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| &entry["email"])
            .collect();
        let expected: Vec<&str> = expected.into_iter().map(|position| emails[position]).collect();
        assert_eq!(got, expected);
        assert_eq!(organization.sandbox.world().user_count(), 65);
    }
}

#[tokio::test]
async fn chance_spares_the_sign_in() {
    let faults = Faults {
        rate: 1.0,
        kinds: vec![FaultKind::Dropped(Moment::BeforeEffect)],
        ..Faults::default()
    };
    let organization = with(Config {
        faults,
        ..Config::unlimited()
    })
    .await;
    let body = "grant_type=client_credentials&client_id=x&client_secret=y";
    let kind = "application/x-www-form-urlencoded";
    assert_eq!(
        organization
            .raw("POST", "/identity_/connect/token", kind, body)
            .await
            .unwrap()
            .status,
        400
    );
    assert!(
        organization
            .try_send("GET", "identity_/api/User/x", Value::Null)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_body_above_the_limit_is_413() {
    let organization = with(Config {
        body_limit: 2000,
        ..Config::unlimited()
    })
    .await;
    let body = |count: usize| json!({"partitionGlobalId": organization.id(), "userIds": vec!["x"; count]});
    assert_eq!(
        organization
            .send("DELETE", "identity_/api/User", body(1000))
            .await
            .status,
        413
    );
    assert_eq!(
        organization.send("DELETE", "identity_/api/User", body(10)).await.status,
        400
    );
}

#[tokio::test]
async fn what_is_fresh_is_not_readable_until_the_lag_has_passed() {
    let organization = with(Config {
        consistency_lag: Duration::from_secs(1000),
        ..Config::unlimited()
    })
    .await;
    let answer = organization
        .invite(&[organization.invitation("new@contoso.example")])
        .await;
    let id = answer["users"][0]["id"].as_str().unwrap();
    let user = format!("identity_/api/User/{id}");
    let list = format!("identity_/api/User/users/{}", organization.id());
    let robots = organization.group("HR Robots");
    let anna = format!("identity_/api/User/{}", organization.user(ANNA));
    assert_eq!(
        organization
            .send("PUT", &anna, json!({"groupIDsToAdd": [robots]}))
            .await
            .status,
        200
    );

    assert_eq!(organization.get(&user).await.status, 404);
    assert_eq!(organization.get(&list).await.json()["totalCount"], 62);
    assert!(!organization.get(&anna).await.text.contains(&robots));
    assert_eq!(
        organization.send("PUT", &user, json!({"name": "New"})).await.status,
        200
    );

    let organization = with(Config {
        consistency_lag: Duration::from_millis(1),
        ..Config::unlimited()
    })
    .await;
    organization
        .invite(&[organization.invitation("new@contoso.example")])
        .await;
    let list = format!("identity_/api/User/users/{}", organization.id());
    while organization.get(&list).await.json()["totalCount"] != 63 {
        tokio::task::yield_now().await;
    }
}
