//! The client and the sandbox together, over real sockets: each endpoint once, and the weather.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use reseat::api::{BaseUrl, Client, Config, Credentials, Failure, Invitation, NewAccountReply, Session, UserUpdate};
use reseat::event::{Method, silent};
use reseat::model::{BundleCode, BundleSet, Deployment, Quota, UserId};
use reseat::pace::{Backoff, Limits};
use reseat::sandbox::{self, Edition, FaultKind, Faults, PortalForm, Quirks, Quotas, RetryAfter, Sandbox, WindowKind};
use reseat::wire::{HttpConfig, HttpTransport};
use tokio_util::sync::CancellationToken;

pub(crate) async fn start(config: sandbox::Config) -> Sandbox {
    sandbox::start(config).await.unwrap()
}

pub(crate) fn client_of(sandbox: &Sandbox, change: impl FnOnce(&mut Config)) -> Client {
    let credentials = Credentials::Client {
        id: sandbox.client_id().to_owned(),
        secret: sandbox.client_secret().into(),
        scopes: None,
    };
    let uri = BaseUrl::parse(&sandbox.base_url()).unwrap();
    let mut config = Config::new(uri, sandbox.organization(), credentials);
    config.limits = Limits::none();
    config.retry.backoff = Backoff {
        first: Duration::from_millis(2),
        most: Duration::from_millis(20),
    };
    config.seed = Some(1);
    change(&mut config);
    let transport = HttpTransport::new(HttpConfig::default()).unwrap();
    let session = Session::new(Arc::new(transport), config, silent(), CancellationToken::new());
    Client::new(session, sandbox.organization_id())
}

fn bundles(codes: &[&str]) -> BundleSet {
    codes.iter().map(|code| BundleCode::new(code)).collect()
}

fn invitation(email: &str) -> Invitation {
    Invitation {
        email: email.to_owned(),
        name: Some("Zoe".to_owned()),
        surname: None,
        language: None,
        groups: Vec::new(),
    }
}

async fn tour(client: &Client) {
    let page = client.users(0, 1000, None).await.unwrap().value;
    assert_eq!(page.total, Some(page.items.len() as u64));
    let groups = client.groups().await.unwrap().value;
    let group = groups.iter().find(|group| !group.built_in).unwrap();

    let invited = client
        .invite_users(&[invitation("zoe@new.example")])
        .await
        .unwrap()
        .value;
    let [NewAccountReply::Made(zoe)] = invited[..] else {
        panic!("not invited: {invited:?}");
    };
    client.update_group(group, &[zoe], &[]).await.unwrap();
    let update = UserUpdate {
        surname: Some("Zed".to_owned()),
        ..UserUpdate::default()
    };
    client.update_user(zoe, &update).await.unwrap();
    let read = client.user(zoe).await.unwrap().value.unwrap();
    assert_eq!((read.surname(), read.invitation_accepted), ("Zed", false));
    assert!(read.groups.contains(&group.id));
    let members = client.group_members(group.id, 0, 1000).await.unwrap().value;
    assert!(members.items.iter().any(|member| member.id == zoe));
    let nobody = UserId(uuid::Uuid::nil());
    let among = client.members_among(group.id, &[zoe, nobody]).await.unwrap().value;
    assert_eq!(among, [zoe]);
    let found = client.resolve_names(&["zoe@new.example", "nobody"]).await;
    let found = found.unwrap().value;
    assert_eq!(found["zoe@new.example"][0].identifier, zoe.to_string());
    assert_eq!(found["nobody"], []);

    let codes = bundles(&["ATTUNU"]);
    let confirmed = client.allocate_to_users(&[zoe], &codes, false).await.unwrap().value;
    assert_eq!((confirmed[0].user, &confirmed[0].bundles), (zoe, &codes));
    client.allocate_to_group(group.id, &codes, None, false).await.unwrap();
    let rule = client.group_rule(group.id).await.unwrap().value.unwrap();
    assert_eq!(rule.bundles, codes);
    client.delete_users(&[zoe]).await.unwrap();
    assert_eq!(client.user(zoe).await.unwrap().value, None);
}

#[tokio::test]
async fn every_endpoint_of_the_cloud_answers_as_the_client_expects() {
    let sandbox = start(sandbox::Config::unlimited()).await;
    let client = client_of(&sandbox, |_| ());
    tour(&client).await;

    let user = client.users(0, 1, None).await.unwrap().value.items.remove(0).id;
    client
        .allocate_to_users(&[user], &bundles(&["TSTNU"]), false)
        .await
        .unwrap();
    let mut allocations = Vec::new();
    loop {
        let page = client.licensed_users(allocations.len() as u64, 50).await.unwrap().value;
        if page.received == 0 {
            break;
        }
        allocations.extend(page.items.into_iter().map(|user| user.held));
    }
    let held = allocations.iter().find(|allocation| allocation.user == user).unwrap();
    assert_eq!(held.bundles, bundles(&["TSTNU"]));
    let free = |seats: &[reseat::api::Seats]| {
        seats
            .iter()
            .find(|seats| seats.code.as_str() == "TSTNU")
            .unwrap()
            .free()
    };
    let before = free(&client.seats().await.unwrap().value);
    client.release_user_licenses(&[user]).await.unwrap();
    assert_eq!(free(&client.seats().await.unwrap().value), before + 1);

    let group = client
        .groups()
        .await
        .unwrap()
        .value
        .into_iter()
        .find(|group| !group.built_in)
        .unwrap();
    let quota = Quota {
        code: BundleCode::new("ATTUNU"),
        limit: 3,
    };
    let quotas = [quota];
    client
        .allocate_to_group(group.id, &bundles(&["ATTUNU"]), Some(&quotas), false)
        .await
        .unwrap();
    let rules = client.group_rules(0, 50).await.unwrap().value;
    let rule = rules.items.iter().find(|rule| rule.group == group.id).unwrap();
    assert_eq!(rule.quotas, quotas);
    assert!(sandbox.stats().violations.is_empty());
}

