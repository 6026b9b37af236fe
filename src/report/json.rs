//! JSON as every command prints it.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Serializer;
use strum::IntoEnumIterator;

use crate::text::is_unsafe;

/// How many there are of each, by its word; none is left out.
pub fn of_each<K, N>(counts: &BTreeMap<K, N>) -> BTreeMap<&'static str, N>
where
    K: IntoEnumIterator + Into<&'static str> + Ord + Copy,
    N: Copy + Default,
{
    let of = |kind: K| (kind.into(), counts.get(&kind).copied().unwrap_or_default());
    K::iter().map(of).collect()
}

/// Writes the value over several lines. Characters that could act on a terminal are escaped, which is equivalent JSON.
pub fn write_json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    value.serialize(&mut Serializer::pretty(Harmless(&mut *out)))?;
    writeln!(out)
}

/// Escapes what is harmful; outside of texts JSON has nothing that is, but line feeds.
struct Harmless<'a>(&'a mut dyn Write);

impl Write for Harmless<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // What the serializer writes at once is text, and is written whole.
        let text = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        let mut rest = text;
        while let Some(place) = rest.find(|letter| letter != '\n' && is_unsafe(letter)) {
            let (before, from) = rest.split_at(place);
            self.0.write_all(before.as_bytes())?;
            let mut letters = from.chars();
            if let Some(letter) = letters.next() {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    write!(self.0, "\\u{unit:04x}")?;
                }
            }
            rest = letters.as_str();
        }
        self.0.write_all(rest.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_escaped_and_means_the_same() {
        let value = json!({"a\u{9b}": ["\u{202e}x\u{1b}[31m\n", "é\u{e0001}", {}], "b": []});
        let mut out = Vec::new();
        write_json(&value, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(
            !text.chars().any(|letter| letter != '\n' && is_unsafe(letter)),
            "{text}"
        );
        assert!(
            text.contains("\\u202ex\\u001b") && text.contains("é\\udb40\\udc01"),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        let plain = json!({"a": [1, "é"]});
        let mut out = Vec::new();
        write_json(&plain, &mut out).unwrap();
        assert_eq!(out, format!("{plain:#}\n").into_bytes());
    }
}
