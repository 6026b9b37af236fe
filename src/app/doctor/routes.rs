//! What each route answers that reseat reads by, and what that means for the reading of licences.

use std::time::Duration;

use super::asking::{Asked, Asking};
use super::findings::Findings;
use crate::api::{
    Allocation, Answer, CallError, Certainty, Client, Group, GroupRule, LicensedUser, Page, Routes, Seats, User,
};
use crate::directory::{ReadError, ReadOptions, Reader};
use crate::doctor::{
    Check, Granted, LicenseRead, LicenseService, Reading, Route, RouteAnswer, allocation_route_words, nothing_answered,
    releases,
};
use crate::event::{Method, Service, silent};
use crate::model::{GroupId, UserId};
use crate::settings::Settings;
use crate::text::plural;

/// A name that nobody has (RFC 2606), to be looked up.
pub(super) const NOBODY: &str = "reseat-doctor@example.invalid";

/// How many users are listed: enough to have some whose licences can be asked for.
pub(super) const SOME_USERS: u32 = 20;

/// How many people's licences are asked for at once: a route that answers for a few answers for many.
const FEW: usize = 5;

/// Below which prefixes the licence service is known (`uipath-api`, 1.2).
const PREFIXES: [&str; 4] = ["{org}/lease_", "lease_", "{org}/la", "la"];

const NO_PORTAL: &str = "not asked: this kind of deployment has no portal";

const GET_IDENTITY: (Service, Method) = (Service::Identity, Method::Get);
const GET_LICENSE: (Service, Method) = (Service::License, Method::Get);
const GET_PORTAL: (Service, Method) = (Service::Portal, Method::Get);

/// What is looked at, and with what.
pub(super) struct Looking<'a, 'c> {
    pub(super) client: &'a Client,
    pub(super) settings: &'a Settings,
    pub(super) read: ReadOptions,
    pub(super) asking: &'a Asking,
    pub(super) granted: Granted<'a>,
    pub(super) findings: &'a mut Findings<'c>,
}

/// Whom and what the routes can be asked about.
#[derive(Default)]
struct Samples {
    users: Vec<UserId>,
    holders: Vec<Allocation>,
    groups: Vec<GroupId>,
    /// A group that has a rule.
    with_rule: Option<GroupId>,
}

impl Looking<'_, '_> {
    /// Looks at all of them, the listing of users having been asked already; returns the licence service's prefix, if it
    /// answers below another one than is configured.
    pub(super) async fn at_routes(&mut self, first: &Asked<Answer<Page<User>>>) -> Option<String> {
        let mut samples = Samples::default();
        let users = first.of_route(|listed| {
            let page = &listed.value;
            RouteAnswer::Data(counted(page, "account"))
        });
        if let Some(listed) = first.answer() {
            samples.users = listed
                .value
                .items
                .iter()
                .map(|user| user.id)
                .take(SOME_USERS as usize)
                .collect();
        }
        let nothing_came = match &users {
            RouteAnswer::Unanswered(_) => true,
            RouteAnswer::Failed(error) => error.status.is_none(),
            RouteAnswer::Data(_) | RouteAnswer::Held(..) | RouteAnswer::Open(_) => false,
        };
        let users = reading(Route::Users, users, first.took);
        self.findings.add(users.judged_alone(self.granted));
        if nothing_came {
            self.findings.skip(
                &[Check::Route, Check::LicenseReads],
                "the others were not tried, because no answer came from the first",
            );
            return None;
        }
        let mut readings = vec![users];
        readings.extend(self.directory(&mut samples).await);
        let seats = self.seats().await;
        let holdings = self.holdings(&mut samples).await;
        let taken = self.allocation_route(&samples).await;
        let rules = self.rules(&mut samples).await;
        let leases = vec![self.leases(&samples).await];
        let of_licenses = [
            (LicenseRead::Seats, seats, None),
            (LicenseRead::Holdings, holdings, taken),
            (LicenseRead::Rules, rules, None),
            (LicenseRead::Leases, leases, None),
        ];
        readings.extend(of_licenses.iter().flat_map(|(_, readings, _)| readings.iter().cloned()));
        let elsewhere = self.license_service(&readings).await;
        let service = LicenseService::of(&readings);
        for (what, of_it, taken) in &of_licenses {
            for reading in of_it {
                let by_another = of_it
                    .iter()
                    .any(|other| other.route != reading.route && other.is_data());
                // Licences are given by the same service, so what it does not answer is missed.
                let is_missed = service.is_lost() && LicenseService::has(reading.route);
                self.findings
                    .add(reading.judged_among_others(by_another && !is_missed, self.granted));
            }
            self.findings.add(what.judged(of_it, *taken, self.granted));
        }
        self.findings
            .add(releases(self.client.release_route(), &readings, self.granted));
        if !readings.iter().any(Reading::is_data) && !self.findings.has_failed(Check::Route) {
            self.findings.add(nothing_answered(&readings));
        }
        elsewhere
    }

