//! Seats held by groups' rules: which routes are called, and what an answer is worth.

use reseat::api::{Evidence, Failure, ReleaseReply};
use reseat::model::Deployment;
use serde_json::json;

use crate::support::{HTML, LOGIN_PAGE, ORGANIZATION, Server, guid, id};

const PORTAL: &str = "/acme/portal_/api/license/accountant/UserLicense/group";
const PORTAL_TWICE: &str = "/acme/portal_/portal_/api/license/accountant/UserLicense/group";

fn license(rest: &str) -> String {
    format!(
        "/acme/lease_/api/account/{ORGANIZATION}/user-license/group/{}{rest}",
        guid(3)
    )
}

#[tokio::test(start_paused = true)]
async fn who_holds_seats_by_a_rule_is_read_by_the_documented_listing_and_else_by_the_next_that_answers() {
    let server = Server::new();
    let row = json!({"results": [{
        "id": guid(1), "userBundleLicenses": ["ATTUNU"], "lastInUse": "2025-08-12T06:41:10.0901663", "orphan": false,
    }], "totalCount": 1});
    server
        .answers_with(403, &[], "")
        .answers(200, row.clone())
        .answers(200, json!([row]))
        .answers(404, json!({}));
    let client = server.client();
    for _ in 0..2 {
        let page = client.leases(id(3), 0, 1000).await.unwrap().value;
        assert_eq!((page.items[0].user, page.total), (id(1), Some(1)));
        assert_eq!(page.items[0].bundles.to_string(), "ATTUNU");
        let used = page.items[0].last_in_use.time().map(|time| time.to_string());
        assert_eq!(used.as_deref(), Some("2025-08-12T06:41:10Z"));
    }
    // Once the listing is known to work, 404 is about the group.
    assert_eq!(client.leases(id(3), 0, 50).await.unwrap().value.total, Some(0));
    let portal = format!("GET {PORTAL}/{}/allocations", guid(3));
    assert_eq!(
        server.lines(),
        [
            format!("GET {}", license("/bulk-users")),
            portal.clone(),
            portal.clone(),
            portal
        ]
    );
    assert_eq!(server.seen()[1].query, "top=50&skip=0");
}

#[tokio::test(start_paused = true)]
async fn without_a_portal_the_listing_of_the_schema_is_read() {
    let server = Server::new();
    server.answers(200, json!({"results": [], "totalCount": 0}));
    let suite = server.client_with(|config| config.capabilities = Deployment::AutomationSuite.capabilities());
    assert_eq!(suite.leases(id(3), 0, 50).await.unwrap().value.items, []);
    assert_eq!(server.lines(), [format!("GET {}", license("/user"))]);
}

