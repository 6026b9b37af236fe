//! The columns that reseat's own sheets have for whoever reads them.

use strum::{EnumIter, IntoStaticStr};

/// A column that says how things are and never what to do: its cells mean nothing to reseat, whatever they hold and
/// whatever operation stands in the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum FactColumn {
    /// The account's or the group's id.
    Id,
    /// What the person is called.
    Person,
    /// What kind of account it is.
    Type,
    /// Whether the invitation is accepted.
    Invitation,
    /// When the account was made.
    Created,
    /// When the person last signed in.
    LastLogin,
    /// When the person last used a licence.
    LastInUse,
    /// For how many days the person has done neither.
    DaysIdle,
    /// The bundles that the account holds directly.
    DirectLicenses,
    /// The bundles that the account holds by its groups' rules.
    Inherited,
    /// The groups by whose rules.
    InheritedFrom,
    /// Whether the account is gone while its seats are still taken.
    Orphan,
    /// How many members a group has.
    Members,
    /// Whether a group is built in.
    BuiltIn,
    /// How many seats the members of a group take, by bundle.
    Used,
    /// Of what class somebody is who holds a seat.
    Class,
}

impl FactColumn {
    /// The header.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
