//! What a server's words say about a refusal, where neither its status nor its code does.

/// Whether the words say that a user or an entity is not known: how services refuse an id that they do not have (yet).
pub(super) fn says_unknown(words: &str) -> bool {
    says_any(
        words,
        &[
            "not found",
            "could not find",
            "cannot find",
            "cannot be found",
            "could not be found",
            "does not exist",
            "do not exist",
            "doesn't exist",
            "no such user",
            "unknown user",
            "unknown entity",
            "is unknown",
            "not recognized",
            "invalid user id",
        ],
    )
}

/// Whether the words say that somebody who is to join a group is in it.
pub(super) fn says_already_a_member(words: &str) -> bool {
    says_any(
        words,
        &[
            "already a member",
            "already member",
            "already in the group",
            "already in group",
            "already in this group",
            "already in role",
            "already part of",
            "already belongs to",
            "already belong to",
            "already exists in the group",
            "already been added",
            "already added",
            "already assigned to",
            "alreadyingroup",
            "alreadyinrole",
            "alreadymember",
        ],
    )
}

/// Whether the words say that somebody who is to leave a group is not in it.
pub(super) fn says_not_a_member(words: &str) -> bool {
    says_any(
        words,
        &[
            "not a member",
            "not member of",
            "no longer a member",
            "not in the group",
            "not in group",
            "not in this group",
            "not in role",
            "not part of the group",
            "does not belong to the group",
            "does not belong to group",
            "do not belong to the group",
            "already removed from",
            "notingroup",
            "notinrole",
            "notmember",
        ],
    )
}

fn says_any(words: &str, phrases: &[&str]) -> bool {
    let words = words.to_lowercase();
    phrases.iter().any(|phrase| words.contains(phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_about_memberships_that_are_so_already_are_told_from_other_refusals() {
        for words in [
            "User 'x' is already a member of group 'y'.",
            "The user is already in the group.",
            "User already in role 'Finance'.",
            "UserAlreadyInGroup",
        ] {
            assert!(says_already_a_member(words) && !says_not_a_member(words), "{words}");
        }
        for words in [
            "The user is not a member of the group.",
            "x is no longer a member",
            "User is not in role 'Finance'.",
            "The user does not belong to the group.",
        ] {
            assert!(says_not_a_member(words) && !says_already_a_member(words), "{words}");
        }
        for words in [
            "Group membership is managed by the directory.",
            "The user does not belong to this organization.",
            "Email already exists.",
            "The directory entity 'x' does not exist.",
        ] {
            assert!(!says_not_a_member(words) && !says_already_a_member(words), "{words}");
        }
        assert!(says_unknown("The directory entity 'x' does not exist."));
        assert!(says_unknown("The entity was not found."));
        assert!(!says_unknown("Group membership is managed by the directory."));
    }
}
