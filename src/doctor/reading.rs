//! What the routes answered that reseat reads by.

use std::time::Duration;

use strum::{EnumIter, IntoStaticStr};

use super::refusal::{ScopeOfCall, help_for, trace};
use super::scopes::{Asked, is_granted};
use super::{Blame, Check, Finding, Outcome};
use crate::api::{CallError, ErrorCode, Failure, OwnCode};
use crate::text::duration;

/// A route that reseat reads by, in the order in which they are tried. None of them changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Route {
    /// The listing of users.
    Users,
    /// The listing of groups.
    Groups,
    /// The resolution of names in bulk.
    Names,
    /// The portal's inventory of seats.
    PortalSeats,
    /// The licence accountant's inventory of seats.
    Seats,
    /// The licence summary.
    Summary,
    /// The portal's listing of those who hold licences directly.
    PortalHolders,
    /// What many users hold.
    LicensesOfMany,
    /// What one user holds.
    LicensesOfOne,
    /// The licence accountant's listing of groups' rules.
    Rules,
    /// The portal's listing of groups' rules.
    PortalRules,
    /// The listings of those who hold seats by a group's rule.
    Leases,
}

impl Route {
    /// What it is called.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Its method, and its path below the installation's address; `{org}` is the organization's name, `{id}` its GUID.
    /// The prefixes of the licence accountant and of the portal are the usual ones.
    pub fn path(self) -> &'static str {
        match self {
            Self::Users => "GET {org}/identity_/api/User/users/{id}",
            Self::Groups => "GET {org}/identity_/api/Group/{id}",
            Self::Names => "POST {org}/identity_/api/Directory/BulkResolveByName/{id}",
            Self::PortalSeats => "GET {org}/portal_/api/license/accountant/UserLicense",
            Self::Seats => "GET {org}/lease_/api/account/{id}/user-license",
            Self::Summary => "GET {org}/license_/api/account/{id}/license-summary",
            Self::PortalHolders => "GET {org}/portal_/api/license/accountant/UserLicense/user/page",
            Self::LicensesOfMany => "POST {org}/lease_/api/account/{id}/user-license/license/users",
            Self::LicensesOfOne => "GET {org}/lease_/api/account/{id}/user-license/user/{user}/allocation",
            Self::Rules => "GET {org}/lease_/api/account/{id}/user-license/groups/with-quota",
            Self::PortalRules => "GET {org}/portal_/api/license/accountant/UserLicense/group/page",
            Self::Leases => "GET {org}/lease_/api/account/{id}/user-license/group/{group}/bulk-users",
        }
    }

    /// The scope that it takes; `None` where being signed in is enough.
    pub fn scope(self) -> Option<&'static str> {
        match self {
            Self::Users => Some("PM.User.Read"),
            Self::Groups => Some("PM.Group.Read"),
            Self::Names => None,
            Self::PortalSeats
            | Self::Seats
            | Self::Summary
            | Self::PortalHolders
            | Self::LicensesOfMany
            | Self::LicensesOfOne
            | Self::Rules
            | Self::PortalRules
            | Self::Leases => Some("PM.License.Read"),
        }
    }
}

/// What came of one read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// By which route.
    pub route: Route,
    /// What came.
    pub answer: RouteAnswer,
    /// How long it took; `None` where nothing was sent.
    pub took: Option<Duration>,
}

/// What came of a read.
#[derive(Debug, Clone)]
pub enum RouteAnswer {
    /// Data; what there is of it, as in `60 accounts`.
    Data(String),
    /// The answer was no data, or none came.
    Failed(CallError),
    /// The quota is used up, or the service asks for a pause of this length.
    Held(Held, Duration),
    /// Nothing came in this time.
    Unanswered(Duration),
    /// It was not asked, or the answer shows nothing, for this reason.
    Open(&'static str),
}

/// Why a call has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// The quota, as far as it is known here, is used up.
    ByQuota,
    /// The service asks for a pause (429).
    ByService,
}

