//! What one row says, typed.

use std::borrow::Cow;
use std::rc::Rc;

use super::column::{Column, ColumnSet};
use super::group_list::GroupList;
use super::license_list::LicenseList;
use crate::model::{DeleteWhen, Quota};

/// What a valid row says, borrowed from its cells; what its operation does not take is empty.
#[derive(Debug, Default)]
pub(super) struct Values<'c> {
    pub(super) user: &'c str,
    /// `user` in its comparison form.
    pub(super) user_key: Cow<'c, str>,
    pub(super) email: &'c str,
    pub(super) username: &'c str,
    pub(super) new_email: &'c str,
    pub(super) group: &'c str,
    pub(super) name: Cow<'c, str>,
    pub(super) surname: Cow<'c, str>,
    pub(super) display_name: Cow<'c, str>,
    pub(super) groups: Option<Rc<GroupList>>,
    pub(super) remove_groups: Option<Rc<GroupList>>,
    pub(super) licenses: Option<Rc<LicenseList>>,
    pub(super) quotas: Vec<Quota>,
    pub(super) active: Option<bool>,
    pub(super) bypass_basic_auth: Option<bool>,
    pub(super) invitation_accepted: Option<bool>,
    pub(super) external_license: Option<bool>,
    pub(super) password: &'c str,
    pub(super) language: &'c str,
    pub(super) delete_when: DeleteWhen,
    /// The columns that were made use of.
    pub(super) used: ColumnSet,
    /// Whether any cell is filled that most sheets have not.
    pub(super) has_rare: bool,
}

impl Values<'_> {
    /// The names of [`fields`](Self::fields), in order.
    pub(super) const FIELDS: [Column; 8] = [
        Column::Name,
        Column::Surname,
        Column::DisplayName,
        Column::Email,
        Column::Active,
        Column::Password,
        Column::BypassBasicAuth,
        Column::InvitationAccepted,
    ];

    /// The values of the profile fields.
    pub(super) fn fields(&self) -> [Option<Cow<'_, str>>; 8] {
        let text = |text| Some(Cow::Borrowed(text)).filter(|text: &Cow<'_, str>| !text.is_empty());
        let flag = |value: Option<bool>| value.map(|value| Cow::Borrowed(if value { "yes" } else { "no" }));
        [
            text(&*self.name),
            text(&*self.surname),
            text(&*self.display_name),
            text(self.email),
            flag(self.active),
            text(self.password),
            flag(self.bypass_basic_auth),
            flag(self.invitation_accepted),
        ]
    }
}
