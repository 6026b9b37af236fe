//! What was done for a row: in words, and as the `before` and `after` columns.

use serde_json::{Map, Value, json};

use super::{
    Account, AccountIndex, Direct, GroupRuleChange, Holding, LeaseEnd, LicenseChange, Membership, Plan, RowIndex,
    RuleRemoval, Stage, Step, StepSource, Work,
};
use crate::api::{User, UserUpdate};
use crate::directory::Snapshot;
use crate::model::{BundleSet, GroupId, HANDED_OVER, Quota, UNCLEAR, UserId, WAITED};
use crate::text::{joined, number, people};

/// What was done for a row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change {
    /// The state before; absent where nothing changed.
    pub before: Option<Value>,
    /// The state now.
    pub after: Option<Value>,
    /// The message: what was done, step by step.
    pub words: Vec<String>,
}

/// Describes what `steps`, in the order of their stages, change for one row. A changed password is mentioned and never
/// shown.
pub fn describe<'a>(
    plan: &Plan,
    snapshot: &Snapshot,
    source: &'a dyn StepSource,
    row: RowIndex,
    steps: impl Iterator<Item = &'a Step>,
) -> Change {
    let mut description = Description {
        plan,
        snapshot,
        source,
        row,
        before: Map::new(),
        after: Map::new(),
        words: Vec::new(),
    };
    let planned = &plan.rows[row];
    if let Some(earlier) = planned.earlier() {
        // A record replaces the row's earlier ones, so what an earlier run did for it is repeated here; otherwise the
        // next rerun would not know about it.
        description.before = object(earlier.before.as_ref());
        description.after = object(earlier.after.as_ref());
        // Whether the row waits, and whether this has come about, is for its new line to say.
        description.after.remove(WAITED);
        description.after.remove(UNCLEAR);
        if earlier.made && !earlier.is_of_unknown_making() {
            description.after.entry("made").or_insert_with(|| json!("earlier"));
            description.joined(&earlier.made_with);
            // That run did it, and not this one.
            description.words.clear();
        }
        if let Some(mailed) = earlier.mailed_at {
            description.after.entry("mailed").or_insert_with(|| json!(mailed));
        }
        if planned.is_finished() && !planned.steps().is_empty() {
            // However the mail fares, a rerun has to know that nothing else is left to do.
            description.after.insert("finished".into(), json!(true));
        }
    }
    if let Some(captured) = planned.captured() {
        description.before = object(Some(captured));
    }
    for step in steps {
        description.add(step);
    }
    if let Some(copied) = planned.copied()
        && !description.after.is_empty()
    {
        // A rerun finishes what was planned when the row was begun, whatever has become of the account meanwhile.
        description.after.insert("like".into(), copied.clone());
    }
    let some = |map: Map<String, Value>| (!map.is_empty()).then_some(Value::Object(map));
    Change {
        before: some(description.before),
        after: some(description.after),
        words: description.words,
    }
}

fn object(value: Option<&Value>) -> Map<String, Value> {
    value.and_then(Value::as_object).cloned().unwrap_or_default()
}

struct Description<'a> {
    plan: &'a Plan,
    snapshot: &'a Snapshot,
    source: &'a dyn StepSource,
    row: RowIndex,
    before: Map<String, Value>,
    after: Map<String, Value>,
    words: Vec<String>,
}

