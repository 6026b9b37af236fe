//! Rows, written down shortly.

use reseat::model::{
    BundleSet, Create, DeleteWhen, Field, GroupRef, Invite, Migrate, Operation, Place, ProfileChange, Row, RowKey,
    Shared, Update, UserRef,
};

use crate::model::{EVERYONE, GROUPS, bundles};

pub(crate) fn sheet(operations: impl IntoIterator<Item = Operation>) -> Vec<Row> {
    let row = |(number, operation)| Row {
        place: Place {
            sheet: "".into(),
            row: number,
        },
        key: RowKey::of(&format!("row {number}"), 0),
        operation,
        conditions: None,
    };
    (2..).zip(operations).map(row).collect()
}

fn user(email: &str) -> UserRef {
    UserRef::parse(email)
}

pub(crate) fn groups(numbers: &[u8]) -> Shared<[GroupRef]> {
    let name = |number: &u8| match *number {
        EVERYONE => "Everyone",
        number => GROUPS[usize::from(number)],
    };
    numbers
        .iter()
        .map(|number| GroupRef::Name(name(number).into()))
        .collect()
}

pub(crate) fn invite(email: &str, in_groups: &[u8], codes: &str) -> Operation {
    Operation::Invite(Box::new(Invite {
        email: email.parse().unwrap(),
        name: None,
        surname: None,
        groups: groups(in_groups),
        licenses: bundles(codes),
        language: None,
        active: None,
        like: None,
    }))
}

pub(crate) fn create(email: &str, in_groups: &[u8], codes: &str) -> Operation {
    Operation::Create(Box::new(Create {
        username: None,
        email: Some(email.parse().unwrap()),
        name: None,
        surname: None,
        display_name: None,
        groups: groups(in_groups),
        licenses: bundles(codes),
        invitation_accepted: None,
        bypass_basic_auth: None,
        like: None,
    }))
}

/// The same row, to be like somebody.
pub(crate) fn like(model: &str, mut operation: Operation) -> Operation {
    let model = Some(Box::new(user(model)));
    match &mut operation {
        Operation::Invite(invite) => invite.like = model,
        Operation::Create(create) => create.like = model,
        Operation::AddLicenses { like, .. } | Operation::AddToGroups { like, .. } => *like = model,
        _ => panic!("such a row copies nothing"),
    }
    operation
}

pub(crate) fn update(email: &str, name: Option<&str>, add: &[u8], remove: &[u8]) -> Operation {
    Operation::Update(Box::new(Update {
        user: user(email),
        profile: ProfileChange {
            name: name.map_or(Field::Keep, |name| Field::Set(name.into())),
            ..ProfileChange::default()
        },
        add_groups: groups(add),
        remove_groups: groups(remove),
    }))
}

pub(crate) fn delete(email: &str) -> Operation {
    Operation::Delete { user: user(email) }
}

pub(crate) fn set(email: &str, codes: &str) -> Operation {
    Operation::SetLicenses {
        user: user(email),
        licenses: bundles(codes),
        external_license: None,
    }
}

pub(crate) fn set_external(email: &str, codes: &str, external_license: bool) -> Operation {
    Operation::SetLicenses {
        user: user(email),
        licenses: bundles(codes),
        external_license: Some(external_license),
    }
}

pub(crate) fn add(email: &str, codes: &str) -> Operation {
    Operation::AddLicenses {
        user: user(email),
        licenses: bundles(codes),
        like: None,
    }
}

pub(crate) fn remove(email: &str, codes: &str) -> Operation {
    Operation::RemoveLicenses {
        user: user(email),
        licenses: bundles(codes),
    }
}

pub(crate) fn release(email: &str) -> Operation {
    Operation::ReleaseLicenses { user: user(email) }
}

pub(crate) fn block(email: &str) -> Operation {
    Operation::BlockLicenses { user: user(email) }
}

pub(crate) fn join(email: &str, numbers: &[u8]) -> Operation {
    Operation::AddToGroups {
        user: user(email),
        groups: groups(numbers),
        like: None,
    }
}

pub(crate) fn leave(email: &str, numbers: &[u8]) -> Operation {
    Operation::RemoveFromGroups {
        user: user(email),
        groups: groups(numbers),
    }
}

pub(crate) fn migrate(email: &str, new_email: &str, delete_when: DeleteWhen) -> Operation {
    Operation::Migrate(Box::new(Migrate {
        user: user(email),
        new_email: new_email.parse().unwrap(),
        name: None,
        surname: None,
        groups: None,
        licenses: None,
        delete_when,
    }))
}

pub(crate) fn migrate_with(email: &str, new_email: &str, numbers: &[u8], licenses: BundleSet) -> Operation {
    Operation::Migrate(Box::new(Migrate {
        user: user(email),
        new_email: new_email.parse().unwrap(),
        name: None,
        surname: None,
        groups: Some(groups(numbers)),
        licenses: Some(licenses),
        delete_when: DeleteWhen::Invited,
    }))
}

pub(crate) fn set_groups(email: &str, numbers: &[u8]) -> Operation {
    Operation::SetGroups {
        user: user(email),
        groups: groups(numbers),
    }
}

pub(crate) fn release_lease(email: &str, number: u8) -> Operation {
    Operation::ReleaseLease {
        user: user(email),
        group: Box::new(groups(&[number])[0].clone()),
    }
}

pub(crate) fn clear_rule(number: u8) -> Operation {
    Operation::ClearGroupLicenses {
        group: groups(&[number])[0].clone(),
    }
}

pub(crate) fn offboard(email: &str) -> Operation {
    Operation::Offboard { user: user(email) }
}
