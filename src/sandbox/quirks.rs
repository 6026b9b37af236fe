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
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quirks {
    /// A changed address.
    pub email_change: EmailChange,
    /// InviteUsers refuses an address whose account has not accepted yet, instead of mailing it again and answering with the
    /// account there is. An accepted one is always refused.
    pub refuses_reinvitation: bool,
    /// InviteUsers goes through its entries and answers the first that it refuses with 400 for the whole call, although those
    /// before it are invited.
    pub stops_at_refused_invitation: bool,
    /// The listing says of somebody who has accepted the invitation that it is pending for ever, although the person signs in.
    pub never_shows_acceptance: bool,
    /// A bulk delete with an id that no account has deletes the others, instead of refusing the whole call with 404.
    pub ignores_unknown_ids: bool,
    /// A bulk delete of users without ids deletes everybody, as the documents say, instead of being refused and counted as
    /// something that no client should send.
    pub deletes_all_without_ids: bool,
    /// A group PUT with somebody who is in the group already, or is not in it, is refused as a whole.
    pub refuses_repeated_membership: bool,
    /// BulkCreate reports that it created no accounts with status 400, instead of with 200 and `succeeded: false`.
    pub refuses_creation_by_status: bool,
    /// The licence accountant's own PUT answers an empty list of codes with 400, instead of blocking the user as the portal's
    /// does.
    pub refuses_empty_allocation: bool,
    /// The portal's routes.
    pub portal_form: PortalForm,
    /// The licence accountant's undocumented routes.
    pub license_routes: LicenseRoutes,
    /// Somebody whom only the directory knows gets an account at the first sign-in, and not as soon as the person is put into
    /// a group or given a licence; until then these are kept for the directory's identifier.
    pub makes_accounts_at_sign_in: bool,
    /// What the bulk read of licences names.
    pub bulk_read: BulkRead,
    /// Accounts, by address or GUID, whose licences cannot be released: a release names them as failed, one of seats held by
    /// a group's rule leaves them out, and one of a single seat is 409.
    pub unreleasable: Vec<String>,
    /// The release of many members' seats of a group gives back only those of users who are not in the group any more, for
    /// whom it is as its schema says, which has no body for the answer (`uipath-api`, 10).
    pub keeps_leases_of_members: bool,
    /// The licence service has nothing for the organization: every allocation is 404.
    pub no_account_license: bool,
    /// Tokens do not say which organization they are for.
    pub no_organization_claim: bool,
    /// Paged listings.
    pub listings: Listings,
    /// Whether the quota listings come wrapped in an array, as one edition's documents show them.
    pub wrapped_listings: bool,
}