#[tokio::test(start_paused = true)]
async fn one_members_seat_is_given_back_by_the_portal_and_that_is_enough() {
    let server = Server::new();
    server.answers_with(200, HTML, LOGIN_PAGE).answers_with(200, &[], "");
    let answer = server.client().release_lease(id(3), id(1)).await.unwrap();
    assert_eq!(answer.value, Evidence::Enough);
    assert_eq!(
        server.lines(),
        [
            format!("DELETE {PORTAL}/{}/user/{}", guid(3), guid(1)),
            format!("DELETE {PORTAL_TWICE}/{}/user/{}", guid(3), guid(1)),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn where_the_portal_does_not_answer_the_schemas_route_is_tried_and_proves_nothing() {
    let server = Server::new();
    server
        .answers_with(404, HTML, LOGIN_PAGE)
        .answers_with(404, HTML, LOGIN_PAGE)
        .answers_with(200, &[], "");
    let answer = server.client().release_lease(id(3), id(1)).await.unwrap();
    assert_eq!(answer.value, Evidence::Wanting);
    assert_eq!(
        server.lines()[2],
        format!("DELETE {}", license(&format!("/user/{}", guid(1))))
    );
}

#[tokio::test(start_paused = true)]
async fn a_refusal_by_a_portal_that_answers_is_not_taken_to_another_route() {
    let server = Server::new();
    server
        .answers_with(200, &[], "")
        .answers(404, json!({"message": "not found"}))
        .answers(409, json!({"message": "in use"}));
    let client = server.client();
    client.release_lease(id(3), id(1)).await.unwrap();
    for status in [404, 409] {
        let error = client.release_lease(id(3), id(2)).await.unwrap_err();
        assert_eq!((error.failure, error.status), (Failure::Refused, Some(status)));
    }
    assert_eq!(server.lines().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn many_members_seats_go_back_in_one_call_whose_answer_is_read_entry_by_entry_where_it_has_entries() {
    let server = Server::new();
    server
        .answers_with(200, &[], "")
        .answers(200, json!({"successfulUserIds": [guid(1)], "failedUserIds": [guid(2)]}));
    let client = server.client();
    let users = [id(1), id(2)];
    let replies = client.release_leases(id(3), &users).await.unwrap().value;
    assert_eq!(replies, [ReleaseReply::Released, ReleaseReply::Released]);
    let replies = client.release_leases(id(3), &users).await.unwrap().value;
    assert_eq!(replies, [ReleaseReply::Released, ReleaseReply::Failed]);
    assert_eq!(server.lines()[0], format!("DELETE {}", license("/user")));
    assert_eq!(server.seen()[0].body, json!({"userIds": [guid(1), guid(2)]}));
    let error = client.release_leases(id(3), &[]).await.unwrap_err();
    assert_eq!((error.code.to_string().as_str(), error.attempts), ("empty_list", 0));
    assert_eq!(server.lines().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_page_in_the_place_of_an_answer_shows_that_the_route_is_not_offered_at_once() {
    let server = Server::new();
    server
        .answers(200, json!({"results": [], "totalCount": 0}))
        .answers_with(200, HTML, LOGIN_PAGE);
    let client = server.client();
    client.leases(id(3), 0, 50).await.unwrap();
    let error = client.release_leases(id(3), &[id(1), id(2)]).await.unwrap_err();
    assert!(error.shows_unusable_route() && error.is_page(), "{error:?}");
    assert_eq!(server.lines().len(), 2, "it is not waited for");
}

#[tokio::test(start_paused = true)]
async fn a_rule_is_taken_away_by_the_portal_or_by_the_licence_service_where_there_is_none() {
    let server = Server::new();
    server.answers_with(200, &[], "").answers_with(200, &[], "");
    let taken = server.client().clear_group_rule(id(3)).await.unwrap();
    assert_eq!(taken.value, Evidence::Enough);
    let suite = server.client_with(|config| config.capabilities = Deployment::AutomationSuite.capabilities());
    let taken = suite.clear_group_rule(id(3)).await.unwrap();
    assert_eq!(taken.value, Evidence::Wanting);
    assert_eq!(
        server.lines(),
        [format!("DELETE {PORTAL}"), format!("DELETE {}", license(""))]
    );
    assert_eq!(server.seen()[0].body, json!({"id": guid(3)}));
}

#[tokio::test(start_paused = true)]
async fn each_of_these_calls_names_the_scope_that_it_needs_where_it_is_forbidden() {
    let client = || {
        let server = Server::new();
        for _ in 0..3 {
            server.answers_with(403, &[], "");
        }
        server.client()
    };
    let told = [
        ("PM.License.Read", client().leases(id(3), 0, 50).await.unwrap_err()),
        (
            "PM.License.Write",
            client().release_lease(id(3), id(1)).await.unwrap_err(),
        ),
        (
            "PM.License.Write",
            client().release_leases(id(3), &[id(1)]).await.unwrap_err(),
        ),
        ("PM.License.Write", client().clear_group_rule(id(3)).await.unwrap_err()),
    ];
    for (scope, error) in told {
        assert_eq!(error.status, Some(403));
        assert!(
            error.message.contains(&format!("`{scope}`")),
            "{scope}: {}",
            error.message
        );
    }
}
