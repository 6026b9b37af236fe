//! What the API does against its documents, and where these contradict each other.

use reseat::api::{
    ErrorCode, Failure, Group, Invitation, NewAccountReply, NewUser, OwnCode, ReleaseReply, UserKind, UserUpdate,
};
use reseat::event::Method;
use reseat::model::{BundleCode, BundleSet, Deployment, GroupId, Quota};
use reseat::wire::Reach;
use serde_json::json;

use crate::support::{HTML, LOGIN_PAGE, ORGANIZATION, Server, guid, id};

fn bundles(codes: &[&str]) -> BundleSet {
    codes.iter().map(|code| BundleCode::new(code)).collect()
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

fn new_user(user_name: &str, email: Option<&str>) -> NewUser {
    NewUser {
        user_name: user_name.to_owned(),
        email: email.map(str::to_owned),
        name: None,
        surname: None,
        display_name: None,
        invitation_accepted: None,
        bypass_basic_auth: None,
    }
}

#[tokio::test(start_paused = true)]
async fn trap_01_an_allocation_is_a_put_and_no_refusal_leads_to_a_post() {
    for status in [400, 404, 405, 409, 500] {
        let server = Server::new();
        server.answers(status, json!({}));
        let client = server.client_with(|config| config.retry.retries = 0);
        client
            .allocate_to_users(&[id(1)], &bundles(&["ATTUNU"]), false)
            .await
            .unwrap_err();
        let methods: Vec<_> = server.seen().iter().map(|seen| seen.method).collect();
        assert_eq!(methods, [Method::Put], "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn trap_02_and_03_license_calls_go_to_lease_with_the_organization_unless_told_otherwise() {
    let server = Server::new();
    server.answers(200, json!([])).answers(200, json!([]));
    let client = server.client();
    client.allocate_to_users(&[id(1)], &bundles(&[]), false).await.unwrap();
    let older = server.client_with(|config| config.routes.license = "la".to_owned());
    older.allocate_to_users(&[id(1)], &bundles(&[]), false).await.unwrap();
    assert_eq!(
        server.lines(),
        [
            format!("PUT /acme/lease_/api/account/{ORGANIZATION}/user-license"),
            format!("PUT /la/api/account/{ORGANIZATION}/user-license"),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn trap_05_409_is_a_refusal_for_users_and_for_groups() {
    let server = Server::new();
    server
        .answers(409, json!({"message": "not enough"}))
        .answers_with(409, &[], "");
    let client = server.client();
    let for_users = client.allocate_to_users(&[id(1)], &bundles(&["ATTUNU"]), false).await;
    let for_group = client
        .allocate_to_group(id(2), &bundles(&["ATTUNU"]), None, false)
        .await;
    for (error, words) in [
        (
            for_users.unwrap_err(),
            "the licence service answered 409 (Conflict): not enough",
        ),
        (for_group.unwrap_err(), "the licence service answered 409 (Conflict)"),
    ] {
        assert_eq!((error.failure, error.status), (Failure::Refused, Some(409)));
        assert_eq!(error.message, words);
    }
}

#[tokio::test(start_paused = true)]
async fn trap_06_arrays_and_objects_are_both_answers() {
    let row =
        |user: u8, codes: &[&str]| json!({"userId": guid(user), "userBundleCodes": codes, "useExternalLicense": false});
    let asked = bundles(&["ATTUNU", "TSTNU"]);
    for (answer, confirmed) in [
        (
            json!([row(1, &["TSTNU", "attunu"]), row(2, &["ATTUNU", "TSTNU"])]),
            vec![(1, 2), (2, 2)],
        ),
        (json!(row(1, &["ATTUNU", "TSTNU"])), vec![(1, 2)]),
        (json!([row(1, &["ATTUNU"]), row(7, &["ATTUNU"])]), vec![(1, 1)]),
        (json!([{"userId": guid(1)}]), vec![(1, 2)]),
        (json!([]), vec![]),
        (json!({}), vec![]),
        (json!(null), vec![]),
    ] {
        let server = Server::new();
        server.answers(200, answer.clone());
        let client = server.client();
        let held = client
            .allocate_to_users(&[id(1), id(2)], &asked, false)
            .await
            .unwrap()
            .value;
        let held: Vec<_> = held.iter().map(|held| (held.user, held.bundles.len())).collect();
        let confirmed: Vec<_> = confirmed.into_iter().map(|(user, count)| (id(user), count)).collect();
        assert_eq!(held, confirmed, "{answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn trap_06_a_quota_listing_is_read_bare_and_inside_an_outer_array() {
    let listing = json!({"totalCount": 1, "results": [{
        "groupRule": {"id": guid(3), "name": "Devs", "userBundleLicenses": ["ATTUNU"], "userBundleLeases": {"ATTUNU": 2},
                      "useExternalLicense": true, "orphan": false},
        "quotas": [{"userBundleCode": "ATTUNU", "limit": 10.0, "currentUsage": 2.0}, {"userBundleCode": "TSTNU", "limit": 0.0}],
    }]});
    for answer in [listing.clone(), json!([listing])] {
        let server = Server::new();
        server.answers(200, answer);
        let page = server.client().group_rules(0, 1000).await.unwrap().value;
        assert_eq!((page.received, page.total), (1, Some(1)));
        let rule = &page.items[0];
        assert_eq!(
            (rule.group, rule.name.as_str(), rule.external_license),
            (id(3), "Devs", true)
        );
        assert_eq!(rule.bundles, bundles(&["ATTUNU"]));
        let limit = Quota {
            code: BundleCode::new("ATTUNU"),
            limit: 10,
        };
        assert_eq!(rule.quotas, [limit], "a limit of 0 is none");
        assert!(server.seen()[0].query.contains("top=50"), "no page is longer");
    }
}

#[tokio::test(start_paused = true)]
async fn trap_07_and_10_the_whole_set_is_sent_with_the_external_flag_as_read() {
    let server = Server::new();
    server.answers(200, json!([]));
    let client = server.client();
    let codes = bundles(&["TSTNU", "ATTUNU"]);
    client.allocate_to_users(&[id(1), id(2)], &codes, true).await.unwrap();
    assert_eq!(
        server.seen()[0].body,
        json!({"userIds": [guid(1), guid(2)], "userBundleCodes": ["ATTUNU", "TSTNU"], "useExternalLicense": true})
    );
}

#[tokio::test(start_paused = true)]
async fn trap_08_blocking_is_an_empty_set_that_the_answer_has_to_show() {
    let named = json!([{"userId": guid(1), "userBundleCodes": []}]);
    for (answer, confirmed) in [
        (named, 1),
        (json!([]), 0),
        (json!([{"userId": guid(1)}]), 0),
        (json!(null), 0),
    ] {
        let server = Server::new();
        server.answers(200, answer.clone());
        let client = server.client();
        let blocked = client.allocate_to_users(&[id(1)], &bundles(&[]), false).await.unwrap();
        assert_eq!(blocked.value.len(), confirmed, "{answer}");
        assert!(blocked.value.iter().all(|held| held.bundles.is_empty()));
        assert_eq!(server.seen()[0].body["userBundleCodes"], json!([]));
    }
}

#[tokio::test(start_paused = true)]
async fn a_release_counts_for_those_whom_its_answer_does_not_leave_out_or_name_as_failed() {
    use ReleaseReply::{Failed, Missing, Released};
    let both = |successful: &[u8], failed: &[u8]| {
        let ids = |users: &[u8]| users.iter().map(|user| guid(*user)).collect::<Vec<_>>();
        json!({"successfulUserIds": ids(successful), "failedUserIds": ids(failed)})
    };
    for (answer, replies) in [
        (json!(null), [Released, Released]),
        (both(&[1, 2], &[]), [Released, Released]),
        (both(&[1], &[2]), [Released, Failed]),
        (both(&[1, 2], &[2]), [Released, Failed]),
        (both(&[2], &[]), [Missing, Released]),
        (
            json!({"failedUserIds": [guid(1)], "successfulUserIds": null}),
            [Failed, Released],
        ),
        (json!({"failedUserIds": [{"userId": guid(1)}]}), [Missing, Missing]),
        (json!({"failedUserIds": [guid(1), 7]}), [Failed, Missing]),
    ] {
        let server = Server::new();
        server.answers(200, answer.clone());
        let answered = server.client().release_user_licenses(&[id(1), id(2)]).await.unwrap();
        assert_eq!(answered.value, replies, "{answer}");
        let seen = server.seen();
        assert_eq!(seen[0].method, Method::Delete);
        assert_eq!(seen[0].path, "/acme/portal_/api/license/accountant/UserLicense");
        assert_eq!(seen[0].body, json!({"userIds": [guid(1), guid(2)]}));
    }
}

#[tokio::test(start_paused = true)]
async fn what_many_users_hold_is_one_post_that_reads() {
    let entry = |user: u8, codes: &[&str], inherited: bool| json!({"userId": guid(user), "userBundleCodes": codes, "useExternalLicense": false, "inheritedFromGroup": inherited});
    let server = Server::new();
    server
        .answers(200, json!([entry(1, &["ATTUNU"], false), entry(2, &["TSTNU"], true)]))
        .answers(200, json!([entry(7, &[], false)]))
        .answers(200, json!([{"userBundleCodes": ["ATTUNU"]}]));
    let client = server.client();
    let held = client.licenses_of_users(&[id(1), id(2)]).await.unwrap().value;
    let held: Vec<_> = held.iter().map(|entry| (entry.held.user, entry.is_inherited)).collect();
    assert_eq!(held, [(id(1), false), (id(2), true)]);
    let path = format!("POST /acme/lease_/api/account/{ORGANIZATION}/user-license/license/users");
    assert_eq!(server.lines(), [path]);
    // Whoever is missing counts as holding nothing, so an answer that cannot be read whole is none.
    for _ in 0..2 {
        let error = client.licenses_of_users(&[id(1)]).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::Own(OwnCode::UnreadableAnswer));
    }
}

#[tokio::test(start_paused = true)]
async fn trap_11_codes_that_nobody_knows_are_read_as_they_are() {
    let server = Server::new();
    server.answers(
        200,
        json!([{"code": "NEWNU", "total": 5, "allocated": 2, "inUse": 1}, {"name": "no code"}]),
    );
    let seats = server.client().seats().await.unwrap().value;
    assert_eq!((seats.len(), seats[0].code.as_str(), seats[0].free()), (1, "NEWNU", 3));
}

#[tokio::test(start_paused = true)]
async fn trap_13_only_what_changes_is_sent_and_an_empty_text_clears() {
    let server = Server::new();
    server.answers(200, json!({"succeeded": true, "errors": []}));
    let update = UserUpdate {
        surname: Some(String::new()),
        is_active: Some(false),
        add_groups: vec![id(4)],
        ..UserUpdate::default()
    };
    server.client().update_user(id(1), &update).await.unwrap();
    assert_eq!(
        server.seen()[0].body,
        json!({"surname": "", "isActive": false, "groupIDsToAdd": [guid(4)]})
    );
}

#[tokio::test(start_paused = true)]
async fn trap_14_enums_are_numbers_or_names() {
    let user =
        |digit: u8, kind, category| json!({"id": guid(digit), "type": kind, "category": category, "email": null});
    let server = Server::new();
    server.answers(
        200,
        json!({"totalCount": 5, "results": [
            user(1, json!(0), json!(0)), user(2, json!("user"), json!(2)), user(3, json!("directoryUser"), json!(null)),
            user(4, json!("somethingNew"), json!("Directory")), {"id": "unreadable"},
        ]}),
    );
    let page = server.client().users(0, 1000, None).await.unwrap().value;
    assert_eq!(
        (page.received, page.items.len()),
        (5, 4),
        "one unreadable entry does not break the page"
    );
    let from_directory: Vec<_> = page.items.iter().map(|user| user.from_directory).collect();
    assert_eq!(from_directory, [false, true, true, true]);

    server.answers(
        200,
        json!([{"id": guid(1), "name": "Everyone", "type": 0}, {"id": guid(2), "name": "Administrators", "type": "builtIn"},
               {"id": guid(3), "name": "Devs", "type": "custom"}]),
    );
    let groups = server.client().groups().await.unwrap().value;
    let built_in: Vec<_> = groups.iter().map(|group| group.built_in).collect();
    assert_eq!(built_in, [true, true, false]);
}

#[tokio::test(start_paused = true)]
async fn trap_14_the_listing_is_paged_in_a_stable_order() {
    let server = Server::new();
    server.answers(200, json!({"totalCount": 0, "results": []}));
    server.client().users(40, 20, Some("ann@x.example")).await.unwrap();
    assert_eq!(
        server.seen()[0].query,
        "top=20&skip=40&sortBy=Id&sortOrder=asc&searchTerm=ann%40x.example"
    );
}

#[tokio::test(start_paused = true)]
async fn trap_15_created_users_are_found_by_name_then_by_address_whatever_their_order() {
    let server = Server::new();
    server.answers(
        200,
        json!({"result": {"succeeded": true, "errors": []}, "users": [
            {"id": guid(2), "userName": "other", "email": "BOB@x.example"}, {"id": guid(1), "userName": "Ann"},
        ]}),
    );
    let users = [
        new_user("ann", None),
        new_user("bob", Some("bob@x.example")),
        new_user("cid", None),
    ];
    let created = server.client().create_users(&users, &[id(5)]).await.unwrap().value;
    let made = NewAccountReply::Made;
    assert_eq!(created, [made(id(1)), made(id(2)), NewAccountReply::Missing]);
    assert_eq!(server.seen()[0].body["groupIDs"], json!([guid(5)]));
}

#[tokio::test(start_paused = true)]
async fn trap_15_one_bad_user_refuses_all_and_the_bare_result_of_the_schema_is_read_too() {
    for (status, answer, code) in [
        (
            200,
            json!({"result": {"succeeded": false, "errors": [{"code": "InvalidUserName", "description": "bad"}]}, "users": []}),
            "InvalidUserName",
        ),
        (
            400,
            json!({"succeeded": false, "errors": [{"code": "DuplicateUserName", "description": "taken"}]}),
            "DuplicateUserName",
        ),
        (
            200,
            json!({"succeeded": false, "errors": ["plain words"]}),
            "not_succeeded",
        ),
    ] {
        let server = Server::new();
        server.answers(status, answer);
        let error = server
            .client()
            .create_users(&[new_user("ann", None)], &[])
            .await
            .unwrap_err();
        assert_eq!(
            (error.failure, error.code.to_string().as_str()),
            (Failure::Refused, code)
        );
    }
    let server = Server::new();
    server.answers(200, json!({"succeeded": true, "errors": []}));
    let created = server
        .client()
        .create_users(&[new_user("ann", None)], &[])
        .await
        .unwrap()
        .value;
    assert_eq!(created, [NewAccountReply::Missing]);
}

#[tokio::test(start_paused = true)]
async fn trap_15_an_account_that_nobody_asked_for_may_be_any_that_is_not_named() {
    let server = Server::new();
    server.answers(
        200,
        json!({"result": {"succeeded": true}, "users": [
            {"id": guid(1), "userName": "ann"},
            {"id": guid(2), "userName": "bo.new"},
        ]}),
    );
    let users = [new_user("ann", None), new_user("bo", None)];
    let created = server.client().create_users(&users, &[]).await.unwrap().value;
    assert_eq!(created, [NewAccountReply::Made(id(1)), NewAccountReply::Misnamed]);
}

#[tokio::test(start_paused = true)]
async fn trap_15_an_answer_that_contradicts_itself_concludes_nothing() {
    let server = Server::new();
    server.answers(
        200,
        json!({"result": {"succeeded": false}, "users": [{"id": guid(1), "userName": "ann"}]}),
    );
    let error = server
        .client()
        .create_users(&[new_user("ann", None)], &[])
        .await
        .unwrap_err();
    assert_eq!(error.failure, Failure::Unclear);
}

#[tokio::test(start_paused = true)]
async fn trap_16_every_entry_of_an_invitation_is_read_and_matched_by_its_address() {
    let entry = |email: &str, id: String, success: bool, words: &str| json!({"email": email, "id": id, "success": success, "errorMsg": words});
    let server = Server::new();
    server.answers(
        200,
        json!({"result": {"succeeded": true, "errors": []}, "users": [
            entry("refused@x.example", guid(0), false, "Redirect URL is not valid"),
            entry("ANN@x.example", guid(1), true, ""),
            entry("stranger@x.example", guid(2), true, ""),
            entry("nobody@x.example", guid(0), true, ""),
            entry("twice@x.example", guid(3), true, ""),
            entry("twice@x.example", guid(4), true, ""),
            entry("again@x.example", guid(5), true, ""),
            entry("again@x.example", guid(5), true, ""),
            entry("denied@x.example", guid(6), false, ""),
        ]}),
    );
    let addresses = ["ann", "refused", "missing", "nobody", "twice", "again", "denied", "Ann"];
    let invitations: Vec<_> = addresses
        .iter()
        .map(|name| invitation(&format!("{name}@x.example")))
        .collect();
    let replies = server.client().invite_users(&invitations).await.unwrap().value;
    let no_reason = "the server refused the invitation without a reason".to_owned();
    assert_eq!(
        replies,
        [
            NewAccountReply::Made(id(1)),
            NewAccountReply::Refused("Redirect URL is not valid".to_owned()),
            NewAccountReply::Misnamed,
            NewAccountReply::Missing,
            NewAccountReply::Missing,
            NewAccountReply::Made(id(5)),
            NewAccountReply::Refused(no_reason),
            NewAccountReply::Made(id(1)),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn trap_16_an_invitation_carries_a_redirect_url_and_no_entries_conclude_nothing() {
    let server = Server::new();
    server.answers(200, json!({"result": {"succeeded": true}}));
    let error = server
        .client()
        .invite_users(&[invitation("ann@x.example")])
        .await
        .unwrap_err();
    assert_eq!(error.failure, Failure::Unclear);
    let redirect = format!(
        "https://cloud.example/portal_/acceptInvite?organizationId={ORGANIZATION}\
         &emailForUserinvite=ann%40x.example&organizationName=acme&language=en"
    );
    assert_eq!(
        server.seen()[0].body,
        json!([{"email": "ann@x.example", "redirectUrl": redirect, "language": "en"}])
    );

    server.answers(
        200,
        json!({"result": {"succeeded": false, "errors": ["not today"]}, "users": []}),
    );
    let error = server
        .client()
        .invite_users(&[invitation("ann@x.example")])
        .await
        .unwrap_err();
    assert_eq!((error.failure, error.message.as_str()), (Failure::Refused, "not today"));
}

#[tokio::test(start_paused = true)]
async fn trap_17_a_membership_edit_repeats_the_groups_name() {
    let server = Server::new();
    server.answers(200, json!({"id": guid(3), "name": "Devs"}));
    let group = Group {
        id: id(3),
        name: "Devs".to_owned(),
        built_in: false,
    };
    server.client().update_group(&group, &[id(1)], &[]).await.unwrap();
    assert_eq!(
        server.seen()[0].body,
        json!({"partitionGlobalId": ORGANIZATION, "name": "Devs",
               "directoryUserIDsToAdd": [guid(1)], "directoryUserIDsToRemove": []})
    );
}

#[tokio::test(start_paused = true)]
async fn trap_18_an_empty_list_is_never_sent() {
    let server = Server::new();
    let client = server.client();
    let group = Group {
        id: id(3),
        name: "Devs".to_owned(),
        built_in: false,
    };
    let errors = [
        client.delete_users(&[]).await.unwrap_err(),
        client.release_user_licenses(&[]).await.unwrap_err(),
        client
            .allocate_to_users(&[], &bundles(&["ATTUNU"]), false)
            .await
            .unwrap_err(),
        client.invite_users(&[]).await.unwrap_err(),
        client.create_users(&[], &[]).await.unwrap_err(),
        client.update_group(&group, &[], &[]).await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(
            (error.failure, error.code.to_string().as_str(), error.attempts),
            (Failure::Refused, "empty_list", 0)
        );
    }
    assert!(server.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn trap_18_a_bulk_deletion_names_the_organization_and_every_id_in_its_body() {
    let server = Server::new();
    server.answers_with(204, &[], "");
    let answer = server.client().delete_users(&[id(1), id(2)]).await.unwrap();
    assert_eq!(answer.receipt.http_status, 204);
    let seen = &server.seen()[0];
    assert_eq!(
        (seen.method, seen.path.as_str()),
        (Method::Delete, "/acme/identity_/api/User")
    );
    assert_eq!(
        seen.body,
        json!({"partitionGlobalId": ORGANIZATION, "userIds": [guid(1), guid(2)]})
    );
}

#[tokio::test(start_paused = true)]
async fn trap_21_a_page_with_status_200_is_never_a_success() {
    let html = |server: &Server| {
        server.answers_with(200, HTML, LOGIN_PAGE);
    };
    let server = Server::new();
    html(&server);
    let read = server.client().users(0, 10, None).await.unwrap_err();
    assert_eq!(
        (read.failure, read.code.to_string().as_str()),
        (Failure::Refused, "html_answer")
    );
    assert!(
        read.message.contains("this looks like a login or proxy page"),
        "{}",
        read.message
    );
    html(&server);
    let put = server
        .client()
        .allocate_to_users(&[id(1)], &bundles(&[]), false)
        .await
        .unwrap_err();
    assert_eq!((put.failure, put.attempts), (Failure::Unclear, 1));
    assert!(put.message.contains("`license` under `routes`"), "{}", put.message);
    html(&server);
    let invite = server
        .client()
        .invite_users(&[invitation("a@x.example")])
        .await
        .unwrap_err();
    assert_eq!((invite.failure, invite.attempts), (Failure::Unclear, 1));
}

#[tokio::test(start_paused = true)]
async fn trap_21_a_page_with_status_404_does_not_mean_that_there_is_no_such_user() {
    let server = Server::new();
    server.answers_with(404, HTML, LOGIN_PAGE).answers(404, json!({}));
    let client = server.client();
    assert!(client.user(id(1)).await.is_err());
    assert_eq!(client.user(id(1)).await.unwrap().value, None);
}

#[tokio::test(start_paused = true)]
async fn trap_22_identity_calls_are_organization_level_and_the_partition_error_says_what_to_check() {
    let server = Server::new();
    server.answers(
        400,
        json!({"errors": [{"code": "InvalidPartition", "description": "wrong partition"}]}),
    );
    let error = server.client().users(0, 10, None).await.unwrap_err();
    assert_eq!(error.code.to_string(), "InvalidPartition");
    assert!(error.message.contains("`organization_id`"), "{}", error.message);
    server.answers(
        400,
        json!({"errors": {"partitionGlobalId": ["The value 'x' is not valid."]}}),
    );
    let error = server.client().groups().await.unwrap_err();
    assert_eq!(error.failure, Failure::SignIn, "it is refused in every call");
    assert!(error.message.contains("`RESEAT_ORGANIZATION_ID`"), "{}", error.message);
    assert_eq!(
        server.lines(),
        [
            format!("GET /acme/identity_/api/User/users/{ORGANIZATION}"),
            format!("GET /acme/identity_/api/Group/{ORGANIZATION}")
        ]
    );
    assert_eq!(server.token_requests()[0].path, "/identity_/connect/token");
}

#[tokio::test(start_paused = true)]
async fn trap_23_what_mails_or_creates_is_never_replayed_after_an_open_outcome() {
    for status in [408, 500, 502, 503, 504] {
        let server = Server::new();
        server.answers(status, json!({})).answers(status, json!({}));
        let client = server.client();
        let invited = client.invite_users(&[invitation("a@x.example")]).await.unwrap_err();
        let created = client.create_users(&[new_user("a", None)], &[]).await.unwrap_err();
        for error in [invited, created] {
            assert_eq!(
                (error.failure, error.status, error.attempts),
                (Failure::Unclear, Some(status), 1)
            );
        }
    }
    let server = Server::new();
    server.fails(Reach::Lost);
    let lost = server
        .client()
        .invite_users(&[invitation("a@x.example")])
        .await
        .unwrap_err();
    assert_eq!(
        (lost.failure, lost.code.to_string().as_str(), lost.attempts),
        (Failure::Unclear, "connection_lost", 1)
    );
}

#[tokio::test(start_paused = true)]
async fn trap_23_what_surely_did_nothing_is_sent_again_even_if_it_mails() {
    let server = Server::new();
    server
        .fails(Reach::NotSent)
        .answers_with(429, &[("retry-after", "3")], "")
        .answers_with(401, &[], "")
        .answers(
            200,
            json!({"users": [{"email": "a@x.example", "id": guid(1), "success": true}]}),
        );
    let answer = server
        .client()
        .invite_users(&[invitation("a@x.example")])
        .await
        .unwrap();
    assert_eq!(answer.value, [NewAccountReply::Made(id(1))]);
    assert_eq!(answer.receipt.attempts, 4);
}

#[tokio::test(start_paused = true)]
async fn an_organization_without_licences_is_told_from_a_user_or_group_that_is_not_there() {
    let server = Server::new();
    server.answers_with(
        404,
        &[("content-type", "text/plain")],
        "No account license is allocated for the indicated organization.",
    );
    let client = server.client();
    let error = client
        .allocate_to_users(&[id(1)], &bundles(&["ATTUNU"]), false)
        .await
        .unwrap_err();
    assert_eq!(error.code, ErrorCode::Own(OwnCode::NoAccountLicense));
    assert_eq!(error.code.to_string(), "no_account_licence");
    assert_eq!((error.failure, error.status), (Failure::Refused, Some(404)));
    assert!(error.message.contains("`organization_id`"), "{}", error.message);
    assert!(error.message.contains(ORGANIZATION), "{}", error.message);
    server.answers(404, json!({"message": "The entity was not found."}));
    let error = client
        .allocate_to_users(&[id(1)], &bundles(&["ATTUNU"]), false)
        .await
        .unwrap_err();
    assert_eq!(error.code, ErrorCode::Status(404));
}

#[tokio::test(start_paused = true)]
async fn trap_25_unseen_error_bodies_keep_status_and_words_and_the_trace() {
    let server = Server::new();
    server.answers_with(
        404,
        &[("content-type", "text/plain"), ("x-request-id", "req-1")],
        "No licence\r\n\u{1b}[0m here",
    );
    let error = server
        .client()
        .allocate_to_group(id(2), &bundles(&["ATTUNU"]), None, false)
        .await
        .unwrap_err();
    assert_eq!((error.status, error.code.to_string().as_str()), (Some(404), "http_404"));
    assert_eq!(
        error.message,
        "the licence service answered 404 (Not Found): No licence [0m here"
    );
    assert_eq!(error.trace_id.as_deref(), Some("req-1"));
}

#[tokio::test(start_paused = true)]
async fn trap_26_group_rules_are_read_the_way_that_the_deployment_offers() {
    let server = Server::new();
    server
        .answers(
            200,
            json!({"groupRule": {"groupId": guid(3), "userBundleCodes": ["ATTUNU"]}, "quotas": []}),
        )
        .answers(
            200,
            json!({"availableUserBundles": [], "allocatedUserBundles": ["TSTNU"], "useExternalLicense": true}),
        )
        .answers(200, json!({"availableUserBundles": [], "allocatedUserBundles": []}))
        .answers(404, json!({}));
    let cloud = server.client();
    let suite = server.client_with(|config| config.capabilities = Deployment::AutomationSuite.capabilities());
    assert_eq!(
        cloud.group_rule(id(3)).await.unwrap().value.unwrap().bundles,
        bundles(&["ATTUNU"])
    );
    assert_eq!(
        suite.group_rule(id(3)).await.unwrap().value.unwrap().bundles,
        bundles(&["TSTNU"])
    );
    assert_eq!(suite.group_rule(id(3)).await.unwrap().value, None);
    assert_eq!(cloud.group_rule(id(3)).await.unwrap().value, None);
    assert!(server.seen()[0].path.ends_with("/with-quota"));
    assert!(!server.seen()[1].path.ends_with("/with-quota"));
    let error = suite.group_rules(0, 50).await.unwrap_err();
    assert_eq!((error.code.to_string().as_str(), error.attempts), ("not_offered", 0));
}

#[tokio::test(start_paused = true)]
async fn trap_26_the_portal_is_tried_with_one_segment_and_with_two_and_the_one_that_answers_is_remembered() {
    let server = Server::new();
    let row = json!({"results": [{"id": guid(1), "userBundleLicenses": ["ATTUNU"], "orphan": false}], "totalCount": 1});
    server
        .answers_with(200, HTML, LOGIN_PAGE)
        .answers(200, row.clone())
        .answers(200, row);
    let client = server.client();
    for _ in 0..2 {
        let page = client.licensed_users(0, 1000).await.unwrap().value;
        assert_eq!((page.items[0].held.user, page.total), (id(1), Some(1)));
    }
    let route = "api/license/accountant/UserLicense/user/page";
    assert_eq!(
        server.lines(),
        [
            format!("GET /acme/portal_/{route}"),
            format!("GET /acme/portal_/portal_/{route}"),
            format!("GET /acme/portal_/portal_/{route}"),
        ]
    );
    assert_eq!(server.seen()[1].content_type, Some("application/json"));
    assert_eq!(server.seen()[1].query, "top=50&skip=0");
}

#[tokio::test(start_paused = true)]
async fn trap_26_seats_come_from_the_summary_where_the_portal_does_not_answer() {
    let server = Server::new();
    for _ in 0..3 {
        server.answers(404, json!({}));
    }
    server.answers(
        200,
        json!({"robots": [], "userLicenses": [{"code": "ATTUNU", "total": 10, "used": 4}], "consumables": []}),
    );
    let seats = server.client().seats().await.unwrap().value;
    assert_eq!(
        (seats[0].code.as_str(), seats[0].total, seats[0].allocated),
        ("ATTUNU", 10, 4)
    );
    assert_eq!(
        server.lines()[2..],
        [
            format!("GET /acme/lease_/api/account/{ORGANIZATION}/user-license"),
            format!("GET /acme/license_/api/account/{ORGANIZATION}/license-summary")
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn names_are_resolved_twenty_at_most_and_each_asked_name_has_its_entry() {
    let server = Server::new();
    server.answers(
        200,
        json!({"ANN@x.example": {"identifier": guid(1), "email": "ann@x.example", "identityName": "ann"}, "gone": null}),
    );
    let client = server.client();
    let names = ["ann@x.example", "gone", "unheard"];
    let found = client.resolve_names(&names).await.unwrap().value;
    assert_eq!(found["ann@x.example"][0].identifier, guid(1));
    assert_eq!((&found["gone"], &found["unheard"]), (&vec![], &vec![]));
    assert_eq!(server.seen()[0].method, Method::Post);
    server.answers(
        200,
        json!([
            {"identifier": guid(2), "identityName": "mallory", "displayName": "ann@x.example", "email": ""},
            {"identifier": guid(1), "identityName": "ann@x.example", "displayName": "Ann", "email": ""},
        ]),
    );
    let found = client.resolve_names(&["ann@x.example"]).await.unwrap().value;
    let [ann] = found["ann@x.example"].as_slice() else {
        panic!("one entry has the name: {found:?}");
    };
    assert_eq!(
        ann.identifier,
        guid(1),
        "a display name is whatever a person likes to be called"
    );
    let many = ["x"; 21];
    let error = client.resolve_names(&many).await.unwrap_err();
    assert_eq!((error.failure, error.attempts), (Failure::TooLarge, 0));
}

#[tokio::test(start_paused = true)]
async fn json_about_something_else_is_no_empty_listing() {
    let server = Server::new();
    for other in [
        json!([{"version": "1.2"}]),
        json!({"totalCount": 1, "results": [{"version": "1.2"}]}),
    ] {
        let client = server.client();
        server.answers(200, other.clone());
        let users = client.users(0, 10, None).await.unwrap_err();
        server.answers(200, other.clone());
        let groups = client.groups().await.unwrap_err();
        server.answers(200, other.clone());
        let rules = client.group_rules(0, 50).await.unwrap_err();
        server.answers(200, other.clone());
        let seats = client.license_services_seats().await.unwrap_err();
        for error in [users, groups, rules, seats] {
            assert_eq!(error.code, ErrorCode::Own(OwnCode::UnreadableAnswer), "{error:?}");
        }
        // Of a later page nothing but entries that cannot be read may be left.
        server.answers(200, other);
        assert_eq!(client.users(10, 10, None).await.unwrap().value.received, 1);
    }
    server.answers(200, json!({"message": "hello", "version": "1.2"}));
    let names = server.client().resolve_names(&["ann@x.example"]).await.unwrap_err();
    assert_eq!(names.code, ErrorCode::Own(OwnCode::UnreadableAnswer), "{names:?}");
}

#[tokio::test(start_paused = true)]
async fn a_resolved_name_says_what_it_is_and_whether_an_external_directory_has_it() {
    let server = Server::new();
    let entry = |number, source: &str, object: &str| json!({"identifier": guid(number), "source": source, "objectType": object, "name": "x"});
    server.answers(
        200,
        json!({
            "local": entry(1, "local", "DirectoryUser"),
            "entra": entry(2, "aad", "DirectoryUser"),
            "robot": entry(3, "local", "DirectoryRobotUser"),
            "group": entry(4, "aad", "DirectoryGroup"),
            "silent": {"identifier": guid(5), "name": "x"},
            "two": [entry(6, "aad", "DirectoryUser"), entry(7, "ldap", "DirectoryUser"), entry(7, "ldap", "DirectoryUser")],
        }),
    );
    let names = ["local", "entra", "robot", "group", "silent", "two"];
    let found = server.client().resolve_names(&names).await.unwrap();
    let seen: Vec<Vec<_>> = names
        .iter()
        .map(|name| {
            found.value[*name]
                .iter()
                .map(|entry| (entry.kind, entry.from_directory))
                .collect()
        })
        .collect();
    let person = UserKind::Person;
    assert_eq!(
        seen,
        [
            vec![(person, false)],
            vec![(person, true)],
            vec![(UserKind::RobotAccount, false)],
            vec![(UserKind::DirectoryGroup, true)],
            vec![(person, false)],
            vec![(person, true), (person, true)],
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn members_are_checked_by_a_call_that_reads_and_an_answer_that_cannot_be_read_whole_counts_for_nothing() {
    let server = Server::new();
    server
        .answers(200, json!([{"identifier": guid(2), "objectType": "DirectoryUser"}]))
        .answers(200, json!([guid(1)]))
        .answers(200, json!([{"identifier": "aad|7"}]));
    let client = server.client();
    let group: GroupId = id(9);
    assert_eq!(
        client.members_among(group, &[id(1), id(2)]).await.unwrap().value,
        [id(2)]
    );
    assert_eq!(client.members_among(group, &[id(1)]).await.unwrap().value, [id(1)]);
    assert!(client.members_among(group, &[id(1)]).await.is_err());
    assert!(client.members_among(group, &[]).await.is_err());
    assert!(server.seen()[0].path.ends_with("/CheckMembers"));
    assert_eq!(server.seen()[0].method, Method::Post);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_too_large_is_told_from_one_that_is_wrong() {
    let server = Server::new();
    server
        .answers_with(413, &[], "")
        .answers(400, json!({"message": "Too many users in one request"}))
        .answers(400, json!({"message": "Too many users in one request"}))
        .answers(400, json!({"message": "unknown user"}));
    let client = server.client();
    let two = [id(1), id(2)];
    assert_eq!(client.delete_users(&two).await.unwrap_err().failure, Failure::TooLarge);
    assert_eq!(client.delete_users(&two).await.unwrap_err().failure, Failure::TooLarge);
    let single = client.delete_users(&[id(1)]).await.unwrap_err();
    assert_eq!(single.failure, Failure::Refused, "one entry cannot be made smaller");
    assert_eq!(client.delete_users(&two).await.unwrap_err().failure, Failure::Refused);
}

#[tokio::test(start_paused = true)]
async fn a_200_that_did_not_succeed_is_a_refusal_in_the_servers_words() {
    let server = Server::new();
    server.answers(
        200,
        json!({"succeeded": false, "errors": [{"code": "InvalidName", "description": "no such name"}]}),
    );
    let error = server
        .client()
        .update_user(id(1), &UserUpdate::default())
        .await
        .unwrap_err();
    assert_eq!(
        (error.failure, error.code.to_string().as_str()),
        (Failure::Refused, "InvalidName")
    );
    assert_eq!(error.message, "no such name");
}

#[tokio::test(start_paused = true)]
async fn a_403_names_the_scope_that_the_call_needs() {
    let server = Server::new();
    server.answers_with(403, &[], "");
    let error = server.client().delete_users(&[id(1)]).await.unwrap_err();
    assert_eq!((error.failure, error.status), (Failure::Refused, Some(403)));
    assert!(error.message.contains("`PM.User.Write`"), "{}", error.message);
}

#[tokio::test(start_paused = true)]
async fn every_call_that_is_forbidden_names_its_own_scope() {
    let client = || {
        let server = Server::new();
        for _ in 0..3 {
            server.answers_with(403, &[], "");
        }
        server.client()
    };
    let group = Group {
        id: id(2),
        name: "Finance".to_owned(),
        built_in: false,
    };
    let none = bundles(&[]);
    let told = [
        ("PM.User.Read", client().users(0, 10, None).await.unwrap_err()),
        ("PM.User.Read", client().user(id(1)).await.unwrap_err()),
        (
            "PM.User.Write",
            client().update_user(id(1), &UserUpdate::default()).await.unwrap_err(),
        ),
        ("PM.User.Write", client().delete_user(id(1)).await.unwrap_err()),
        (
            "PM.User.Write",
            client().delete_users(&[id(1), id(2)]).await.unwrap_err(),
        ),
        (
            "PM.User.Write",
            client().invite_users(&[invitation("a@x.example")]).await.unwrap_err(),
        ),
        (
            "PM.User.Write",
            client().create_users(&[new_user("a", None)], &[]).await.unwrap_err(),
        ),
        ("PM.Group.Read", client().groups().await.unwrap_err()),
        ("PM.Group.Read", client().group_members(id(2), 0, 10).await.unwrap_err()),
        (
            "PM.Group.Write",
            client().update_group(&group, &[id(1)], &[]).await.unwrap_err(),
        ),
        ("PM.License.Read", client().licensed_users(0, 50).await.unwrap_err()),
        ("PM.License.Read", client().seats().await.unwrap_err()),
        ("PM.License.Read", client().group_rules(0, 50).await.unwrap_err()),
        ("PM.License.Read", client().group_rule(id(2)).await.unwrap_err()),
        (
            "PM.License.Write",
            client().release_user_licenses(&[id(1)]).await.unwrap_err(),
        ),
        (
            "PM.License.Write",
            client().allocate_to_users(&[id(1)], &none, false).await.unwrap_err(),
        ),
        (
            "PM.License.Write",
            client().allocate_to_group(id(2), &none, None, false).await.unwrap_err(),
        ),
        (
            "PM.License.Write",
            client()
                .allocate_to_group(id(2), &none, Some(&[]), false)
                .await
                .unwrap_err(),
        ),
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
