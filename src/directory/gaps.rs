//! What could not be learnt of an organization that was to be read whole.

/// Something that no route of the installation tells, so that its absence from a [`Snapshot`](super::Snapshot) does not
/// mean that there is none of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// Accounts: their listing does not fit together.
    SomeAccounts,
    /// Which groups some accounts are in.
    SomeMemberships,
    /// Direct holders: their listing does not fit together, and no other route could be asked about the accounts that it
    /// lacks.
    SomeHolders,
    /// Holders whose account is gone: the listing of licensed users does not fit together.
    SomeOrphans,
    /// All direct holders who have no account, or none any more: there is no listing of licensed users.
    Orphans,
    /// That nobody holds a licence directly: one route says so, and none confirms it.
    Nobody,
    /// When directly held licences were last in use.
    LastUses,
    /// Which of those without a direct licence are blocked.
    Blocks,
    /// Who holds seats by which group's rule, and when these were last in use. What groups give may be known all the same.
    Leases,
    /// Some who hold seats by a group's rule: a listing of them does not fit together.
    SomeLeases,
    /// Who holds seats by the rules of groups that are gone.
    LeasesOfGoneGroups,
    /// Some groups' licence rules: their listing does not fit together.
    SomeRules,
    /// Licence rules of groups that are gone: there is no listing of rules.
    RulesOfGoneGroups,
    /// Limits of groups' licence rules: only a listing answers that has none.
    Limits,
}

impl Gap {
    /// What is not known, as a sentence without its full stop.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::SomeAccounts => {
                "the listing of users does not fit together (an account came twice, or their number is another than the \
                 server says), so accounts may be missing"
            }
            Self::SomeMemberships => {
                "which groups accounts are in is not told of everybody, so memberships and administrators may be missing"
            }
            Self::SomeHolders => {
                "the listing of licensed users does not fit together, and no other route tells what the accounts hold \
                 that it lacks, so somebody who holds licences may be missing"
            }
            Self::SomeOrphans => {
                "the listing of licensed users does not fit together, so licences whose account is gone may be missing"
            }
            Self::Orphans => {
                "licences of those who have no account, or none any more, cannot be seen here, because licensed users are not listed"
            }
            Self::Nobody => {
                "nobody holds a licence directly as far as one route of this installation tells, and no other confirms it"
            }
            Self::LastUses => "when directly held licences were last in use cannot be read here",
            Self::Blocks => {
                "which accounts without a direct licence are blocked cannot be told here, so blocked ones may be missing"
            }
            Self::Leases => {
                "who holds seats by which group's licence rule, and when these were last in use, cannot be read here"
            }
            Self::SomeLeases => {
                "a listing of those who hold seats by a group's licence rule does not fit together, so somebody may be \
                 missing"
            }
            Self::LeasesOfGoneGroups => {
                "who holds seats by the licence rules of groups that are gone cannot be read here"
            }
            Self::SomeRules => "the listing of groups' licence rules does not fit together, so some may be missing",
            Self::Limits => {
                "limits of groups' licence rules cannot be read here, so rules may have some that are not seen"
            }
            Self::RulesOfGoneGroups => "licence rules of groups that are gone cannot be seen here",
        }
    }
}
