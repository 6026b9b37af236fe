//! What stands for a letter in an address, in one language.

use std::collections::HashMap;

use super::Language;
use super::letter_rules::{Place, Rule, rules};

/// The rules of one language, over those that hold everywhere.
#[derive(Debug)]
pub(super) struct Letters {
    rules: HashMap<&'static str, Places>,
    /// How many letters the longest rule has.
    longest: usize,
}

/// What stands for the same letters at each place.
#[derive(Debug, Clone, Copy, Default)]
struct Places {
    anywhere: Option<&'static str>,
    start: Option<&'static str>,
    end: Option<&'static str>,
}

/// What stands for some letters of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stand {
    /// How many letters.
    pub(super) letters: usize,
    /// What stands for them; nothing for letters that are not heard.
    pub(super) latin: &'static str,
}

impl Letters {
    pub(super) fn of(language: Option<Language>) -> Self {
        let mut found = Self {
            rules: HashMap::new(),
            longest: 1,
        };
        let is_of_it = |rule: &Rule| {
            let mut languages = rule.languages.split('|');
            language.is_some_and(|language| languages.any(|of| of == language.as_str()))
        };
        let (common, own): (Vec<Rule>, Vec<Rule>) = rules()
            .filter(|rule| rule.languages.is_empty() || is_of_it(rule))
            .partition(|rule| rule.languages.is_empty());
        // What the language says comes last, and so counts.
        for rule in common.into_iter().chain(own) {
            found.longest = found.longest.max(rule.letters.chars().count());
            let places = found.rules.entry(rule.letters).or_default();
            let place = match rule.place {
                Place::Anywhere => &mut places.anywhere,
                Place::Start => &mut places.start,
                Place::End => &mut places.end,
            };
            *place = Some(rule.latin);
        }
        found
    }

    /// What stands for the letters that the rest of a word begins with: for as many as have a rule together. `None` if the
    /// first has none.
    pub(super) fn first(&self, rest: &[char], is_start: bool) -> Option<Stand> {
        (1..=self.longest.min(rest.len())).rev().find_map(|letters| {
            let text: String = rest[..letters].iter().collect();
            let places = self.rules.get(text.as_str())?;
            let start = places.start.filter(|_| is_start);
            let end = places.end.filter(|_| letters == rest.len());
            let latin = start.or(end).or(places.anywhere)?;
            Some(Stand { letters, latin })
        })
    }
}
