//! How many users or members one call takes.

use super::section::Section;

/// Chunk sizes, each at least 1. No document states the largest that the services take
/// (`uipath-api`, 6.2), so each can be set; a size that is too large is halved while running.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Users given the same bundles by one call.
    pub users_per_license_call: u32,
    /// Users whose direct allocation one call drops.
    pub users_per_release: u32,
    /// Addresses invited by one call.
    pub users_per_invite: u32,
    /// Accounts created by one call.
    pub users_per_create: u32,
    /// Accounts deleted by one call.
    pub users_per_delete: u32,
    /// Members added to or taken from a group by one call.
    pub members_per_group_call: u32,
    /// Users in a page of the directory.
    pub users_per_page: u32,
}

pub(super) fn batch(mut section: Section<'_>) -> Batch {
    const MOST: u32 = 10_000;
    let mut size = |key, usual| section.whole(key, 1, MOST).unwrap_or(usual);
    let batch = Batch {
        users_per_license_call: size("users_per_license_call", 100),
        users_per_release: size("users_per_release", 100),
        users_per_invite: size("users_per_invite", 100),
        users_per_create: size("users_per_create", 100),
        users_per_delete: size("users_per_delete", 100),
        members_per_group_call: size("members_per_group_call", 100),
        users_per_page: size("users_per_page", 1000),
    };
    section.finish();
    batch
}
