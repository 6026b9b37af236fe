//! Names as they stand in addresses: small letters of ASCII, digits and hyphens.

use unicode_normalization::UnicodeNormalization;

use super::Language;
use super::letters::{Letters, Stand};
use crate::text::is_unsafe;

/// How names are spelt.
#[derive(Debug)]
pub(super) struct Spelling(Letters);

/// A name as it stands in an address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Spelt {
    /// Small letters, digits, and single hyphens between them; empty where the name has none.
    pub(super) text: String,
    /// What stood in brackets, and was left out.
    pub(super) left_out: Vec<String>,
}

/// The letters for which nothing stands, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unspellable(pub(super) Vec<char>);

impl Spelling {
    pub(super) fn of(language: Option<Language>) -> Self {
        Self(Letters::of(language))
    }

    /// Spells a name. Hyphens stay; spaces, dots and apostrophes go, and so do accents that no composed letter has.
    pub(super) fn spell(&self, name: &str) -> Result<Spelt, Unspellable> {
        let (outside, left_out) = without_brackets(&name.nfc().collect::<String>());
        let letters: Vec<char> = outside.chars().filter(|letter| !is_silent(*letter)).collect();
        let (mut text, mut strange) = (String::with_capacity(letters.len()), Vec::new());
        for word in letters.split_inclusive(|letter| parts_words(*letter)) {
            let (word, parted_by) = match word.split_last() {
                Some((last, word)) if parts_words(*last) => (word, Some(*last)),
                Some(_) | None => (word, None),
            };
            self.spell_word(word, &mut text, &mut strange);
            if parted_by.is_some_and(is_hyphen) && !text.is_empty() && !text.ends_with('-') {
                text.push('-');
            }
        }
        text.truncate(text.trim_end_matches('-').len());
        if strange.is_empty() {
            Ok(Spelt { text, left_out })
        } else {
            Err(Unspellable(strange))
        }
    }

    fn spell_word(&self, word: &[char], text: &mut String, strange: &mut Vec<char>) {
        let small: Vec<char> = word.iter().copied().map(small).collect();
        let mut place = 0;
        while place < word.len() {
            let next = small[place];
            if next.is_ascii_lowercase() || next.is_ascii_digit() {
                text.push(next);
                place += 1;
            } else if let Some(Stand { letters, latin }) = self.0.first(&small[place..], place == 0) {
                text.push_str(latin);
                place += letters;
            } else {
                if !strange.contains(&word[place]) {
                    strange.push(word[place]);
                }
                place += 1;
            }
        }
    }
}

/// The small letter, where it is one letter: that of `İ` is two, and stands in the table itself.
fn small(letter: char) -> char {
    let mut small = letter.to_lowercase();
    match (small.next(), small.next()) {
        (Some(only), None) => only,
        (Some(_), Some(_)) | (None, _) => letter,
    }
}

fn parts_words(letter: char) -> bool {
    letter.is_whitespace() || is_hyphen(letter)
}

