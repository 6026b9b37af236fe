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
        let all_forbidden = errors.iter().all(|error| error.status == Some(403));
        let outcome = match blame(first) {
            _ if !is_certain || does_without => Outcome::Warning,
            Blame::Permission if all_forbidden => Outcome::Failed(Blame::Permission),
            Blame::SignIn if first.status == Some(401) => Outcome::Failed(Blame::SignIn),
            _ if first.code == ErrorCode::Own(OwnCode::NoAccountLicense) => Outcome::Failed(Blame::Surroundings),
            _ => Outcome::Warning,
        };
        let what = if is_certain {
            format!("no route tells them here ({})", first.message)
        } else {
            format!("whether they can be read could not be found out ({})", first.message)
        };
        let mut finding = self
            .finding(outcome, what)
            .with_detail(format!("without them, {}", self.without()));
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

/// What is made of how direct licences are released here, which cannot be tried without releasing some.
pub fn releases(route: ReleaseRoute) -> Finding {
    let (outcome, what) = match route {
        ReleaseRoute::Portal => (Outcome::Ok, "are made by the portal, which answers"),
        ReleaseRoute::MissingPortal => (
            Outcome::Warning,
            "are made by the portal only, which does not answer: `release-licenses`, and `remove-licenses` of all that somebody \
             holds, cannot run, and `offboard` leaves what people hold directly",
        ),
        ReleaseRoute::LicenseService => (
            Outcome::Skipped,
            "are made by the licence service's own route, as there is no portal; it is meant for services, so only a run shows \
             whether it is open to the application",
        ),
    };
    let finding = Finding::new(Check::LicenseReads, outcome, what).about("releases");
    match route {
        ReleaseRoute::MissingPortal => finding.with_help(
            "where the installation has a portal, check `portal` under `routes`; where it has none, say so with \
             `deployment = \"automation-suite\"`",
        ),
        ReleaseRoute::Portal | ReleaseRoute::LicenseService => finding,
    }
}

/// What is made of a licence service of which no route answers with data. `elsewhere` is the prefix below which one does.
pub fn no_license_service(prefix: &str, error: &CallError, elsewhere: Option<&str>) -> Finding {
    let what = format!(
        "nothing of the licence service answers below `{prefix}`, so rows that give or take licences would fail"
    );
    let finding = Finding::new(Check::Route, Outcome::Failed(Blame::Surroundings), what)
        .about("licence service")
        .with_detail(error.message.clone());
    match elsewhere {
        Some(elsewhere) => finding.with_help(format!(
            "below `{elsewhere}` it answers: write `license = \"{elsewhere}\"` under `[profile.NAME.routes]`"
        )),
        None => finding.with_help(
            "neither does it below the other prefixes that are known: check `license` under `routes`, and that the installation \
             has user licence management",
        ),
    }
}
