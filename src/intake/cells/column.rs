//! The columns that reseat knows.

use strum::{EnumCount, EnumIter, IntoStaticStr};

/// A column that reseat knows, by the name that the documents use and in the order they list them. The order enters the keys of rows that cannot run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, EnumCount, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Column {
    /// What to do.
    Operation,
    /// The account that the row is about: an e-mail address, a user name or a GUID.
    User,
    /// An address.
    Email,
    /// The user name of a local account.
    Username,
    /// First name.
    Name,
    /// Last name.
    Surname,
    /// The name that is shown.
    DisplayName,
    /// Groups to join, or for `remove-from-groups` to leave.
    Groups,
    /// Groups to leave.
    RemoveGroups,
    /// Licences, by code or product name.
    Licenses,
    /// Limits on the licences of a group.
    Quotas,
    /// The address to move to.
    NewEmail,
    /// Whether the account may sign in.
    Active,
    /// A new password.
    Password,
    /// Whether the account is exempt from the restriction on basic authentication.
    BypassBasicAuth,
    /// Whether the invitation counts as accepted.
    InvitationAccepted,
    /// `useExternalLicense`.
    ExternalLicense,
    /// The language of the mail.
    Language,
    /// When a migration deletes the old account.
    DeleteWhen,
    /// One group.
    Group,
    /// Somebody whose groups and direct licences the row's person gets as well.
    Like,
    /// The day or moment before which the row waits.
    NotBefore,
    /// The id that the account must have.
    UserId,
    /// Who has used the seat since then keeps it.
    UnlessUsedSince,
    /// What the row replaces, as it was when the sheet was written.
    UnlessChangedFrom,
    /// For people only.
    Note,
    /// The status, which reseat adds to the sheet of rows that need attention; ignored.
    ReseatStatus,
    /// The message, likewise.
    ReseatMessage,
    /// What the row is known by in the results, likewise.
    ReseatKey,
}

impl Column {
    /// The columns that reseat adds to the sheet of failed rows.
    pub(in crate::intake) const ADDED: [Self; 3] = [Self::ReseatStatus, Self::ReseatMessage, Self::ReseatKey];

    /// The name that the documents use.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether it says whom or what a row is about, so that a header with it is that of a sheet for reseat.
    pub(in crate::intake) fn identifies(self) -> bool {
        self.names_people() || self == Self::Group
    }

    /// Whether it says whom a row is about.
    pub(in crate::intake) fn names_people(self) -> bool {
        matches!(self, Self::User | Self::Email | Self::Username | Self::UserId)
    }

    /// Whether its cells can affect what is done.
    pub(in crate::intake) fn is_meaningful(self) -> bool {
        self != Self::Note && !Self::ADDED.contains(&self)
    }

    /// Whether a number in it is likely to be an identifier or a name, which a spreadsheet program may have changed.
    pub(in crate::intake) fn holds_text(self) -> bool {
        match self {
            Self::User
            | Self::Username
            | Self::Group
            | Self::Groups
            | Self::RemoveGroups
            | Self::Password
            | Self::Name
            | Self::Surname
            | Self::DisplayName
            | Self::Like
            | Self::UserId
            | Self::UnlessChangedFrom => true,
            Self::Operation
            | Self::Email
            | Self::Licenses
            | Self::Quotas
            | Self::NewEmail
            | Self::Active
            | Self::BypassBasicAuth
            | Self::InvitationAccepted
            | Self::ExternalLicense
            | Self::Language
            | Self::DeleteWhen
            | Self::NotBefore
            | Self::UnlessUsedSince
            | Self::Note
            | Self::ReseatStatus
            | Self::ReseatMessage
            | Self::ReseatKey => false,
        }
    }
}

/// Every column has a bit in a [`ColumnSet`].
const _: () = assert!(Column::COUNT <= u32::BITS as usize);

/// A set of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::intake) struct ColumnSet(u32);

impl ColumnSet {
    pub(in crate::intake) const fn of(columns: &[Column]) -> Self {
        let mut bits = 0;
        let mut position = 0;
        // A constant function can have no `for` loop.
        while position < columns.len() {
            bits |= 1 << columns[position] as u32;
            position += 1;
        }
        Self(bits)
    }

    pub(in crate::intake) fn insert(&mut self, column: Column) {
        self.0 |= 1 << column as u32;
    }

    pub(in crate::intake) fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(in crate::intake) fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(in crate::intake) fn extend(&mut self, other: Self) {
        self.0 |= other.0;
    }

    pub(in crate::intake) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(in crate::intake) fn contains(self, column: Column) -> bool {
        self.0 & (1 << column as u32) != 0
    }
}
