//! The token: cached, renewed before it runs out, once however many calls wait for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use secrecy::SecretString;

use super::story::Story;
use super::{Call, Session, now};
use crate::api::{CallError, Credentials, Failure, OwnCode};
use crate::event::Service;

/// A token in use.
pub(in crate::api) struct Token {
    pub(in crate::api) secret: Arc<SecretString>,
    /// What the server granted, where it said so.
    pub(in crate::api) scopes: Option<Vec<String>>,
    generation: u64,
    usable_until: Option<Instant>,
}

/// What signing in gave.
pub(super) struct Fresh {
    pub(super) secret: SecretString,
    pub(super) lifetime: Option<Duration>,
    pub(super) scopes: Option<Vec<String>>,
}

/// Keeps the token that is in use.
#[derive(Default)]
pub(super) struct TokenKeeper {
    held: Mutex<Held>,
    /// Whose turn it is to sign in.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Held {
    token: Option<Arc<Token>>,
    sign_ins: u64,
    failure: Option<CallError>,
}

impl Held {
    fn usable(&self, refused: Option<u64>) -> Option<Arc<Token>> {
        let token = self.token.as_ref()?;
        let fresh = token.usable_until.is_none_or(|until| now() < until);
        (fresh && refused != Some(token.generation)).then(|| Arc::clone(token))
    }
}

impl TokenKeeper {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    /// The token for a call's next attempt; signing in itself needs none.
    pub(super) async fn bearer(&self, call: &Call, story: &Story) -> Result<Option<Arc<Token>>, CallError> {
        if call.service == Service::Token {
            return Ok(None);
        }
        if let Some(token) = self.shared.tokens.held().usable(story.refused_token) {
            return Ok(Some(token));
        }
        // Apart, because signing in would make the future of every call a large one.
        match Box::pin(self.token(story.refused_token)).await {
            Ok(token) => Ok(Some(token)),
            Err(error) => Err(match error.failure {
                Failure::Stopped => story.stopped(call),
                Failure::SignIn => error,
                // Without a token the call itself did nothing, whatever became of the sign-in.
                _ if story.unclear => CallError {
                    failure: Failure::Unclear,
                    ..error
                },
                _ => CallError {
                    failure: Failure::NotDone,
                    ..error
                },
            }),
        }
    }

    /// A token other than the one that was refused. Callers that wait together share one sign-in and its failure.
    pub(in crate::api) async fn token(&self, refused: Option<u64>) -> Result<Arc<Token>, CallError> {
        let keeper = &self.shared.tokens;
        let seen = {
            let held = keeper.held();
            if let Some(token) = held.usable(refused) {
                return Ok(token);
            }
            held.sign_ins
        };
        let _turn = keeper.turn.lock().await;
        {
            let held = keeper.held();
            if let Some(token) = held.usable(refused) {
                return Ok(token);
            }
            if let Some(failure) = held.failure.as_ref().filter(|_| held.sign_ins != seen) {
                return Err(failure.clone());
            }
        }
        let asked = now();
        let outcome = Box::pin(self.sign_in()).await;
        let mut held = keeper.held();
        held.sign_ins += 1;
        match outcome {
            Ok(fresh) => {
                let token = Arc::new(Token {
                    secret: Arc::new(fresh.secret),
                    scopes: fresh.scopes,
                    generation: held.sign_ins,
                    usable_until: fresh.lifetime.map(|lifetime| asked + renewal(lifetime)),
                });
                held.failure = None;
                held.token = Some(Arc::clone(&token));
                Ok(token)
            }
            Err(error) => {
                held.failure = Some(error.clone()).filter(|error| error.failure != Failure::Stopped);
                Err(error)
            }
        }
    }

    /// A 401: the first leads to a new token, where one can be had; the next one in a row is the end.
    pub(super) fn refused(&self, call: &Call, story: &mut Story, token: Option<&Token>) -> Result<(), CallError> {
        let words = match &self.shared.config.credentials {
            Credentials::Token(_) => {
                "the server refuses the personal access token (401): it may have expired, been revoked, or belong to \
                 another organization"
            }
            _ if story.refused_token.is_some() => {
                "the server refuses a token that it has just given (401): check that `organization` and \
                 `organization_id` are those of the application, and that the application still exists"
            }
            _ => {
                story.refused_token = token.map(|token| token.generation);
                return Ok(());
            }
        };
        Err(story.error(call, Failure::SignIn, OwnCode::Unauthorized.into(), words))
    }
}

/// How long a token is used: all but its last minute, or nine tenths of one that does not live for ten minutes.
fn renewal(lifetime: Duration) -> Duration {
    let all_but_a_minute = lifetime.saturating_sub(Duration::from_mins(1));
    all_but_a_minute.max(lifetime.mul_f64(0.9))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_renewed_a_minute_or_a_tenth_before_its_end() {
        for (lifetime, used) in [(3600, 3540.0), (600, 540.0), (60, 54.0), (5, 4.5), (0, 0.0)] {
            let used_for = renewal(Duration::from_secs(lifetime)).as_secs_f64();
            assert!((used_for - used).abs() < 1e-9, "{lifetime}");
        }
    }
}
