//! Refusals that are about what entries have in common: the rest of their calls ends with them, instead of being tried
//! entry by entry.

use strum::IntoEnumIterator;

use super::common_cause::Finding;
use super::failed_call::is_without_license;
use super::rows::StepFailure;
use super::schedule::Waiting;
use super::state::Machine;
use crate::api::{CallError, ErrorCode, Failure, OwnCode};
use crate::model::Status;
use crate::plan::{CallKind, Family, RowCode, Stage, StepIndex, StepSource};
use crate::text::plural;

/// How many users tried alone must be refused because the organization has no licences.
const ENOUGH_WITHOUT_LICENSE: usize = 2;

/// The shortest name of a person that is looked for in a server's words.
const SHORTEST_NAME: usize = 3;

impl Machine<'_> {
    /// Compares the refusal of a single step, or its giving up, with those of others of its kind.
    pub(super) fn compare(&mut self, kind: &CallKind, step: StepIndex, error: &CallError) -> Finding {
        // What is owed to somebody is tried for everybody.
        let is_owed = self.steps.step(step).stage == Stage::GiveBack;
        let is_no_matter = !kind.has_entries() || self.schedule.is_proven(kind) || self.is_stopping();
        if is_no_matter || is_owed || self.is_explained_by_seats(kind, error) {
            return Finding::OwnFault;
        }
        let names = self.names_to_compare(step);
        let finding = self
            .causes
            .refused(kind, error, |words| names.iter().any(|name| name.is_in(words)));
        if finding == Finding::OwnFault {
            self.schedule.prove_kind(kind);
        }
        finding
    }

    /// Seats that run out are counted, and earlier rows get the last ones: only where counting them explains nothing,
    /// the refusal may have another cause.
    fn is_explained_by_seats(&self, kind: &CallKind, error: &CallError) -> bool {
        match kind {
            CallKind::Allocate(bundles, _) => error.status == Some(409) && !self.seats.explain_nothing(bundles),
            _ => false,
        }
    }

    /// Whether a licence call was answered 404 for a single account that the directory has, so that it may be the
    /// organization that the licence service does not know. How the step ends is decided once that is known.
    pub(super) fn may_be_unknown_organization(
        &mut self,
        step: StepIndex,
        kind: &CallKind,
        finding: Finding,
        error: &CallError,
    ) -> bool {
        let is_plain = error.status == Some(404) && is_about_licenses(kind.family()) && !self.has_changed_licenses();
        match finding {
            Finding::Suspicious(_) | Finding::Common(_) if is_plain => {
                self.perhaps_unknown.push((step, error.clone()));
                true
            }
            _ => {
                self.accounts_were_unknown();
                false
            }
        }
    }

    /// The licence service knows the organization, or no more can be found out: the accounts are what it does not know.
    pub(super) fn accounts_were_unknown(&mut self) {
        for (step, error) in std::mem::take(&mut self.perhaps_unknown) {
            self.fail_step(step, &StepFailure::of(&error), Some(&error));
        }
    }

    /// Looks further for a common cause, or ends the rest of the kind with it.
    pub(super) fn act_on(&mut self, kind: &CallKind, finding: Finding, error: &CallError) {
        match finding {
            Finding::OwnFault => {}
            Finding::Suspicious(count) => {
                self.schedule.probe(kind, count.saturating_sub(1));
                if !self.giving_up.has_passed(kind.family()) {
                    self.schedule.try_another_kind(kind);
                }
            }
            Finding::Common(count) => self.end_rest(kind, count, error),
        }
    }

    fn end_rest(&mut self, kind: &CallKind, count: usize, error: &CallError) {
        let words = format!(
            "not tried by itself, because {} were refused alike: {}",
            plural(count, "other"),
            error.message
        );
        let mut failure = StepFailure::of(error).saying(words);
        if is_about_licenses(kind.family()) && error.status == Some(404) && !self.has_changed_licenses() {
            failure.verdict.status = Status::Rejected;
            failure.verdict.code = RowCode::Call(ErrorCode::Own(OwnCode::NoAccountLicense));
            failure = failure.saying(format!(
                "not tried, because the licence service knows none of {} that the directory has: {}; check \
                 `organization_id` (or `RESEAT_ORGANIZATION_ID`)",
                plural(count, "account"),
                error.message
            ));
            self.no_license = Some(failure.clone());
            for (step, error) in std::mem::take(&mut self.perhaps_unknown) {
                let own = failure.saying(format!(
                    "{}; check `organization_id` (or `RESEAT_ORGANIZATION_ID`)",
                    error.message
                ));
                self.fail_step(step, &own, Some(&error));
            }
        }
        let steps: Vec<StepIndex> = self.schedule.take_all(kind);
        let steps: Vec<StepIndex> = steps.into_iter().filter(|step| self.is_still_wanted(*step)).collect();
        self.fail_or_look(&steps, &failure, None);
    }

    /// Ends licence calls for good if the licence service says that the organization itself has no licences. Gives the
    /// call back if it does not. A server may say the same of a user whom it does not know, so it takes two who were tried
    /// alone, and nobody whose licences could be changed.
    pub(super) fn end_without_license(&mut self, waiting: Waiting, error: &CallError) -> Option<Waiting> {
        let family = waiting.call.kind.family();
        let is_said = error.failure == Failure::Refused && is_about_licenses(family) && is_without_license(error);
        let is_single = waiting.call.steps.len() == 1;
        if !is_said || !is_single || self.has_changed_licenses() || self.names_unowned(&waiting.call, error) {
            return Some(waiting);
        }
        self.without_license += 1;
        if self.without_license < ENOUGH_WITHOUT_LICENSE {
            return Some(waiting);
        }
        let failure = StepFailure::of(error);
        self.no_license = Some(failure.saying(format!("not tried: {}", error.message)));
        for step in &waiting.call.steps {
            self.fail_step(*step, &failure, Some(error));
        }
        self.schedule.put_back(waiting.sibling.map(Waiting::from));
        None
    }

    /// Whether a licence call has passed, so that the organization is known to the licence service.
    fn has_changed_licenses(&self) -> bool {
        Family::iter()
            .filter(|family| is_about_licenses(*family))
            .any(|family| self.giving_up.has_passed(family))
    }

    /// Ends a licence step that is not worth a call, because the licence service does not know the organization.
    pub(super) fn ends_without_license(&mut self, step: StepIndex) -> bool {
        let kind = CallKind::of(step, self.steps.step(step));
        let is_license = kind.is_some_and(|kind| is_about_licenses(kind.family()));
        let failure = self.no_license.clone().filter(|_| is_license);
        if let Some(failure) = &failure {
            self.fail_step(step, failure, None);
        }
        failure.is_some()
    }

    /// What a server may call the entry of a step by.
    fn names_to_compare(&self, step: StepIndex) -> Vec<Name> {
        let mut names = Vec::new();
        if let Some(account) = self.steps.step(step).account {
            let label = self.rows.label(self.steps.plan().account(account));
            names.push(Name::Unique(label.to_lowercase()));
        }
        if let Some(id) = self.steps.user_of(step) {
            names.push(Name::Unique(id.to_string().to_lowercase()));
            if let Some(user) = self.snapshot.user_by_id(id) {
                names.extend([user.email(), user.user_name()].map(|name| Name::Unique(name.to_lowercase())));
                names.extend(
                    [user.name(), user.surname(), user.display_name()].map(|name| Name::Persons(name.to_owned())),
                );
            }
        }
        names
    }
}

