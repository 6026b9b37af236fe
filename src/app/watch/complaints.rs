//! What is wrong is said once, and again when it is something else, and not at each look.

use std::collections::BTreeMap;

use super::teller::Teller;

/// What was said so far of one drop folder.
pub(super) struct Complaints<'a> {
    profile: String,
    teller: &'a Teller,
    said: BTreeMap<String, String>,
}

impl<'a> Complaints<'a> {
    pub(super) fn new(profile: String, teller: &'a Teller) -> Self {
        Self {
            profile,
            teller,
            said: BTreeMap::new(),
        }
    }

    /// Something is wrong.
    pub(super) fn complain(&mut self, about: &str, what: &str) {
        if self.is_new(about, what) {
            Teller::complain(&self.profile, what);
        }
    }

    /// Something is as it is, which somebody may wonder about.
    pub(super) fn tell_once(&mut self, about: &str, what: &str) {
        if self.is_new(about, what) {
            self.teller.tell(&self.profile, what);
        }
    }

    /// It is no longer wrong, which is said if it was said to be.
    pub(super) fn mended(&mut self, about: &str, what: &str) {
        if self.said.remove(about).is_some() {
            self.teller.tell(&self.profile, what);
        }
    }

    /// Forgets what was said of files that are gone.
    pub(super) fn keep(&mut self, is_there: impl Fn(&str) -> bool) {
        let is_of_a_file = |key: &str| ["left ", "open ", "unreadable "].iter().any(|of| key.starts_with(of));
        self.said.retain(|key, _| !is_of_a_file(key) || is_there(key));
    }

    fn is_new(&mut self, about: &str, what: &str) -> bool {
        let before = self.said.insert(about.to_owned(), what.to_owned());
        before.as_deref() != Some(what)
    }
}
