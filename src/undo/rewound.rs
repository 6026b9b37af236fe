//! Accounts as they were before the runs: a run that deletes an account, or moves somebody out of it, records what it was
//! like then, which may be what earlier runs had made of it.

use super::changes::{AccountChange, FlagField, Flip, Lasting, MembershipChange, TextField};
use super::held::Held;
use super::licenses::without_the_change;
use super::portrait::Portrait;

/// The account as it was before these changes, which stand in it as far as nobody else has changed the same since. What
/// it was like may have been recorded before the last of them.
pub(super) fn before(change: &AccountChange, mut then: Portrait) -> Portrait {
    // What holds no licences is not told to be external, whatever it was like when it held some.
    let tells_external = then.held.as_ref().is_some_and(Held::has_bundles);
    if let Some((was, flip)) = change.held.as_ref().and_then(|flip| Some((flip.was.as_ref()?, flip))) {
        let held = then.held.as_ref().unwrap_or(&flip.is);
        then.held = Some(if flip.between.contains(held) {
            was.clone()
        } else {
            without_the_change(was, flip, held)
        });
    }
    let put_back = |flag: &mut bool, flip: Option<&Flip<bool>>| {
        if let Some(flip) = flip
            && let Some(was) = flip.was
            && flip.is_left_by_the_runs(flag)
        {
            *flag = was;
        }
    };
    match &change.external {
        Some(Flip { was: Some(was), .. }) if !tells_external => {
            then.external = *was && then.held.as_ref().is_some_and(Held::has_bundles);
        }
        flip => put_back(&mut then.external, flip.as_ref()),
    }
    put_back(&mut then.is_active, change.flags.get(&FlagField::Active));
    put_back(
        &mut then.bypass_basic_auth,
        change.flags.get(&FlagField::BypassBasicAuth),
    );
    if let Some(accepted) = &mut then.invitation_accepted {
        put_back(accepted, change.flags.get(&FlagField::InvitationAccepted));
    }
    for (field, flip) in &change.texts {
        let text = match field {
            TextField::Name => &mut then.name,
            TextField::Surname => &mut then.surname,
            TextField::DisplayName => &mut then.display_name,
        };
        if let Some(was) = flip.was.as_ref().filter(|_| flip.is_left_by_the_runs(text)) {
            text.clone_from(was);
        }
    }
    for membership in &change.groups {
        let group = &membership.group;
        let at = then.groups.iter().position(|known| known.is(group));
        let is_left_by_the_runs = membership.is_to_and_fro || membership.is == at.is_some();
        match (membership.was, at) {
            (false, Some(at)) if is_left_by_the_runs => {
                then.groups.remove(at);
            }
            (true, None) if is_left_by_the_runs => then.groups.push(group.clone()),
            _ => {}
        }
    }
    let had_none = |lasting: &Lasting| matches!(lasting, Lasting::FirstAddress(email) if *email == then.email);
    if change.lasting.iter().any(had_none) {
        then.email.clear();
    }
    then
}

/// The change from what the person had in the old account to what the runs made of the new one.
pub(super) fn since_the_old_account(change: &AccountChange, old: &Portrait) -> AccountChange {
    let mut since = change.clone();
    since.held = old.held.clone().map(|was| Flip {
        was: Some(was),
        ..change.held.clone().unwrap_or(Flip::new(None, Held::Nothing))
    });
    since.external = old.held.as_ref().map(|_| Flip {
        was: Some(old.external),
        ..change.external.clone().unwrap_or(Flip::new(None, false))
    });
    for membership in &mut since.groups {
        membership.was = old.groups.iter().any(|group| group.is(&membership.group));
    }
    for group in &old.groups {
        if !since.groups.iter().any(|membership| membership.group.is(group)) {
            since.groups.push(MembershipChange::new(group.clone(), true, false));
        }
    }
    for (field, was) in [
        (TextField::Name, &old.name),
        (TextField::Surname, &old.surname),
        (TextField::DisplayName, &old.display_name),
    ] {
        if let Some(flip) = since.texts.get_mut(&field) {
            let given = flip.was.replace(was.clone());
            flip.between.extend(given);
        }
    }
    if let Some(flip) = since.flags.get_mut(&FlagField::BypassBasicAuth) {
        let given = flip.was.replace(old.bypass_basic_auth);
        flip.between.extend(given);
    }
    since
}

