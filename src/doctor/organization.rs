//! Whether name and id of the organization are those of the token.

use super::reading::brief;
use super::refusal::{help_for, trace};
use super::{Blame, Check, Finding};
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

/// What came of the first calls to the organization's own routes.
#[derive(Debug, Clone)]
pub enum FirstCall {
    /// Data.
    Answered,
    /// No data; the server told why, or nothing of use came.
    Failed(CallError),
    /// The same, and with the GUID in place of the name data comes.
    OnlyById(CallError),
    /// The same, and another route below the same name answers with data: the name is right.
    OnlyElsewhere,
    /// None was made, or none was answered in time.
    None,
}

impl FirstCall {
    /// Whether a server may answer so for a name that no organization has; if so, other routes tell whether that is why.
    pub fn may_be_the_name(error: &CallError) -> bool {
        let is_about_the_id = error.failure == Failure::SignIn && error.status != Some(401);
        error.is_page() || !is_about_the_id && matches!(error.status, Some(400 | 401 | 403 | 404 | 410))
    }
}

impl Naming<'_> {
    /// The GUID to make calls with: the token's own where it has one.
    pub fn id(self) -> Option<OrganizationId> {
        self.of_token.or(self.configured)
    }

    /// What is made of it.
    pub fn judged(self, first: &FirstCall) -> Finding {
        let name = self.name;
        let Some(id) = self.id() else {
            let what = "no `organization_id` is configured, and the token does not say which organization it is for";
            return Finding::failed(Check::Organization, Blame::Surroundings, what).with_help(format!(
                "add `organization_id`, or set `RESEAT_ORGANIZATION_ID`: {FIND_ID}"
            ));
        };
        if let (Some(configured), Some(of_token)) = (self.configured, self.of_token)
            && configured != of_token
        {
            let what = format!("`organization_id` is {configured}, and the token is for the organization {of_token}");
            return Finding::failed(Check::Organization, Blame::Surroundings, what).with_detail(WHERE).with_help(
                "correct `organization_id` (or `RESEAT_ORGANIZATION_ID`), or leave it out: the token names its organization; \
                 where the configured one is the one that is meant, sign in with an application of that organization; a second \
                 organization takes a profile of its own, with `--profile NAME`",
            );
        }
        match first {
            FirstCall::Answered | FirstCall::OnlyElsewhere => self.known(id),
            FirstCall::OnlyById(error) => Finding::failed(Check::Organization, Blame::SignIn,
                format!("there is no organization `{name}` at this address: with the id {id} in its place the server answers"),
            )
            .with_detail(answered(error))
            .with_help(NAME_HELP),
            FirstCall::Failed(error) => self.not_met(id, error),
            FirstCall::None => self.unknown(id).with_help(AGAIN),
        }
    }

    /// No route of the organization has answered with data.
    fn not_met(self, id: OrganizationId, error: &CallError) -> Finding {
        let name = self.name;
        if error.is_page() {
            let what = format!(
                "a web page or another place answers for the organization `{name}`, as where there is none of this name"
            );
            return Finding::failed(Check::Organization, Blame::SignIn, what)
                .with_detail(answered(error))
                .with_help(NAME_HELP);
        }
        match error.status {
            Some(401) => {
                let what = format!("the organization `{name}` refuses the token (401)");
                let mut finding = Finding::failed(Check::Organization, Blame::SignIn, what);
                finding.help = help_for(error, None);
                finding
            }
            _ if error.failure == Failure::SignIn => {
                let what = format!("the organization `{name}` is not the one with the id {id}");
                let mut finding = Finding::failed(Check::Organization, Blame::SignIn, what)
                    .with_detail(error.message.clone())
                    .with_detail(WHERE);
                finding.details.extend(trace(error));
                finding.with_help(format!(
                    "`organization` and `organization_id` (or `RESEAT_ORGANIZATION_ID`) have to name the same organization; \
                     {FIND_ID}"
                ))
            }
            Some(403) => self
                .unknown(id)
                .with_detail(
                    "whatever is asked below this name is refused (403), which is also how some servers answer for a \
                              name that nobody has",
                )
                .with_help(NAME_HELP),
            Some(400 | 404 | 410) => {
                let what =
                    format!("nothing answers for the organization `{name}`, as where there is none of this name");
                Finding::failed(Check::Organization, Blame::SignIn, what)
                    .with_detail(answered(error))
                    .with_help(NAME_HELP)
            }
            _ => {
                let mut finding = self.unknown(id).with_detail(error.message.clone());
                finding.help = help_for(error, None);
                finding
            }
        }
    }

    fn unknown(self, id: OrganizationId) -> Finding {
        let what = format!(
            "whether `{}` is the organization {id} could not be found out",
            self.name
        );
        Finding::warning(Check::Organization, what)
    }

    fn known(self, id: OrganizationId) -> Finding {
        let name = self.name;
        let what = match (self.configured, self.of_token) {
            (Some(_), Some(_)) => {
                format!("`{name}` is the organization {id}, by the token and the configuration alike")
            }
            (None, _) => {
                format!("`{name}` is the organization {id}, as the token says")
            }
            (Some(_), None) => {
                format!("`{name}` answers as the organization {id}; the token does not say which it is for")
            }
        };
        let finding = Finding::ok(Check::Organization, what);
        match self.configured {
            Some(_) => finding,
            None => finding.with_detail("kept by `--write`, or by `organization_id` in the profile"),
        }
    }
}

const NAME_HELP: &str = "`organization` is the name that follows the host in the portal's address: `acme` in \
     `https://cloud.uipath.com/acme/`; it changes when an administrator changes the organization's address";

/// Without the advice of the client, which does not know that it is the name.
fn answered(error: &CallError) -> String {
    format!(
        "what the {} service answers to the name: {}",
        error.service.as_str(),
        brief(error)
    )
}

const AGAIN: &str = "try again: no answer has come yet";