#[tokio::test]
async fn an_automation_suite_with_other_routes_serves_too() {
    let config = sandbox::Config {
        edition: Edition::AutomationSuite,
        routes: sandbox::Routes {
            license: "la".to_owned(),
            ..sandbox::Routes::default()
        },
        ..sandbox::Config::unlimited()
    };
    let sandbox = start(config).await;
    let client = client_of(&sandbox, |config| {
        config.capabilities = Deployment::AutomationSuite.capabilities();
        config.routes.license = "la".to_owned();
        config.credentials = Credentials::Ropc {
            username: "admin".to_owned(),
            password: "sandbox-password".into(),
            tenancy: "host".to_owned(),
        };
    });
    tour(&client).await;
    assert_eq!(
        client.licensed_users(0, 50).await.unwrap_err().failure,
        Failure::Refused
    );
}

#[tokio::test]
async fn the_portal_is_found_in_each_of_its_forms() {
    for portal_form in [PortalForm::Single, PortalForm::Double] {
        let config = sandbox::Config {
            quirks: Quirks {
                portal_form,
                wrapped_listings: true,
                ..Quirks::default()
            },
            ..sandbox::Config::unlimited()
        };
        let sandbox = start(config).await;
        let client = client_of(&sandbox, |_| ());
        assert!(client.licensed_users(0, 50).await.unwrap().value.received > 0);
        assert!(!client.seats().await.unwrap().value.is_empty());
        assert!(client.group_rules(0, 50).await.is_ok());
    }
}

#[tokio::test]
async fn in_bad_weather_everything_repeatable_gets_done() {
    let config = sandbox::Config {
        faults: Faults {
            rate: 0.3,
            kinds: FaultKind::transient()
                .into_iter()
                .filter(|kind| !matches!(kind, FaultKind::RateLimited { .. }))
                .collect(),
            rules: Vec::new(),
        },
        ..sandbox::Config::unlimited()
    };
    let sandbox = start(config).await;
    let client = client_of(&sandbox, |config| config.retry.retries = 12);
    let users = client.users(0, 1000, None).await.unwrap().value.items;
    let update = UserUpdate {
        display_name: Some("Weathered".to_owned()),
        ..UserUpdate::default()
    };
    let updates = users.iter().map(|user| client.update_user(user.id, &update));
    for (user, outcome) in users.iter().zip(join_all(updates).await) {
        assert_eq!(outcome.is_ok(), !user.from_directory, "{outcome:?}");
    }
    assert!(sandbox.stats().faults > 0);
    assert!(client.stats().retries > 0);
}

#[tokio::test]
async fn alone_under_the_published_limits_the_client_meets_no_429_whichever_way_the_window_moves() {
    for kind in [WindowKind::Fixed, WindowKind::Sliding] {
        let scale = 300.0;
        let config = sandbox::Config {
            quotas: Some(Quotas {
                scale,
                kind,
                ..Quotas::default()
            }),
            ..sandbox::Config::default()
        };
        let sandbox = start(config).await;
        let client = client_of(&sandbox, |config| {
            config.limits = Limits::published();
            config.limits.window = Limits::WINDOW.div_f64(scale);
            config.limits.share = 1.0;
        });
        let page = client.users(0, 1000, None).await.unwrap().value.items;
        let user = page.iter().find(|user| !user.from_directory).unwrap().id;
        let updates = (0..400).map(|_| async { client.update_user(user, &UserUpdate::default()).await });
        assert!(join_all(updates).await.iter().all(Result::is_ok));
        assert_eq!(sandbox.stats().rate_limited, 0, "{kind:?}");
        assert_eq!(client.stats().of(Method::Put), 400);
    }
}

#[tokio::test]
async fn when_others_spend_the_budget_the_client_waits_and_goes_on() {
    for retry_after in [
        RetryAfter::Seconds,
        RetryAfter::Date,
        RetryAfter::Reset,
        RetryAfter::Absent,
    ] {
        let scale = 300.0;
        let config = sandbox::Config {
            quotas: Some(Quotas {
                scale,
                retry_after,
                ..Quotas::default()
            }),
            ..sandbox::Config::default()
        };
        let sandbox = start(config).await;
        let client = client_of(&sandbox, |config| {
            config.limits = Limits::published();
            config.limits.window = Limits::WINDOW.div_f64(scale);
        });
        let user = client.users(0, 1000, None).await.unwrap().value.items;
        let user = user.iter().find(|user| !user.from_directory).unwrap().id;
        sandbox.spend_quota("PUT", 160);
        let updates = (0..20).map(|_| async { client.update_user(user, &UserUpdate::default()).await });
        assert!(join_all(updates).await.iter().all(Result::is_ok), "{retry_after:?}");
    }
}

#[tokio::test]
async fn tokens_that_are_revoked_are_renewed_on_the_way() {
    let sandbox = start(sandbox::Config::unlimited()).await;
    let client = client_of(&sandbox, |_| ());
    for _ in 0..3 {
        client.groups().await.unwrap();
        sandbox.revoke_tokens();
    }
    assert_eq!(client.stats().of(Method::Get), 5, "two calls met a 401");
}