    /// Asks the routes of the directory that come after the listing of users, and says what is made of them.
    async fn directory(&mut self, samples: &mut Samples) -> [Reading; 2] {
        let groups = self.asking.ask(GET_IDENTITY, self.client.groups()).await;
        if let Some(groups) = groups.answer() {
            samples.groups = some_groups(&groups.value);
        }
        let found = groups.of_route(|groups| RouteAnswer::Data(plural(groups.value.len(), "group")));
        let groups = reading(Route::Groups, found, groups.took);
        self.findings.add(groups.judged_alone(self.granted));
        let resolving = self.client.resolve_names(&[NOBODY]);
        let names = self.asking.ask((Service::Identity, Method::Post), resolving).await;
        let found = names.of_route(|_| RouteAnswer::Data("what was found of a name".to_owned()));
        let names = reading(Route::Names, found, names.took);
        self.findings.add(names.judged_alone(self.granted));
        [groups, names]
    }

    fn has_portal(&self) -> bool {
        self.read.capabilities.portal
    }

    async fn seats(&self) -> Vec<Reading> {
        let client = self.client;
        let bundles = |seats: &Answer<Vec<Seats>>| RouteAnswer::Data(plural(seats.value.len(), "bundle"));
        let portals = if self.has_portal() {
            Some(self.asking.ask(GET_PORTAL, client.portals_seats()).await)
        } else {
            None
        };
        let own = self.asking.ask(GET_LICENSE, client.license_services_seats()).await;
        let summary = self.asking.ask(GET_LICENSE, client.summary_of_seats()).await;
        // The one that other commands read, whose codes are then remembered.
        let read = portals.as_ref().and_then(Asked::answer);
        if let Some(seats) = read.or(own.answer()).or(summary.answer()) {
            client.keep_inventory(seats.value.clone());
        }
        let portal = match &portals {
            Some(asked) => reading(
                Route::PortalSeats,
                asked.of_route(|seats| self.below_prefix(bundles(seats))),
                asked.took,
            ),
            None => unasked(Route::PortalSeats, NO_PORTAL),
        };
        vec![
            portal,
            reading(Route::Seats, own.of_route(bundles), own.took),
            reading(Route::Summary, summary.of_route(bundles), summary.took),
        ]
    }

    /// The same, with the prefix below which the portal answers, of which two are known.
    fn below_prefix(&self, answer: RouteAnswer) -> RouteAnswer {
        match (answer, self.client.portal_prefix()) {
            (RouteAnswer::Data(what), Some(prefix)) => RouteAnswer::Data(format!("{what}, below `{prefix}`")),
            (answer, _) => answer,
        }
    }