/// What is known when answers are judged.
#[derive(Debug, Clone, Copy)]
pub struct Granted<'a> {
    /// The scopes of the token; `None` where nobody says.
    pub scopes: Option<&'a [String]>,
    /// Who decided what is asked for.
    pub asked: Asked,
}

impl Granted<'_> {
    pub(super) fn scope_of(self, route: Route) -> Option<ScopeOfCall> {
        let scope = route.scope()?;
        Some(ScopeOfCall {
            scope,
            is_granted: is_granted(scope, self.scopes),
            asked: self.asked,
        })
    }

    /// Whether the profile decided to do without what the route takes.
    pub(super) fn does_without(self, route: Route) -> bool {
        let is_lacking = self
            .scope_of(route)
            .is_some_and(|scope| scope.is_granted == Some(false));
        is_lacking && self.asked == Asked::ByProfile
    }
}

impl Reading {
    /// Whether data came.
    pub fn is_data(&self) -> bool {
        matches!(self.answer, RouteAnswer::Data(_))
    }

    /// What is made of a route that nothing can replace.
    pub fn judged_alone(&self, granted: Granted<'_>) -> Finding {
        let outcome = match &self.answer {
            RouteAnswer::Data(_) => Outcome::Ok,
            RouteAnswer::Open(_) => Outcome::Skipped,
            RouteAnswer::Held(..) => Outcome::Warning,
            RouteAnswer::Failed(_) if granted.does_without(self.route) || self.route == Route::Names => {
                Outcome::Warning
            }
            RouteAnswer::Failed(error) => Outcome::Failed(blame(error)),
            RouteAnswer::Unanswered(_) => Outcome::Failed(Blame::Surroundings),
        };
        let finding = self.finding(outcome, granted);
        match (self.route, &self.answer) {
            (Route::Names, RouteAnswer::Failed(error)) => {
                let finding = finding
                    .with_detail("people of the directory who have no account yet cannot be found by their names");
                match error.status {
                    Some(403) => Finding {
                        help: vec![
                            "nothing, as long as sheets name people who have an account; for the others sign in with a \
                             personal access token of an organization administrator (`UIPATH_PAT`)"
                                .to_owned(),
                        ],
                        ..finding
                    },
                    _ => finding,
                }
            }
            _ => finding,
        }
    }

    /// What is made of one of several routes that tell the same. What it means that none of them answers is said of all
    /// of them together.
    /// A route of a service that gives licences as well is missed all the same where nothing of that service answers.
    pub fn judged_among_others(&self, is_told_by_another: bool, granted: Granted<'_>) -> Finding {
        let outcome = match &self.answer {
            RouteAnswer::Data(_) => Outcome::Ok,
            RouteAnswer::Open(_) => Outcome::Skipped,
            RouteAnswer::Failed(_) | RouteAnswer::Held(..) | RouteAnswer::Unanswered(_) if is_told_by_another => {
                Outcome::Skipped
            }
            RouteAnswer::Failed(_) | RouteAnswer::Held(..) | RouteAnswer::Unanswered(_) => Outcome::Warning,
        };
        let finding = self.finding(outcome, granted);
        match outcome {
            // Its full words advise what nobody has to do here.
            Outcome::Skipped if !matches!(self.answer, RouteAnswer::Open(_)) => Finding {
                what: format!(
                    "not open here ({}); another route tells the same, so nothing is to be done",
                    self.in_brief()
                ),
                help: Vec::new(),
                ..finding
            },
            _ => finding,
        }
    }

    fn finding(&self, outcome: Outcome, granted: Granted<'_>) -> Finding {
        let mut finding = Finding::new(Check::Route, outcome, self.words()).about(self.route.as_str());
        finding.took = self.took;
        if outcome != Outcome::Ok {
            finding.details.push(self.route.path().to_owned());
        }
        if let RouteAnswer::Failed(error) = &self.answer {
            finding.details.extend(trace(error));
        }
        finding.help = self.help_with(granted);
        finding
    }

    /// What to do about it, a line each.
    pub(super) fn help_with(&self, granted: Granted<'_>) -> Vec<String> {
        match &self.answer {
            RouteAnswer::Failed(error) => help_for(error, granted.scope_of(self.route)),
            RouteAnswer::Held(..) | RouteAnswer::Unanswered(_) => self.again().into_iter().collect(),
            RouteAnswer::Data(_) | RouteAnswer::Open(_) => Vec::new(),
        }
    }

