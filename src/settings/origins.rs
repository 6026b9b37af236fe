//! Where each value was said, whichever of them is used.

use std::cell::RefCell;

use super::pasted::is_app_id;
use crate::text::clean;

/// A value that was given, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The key as in a profile of the configuration file: `organization`, `limits.concurrency`.
    pub key: String,
    /// The value as it may be shown; for a secret, what kind of thing it is and never the secret itself.
    pub shown: String,
    /// Where it was said: a flag, a variable, a file with its line, or that it is the default.
    pub place: String,
    /// Where else it was said without being used, the highest first.
    pub unused: Vec<String>,
    /// Whether nobody said it, and it holds because of that.
    pub is_default: bool,
}

impl Origin {
    /// The value for people to read. An App ID is a GUID: what is none may be the App Secret in its place.
    pub fn told(&self) -> &str {
        match self.key.as_str() {
            "client_id" if !is_app_id(&self.shown) => "no GUID, as App IDs are, and not shown, as it may be the secret",
            _ => &self.shown,
        }
    }
}

/// The keys of a profile in the order of the documents.
const ORDER: [&str; 24] = [
    "deployment",
    "uri",
    "organization",
    "organization_id",
    "identity_uri",
    "ca_file",
    "auth",
    "client_id",
    "client_secret",
    "scopes",
    "token",
    "username",
    "tenancy",
    "password",
    "bundle_codes",
    "operation",
    "encoding",
    "timezone",
    "notify",
    "map",
    "limits",
    "routes",
    "batch",
    "watch",
];

/// Gathers them while the settings are read.
#[derive(Debug, Default)]
pub(super) struct Origins(RefCell<Vec<Origin>>);

impl Origins {
    /// Notes a value. One of the same key that was noted before is below it, and not used.
    pub(super) fn note(&self, key: &str, shown: &str, place: &str) {
        self.add(Origin {
            key: key.to_owned(),
            shown: presentable(key, shown),
            place: place.to_owned(),
            unused: Vec::new(),
            is_default: false,
        });
    }

    fn add(&self, origin: Origin) {
        let mut origins = self.0.borrow_mut();
        match origins.iter_mut().find(|known| known.key == origin.key) {
            Some(known) => {
                let below = std::mem::replace(known, origin);
                known.unused = [vec![below.place], below.unused].concat();
            }
            None => origins.push(origin),
        }
    }

    /// Notes what the value of another key tells, if nobody says it.
    pub(super) fn note_derived(&self, key: &str, shown: &str, place: &str) {
        if !self.is_known(key) {
            self.note(key, shown, place);
        }
    }

    /// Notes what holds if nobody says otherwise.
    pub(super) fn note_default(&self, key: &str, shown: &str, place: &str) {
        if !self.is_known(key) {
            self.add(Origin {
                key: key.to_owned(),
                shown: presentable(key, shown),
                place: place.to_owned(),
                unused: Vec::new(),
                is_default: true,
            });
        }
    }

    fn is_known(&self, key: &str) -> bool {
        self.0.borrow().iter().any(|known| known.key == key)
    }

    /// Shows a value as it was understood.
    pub(super) fn show_as(&self, key: &str, shown: &str) {
        if let Some(known) = self.0.borrow_mut().iter_mut().find(|known| known.key == key) {
            known.shown = presentable(key, shown);
        }
    }

    /// All of them, in the order of the documents.
    pub(super) fn into_sorted(self) -> Vec<Origin> {
        let mut origins = self.0.into_inner();
        origins.sort_by_key(|origin| {
            let first = origin.key.split('.').next().unwrap_or_default();
            ORDER.iter().position(|key| *key == first)
        });
        origins
    }
}

/// The value of this key on one line, without the name and password that an address may have in it.
pub(super) fn presentable(key: &str, value: &str) -> String {
    const ADDRESSES: [&str; 4] = ["uri", "identity_uri", "organization", "organization_id"];
    let without = match value.rsplit_once('@') {
        Some((before, host)) if ADDRESSES.contains(&key) => {
            let scheme = before.split_once("://").map(|(scheme, _)| format!("{scheme}://"));
            format!("{}{host}", scheme.unwrap_or_default())
        }
        Some(_) | None => value.to_owned(),
    };
    clean(&without, 200)
}