    async fn holdings(&self, samples: &mut Samples) -> Vec<Reading> {
        let client = self.client;
        let portal = if self.has_portal() {
            let asked = self.asking.ask(GET_PORTAL, client.licensed_users(0, 50)).await;
            if let Some(listed) = asked.answer() {
                samples.holders = holders(&listed.value);
            }
            let answer =
                asked.of_route(|listed| self.below_prefix(RouteAnswer::Data(counted(&listed.value, "licensed user"))));
            reading(Route::PortalHolders, answer, asked.took)
        } else {
            unasked(Route::PortalHolders, NO_PORTAL)
        };
        let mut people: Vec<UserId> = samples.holders.iter().map(|held| held.user).take(FEW).collect();
        people.extend(samples.users.iter().take(FEW));
        people.sort_unstable();
        people.dedup();
        let Some(one) = samples
            .holders
            .first()
            .map(|held| held.user)
            .or_else(|| people.first().copied())
        else {
            let nobody = "not asked: nobody is known to ask about";
            return vec![
                portal,
                unasked(Route::LicensesOfMany, nobody),
                unasked(Route::LicensesOfOne, nobody),
            ];
        };
        let many = self
            .asking
            .ask((Service::License, Method::Post), client.licenses_of_users(&people))
            .await;
        let of_many = many.of_route(|held| RouteAnswer::Data(plural(held.value.len(), "holding")));
        let single = self.asking.ask(GET_LICENSE, client.allocation_of_user(one)).await;
        let of_one = single.of_route(|held| match &held.value {
            Some(_) => RouteAnswer::Data("one person's licences".to_owned()),
            None => RouteAnswer::Open(
                "answers as for a person without licences, which is also how an installation answers that has no such route",
            ),
        });
        vec![
            portal,
            reading(Route::LicensesOfMany, of_many, many.took),
            reading(Route::LicensesOfOne, of_one, single.took),
        ]
    }

