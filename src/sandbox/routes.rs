//! Every route, in the order in which they are tried (`uipath-api`, 2 to 5).

use super::endpoint::Access::{Open, Read, SignedIn, Write};
use super::endpoint::Endpoint;
use super::endpoint::Service::{Identity, License, Page, Portal, Summary, Token};
use super::endpoint::Verb::{Delete, Get, Post, Put};
use super::{
    creation, directory, groups, invitations, license_reads, licenses, portal, profile, rules, sign_in, users,
};

const USER: &str = "PM.User";
const GROUP: &str = "PM.Group";
const LICENSE: &str = "PM.License";
const DIRECTORY: &str = "PM.Directory";

macro_rules! endpoints {
    ($($name:literal $service:ident $verb:ident $path:literal $access:expr => $handler:expr;)+) => {
        /// Every route.
        pub(super) const ENDPOINTS: &[Endpoint] = &[$(Endpoint {
            name: $name,
            service: $service,
            verb: $verb,
            path: $path,
            access: $access,
            handler: $handler,
        }),+];
    };
}

endpoints! {
    "token" Token Post "identity_/connect/token" Open => sign_in::client_credentials;
    "authenticate" Token Post "api/account/authenticate" Open => sign_in::resource_owner;
    "authenticate" Token Post "{org}/{tenant}/api/account/authenticate" Open => sign_in::resource_owner;
    "accept-invitation" Page Get "portal_/acceptInvite" Open => invitations::accept;
    "accept-invitation" Page Get "{org}/portal_/acceptInvite" Open => invitations::accept;

    "list-users" Identity Get "api/User/users/{organization}" Read(USER) => users::list;
    "bulk-create" Identity Post "api/User/BulkCreate" Write(USER) => creation::bulk;
    "invite" Identity Post "api/User/InviteUsers" Write(USER) => invitations::invite;
    "create-user" Identity Post "api/User" Write(USER) => creation::single;
    "delete-users" Identity Delete "api/User" Write(USER) => users::bulk_delete;
    "get-user" Identity Get "api/User/{user}" Read(USER) => users::get;
    "update-user" Identity Put "api/User/{user}" Write(USER) => profile::update;
    "delete-user" Identity Delete "api/User/{user}" Write(USER) => users::delete;

    "create-group" Identity Post "api/Group" Write(GROUP) => groups::create;
    "update-group" Identity Put "api/Group/{group}" Write(GROUP) => groups::update;
    "list-groups" Identity Get "api/Group/{organization}" Read(GROUP) => groups::list;
    "delete-groups" Identity Delete "api/Group/{organization}" Write(GROUP) => groups::bulk_delete;
    "get-group" Identity Get "api/Group/{organization}/{group}" Read(GROUP) => groups::get;
    "delete-group" Identity Delete "api/Group/{organization}/{group}" Write(GROUP) => groups::delete;
    "group-members" Identity Get "api/Group/{organization}/{group}/Members" Read(GROUP) => groups::members;
    "check-members" Identity Post "api/Group/{organization}/{group}/CheckMembers" Write(GROUP) => groups::check_members;

    "search-directory" Identity Get "api/Directory/Search/{organization}" Read(DIRECTORY) => directory::search;
    "resolve-names" Identity Post "api/Directory/BulkResolveByName/{organization}" SignedIn => directory::resolve_names;
    "resolve-id" Identity Post "api/Directory/Resolve/{organization}" Read(DIRECTORY) => directory::resolve_id;
    "group-membership" Identity Post "api/Directory/GroupMembership/{organization}" Read(DIRECTORY) => directory::group_membership;
    "directory-scopes" Identity Get "api/Directory/Scopes/{organization}" Read(DIRECTORY) => directory::scopes;

    "license-seats" License Get "api/account/{organization}/user-license" Read(LICENSE) => licenses::seats;
    "allocate-to-users" License Put "api/account/{organization}/user-license" Write(LICENSE) => licenses::allocate;
    "release-users" License Delete "api/account/{organization}/user-license" Write(LICENSE) => license_reads::release;
    "explicit-allocations" License Post "api/account/{organization}/user-license" Read(LICENSE) => license_reads::explicit;
    "licenses-of-users" License Post "api/account/{organization}/user-license/license/users" Read(LICENSE) => license_reads::of_users;
    "allocation-of-user" License Get "api/account/{organization}/user-license/user/{user}/allocation" Read(LICENSE) => license_reads::of_user;
    "bundles-of-user" License Get "api/account/{organization}/user-license/{user}/availableUserBundles" Read(LICENSE) => license_reads::bundles;
    "leases-of-user" License Get "api/account/{organization}/user-license/{user}/userBundleLeases" Read(LICENSE) => license_reads::leases;
    "list-rules" License Get "api/account/{organization}/user-license/groups/with-quota" Read(LICENSE) => rules::list;
    "set-rule" License Put "api/account/{organization}/user-license/group/{group}" Write(LICENSE) => rules::set;
    "get-rule" License Get "api/account/{organization}/user-license/group/{group}" Read(LICENSE) => rules::available;
    "remove-rule" License Delete "api/account/{organization}/user-license/group/{group}" Write(LICENSE) => license_reads::remove_rule;
    "set-quota-rule" License Put "api/account/{organization}/user-license/group/{group}/with-quota" Write(LICENSE) => rules::set_with_quota;
    "get-quota-rule" License Get "api/account/{organization}/user-license/group/{group}/with-quota" Read(LICENSE) => rules::get_with_quota;
    "rule-users" License Get "api/account/{organization}/user-license/group/{group}/bulk-users" Read(LICENSE) => rules::users;
    "rule-holders" License Get "api/account/{organization}/user-license/group/{group}/user" Read(LICENSE) => rules::holders;
    "release-leases" License Delete "api/account/{organization}/user-license/group/{group}/user" Write(LICENSE) => license_reads::release_leases;
    "release-lease" License Delete "api/account/{organization}/user-license/group/{group}/user/{user}" Write(LICENSE) => license_reads::release_lease;
    "license-summary" Summary Get "api/account/{organization}/license-summary" Read(LICENSE) => licenses::summary;

    "portal-seats" Portal Get "api/license/accountant/UserLicense" Read(LICENSE) => portal::seats;
    "portal-allocate" Portal Put "api/license/accountant/UserLicense" Write(LICENSE) => portal::allocate;
    "portal-release" Portal Delete "api/license/accountant/UserLicense" Write(LICENSE) => license_reads::release_all;
    "portal-add-users" Portal Post "api/license/accountant/UserLicense/users" Write(LICENSE) => portal::add_users;
    "portal-users" Portal Get "api/license/accountant/UserLicense/user/page" Read(LICENSE) => portal::users;
    "portal-rules" Portal Get "api/license/accountant/UserLicense/group/page" Read(LICENSE) => portal::rules;
    "portal-rule" Portal Get "api/license/accountant/UserLicense/group" Read(LICENSE) => portal::rule;
    "portal-rule" Portal Get "api/license/accountant/UserLicense/group/" Read(LICENSE) => portal::rule;
    "portal-set-rule" Portal Put "api/license/accountant/UserLicense/group" Write(LICENSE) => portal::set_rule;
    "portal-delete-rule" Portal Delete "api/license/accountant/UserLicense/group" Write(LICENSE) => portal::delete_rule;
    "portal-leases" Portal Get "api/license/accountant/UserLicense/group/{group}/allocations" Read(LICENSE) => portal::leases;
    "portal-end-lease" Portal Delete "api/license/accountant/UserLicense/group/{group}/user/{user}" Write(LICENSE) => license_reads::end_lease;
    "portal-delete-users" Portal Delete "api/identity/User" Write(USER) => users::bulk_delete;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_about_the_sandbox_names_every_route() {
        let page = include_str!("../../docs/sandbox.md");
        for endpoint in ENDPOINTS {
            let name = format!("`{}`", endpoint.name);
            let path = endpoint
                .path
                .trim_end_matches('/')
                .trim_start_matches("api/license/accountant/");
            let line = page.lines().find(|line| line.contains(&name) && line.contains(path));
            assert!(line.is_some(), "{name} {path}");
        }
    }
}
