//! Whether name and id of the organization are those of the token.

use super::refusal::{help_for, trace};
use super::{Blame, Check, Finding, Outcome};
use crate::api::{CallError, Failure};
use crate::model::OrganizationId;
use crate::settings::FIND_ID;

/// Which of the organization's names goes where.
const WHERE: &str = "the name is part of every address, the id of those of the identity and licence services; the portal goes by the token";

/// What is known of the organization's name and id.
#[derive(Debug, Clone, Copy)]
pub struct Naming<'a> {
    /// The name that is configured.
    pub name: &'a str,
    /// The GUID that is configured.
    pub configured: Option<OrganizationId>,
    /// The GUID that the token names.
    pub of_token: Option<OrganizationId>,
}

/// What came of the first call to the organization's own routes.
#[derive(Debug, Clone, Copy)]
pub enum FirstCall<'a> {
    /// Data.
    Answered,
    /// No data; the server told why, or nothing of use came.
    Failed(&'a CallError),
    /// The same, and with the GUID in place of the name data comes.
    OnlyById(&'a CallError),
    /// None was made, or none was answered in time.
    None,
}

impl Naming<'_> {
    /// The GUID to make calls with: the token's own where it has one.
    pub fn id(self) -> Option<OrganizationId> {
        self.of_token.or(self.configured)
    }

    /// What is made of it.
    pub fn judged(self, first: FirstCall<'_>) -> Finding {
        let name = self.name;
        let Some(id) = self.id() else {
            let what = "no `organization_id` is configured, and the token does not say which organization it is for";
            return failed(Blame::Surroundings, what).with_help(format!(
                "add `organization_id`, or set `RESEAT_ORGANIZATION_ID`: {FIND_ID}"
            ));
        };
        if let (Some(configured), Some(of_token)) = (self.configured, self.of_token)
            && configured != of_token
        {
            let what = format!("`organization_id` is {configured}, and the token is for the organization {of_token}");
            return failed(Blame::Surroundings, what).with_detail(WHERE).with_help(
                "correct `organization_id` (or `RESEAT_ORGANIZATION_ID`), or leave it out: the token names its organization; \
                 where the configured one is the one that is meant, sign in with an application of that organization; a second \
                 organization takes a profile of its own, with `--profile NAME`",
            );
        }
        match first {
            FirstCall::Answered => self.known(id),
            FirstCall::OnlyById(error) => failed(
                Blame::SignIn,
                format!("there is no organization `{name}` at this address: with the id {id} in its place the server answers"),
            )
            .with_detail(error.message.clone())
            .with_help(NAME_HELP),
            FirstCall::Failed(error) if error.is_page() => failed(
                Blame::SignIn,
                format!("a web page or another place answers for the organization `{name}`, as where there is none of this name"),
            )
            .with_detail(error.message.clone())
            .with_help(NAME_HELP),
            FirstCall::Failed(error) if error.failure == Failure::SignIn && error.status != Some(401) => {
                let what = format!("the organization `{name}` is not the one with the id {id}");
                let mut finding = failed(Blame::SignIn, what).with_detail(error.message.clone()).with_detail(WHERE);
                finding.details.extend(trace(error));
                finding.with_help(format!(
                    "`organization` and `organization_id` (or `RESEAT_ORGANIZATION_ID`) have to name the same organization; \
                     {FIND_ID}"
                ))
            }
            FirstCall::Failed(error) if error.status == Some(401) => {
                let what = format!("the organization `{name}` refuses the token (401)");
                let mut finding = failed(Blame::SignIn, what);
                finding.help = help_for(error, None);
                finding
            }
            // A refusal by an organization that is known is about what the call asks for.
            FirstCall::Failed(error) if matches!(error.status, Some(403)) => self.known(id),
            FirstCall::Failed(_) | FirstCall::None => {
                let what = format!("whether `{name}` is the organization {id} could not be found out");
                Finding::new(Check::Organization, Outcome::Warning, what).with_help("see what is said of the routes below")
            }
        }
    }

    fn known(self, id: OrganizationId) -> Finding {
        let name = self.name;
        let what = match (self.configured, self.of_token) {
            (Some(_), Some(_)) => {
                format!("`{name}` is the organization {id}, by the token and the configuration alike")
            }
            (None, _) => {
                format!("`{name}` is the organization {id}, as the token says; the configuration does not have its id")
            }
            (Some(_), None) => {
                format!("`{name}` answers as the organization {id}; the token does not say which it is for")
            }
        };
        let finding = Finding::new(Check::Organization, Outcome::Ok, what);
        match self.configured {
            Some(_) => finding,
            None => finding.with_detail("kept by `--write`, or by `organization_id` in the profile"),
        }
    }
}

const NAME_HELP: &str = "`organization` is the name that follows the host in the portal's address: `acme` in \
     `https://cloud.uipath.com/acme/`; it changes when an administrator changes the organization's address";

fn failed(blame: Blame, what: impl Into<String>) -> Finding {
    Finding::new(Check::Organization, Outcome::Failed(blame), what)
}
