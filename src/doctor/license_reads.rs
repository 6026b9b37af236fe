//! By which routes licences can be read, and what does not work where none tells something.

use strum::{EnumIter, IntoStaticStr};

use super::reading::{Granted, Reading, Route, RouteAnswer, blame};
use super::refusal::help_for;
use super::{Blame, Check, Finding, Outcome};
use crate::api::{AllocationRoute, CallError, ErrorCode, OwnCode, ReleaseRoute};
use crate::text::joined;

/// Something that is read of licences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum LicenseRead {
    /// The organization's bundles and their seats.
    Seats,
    /// What people hold directly.
    Holdings,
    /// Which licences groups' rules give.
    Rules,
    /// Who holds seats by groups' rules.
    Leases,
}

impl LicenseRead {
    /// What it is called.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The routes that tell it, in the order in which they are taken.
    pub fn routes(self) -> &'static [Route] {
        match self {
            Self::Seats => &[Route::PortalSeats, Route::Seats, Route::Summary],
            Self::Holdings => &[Route::PortalHolders, Route::LicensesOfMany, Route::LicensesOfOne],
            Self::Rules => &[Route::Rules, Route::PortalRules],
            Self::Leases => &[Route::Leases],
        }
    }

    /// What does not work without it.
    pub fn without(self) -> &'static str {
        match self {
            Self::Seats => {
                "a plan cannot tell how many seats are free, and codes that reseat does not know have to stand in `bundle_codes`"
            }
            Self::Holdings => {
                "rows that have to know what a person holds cannot run: `add-licenses`, `remove-licenses`, `offboard`, `migrate` \
                 without `licenses`; `export licenses` and `rebalance` see nobody"
            }
            Self::Rules => "`export groups` cannot tell rules, and a plan not who inherits licences from a group",
            Self::Leases => {
                "`rebalance` cannot find idle seats that people hold by a group's rule, and `release-lease` cannot see them"
            }
        }
    }

    /// The same in a sentence that names it.
    pub(super) fn consequence(self) -> String {
        format!("without {}, {}", self.as_str(), self.without())
    }

    /// What is made of the answers of its routes. `taken` says by which of them a run reads, where it is known.
    pub fn judged(self, readings: &[Reading], taken: Option<&str>, granted: Granted<'_>) -> Finding {
        let tell = |reading: &&Reading| reading.is_data();
        let telling: Vec<&str> = readings
            .iter()
            .filter(tell)
            .map(|reading| reading.route.as_str())
            .collect();
        if !telling.is_empty() {
            let what = match taken {
                Some(taken) => format!("can be read; a run takes {taken}"),
                None => format!("can be read, by {}", joined(&telling, telling.len())),
            };
            return self.finding(Outcome::Ok, what);
        }
        let errors: Vec<&CallError> = readings
            .iter()
            .filter_map(|reading| match &reading.answer {
                RouteAnswer::Failed(error) => Some(error),
                _ => None,
            })
            .collect();
        let Some(first) = errors.first() else {
            return self.left_open(readings);
        };
        let does_without = readings.iter().any(|reading| granted.does_without(reading.route));
        let is_certain = readings.iter().all(|reading| match &reading.answer {
            RouteAnswer::Failed(error) => !is_passing(error),
            RouteAnswer::Open(_) => true,
            RouteAnswer::Data(_) | RouteAnswer::Held(..) | RouteAnswer::Unanswered(_) => false,
        });
        let is_forbidden = |error: &&CallError| error.status == Some(403);
        // Routes that do not exist here say nothing of what the application may do.
        let all_forbidden = errors.iter().any(is_forbidden)
            && errors
                .iter()
                .all(|error| is_forbidden(error) || error.shows_no_such_route());
        let first = errors
            .iter()
            .copied()
            .find(is_forbidden)
            .filter(|_| all_forbidden)
            .unwrap_or(first);
        let outcome = match blame(first) {
            _ if !is_certain || does_without => Outcome::Warning,
            Blame::Permission if all_forbidden => Outcome::Failed(Blame::Permission),
            Blame::SignIn if first.status == Some(401) => Outcome::Failed(Blame::SignIn),
            _ if first.code == ErrorCode::Own(OwnCode::NoAccountLicense) => Outcome::Failed(Blame::Surroundings),
            _ => Outcome::Warning,
        };
        let what = if is_certain {
            "no route tells them here"
        } else {
            "whether they can be read could not be found out"
        };
        let mut finding = self
            .finding(outcome, what.to_owned())
            .with_detail(told_by(readings))
            .with_detail(self.consequence());
        finding.help = help_for(first, granted.scope_of(self.routes()[0]));
        finding
    }

    /// None of its routes was asked to an end.
    fn left_open(self, readings: &[Reading]) -> Finding {
        let held = readings
            .iter()
            .find(|reading| matches!(reading.answer, RouteAnswer::Held(..) | RouteAnswer::Unanswered(_)));
        match held {
            Some(reading) => {
                let what = format!("whether they can be read could not be found out ({})", reading.words());
                let mut finding = self.finding(Outcome::Warning, what);
                finding.help.extend(reading.again());
                finding
            }
            None => {
                let why = readings
                    .last()
                    .map_or_else(|| "no route was asked".to_owned(), Reading::words);
                self.finding(Outcome::Skipped, why)
            }
        }
    }

    fn finding(self, outcome: Outcome, what: String) -> Finding {
        Finding::new(Check::LicenseReads, outcome, what).about(self.as_str())
    }
}

