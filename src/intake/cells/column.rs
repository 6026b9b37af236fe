//! The columns that reseat knows, and the headers they go by.

use strum::{EnumCount, EnumIter, IntoEnumIterator, IntoStaticStr};

use crate::text::{header_key, nearest};

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

    /// Other headers that mean the same, without case, spaces, `_` and `-`: the API's field names,
    /// the admin portal's, and what people write.
    pub fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Operation => &["operations", "op", "action", "verb", "command", "todo"],
            Self::User => &[
                "userid",
                "userguid",
                "account",
                "existinguser",
                "userprincipalname",
                "upn",
                "olduser",
                "oldemail",
                "oldemailaddress",
                "currentemail",
                "emailorusername",
                "useroremail",
            ],
            Self::Email => &[
                "emailaddress",
                "mail",
                "mailaddress",
                "useremail",
                "workemail",
                "primaryemail",
                "emails",
            ],
            Self::Username => &["login", "loginname", "samaccountname"],
            Self::Name => &["firstname", "givenname", "forename", "first"],
            Self::Surname => &["lastname", "familyname", "sn", "last"],
            Self::DisplayName => &["fullname"],
            Self::Groups => &[
                "groupmembership",
                "groupmemberships",
                "groupnames",
                "groupids",
                "groupidstoadd",
                "groupstoadd",
                "addgroups",
                "addtogroups",
                "memberof",
            ],
            Self::RemoveGroups => &["groupidstoremove", "groupstoremove", "removefromgroups", "leavegroups"],
            Self::Licenses => &[
                "licences",
                "license",
                "licence",
                "userbundlecodes",
                "userbundlelicenses",
                "userlicenses",
                "userlicences",
                "bundles",
                "bundle",
                "bundlecodes",
                "bundlecode",
                "licensecodes",
                "licencecodes",
            ],
            Self::Quotas => &["quota", "userbundlequotas", "licensequotas", "licencequotas"],
            Self::NewEmail => &["newemailaddress", "newaddress", "newmail", "newuser", "targetemail"],
            Self::Active => &["isactive", "enabled"],
            Self::Password => &["newpassword", "initialpassword"],
            Self::BypassBasicAuth => &["bypassbasicauthrestriction"],
            Self::InvitationAccepted => &["invitationisaccepted", "isinvitationaccepted"],
            Self::ExternalLicense => &["useexternallicense", "useexternallicence", "externallicence"],
            Self::Language => &["lang", "maillanguage"],
            Self::DeleteWhen => &["deleteold", "deleteoldwhen", "deleteolduser"],
            Self::Group => &["groupname", "groupid"],
            Self::Note => &["notes", "comment", "comments", "remark", "remarks", "reason", "ticket"],
            Self::ReseatStatus | Self::ReseatMessage | Self::ReseatKey => &[],
        }
    }

    /// The column that a header names.
    pub fn named(header: &str) -> Option<Self> {
        let key = header_key(header);
        Self::iter().find(|column| header_key(column.as_str()) == key || column.aliases().contains(&key.as_str()))
    }

    /// The column whose name or alias is closest to a header that names none.
    pub(in crate::intake) fn nearest(header: &str) -> Option<Self> {
        let key = header_key(header);
        let names = Self::iter().flat_map(|column| {
            let aliases = column.aliases().iter().map(|alias| (*alias).to_owned());
            aliases.chain([header_key(column.as_str())])
        });
        let names: Vec<String> = names.collect();
        nearest(&key, names.iter().map(String::as_str)).and_then(Self::named)
    }

    /// Whether it says whom or what a row is about, so that a header with it is that of a sheet for reseat.
    pub(in crate::intake) fn identifies(self) -> bool {
        matches!(self, Self::User | Self::Email | Self::Username | Self::Group)
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
            | Self::DisplayName => true,
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_header_means_two_columns() {
        let mut seen = std::collections::HashSet::new();
        for column in Column::iter() {
            assert!(seen.insert(header_key(column.as_str())), "{column:?}");
            for alias in column.aliases() {
                assert_eq!(*alias, header_key(alias), "an alias is written in its comparison form");
                assert!(seen.insert((*alias).to_owned()), "{alias}");
            }
        }
    }

    #[test]
    fn the_apis_own_field_names_and_the_portals_are_known() {
        for (header, column) in [
            ("userName", Column::Username),
            ("emailAddress", Column::Email),
            ("E-mail", Column::Email),
            ("givenName", Column::Name),
            ("First Name", Column::Name),
            ("displayName", Column::DisplayName),
            ("userBundleCodes", Column::Licenses),
            ("groupIDsToAdd", Column::Groups),
            ("groupIDsToRemove", Column::RemoveGroups),
            ("isActive", Column::Active),
            ("bypassBasicAuthRestriction", Column::BypassBasicAuth),
            ("invitationAccepted", Column::InvitationAccepted),
            ("useExternalLicense", Column::ExternalLicense),
            ("group membership", Column::Groups),
        ] {
            assert_eq!(Column::named(header), Some(column), "{header}");
        }
    }

    #[test]
    fn a_misspelt_header_is_near_its_column() {
        assert_eq!(Column::nearest("Licnses"), Some(Column::Licenses));
        assert_eq!(Column::nearest("Cost centre"), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn every_name_and_alias_finds_its_column_however_it_is_cased_and_spaced(
            spelling in prop::collection::vec((any::<bool>(), "[ _\u{a0}\n-]{0,2}"), 30),
        ) {
            for column in Column::iter() {
                for name in column.aliases().iter().chain([&column.as_str()]) {
                    let letters = name.chars().zip(&spelling).map(|(letter, (shout, gap))| {
                        let letter = if *shout { letter.to_ascii_uppercase() } else { letter };
                        format!("{gap}{letter}")
                    });
                    let written: String = letters.collect();
                    prop_assert_eq!(Column::named(&written), Some(column), "{}", written);
                }
            }
        }
    }
}
