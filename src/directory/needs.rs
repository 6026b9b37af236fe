//! What a sheet needs to know of the organization, as plain data.

use crate::model::{BundleSet, GroupRef, UserId, UserRef};

/// What to read. Everything else stays unread and costs nothing.
#[derive(Debug, Clone, Default)]
pub struct Needs<'a> {
    /// Users the sheet names, who are expected to exist.
    pub users: Vec<&'a UserRef>,
    /// Those of them who are to be deleted. A deletion cannot be undone, so a user whom a search found is read once
    /// more by id, which shows whether the search mistook one account for another.
    pub to_delete: Vec<&'a UserRef>,
    /// Users whose account has to be the one of this id. Where a name leads elsewhere or nowhere, it is found out what
    /// has become of that account.
    pub expected: Vec<(&'a UserRef, UserId)>,
    /// Addresses and user names that invites, creates and migrations go to: whether an account has
    /// one already is always found out with the account's whole profile.
    pub addresses: Vec<&'a str>,
    /// Users whom the directory may know although they have no account: rows that can be about such people.
    pub newcomers: Vec<&'a UserRef>,
    /// Which groups such people join or leave.
    pub newcomers_groups: Vec<NewcomersGroups<'a>>,
    /// Users whose groups or licences others are given as well: always found out with their whole profiles.
    pub models: Vec<&'a UserRef>,
    /// Whether every user is wanted, named or not.
    pub everyone: bool,
    /// How much must be known of the users that the sheet names.
    pub detail: Detail,
    /// Whether groups are named or must be shown by name.
    pub groups: bool,
    /// Whether it must be known who is an administrator.
    pub administrators: bool,
    /// Users whom the sheet may take out of Administrators, by whatever way. Where they are all the administrators
    /// that were read, it is found out whether there are others.
    pub leaving: Vec<&'a UserRef>,
    /// The users' direct allocations.
    pub allocations: Want,
    /// Whose.
    pub holders: Holders<'a>,
    /// The ids of users whose allocation is to be released: one that no account has may be an orphan's.
    pub released: Vec<UserId>,
    /// Users of whom it matters when they last signed in and used their licences.
    pub uses: Vec<&'a UserRef>,
    /// Whether it matters if somebody without a bundle is blocked.
    pub blocks: Blocks,
    /// Users and the bundles that rows take out of their direct allocations. Where some are not held directly, the
    /// groups that give them are found out.
    pub removals: Vec<(&'a UserRef, &'a BundleSet)>,
    /// The seats of each bundle.
    pub seats: Want,
    /// The licence rules of groups.
    pub rules: Rules<'a>,
    /// Groups of which it is wanted who holds seats by their rules.
    pub leases: Vec<&'a GroupRef>,
    /// Whether it is all about what a sheet names, or about the whole organization.
    pub scope: Scope,
    /// Those of them whose rules are taken away, so that it may matter what those people hold directly.
    pub cleared: Vec<&'a GroupRef>,
}

impl Needs<'_> {
    /// All that is to be known of everybody, every group, every seat and when it was last in use.
    pub fn whole_organization() -> Self {
        Self {
            everyone: true,
            detail: Detail::Profile,
            groups: true,
            administrators: true,
            allocations: Want::Required,
            holders: Holders::Everybody,
            blocks: Blocks::Told,
            seats: Want::WhereOffered,
            rules: Rules::All,
            scope: Scope::Organization,
            ..Self::default()
        }
    }
}

/// What a reading is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// The users and groups that a sheet names.
    #[default]
    Sheet,
    /// Everybody and everything. Besides what is asked for, it is read who holds seats by any group's rule, other routes are
    /// tried for what one does not tell, and what stays unknown is noted as a [`Gap`](super::Gap).
    Organization,
}

/// The groups of a user whom the directory may know although they have no account.
#[derive(Debug, Clone, Copy)]
pub struct NewcomersGroups<'a> {
    /// Who.
    pub user: &'a UserRef,
    /// The groups that a row joins or leaves for them.
    pub groups: &'a [GroupRef],
    /// The user whose groups a row joins for them.
    pub like: Option<&'a UserRef>,
}

/// How much must be known of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// Who it is: id, e-mail and user name. Anything else of a [`User`](crate::api::User) may be
    /// blank, and a name is taken for the one account that the server resolves it to.
    #[default]
    Identity,
    /// The whole profile with its groups, and certainty that no second account bears the name:
    /// for rows that compare profiles or memberships, and for those that delete.
    Profile,
}

/// Whether it matters if somebody without a bundle is blocked or merely has no allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Blocks {
    /// It does not: both are given the same licences by the same call.
    #[default]
    Alike,
    /// It does, so where an answer leaves it open another route is read as well.
    Told,
}

/// Whose direct allocations are wanted.
#[derive(Debug, Clone, Default)]
pub enum Holders<'a> {
    /// Everybody's.
    #[default]
    Everybody,
    /// Those of these users, and of the accounts that have one of the [`addresses`](Needs::addresses) already.
    Of(Vec<&'a UserRef>),
}

/// How badly a part is wanted that not every installation offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Want {
    /// Not at all.
    #[default]
    No,
    /// Where it can be read; a failure becomes a notice.
    Optional,
    /// Where some route of the installation tells it, without which there is a notice; any other failure ends the reading.
    WhereOffered,
    /// Without it nothing can be done; a failure ends the reading.
    Required,
}

/// Which groups' licence rules are wanted.
#[derive(Debug, Clone, Default)]
pub enum Rules<'a> {
    /// None.
    #[default]
    None,
    /// Those of these groups.
    Of(Vec<&'a GroupRef>),
    /// Every group's.
    All,
    /// Every group's, and who holds seats by them, where that can be read; a failure becomes a notice.
    AllWhereRead,
}
