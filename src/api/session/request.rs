//! What to send, and what may be done with it.

use std::sync::Arc;

use secrecy::SecretString;
use serde::Serialize;
use url::Url;

use crate::event::{Method, Service};

/// What a call does to the organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::api) enum Effect {
    /// Nothing.
    Read,
    /// A change that is the same done twice.
    Repeatable,
    /// A change that must not be made twice: it mails or creates.
    Once,
}

/// One call, not yet sent.
#[derive(Clone)]
pub(in crate::api) struct ApiRequest {
    pub(super) method: Method,
    pub(super) service: Service,
    pub(super) effect: Effect,
    pub(super) url: Url,
    pub(super) content_type: Option<&'static str>,
    pub(super) body: Option<Arc<[u8]>>,
    /// The scope that the call needs, for the message of a 403.
    pub(super) scope: &'static str,
    /// How many entries the body has; one that is refused cannot be made smaller.
    pub(super) entries: usize,
    /// What must not come back in a message.
    pub(super) secrets: Vec<SecretString>,
}

impl ApiRequest {
    /// A call without a body; a GET reads, everything else changes and may be repeated.
    pub(in crate::api) fn new(method: Method, service: Service, url: Url) -> Self {
        let effect = match method {
            Method::Get => Effect::Read,
            _ => Effect::Repeatable,
        };
        Self {
            method,
            service,
            effect,
            url,
            content_type: None,
            body: None,
            scope: "",
            entries: 1,
            secrets: Vec::new(),
        }
    }

    pub(in crate::api) fn effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    pub(in crate::api) fn needs(mut self, scope: &'static str) -> Self {
        self.scope = scope;
        self
    }

    pub(in crate::api) fn json(mut self, body: &impl Serialize) -> Self {
        // Nothing that is sent has keys that are no texts, which alone could fail.
        self.body = serde_json::to_vec(body).ok().map(Arc::from);
        self.declared_json()
    }

    /// Declares JSON, with or without a body.
    pub(in crate::api) fn declared_json(mut self) -> Self {
        self.content_type = Some("application/json");
        self
    }

    pub(in crate::api) fn form(mut self, body: String) -> Self {
        self.body = Some(body.into_bytes().into());
        self.content_type = Some("application/x-www-form-urlencoded");
        self
    }

    pub(in crate::api) fn entries(mut self, entries: usize) -> Self {
        self.entries = entries;
        self
    }

    pub(in crate::api) fn hides(mut self, secret: SecretString) -> Self {
        self.secrets.push(secret);
        self
    }
}
