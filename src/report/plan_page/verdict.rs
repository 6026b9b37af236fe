//! What a plan comes to, in one sentence or two that a head of department understands. Pure.

use super::super::words::{people, things};
use super::counts::Counts;
use crate::page::Tone;
use crate::plan::TakenLater;
use crate::text::{self, choose, number};

/// What the sentence rests on beside the counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grounds<'a> {
    /// Why a run would stop before it changes anything, if it would.
    pub(super) stop: Option<&'a str>,
    /// How many people lose access.
    pub(super) losers: usize,
    /// How many accounts are deleted.
    pub(super) deletions: usize,
    /// What is approved with the plan and taken away once its date has come.
    pub(super) later: TakenLater,
    /// Rows that earlier runs finished.
    pub(super) finished: usize,
}

pub(super) fn verdict(counts: &Counts, grounds: Grounds<'_>) -> (String, Tone) {
    if let Some(stop) = grounds.stop {
        return (
            format!("As it is, this plan would stop before it changes anything: {stop}."),
            Tone::Bad,
        );
    }
    let mut sentences = vec![headline(counts, grounds)];
    sentences.extend(taken_later(grounds.later));
    if counts.short > 0 {
        let rows = things(counts.short, "row", "gets", "get");
        sentences.push(format!("{rows} no seat, because there are too few."));
    }
    if counts.cannot_run > 0 {
        let rows = things(counts.cannot_run, "row", "cannot", "cannot");
        sentences.push(format!("{rows} be carried out."));
    }
    let tone = if counts.cannot_run + counts.short > 0 {
        Tone::Bad
    } else if grounds.losers > 0 || grounds.deletions > 0 || grounds.later != TakenLater::default() {
        Tone::Waiting
    } else if counts.changing == 0 {
        Tone::Plain
    } else {
        Tone::Good
    };
    (sentences.join(" "), tone)
}

fn headline(counts: &Counts, grounds: Grounds<'_>) -> String {
    if counts.changing == 0 {
        return match (
            counts.already_so + grounds.finished,
            counts.waiting,
            counts.cannot_run + counts.short,
        ) {
            (_, 0, 0) if counts.already_so + counts.left_alone == 0 && grounds.finished > 0 => {
                "Nothing is left to be done: earlier runs have finished the sheet."
            }
            (0, 0, 0) if counts.left_alone == 0 => "There is nothing to do: no row was planned.",
            (_, 0, 0) => "Nothing would change: everything is as the sheet asks for.",
            (0, _, 0) => "Nothing would change yet: every row waits.",
            (_, _, 0) => "Nothing would change now: what is not so already waits.",
            _ => "Nothing would change.",
        }
        .to_owned();
    }
    let whom = match (counts.people, counts.rules) {
        (0, rules) => things(rules, "group", "would be changed", "would be changed"),
        (several, 0) => people(several, "would be affected", "would be affected"),
        (several, rules) => format!(
            "{} and {}",
            text::people(several),
            things(rules, "group", "would be affected", "would be affected")
        ),
    };
    let lost = match (grounds.losers, counts.people) {
        (0, _) => "nobody loses access".to_owned(),
        (1, 1) => "they lose access".to_owned(),
        (losers, _) => people(losers, "loses access", "lose access"),
    };
    let deleted = match grounds.deletions {
        0 => String::new(),
        deletions => format!(", and {} deleted for good", things(deletions, "account", "is", "are")),
    };
    // Who gives up a licence has not lost access, and still has to know.
    let licences = match (counts.giving_up, counts.getting) {
        (0, _) => String::new(),
        (giving_up, 0) => format!("; {} a licence", people(giving_up, "gives up", "give up")),
        (giving_up, getting) => format!(
            "; {} a licence, {} {} one",
            people(giving_up, "gives up", "give up"),
            number(getting),
            choose(getting, "gets", "get")
        ),
    };
    format!("{whom}; {lost}{deleted}{licences}.")
}

