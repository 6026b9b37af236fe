//! What a sheet is for.

use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// What a sheet is for, by the names that `reseat template` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, EnumString, Display, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum TemplateKind {
    /// People who join.
    Onboarding,
    /// People who leave.
    Leavers,
    /// People whose e-mail address changes.
    Migration,
    /// Licences that change hands.
    Rebalance,
    /// Everything that a sheet can say.
    Blank,
}

impl TemplateKind {
    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
