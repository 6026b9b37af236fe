//! The languages that templates are written in.

use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// The language of what people read in a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, EnumIter, EnumString, Display, IntoStaticStr)]
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
    /// The code on the command line, as ISO 639-1 has it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