/// What is taken away later, in a sentence; `None` if nothing is.
fn taken_later(later: TakenLater) -> Option<String> {
    let TakenLater {
        deletions,
        people: losers,
    } = later;
    let lost = (losers > 0).then(|| people(losers, "loses access", "lose access"));
    let deleted = (deletions > 0).then(|| format!("{} deleted for good", things(deletions, "account", "is", "are")));
    let told: Vec<String> = lost.into_iter().chain(deleted).collect();
    (!told.is_empty()).then(|| format!("Approving it covers what comes later as well: {}.", told.join(", and ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(counts: &Counts, losers: usize, deletions: usize, finished: usize) -> (String, Tone) {
        let stop = None;
        verdict(
            counts,
            Grounds {
                stop,
                losers,
                deletions,
                later: TakenLater::default(),
                finished,
            },
        )
    }

    #[test]
    fn a_plan_comes_to_a_sentence_that_names_who_is_affected_and_who_loses_access() {
        let of = |people: usize, rules: usize, cannot_run: usize| Counts {
            changing: people + rules,
            people,
            rules,
            cannot_run,
            ..Counts::default()
        };
        for (counts, losers, deletions, words, tone) in [
            (
                of(40, 0, 0),
                0,
                0,
                "40 people would be affected; nobody loses access.",
                Tone::Good,
            ),
            (
                of(1, 0, 0),
                1,
                1,
                "1 person would be affected; they lose access, and 1 account is deleted for good.",
                Tone::Waiting,
            ),
            (
                of(3, 1, 2),
                2,
                0,
                "3 people and 1 group would be affected; 2 people lose access. 2 rows cannot be carried out.",
                Tone::Bad,
            ),
            (
                of(0, 2, 0),
                0,
                0,
                "2 groups would be changed; nobody loses access.",
                Tone::Good,
            ),
        ] {
            assert_eq!(told(&counts, losers, deletions, 0), (words.to_owned(), tone));
        }
    }

    #[test]
    fn whoever_gives_up_a_licence_is_in_the_sentence() {
        for (people, giving_up, getting, words) in [
            (
                12,
                6,
                6,
                "12 people would be affected; nobody loses access; 6 people give up a licence, 6 get one.",
            ),
            (
                1,
                1,
                0,
                "1 person would be affected; nobody loses access; 1 person gives up a licence.",
            ),
            (6, 0, 6, "6 people would be affected; nobody loses access."),
        ] {
            let counts = Counts {
                changing: people,
                people,
                giving_up,
                getting,
                ..Counts::default()
            };
            assert_eq!(told(&counts, 0, 0, 0).0, words);
        }
    }

    #[test]
    fn a_plan_that_changes_nothing_says_why() {
        let of = |already_so: usize, waiting: usize, cannot_run: usize| Counts {
            already_so,
            waiting,
            cannot_run,
            ..Counts::default()
        };
        for (counts, finished, words) in [
            (
                of(3, 0, 0),
                0,
                "Nothing would change: everything is as the sheet asks for.",
            ),
            (of(0, 3, 0), 0, "Nothing would change yet: every row waits."),
            (
                of(1, 3, 0),
                0,
                "Nothing would change now: what is not so already waits.",
            ),
            (
                of(0, 0, 0),
                3,
                "Nothing is left to be done: earlier runs have finished the sheet.",
            ),
            (of(0, 0, 0), 0, "There is nothing to do: no row was planned."),
            (of(0, 0, 1), 0, "Nothing would change. 1 row cannot be carried out."),
        ] {
            assert_eq!(told(&counts, 0, 0, finished).0, words);
        }
    }

    #[test]
    fn what_is_approved_to_be_taken_away_later_is_in_the_sentence() {
        for (deletions, people, words) in [
            (0, 0, None),
            (
                0,
                1,
                Some("Approving it covers what comes later as well: 1 person loses access."),
            ),
            (
                1,
                3,
                Some(
                    "Approving it covers what comes later as well: 3 people lose access, and 1 account is deleted for good.",
                ),
            ),
            (
                2,
                0,
                Some("Approving it covers what comes later as well: 2 accounts are deleted for good."),
            ),
        ] {
            assert_eq!(taken_later(TakenLater { deletions, people }).as_deref(), words);
        }
    }

    #[test]
    fn what_stops_a_run_goes_before_everything_else() {
        let grounds = Grounds {
            stop: Some("there are not enough seats for 3 rows"),
            losers: 1,
            deletions: 1,
            later: TakenLater::default(),
            finished: 0,
        };
        let (words, tone) = verdict(&Counts::default(), grounds);
        assert_eq!(
            words,
            "As it is, this plan would stop before it changes anything: there are not enough seats for 3 rows."
        );
        assert_eq!(tone, Tone::Bad);
    }
}
