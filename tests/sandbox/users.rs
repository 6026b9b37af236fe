use reseat::sandbox::{Config, EmailChange, Listings, Quirks, User};
use serde_json::{Value, json};

use crate::support::{ANNA, BRAM, DAVID, NOBODY, Organization, organization, with};

async fn quirky(quirks: Quirks) -> Organization {
    with(Config {
        quirks,
        ..Config::unlimited()
    })
    .await
}

fn list(organization: &Organization, query: &str) -> String {
    format!("identity_/api/User/users/{}{query}", organization.id())
}

fn of(organization: &Organization, email: &str) -> String {
    format!("identity_/api/User/{}", organization.user(email))
}

#[tokio::test]
async fn a_listing_without_top_has_ten_rows_and_says_how_many_there_are() {
    let organization = organization().await;
    let page = organization.get(&list(&organization, "")).await.json();
    assert_eq!(
        (page["results"].as_array().unwrap().len(), &page["totalCount"]),
        (10, &json!(62))
    );
}

#[tokio::test]
async fn a_thousand_rows_is_the_most_and_more_is_400() {
    let organization = organization().await;
    let page = organization.get(&list(&organization, "?top=1000&skip=57")).await.json();
    assert_eq!(page["results"].as_array().unwrap().len(), 5);
    let refused = organization.get(&list(&organization, "?top=1001")).await;
    assert_eq!(refused.status, 400);
    assert!(refused.json()["errors"]["top"].is_array() && refused.json()["traceId"].is_string());
}

