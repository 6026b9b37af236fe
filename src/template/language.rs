//! The languages that templates are written in.

use strum::{Display, EnumIter, IntoEnumIterator, IntoStaticStr};

use crate::text::fold;

/// The language of what people read in a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, EnumIter, Display, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum TemplateLanguage {
    /// English.
    #[default]
    En,
    /// German.
    De,
    /// French.
    Fr,
    /// Spanish.
    Es,
}

impl TemplateLanguage {
    /// The language of this name: its code in any case, with a country or without (`de`, `DE`, `de-AT`, `de_AT.UTF-8`), or
    /// its name in English or in itself.
    pub fn named(name: &str) -> Option<Self> {
        let name = fold(name);
        let code = name.split(['-', '_', '.']).next().unwrap_or_default();
        Self::iter().find(|language| code == language.as_str() || language.names().contains(&name.as_str()))
    }

    /// Its names in English and in itself, in their comparison form.
    fn names(self) -> [&'static str; 2] {
        match self {
            Self::En => ["english", "english"],
            Self::De => ["german", "deutsch"],
            Self::Fr => ["french", "français"],
            Self::Es => ["spanish", "español"],
        }
    }

    /// The code on the command line, as ISO 639-1 has it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_goes_by_its_code_in_any_case_and_country_and_by_its_names() {
        for (language, names) in [
            (TemplateLanguage::En, ["en", "EN", "en-GB", "en_US.UTF-8", "English"]),
            (TemplateLanguage::De, ["de", "De", "de-AT", "de_CH.UTF-8", "Deutsch"]),
            (TemplateLanguage::Fr, ["fr", "FR", "fr-CA", "Français", "French"]),
            (TemplateLanguage::Es, ["es", "ES", "es_MX", "español", "Spanish"]),
        ] {
            for name in names {
                assert_eq!(TemplateLanguage::named(name), Some(language), "{name}");
            }
        }
        for name in ["", "-", "d", "it", "deu", "entirely", "en glish"] {
            assert_eq!(TemplateLanguage::named(name), None, "{name}");
        }
    }
}
