use std::path::Path;

use reseat::sandbox::{Config, FaultKind, FaultRule, Faults, Moment, Population};
use serde_json::{Value, json};

use crate::support::{ANNA, with};

fn kept(state: &Path) -> Config {
    Config {
        state_file: Some(state.to_owned()),
        ..Config::unlimited()
    }
}

#[tokio::test]
async fn an_organization_goes_on_where_its_state_file_left_it() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.json");
    let organization = with(Config {
        seed: 7,
        ..kept(&state)
    })
    .await;
    let id = organization.id();
    organization
        .invite(&[organization.invitation("new@contoso.example")])
        .await;
    organization.sandbox.shutdown().await.unwrap();

    let organization = with(Config {
        population: Population::Empty,
        ..kept(&state)
    })
    .await;
    assert_eq!(organization.id(), id);
    let world = organization.sandbox.world();
    assert_eq!((world.user_count(), world.mails_to("new@contoso.example")), (63, 1));
    let answer = organization
        .invite(&[organization.invitation("next@contoso.example")])
        .await;
    assert_eq!(answer["users"][0]["success"], true);
    assert_eq!(organization.sandbox.world().user_count(), 64);
}

#[tokio::test]
async fn changes_reach_the_state_file_while_the_sandbox_runs() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.json");
    let organization = with(kept(&state)).await;
    organization
        .invite(&[organization.invitation("new@contoso.example")])
        .await;
    while !fs_err::read_to_string(&state).unwrap().contains("new@contoso.example") {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_state_file_that_cannot_be_read_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.json");
    fs_err::write(&state, "nonsense").unwrap();
    let error = reseat::sandbox::start(kept(&state)).await.err().unwrap();
    assert!(error.to_string().contains("state.json"), "{error}");
}

#[tokio::test]
async fn every_request_leaves_a_line_without_token_or_password() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("requests.jsonl");
    let rules = vec![FaultRule::new(FaultKind::Dropped(Moment::AfterEffect)).on("DELETE", "/User/")];
    let faults = Faults {
        rules,
        ..Faults::default()
    };
    let organization = with(Config {
        request_log: Some(log.clone()),
        faults,
        ..Config::unlimited()
    })
    .await;
    let path = format!("identity_/api/User/{}", organization.user(ANNA));
    organization
        .send("PUT", &path, json!({"password": "a-password-to-hide"}))
        .await;
    assert!(organization.try_send("DELETE", &path, Value::Null).await.is_err());
    organization.sandbox.shutdown().await.unwrap();

    let text = fs_err::read_to_string(&log).unwrap();
    assert!(!text.contains("a-password-to-hide") && !text.contains(&organization.token));
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (&lines[0]["method"], &lines[0]["status"], &lines[0]["fault"]),
        (&json!("PUT"), &json!(200), &Value::Null)
    );
    let dropped = lines.iter().find(|line| line["method"] == "DELETE").unwrap();
    assert_eq!(
        (&dropped["status"], &dropped["fault"]),
        (&Value::Null, &json!("dropped-after"))
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs_err::metadata(&log).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn the_sandbox_tells_what_it_has_seen_to_other_processes() {
    let organization = with(Config::unlimited()).await;
    organization
        .invite(&[organization.invitation("new@contoso.example")])
        .await;
    let page = organization.raw("GET", "/_sandbox", "", "").await.unwrap().json();
    assert_eq!(page["organizationId"], json!(organization.id()));
    assert_eq!(
        (&page["mails"]["new@contoso.example"], &page["calls"]["invite"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(page["seats"]["ATTUNU"], json!({"total": 32, "allocated": 30}));
    let accept_url = |page: &Value| {
        let pending = page["pending"].as_array().unwrap();
        let person = pending.iter().find(|person| person["email"] == "new@contoso.example")?;
        Some(person["acceptUrl"].as_str().unwrap().to_owned())
    };
    let url = accept_url(&page).unwrap();
    let path = url.strip_prefix(&organization.sandbox.base_url()).unwrap();
    assert_eq!(organization.raw("GET", path, "", "").await.unwrap().status, 200);
    let page = organization.raw("GET", "/_sandbox", "", "").await.unwrap().json();
    assert_eq!(accept_url(&page), None, "opening the link accepts the invitation");
}

#[tokio::test]
async fn equal_seeds_make_equal_organizations() {
    let ids = |organization: &crate::support::Organization| {
        let world = organization.sandbox.world();
        world
            .users()
            .map(|user| (user.id, user.email.clone()))
            .collect::<Vec<_>>()
    };
    for population in [Population::Demo, Population::Generated(50)] {
        let of = |seed| {
            with(Config {
                seed,
                population: population.clone(),
                ..Config::unlimited()
            })
        };
        assert_eq!(ids(&of(3).await), ids(&of(3).await));
        assert_ne!(ids(&of(3).await), ids(&of(4).await));
    }
}
