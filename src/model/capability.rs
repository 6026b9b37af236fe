//! What a kind of installation can do.

use std::fmt;
use std::str::FromStr;

/// The kinds of UiPath installation that differ in what their API offers (`uipath-api`, 1.1 and 9.26).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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
    /// Every kind, in the order the documents name them.
    pub const ALL: [Self; 5] = [
        Self::Cloud,
        Self::TestCloud,
        Self::PublicSector,
        Self::Dedicated,
        Self::AutomationSuite,
    ];

    /// The name that a profile uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cloud => "cloud",
            Self::TestCloud => "test-cloud",
            Self::PublicSector => "public-sector",
            Self::Dedicated => "dedicated",
            Self::AutomationSuite => "automation-suite",
        }
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

impl fmt::Display for Deployment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl FromStr for Deployment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|kind| kind.as_str()).collect();
            format!("`{text}` is no deployment; write one of {}", names.join(", "))
        })
    }
}

/// What the installation in use offers. An operation that needs what is missing fails validation.
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
