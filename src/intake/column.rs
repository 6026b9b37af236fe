//! The columns that reseat knows, and the headers they go by.

use crate::text::{header_key, nearest};

macro_rules! columns {
    ($($(#[$doc:meta])* $variant:ident $name:literal [$($alias:literal),* $(,)?])*) => {
        /// A column that reseat knows. Their order is part of what row keys are made of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Column {
            $($(#[$doc])* $variant,)*
        }

        impl Column {
            /// Every column, in the order the documents list them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name that the documents use.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// Other headers that mean the same, without case, spaces, `_` and `-`: the API's field names,
            /// the admin portal's, and what people write.
            pub fn aliases(self) -> &'static [&'static str] {
                match self {
                    $(Self::$variant => &[$($alias),*],)*
                }
            }
        }
    };
}

columns! {
    /// `operation`
    Operation "operation" ["operations", "op", "action", "verb", "command", "todo"]
    /// `user`
    User "user" [
        "userid", "userguid", "account", "existinguser", "userprincipalname", "upn", "olduser", "oldemail",
        "oldemailaddress", "currentemail", "emailorusername", "useroremail",
    ]
    /// `email`
    Email "email" ["emailaddress", "mail", "mailaddress", "useremail", "workemail", "primaryemail", "emails"]
    /// `username`
    Username "username" ["login", "loginname", "samaccountname"]
    /// `name`
    Name "name" ["firstname", "givenname", "forename", "first"]
    /// `surname`
    Surname "surname" ["lastname", "familyname", "sn", "last"]
    /// `display_name`
    DisplayName "display_name" ["fullname"]
    /// `groups`
    Groups "groups" [
        "groupmembership", "groupmemberships", "groupnames", "groupids", "groupidstoadd", "groupstoadd", "addgroups",
        "addtogroups", "memberof",
    ]
    /// `remove_groups`
    RemoveGroups "remove_groups" ["groupidstoremove", "groupstoremove", "removefromgroups", "leavegroups"]
    /// `licenses`
    Licenses "licenses" [
        "licences", "license", "licence", "userbundlecodes", "userbundlelicenses", "userlicenses", "userlicences",
        "bundles", "bundle", "bundlecodes", "bundlecode", "licensecodes", "licencecodes",
    ]
    /// `quotas`
    Quotas "quotas" ["quota", "userbundlequotas", "licensequotas", "licencequotas"]
    /// `new_email`
    NewEmail "new_email" ["newemailaddress", "newaddress", "newmail", "newuser", "targetemail"]
    /// `active`
    Active "active" ["isactive", "enabled"]
    /// `password`
    Password "password" ["newpassword", "initialpassword"]
    /// `bypass_basic_auth`
    BypassBasicAuth "bypass_basic_auth" ["bypassbasicauthrestriction"]
    /// `invitation_accepted`
    InvitationAccepted "invitation_accepted" ["invitationisaccepted", "isinvitationaccepted"]
    /// `external_license`
    ExternalLicense "external_license" ["useexternallicense", "useexternallicence", "externallicence"]
    /// `language`
    Language "language" ["lang", "maillanguage"]
    /// `delete_when`
    DeleteWhen "delete_when" ["deleteold", "deleteoldwhen", "deleteolduser"]
    /// `group`
    Group "group" ["groupname", "groupid"]
    /// `note`
    Note "note" ["notes", "comment", "comments", "remark", "remarks", "reason", "ticket"]
    /// `reseat_status`, which reseat adds to the sheet of rows that need a person; ignored.
    ReseatStatus "reseat_status" []
    /// `reseat_message`, likewise.
    ReseatMessage "reseat_message" []
}

impl Column {
    /// The column that a header names.
    pub fn named(header: &str) -> Option<Self> {
        let key = header_key(header);
        Self::ALL
            .iter()
            .copied()
            .find(|column| header_key(column.as_str()) == key || column.aliases().contains(&key.as_str()))
    }

    /// The column whose name or alias is closest to a header that names none.
    pub(super) fn nearest(header: &str) -> Option<Self> {
        let key = header_key(header);
        let names = Self::ALL.iter().flat_map(|column| {
            let aliases = column.aliases().iter().map(|alias| (*alias).to_owned());
            aliases.chain([header_key(column.as_str())])
        });
        let names: Vec<String> = names.collect();
        nearest(&key, names.iter().map(String::as_str)).and_then(Self::named)
    }

    /// Whether a header with it is that of a sheet for reseat: it says whom or what a row is about.
    pub(super) fn identifies(self) -> bool {
        matches!(self, Self::User | Self::Email | Self::Username | Self::Group)
    }

    /// Whether a cell of it says anything that matters to what is done.
    pub(super) fn is_meaningful(self) -> bool {
        !matches!(self, Self::Note | Self::ReseatStatus | Self::ReseatMessage)
    }
}

/// A set of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct ColumnSet(u32);

impl ColumnSet {
    pub(super) const fn of(columns: &[Column]) -> Self {
        let mut bits = 0;
        let mut position = 0;
        // A loop that a constant may have.
        while position < columns.len() {
            bits |= 1 << columns[position] as u32;
            position += 1;
        }
        Self(bits)
    }

    pub(super) fn insert(&mut self, column: Column) {
        self.0 |= 1 << column as u32;
    }

    pub(super) fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn insert_all(&mut self, other: Self) {
        self.0 |= other.0;
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn contains(self, column: Column) -> bool {
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
        for column in Column::ALL {
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
            for column in Column::ALL {
                for name in column.aliases().iter().chain([&column.as_str()]) {
                    let letters = name.chars().zip(&spelling).map(|(letter, (shout, gap))| {
                        let letter = if *shout { letter.to_ascii_uppercase() } else { letter };
                        format!("{gap}{letter}")
                    });
                    let written: String = letters.collect();
                    prop_assert_eq!(Column::named(&written), Some(*column), "{}", written);
                }
            }
        }
    }
}
