//! The token: cached, renewed before it runs out, once however many calls wait for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use secrecy::SecretString;

use crate::api::clock::now;
use crate::api::{CallError, Failure};

/// A token in use.
pub(in crate::api) struct Token {
    pub(in crate::api) secret: Arc<SecretString>,
    /// What the server granted, where it said so.
    pub(in crate::api) scopes: Option<Vec<String>>,
    /// How long it lives in all, where the server said so.
    pub(in crate::api) lifetime: Option<Duration>,
    /// Which sign-in gave it, counted from 1.
    pub(super) generation: u64,
    usable_until: Option<Instant>,
}

/// What signing in gave.
pub(super) struct NewToken {
    pub(super) secret: SecretString,
    pub(super) lifetime: Option<Duration>,
    pub(super) scopes: Option<Vec<String>>,
}

/// Keeps the token that is in use.
#[derive(Default)]
pub(super) struct TokenCache {
    state: Mutex<TokenState>,
    /// Whose turn it is to sign in.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct TokenState {
    token: Option<Arc<Token>>,
    sign_ins: u64,
    failure: Option<CallError>,
}

impl TokenState {
    fn usable(&self, refused: Option<u64>) -> Option<Arc<Token>> {
        let token = self.token.as_ref()?;
        let fresh = token.usable_until.is_none_or(|until| now() < until);
        (fresh && refused != Some(token.generation)).then(|| Arc::clone(token))
    }
}

impl TokenCache {
    /// The token in use, if it is not the `refused` generation and has not run out.
    pub(super) fn usable(&self, refused: Option<u64>) -> Option<Arc<Token>> {
        self.state().usable(refused)
    }

    /// A token other than the one that was refused, by `sign_in` where there is none. Callers that wait together
    /// share one sign-in and its failure.
    pub(super) async fn get(
        &self,
        refused: Option<u64>,
        sign_in: impl Future<Output = Result<NewToken, CallError>>,
    ) -> Result<Arc<Token>, CallError> {
        let seen = {
            let state = self.state();
            if let Some(token) = state.usable(refused) {
                return Ok(token);
            }
            state.sign_ins
        };
        let _turn = self.turn.lock().await;
        {
            // Somebody may have signed in, or failed to, while this call waited for its turn.
            let state = self.state();
            if let Some(token) = state.usable(refused) {
                return Ok(token);
            }
            if let Some(failure) = state.failure.as_ref().filter(|_| state.sign_ins != seen) {
                return Err(failure.clone());
            }
        }
        // A lifetime counts from before the request: when the server began to count is not known.
        let asked = now();
        let outcome = sign_in.await;
        let mut state = self.state();
        state.sign_ins += 1;
        match outcome {
            Ok(new) => {
                let token = Arc::new(Token {
                    secret: Arc::new(new.secret),
                    scopes: new.scopes,
                    lifetime: new.lifetime,
                    generation: state.sign_ins,
                    // One that is good for longer than time is counted is good for ever.
                    usable_until: new.lifetime.and_then(|lifetime| asked.checked_add(renewal(lifetime))),
                });
                state.failure = None;
                state.token = Some(Arc::clone(&token));
                Ok(token)
            }
            Err(error) => {
                // That one caller was stopped says nothing to the others, who may have another reason to stop.
                state.failure = Some(error.clone()).filter(|error| error.failure != Failure::Stopped);
                Err(error)
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, TokenState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
