//! Flag over environment over profile, for the values that may be said in all three.

use secrecy::SecretString;

use super::finding::{Finding, SettingFault, Unset, UnsetSecret};
use super::pasted::unquoted;
use super::secret::SecretSource;
use super::section::{Located, Notes, Section};
use super::unseen::typed_unseen;
use crate::text::trimmed;

/// What the flags, the environment and the profile say.
pub(super) struct Layers<'a> {
    pub(super) environment: &'a dyn Fn(&str) -> Option<String>,
    pub(super) profile: Section<'a>,
    /// Where values that do not fit are reported, and where each was said.
    pub(super) notes: Notes<'a>,
    /// The variables that took the place of something else in the profile, each with its key.
    pub(super) replacing: Vec<(&'static str, &'static str)>,
}

impl Layers<'_> {
    /// A variable that is set and not empty.
    pub(super) fn variable(&self, name: &str) -> Option<Located<String>> {
        let value = (self.environment)(name)?;
        let value = trimmed(&value);
        (!value.is_empty()).then(|| Located {
            value: value.to_owned(),
            place: format!("the variable `{name}`"),
        })
    }

    /// The text said highest: by the flag (named after the key), the variable, the profile.
    pub(super) fn text(
        &mut self,
        flag: Option<&String>,
        variable: &'static str,
        key: &'static str,
    ) -> Option<Located<String>> {
        let written = self.profile.text(key);
        let in_variable = self.variable(variable);
        let flagged = flag.map(|value| Located {
            value: value.clone(),
            place: flag_of(key),
        });
        for said in in_variable.iter().chain(&flagged) {
            self.notes.origins.note(key, &said.value, &said.place);
        }
        if let (None, Some(used), Some(below)) = (&flagged, &in_variable, &written)
            && !is_the_same(&used.value, &below.value)
        {
            self.replacing.push((variable, key));
        }
        let said = flagged.or(in_variable).or(written)?;
        Some(Located {
            value: unquoted(&said.value).to_owned(),
            ..said
        })
    }

    /// A secret: from the variable, else from the profile's command or file.
    pub(super) fn secret(&mut self, keys: SecretKeys) -> Option<SecretSource> {
        let command = self.profile.text(keys.command);
        let file = self.profile.path(keys.file);
        let variable = keys.variable;
        if let Some(said) = self.variable(variable) {
            let key = keys.command.trim_end_matches("_command");
            self.notes.origins.note(key, "a secret", &said.place);
            let value = SecretString::from(said.value);
            return Some(SecretSource::Variable { name: variable, value });
        }
        match (command, file) {
            (Some(said), Some(_)) => {
                let what = format!("is set together with `{}`", keys.file);
                self.notes
                    .findings
                    .error(&said.place, SettingFault::new(what, "keep one of the two"));
                None
            }
            (Some(said), None) => Some(SecretSource::Command {
                key: keys.command,
                line: said.value,
            }),
            (None, file) => file.map(|path| SecretSource::File { key: keys.file, path }),
        }
    }

    /// Whether the secret is in the profile itself, which is reported separately.
    pub(super) fn has_literal(&self, keys: SecretKeys) -> bool {
        keys.literals.iter().any(|key| self.profile.has(key))
    }

    /// Whether the profile says where the secret is, be it in a way that does not fit.
    pub(super) fn has_any(&self, keys: SecretKeys) -> bool {
        self.profile.has(keys.command) || self.profile.has(keys.file)
    }

    /// Reports that there is no secret, and says how to give it.
    pub(super) fn missing_secret(&self, keys: SecretKeys) {
        let SecretKeys {
            name,
            variable,
            command,
            file,
            ..
        } = keys;
        let typed = typed_unseen(variable, self.environment);
        let what = format!("there is no {name}: the variable `{variable}` is not set, nor is `{command}` or `{file}`");
        let instead = format!(
            "write `{command} = \"…\"` with a command that prints it under `[{}]` in `reseat.toml`, or `{file} = \"…\"` with a \
             file that holds it",
            self.table_name()
        );
        // The line is what is typed most, and ends its own, so that it can be copied.
        let help = format!("type the line that follows and paste it, which shows nothing: {typed}\nor {instead}");
        let unset = if self.profile.is_there() {
            Unset::Secret(UnsetSecret { name, typed, instead })
        } else {
            Unset::Key(command.to_owned())
        };
        self.notes.findings.push(Finding {
            unset: Some(unset),
            ..Finding::error("", SettingFault::new(what, help))
        });
    }

    fn table_name(&self) -> &str {
        match self.profile.name() {
            "" => "profile.default",
            name => name,
        }
    }

    /// Reports a missing value, and says where it can be set. One that was given and does not fit is reported already.
    pub(super) fn missing(&self, key: &str, variable: Option<&str>, advice: &str) {
        if self.profile.has(key) {
            return;
        }
        let table = self.table_name();
        let or_set = variable.map_or_else(String::new, |variable| format!(", or set `{variable}`"));
        let help = format!("write `{key} = \"…\"` under `[{table}]` in `reseat.toml`{or_set}; {advice}");
        let what = format!("no `{key}` is configured");
        self.notes.findings.push(Finding {
            unset: (!self.profile.is_there()).then(|| Unset::Key(key.to_owned())),
            ..Finding::error("", SettingFault::new(what, help))
        });
    }
}

/// Whether two values mean the same address, name or id.
fn is_the_same(one: &str, other: &str) -> bool {
    let bare = |text: &str| unquoted(text).trim_end_matches('/').to_lowercase();
    bare(one) == bare(other)
}

/// The keys of a profile that may say where a secret is.
#[derive(Clone, Copy)]
pub(super) struct SecretKeys {
    /// What people call it.
    pub(super) name: &'static str,
    pub(super) variable: &'static str,
    pub(super) command: &'static str,
    pub(super) file: &'static str,
    /// Keys under which people write the secret itself.
    pub(super) literals: &'static [&'static str],
}

/// The flag that says the same as a key.
pub(super) fn flag_of(key: &str) -> String {
    format!("`--{}`", key.replace('_', "-"))
}