#[tokio::test]
async fn pages_of_users_that_are_not_sorted_repeat_one_and_pass_over_another() {
    let read = async |quirks: Quirks, sorted: &str| {
        let organization = quirky(quirks).await;
        let mut ids = Vec::new();
        for skip in [0, 20, 40, 60] {
            let page = list(&organization, &format!("?top=20&skip={skip}{sorted}"));
            let page = organization.get(&page).await.json();
            assert_eq!(page["totalCount"], 62);
            let rows = page["results"].as_array().unwrap().clone();
            ids.extend(rows.into_iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        }
        assert_eq!(ids.len(), 62);
        ids.sort_unstable();
        ids.dedup();
        ids.len()
    };
    assert_eq!(read(Quirks::default(), "").await, 61);
    assert_eq!(read(Quirks::default(), "&sortBy=Id").await, 62);
    let listings = Listings::Shifting;
    let shifting = Quirks {
        listings,
        ..Quirks::default()
    };
    assert_eq!(read(shifting, "&sortBy=Id").await, 61);
}

#[tokio::test]
async fn search_finds_parts_of_names_and_addresses() {
    let organization = organization().await;
    let page = organization
        .get(&list(&organization, "?searchTerm=ANNA.B"))
        .await
        .json();
    assert_eq!(page["results"][0]["email"], ANNA);
    let page = organization
        .get(&list(&organization, "?searchTerm=berg&top=100"))
        .await
        .json();
    assert!(page["totalCount"].as_u64().unwrap() >= 1);
}

#[tokio::test]
async fn sort_fields_are_in_upper_camel_case() {
    let organization = organization().await;
    let page = organization
        .get(&list(&organization, "?top=100&sortBy=Email&sortOrder=desc"))
        .await
        .json();
    let emails: Vec<&str> = page["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["email"].as_str().unwrap())
        .collect();
    assert!(emails.is_sorted_by(|a, b| a >= b));
    assert_eq!(
        organization.get(&list(&organization, "?sortBy=email")).await.status,
        400
    );
}

#[tokio::test]
async fn a_page_shows_what_changed_since_the_page_before() {
    let organization = organization().await;
    let last_by_name = async || {
        let page = list(&organization, "?top=1&sortBy=Name&sortOrder=desc");
        organization.get(&page).await.json()["results"][0]["email"].clone()
    };
    let found = async || {
        let page = list(&organization, "?searchTerm=zz");
        organization.get(&page).await.json()["totalCount"].clone()
    };
    assert_eq!(found().await, 0);
    assert_ne!(last_by_name().await, BRAM);
    organization
        .send("PUT", &of(&organization, BRAM), json!({"name": "Zz"}))
        .await;
    assert_eq!((last_by_name().await, found().await), (json!(BRAM), json!(1)));
    organization.sandbox.with_world(|world| {
        let id = world.user_called(ANNA).unwrap().id;
        world.edit_user(id, |user| user.name = Some("Zzz".to_owned()));
    });
    assert_eq!((last_by_name().await, found().await), (json!(ANNA), json!(2)));
    organization.send("DELETE", &of(&organization, ANNA), Value::Null).await;
    assert_eq!((last_by_name().await, found().await), (json!(BRAM), json!(1)));
}

#[tokio::test]
async fn a_user_has_numeric_type_and_category_and_its_group_ids() {
    let organization = organization().await;
    let user = organization.get(&of(&organization, ANNA)).await.json();
    assert_eq!((&user["type"], &user["category"]), (&json!(0), &json!(0)));
    let groups = user["groupIDs"].as_array().unwrap();
    assert!(groups.contains(&json!(organization.group("Finance"))));
    assert!(!groups.contains(&json!(organization.group("Everyone"))));
}

#[tokio::test]
async fn a_user_that_is_not_there_is_404_and_an_id_that_is_no_guid_400() {
    let organization = organization().await;
    assert_eq!(
        organization.get(&format!("identity_/api/User/{NOBODY}")).await.status,
        404
    );
    assert_eq!(organization.get("identity_/api/User/her-1909").await.status, 400);
}

#[tokio::test]
async fn an_update_changes_what_is_given_and_leaves_null_alone() {
    let organization = organization().await;
    let body = json!({"name": "Ann", "surname": null, "displayName": "", "isActive": false,
        "password": "a-new-password", "groupIDsToAdd": [organization.group("HR Robots")],
        "groupIDsToRemove": [organization.group("Finance")]});
    let reply = organization.send("PUT", &of(&organization, ANNA), body).await;
    assert_eq!(
        (reply.status, reply.json()),
        (200, json!({"succeeded": true, "errors": []}))
    );
    let world = organization.sandbox.world();
    let user = world.user_called(ANNA).unwrap();
    assert_eq!(
        (user.name.as_deref(), user.surname.as_deref()),
        (Some("Ann"), Some("Berg"))
    );
    assert_eq!((user.display_name.as_deref(), user.is_active), (Some(""), false));
    assert_eq!(world.passwords_set(user.id), 1);
    let groups: Vec<&str> = user
        .groups
        .iter()
        .map(|id| world.group(*id).unwrap().name.as_str())
        .collect();
    assert!(
        groups.contains(&"HR Robots") && !groups.contains(&"Finance"),
        "{groups:?}"
    );
}

#[tokio::test]
async fn a_field_of_the_wrong_type_is_named_in_an_rfc_7807_body() {
    let organization = organization().await;
    let reply = organization
        .send("PUT", &of(&organization, ANNA), json!({"isActive": "yes"}))
        .await;
    assert_eq!(reply.status, 400);
    assert!(reply.json()["errors"]["$.isActive"].is_array(), "{}", reply.text);
}

#[tokio::test]
async fn a_changed_address_is_ignored_refused_or_taken_as_configured() {
    for (email_change, status, email) in [
        (EmailChange::Ignored, 200, ANNA),
        (EmailChange::Refused, 400, ANNA),
        (EmailChange::Made, 200, "anna@fabrikam.example"),
    ] {
        let organization = quirky(Quirks {
            email_change,
            ..Quirks::default()
        })
        .await;
        let path = of(&organization, ANNA);
        let reply = organization
            .send("PUT", &path, json!({"email": "anna@fabrikam.example"}))
            .await;
        assert_eq!(reply.status, status);
        assert_eq!(organization.get(&path).await.json()["email"], email);
    }
}

#[tokio::test]
async fn a_first_address_can_be_set() {
    let organization = organization().await;
    let body = json!({"partitionGlobalId": organization.id(), "users": [{"userName": "robot1"}]});
    let created = organization
        .send("POST", "identity_/api/User/BulkCreate", body)
        .await
        .json();
    assert_eq!(created["users"][0]["email"], "");
    let path = of(&organization, "robot1");
    let reply = organization
        .send("PUT", &path, json!({"email": "robot1@contoso.example"}))
        .await;
    assert_eq!(reply.status, 200);
    assert_eq!(organization.get(&path).await.json()["email"], "robot1@contoso.example");
}

#[tokio::test]
async fn the_profile_of_a_directory_user_is_refused_but_its_groups_change() {
    let organization = organization().await;
    let email = organization.sandbox.with_world(|world| {
        world
            .users()
            .find(|user| u8::from(user.category) == 2)
            .unwrap()
            .email
            .clone()
    });
    let path = of(&organization, &email);
    let reply = organization.send("PUT", &path, json!({"name": "Other"})).await;
    assert_eq!((reply.status, &reply.json()["succeeded"]), (400, &json!(false)));
    let body = json!({"groupIDsToAdd": [organization.group("HR Robots")]});
    assert_eq!(organization.send("PUT", &path, body).await.status, 200);
}

#[tokio::test]
async fn a_bulk_delete_takes_a_body_and_frees_the_seats() {
    let organization = organization().await;
    let before = organization.sandbox.world().seats()[&reseat::model::BundleCode::new("ATTUNU")];
    let ids = [organization.user(ANNA), organization.user(BRAM)];
    let body = json!({"partitionGlobalId": organization.id(), "userIds": ids});
    let reply = organization.send("DELETE", "identity_/api/User", body).await;
    assert_eq!((reply.status, reply.text.as_str()), (204, ""));
    let world = organization.sandbox.world();
    assert!(world.user_called(ANNA).is_none());
    assert_eq!(
        world.seats()[&reseat::model::BundleCode::new("ATTUNU")].allocated,
        before.allocated - 2
    );
}

#[tokio::test]
async fn a_bulk_delete_without_ids_is_refused_and_remembered_as_a_violation() {
    let organization = organization().await;
    for body in [
        json!(null),
        json!({"partitionGlobalId": organization.id()}),
        json!({"partitionGlobalId": organization.id(), "userIds": []}),
    ] {
        let reply = organization.send("DELETE", "identity_/api/User", body).await;
        assert_eq!(reply.status, 400);
        assert!(reply.text.contains("no client should ever send"));
    }
    let odd = json!({"partitionGlobalId": organization.id(), "userIds": ["no-guid"]});
    assert_eq!(organization.send("DELETE", "identity_/api/User", odd).await.status, 400);
    let groups = format!("identity_/api/Group/{}", organization.id());
    assert_eq!(organization.send("DELETE", &groups, json!({})).await.status, 400);
    assert_eq!(organization.sandbox.stats().violations.len(), 4);
    assert_eq!(organization.sandbox.world().user_count(), 62);
}

#[tokio::test]
async fn an_unknown_id_refuses_the_whole_bulk_delete_or_is_ignored_as_configured() {
    for (ignores_unknown_ids, status, left) in [(false, 404, 62), (true, 204, 61)] {
        let organization = quirky(Quirks {
            ignores_unknown_ids,
            ..Quirks::default()
        })
        .await;
        let body = json!({"partitionGlobalId": organization.id(), "userIds": [organization.user(ANNA), NOBODY]});
        assert_eq!(
            organization.send("DELETE", "identity_/api/User", body).await.status,
            status
        );
        assert_eq!(organization.sandbox.world().user_count(), left);
    }
}

#[tokio::test]
async fn one_user_is_deleted_by_its_own_route_once() {
    let organization = organization().await;
    let path = of(&organization, ANNA);
    assert_eq!(organization.send("DELETE", &path, Value::Null).await.status, 204);
    assert_eq!(organization.send("DELETE", &path, Value::Null).await.status, 404);
}

#[tokio::test]
async fn bulk_create_makes_accounts_in_the_groups_of_the_call_and_mails_nobody() {
    let organization = organization().await;
    let finance = organization.group("Finance");
    let body = json!({"partitionGlobalId": organization.id(), "groupIDs": [finance],
        "users": [{"userName": "new.one@contoso.example", "email": "new.one@contoso.example", "invitationAccepted": true}]});
    let created = organization
        .send("POST", "identity_/api/User/BulkCreate", body)
        .await
        .json();
    assert_eq!(created["result"], json!({"succeeded": true, "errors": []}));
    assert_eq!(created["users"][0]["groupIDs"], json!([finance]));
    assert_eq!(organization.sandbox.world().mails_to("new.one@contoso.example"), 0);
}

#[tokio::test]
async fn one_bad_user_fails_the_whole_bulk_create() {
    for (refuses_creation_by_status, status) in [(false, 200), (true, 400)] {
        let organization = quirky(Quirks {
            refuses_creation_by_status,
            ..Quirks::default()
        })
        .await;
        for (bad, code) in [
            (json!({"email": "only@contoso.example"}), "InvalidUserName"),
            (json!({"userName": ANNA}), "DuplicateUserName"),
            (json!({"userName": "other", "email": ANNA}), "DuplicateEmail"),
            (json!({"userName": "good"}), "DuplicateUserName"),
        ] {
            let body = json!({"partitionGlobalId": organization.id(), "users": [{"userName": "good"}, bad]});
            let reply = organization.send("POST", "identity_/api/User/BulkCreate", body).await;
            assert_eq!(
                (reply.status, &reply.json()["result"]["succeeded"]),
                (status, &json!(false))
            );
            assert_eq!(reply.json()["result"]["errors"][0]["code"], code);
            assert_eq!(organization.sandbox.world().user_count(), 62);
        }
    }
}

#[tokio::test]
async fn a_single_create_answers_an_identity_result() {
    let organization = organization().await;
    let body = json!({"partitionGlobalId": organization.id(), "userName": "single", "password": "long enough", "groupIDs": []});
    let reply = organization.send("POST", "identity_/api/User", body.clone()).await;
    assert_eq!(
        (reply.status, reply.json()),
        (200, json!({"succeeded": true, "errors": []}))
    );
    let again = organization.send("POST", "identity_/api/User", body).await;
    assert_eq!(
        (again.status, &again.json()["errors"][0]["code"]),
        (400, &json!("DuplicateUserName"))
    );
}

#[tokio::test]
async fn an_invited_account_exists_at_once_and_is_pending() {
    let organization = organization().await;
    let mut entry = organization.invitation("new@contoso.example");
    entry["groupIDs"] = json!([organization.group("Finance")]);
    let answer = organization.invite(&[entry]).await;
    assert_eq!(answer["users"][0]["success"], true);
    let user = organization.get(&of(&organization, "new@contoso.example")).await.json();
    assert_eq!(
        (&user["invitationAccepted"], &user["id"]),
        (&json!(false), &answer["users"][0]["id"])
    );
    assert_eq!(organization.sandbox.world().mails_to("New@contoso.example"), 1);
}

#[tokio::test]
async fn bad_entries_fail_inside_a_200_with_the_zero_guid() {
    let organization = organization().await;
    let mut lost = organization.invitation("lost@contoso.example");
    lost["groupIDs"] = json!([NOBODY]);
    let entries = [
        organization.invitation("good@contoso.example"),
        organization.invitation(ANNA),
        json!({"email": "nowhere@contoso.example"}),
        json!({"email": "nowhere@contoso.example", "redirectUrl": "https://api.uipath.com/portal_/acceptInvite"}),
        organization.invitation("not an address"),
        lost,
    ];
    let answer = organization.invite(&entries).await;
    assert_eq!(answer["result"]["succeeded"], true);
    let users = answer["users"].as_array().unwrap();
    let successes: Vec<bool> = users.iter().map(|user| user["success"].as_bool().unwrap()).collect();
    assert_eq!(successes, [true, false, false, false, false, false]);
    assert_eq!(users[2]["errorMsg"], "Redirect URL is not valid");
    assert_eq!(users[1]["id"], "00000000-0000-0000-0000-000000000000");
}

#[tokio::test]
async fn a_pending_address_is_mailed_again_or_refused_as_configured() {
    for (refuses_reinvitation, success, mails) in [(false, true, 2), (true, false, 1)] {
        let organization = quirky(Quirks {
            refuses_reinvitation,
            ..Quirks::default()
        })
        .await;
        let entry = organization.invitation("new@contoso.example");
        organization.invite(std::slice::from_ref(&entry)).await;
        assert_eq!(organization.invite(&[entry]).await["users"][0]["success"], success);
        assert_eq!(organization.sandbox.world().mails_to("new@contoso.example"), mails);
    }
}

#[tokio::test]
async fn opening_the_link_of_an_invitation_accepts_it() {
    let organization = organization().await;
    let entry = organization.invitation("new+tag@contoso.example");
    organization.invite(std::slice::from_ref(&entry)).await;
    let link = entry["redirectUrl"]
        .as_str()
        .unwrap()
        .replace(&organization.sandbox.base_url(), "");
    assert_eq!(organization.raw("GET", &link, "", "").await.unwrap().status, 200);
    assert!(
        organization
            .sandbox
            .world()
            .user_called("new+tag@contoso.example")
            .unwrap()
            .invitation_accepted
    );
}

#[tokio::test]
async fn where_acceptance_is_never_shown_the_link_signs_in_and_the_account_stays_pending() {
    let organization = with(Config {
        quirks: Quirks {
            never_shows_acceptance: true,
            ..Quirks::default()
        },
        ..Config::unlimited()
    })
    .await;
    let entry = organization.invitation("new@contoso.example");
    organization.invite(std::slice::from_ref(&entry)).await;
    let link = entry["redirectUrl"]
        .as_str()
        .unwrap()
        .replace(&organization.sandbox.base_url(), "");
    assert_eq!(organization.raw("GET", &link, "", "").await.unwrap().status, 200);
    let world = organization.sandbox.world();
    let user = world.user_called("new@contoso.example").unwrap();
    assert!(!user.invitation_accepted && user.last_login_time.is_some());
}

#[tokio::test]
async fn nobody_joins_a_group_that_the_directory_manages_in_any_way() {
    let organization = organization().await;
    assert!(
        organization
            .sandbox
            .with_world(|world| world.let_directory_manage("Finance"))
    );
    let (group, user) = (
        organization.group("Finance"),
        organization.user("nadia.rahman@contoso.example"),
    );
    let mut entry = organization.invitation("new@contoso.example");
    entry["groupIDs"] = json!([group]);
    let answer = organization.invite(&[entry]).await;
    assert_eq!(answer["users"][0]["success"], json!(false));
    for (path, body) in [
        (
            format!("identity_/api/Group/{group}"),
            json!({"partitionGlobalId": organization.id(), "name": "Finance", "directoryUserIDsToAdd": [user]}),
        ),
        (format!("identity_/api/User/{user}"), json!({"groupIDsToAdd": [group]})),
    ] {
        let reply = organization.send("PUT", &path, body).await;
        assert_eq!(reply.status, 400, "{path}");
        assert!(reply.text.contains("managed by the directory"), "{}", reply.text);
    }
    let body = json!({"users": [{"userName": "new"}], "partitionGlobalId": organization.id(), "groupIDs": [group]});
    let reply = organization.send("POST", "identity_/api/User/BulkCreate", body).await;
    assert!(reply.text.contains("managed by the directory"), "{}", reply.text);
    let world = organization.sandbox.world();
    assert!(world.user_called("new@contoso.example").is_none() && world.user_called("new").is_none());
}

#[tokio::test]
async fn names_resolve_in_bulk_twenty_at_a_time_and_groups_with_regard_to_case() {
    let organization = organization().await;
    let path = format!("identity_/api/Directory/BulkResolveByName/{}", organization.id());
    let body = json!({"entityNames": [ANNA.to_uppercase(), "nobody"], "entityType": "user"});
    let found = organization.send("POST", &path, body).await.json();
    assert_eq!(found[ANNA.to_uppercase()]["identifier"], organization.user(ANNA));
    assert_eq!(found["nobody"], Value::Null);
    let body = json!({"entityNames": ["Finance", "finance"], "entityType": "group"});
    let found = organization.send("POST", &path, body).await.json();
    assert_eq!(
        (&found["Finance"]["name"], &found["finance"]),
        (&json!("Finance"), &Value::Null)
    );
    let names: Vec<String> = (0..21).map(|number| format!("name{number}")).collect();
    let body = json!({"entityNames": names, "entityType": "user"});
    assert_eq!(organization.send("POST", &path, body).await.status, 500);
    let body = json!({"entityNames": ["x"], "entityType": "robot"});
    assert_eq!(organization.send("POST", &path, body).await.status, 400);
}

#[tokio::test]
async fn the_directory_is_searched_by_the_beginning_of_a_name() {
    let organization = organization().await;
    let path = |query: &str| format!("identity_/api/Directory/Search/{}?{query}", organization.id());
    let found = organization
        .get(&path(
            "startsWith=anna&sourceFilter=localUsers&sourceFilter=localGroups",
        ))
        .await
        .json();
    assert_eq!(
        (found[0]["email"].as_str(), found[0]["type"].as_u64()),
        (Some(ANNA), Some(0))
    );
    let found = organization
        .get(&path("startsWith=Fin&sourceFilter=localGroups"))
        .await
        .json();
    assert_eq!(
        (found[0]["identityName"].as_str(), found[0]["type"].as_u64()),
        (Some("Finance"), Some(1))
    );
    assert_eq!(organization.get(&path("startsWith=berg")).await.json(), json!([]));
}

#[tokio::test]
async fn an_id_resolves_and_tells_its_groups() {
    let organization = organization().await;
    let base = |what: &str| format!("identity_/api/Directory/{what}/{}", organization.id());
    let body = json!({"entityId": organization.user(ANNA), "entityType": "User"});
    assert_eq!(
        organization.send("POST", &base("Resolve"), body).await.json()["email"],
        ANNA
    );
    let (finance, robots) = (organization.group("Finance"), organization.group("HR Robots"));
    let body = json!({"userId": organization.user(ANNA), "groupIds": [finance, robots]});
    assert_eq!(
        organization.send("POST", &base("GroupMembership"), body).await.json()[0]["identifier"],
        json!(finance)
    );
}

#[tokio::test]
async fn two_accounts_may_have_one_address() {
    let organization = organization().await;
    organization.sandbox.with_world(|world| {
        let id = NOBODY.parse().unwrap();
        world.insert_user(User::local(id, "david2", DAVID, jiff::Timestamp::now()).from_directory());
    });
    let page = organization
        .get(&list(&organization, &format!("?searchTerm={DAVID}")))
        .await
        .json();
    assert_eq!(page["totalCount"], 2);
}
