//! Words as a shell takes them literally.

use std::ffi::OsStr;
use std::fmt::Write as _;

use super::is_unsafe;

/// A word, quoted for the shell of this system where it needs it.
pub fn shell_word(word: &OsStr) -> String {
    if cfg!(windows) {
        for_windows(&word.to_string_lossy())
    } else {
        for_posix(word.as_encoded_bytes())
    }
}

/// A flag with a value as a message shows them: in double quotes, unless a shell takes something in it for more than a letter.
pub fn shell_flag(flag: &str, value: &str) -> String {
    let is_special = |letter: char| "\\$`\"!%\u{201c}\u{201d}\u{201e}".contains(letter) || is_unsafe(letter);
    let joint = if value.starts_with('-') { '=' } else { ' ' };
    let word = if !value.contains(is_special) && joint == ' ' {
        format!("\"{value}\"")
    } else if cfg!(windows) {
        for_windows(value)
    } else if value.contains('`') {
        // Backticks in pairs are quotation marks in messages.
        escaped(value.as_bytes())
    } else if joint == '=' && is_plain(value) {
        format!("'{value}'")
    } else {
        for_posix(value.as_bytes())
    };
    format!("{flag}{joint}{word}")
}

/// For `sh` and its relatives.
fn for_posix(word: &[u8]) -> String {
    let Some(text) = std::str::from_utf8(word).ok().filter(|text| !text.contains(is_unsafe)) else {
        return escaped(word);
    };
    if is_plain(text) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// A word that cannot be shown as it is, with its bytes as `$'…'` has them.
fn escaped(word: &[u8]) -> String {
    let mut out = "$'".to_owned();
    let byte = |out: &mut String, byte: u8| {
        // Writing to a string cannot fail.
        let _ = write!(out, r"\{byte:03o}");
    };
    for chunk in word.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\'' | '\\' => out.extend(['\\', letter]),
                letter if is_unsafe(letter) || letter == '`' => {
                    for part in letter.encode_utf8(&mut [0; 4]).bytes() {
                        byte(&mut out, part);
                    }
                }
                letter => out.push(letter),
            }
        }
        for invalid in chunk.invalid() {
            byte(&mut out, *invalid);
        }
    }
    out.push('\'');
    out
}

/// For `cmd` and PowerShell alike; what both take for something else in double quotes, for PowerShell.
fn for_windows(word: &str) -> String {
    let is_plain = |word: &str| is_plain(&word.replace('\\', "/")) && !word.contains(['%', ',', '@']);
    if is_plain(word) {
        return word.to_owned();
    }
    if word.contains(['$', '`', '"', '\u{201c}', '\u{201d}', '\u{201e}']) {
        return format!("'{}'", word.replace('\'', "''").replace('"', "\\\""));
    }
    let backslashes = word.len() - word.trim_end_matches('\\').len();
    format!("\"{word}{}\"", "\\".repeat(backslashes))
}

/// Whether no shell takes the word for anything but itself.
fn is_plain(word: &str) -> bool {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./:@%+,".contains(letter);
    let is_flag = word.starts_with('-');
    !word.is_empty() && word.chars().all(|letter| plain(letter) || is_flag && letter == '=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_the_shell_where_they_need_it() {
        for (word, shown) in [
            ("samples/onboarding.csv", "samples/onboarding.csv"),
            ("--results=out.csv", "--results=out.csv"),
            ("Work e-mail=user", "'Work e-mail=user'"),
            ("Mail=user", "'Mail=user'"),
            ("it's", r"'it'\''s'"),
            ("$HOME!", "'$HOME!'"),
            ("~ann.csv", "'~ann.csv'"),
            ("Zoë.csv", "Zoë.csv"),
            ("", "''"),
            ("a\nb'c", r"$'a\012b\'c'"),
            ("a\u{202e}b", r"$'a\342\200\256b'"),
        ] {
            assert_eq!(for_posix(word.as_bytes()), shown);
        }
        assert_eq!(for_posix(b"r\xe9seat"), r"$'r\351seat'");
    }

    #[test]
    fn words_are_quoted_for_both_shells_of_windows_where_one_way_serves_both() {
        for (word, shown) in [
            (r"C:\in\joiners.csv", r"C:\in\joiners.csv"),
            (r"C:\my files\joiners.csv", r#""C:\my files\joiners.csv""#),
            (r"C:\my files\", r#""C:\my files\\""#),
            ("it's", r#""it's""#),
            ("$x y's", "'$x y''s'"),
        ] {
            assert_eq!(for_windows(word), shown);
        }
    }

    #[cfg(not(windows))]
    #[test]
    fn a_flag_has_its_value_as_no_shell_takes_it_for_anything_else() {
        for (value, shown) in [
            ("Old=user", r#"--map "Old=user""#),
            ("it's Ann's=user", r#"--map "it's Ann's=user""#),
            ("$(rm x)=user", "--map '$(rm x)=user'"),
            ("Who \"login\"=user", "--map 'Who \"login\"=user'"),
            (r"it's a\b=user", r"--map 'it'\''s a\b=user'"),
            ("`id`=user", r"--map $'\140id\140=user'"),
            ("-who=user", "--map='-who=user'"),
            ("-who $x=user", "--map='-who $x=user'"),
        ] {
            assert_eq!(shell_flag("--map", value), shown);
        }
    }
}
