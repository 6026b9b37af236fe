//! What one row says, typed.

use std::borrow::Cow;
use std::rc::Rc;

use crate::intake::cells::{ColumnSet, GroupList, LicenseList, StateCell, WrittenDate};
use crate::model::{DeleteWhen, Quota, UserId};

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
    pub(super) quotas: Option<Vec<Quota>>,
    pub(super) active: Option<bool>,
    pub(super) bypass_basic_auth: Option<bool>,
    pub(super) invitation_accepted: Option<bool>,
    pub(super) external_license: Option<bool>,
    pub(super) password: &'c str,
    pub(super) language: &'c str,
    pub(super) delete_when: DeleteWhen,
    pub(super) like: &'c str,
    pub(super) not_before: Option<WrittenDate>,
    pub(super) user_id: Option<UserId>,
    pub(super) unless_used_since: Option<WrittenDate>,
    pub(super) unless_changed_from: Option<StateCell>,
    /// The columns that were read.
    pub(super) used: ColumnSet,
    /// Whether any cell of a column is filled that most sheets do not have; where not, those columns need no look.
    pub(super) has_rare: bool,
}
