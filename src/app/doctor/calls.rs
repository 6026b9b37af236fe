//! What the service answers: sign-in, scopes, organization, routes, licences.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::asking::{Asked, Asking, CALL, Came};
use super::findings::Findings;
use super::{routes, state};
use crate::api::{
    self, Answer, CallError, Client, ErrorCode, Failure as CallFailure, OauthError, OwnCode, Page, SCOPES, SignedIn,
    User,
};
use crate::app::failure::Failure;
use crate::app::organization::Doorway;
use crate::app::session::Session;
use crate::app::signals::Signals;
use crate::doctor::{
    Asked as AskedBy, Blame, Check, Finding, FirstCall, Granted, Naming, SCOPE_NEEDS, SignIn, Suspicion, in_a_while,
    scopes,
};
use crate::event::{Method, Service};
use crate::pace::RetryPolicy;
use crate::settings::{Connection, Credentials, FoundOut, Limits, Settings, Survey};

/// How often a call is repeated that meets a fault of the way: once shows whether it was a passing one.
const RETRIES: u32 = 1;

/// Of how many scopes it is tried whether the application may have them.
const MOST_SCOPES: usize = 12;

type Listed = Asked<Answer<Page<User>>>;

/// Looks at what the service answers, as far as the settings let it be asked. `secret` is what was read to sign in with.
pub(super) async fn look(
    known: &Survey,
    secret: Option<SecretString>,
    signals: &Signals,
    findings: &mut Findings<'_>,
) -> FoundOut {
    let connection = known.settings.as_ref().ok();
    let connection = connection.and_then(|settings| Some((settings, settings.connection.as_ref()?)));
    let Some((settings, connection)) = connection else {
        findings.skip(&CALLS, "not tried, because the configuration is not complete");
        findings.skip(
            &[Check::Quota],
            "not looked up, because the configuration is not complete",
        );
        return FoundOut::default();
    };
    let obstacles = [
        (Check::Secret, "not tried, because the secret cannot be read"),
        (Check::Proxy, "not tried, because there is no way to the service"),
        (Check::Dns, "not tried, because there is no way to the service"),
        (Check::Tls, "not tried, because there is no way to the service"),
    ];
    let obstacle = obstacles.into_iter().find(|(check, _)| findings.has_failed(*check));
    if let Some((_, why)) = obstacle {
        findings.skip(&CALLS, why);
        state::look_at_quota(settings, None, findings);
        return FoundOut::default();
    }
    let asking = Asking::new(CALL.min(settings.limits.timeout));
    let credentials = &connection.credentials;
    let suspicion = secret
        .as_ref()
        .and_then(|secret| Suspicion::of(secret.expose_secret(), credentials));
    let hurried = hurried(settings);
    let session = Session::new(&hurried, findings.console(), signals.clone());
    session.relay.to(asking.observer());
    let look = Look {
        settings,
        connection,
        asking,
        findings,
        suspicion,
    };
    match Doorway::with_secret(&session, secret).await {
        Ok(doorway) => look.through(doorway).await,
        Err(failure) => look.without_sign_in(not_set_up(&failure)),
    }
}

/// What takes calls, in this order.
const CALLS: [Check; 5] = [
    Check::Token,
    Check::Scopes,
    Check::Organization,
    Check::Route,
    Check::LicenseReads,
];

/// The settings for somebody who waits for an answer.
fn hurried(settings: &Settings) -> Settings {
    let retry = settings.limits.retry;
    Settings {
        limits: Limits {
            retry: RetryPolicy {
                retries: retry.retries.min(RETRIES),
                ..retry
            },
            timeout: settings.limits.timeout.min(CALL),
            ..settings.limits.clone()
        },
        ..settings.clone()
    }
}

/// The session could not be set up.
fn not_set_up(failure: &Failure) -> Finding {
    let mut finding = Finding::failed(Check::Token, Blame::Surroundings, failure.message.clone());
    finding.details.extend_from_slice(&failure.details);
    finding.help.extend_from_slice(&failure.help);
    finding
}

/// What is looked at, and with what.
struct Look<'a, 'c> {
    settings: &'a Settings,
    connection: &'a Connection,
    asking: Asking,
    findings: &'a mut Findings<'c>,
    suspicion: Option<Suspicion>,
}

impl Look<'_, '_> {
    async fn through(mut self, doorway: Doorway) -> FoundOut {
        let session = doorway.session().clone();
        let address = session.sign_in_address();
        let suspicion = self.suspicion.take();
        let sign_in = SignIn {
            credentials: &self.connection.credentials,
            address: &address,
            suspicion: suspicion.as_ref(),
        };
        let asked = self
            .asking
            .ask((Service::Token, Method::Post), session.signed_in())
            .await;
        let took = asked.took;
        let signed_in = match asked.came {
            Came::Answer(signed_in) => signed_in,
            Came::Failed(error) => {
                let may_have = self.refused_scopes(&session, &error).await;
                return self.without_sign_in(sign_in.failed(&error, &may_have).after(took));
            }
            Came::Held(_, length) => {
                let what = "the identity service asks for a pause (429) before it gives a token";
                let finding = Finding::failed(Check::Token, Blame::Surroundings, what);
                let finding = finding.with_help(format!("try again {}", in_a_while(length)));
                return self.without_sign_in(finding.after(took));
            }
            Came::Unanswered(_) | Came::Spared => {
                let what = format!("`{address}` did not answer in time");
                let finding = Finding::failed(Check::Token, Blame::Surroundings, what);
                let finding = finding.with_help("try again; if it stays so, ask whoever runs the network or the proxy");
                return self.without_sign_in(finding.after(took));
            }
        };
        self.signed_in(doorway, sign_in, signed_in, took).await
    }

