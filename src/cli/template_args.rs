//! The flags of `template`.

use std::ffi::OsStr;

use clap::ArgAction::SetTrue;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Arg, Args, Command};
use strum::IntoEnumIterator;

use super::choices::{Asking, Target};
use super::values::given;
use super::written_sheet_args::WrittenSheet;
use crate::template::{TemplateKind, TemplateLanguage};

/// `template`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct TemplateOptions {
    /// What the sheet is for
    #[arg(value_name = "KIND", value_parser = kind(), ignore_case = true)]
    pub kind: TemplateKind,
    /// The language of headers, examples and help
    #[arg(long, value_name = "LANGUAGE", value_parser = LanguageParser, default_value = "en")]
    pub language: TemplateLanguage,
    /// Ask no organization for its groups and licences
    #[arg(long = "offline", action = SetTrue, value_parser = given(Asking::Never), conflicts_with = "target")]
    pub asking: Asking,
    /// The sheet to write.
    #[command(flatten)]
    pub sheet: WrittenSheet,
    /// Offer the groups and licences of a simulated organization
    #[arg(long = "sandbox", action = SetTrue, value_parser = given(Target::Sandbox))]
    pub target: Target,
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
