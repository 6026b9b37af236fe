//! What an `update` row changes of a profile.

use crate::api::{User, UserUpdate};
use crate::model::{Field, ProfileChange};
use crate::text::fold;

/// The fields of `profile` that differ from the account's present ones, or that an `earlier` row of the sheet changes;
/// `None` if there are none.
pub(super) fn changed_fields(profile: &ProfileChange, user: Option<&User>, earlier: &UserUpdate) -> Option<UserUpdate> {
    // Without `..`, so that a new field does not compile before it is decided how it is compared.
    let ProfileChange {
        name,
        surname,
        display_name,
        email,
        active,
        password,
        bypass_basic_auth,
        invitation_accepted,
    } = profile;
    let text = |wanted: &Field, present: Option<&str>, earlier: &Option<String>| {
        let differs = |wanted: &&str| earlier.is_some() || present != Some(*wanted);
        wanted.as_sent().filter(differs).map(str::to_owned)
    };
    let flag = |wanted: Option<bool>, present: Option<bool>, earlier: Option<bool>| {
        wanted.filter(|wanted| earlier.is_some() || present != Some(*wanted))
    };
    let bears = |address: &str| user.is_some_and(|user| fold(user.email()) == address);
    let update = UserUpdate {
        name: text(name, user.map(User::name), &earlier.name),
        surname: text(surname, user.map(User::surname), &earlier.surname),
        display_name: text(display_name, user.map(User::display_name), &earlier.display_name),
        email: email
            .as_ref()
            .filter(|email| earlier.email.is_some() || !bears(&email.fold()))
            .map(ToString::to_string),
        is_active: flag(*active, user.map(|user| user.is_active), earlier.is_active),
        password: password.clone(),
        bypass_basic_auth: flag(
            *bypass_basic_auth,
            user.map(|user| user.bypass_basic_auth),
            earlier.bypass_basic_auth,
        ),
        invitation_accepted: flag(
            *invitation_accepted,
            user.map(|user| user.invitation_accepted),
            earlier.invitation_accepted,
        ),
        add_groups: Vec::new(),
        remove_groups: Vec::new(),
    };
    (!update.is_empty()).then_some(update)
}

/// Whether the update changes fields that an external directory owns (`uipath-api`, 4.6 and 8).
pub(super) fn is_the_directorys(update: &UserUpdate) -> bool {
    let texts = [&update.name, &update.surname, &update.display_name, &update.email];
    texts.iter().any(|text| text.is_some()) || update.password.is_some()
}
