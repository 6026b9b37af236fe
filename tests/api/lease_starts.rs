//! Since when seats by groups' rules are held: one call a person, where it is told at all.

use reseat::directory::{LeaseStarts, ReadOptions, lease_starts};
use reseat::event::silent;
use reseat::model::{Deployment, UserId};
use serde_json::json;

use crate::support::{HTML, LOGIN_PAGE, ORGANIZATION, Server, guid, id};

async fn read(server: &Server, client: &reseat::api::Client, users: &[u8]) -> (LeaseStarts, usize) {
    let options = ReadOptions {
        users_per_page: 1_000,
        concurrency: 1,
        capabilities: Deployment::Cloud.capabilities(),
    };
    let users: Vec<UserId> = users.iter().map(|user| id(*user)).collect();
    let before = server.seen().len();
    let starts = lease_starts(client, &users, &options, &silent()).await.unwrap();
    (starts, server.seen().len() - before)
}

#[tokio::test(start_paused = true)]
async fn each_person_takes_one_call_and_the_latest_seat_counts() {
    let server = Server::new();
    let client = server.client();
    let lease = |group: u8, code: &str, created: &str| json!({"userId": guid(2), "userBundleCode": code, "createdAt": created, "updatedAt": null, "groupId": guid(group)});
    server
        // Somebody whose seat has gone meanwhile shows nothing of the route.
        .answers(404, json!({}))
        .answers(
            200,
            json!([
                lease(7, "ATTUNU", "2026-03-01T08:00:00.1234567"),
                lease(7, "TSTNU", "2026-02-01T08:00:00"),
                lease(8, "ATTUNU", "2026-05-01T08:00:00"),
            ]),
        )
        .answers(200, json!([lease(8, "ATTUNU", "0001-01-01T00:00:00")]))
        .answers(404, json!({}));
    let (starts, calls) = read(&server, &client, &[3, 1, 2, 4, 2]).await;
    assert_eq!(calls, 4);
    let time = |told: reseat::api::ToldTime| told.time().map(|time| time.to_string());
    assert_eq!(time(starts.of_user(id(2))).as_deref(), Some("2026-05-01T08:00:00Z"));
    assert!(starts.of_user(id(3)).is_told() && starts.of_user(id(3)).time().is_none());
    assert!(!starts.of_user(id(1)).is_told() && !starts.of_user(id(4)).is_told());
    assert_eq!(
        server.lines()[1],
        format!(
            "GET /acme/lease_/api/account/{ORGANIZATION}/user-license/{}/userBundleLeases",
            guid(2)
        )
    );
}

#[tokio::test(start_paused = true)]
async fn where_nobody_is_known_to_the_route_it_is_given_up_and_not_asked_again() {
    let server = Server::new();
    let client = server.client();
    server
        .answers(404, json!({}))
        .answers(403, json!({}))
        .answers_with(200, HTML, LOGIN_PAGE);
    let (starts, calls) = read(&server, &client, &[1, 2, 3, 4, 5]).await;
    assert_eq!((calls, starts.of_user(id(1)).is_told()), (3, false));
    assert_eq!(client.tells_lease_starts(), Some(false));
    assert_eq!(read(&server, &client, &[1, 2]).await.1, 0);
}
