//! What groups are called where a row's end is told.

use super::rows::StepFailure;
use super::state::Machine;
use crate::api::Group;
use crate::model::GroupId;
use crate::plan::{RowCode, StepIndex, StepSource, Work};

/// The length of an id in a text.
const ID_LENGTH: usize = 36;

impl Machine<'_> {
    /// The group as it is called now.
    pub(super) fn group(&self, id: GroupId) -> Option<&Group> {
        let known = self.renamed.get(&id).or_else(|| self.steps.plan().groups.get(&id));
        // Somebody may have been put into it since the plan was made.
        known.or_else(|| self.snapshot.group_by_id(id))
    }

    /// By its name, or by its id where that is all that is known.
    pub(super) fn group_in_words(&self, id: GroupId) -> String {
        match self.group(id) {
            Some(group) => format!("group `{}`", group.name),
            None => format!("group {id}"),
        }
    }

    /// The failure with the names of the groups that it is about: a row may name several groups, and the server's words have
    /// ids at best.
    pub(super) fn naming_groups(&self, step: StepIndex, failure: &StepFailure) -> StepFailure {
        let words = failure.message();
        match (&self.steps.step(step).work, &failure.verdict.code) {
            (Work::Member(group, _), RowCode::Call(_)) => {
                failure.saying(format!("{}: {words}", self.group_in_words(**group)))
            }
            _ => {
                let named =
                    ids_in(words).filter_map(|id| Some(format!("{id} is the group `{}`", self.group(id)?.name)));
                let named: Vec<String> = named.collect();
                if named.is_empty() {
                    failure.clone()
                } else {
                    failure.saying(format!("{words} ({})", named.join(", ")))
                }
            }
        }
    }
}

/// What may be the ids of groups.
fn ids_in(words: &str) -> impl Iterator<Item = GroupId> {
    words
        .split(|letter: char| !letter.is_ascii_hexdigit() && letter != '-')
        .filter(|part| part.len() == ID_LENGTH)
        .filter_map(|part| part.parse().ok().map(GroupId))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_found_wherever_it_stands_in_the_words() {
        let id = "0d878609-ae59-57de-afcf-2e76ba5a7665";
        for words in [
            format!("The group '{id}' does not exist."),
            id.to_owned(),
            format!("Group={id},User=1-2"),
            format!("unknown: {}", id.to_uppercase()),
        ] {
            let found: Vec<String> = ids_in(&words).map(|id| id.to_string()).collect();
            assert_eq!(found, [id], "{words}");
        }
        assert_eq!(ids_in("the group is managed by the directory - read-only").count(), 0);
    }
}