fn is_hyphen(letter: char) -> bool {
    // Hyphens, dashes and the minus sign: what keyboards and word processors make of one.
    matches!(letter, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Whether it is no letter, and never stands in an address: dots, whatever is typed for an apostrophe, accents that found
/// no letter to be composed with, and what cannot be seen.
fn is_silent(letter: char) -> bool {
    let is_apostrophe = matches!(
        letter,
        '\'' | '`' | '\u{b4}' | '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{2b9}'..='\u{2bc}' | '\u{ff07}'
    );
    let is_accent = matches!(letter, '\u{300}'..='\u{36f}');
    let is_unseen = letter == '\u{ad}' || (is_unsafe(letter) && !letter.is_whitespace());
    letter == '.' || is_apostrophe || is_accent || is_unseen
}

/// The text without what stands in brackets, and that. A bracket without its other half stays where it is.
fn without_brackets(text: &str) -> (String, Vec<String>) {
    let (mut outside, mut inside) = (String::with_capacity(text.len()), Vec::new());
    let mut rest = text;
    while let Some(open) = rest.find(|letter| closing(letter).is_some()) {
        let (before, from) = rest.split_at(open);
        outside.push_str(before);
        let bracket = from.chars().next().unwrap_or_default();
        let after = &from[bracket.len_utf8()..];
        match closing(bracket).and_then(|closing| after.split_once(closing)) {
            Some((within, after)) => {
                inside.push(within.trim().to_owned());
                // What is on both sides of it are words of their own.
                outside.push(' ');
                rest = after;
            }
            None => {
                outside.push(bracket);
                rest = after;
            }
        }
    }
    outside.push_str(rest);
    inside.retain(|text| !text.is_empty());
    (outside, inside)
}

fn closing(bracket: char) -> Option<char> {
    match bracket {
        '(' => Some(')'),
        '[' => Some(']'),
        '{' => Some('}'),
        '（' => Some('）'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spelt(language: &str, name: &str) -> Result<String, String> {
        let spelling = Spelling::of((!language.is_empty()).then(|| language.parse().unwrap()));
        let spelt = spelling.spell(name).map(|spelt| spelt.text);
        spelt.map_err(|strange| strange.0.into_iter().collect())
    }

    #[test]
    fn names_are_spelt_as_their_owners_spell_them() {
        for (language, name, expected) in [
            ("", "Ann", "ann"),
            ("", "İpek", "ipek"),
            ("tr", "Işık", "isik"),
            ("tr", "Doğan Çağlar ÜŞÜR", "dogancaglarusur"),
            ("", "José María", "josemaria"),
            ("", "Zoe\u{308}", "zoe"),
            ("", "Nguyễn Thị Đào", "nguyenthidao"),
            ("", "Łukasz Żółć", "lukaszzolc"),
            ("", "Dvořák", "dvorak"),
            ("", "Þórður Æðelstan", "thorduraedelstan"),
            ("", "Straße", "strasse"),
            ("", "STRAẞE", "strasse"),
            ("", "Gal·la", "galla"),
            ("", "ﬁona ﬄ", "fionaffl"),
            ("", "Ａｎｎ２", "ann2"),
            // A letter and an accent that have no composed form.
            ("", "O\u{323}\u{301}là", "ola"),
            ("", "Müller-Åström", "muller-astrom"),
            ("de", "Müller-Größ", "mueller-groess"),
            ("de", "MU\u{308}LLER", "mueller"),
            ("sv", "Åsa Öberg", "asaoberg"),
            ("fi", "Väinö", "vaino"),
            ("da", "Søren Ærø Åge", "soerenaeroeaage"),
            ("no", "Øystein Ågård", "oysteinagard"),
            ("nl", "van der Berg", "vanderberg"),
            ("hr", "Đurđević", "djurdjevic"),
            ("vi", "Đặng", "dang"),
        ] {
            assert_eq!(spelt(language, name).as_deref(), Ok(expected), "{language} {name}");
        }
    }

    #[test]
    fn other_alphabets_are_spelt_by_the_language_that_is_named() {
        for (language, name, expected) in [
            ("", "Юлия Щербакова", "iuliiashcherbakova"),
            ("ru", "Пётр Объедков", "petrobieedkov"),
            ("uk", "Юлія Згурська", "yuliiazghurska"),
            ("uk", "Григорій Євген-Яків", "hryhoriiyevhen-yakiv"),
            ("uk", "В'ячеслав", "viacheslav"),
            ("uk", "В’ячеслав", "viacheslav"),
            ("bg", "Мария Щерева", "mariashtereva"),
            ("bg", "Илиян", "iliyan"),
            ("sr", "Ђорђе Жижић", "djordjezizic"),
            ("mk", "Ѓорѓи Џамбазов", "gjorgjidjambazov"),
            ("be", "Уладзімір Ёўген", "uladzimiriouhen"),
            ("", "Γιώργος Παπαδόπουλος", "giorgospapadopoulos"),
            ("el", "Μπάμπης Ευθυμίου", "bampisefthymiou"),
            ("el", "Σταύρος", "stavros"),
            ("el", "ΑΓΓΕΛΟΣ", "angelos"),
            ("", "ნინო ჭავჭავაძე", "ninochavchavadze"),
            ("", "Երևան Ոսկանյան Ուլիխան", "yerevanvoskanyanulikhan"),
        ] {
            assert_eq!(spelt(language, name).as_deref(), Ok(expected), "{language} {name}");
        }
    }

    #[test]
    fn apostrophes_dots_and_spaces_go_and_hyphens_stay_single() {
        for (name, expected) in [
            ("O'Brien", "obrien"),
            ("O’Brien", "obrien"),
            ("OʼBrien", "obrien"),
            ("J. R. R.", "jrr"),
            ("Jean–Pierre", "jean-pierre"),
            (" - Ann -- Marie- ", "ann-marie"),
            ("Ann\u{a0}\u{200b}Lee", "annlee"),
            ("Van-\u{200b}-Dyk", "van-dyk"),
            ("'", ""),
            ("", ""),
        ] {
            assert_eq!(spelt("", name).as_deref(), Ok(expected), "{name}");
        }
    }

    #[test]
    fn what_stands_in_brackets_is_left_out_and_told() {
        let spelling = Spelling::of(None);
        for (name, text, left_out) in [
            ("Ann (Extern)", "ann", vec!["Extern"]),
            ("[EXT] Lee（王）", "lee", vec!["EXT", "王"]),
            ("Jo()hn", "john", vec![]),
        ] {
            let spelt = spelling.spell(name).unwrap();
            assert_eq!(
                (spelt.text.as_str(), spelt.left_out),
                (text, left_out.iter().map(ToString::to_string).collect())
            );
        }
        assert_eq!(spelt("", "Ann (Lee"), Err("(".to_owned()));
    }

    #[test]
    fn letters_that_have_no_rule_are_named_and_never_left_out() {
        for (name, strange) in [
            ("王", "王"),
            ("小明 Wang 小", "小明"),
            ("דוד", "דו"),
            ("محمد", "محد"),
            ("สมชาย", "สมชาย"),
            ("राम", "राम"),
            ("Ann 🙂", "🙂"),
            ("Lee, Ann", ","),
            ("A_B", "_"),
        ] {
            assert_eq!(spelt("", name), Err(strange.to_owned()), "{name}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_name_is_its_letters_are_spelt_or_named(
            name in r"\PC{0,12}|[a-zÀ-žА-яΆ-ώ '’.-]{0,12}",
            language in prop::sample::select(Language::all().into_iter().map(Some).chain([None]).collect::<Vec<_>>()),
        ) {
            let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            match Spelling::of(language).spell(&name) {
                Ok(Spelt { text, .. }) => {
                    prop_assert!(text.bytes().all(is_plain));
                    prop_assert!(!text.starts_with('-') && !text.ends_with('-') && !text.contains("--"));
                }
                Err(Unspellable(strange)) => prop_assert!(!strange.is_empty()),
            }
        }

        #[test]
        fn a_name_is_spelt_the_same_however_its_accents_are_composed(name in "[a-zÀ-žА-яΆ-ώẠ-ỹ '-]{0,12}") {
            let spelling = Spelling::of(None);
            let apart: String = name.nfd().collect();
            prop_assert_eq!(spelling.spell(&name), spelling.spell(&apart));
            prop_assert_eq!(spelling.spell(&name.to_uppercase()).is_ok(), spelling.spell(&name).is_ok());
        }
    }
}
