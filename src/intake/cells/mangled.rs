//! Names that a program has mangled on the way: UTF-8 that was taken for Windows-1252 and encoded again, the references
//! that web pages have for letters, and the escapes and quotes of other forms.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;
use unicode_normalization::UnicodeNormalization;

use super::{UnplacedProblem, excerpt};
use crate::problem::ProblemCode;

/// What is mangled in a cell of names, if anything looks so, with what it was before.
pub(in crate::intake) fn mangled(text: &str) -> Option<UnplacedProblem> {
    let (how, mended) = before_mangling(text)?;
    let what = format!(
        "`{}` looks like {how}, and would be `{}`",
        excerpt(text),
        excerpt(&mended)
    );
    let help = "correct it in the sheet, or where that comes from; nothing to do if it is written so";
    Some(UnplacedProblem::warning(ProblemCode::DoubtfulEncoding, what, help))
}

/// How a text was mangled, if it looks so, and what it was before.
pub(in crate::intake) fn before_mangling(text: &str) -> Option<(&'static str, String)> {
    // So it is with nearly every name.
    let has_escapes = text.bytes().any(|byte| matches!(byte, b'&' | b'\\' | b'=' | b'%'));
    if text.is_ascii() && !text.starts_with('\'') && !has_escapes {
        return None;
    }
    if let Some(once) = encoded_twice(text) {
        return Some(("UTF-8 that was encoded once more", once));
    }
    if let Some(inner) = unquoted(text) {
        return Some(("a text in the quotes of another program", inner.to_owned()));
    }
    if has_escapes { unescaped(text) } else { None }
}

/// The text in quotes that a sheet has no need of: `'Ann'`.
fn unquoted(text: &str) -> Option<&str> {
    [('\'', '\''), ('“', '”'), ('„', '“')]
        .into_iter()
        .find_map(|(open, close)| {
            let inner = text.strip_prefix(open)?.strip_suffix(close)?;
            (!inner.is_empty() && !inner.contains([open, close])).then_some(inner)
        })
}

/// What was escaped for another form than a sheet: `J\u00fcrgen`, `J=C3=BCrgen`, `Lee\, Ann`.
fn unescaped(text: &str) -> Option<(&'static str, String)> {
    let with_backslashes = || {
        let mended = ["\\,", "\\'", "\\\""]
            .iter()
            .fold(text.to_owned(), |text, escape| text.replace(escape, &escape[1..]));
        (mended != text).then_some(("a text with the escapes of a database", mended))
    };
    let of_a_page = || Some(("a part of a web page", with_letters(text)?));
    let of_json = || Some(("a text with the escapes of JSON", with_code_units(text)?));
    let of_mail = || Some(("a part of a mail's source", with_bytes(text, '=')?));
    let of_address = || Some(("a part of a web address", with_bytes(text, '%')?));
    of_a_page()
        .or_else(of_json)
        .or_else(of_mail)
        .or_else(of_address)
        .or_else(with_backslashes)
}

/// The text with letters for `\u00fc`.
fn with_code_units(text: &str) -> Option<String> {
    const DIGITS: usize = 4;
    let mut parts = text.split("\\u");
    let mut mended = parts.next()?.to_owned();
    let mut has_some = false;
    for part in parts {
        let code = part
            .get(..DIGITS)
            .and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let letter = code
            .and_then(char::from_u32)
            .filter(|letter| !letter.is_ascii() && is_of_a_name(*letter));
        if let Some(letter) = letter {
            has_some = true;
            mended.push(letter);
            mended.push_str(&part[DIGITS..]);
        } else {
            mended.push_str("\\u");
            mended.push_str(part);
        }
    }
    has_some.then_some(mended)
}

/// The text with letters for their bytes in UTF-8 behind this sign: `=C3=BC`, `%C3%BC`.
fn with_bytes(text: &str, sign: char) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split(sign);
    bytes.extend_from_slice(parts.next()?.as_bytes());
    let mut has_some = false;
    for part in parts {
        let digits = part
            .get(..2)
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match digits
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            .filter(|byte| !byte.is_ascii())
        {
            Some(byte) => {
                has_some = true;
                bytes.push(byte);
                bytes.extend_from_slice(&part.as_bytes()[2..]);
            }
            None => {
                bytes.extend(sign.to_string().bytes());
                bytes.extend_from_slice(part.as_bytes());
            }
        }
    }
    String::from_utf8(bytes)
        .ok()
        .filter(|mended| has_some && mended.chars().all(is_of_a_name))
}

/// The text before it was taken for Windows-1252, if its letters are bytes of UTF-8: `Müller` of `MÃ¼ller`.
fn encoded_twice(text: &str) -> Option<String> {
    // With one of these bytes begins whatever UTF-8 has beyond ASCII.
    if !text.contains(|letter| ('\u{c2}'..='\u{f4}').contains(&letter)) {
        return None;
    }
    let (bytes, _, has_lost) = WINDOWS_1252.encode(text);
    let once = std::str::from_utf8(&bytes).ok().filter(|_| !has_lost)?;
    // Some programs do it again and again. By chance it would hardly come to letters of names.
    encoded_twice(once).or_else(|| once.chars().all(is_of_a_name).then(|| once.to_owned()))
}

