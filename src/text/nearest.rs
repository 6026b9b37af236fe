//! "Did you mean": the closest of a list of candidates.

use super::fold;

/// The candidate closest to `typed`, if one is near enough to be worth suggesting
/// (at most a third of the letters differ, case aside).
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = fold(typed);
    let length = typed.chars().count();
    let allowed = (length / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (fold(candidate), candidate))
        // Texts are at least as far apart as their lengths, and the distance of long ones is dear.
        .filter(|(folded, _)| folded.chars().count().abs_diff(length) <= allowed)
        .map(|(folded, candidate)| (strsim::damerau_levenshtein(&typed, &folded), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
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
}