    /// Nothing else can be asked.
    fn without_sign_in(self, finding: Finding) -> FoundOut {
        self.findings.add(finding);
        self.findings
            .skip(&CALLS[1..], "not tried, because there is no sign-in");
        state::look_at_quota(self.settings, None, self.findings);
        FoundOut::default()
    }

    async fn signed_in(
        mut self,
        doorway: Doorway,
        sign_in: SignIn<'_>,
        signed_in: SignedIn,
        took: Duration,
    ) -> FoundOut {
        let naming = Naming {
            name: &self.connection.organization,
            configured: self.connection.organization_id,
            of_token: signed_in.organization,
        };
        let asked_by = asked_by(&self.connection.credentials);
        let granted = match signed_in.scopes.clone() {
            Some(scopes) => Some(scopes),
            None => self.granted_one_by_one(doorway.session()).await,
        };
        let is_opaque = matches!(self.connection.credentials, Credentials::Token { .. });
        let Some(id) = naming.id() else {
            self.findings.add(if is_opaque {
                sign_in.untried()
            } else {
                sign_in.worked(&signed_in).after(took)
            });
            self.findings.add(scopes(granted.as_deref(), asked_by));
            self.findings.add(naming.judged(&FirstCall::None));
            self.findings.skip(
                &[Check::Route, Check::LicenseReads],
                "not tried, because the routes have the organization's id in them",
            );
            state::look_at_quota(self.settings, None, self.findings);
            return FoundOut::default();
        };
        let organization = doorway.open_as(id);
        let client = organization.client.clone();
        let (listed, first_call, client) = self.meet(client, organization.read.capabilities.portal).await;
        let token = judged_token(sign_in, &signed_in, &first_call);
        self.findings.add(token.after(took));
        self.findings.add(scopes(granted.as_deref(), asked_by));
        let is_refused = self.findings.has_failed(Check::Token);
        if is_refused {
            self.findings
                .skip(&[Check::Organization], "not tried, because the token is refused");
        } else {
            self.findings.add(naming.judged(&first_call).after(listed.took));
        }
        let mut found = FoundOut {
            organization_id: signed_in.organization,
            license_route: None,
        };
        match taken(&first_call, client) {
            Ok(client) => {
                let granted = Granted {
                    scopes: granted.as_deref(),
                    asked: asked_by,
                };
                let mut looking = routes::Looking {
                    client: &client,
                    settings: self.settings,
                    read: organization.read,
                    asking: &self.asking,
                    granted,
                    findings: self.findings,
                };
                found.license_route = looking.at_routes(&listed).await;
            }
            Err(why) => self.findings.skip(&[Check::Route, Check::LicenseReads], why),
        }
        state::look_at_quota(self.settings, Some(&organization), self.findings);
        found
    }

    /// Asks the organization's own routes, and where the answer may be about its name, finds out whether it is. Returns
    /// what came of the listing of users, what that says, and a client that the organization answers to, if there is one.
    async fn meet(&self, client: Client, has_portal: bool) -> (Listed, FirstCall, Client) {
        let listed = self.users(&client).await;
        let error = match &listed.came {
            Came::Answer(_) => return (listed, FirstCall::Answered, client),
            Came::Held(..) | Came::Unanswered(_) | Came::Spared => return (listed, FirstCall::None, client),
            Came::Failed(error) => error.clone(),
        };
        if is_token_unusable(&error) || !FirstCall::may_be_the_name(&error) {
            return (listed, FirstCall::Failed(error), client);
        }
        // The portal itself uses the GUID in place of the name (`uipath-api`, 1.3).
        let by_id = client.at(client.organization_id().to_string(), self.settings.routes.clone());
        let again = self.users(&by_id).await;
        if again.answer().is_some() {
            return (again, FirstCall::OnlyById(error), by_id);
        }
        // A token that is refused is refused everywhere.
        let is_met = error.status != Some(401) && self.is_met_elsewhere(&client, has_portal).await;
        let first_call = if is_met {
            FirstCall::OnlyElsewhere
        } else {
            FirstCall::Failed(error)
        };
        (listed, first_call, client)
    }