    /// What came, in a sentence without a full stop.
    pub(super) fn words(&self) -> String {
        match &self.answer {
            RouteAnswer::Data(what) => format!("answers with {what}"),
            // The words of these end with advice for somebody who knows nothing else.
            RouteAnswer::Failed(error) if error.is_page() => format!("answers with {}", brief(error)),
            RouteAnswer::Failed(error)
                if error.status == Some(403) && error.code != ErrorCode::Own(OwnCode::HtmlAnswer) =>
            {
                format!("answers {}", brief(error))
            }
            RouteAnswer::Failed(error) => error.message.clone(),
            RouteAnswer::Held(Held::ByQuota, length) => format!(
                "was not asked: the quota is used up by earlier calls, and the next may leave in {}",
                duration(*length)
            ),
            RouteAnswer::Held(Held::ByService, _) => "the service asks for a pause (429)".to_owned(),
            RouteAnswer::Unanswered(limit) => format!("did not answer within {}", duration(*limit)),
            RouteAnswer::Open(why) => (*why).to_owned(),
        }
    }

    /// The same in few words, without advice.
    pub(super) fn in_brief(&self) -> String {
        match &self.answer {
            RouteAnswer::Failed(error) => brief(error),
            RouteAnswer::Held(Held::ByQuota, _) => "not asked, as the quota is used up".to_owned(),
            RouteAnswer::Held(Held::ByService, _) => "429".to_owned(),
            RouteAnswer::Data(_) | RouteAnswer::Unanswered(_) | RouteAnswer::Open(_) => self.words(),
        }
    }

    /// When to try again.
    pub(super) fn again(&self) -> Option<String> {
        match &self.answer {
            RouteAnswer::Held(_, length) => Some(format!(
                "try again {}; the quota is shared by all who call the organization's services",
                in_a_while(*length)
            )),
            RouteAnswer::Unanswered(_) => {
                Some("try again; if it stays so, ask whoever runs the network or the proxy".to_owned())
            }
            RouteAnswer::Data(_) | RouteAnswer::Failed(_) | RouteAnswer::Open(_) => None,
        }
    }
}

/// What came instead of data, in few words, without advice.
pub(super) fn brief(error: &CallError) -> String {
    let Some(status) = error.status else {
        return error.message.clone();
    };
    match (&error.code, &error.server_words) {
        (ErrorCode::Own(OwnCode::HtmlAnswer | OwnCode::PageMeanwhile), _) => format!("a web page ({status})"),
        (ErrorCode::Own(OwnCode::Redirected), _) => format!("a way to another place ({status})"),
        (ErrorCode::Own(OwnCode::UnreadableAnswer | OwnCode::ContradictoryAnswer), _) => {
            format!("something that cannot be read ({status})")
        }
        (_, Some(words)) => format!("{status}: {words}"),
        (_, None) => status.to_string(),
    }
}

/// What is made of it where none of these routes has answered, and none is at fault for that either.
pub fn nothing_answered(readings: &[Reading]) -> Finding {
    let what = "none has answered with data, so nothing is known of what a run would meet";
    let mut finding = Finding::failed(Check::Route, Blame::Surroundings, what);
    let again = readings.iter().find_map(Reading::again);
    finding.help = vec![again.unwrap_or_else(|| "try again later".to_owned())];
    finding
}

/// When a pause will be over. Where the service names none a short one is only the client's first guess.
pub fn in_a_while(length: Duration) -> String {
    if length < Duration::from_secs(10) {
        "in a few minutes".to_owned()
    } else {
        format!("in {}", duration(length))
    }
}

/// Whose fault it is, as for any other command.
pub(super) fn blame(error: &CallError) -> Blame {
    match error.status {
        Some(403) => Blame::Permission,
        _ if error.failure == Failure::SignIn || error.status == Some(401) || error.is_page() => Blame::SignIn,
        _ => Blame::Surroundings,
    }
}