/// Whether it may be otherwise in a while.
fn is_passing(error: &CallError) -> bool {
    error.status.is_none() || matches!(error.status, Some(408 | 425 | 429 | 500..=599))
}

/// How a run reads what people hold.
pub fn allocation_route_words(route: AllocationRoute) -> &'static str {
    match route {
        AllocationRoute::ManyUsers => "licenses-of-many",
        AllocationRoute::OneUser => "licenses-of-one for a few people, and portal-holders for more",
        AllocationRoute::OneUserOnly => "licenses-of-one, a call for each person",
        AllocationRoute::Listing => "portal-holders",
    }
}

/// What several routes answered, in few words: `seats and rules: 403; summary: a web page, 200`.
fn told_by<'a>(readings: impl IntoIterator<Item = &'a Reading>) -> String {
    let mut by_words = Vec::<(String, Vec<&str>)>::new();
    let told = |reading: &&Reading| !matches!(reading.answer, RouteAnswer::Open(_));
    for reading in readings.into_iter().filter(told) {
        let words = reading.in_brief();
        match by_words.iter_mut().find(|(known, _)| *known == words) {
            Some((_, routes)) => routes.push(reading.route.as_str()),
            None => by_words.push((words, vec![reading.route.as_str()])),
        }
    }
    let told = by_words
        .iter()
        .map(|(words, routes)| format!("{}: {words}", joined(routes, routes.len())));
    told.collect::<Vec<_>>().join("; ")
}

/// What is made of how direct licences are released here, which cannot be tried without releasing some. `readings` are
/// those of all routes.
pub fn releases(route: ReleaseRoute, readings: &[Reading], granted: Granted<'_>) -> Finding {
    const CANNOT: &str = "`release-licenses`, and `remove-licenses` of all that somebody holds, cannot run, and `offboard` leaves what people \
         hold directly";
    let finding = |outcome, what: String| Finding::new(Check::LicenseReads, outcome, what).about("releases");
    let of_portal = || readings.iter().filter(|reading| PORTAL.contains(&reading.route));
    match route {
        ReleaseRoute::LicenseService => finding(
            Outcome::Skipped,
            "are made by the licence service's own route, as there is no portal; it is meant for services, so only a run shows \
             whether it is open to the application"
                .to_owned(),
        ),
        _ if of_portal().any(Reading::is_data) => {
            finding(Outcome::Ok, "are made by the portal, which answers".to_owned())
        }
        ReleaseRoute::MissingPortal => finding(
            Outcome::Warning,
            format!("are made by the portal only, which does not answer: {CANNOT}"),
        )
        .with_help(
            "where the installation has a portal, check `portal` under `routes`; where it has none, say so with \
             `deployment = \"automation-suite\"`",
        ),
        ReleaseRoute::Portal => {
            let refusal = of_portal().find_map(|reading| match &reading.answer {
                RouteAnswer::Failed(error) if !is_passing(error) => Some((reading.route, error)),
                _ => None,
            });
            let mut found = match refusal {
                Some(_) => finding(
                    Outcome::Warning,
                    format!("are made by the portal only, which refuses what it was asked: {CANNOT}"),
                ),
                None => finding(
                    Outcome::Warning,
                    "are made by the portal only, and whether it lets them through could not be found out".to_owned(),
                ),
            };
            found = found.with_detail(told_by(of_portal()));
            found.help = match refusal {
                Some((route, error)) => help_for(error, granted.scope_of(route)),
                None => of_portal()
                    .map(|reading| reading.help_with(granted))
                    .find(|help| !help.is_empty())
                    .unwrap_or_default(),
            };
            found
        }
    }
}