    /// Whether a route below the organization's name answers that needs another scope, or is another service's.
    async fn is_met_elsewhere(&self, client: &Client, has_portal: bool) -> bool {
        let names = client.resolve_names(&[routes::NOBODY]);
        let names = self.asking.ask((Service::Identity, Method::Post), names).await;
        if names.answer().is_some() {
            return true;
        }
        let seats = client.license_services_seats();
        let seats = self.asking.ask((Service::License, Method::Get), seats).await;
        if seats.answer().is_some() {
            return true;
        }
        if !has_portal {
            return false;
        }
        let seats = client.portals_seats();
        let seats = self.asking.ask((Service::Portal, Method::Get), seats).await;
        seats.answer().is_some()
    }

    async fn users(&self, client: &Client) -> Listed {
        self.asking
            .ask(
                (Service::Identity, Method::Get),
                client.users(0, routes::SOME_USERS, None),
            )
            .await
    }

    /// Which of the scopes that the application asked for, and was refused, it may have.
    async fn refused_scopes(&mut self, session: &api::Session, error: &CallError) -> Vec<(String, bool)> {
        if OauthError::of(&error.code) != Some(OauthError::InvalidScope) {
            return Vec::new();
        }
        let asked: Vec<String> = match &self.connection.credentials {
            Credentials::ClientCredentials {
                scopes: Some(scopes), ..
            } => scopes.clone(),
            _ => SCOPES.map(str::to_owned).to_vec(),
        };
        let mut may_have = Vec::new();
        for scope in asked.into_iter().take(MOST_SCOPES) {
            let asked = self
                .asking
                .ask((Service::Token, Method::Post), session.may_have(&scope))
                .await;
            if let Some(Some(has)) = asked.answer() {
                may_have.push((scope, *has));
            }
        }
        may_have
    }

    /// Where neither the server nor the token tells what was granted: what the application may have, asked for one by one.
    /// `None` where that is not told either.
    async fn granted_one_by_one(&mut self, session: &api::Session) -> Option<Vec<String>> {
        let Credentials::ClientCredentials { scopes: None, .. } = self.connection.credentials else {
            return None;
        };
        let mut granted = Vec::new();
        for need in SCOPE_NEEDS {
            if need.is_met_by(&granted) {
                continue;
            }
            let umbrella = need.scope.rsplit_once('.').map_or(need.scope, |(resource, _)| resource);
            for scope in [umbrella, need.scope] {
                let asked = self
                    .asking
                    .ask((Service::Token, Method::Post), session.may_have(scope))
                    .await;
                let may_have = (*asked.answer()?)?;
                if may_have {
                    granted.push(scope.to_owned());
                    break;
                }
            }
        }
        Some(granted)
    }
}

fn asked_by(credentials: &Credentials) -> AskedBy {
    match credentials {
        Credentials::ClientCredentials { scopes: Some(_), .. } => AskedBy::ByProfile,
        Credentials::ClientCredentials { scopes: None, .. } => AskedBy::ByReseat,
        Credentials::Token { .. } | Credentials::Ropc { .. } => AskedBy::ByNobody,
    }
}

/// A personal access token is sent as it is, so that only a call shows whether it is good.
fn judged_token(sign_in: SignIn<'_>, signed_in: &SignedIn, first: &FirstCall) -> Finding {
    let is_as_it_is = matches!(sign_in.credentials, Credentials::Token { .. });
    match first {
        FirstCall::Failed(error) if is_token_unusable(error) => sign_in.failed(error, &[]),
        FirstCall::Failed(error) if is_as_it_is && error.status == Some(401) => sign_in.token_refused(error),
        FirstCall::Failed(error) if is_as_it_is && !is_about_the_call(error) => sign_in.untried(),
        FirstCall::None if is_as_it_is => sign_in.untried(),
        FirstCall::Answered
        | FirstCall::OnlyById(_)
        | FirstCall::OnlyElsewhere
        | FirstCall::Failed(_)
        | FirstCall::None => sign_in.worked(signed_in),
    }
}

/// Whether the service has taken the token and refuses what is asked for.
fn is_about_the_call(error: &CallError) -> bool {
    !error.is_page() && matches!(error.status, Some(400 | 403 | 404 | 409 | 422))
}

fn is_token_unusable(error: &CallError) -> bool {
    matches!(
        error.code,
        ErrorCode::Own(OwnCode::UnusableToken | OwnCode::TokenTooLong)
    )
}

/// The client to ask the organization's other routes with, or why that makes no sense.
fn taken(first: &FirstCall, client: Client) -> Result<Client, &'static str> {
    let FirstCall::Failed(error) = first else {
        return Ok(client);
    };
    if is_token_unusable(error) || error.status == Some(401) {
        return Err("not tried, because the token is refused");
    }
    if error.is_page() || matches!(error.status, Some(404 | 410)) || is_only_refused(error) {
        return Err("not tried, because the organization's name leads nowhere");
    }
    if error.failure == CallFailure::SignIn {
        return Err("not tried, because name and id are not of one organization");
    }
    Ok(client)
}

/// 400 without a word about the id, of the listing of users, of which nothing can be wrong but the name.
fn is_only_refused(error: &CallError) -> bool {
    error.status == Some(400) && error.failure != CallFailure::SignIn
}
