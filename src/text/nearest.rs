//! "Did you mean": the closest of a list of candidates.

use super::fold;

/// What turns the meaning of the word after it, in the languages of the sheets: `undelete`, `inactive`, `désactiver`.
const TURNING: [&str; 17] = [
    "un", "in", "im", "dis", "de", "dé", "dés", "des", "dez", "re", "non", "no", "not", "ent", "nie", "niet", "nicht",
];

/// The candidate closest to `typed`, if one is near enough to be worth suggesting
/// (at most a third of the letters differ, case aside), and does not mean the opposite.
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = fold(typed);
    let length = typed.chars().count();
    let allowed = (length / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (fold(candidate), candidate))
        // Texts are at least as far apart as their lengths, and the distance of long ones is dear.
        .filter(|(folded, _)| folded.chars().count().abs_diff(length) <= allowed)
        .map(|(folded, candidate)| (strsim::damerau_levenshtein(&typed, &folded), folded, candidate))
        .filter(|(distance, folded, _)| *distance <= allowed && !is_opposite(&typed, folded))
        .min_by_key(|(distance, ..)| *distance)
        .map(|(.., candidate)| candidate)
}

/// Whether one of two words in comparison form is the other with its meaning turned: a prefix that turns it is between
/// them, rather than a slip of the finger.
pub fn is_opposite(one: &str, other: &str) -> bool {
    // `isInactive` is turned behind its first word.
    let (one, other) = match (one.strip_prefix("is"), other.strip_prefix("is")) {
        (Some(one), Some(other)) => (without_joint(one), without_joint(other)),
        _ => (one, other),
    };
    let distance = strsim::damerau_levenshtein(one, other);
    let turns = |prefix: &str, turned: &str, plain: &str| {
        let rest = turned.strip_prefix(prefix).filter(|_| !plain.starts_with(prefix));
        rest.is_some_and(|rest| strsim::damerau_levenshtein(without_joint(rest), plain) < distance)
    };
    TURNING
        .iter()
        .any(|prefix| turns(prefix, one, other) || turns(prefix, other, one))
}

fn without_joint(word: &str) -> &str {
    word.trim_start_matches(['-', '_', ' '])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_code_and_a_stranger_finds_nothing() {
        let codes = ["ATTUNU", "TSTNU", "RPADEVPRONU"];
        assert_eq!(nearest("atunu", codes), Some("ATTUNU"));
        assert_eq!(nearest("TSTUN", codes), Some("TSTNU"));
        assert_eq!(nearest("robot", codes), None);
    }

    #[test]
    fn nothing_is_near_its_opposite() {
        for (typed, opposite) in [
            ("undelete", "delete"),
            ("undelet", "delete"),
            ("inactive", "active"),
            ("is_inactive", "is_active"),
            ("active", "inactive"),
            ("Unattended", "Attended"),
            ("unblock-licenses", "block-licenses"),
            ("deactivate", "activate"),
            ("re-invite", "invite"),
            ("Nieaktywny", "aktywny"),
            ("nicht aktiv", "aktiv"),
            ("Niet actief", "actief"),
            ("désactiver", "activer"),
        ] {
            assert_eq!(nearest(typed, [opposite]), None, "{typed}");
        }
        for (typed, meant) in [
            ("dleete", "delete"),
            ("invit", "invite"),
            ("inivte", "invite"),
            ("elease-licenses", "release-licenses"),
            ("usernname", "username"),
        ] {
            assert_eq!(nearest(typed, [meant]), Some(meant), "{typed}");
        }
    }
}
