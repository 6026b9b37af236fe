//! Behaviour that the documents leave open (`uipath-api`, 9): each with the likeliest reading as its default.

/// What PUT User does with an address that differs from the account's own; a first address is always taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EmailChange {
    /// Answers that all is well and changes nothing.
    #[default]
    Ignored,
    /// Answers 400.
    Refused,
    /// Changes it.
    Made,
}

/// What InviteUsers does with an address whose account has not accepted yet. An accepted one is always refused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reinvitation {
    /// Mails it again and answers with the account there is.
    #[default]
    MailedAgain,
    /// Refuses the entry.
    Refused,
}

/// What the listing says of somebody who has accepted the invitation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Acceptance {
    /// That it is accepted.
    #[default]
    Shown,
    /// That it is pending for ever, although the person signs in.
    NeverShown,
}

/// What a bulk delete does with an id that no account has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum UnknownIds {
    /// Refuses the whole call with 404.
    #[default]
    Refused,
    /// Deletes the others.
    Ignored,
}

/// What a bulk delete of users does without ids.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WithoutIds {
    /// Refuses it, and counts it as something that no client should send.
    #[default]
    Refused,
    /// Deletes everybody, as the documents say.
    DeletesAll,
}

/// What a group PUT does with somebody who is in the group already, or is not in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RepeatedMembership {
    /// Nothing.
    #[default]
    Ignored,
    /// Refuses the whole call.
    Refused,
}

/// How BulkCreate reports that it created no accounts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CreateRefusal {
    /// With status 200 and `succeeded: false`.
    #[default]
    Succeeded200,
    /// With status 400 and the same body.
    BadRequest,
}

/// What the licence accountant's own PUT does with an empty list of codes; the portal's always blocks the user.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EmptyAllocation {
    /// Blocks the user.
    #[default]
    Blocks,
    /// Answers 400.
    Refused,
}

/// When somebody whom only the directory knows gets an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DirectoryAccounts {
    /// As soon as the person is put into a group or given a licence.
    #[default]
    AtOnce,
    /// At the first sign-in; until then groups and licences are kept for the directory's identifier.
    AtSignIn,
}

/// How often `portal_` occurs in the portal's routes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PortalForm {
    /// Once or twice.
    #[default]
    Either,
    /// Once.
    Single,
    /// Twice.
    Double,
}

/// How a licence route answers that is closed to this application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// 403.
    Forbidden,
    /// 404.
    NotFound,
    /// 405.
    NotAllowed,
    /// 415.
    WantsOtherType,
    /// 200 and the web application's page.
    Page,
}

/// Which of the licence accountant's undocumented routes an application may call (`uipath-api`, 10); the documented ones
/// are always open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenseRoutes {
    /// The bulk read of `license/users`.
    pub many_users: Option<Closed>,
    /// The read of one user's allocation, its bundles and its leases.
    pub one_user: Option<Closed>,
    /// The release of users' licences.
    pub release: Option<Closed>,
    /// The removal of a group's rule.
    pub remove_rule: Option<Closed>,
    /// The schema's listing of those who hold seats by a group's rule.
    pub group_users: Option<Closed>,
    /// The release of one member's seat.
    pub release_lease: Option<Closed>,
    /// The release of many members' seats.
    pub release_leases: Option<Closed>,
}

impl Default for LicenseRoutes {
    /// Everything that reads is open, and the release is for services alone, as its schema says.
    fn default() -> Self {
        Self {
            many_users: None,
            one_user: None,
            release: Some(Closed::Forbidden),
            remove_rule: None,
            group_users: None,
            release_lease: None,
            release_leases: None,
        }
    }
}

impl LicenseRoutes {
    /// None of them is open.
    pub fn closed(how: Closed) -> Self {
        Self {
            many_users: Some(how),
            one_user: Some(how),
            release: Some(how),
            remove_rule: Some(how),
            group_users: Some(how),
            release_lease: Some(how),
            release_leases: Some(how),
        }
    }
}

/// Whom the bulk read of `license/users` has an entry for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BulkRead {
    /// For those who hold something, or are blocked.
    #[default]
    Holders,
    /// For everybody it is asked for; those who hold nothing have no bundles.
    Everybody,
    /// For those holders who have an account; people whom only the directory knows are passed over.
    Accounts,
}

/// Whose seats the release of many members' seats of a group gives back. The schema says that it is for users who were
/// removed from the group, and has no body for the answer (`uipath-api`, 10).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LeaseRelease {
    /// Those of everybody it is asked for.
    #[default]
    Everybodys,
    /// Those of users who are not in the group any more.
    OfThoseWhoLeft,
}

/// How steady paged listings are: the users, the members of a group, the holders of licences (`uipath-api`, 10).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Listings {
    /// Of users that are not sorted, later pages repeat one and pass over another.
    #[default]
    SteadyIfSorted,
    /// Later pages do so whatever is asked for.
    Shifting,
    /// They state one entry less than there are.
    TotalTooLow,
    /// They state one entry more than there are.
    TotalTooHigh,
}

/// Every such choice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quirks {
    /// A changed address.
    pub email_change: EmailChange,
    /// A second invitation.
    pub reinvitation: Reinvitation,
    /// An accepted invitation.
    pub acceptance: Acceptance,
    /// Unknown ids in a bulk delete.
    pub unknown_ids: UnknownIds,
    /// A bulk delete without ids.
    pub without_ids: WithoutIds,
    /// Memberships that are so already.
    pub repeated_membership: RepeatedMembership,
    /// A refused BulkCreate.
    pub create_refusal: CreateRefusal,
    /// An empty allocation.
    pub empty_allocation: EmptyAllocation,
    /// The portal's routes.
    pub portal_form: PortalForm,
    /// The licence accountant's undocumented routes.
    pub license_routes: LicenseRoutes,
    /// Accounts of people of the directory.
    pub directory_accounts: DirectoryAccounts,
    /// What the bulk read of licences names.
    pub bulk_read: BulkRead,
    /// Accounts, by address or GUID, whose licences cannot be released: a release names them as failed, one of seats held by
    /// a group's rule leaves them out, and one of a single seat is 409.
    pub unreleasable: Vec<String>,
    /// Whose seats the release of many members' seats gives back.
    pub lease_release: LeaseRelease,
    /// The licence service has nothing for the organization: every allocation is 404.
    pub no_account_license: bool,
    /// Tokens do not say which organization they are for.
    pub no_organization_claim: bool,
    /// Paged listings.
    pub listings: Listings,
    /// Whether the quota listings come wrapped in an array, as one edition's documents show them.
    pub wrapped_listings: bool,
}