    /// By which route a run would read what people hold; what an earlier command remembers of it is tried anew.
    async fn allocation_route(&self, samples: &Samples) -> Option<&'static str> {
        let client = self.client;
        let people: Vec<UserId> = match samples.users.as_slice() {
            [] => samples.holders.iter().map(|held| held.user).take(FEW).collect(),
            users => users.to_vec(),
        };
        if people.is_empty() {
            return None;
        }
        let remembered = client.lasting_allocation_route();
        client.forget_allocation_route();
        let observer = silent();
        let finding = async {
            match Reader::new(client, &self.read, &observer)
                .find_allocation_route(&people)
                .await
            {
                Ok(()) => Ok(true),
                Err(ReadError::NoAllocations { .. } | ReadError::Nobody | ReadError::Groups) => Ok(false),
                Err(ReadError::Call { source, .. } | ReadError::NoHolders { source, .. }) => Err(source),
            }
        };
        let asked = self.asking.ask((Service::License, Method::Post), finding).await;
        // What could not be found out for sure leaves what is remembered as it was.
        if let (None, Some(route)) = (asked.answer(), remembered) {
            client.keep_allocation_route(route, Certainty::Lasting);
        }
        client.allocation_route().map(allocation_route_words)
    }

    async fn rules(&self, samples: &mut Samples) -> Vec<Reading> {
        let client = self.client;
        let capabilities = self.read.capabilities;
        let with_quotas = if capabilities.group_quotas {
            let asked = self.asking.ask(GET_LICENSE, client.group_rules(0, 50)).await;
            samples.with_rule = asked.answer().and_then(|rules| leasing(&rules.value));
            let answer = asked.of_route(|rules| RouteAnswer::Data(counted(&rules.value, "rule")));
            reading(Route::Rules, answer, asked.took)
        } else {
            unasked(
                Route::Rules,
                "not asked: this kind of deployment has no listing of rules with quotas",
            )
        };
        let portal = if self.has_portal() {
            let asked = self.asking.ask(GET_PORTAL, client.portals_group_rules(0, 50)).await;
            samples.with_rule = samples
                .with_rule
                .or_else(|| asked.answer().and_then(|rules| leasing(&rules.value)));
            let answer = asked.of_route(|rules| self.below_prefix(RouteAnswer::Data(counted(&rules.value, "rule"))));
            reading(Route::PortalRules, answer, asked.took)
        } else {
            unasked(Route::PortalRules, NO_PORTAL)
        };
        vec![with_quotas, portal]
    }

    async fn leases(&self, samples: &Samples) -> Reading {
        let Some(group) = samples.with_rule.or_else(|| samples.groups.first().copied()) else {
            return unasked(Route::Leases, "not asked: no group is known to ask about");
        };
        let asked = self.asking.ask(GET_LICENSE, self.client.leases(group, 0, 1)).await;
        let answer = match asked.of_route(|leases| RouteAnswer::Data(counted(&leases.value, "holder"))) {
            RouteAnswer::Failed(error) if samples.with_rule.is_none() && is_unknown(&error) => RouteAnswer::Open(
                "cannot be tried: no group is known to have a licence rule, so nobody holds a seat by one",
            ),
            answer => answer,
        };
        reading(Route::Leases, answer, asked.took)
    }

    /// Where nothing of the licence service answers it is looked for elsewhere; says what is made of it, and returns the
    /// prefix below which it answers, if that is another one.
    async fn license_service(&mut self, readings: &[Reading]) -> Option<String> {
        let service = LicenseService::of(readings);
        let configured = &self.settings.routes.license;
        let elsewhere = match service {
            LicenseService::Missing => self.prefix_elsewhere(configured).await,
            LicenseService::Answers | LicenseService::Failing(_) => None,
        };
        if let Some(finding) = service.judged(readings, configured, elsewhere, self.granted) {
            self.findings.add(finding);
        }
        elsewhere.map(str::to_owned)
    }

    async fn prefix_elsewhere(&self, configured: &str) -> Option<&'static str> {
        for prefix in PREFIXES.into_iter().filter(|prefix| *prefix != configured) {
            let routes = Routes {
                license: prefix.to_owned(),
                ..self.settings.routes.clone()
            };
            let other = self.client.at(self.client.organization_name().to_owned(), routes);
            let asked = self.asking.ask(GET_LICENSE, other.license_services_seats()).await;
            if asked.answer().is_some() {
                return Some(prefix);
            }
        }
        None
    }
}

fn reading(route: Route, answer: RouteAnswer, took: Duration) -> Reading {
    Reading {
        route,
        answer,
        took: Some(took),
    }
}

fn unasked(route: Route, why: &'static str) -> Reading {
    Reading {
        route,
        answer: RouteAnswer::Open(why),
        took: None,
    }
}

/// How many there are in all, or at least.
fn counted<T>(page: &Page<T>, noun: &str) -> String {
    match page.total {
        Some(total) => plural(total, noun),
        None => format!("{} on the first page", plural(page.items.len(), noun)),
    }
}

fn holders(page: &Page<LicensedUser>) -> Vec<Allocation> {
    let held = page.items.iter().map(|user| &user.held);
    held.filter(|held| !held.is_orphan).cloned().collect()
}

/// A group by whose rule somebody holds a seat, or else one that has a rule.
fn leasing(page: &Page<GroupRule>) -> Option<GroupId> {
    let in_use = |rule: &&GroupRule| rule.in_use.values().any(|count| *count > 0);
    let rules = || page.items.iter().filter(|rule| !rule.is_empty());
    let rule = rules().find(in_use).or_else(|| rules().next());
    rule.map(|rule| rule.group)
}

/// Groups that may have a rule, those of the organization's own first.
fn some_groups(groups: &[Group]) -> Vec<GroupId> {
    let own = groups.iter().filter(|group| !group.built_in);
    let built_in = groups.iter().filter(|group| group.built_in);
    own.chain(built_in).map(|group| group.id).collect()
}

fn is_unknown(error: &CallError) -> bool {
    error.status == Some(404) && !error.is_page()
}
