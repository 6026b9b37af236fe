//! One table of the file, read key by key; keys left over at the end are reported.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::finding::{Findings, SettingFault};
use super::origins::Origins;
use super::values::length;
use crate::text::{clean, nearest};

/// A value and where it was said.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Located<T> {
    pub(super) value: T,
    pub(super) place: String,
}

impl<T> Located<T> {
    /// The value after a check that may refuse it; a refusal becomes a finding.
    pub(super) fn checked<U>(self, findings: &Findings, check: impl FnOnce(T) -> Result<U, SettingFault>) -> Option<U> {
        match check(self.value) {
            Ok(value) => Some(value),
            Err(fault) => {
                findings.error(&self.place, fault);
                None
            }
        }
    }
}

/// Keys under which people write secrets down, each with the keys to use instead.
const SECRETS: [(&str, &str); 5] = [
    (
        "client_secret",
        "`client_secret_command`, `client_secret_file` or the variable `UIPATH_CLIENT_SECRET`",
    ),
    (
        "password",
        "`password_command`, `password_file` or the variable `UIPATH_PASSWORD`",
    ),
    ("token", INSTEAD_OF_TOKEN),
    ("pat", INSTEAD_OF_TOKEN),
    ("access_token", INSTEAD_OF_TOKEN),
];
const INSTEAD_OF_TOKEN: &str = "`token_command`, `token_file` or the variable `UIPATH_PAT`";

/// The key of an address that may hold a token.
const NOTIFY: &str = "notify";

fn is_secret(key: &str) -> bool {
    key == NOTIFY || SECRETS.iter().any(|(secret, _)| *secret == key)
}

/// A table of the file; an absent one reads as an empty one.
pub(super) struct Section<'a> {
    file: &'a Path,
    text: &'a str,
    name: String,
    /// What comes before its keys within a profile: `limits.`
    within: String,
    table: Option<&'a DeTable<'a>>,
    asked: BTreeSet<&'static str>,
    notes: Notes<'a>,
}

/// Where it is noted what reading brings to light: what is wrong, and where values were said.
#[derive(Debug, Clone, Copy)]
pub(super) struct Notes<'a> {
    pub(super) findings: &'a Findings,
    pub(super) origins: &'a Origins,
}

impl<'a> Section<'a> {
    pub(super) fn whole_file(file: &'a Path, text: &'a str, table: &'a DeTable<'a>, notes: Notes<'a>) -> Self {
        Self {
            file,
            text,
            table: Some(table),
            ..Self::empty(notes)
        }
    }

    /// A section of no file.
    pub(super) fn empty(notes: Notes<'a>) -> Self {
        Self {
            file: Path::new(""),
            text: "",
            name: String::new(),
            within: String::new(),
            table: None,
            asked: BTreeSet::new(),
            notes,
        }
    }

    /// The header that the table has in the file, as in `profile.default`.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether the file has it.
    pub(super) fn is_there(&self) -> bool {
        self.table.is_some()
    }

    /// Whether it has the key, whatever its value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    /// Whether the key has a table for its value.
    pub(super) fn has_table(&self, key: &str) -> bool {
        self.find(key).is_some_and(|value| value.get_ref().as_table().is_some())
    }

