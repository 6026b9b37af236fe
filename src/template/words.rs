//! What people read in a template, by language.

use std::collections::HashMap;
use std::sync::LazyLock;

use strum::IntoEnumIterator;

use super::{TemplateKind, TemplateLanguage};

/// Lines of `key = text`; `{name}` in a text is filled in.
fn file(language: TemplateLanguage) -> &'static str {
    match language {
        TemplateLanguage::En => include_str!("words/en.txt"),
        TemplateLanguage::De => include_str!("words/de.txt"),
        TemplateLanguage::Fr => include_str!("words/fr.txt"),
        TemplateLanguage::Es => include_str!("words/es.txt"),
    }
}

static TEXTS: LazyLock<HashMap<TemplateLanguage, HashMap<&'static str, &'static str>>> = LazyLock::new(|| {
    TemplateLanguage::iter()
        .map(|language| (language, lines(file(language)).collect()))
        .collect()
});

fn lines(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(" = "))
}

/// The words for one kind of template in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Words {
    /// The kind, whose own texts go before those for all kinds.
    pub(super) kind: TemplateKind,
    /// The language.
    pub(super) language: TemplateLanguage,
}

impl Words {
    /// The text of a key: what `KEY.KIND` says, else what `KEY` says. A key that no file has stands for itself, which a
    /// test excludes.
    pub(super) fn text(self, key: &str) -> String {
        self.find(&format!("{key}.{}", self.kind))
            .or_else(|| self.find(key))
            .map_or_else(|| key.to_owned(), str::to_owned)
    }

    /// The same, with names filled in.
    pub(super) fn filled(self, key: &str, names: &[(&str, &str)]) -> String {
        let fill = |text: String, (name, value): &(&str, &str)| text.replace(&format!("{{{name}}}"), value);
        names.iter().fold(self.text(key), fill)
    }

    fn find(self, key: &str) -> Option<&'static str> {
        TEXTS.get(&self.language)?.get(key).copied()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn names(text: &str) -> BTreeSet<&str> {
        let parts = text.split('{').skip(1);
        parts
            .filter_map(|part| part.split_once('}'))
            .map(|(name, _)| name)
            .collect()
    }

    #[test]
    fn every_language_says_the_same_things_once_and_fills_in_the_same_names() {
        let english: Vec<_> = lines(file(TemplateLanguage::En)).collect();
        for language in TemplateLanguage::iter() {
            let theirs: Vec<_> = lines(file(language)).collect();
            let keys = |lines: &[(&'static str, _)]| lines.iter().map(|line| line.0).collect::<Vec<_>>();
            assert_eq!(keys(&theirs), keys(&english), "{language}");
            let once: BTreeSet<_> = keys(&theirs).into_iter().collect();
            assert_eq!(once.len(), theirs.len(), "{language} has a key twice");
            for ((key, text), (_, english)) in theirs.iter().zip(&english) {
                assert_eq!(names(text), names(english), "{key} in {language}");
                assert!(!text.trim().is_empty(), "{key} in {language}");
            }
        }
    }

    #[test]
    fn no_text_is_left_in_english() {
        // Words that are the same in both languages.
        let same = |key: &str, language: TemplateLanguage| match language {
            TemplateLanguage::En => true,
            TemplateLanguage::De => ["header.operation"].contains(&key),
            TemplateLanguage::Fr => [
                "worksheet.rebalance",
                "header.licenses",
                "header.quotas",
                "cells.dates.word",
                "cells.licenses.word",
            ]
            .contains(&key),
            TemplateLanguage::Es => ["no"].contains(&key),
        };
        let english: HashMap<_, _> = lines(file(TemplateLanguage::En)).collect();
        for language in TemplateLanguage::iter() {
            for (key, text) in lines(file(language)) {
                let is_code = key == "header.bypass_basic_auth";
                let is_same = english.get(key) == Some(&text);
                assert_eq!(is_same, is_code || same(key, language), "{key} in {language}: {text}");
            }
        }
    }
}