impl Description<'_> {
    fn user_of(&self, account: Option<AccountIndex>) -> Option<UserId> {
        self.source.account_id(account?)
    }

    fn add(&mut self, step: &Step) {
        match &step.work {
            Work::Invite(invitation) => self.made(step, "invited", &invitation.groups),
            Work::Create(creation) => self.made(step, "created", &creation.groups),
            Work::Update(parts) => {
                let user = self.user_of(step.account);
                let row = self.row;
                for (_, update) in parts.iter().filter(|(of, _)| *of == row) {
                    self.update(user, update);
                }
            }
            Work::Member(group, Membership::Join) => self.joined(&[**group]),
            Work::Member(group, Membership::Leave) => self.left(&[**group]),
            Work::License(change) => self.license(step, change),
            Work::GroupRule(change) => {
                let GroupRuleChange {
                    group,
                    bundles,
                    quotas,
                    external_license,
                } = &**change;
                self.rule(*group, Some((bundles, *external_license)), quotas.as_deref());
                let limits: Vec<String> = quotas
                    .iter()
                    .flatten()
                    .map(|quota| format!("at most {} of {}", number(quota.limit), quota.code))
                    .collect();
                let had_limits = self.snapshot.rule(*group).is_some_and(|rule| !rule.quotas.is_empty());
                let limits = match (limits.is_empty(), had_limits) {
                    (false, _) => format!(", {}", joined(&limits, usize::MAX)),
                    (true, true) => ", without limits".to_owned(),
                    (true, false) => String::new(),
                };
                self.words
                    .push(format!("licence rule set to {}{limits}", named(bundles)));
            }
            Work::RemoveRule(removal) => self.rule_removed(removal),
            Work::EndLease(end) => self.lease_ended(end),
            Work::Verify(_) => self.words.push("new account read back".to_owned()),
            // What was done says it all, and what is left is remarked.
            Work::VerifyLeaver => {}
            Work::Delete => self.deleted(step),
        }
    }

    /// A group's rule before, and as it is now: its bundles with `useExternalLicense`, unless there is none any more.
    fn rule(&mut self, group: GroupId, now: Option<(&BundleSet, bool)>, quotas: Option<&[Quota]>) {
        let present = self.snapshot.rule(group);
        let quotas_before = present.map(|rule| rule.quotas.as_slice()).unwrap_or_default();
        for (name, before, after) in [
            (
                "licenses",
                json!(present.map(|rule| &rule.bundles)),
                json!(now.map(|(bundles, _)| bundles)),
            ),
            ("quotas", limits(quotas_before), limits(quotas.unwrap_or_default())),
            (
                "external_license",
                json!(present.map(|rule| rule.external_license)),
                json!(now.map(|(_, external_license)| external_license)),
            ),
            ("group_id", json!(group), json!(group)),
        ] {
            self.before.insert(name.into(), before);
            self.after.insert(name.into(), after);
        }
    }

    fn rule_removed(&mut self, removal: &RuleRemoval) {
        let RuleRemoval {
            group,
            name: _,
            bundles,
            holders,
        } = removal;
        self.rule(*group, None, None);
        let who = match holders {
            None => "who held seats by it is not known".to_owned(),
            Some(0) => "nobody held a seat by it".to_owned(),
            Some(some) => format!("{} held seats by it, which are free", people(*some)),
        };
        self.words
            .push(format!("licence rule with {} taken away; {who}", named(bundles)));
    }

    fn lease_ended(&mut self, end: &LeaseEnd) {
        let LeaseEnd { group, bundles } = end;
        let name = self.snapshot.rule_name(*group);
        self.before.insert("leases".into(), json!(bundles));
        self.after.insert("leases".into(), json!([]));
        for side in [&mut self.before, &mut self.after] {
            side.insert("group".into(), json!(name));
            side.insert("group_id".into(), json!(group));
        }
        self.words.push(format!(
            "gave back {} of the licence rule of `{name}`; it is taken again at the next sign-in, unless the account leaves \
             the group",
            named(bundles)
        ));
    }

    /// The account was made; rows that only waited for it say so.
    fn made(&mut self, step: &Step, word: &str, groups: &[GroupId]) {
        let account = step.account.map(|account| self.plan.account(account));
        let maker = account.and_then(Account::maker);
        if account.is_some_and(|account| account.id.is_some()) {
            self.words.push("mailed again".to_owned());
        } else if maker == Some(self.row) {
            self.words.push(word.to_owned());
            self.after.insert("made".into(), json!(word));
            self.joined(groups);
        } else {
            self.words.push("done when the account was created".to_owned());
        }
    }

    /// The state before, as far as it is that of the account which the row works on now: a migration's own `before` is
    /// about the old account, and what the new one was like is told apart, unless the row made it.
    fn before_of_its_account(&mut self) -> Option<&mut Map<String, Value>> {
        if self.plan.rows[self.row].captured().is_none() {
            return Some(&mut self.before);
        }
        (!self.after.contains_key("made")).then(|| object_in(&mut self.before, "new_account"))
    }

    fn group_name(&self, id: GroupId) -> String {
        let group = self.plan.groups.get(&id).or_else(|| self.snapshot.group_by_id(id));
        group.map_or_else(|| id.to_string(), |group| group.name.clone())
    }

    fn joined(&mut self, groups: &[GroupId]) {
        self.membership(groups, "joined", true);
    }

    fn left(&mut self, groups: &[GroupId]) {
        self.membership(groups, "left", false);
    }

    fn membership(&mut self, groups: &[GroupId], word: &str, is_in_now: bool) {
        if groups.is_empty() {
            return;
        }
        let mut names = Vec::with_capacity(groups.len());
        for id in groups {
            let name = self.group_name(*id);
            if let Some(before) = self.before_of_its_account() {
                object_in(before, "groups")
                    .entry(name.clone())
                    .or_insert(json!(!is_in_now));
            }
            object_in(&mut self.after, "groups").insert(name.clone(), json!(is_in_now));
            object_in(&mut self.after, "group_ids").insert(name.clone(), json!(id));
            names.push(name);
        }
        self.words.push(format!("{word} {}", names.join(", ")));
    }

    fn update(&mut self, user: Option<UserId>, update: &UserUpdate) {
        // Without `..`, so that a new field does not compile before it is described.
        let UserUpdate {
            name,
            surname,
            display_name,
            email,
            is_active,
            password,
            bypass_basic_auth,
            invitation_accepted,
            add_groups,
            remove_groups,
        } = update;
        let present = user.and_then(|id| self.snapshot.user_by_id(id));
        let mut fields: Vec<(&str, Value, Value)> = Vec::new();
        let texts = [
            ("name", present.map(User::name), name),
            ("surname", present.map(User::surname), surname),
            ("display_name", present.map(User::display_name), display_name),
            ("email", present.map(User::email), email),
        ];
        fields.extend(
            texts
                .into_iter()
                .filter_map(|(name, was, is)| Some((name, json!(was), json!(is.as_ref()?)))),
        );
        let flags = [
            ("active", present.map(|user| user.is_active), *is_active),
            (
                "bypass_basic_auth",
                present.map(|user| user.bypass_basic_auth),
                *bypass_basic_auth,
            ),
            (
                "invitation_accepted",
                present.map(|user| user.invitation_accepted),
                *invitation_accepted,
            ),
        ];
        fields.extend(
            flags
                .into_iter()
                .filter_map(|(name, was, is)| Some((name, json!(was), json!(is?)))),
        );
        self.words.extend(is_active.map(|is_active| {
            let word = if is_active { "activated" } else { "deactivated" };
            word.to_owned()
        }));
        let others = fields.iter().map(|(name, ..)| *name).filter(|name| *name != "active");
        let mut names: Vec<&str> = others.collect();
        if password.is_some() {
            names.push("password");
            // That there is another one now, never which.
            self.after.insert("password".into(), json!("changed"));
        }
        if !names.is_empty() {
            self.words.push(format!("changed {}", names.join(", ")));
        }
        for (name, was, is) in fields {
            if let Some(before) = self.before_of_its_account() {
                before.entry(name).or_insert(was);
            }
            self.after.insert(name.into(), is);
        }
        self.joined(add_groups);
        self.left(remove_groups);
    }

    fn license(&mut self, step: &Step, change: &LicenseChange) {
        match step.stage {
            Stage::HandOver => {
                self.after.insert(HANDED_OVER.into(), json!(true));
                return self.words.push("licences taken off the old account".to_owned());
            }
            Stage::GiveBack => {
                self.after.remove(HANDED_OVER);
                return self.words.push("licences given back to the old account".to_owned());
            }
            _ => {}
        }
        let (was, is) = part_of(change, &step.rows, self.row);
        let has_flag = matches!(was.direct, Direct::Holds(_)) || is.external_license;
        if let Some(before) = self.before_of_its_account() {
            // A change in two calls (first giving up, then taking) keeps the first `before`. What could not be read is
            // left out, since `null` says that there was no allocation.
            if was.direct != Direct::Unknown {
                before.entry("licenses").or_insert_with(|| licenses(&was.direct));
            }
            if has_flag {
                before
                    .entry("external_license")
                    .or_insert_with(|| json!(was.external_license));
            }
        }
        self.after.insert("licenses".into(), licenses(&is.direct));
        if has_flag {
            self.after.insert("external_license".into(), json!(is.external_license));
        }
        self.words.push(match &is.direct {
            Direct::Holds(bundles) if bundles.is_empty() => "blocked from every licence".to_owned(),
            Direct::Holds(bundles) => format!("holds {}", named(bundles)),
            Direct::Inherits | Direct::Unknown => "direct licences released".to_owned(),
        });
        let is_blocked = |direct: &Direct| matches!(direct, Direct::Holds(bundles) if bundles.is_empty());
        if is_blocked(&was.direct) && !is_blocked(&is.direct) {
            self.words
                .push("unblocked: the account was barred from every licence".to_owned());
        }
    }

    fn deleted(&mut self, step: &Step) {
        let user = self.user_of(step.account);
        if self.plan.rows[self.row].captured().is_some() {
            self.after.insert("deleted".into(), json!(true));
            self.words.push("old account deleted".to_owned());
            return;
        }
        self.words.push("deleted".to_owned());
        if let Some(user) = user.and_then(|id| self.snapshot.user_by_id(id)) {
            self.before.extend(portrait(self.snapshot, user));
        }
    }
}