    /// The names of the tables in it.
    pub(super) fn names(&self) -> Vec<&'a str> {
        let entries = self.table.into_iter().flatten();
        entries.map(|(key, _)| key.get_ref().as_ref()).collect()
    }

    /// The table of this name in it.
    pub(super) fn section(&mut self, key: &'static str) -> Self {
        self.asked.insert(key);
        self.named(key)
    }

    /// As [`section`](Self::section), for a name that the user chose.
    pub(super) fn named(&self, key: &str) -> Self {
        let name = if self.name.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.name)
        };
        let table = self.find(key).and_then(|value| {
            let table = value.get_ref().as_table();
            if table.is_none() {
                let help = format!("write it as a table that begins with `[{name}]`");
                self.notes
                    .findings
                    .error(&self.place(key, value), SettingFault::new("is not a table", help));
            }
            table
        });
        let is_below_a_profile = self.name.starts_with("profile.");
        Self {
            file: self.file,
            text: self.text,
            name,
            within: if is_below_a_profile {
                format!("{}{key}.", self.within)
            } else {
                String::new()
            },
            table,
            asked: BTreeSet::new(),
            notes: self.notes,
        }
    }

    /// A text that is not empty.
    pub(super) fn text(&mut self, key: &'static str) -> Option<Located<String>> {
        self.read(key, |value| {
            let text = value.as_str().ok_or_else(|| unlike(value, "a text in quotes"))?;
            not_empty(text)
        })
    }

    /// The path of a file; a relative one starts from the folder of the configuration file.
    pub(super) fn path(&mut self, key: &'static str) -> Option<PathBuf> {
        let folder = self.file.parent().unwrap_or(self.file);
        self.text(key).map(|said| folder.join(said.value))
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, key: &'static str) -> Option<Vec<String>> {
        self.value(key, |value| {
            let wanted = "a list of texts, as in `[\"one\", \"two\"]`";
            let list = value.as_array().ok_or_else(|| unlike(value, wanted))?;
            list.iter()
                .map(|item| {
                    let text = item.get_ref().as_str().map(str::trim).filter(|text| !text.is_empty());
                    text.map(str::to_owned).ok_or_else(|| unlike(item.get_ref(), wanted))
                })
                .collect()
        })
    }

    /// Every key of the table, as the user chose it, with its text.
    pub(super) fn into_texts(self) -> Vec<(String, Located<String>)> {
        let entries = self.table.into_iter().flatten();
        let said = entries.filter_map(|(key, value)| {
            let place = self.place(key.get_ref(), value);
            let text = value.get_ref().as_str().map(str::trim).filter(|text| !text.is_empty());
            if text.is_none() {
                self.notes
                    .findings
                    .error(&place, unlike(value.get_ref(), "a text in quotes"));
            }
            let text = text?;
            self.note(key.get_ref(), value);
            let value = text.to_owned();
            Some((key.get_ref().to_string(), Located { value, place }))
        });
        said.collect()
    }

    /// A whole number between two bounds, both included.
    pub(super) fn whole(&mut self, key: &'static str, least: u32, most: u32) -> Option<u32> {
        self.value(key, |value| {
            let refused = || unlike(value, &format!("a whole number from {least} to {most}"));
            let written = value.as_integer().ok_or_else(refused)?;
            let number = u32::from_str_radix(written.as_str(), written.radix()).map_err(|_| refused())?;
            (least..=most).contains(&number).then_some(number).ok_or_else(refused)
        })
    }

    /// A whole number, or a text that is not empty.
    pub(super) fn count_or_text(&mut self, key: &'static str) -> Option<Located<String>> {
        self.read(key, |value| {
            if let DeValue::Integer(integer) = value {
                return Ok(integer.as_str().to_owned());
            }
            let text = value.as_str();
            not_empty(text.ok_or_else(|| unlike(value, "a whole number, or a text in quotes"))?)
        })
    }

    /// A number above 0 and at most 1.
    pub(super) fn share(&mut self, key: &'static str) -> Option<f64> {
        self.value(key, |value| {
            let written = match value {
                DeValue::Float(float) => float.as_str(),
                DeValue::Integer(integer) => integer.as_str(),
                _ => "",
            };
            let number = written.parse().ok().filter(|share| *share > 0.0 && *share <= 1.0);
            number.ok_or_else(|| unlike(value, "a number above 0 and at most 1, as in `0.9`"))
        })
    }

    /// A length of time above zero.
    pub(super) fn length(&mut self, key: &'static str) -> Option<Duration> {
        self.value(key, |value| {
            let refused = || {
                unlike(
                    value,
                    "a length of time above zero, as in `\"5m\"`, `\"300s\"` or `\"5000ms\"`",
                )
            };
            let text = value.as_str().ok_or_else(refused)?;
            let length = length(text).map_err(|_| refused())?;
            (!length.is_zero()).then_some(length).ok_or_else(refused)
        })
    }

    /// Reports unknown keys: a secret in the file is refused, anything else is a warning.
    pub(super) fn finish(self) {
        for (key, value) in self.table.into_iter().flatten() {
            let name: &str = key.get_ref();
            if self.asked.contains(name) {
                continue;
            }
            let place = self.place(name, value);
            if let Some((_, instead)) = SECRETS.iter().find(|(secret, _)| *secret == name) {
                let what = "is a secret, and secrets are not kept in this file";
                let help =
                    format!("take the line out, use {instead}, and make a new secret if others could read the file");
                self.notes.findings.error(&place, SettingFault::new(what, help));
                continue;
            }
            let help = did_you_mean(nearest(name, self.asked.iter().copied()));
            self.notes.findings.warning(
                &place,
                SettingFault::new("is not a key that reseat knows, and is left aside", help),
            );
        }
    }

    fn find(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        let mut entries = self.table.into_iter().flatten();
        entries.find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    fn value<T>(&mut self, key: &'static str, read: impl FnOnce(&DeValue<'a>) -> Result<T, SettingFault>) -> Option<T> {
        self.read(key, read).map(|said| said.value)
    }

    fn read<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&DeValue<'a>) -> Result<T, SettingFault>,
    ) -> Option<Located<T>> {
        self.asked.insert(key);
        let value = self.find(key)?;
        let place = self.place(key, value);
        match read(value.get_ref()) {
            Ok(read) => {
                self.note(key, value);
                Some(Located { value: read, place })
            }
            Err(fault) => {
                self.notes.findings.error(&place, fault);
                None
            }
        }
    }

    /// Notes where a value is said; of a secret's command nothing is shown, because people write the secret into it.
    fn note(&self, key: &str, value: &Spanned<DeValue<'_>>) {
        let line = line_of(self.text, value.span().start);
        let file = self.file.file_name().unwrap_or(self.file.as_os_str());
        let place = format!("`{}`, line {line}", Path::new(file).display());
        let shown = match value.get_ref() {
            // Shown once it is known which part of it may be.
            _ if key == NOTIFY => "an address".to_owned(),
            DeValue::String(text) => text.trim().to_owned(),
            DeValue::Integer(integer) => integer.as_str().to_owned(),
            DeValue::Float(float) => float.as_str().to_owned(),
            DeValue::Array(list) => {
                let items: Vec<_> = list.iter().filter_map(|item| item.get_ref().as_str()).collect();
                items.join(", ")
            }
            other => other.type_str().to_owned(),
        };
        let secret_in_file = key.strip_suffix("_file").filter(|secret| is_secret(secret));
        let origins = self.notes.origins;
        match (key.strip_suffix("_command"), secret_in_file) {
            (Some(NOTIFY), _) => origins.note(NOTIFY, "a command", &place),
            (Some(secret), _) => origins.note(secret, "what a command prints", &place),
            (None, Some(secret)) => origins.note(secret, &format!("what the file {shown} holds"), &place),
            (None, None) => origins.note(&format!("{}{key}", self.within), &shown, &place),
        }
    }

    /// Where the key is said; empty where it is not.
    pub(super) fn place_of(&self, key: &str) -> String {
        self.find(key).map_or_else(String::new, |value| self.place(key, value))
    }

    fn place(&self, key: &str, value: &Spanned<DeValue<'_>>) -> String {
        let line = line_of(self.text, value.span().start);
        let dot = if self.name.is_empty() { "" } else { "." };
        format!("`{}{dot}{key}` (`{}`, line {line})", self.name, self.file.display())
    }
}

/// The number of the line that contains this byte of the text, from 1.
pub(super) fn line_of(text: &str, byte: usize) -> usize {
    text.get(..byte).unwrap_or_default().matches('\n').count() + 1
}

/// The candidate that may have been meant, if there is one.
pub(super) fn did_you_mean(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("did you mean `{near}`?"))
}

fn not_empty(text: &str) -> Result<String, SettingFault> {
    match text.trim() {
        "" => Err(SettingFault::new("is empty", "write a value, or take the line out")),
        text => Ok(text.to_owned()),
    }
}

fn unlike(value: &DeValue<'_>, wanted: &str) -> SettingFault {
    let written = match value {
        DeValue::String(text) => format!("`{}`", clean(text, 60)),
        DeValue::Integer(integer) => format!("`{}`", integer.as_str()),
        DeValue::Float(float) => format!("`{}`", float.as_str()),
        DeValue::Boolean(boolean) => format!("`{boolean}`"),
        other => format!("this {}", other.type_str()),
    };
    SettingFault::new(format!("{written} does not fit"), format!("write {wanted}"))
}
