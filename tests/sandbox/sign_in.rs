use std::time::Duration;

use reseat::sandbox::{Config, Credentials};
use serde_json::json;

use crate::support::{ANNA, Organization, Reply, organization, with};

const FORM: &str = "application/x-www-form-urlencoded";

async fn token(organization: &Organization, scope: &str) -> Reply {
    let sandbox = &organization.sandbox;
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}&scope={scope}",
        sandbox.client_id(),
        sandbox.client_secret()
    );
    organization
        .raw("POST", "/identity_/connect/token", FORM, &form)
        .await
        .unwrap()
}

async fn status_with(organization: &mut Organization, token: &str, path: &str) -> u16 {
    token.clone_into(&mut organization.token);
    organization.get(path).await.status
}

#[tokio::test]
async fn client_credentials_buy_a_token_that_opens_the_scopes_asked_for_and_no_others() {
    let mut organization = organization().await;
    let reply = token(&organization, "PM.Group.Read").await;
    assert_eq!((reply.status, reply.json()["expires_in"].as_u64()), (200, Some(3600)));
    let token = reply.json()["access_token"].as_str().unwrap().to_owned();
    let (groups, users) = (
        format!("identity_/api/Group/{}", organization.id()),
        format!("identity_/api/User/users/{}", organization.id()),
    );
    assert_eq!(status_with(&mut organization, &token, &groups).await, 200);
    assert_eq!(status_with(&mut organization, &token, &users).await, 403);
    assert_eq!(status_with(&mut organization, "unknown", &users).await, 401);
}

#[tokio::test]
async fn a_scope_outside_the_registration_or_offline_access_fails_the_whole_token_request() {
    let organization = organization().await;
    for scope in ["PM.User%20OR.Jobs", "PM.User%20offline_access"] {
        let reply = token(&organization, scope).await;
        assert_eq!((reply.status, reply.json()), (400, json!({"error": "invalid_scope"})));
    }
}

#[tokio::test]
async fn a_wrong_secret_is_an_invalid_client() {
    let organization = organization().await;
    let form = "grant_type=client_credentials&client_id=x&client_secret=y";
    let reply = organization
        .raw("POST", "/identity_/connect/token", FORM, form)
        .await
        .unwrap();
    assert_eq!((reply.status, reply.json()), (400, json!({"error": "invalid_client"})));
}

#[tokio::test]
async fn an_expired_or_revoked_token_is_answered_401_without_a_body() {
    let credentials = Credentials {
        token_lifetime: Duration::ZERO,
        ..Credentials::default()
    };
    let mut organization = with(Config {
        credentials,
        ..Config::unlimited()
    })
    .await;
    let path = format!("identity_/api/Group/{}", organization.id());
    organization.token = token(&organization, "").await.json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let reply = organization.get(&path).await;
    assert_eq!((reply.status, reply.text.as_str()), (401, ""));
    assert!(reply.header("www-authenticate").contains("invalid_token"));

    let mut organization = crate::support::organization().await;
    let path = format!("identity_/api/Group/{}", organization.id());
    organization.token = token(&organization, "").await.json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(organization.get(&path).await.status, 200);
    organization.sandbox.revoke_tokens();
    assert_eq!(organization.get(&path).await.status, 401);
}

#[tokio::test]
async fn a_mistyped_path_is_answered_200_with_a_page() {
    let organization = organization().await;
    for path in [
        "/identity/connect/token",
        "/sandbox//identity_/api/User",
        "/other/identity_/api/Group",
        "/",
    ] {
        let reply = organization.raw("POST", path, FORM, "").await.unwrap();
        assert_eq!(reply.status, 200, "{path}");
        assert!(reply.header("content-type").starts_with("text/html"), "{path}");
    }
}

#[tokio::test]
async fn the_host_level_identity_route_says_invalid_partition() {
    let organization = organization().await;
    let path = format!("/identity_/api/Group/{}", organization.id());
    let reply = organization.raw("GET", &path, "", "").await.unwrap();
    assert_eq!(reply.status, 400);
    assert_eq!(reply.json()["errors"][0]["code"], "InvalidPartition");
}

#[tokio::test]
async fn the_organization_answers_by_its_guid_as_by_its_name() {
    let organization = organization().await;
    let path = format!("/{0}/identity_/api/Group/{0}", organization.id());
    assert_eq!(organization.raw("GET", &path, "", "").await.unwrap().status, 200);
}

#[tokio::test]
async fn a_wrong_organization_guid_is_answered_with_a_bare_map_of_errors() {
    let organization = organization().await;
    let reply = organization.get("identity_/api/Group/DatacomGroup").await;
    let expected = json!({"errors": {"partitionGlobalId": ["The value 'DatacomGroup' is not valid."]}});
    assert_eq!((reply.status, reply.json()), (400, expected));
}

#[tokio::test]
async fn user_name_and_password_are_answered_in_the_abp_envelope() {
    let mut organization = organization().await;
    for path in [
        "/api/account/authenticate",
        "/sandbox/DefaultTenant/api/account/authenticate",
    ] {
        let body = json!({"TenancyName": "Default", "UsernameOrEmailAddress": "admin", "Password": "sandbox-password"});
        let reply = organization
            .raw("POST", path, "application/json", &body.to_string())
            .await
            .unwrap();
        let envelope = reply.json();
        assert_eq!(
            (reply.status, &envelope["success"], &envelope["__abp"]),
            (200, &json!(true), &json!(true))
        );
        organization.token = envelope["result"].as_str().unwrap().to_owned();
        let user = format!("identity_/api/User/{}", organization.user(ANNA));
        assert_eq!(organization.get(&user).await.status, 200);
    }
    let body = r#"{"TenancyName":"Default","UsernameOrEmailAddress":"admin","Password":"wrong"}"#;
    let path = "/api/account/authenticate";
    let reply = organization.raw("POST", path, "application/json", body).await.unwrap();
    assert_eq!((reply.status, &reply.json()["result"]), (401, &json!(null)));
}