pub(super) fn is_about_licenses(family: Family) -> bool {
    match family {
        Family::Allocate | Family::Release | Family::GroupRule | Family::RemoveRule | Family::EndLeases => true,
        Family::Invite | Family::Create | Family::Update | Family::Members | Family::Delete => false,
    }
}

/// A name in a server's words.
enum Name {
    /// An id or an address, in lower case: nobody else has it.
    Unique(String),
    /// A person's name, which may be a word as well.
    Persons(String),
}

impl Name {
    fn is_in(&self, words: &str) -> bool {
        match self {
            Self::Unique(name) => !name.is_empty() && words.to_lowercase().contains(name.as_str()),
            Self::Persons(name) => {
                let is_part_of_a_word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
                name.len() >= SHORTEST_NAME
                    && words.match_indices(name.as_str()).any(|(place, _)| {
                        !is_part_of_a_word(words[..place].chars().next_back())
                            && !is_part_of_a_word(words[place + name.len()..].chars().next())
                    })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_persons_name_is_found_as_a_word_and_an_address_anywhere() {
        let unique = Name::Unique("ann@x.example".to_owned());
        assert!(unique.is_in("User 'Ann@X.example' is blocked"));
        assert!(!unique.is_in("The group is managed by the directory"));
        assert!(!Name::Unique(String::new()).is_in("anything"));
        let name = Name::Persons("Lee".to_owned());
        assert!(name.is_in("Ann Lee, who is blocked"));
        assert!(!name.is_in("Leeds is managed by the directory"));
        assert!(!Name::Persons("An".to_owned()).is_in("An error"));
    }
}
