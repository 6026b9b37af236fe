//! What an account was like when it was deleted, or left for another.

use super::group::GroupMark;
use super::held::Held;
use super::recorded::Side;
use crate::model::UserId;

/// What an account was like.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the account's own flags, each a fact of its own"
)]
pub(super) struct Portrait {
    pub(super) id: Option<UserId>,
    pub(super) email: String,
    pub(super) user_name: String,
    pub(super) name: String,
    pub(super) surname: String,
    pub(super) display_name: String,
    pub(super) is_active: bool,
    pub(super) bypass_basic_auth: bool,
    pub(super) invitation_accepted: Option<bool>,
    pub(super) from_directory: bool,
    pub(super) groups: Vec<GroupMark>,
    /// `None` where it was not recorded.
    pub(super) held: Option<Held>,
    pub(super) external: bool,
}

impl Portrait {
    /// From a `before` column. Older files leave out what they do not know.
    pub(super) fn read(before: Side<'_>, id: Option<UserId>) -> Self {
        let text = |name: &str| before.text(name).unwrap_or_default().to_owned();
        Self {
            id,
            email: text("email"),
            user_name: text("username"),
            name: text("name"),
            surname: text("surname"),
            display_name: text("display_name"),
            // Whose invitation was pending may have been read as not active.
            is_active: before.flag("active").unwrap_or(true) || before.flag("invitation_accepted") == Some(false),
            bypass_basic_auth: before.flag("bypass_basic_auth").unwrap_or(false),
            invitation_accepted: before.flag("invitation_accepted"),
            from_directory: before.flag("from_directory").unwrap_or(false),
            groups: before.listed_groups(),
            held: before.held(),
            external: before.flag("external_license").unwrap_or(false),
        }
    }

    /// Both names, as the service makes a display name of them.
    pub(super) fn names(&self) -> String {
        format!("{} {}", self.name, self.surname).trim().to_owned()
    }

    /// Whether it has a display name that is not made of its names.
    pub(super) fn has_display_name_of_its_own(&self) -> bool {
        !self.display_name.is_empty() && self.display_name != self.names()
    }

    /// Its address, else its user name.
    pub(super) fn address(&self) -> &str {
        if self.email.is_empty() {
            &self.user_name
        } else {
            &self.email
        }
    }
}
