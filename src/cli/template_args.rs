//! The flags of `template`.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Arg, Args, Command};
use strum::IntoEnumIterator;

use super::run_args::ConnectionArgs;
use super::written_sheet_args::WrittenSheetArgs;
use super::{Asking, Target, TemplateOptions};
use crate::settings::Overrides;
use crate::template::{TemplateKind, TemplateLanguage};

#[derive(Debug, Args)]
pub(super) struct TemplateArgs {
    /// What the sheet is for
    #[arg(value_name = "KIND", value_parser = kind(), ignore_case = true)]
    kind: TemplateKind,
    /// The language of headers, examples and help
    #[arg(long, value_name = "LANGUAGE", value_parser = LanguageParser, default_value = "en")]
    language: TemplateLanguage,
    /// Ask no organization for its groups and licences
    #[arg(long, conflicts_with = "sandbox")]
    offline: bool,
    #[command(flatten)]
    sheet: WrittenSheetArgs,
    /// Offer the groups and licences of a simulated organization
    #[arg(long)]
    sandbox: bool,
    #[command(flatten)]
    connection: ConnectionArgs,
}

fn kind() -> impl TypedValueParser<Value = TemplateKind> {
    PossibleValuesParser::new(TemplateKind::iter().map(TemplateKind::as_str)).try_map(|name| {
        let kind = name.to_ascii_lowercase().parse();
        kind.map_err(|_| format!("`{name}` is no template"))
    })
}

/// Takes a language by any of its names, and refuses another as any value that is none of a few.
#[derive(Debug, Clone)]
struct LanguageParser;

impl LanguageParser {
    fn codes() -> PossibleValuesParser {
        PossibleValuesParser::new(TemplateLanguage::iter().map(TemplateLanguage::as_str))
    }
}

impl TypedValueParser for LanguageParser {
    type Value = TemplateLanguage;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<TemplateLanguage, clap::Error> {
        match value.to_str().and_then(TemplateLanguage::named) {
            Some(language) => Ok(language),
            None => Self::codes()
                .try_map(|name| TemplateLanguage::named(&name).ok_or("no language of a template"))
                .parse_ref(command, arg, value),
        }
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let values = TemplateLanguage::iter().map(|language| PossibleValue::new(language.as_str()));
        Some(Box::new(values))
    }
}

impl TemplateArgs {
    pub(super) fn into_options(self, overrides: &mut Overrides) -> TemplateOptions {
        self.connection.apply(overrides);
        TemplateOptions {
            kind: self.kind,
            language: self.language,
            asking: Asking::unless(self.offline),
            existing: self.sheet.existing(),
            out: self.sheet.out,
            target: Target::sandbox_if(self.sandbox),
        }
    }
}
