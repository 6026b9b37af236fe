//! The configuration of a sandbox.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::faults::Faults;
use super::quota::Quotas;
use super::{Quirks, World};
use crate::model::{OrganizationId, UserId};

/// A sandbox to be started.
#[derive(Debug, Clone)]
pub struct Config {
    /// The organization's name in URLs.
    pub organization: String,
    /// The organization's GUID; where absent, that of the stored state, or else one made from the seed and the
    /// population.
    pub organization_id: Option<OrganizationId>,
    /// What everything random follows from.
    pub seed: u64,
    /// Where to listen; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// Who lives there when no state is stored.
    pub population: Population,
    /// Who may sign in, and to what.
    pub credentials: Credentials,
    /// Which services answer.
    pub edition: Edition,
    /// Where they answer.
    pub routes: Routes,
    /// What the documents leave open.
    pub quirks: Quirks,
    /// Calls per window and method; `None` counts nothing.
    pub quotas: Option<Quotas>,
    /// What goes wrong.
    pub faults: Faults,
    /// How long an answer takes at least.
    pub latency: Duration,
    /// How much longer it takes at most.
    pub jitter: Duration,
    /// For how long fresh accounts and memberships are not yet readable.
    pub consistency_lag: Duration,
    /// For how long the licence service, and changes of groups, do not know fresh accounts.
    pub account_lag: Duration,
    /// For how long freed seats are not back in their pool.
    pub seat_lag: Duration,
    /// Bodies longer than this many bytes are answered 413.
    pub body_limit: usize,
    /// Where the organization is kept between runs.
    pub state_file: Option<PathBuf>,
    /// Where each request leaves a line.
    pub request_log: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            organization: "sandbox".to_owned(),
            organization_id: None,
            seed: 1,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            population: Population::default(),
            credentials: Credentials::default(),
            edition: Edition::default(),
            routes: Routes::default(),
            quirks: Quirks::default(),
            quotas: Some(Quotas::default()),
            faults: Faults::default(),
            latency: Duration::ZERO,
            jitter: Duration::ZERO,
            consistency_lag: Duration::ZERO,
            account_lag: Duration::ZERO,
            seat_lag: Duration::ZERO,
            body_limit: 28 * 1024 * 1024,
            state_file: None,
            request_log: None,
        }
    }
}

impl Config {
    /// The demo company without quotas: what most tests want.
    pub fn unlimited() -> Self {
        Self {
            quotas: None,
            ..Self::default()
        }
    }

    pub(super) fn organization_guid(&self) -> OrganizationId {
        self.organization_id.unwrap_or_else(|| {
            let population = match &self.population {
                Population::Demo => "demo".to_owned(),
                Population::Generated(people) => format!("generated-{people}"),
                Population::Company(people) => format!("company-{people}"),
                Population::Empty => "empty".to_owned(),
                Population::Given(_) => "given".to_owned(),
            };
            let name = format!("reseat-sandbox:{}:{}:{population}", self.seed, self.organization);
            OrganizationId(uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_DNS, name.as_bytes()))
        })
    }
}

/// Who lives in a new organization.
#[derive(Debug, Clone, Default)]
pub enum Population {
    /// Sixty people of a demo company.
    #[default]
    Demo,
    /// This many generated people.
    Generated(usize),
    /// This many people of a company in which a quarter is licensed, directly or by groups' rules.
    Company(usize),
    /// Nobody; only the built-in groups.
    Empty,
    /// Exactly this world.
    Given(Box<World>),
}

/// What the identity service accepts as proof of who calls. Nothing here is secret.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The external application's id.
    pub client_id: String,
    /// The external application's secret.
    pub client_secret: String,
    /// A personal access token.
    pub personal_access_token: String,
    /// User name and password of the ROPC route.
    pub username: String,
    /// See `username`.
    pub password: String,
    /// The scopes that the application is registered with.
    pub scopes: Vec<String>,
    /// How long a token lasts.
    pub token_lifetime: Duration,
    /// The account the tokens say they act as (`sub`); an application has none.
    pub acting_user: Option<UserId>,
}

impl Default for Credentials {
    fn default() -> Self {
        let resources = ["PM.User", "PM.Group", "PM.RobotAccount", "PM.License", "PM.Setting"];
        let mut scopes = vec!["PM.Directory.Read".to_owned(), "PM.Audit.Read".to_owned()];
        for resource in resources {
            scopes.extend(["", ".Read", ".Write"].map(|access| format!("{resource}{access}")));
        }
        Self {
            client_id: "5a4db0c5-0000-4000-8000-000000000001".to_owned(),
            client_secret: "sandbox-secret".to_owned(),
            personal_access_token: "rt_sandbox".to_owned(),
            username: "admin".to_owned(),
            password: "sandbox-password".to_owned(),
            scopes,
            token_lifetime: Duration::from_hours(1),
            acting_user: None,
        }
    }
}

/// Which services a deployment has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Edition {
    /// All of them.
    #[default]
    Cloud,
    /// Identity and the licence accountant without quota rules; no portal, no licence summary.
    AutomationSuite,
}

/// Where the licence accountant and the portal answer; `{org}` stands for the organization's segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routes {
    /// The licence accountant.
    pub license: String,
    /// The portal.
    pub portal: String,
}

impl Default for Routes {
    fn default() -> Self {
        Self {
            license: "{org}/lease_".to_owned(),
            portal: "{org}/portal_".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_seed_or_population_is_another_organization_and_the_same_is_the_same() {
        let guid = |seed, population| {
            let config = Config {
                seed,
                population,
                ..Config::default()
            };
            config.organization_guid()
        };
        let all = [
            guid(1, Population::Demo),
            guid(2, Population::Demo),
            guid(1, Population::Empty),
            guid(1, Population::Generated(10)),
            guid(1, Population::Generated(11)),
            guid(1, Population::Company(11)),
        ];
        let different: std::collections::BTreeSet<String> = all.iter().map(ToString::to_string).collect();
        assert_eq!(different.len(), all.len());
        assert_eq!(guid(1, Population::Demo), all[0]);
    }
}