/// The routes of the portal.
const PORTAL: [Route; 3] = [Route::PortalSeats, Route::PortalHolders, Route::PortalRules];

/// The routes of the licence service, to which licences are given as well. Leases are asked of the portal too.
const LICENSE_SERVICE: [Route; 4] = [Route::Seats, Route::LicensesOfMany, Route::LicensesOfOne, Route::Rules];

/// How it stands with the licence service, which is the only one that gives licences.
#[derive(Debug, Clone, Copy)]
pub enum LicenseService<'a> {
    /// It answers, or nobody knows.
    Answers,
    /// There is nothing of it below its prefix.
    Missing,
    /// None of its routes answers with data; this came instead.
    Failing(&'a Reading),
}

impl<'a> LicenseService<'a> {
    /// As all its routes answered.
    pub fn of(readings: &'a [Reading]) -> Self {
        let of_it = || {
            readings
                .iter()
                .filter(|reading| LICENSE_SERVICE.contains(&reading.route))
        };
        let is_there = |reading: &Reading| match &reading.answer {
            RouteAnswer::Data(_) | RouteAnswer::Held(..) => true,
            RouteAnswer::Failed(error) => error.code == ErrorCode::Own(OwnCode::NoAccountLicense),
            RouteAnswer::Unanswered(_) | RouteAnswer::Open(_) => false,
        };
        if of_it().any(is_there) {
            return Self::Answers;
        }
        let errors = || {
            of_it().filter_map(|reading| match &reading.answer {
                RouteAnswer::Failed(error) => Some((reading, error)),
                _ => None,
            })
        };
        let is_missing = |error: &CallError| error.is_page() || matches!(error.status, Some(404 | 405 | 410 | 501));
        let is_unanswered = |reading: &&Reading| matches!(reading.answer, RouteAnswer::Unanswered(_));
        // What is there and fails says more than what is missing.
        let failing = errors()
            .find(|(_, error)| !is_missing(error))
            .map(|(reading, _)| reading);
        match failing.or_else(|| of_it().find(is_unanswered)) {
            Some(reading) => Self::Failing(reading),
            None if errors().next().is_some() => Self::Missing,
            None => Self::Answers,
        }
    }

    /// Whether it is known not to answer as a run needs it.
    pub fn is_lost(self) -> bool {
        !matches!(self, Self::Answers)
    }

    /// Whether licences are given and told by it through this route.
    pub fn has(route: Route) -> bool {
        LICENSE_SERVICE.contains(&route)
    }

    /// What is made of it, where it is lost. `prefix` is where it was asked, `elsewhere` below which prefix it answers.
    pub fn judged(
        self,
        readings: &[Reading],
        prefix: &str,
        elsewhere: Option<&str>,
        granted: Granted<'_>,
    ) -> Option<Finding> {
        let (outcome, help) = match self {
            Self::Answers => return None,
            Self::Missing => (
                Outcome::Failed(Blame::Surroundings),
                vec![match elsewhere {
                    Some(elsewhere) => format!(
                        "below `{elsewhere}` it answers: write `license = \"{elsewhere}\"` under `[profile.NAME.routes]`"
                    ),
                    None => "it does not answer below the other prefixes that are known either: check `license` under `routes`, and that \
                             the installation has user licence management"
                        .to_owned(),
                }],
            ),
            Self::Failing(reading) => {
                let outcome = match &reading.answer {
                    RouteAnswer::Failed(_) if granted.does_without(reading.route) => Outcome::Warning,
                    RouteAnswer::Failed(error) => Outcome::Failed(blame(error)),
                    _ => Outcome::Failed(Blame::Surroundings),
                };
                (outcome, reading.help_with(granted))
            }
        };
        let how = match self {
            Self::Failing(_) => "no call to the licence service is answered with data",
            Self::Missing | Self::Answers => "nothing of the licence service answers",
        };
        let what = format!("{how} below `{prefix}`, so rows that give or take licences would fail");
        let of_it = readings.iter().filter(|reading| Self::has(reading.route));
        let mut finding = Finding::new(Check::Route, outcome, what)
            .about("licence service")
            .with_detail(told_by(of_it));
        finding.help = help;
        Some(finding)
    }
}
