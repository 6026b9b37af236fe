//! Why a row is not run.

use strum::{EnumIter, IntoStaticStr};

/// Why a row is an `ignore` row. `docs/export.md` lists the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Why {
    /// A robot, an application, a group of the directory, or somebody of it without an account.
    NotAPerson,
    /// The account is gone, and its seats are still taken.
    Orphan,
    /// Everything that is held comes from groups' rules.
    Inherited,
    /// What the account holds directly could not be found out.
    NotRead,
    /// A licence that no run would know.
    UnknownLicense,
    /// The group has no licence rule.
    NoRule,
    /// The group is gone, and its rule is still there.
    GroupGone,
    /// No cells can say it.
    NotWritable,

    // Of moves to another domain.
    /// The account is deactivated.
    Deactivated,
    /// The organization's directory manages the account.
    Directory,
    /// The account that reseat is signed in as.
    ActingAccount,
    /// Only the user name is of the domain that is left.
    OtherAddress,
    /// A name is missing of which the address would be made.
    NoName,
    /// A name has letters for which nothing stands in an address.
    Letters,
    /// What is made is too long for an address, or none.
    NoAddress,
    /// The list gives one person several addresses.
    ListedTwice,
    /// Several people would get the address.
    SharedAddress,
    /// Somebody else's account has the address.
    TakenAddress,
    /// An account of the same name has the address.
    SameName,
    /// The person's new account is deactivated.
    NewDeactivated,
}

impl Why {
    /// The word in JSON output.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Its meaning, as it is told next to a number of rows.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::NotAPerson => {
                "a robot, an application, a group of the directory, or somebody of it without an account"
            }
            Self::Orphan => "the account is gone and its seats are still taken",
            Self::Inherited => "held by groups' rules only",
            Self::NotRead => "what is held directly could not be found out",
            Self::UnknownLicense => "a licence code that neither reseat nor the organization's inventory knows",
            Self::NoRule => "the group has no licence rule",
            Self::GroupGone => "the group is gone and its rule is still there",
            Self::NotWritable => "no cell can say it",
            Self::Deactivated => "the account is deactivated",
            Self::Directory => "the organization's directory manages the account",
            Self::ActingAccount => "the account that reseat is signed in as",
            Self::OtherAddress => "only the user name is of the domain that is left",
            Self::NoName => "a name is missing of which the address would be made",
            Self::Letters => "a name has letters for which no rule says what stands in an address",
            Self::NoAddress => "what the rule makes is too long for an address, or none",
            Self::ListedTwice => "the list gives one person several addresses",
            Self::SharedAddress => "several people would get the address",
            Self::TakenAddress => "somebody else's account has the address",
            Self::SameName => "an account of the same name has the address, perhaps the person's own",
            Self::NewDeactivated => "the person's account with the new address is deactivated",
        }
    }

    /// Whether a person has to decide before the sheet does all that was asked for.
    pub fn is_to_decide(self) -> bool {
        !matches!(
            self,
            Self::NotAPerson
                | Self::Orphan
                | Self::Inherited
                | Self::NotRead
                | Self::UnknownLicense
                | Self::NoRule
                | Self::GroupGone
                | Self::NotWritable
                | Self::Deactivated
                | Self::Directory
        )
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn the_page_about_exports_lists_every_word_with_its_meaning() {
        let page = include_str!("../../docs/export.md");
        for why in Why::iter() {
            let row = format!("| `{}` | {}", why.as_str(), why.meaning());
            assert!(page.contains(&row), "{row}");
        }
    }
}