fn is_of_a_name(letter: char) -> bool {
    letter.is_ascii()
        || matches!(letter, '\u{c0}'..='\u{24f}' | '\u{370}'..='\u{52f}' | '\u{1e00}'..='\u{1eff}' | '\u{2010}'..='\u{201f}' | '\u{3040}'..='\u{9fff}')
}

/// The text with letters for the references of web pages: `R&D` of `R&amp;D`, `Müller` of `M&uuml;ller`.
fn with_letters(text: &str) -> Option<String> {
    let mut mended = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        let behind = &rest[start + 1..];
        let reference = behind
            .split_once(';')
            .and_then(|(name, after)| Some((letter_of(name)?, after)));
        mended.push_str(&rest[..start]);
        match reference {
            Some((letter, after)) => {
                mended.push_str(&letter);
                rest = after;
            }
            None => {
                mended.push('&');
                rest = behind;
            }
        }
    }
    mended.push_str(rest);
    (mended != text).then_some(mended)
}

/// The letter that a web page has a reference to, by what stands between `&` and `;`.
fn letter_of(name: &str) -> Option<Cow<'static, str>> {
    const ACCENTS: [(&str, char); 8] = [
        ("uml", '\u{308}'),
        ("acute", '\u{301}'),
        ("grave", '\u{300}'),
        ("circ", '\u{302}'),
        ("tilde", '\u{303}'),
        ("cedil", '\u{327}'),
        ("ring", '\u{30a}'),
        ("caron", '\u{30c}'),
    ];
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        let letter = char::from_u32(code.ok()?).filter(|letter| !letter.is_control())?;
        return Some(letter.to_string().into());
    }
    let letter = match name {
        "amp" => "&",
        "quot" => "\"",
        "apos" => "'",
        "lt" => "<",
        "gt" => ">",
        "nbsp" => " ",
        "szlig" => "ß",
        "oslash" => "ø",
        "Oslash" => "Ø",
        "aelig" => "æ",
        "AElig" => "Æ",
        "lstrok" => "ł",
        _ => {
            let accented = |(accent, mark): &(&str, char)| {
                let letter = name.strip_suffix(accent).filter(|letter| letter.len() == 1)?;
                let is_letter = letter.bytes().all(|byte| byte.is_ascii_alphabetic());
                is_letter.then(|| letter.chars().chain([*mark]).nfc().collect::<String>())
            };
            return ACCENTS.iter().find_map(accented).map(Cow::Owned);
        }
    };
    Some(letter.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_escapes_and_quotes_of_other_forms_are_shown_as_what_they_stand_for() {
        for (text, mended) in [
            ("J\\u00fcrgen", "Jürgen"),
            ("\\u5c71\\u7530", "山田"),
            ("J=C3=BCrgen", "Jürgen"),
            ("J%C3%BCrgen M%c3%bcller", "Jürgen Müller"),
            ("Lee\\, Ann", "Lee, Ann"),
            ("O\\'Neil", "O'Neil"),
            ("'Ann'", "Ann"),
            ("“Ann”", "Ann"),
        ] {
            assert_eq!(before_mangling(text).unwrap().1, mended, "{text}");
        }
        for text in [
            "O'Neil",
            "'t Hooft",
            "'",
            "''",
            "'A' or 'B'",
            "CORP\\ursula",
            "CORP\\udo",
            "CORP\\tom",
            "a=b",
            "50% B2B",
            "R=C3 lab",
            "100%",
            "Ann “Annie” Lee",
        ] {
            assert_eq!(before_mangling(text), None, "{text}");
        }
    }

    #[test]
    fn what_was_encoded_twice_or_comes_from_a_web_page_is_shown_as_it_was() {
        for (text, mended) in [
            ("MÃ¼ller", "Müller"),
            ("JosÃ©", "José"),
            ("GarcÃ\u{ad}a", "García"),
            ("ZoÃ«", "Zoë"),
            ("MÃƒÂ¼ller", "Müller"),
            ("Å\u{81}ukasz", "Łukasz"),
            ("Å»ak", "Żak"),
            ("Ð˜Ð²Ð°Ð½", "Иван"),
            ("Oâ€™Brien", "O’Brien"),
            ("å±±ç”°", "山田"),
        ] {
            assert_eq!(encoded_twice(text).as_deref(), Some(mended), "{text}");
        }
        for (text, mended) in [
            ("M&uuml;ller", "Müller"),
            ("O&#39;Neil", "O'Neil"),
            ("O&#x27;Neil", "O'Neil"),
            ("R&amp;D; Finance", "R&D; Finance"),
            ("Fran&ccedil;ois", "François"),
        ] {
            assert_eq!(with_letters(text).as_deref(), Some(mended), "{text}");
        }
    }

    #[test]
    fn names_as_people_have_them_are_not_mangled() {
        for text in [
            "Müller",
            "José García",
            "João Ânderson",
            "Łukasz Żak",
            "Škoda",
            "Ågård",
            "Straße",
            "Weiß…",
            "Иван",
            "山田",
            "Ñandú",
            "R&D; Sales",
            "H&M; Zara",
            "Sales & Marketing; HR",
            "Q&A",
            "A&B;C",
            "&; x",
        ] {
            assert_eq!(mangled(text), None, "{text}");
        }
    }
}