/// All that is known of an account that is about to go.
fn portrait(snapshot: &Snapshot, user: &User) -> Map<String, Value> {
    let mut portrait = profile(user);
    let groups = user.groups.iter().filter_map(|id| snapshot.group_by_id(*id));
    let (names, ids): (Vec<&str>, Vec<GroupId>) = groups.map(|group| (group.name.as_str(), group.id)).unzip();
    portrait.insert("groups".into(), json!(names));
    portrait.insert("group_ids".into(), json!(ids));
    if !snapshot.is_direct_unknown(user.id) {
        let held = snapshot.direct(user.id);
        portrait.insert("licenses".into(), json!(held.map(|held| &held.bundles)));
        if held.is_some_and(|held| held.external_license) {
            portrait.insert("external_license".into(), json!(true));
        }
    }
    portrait
}

/// The profile of an account, as `before` has it where the account goes.
pub(super) fn profile(user: &User) -> Map<String, Value> {
    let fields = [
        ("email", json!(user.email())),
        ("username", json!(user.user_name())),
        ("name", json!(user.name())),
        ("surname", json!(user.surname())),
        ("display_name", json!(user.display_name())),
        ("active", json!(user.is_active)),
        ("bypass_basic_auth", json!(user.bypass_basic_auth)),
        ("invitation_accepted", json!(user.invitation_accepted)),
        ("from_directory", json!(user.from_directory)),
    ];
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// The limits of a rule, by code.
fn limits(quotas: &[Quota]) -> Value {
    let limits = quotas.iter().map(|quota| (quota.code.to_string(), json!(quota.limit)));
    limits.collect::<Map<_, _>>().into()
}

/// What is held before and after a row's part of a change; for a change that is not the row's own, all of it.
fn part_of(change: &LicenseChange, rows: &[RowIndex], row: RowIndex) -> (Holding, Holding) {
    let mut was = change.base.clone();
    for (of, edit) in change.edits_of(rows) {
        let is = edit.apply(&was);
        if of == row {
            return (was, is);
        }
        was = is;
    }
    (change.base.clone(), change.target.clone())
}

/// The object of this name; what else had the name is gone.
fn object_in<'m>(side: &'m mut Map<String, Value>, name: &str) -> &'m mut Map<String, Value> {
    let entry = side.entry(name).or_insert_with(|| json!({}));
    if !entry.is_object() {
        *entry = json!({});
    }
    match entry {
        Value::Object(map) => map,
        _ => unreachable!("made an object above"),
    }
}

fn licenses(direct: &Direct) -> Value {
    match direct {
        Direct::Holds(bundles) => json!(bundles),
        Direct::Inherits | Direct::Unknown => Value::Null,
    }
}

fn named(bundles: &BundleSet) -> String {
    if bundles.is_empty() {
        "no bundle".to_owned()
    } else {
        bundles.to_string()
    }
}
