use std::collections::BTreeMap;
use std::time::Duration;

use reseat::sandbox::{Config, Quotas, RetryAfter, WindowKind};
use serde_json::json;

use crate::support::{ANNA, Organization, organization, with};

async fn limited(calls: &[(&'static str, u64)], change: impl FnOnce(&mut Quotas)) -> Organization {
    let mut quotas = Quotas {
        calls: calls.iter().copied().collect::<BTreeMap<_, _>>(),
        ..Quotas::default()
    };
    change(&mut quotas);
    with(Config {
        quotas: Some(quotas),
        ..Config::default()
    })
    .await
}

fn groups(organization: &Organization) -> String {
    format!("identity_/api/Group/{}", organization.id())
}

#[tokio::test]
async fn the_published_quotas_hold_unless_told_otherwise() {
    let organization = with(Config::default()).await;
    let user = format!("identity_/api/User/{}", organization.user(ANNA));
    for _ in 0..160 {
        assert_eq!(organization.send("PUT", &user, json!({})).await.status, 200);
    }
    assert_eq!(organization.send("PUT", &user, json!({})).await.status, 429);
    assert_eq!(organization.get(&user).await.status, 200);
    assert_eq!(
        (
            organization.sandbox.stats().rate_limited,
            organization.sandbox.stats().route("update-user")
        ),
        (1, 161)
    );
}

#[tokio::test]
async fn only_the_identity_service_counts_calls() {
    let organization = limited(&[("PUT", 0), ("GET", 0)], |_| {}).await;
    assert_eq!(organization.get(&groups(&organization)).await.status, 429);
    assert_eq!(
        organization
            .get("portal_/api/license/accountant/UserLicense")
            .await
            .status,
        200
    );
    let body = json!({"userIds": [organization.user(ANNA)], "userBundleCodes": ["ATTUNU"]});
    assert_eq!(organization.allocate(body).await.status, 200);
}

#[tokio::test]
async fn a_429_tells_the_time_to_wait_as_configured() {
    for (retry_after, header) in [
        (RetryAfter::Seconds, "retry-after"),
        (RetryAfter::Date, "retry-after"),
        (RetryAfter::Reset, "ratelimit-reset"),
        (RetryAfter::Absent, ""),
    ] {
        let organization = limited(&[("GET", 0)], |quotas| quotas.retry_after = retry_after).await;
        let reply = organization.get(&groups(&organization)).await;
        let told: Vec<&str> = ["retry-after", "ratelimit-reset"]
            .into_iter()
            .filter(|name| !reply.header(name).is_empty())
            .collect();
        assert_eq!((reply.status, told.join(" ").as_str()), (429, header));
        if retry_after == RetryAfter::Date {
            assert!(reply.header(header).ends_with(" GMT"));
        } else if !header.is_empty() {
            let seconds: u64 = reply.header(header).parse().unwrap();
            assert!((1..=300).contains(&seconds));
        }
    }
}

#[tokio::test]
async fn others_spend_the_same_budget() {
    let organization = limited(&[("GET", 5)], |_| {}).await;
    organization.sandbox.spend_quota("GET", 4);
    assert_eq!(organization.get(&groups(&organization)).await.status, 200);
    assert_eq!(organization.get(&groups(&organization)).await.status, 429);
    organization.sandbox.spend_quota("GET", 400);
}

#[tokio::test]
async fn a_scaled_clock_opens_the_window_again_soon() {
    for kind in [WindowKind::Fixed, WindowKind::Sliding] {
        let organization = limited(&[("GET", 1)], |quotas| {
            quotas.scale = 1000.0;
            quotas.kind = kind;
        })
        .await;
        let mut served = 0;
        while served < 3 {
            match organization.get(&groups(&organization)).await.status {
                200 => served += 1,
                status => assert_eq!(status, 429),
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

#[tokio::test]
async fn the_stats_count_by_service_and_method_and_by_route() {
    let organization = organization().await;
    organization.get(&groups(&organization)).await;
    organization.get("portal_/api/license/accountant/UserLicense").await;
    organization.get("no/such/route").await;
    let stats = organization.sandbox.stats();
    assert_eq!(
        (
            stats.calls("identity", "GET"),
            stats.calls("portal", "GET"),
            stats.calls("none", "GET")
        ),
        (1, 1, 1)
    );
    assert_eq!((stats.route("list-groups"), stats.total()), (1, 3));
    organization.sandbox.reset_stats();
    assert_eq!(organization.sandbox.stats().total(), 0);
}

#[tokio::test]
async fn the_most_requests_at_once_are_remembered() {
    let organization = with(Config {
        latency: Duration::from_millis(100),
        ..Config::unlimited()
    })
    .await;
    let path = groups(&organization);
    let replies = futures::future::join_all((0..5).map(|_| organization.get(&path))).await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    assert_eq!(organization.sandbox.stats().peak_concurrency, 5);
}
