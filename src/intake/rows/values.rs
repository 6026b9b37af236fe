//! What one row says, typed, and the operation that it makes.

use std::borrow::Cow;
use std::rc::Rc;

use secrecy::SecretString;

use crate::intake::cells::{ColumnSet, GroupList, LicenseList, is_clear};
use crate::model::{
    BundleSet, Create, DeleteWhen, Email, EmailError, Field, GroupRef, Invite, Migrate, Operation, OperationKind,
    Password, ProfileChange, Quota, Update, UserRef,
};

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
    /// The columns that were read.
    pub(super) used: ColumnSet,
    /// Whether any cell of a column is filled that most sheets do not have; where not, those columns need no look.
    pub(super) has_rare: bool,
}

/// The operation that a row without problems asks for.
///
/// # Errors
///
/// When an address is not one, which a row without problems excludes.
pub(super) fn operation(kind: OperationKind, values: &Values<'_>) -> Result<Operation, EmailError> {
    let user = || UserRef::parse(values.user);
    Ok(match kind {
        OperationKind::Invite => Operation::Invite(Box::new(Invite {
            email: values.email.parse()?,
            name: optional(&values.name),
            surname: optional(&values.surname),
            groups: groups(values.groups.as_ref()),
            licenses: licenses(values.licenses.as_ref()),
            language: optional(values.language),
        })),
        OperationKind::Create => Operation::Create(Box::new(Create {
            username: optional(values.username),
            email: optional_email(values.email)?,
            name: optional(&values.name),
            surname: optional(&values.surname),
            display_name: optional(&values.display_name),
            groups: groups(values.groups.as_ref()),
            licenses: licenses(values.licenses.as_ref()),
            invitation_accepted: values.invitation_accepted,
            bypass_basic_auth: values.bypass_basic_auth,
        })),
        OperationKind::Update => Operation::Update(Box::new(Update {
            user: user(),
            profile: ProfileChange {
                name: field(&values.name),
                surname: field(&values.surname),
                display_name: field(&values.display_name),
                email: optional_email(values.email)?,
                active: values.active,
                password: optional(values.password)
                    .map(|password| Password(SecretString::from(password.into_string()))),
                bypass_basic_auth: values.bypass_basic_auth,
                invitation_accepted: values.invitation_accepted,
            },
            add_groups: groups(values.groups.as_ref()),
            remove_groups: groups(values.remove_groups.as_ref()),
        })),
        OperationKind::Delete => Operation::Delete { user: user() },
        OperationKind::SetLicenses => Operation::SetLicenses {
            user: user(),
            licenses: licenses(values.licenses.as_ref()),
            external_license: values.external_license,
        },
        OperationKind::AddLicenses => Operation::AddLicenses {
            user: user(),
            licenses: licenses(values.licenses.as_ref()),
        },
        OperationKind::RemoveLicenses => Operation::RemoveLicenses {
            user: user(),
            licenses: licenses(values.licenses.as_ref()),
        },
        OperationKind::ReleaseLicenses => Operation::ReleaseLicenses { user: user() },
        OperationKind::BlockLicenses => Operation::BlockLicenses { user: user() },
        OperationKind::SetGroupLicenses => Operation::SetGroupLicenses {
            group: GroupRef::parse(values.group),
            licenses: licenses(values.licenses.as_ref()),
            quotas: values.quotas.clone(),
            external_license: values.external_license,
        },
        OperationKind::AddToGroups => Operation::AddToGroups {
            user: user(),
            groups: groups(values.groups.as_ref()),
        },
        OperationKind::RemoveFromGroups => Operation::RemoveFromGroups {
            user: user(),
            groups: groups(values.groups.as_ref()),
        },
        OperationKind::Migrate => Operation::Migrate(Box::new(Migrate {
            user: user(),
            new_email: values.new_email.parse()?,
            name: optional(&values.name),
            surname: optional(&values.surname),
            groups: values.groups.as_ref().map(|list| list.groups.clone()),
            licenses: values.licenses.as_ref().map(|list| list.set.clone()),
            delete_when: values.delete_when,
        })),
    })
}

fn optional(text: &str) -> Option<Box<str>> {
    (!text.is_empty()).then(|| text.into())
}

fn optional_email(text: &str) -> Result<Option<Email>, EmailError> {
    if text.is_empty() {
        Ok(None)
    } else {
        text.parse().map(Some)
    }
}

fn field(text: &str) -> Field {
    if text.is_empty() {
        Field::Keep
    } else if is_clear(text) {
        Field::Clear
    } else {
        Field::Set(text.into())
    }
}

fn groups(list: Option<&Rc<GroupList>>) -> Vec<GroupRef> {
    list.map(|list| list.groups.clone()).unwrap_or_default()
}

fn licenses(list: Option<&Rc<LicenseList>>) -> BundleSet {
    list.map(|list| list.set.clone()).unwrap_or_default()
}
