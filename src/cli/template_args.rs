//! The flags of `template`.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use strum::IntoEnumIterator;

use super::run_args::ConnectionArgs;
use super::written_sheet_args::WrittenSheetArgs;
use super::{Asking, Target, TemplateOptions};
use crate::settings::Overrides;
use crate::template::{TemplateKind, TemplateLanguage};

#[derive(Debug, Args)]
pub(super) struct TemplateArgs {
    /// What the sheet is for
    #[arg(value_name = "KIND", value_parser = kind())]
    kind: TemplateKind,
    /// The language of headers, examples and help
    #[arg(long, value_name = "LANGUAGE", value_parser = language(), default_value = "en")]
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
    PossibleValuesParser::new(TemplateKind::iter().map(TemplateKind::as_str))
        .try_map(|name| name.parse().map_err(|_| format!("`{name}` is no template")))
}

fn language() -> impl TypedValueParser<Value = TemplateLanguage> {
    PossibleValuesParser::new(TemplateLanguage::iter().map(TemplateLanguage::as_str)).try_map(|name| {
        name.parse()
            .map_err(|_| format!("`{name}` is no language of a template"))
    })
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