/// What the person had in the old account, where `then` is what the new one was like after these changes. What a move
/// gives by itself, names above all, stands in no change.
pub(super) fn before_the_move(change: &AccountChange, old: &Portrait, then: Portrait) -> Portrait {
    let mut found = before(&since_the_old_account(change, old), then);
    for (field, text, was) in [
        (TextField::Name, &mut found.name, &old.name),
        (TextField::Surname, &mut found.surname, &old.surname),
        (TextField::DisplayName, &mut found.display_name, &old.display_name),
    ] {
        // Older files do not have it.
        if !change.texts.contains_key(&field) && !was.is_empty() {
            text.clone_from(was);
        }
    }
    if !change.flags.contains_key(&FlagField::BypassBasicAuth) {
        found.bypass_basic_auth = old.bypass_basic_auth;
    }
    Portrait {
        id: old.id,
        email: old.email.clone(),
        user_name: old.user_name.clone(),
        from_directory: old.from_directory,
        ..found
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;
    use crate::model::UserId;
    use crate::undo::group::GroupMark;
    use crate::undo::recorded::Side;

    fn portrait(before: &Value) -> Portrait {
        Portrait::read(Side::of(Some(before)), None)
    }

    fn held(value: &Value) -> Held {
        Held::read(value).unwrap()
    }

    fn change() -> AccountChange {
        AccountChange::new(UserId(Uuid::nil()), "ann")
    }

    fn membership(name: &str, was: bool, is: bool) -> MembershipChange {
        let group = GroupMark {
            id: None,
            name: name.to_owned(),
        };
        MembershipChange::new(group, was, is)
    }

    #[test]
    fn licenses_are_those_before_the_runs_with_what_others_gave_meanwhile() {
        for (was, left, then, expected) in [
            (json!(["A"]), json!(["B"]), json!(["B"]), json!(["A"])),
            // One run tells of what was there before it.
            (json!(["A"]), json!(["B"]), json!(["A"]), json!(["A"])),
            (json!(null), json!(["B"]), json!(["B"]), json!(null)),
            (json!([]), json!(["B"]), json!(["B"]), json!([])),
            (json!(["A"]), json!(null), json!(null), json!(["A"])),
            (json!(["A"]), json!(["B"]), json!(["B", "C"]), json!(["A", "C"])),
            (json!(["A"]), json!(["B"]), json!([]), json!([])),
        ] {
            let mut change = change();
            change.held = Some(Flip::new(Some(held(&was)), held(&left)));
            let found = before(&change, portrait(&json!({"licenses": then}))).held;
            assert_eq!(found, Some(held(&expected)), "{was} -> {left}, then {then}");
        }
    }

    #[test]
    fn memberships_and_profile_are_those_before_the_runs_but_for_what_others_changed() {
        let mut change = change();
        change.groups = vec![
            membership("Left", true, false),
            membership("Joined", false, true),
            membership("Left and joined by others", true, false),
            membership("Joined and left by others", false, true),
        ];
        change.flags.insert(FlagField::Active, Flip::new(Some(true), false));
        for (field, was, is) in [(TextField::Name, "Ann", "Anna"), (TextField::Surname, "Lee", "Li")] {
            change
                .texts
                .insert(field, Flip::new(Some(was.to_owned()), is.to_owned()));
        }
        change.lasting.push(Lasting::FirstAddress("ann@old.example".to_owned()));
        let then = json!({
            "email": "ann@old.example", "username": "ann", "name": "Anna", "surname": "Leigh", "active": false,
            "invitation_accepted": true, "groups": ["Joined", "Left and joined by others", "Own"],
        });
        let found = before(&change, portrait(&then));
        let groups: Vec<&str> = found.groups.iter().map(|group| group.name.as_str()).collect();
        assert_eq!(groups, ["Left and joined by others", "Own", "Left"]);
        assert_eq!((found.name.as_str(), found.surname.as_str()), ("Ann", "Leigh"));
        assert!(found.is_active);
        assert_eq!(found.address(), "ann");
    }

    #[test]
    fn what_an_earlier_run_left_is_taken_for_nobody_elses_where_a_later_one_changed_it_again() {
        for (then, expected) in [
            (json!(null), json!(["A"])),
            (json!(["B"]), json!(["A"])),
            (json!(["A"]), json!(["A"])),
            (json!(["B", "C"]), json!(["A", "C"])),
        ] {
            let mut change = change();
            Flip::then(&mut change.held, Some(held(&json!(["A"]))), Held::Nothing);
            Flip::then(&mut change.held, Some(Held::Nothing), held(&json!(["B"])));
            let found = before(&change, portrait(&json!({"licenses": then}))).held;
            assert_eq!(found, Some(held(&expected)), "{then}");
        }
        let mut change = change();
        let to_and_fro = |name, was| MembershipChange {
            is_to_and_fro: true,
            ..membership(name, was, was)
        };
        change.groups = vec![
            to_and_fro("Left and joined", true),
            to_and_fro("Joined and left", false),
            membership("Stayed until others took it", true, true),
        ];
        let mut flip = None;
        for (was, is) in [("Dr P", "D1"), ("D1", "D2"), ("D1", "D3")] {
            Flip::then(&mut flip, Some(was.to_owned()), is.to_owned());
        }
        change.texts.extend(flip.map(|flip| (TextField::DisplayName, flip)));
        for (display_name, expected) in [("D1", "Dr P"), ("D2", "Dr P"), ("D3", "Dr P"), ("Own", "Own")] {
            let then = json!({"display_name": display_name, "groups": ["Joined and left"]});
            let found = before(&change, portrait(&then));
            let groups: Vec<&str> = found.groups.iter().map(|group| group.name.as_str()).collect();
            assert_eq!(groups, ["Left and joined"]);
            assert_eq!(found.display_name, expected);
        }
    }

    #[test]
    fn an_external_license_comes_back_as_one_where_none_was_held_any_more() {
        for (was, is, then, expected) in [
            (true, true, json!({"licenses": []}), true),
            (true, false, json!({"licenses": null}), true),
            (true, false, json!({"licenses": null, "external_license": false}), true),
            (false, false, json!({"licenses": []}), false),
            (true, false, json!({"licenses": ["A"], "external_license": false}), true),
            // Somebody has given it as an external one since.
            (false, false, json!({"licenses": ["A"], "external_license": true}), true),
        ] {
            let mut change = change();
            change.held = Some(Flip {
                between: vec![Held::Nothing],
                ..Flip::new(Some(held(&json!(["A"]))), Held::Blocked)
            });
            change.external = Some(Flip::new(Some(was), is));
            let found = before(&change, portrait(&then));
            let told = (found.held, found.external);
            assert_eq!(
                told,
                (Some(held(&json!(["A"]))), expected),
                "{was} -> {is}, then {then}"
            );
        }
    }

    #[test]
    fn names_that_a_move_gave_are_not_those_of_the_old_account() {
        let old = portrait(&json!({
            "email": "ann@old.example", "name": "Ann", "surname": "Lee", "display_name": "Dr Lee",
            "bypass_basic_auth": true,
        }));
        let then = portrait(&json!({
            "email": "ann@new.example", "name": "Max", "surname": "Li", "display_name": "Max Lee",
        }));
        let found = before_the_move(&change(), &old, then.clone());
        assert_eq!((found.name.as_str(), found.surname.as_str()), ("Ann", "Lee"));
        assert_eq!((found.display_name.as_str(), found.bypass_basic_auth), ("Dr Lee", true));
        assert_eq!(found.address(), "ann@old.example");
        let unknown = before_the_move(&change(), &portrait(&json!({})), then.clone());
        assert_eq!(unknown.names(), "Max Li");
        // Renamed in the run of the second move, and what is told is from the start of that run.
        let mut renamed = change();
        let flip = Flip::new(Some("Max".to_owned()), "Moritz".to_owned());
        renamed.texts.insert(TextField::Name, flip);
        assert_eq!(before_the_move(&renamed, &old, then.clone()).name, "Ann");
        // Renamed by somebody else after that.
        let flip = Flip::new(Some("Moritz".to_owned()), "Mo".to_owned());
        renamed.texts.insert(TextField::Name, flip);
        assert_eq!(before_the_move(&renamed, &old, then).name, "Max");
    }

    #[test]
    fn of_a_new_account_all_is_a_change_that_the_old_one_had_otherwise() {
        let mut change = change();
        change.held = Some(Flip::new(Some(Held::Nothing), held(&json!(["B"]))));
        change.groups = vec![membership("Both", false, true), membership("New", false, true)];
        let old = json!({"licenses": [], "external_license": false, "groups": ["Both", "Old"]});
        let since = since_the_old_account(&change, &portrait(&old));
        assert_eq!(since.held.unwrap().was, Some(Held::Blocked));
        let expected = [
            membership("Both", true, true),
            membership("New", false, true),
            membership("Old", true, false),
        ];
        assert_eq!(since.groups, expected);
        let unknown = since_the_old_account(&change, &portrait(&json!({})));
        assert_eq!((unknown.held, unknown.external), (None, None));
    }
}
