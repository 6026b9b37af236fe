//! What a kind of installation can do.

use strum::{Display, EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

/// The kinds of UiPath installation that differ in what their API offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, EnumIter, EnumString, Display, IntoStaticStr)]
#[strum(serialize_all = "kebab-case", parse_err_ty = String, parse_err_fn = unknown_deployment)]
pub enum Deployment {
    /// Automation Cloud.
    #[default]
    Cloud,
    /// Test Cloud.
    TestCloud,
    /// Automation Cloud Public Sector.
    PublicSector,
    /// Automation Cloud Dedicated.
    Dedicated,
    /// Automation Suite, and Private Test Cloud.
    AutomationSuite,
}

impl Deployment {
    /// The name that a profile uses.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// What this kind of installation offers beyond the calls that all have.
    pub fn capabilities(self) -> Capabilities {
        let hosted = self != Self::AutomationSuite;
        Capabilities {
            portal: hosted,
            group_quotas: matches!(self, Self::Cloud | Self::TestCloud),
            published_limits: matches!(self, Self::Cloud | Self::TestCloud),
        }
    }
}

fn unknown_deployment(text: &str) -> String {
    let names: Vec<_> = Deployment::iter().map(Deployment::as_str).collect();
    format!("`{text}` is no deployment; write one of {}", names.join(", "))
}

/// What the installation offers. An operation that needs something missing fails validation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// The web portal's routes: reading users' direct allocations and releasing them.
    pub portal: bool,
    /// Group rules with quotas.
    pub group_quotas: bool,
    /// The published limits of the identity service apply.
    pub published_limits: bool,
}

impl Default for Capabilities {
    fn default() -> Self {
        Deployment::default().capabilities()
    }
}
