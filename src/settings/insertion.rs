//! Lines put into a table of a TOML file, everything else of which stays as it is, byte for byte.

use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

/// The file's text with these lines (a key and its value each, without a line end) in the table that this path leads to:
/// behind its values, else right below its header. `None` if that makes no file that says just this besides what it says
/// now: a table within braces, for instance, has no line to put them in.
pub(super) fn with_lines(text: &str, path: &[&str], lines: &[String]) -> Option<String> {
    let expected = expected(text, path, lines)?;
    places(text, path).into_iter().find_map(|place| {
        let after = inserted(text, place, &block(text, lines));
        says(&after, &expected).then_some(after)
    })
}

/// The same with a table of its own, under this header, at the end of the file.
pub(super) fn with_table(text: &str, path: &[&str], header: &str, lines: &[String]) -> Option<String> {
    let expected = expected(text, path, lines)?;
    let under_header = [&[String::new(), header.to_owned()], lines].concat();
    let after = inserted(text, text.len(), &block(text, &under_header));
    says(&after, &expected).then_some(after)
}

/// How the lines of the text end.
pub(super) fn line_end(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// What the file has to say afterwards; `None` if it says something of these keys already.
fn expected(text: &str, path: &[&str], lines: &[String]) -> Option<Table> {
    let mut whole: Table = text.parse().ok()?;
    let added: Table = lines.join("\n").parse().ok()?;
    let empty = || Value::Table(Table::new());
    let table = path.iter().try_fold(&mut whole, |table, name| {
        table.entry(*name).or_insert_with(empty).as_table_mut()
    });
    merge(table?, added)?;
    Some(whole)
}

fn merge(table: &mut Table, added: Table) -> Option<()> {
    for (key, value) in added {
        match (table.get_mut(&key), value) {
            (None, value) => {
                table.insert(key, value);
            }
            (Some(Value::Table(inner)), Value::Table(added)) => merge(inner, added)?,
            (Some(_), _) => return None,
        }
    }
    Some(())
}

fn says(text: &str, expected: &Table) -> bool {
    text.parse::<Table>().is_ok_and(|table| table == *expected)
}

/// Where lines can be put into the table, the best first. One that does not do is found out by reading the whole again.
fn places(text: &str, path: &[&str]) -> Vec<usize> {
    let Ok(root) = DeTable::parse(text) else {
        return Vec::new();
    };
    let mut table = root.get_ref();
    let mut header = None;
    for name in path {
        let found = table.iter().find(|(key, _)| key.get_ref() == name);
        let Some((value, inner)) = found.and_then(|(_, value)| Some((value, value.get_ref().as_table()?))) else {
            return Vec::new();
        };
        (table, header) = (inner, Some(value));
    }
    let is_of_one_line =
        |value: &&Spanned<DeValue<'_>>| !value.get_ref().is_table() || written(text, value) == Some('{');
    let last = table
        .values()
        .filter(is_of_one_line)
        .map(|value| value.span().end)
        .max();
    let header = header.filter(|header| written(text, header) == Some('['));
    let ends = last.into_iter().chain(header.map(|header| header.span().end));
    ends.map(|end| next_line(text, end)).collect()
}

/// How a value begins in the text: a table has the place of its header, or of its brace.
fn written(text: &str, value: &Spanned<DeValue<'_>>) -> Option<char> {
    text.get(value.span())?.chars().next()
}

fn next_line(text: &str, byte: usize) -> usize {
    let rest = text.get(byte..).unwrap_or_default();
    rest.find('\n').map_or(text.len(), |end| byte + end + 1)
}

fn block(text: &str, lines: &[String]) -> String {
    let end = line_end(text);
    lines.iter().flat_map(|line| [line.as_str(), end]).collect()
}

/// The text with this block at the beginning of a line, or behind the last one.
fn inserted(text: &str, place: usize, block: &str) -> String {
    let (before, behind) = text.split_at(place);
    let is_open = !before.is_empty() && !before.ends_with('\n');
    let end = if is_open { line_end(text) } else { "" };
    [before, end, block, behind].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PATH: [&str; 2] = ["profile", "default"];

    fn put(text: &str, lines: &[&str]) -> Option<String> {
        with_lines(
            text,
            &PATH,
            &lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>(),
        )
    }

    #[test]
    fn lines_come_behind_the_values_of_their_table_and_every_other_byte_is_kept() {
        for (before, after) in [
            (
                "[profile.default]\na = 1 # x\n\n[profile.b]\n",
                "[profile.default]\na = 1 # x\n+\n\n[profile.b]\n",
            ),
            ("[profile.default]", "[profile.default]\n+\n"),
            (
                "[profile.default] # y\n# z\n[b]\n",
                "[profile.default] # y\n+\n# z\n[b]\n",
            ),
            (
                "\u{feff}[profile.default]\r\na = [\r\n 1,\r\n]\r\n",
                "\u{feff}[profile.default]\r\na = [\r\n 1,\r\n]\r\n+\r\n",
            ),
            (
                "[profile.default.map]\n\"W\" = \"u\"\n[profile.default]\na = \"\"\"\n[x]\n\"\"\"",
                "[profile.default.map]\n\"W\" = \"u\"\n[profile.default]\na = \"\"\"\n[x]\n\"\"\"\n+\n",
            ),
            (
                "[profile.default]\nmap = { \"W\" = \"u\" }\nlimits.get = 0\n",
                "[profile.default]\nmap = { \"W\" = \"u\" }\n+\nlimits.get = 0\n",
            ),
        ] {
            let line = "limits.retries = 3  # of it";
            assert_eq!(
                put(before, &[line]).as_deref(),
                Some(after.replace('+', line).as_str()),
                "{before}"
            );
        }
    }

    #[test]
    fn a_table_that_has_no_line_of_its_own_is_left_as_it_is() {
        for text in [
            "profile = { default = { a = 1 } }\n",
            "profile.default.a = 1\n",
            "[profile]\ndefault = { a = 1 }\n",
            "[profile.default.map]\n",
            "[profile.other]\n",
            "[profile.default]\nb = 1\n",
            "[profile.default]\nc = 1\n",
            "[profile.default]\nc = { d = 1 }\n",
            "no toml",
        ] {
            assert_eq!(put(text, &["b = 2", "c.d = 3"]), None, "{text}");
        }
        let lines = ["b = 2".to_owned()];
        let told = with_table("[profile.default.map]\n", &PATH, "[profile.default]", &lines);
        assert_eq!(
            told.as_deref(),
            Some("[profile.default.map]\n\n[profile.default]\nb = 2\n")
        );
        assert_eq!(
            with_table("[profile.default]\n", &PATH, "[profile.default]", &lines),
            None
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_a_file_has_is_there_afterwards(
            parts in proptest::collection::vec(proptest::sample::select(vec![
                "# a comment\n", "\n", "[profile.default]\n", "a = 1\n", "b = 'x' # y\n", "c = [\n1, # z\n]\n",
                "[profile.default.map]\n", "\"W e\" = \"u\"\n", "[profile.t]\n", "d.e = 2\n", "f = { g = 1 }\n",
                "[[profile.default.h]]\n", "  i = 2021-01-01\n",
            ]), 0..9),
            is_windows: bool,
        ) {
            let text = parts.concat().replace('\n', if is_windows { "\r\n" } else { "\n" });
            let line = "new = \"value\"  # meaning";
            if let Some(after) = put(&text, &[line]) {
                let added = format!("{line}{}", line_end(&text));
                prop_assert_eq!(after.replacen(&added, "", 1), text);
            } else {
                prop_assert!(text.parse::<Table>().is_err() || !parts.contains(&"[profile.default]\n"), "{}", text);
            }
        }
    }
}
