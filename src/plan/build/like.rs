//! Rows that give somebody what another account has: the column `like`.
//!
//! The other account counts as it is before the sheet, whatever other rows do to it. Its groups and its direct bundles
//! are copied, and never what it inherits: a direct allocation would override what groups give (`uipath-api`, 3.6).

use serde_json::{Value, json};

use super::builder::Builder;
use crate::api::User;
use crate::directory::Found;
use crate::model::{BundleSet, GroupId, Status, UserId, UserRef};
use crate::plan::settled::{contradicts, groups_unreadable, user_ambiguous, user_not_found};
use crate::plan::{Administrators, RowIndex, RowReason, Verdict};
use crate::problem::ProblemCode;
use crate::text::fold;

/// What an operation copies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Copies {
    groups: bool,
    licenses: bool,
}

impl Copies {
    pub(super) const GROUPS: Self = Self {
        groups: true,
        licenses: false,
    };
    pub(super) const LICENSES: Self = Self {
        groups: false,
        licenses: true,
    };
    pub(super) const BOTH: Self = Self {
        groups: true,
        licenses: true,
    };
}

/// What a row copies.
#[derive(Debug, Default)]
pub(super) struct Copied {
    pub(super) groups: Vec<GroupId>,
    pub(super) licenses: BundleSet,
}

impl Copied {
    /// Adds the groups to those that the row names.
    pub(super) fn join(&self, joining: &mut Vec<GroupId>) {
        for group in &self.groups {
            if !joining.contains(group) {
                joining.push(*group);
            }
        }
    }

    /// What an earlier run recorded in `after`, in the form of [`recorded`](Self::recorded).
    fn of(after: Option<&Value>) -> Option<Self> {
        let like = after?.get("like")?;
        let read = |name: &str| like.get(name).cloned().unwrap_or_default();
        Some(Self {
            groups: serde_json::from_value(read("group_ids")).unwrap_or_default(),
            licenses: serde_json::from_value(read("licenses")).unwrap_or_default(),
        })
    }

    fn recorded(&self) -> Value {
        json!({ "group_ids": self.groups, "licenses": self.licenses })
    }
}

/// What the other account has that is not copied, in words.
type Aside = Vec<String>;

impl<'a> Builder<'a> {
    /// What the row copies of the account `like`; `own` is the account that the row is about, unless the sheet makes it.
    pub(super) fn copied(
        &mut self,
        row: RowIndex,
        like: &UserRef,
        own: Option<UserId>,
        which: Copies,
    ) -> Result<Copied, Verdict> {
        let begun = self.begun.get(&self.sheet[row].key);
        if let Some(begun_with) = Copied::of(begun.and_then(|begun| begun.after.as_ref())) {
            let copied = Copied {
                groups: self.inheritable(&begun_with.groups),
                ..begun_with
            };
            let words = format!(
                "{}, as it was when the row was begun",
                self.told(like, &copied, which, &[])
            );
            self.note(row, &words);
            self.rows[row].more().copied = Some(copied.recorded());
            return Ok(copied);
        }
        let model = self.model(row, like, own)?;
        if which.groups && !model.tells_groups {
            return Err(about_like(
                RowReason::GroupsUnreadable,
                groups_unreadable(&like.label(), self.snapshot),
            ));
        }
        let (groups, mut aside) = if which.groups {
            self.groups_of(model)
        } else {
            (Vec::new(), Aside::new())
        };
        let licenses = if which.licenses {
            self.licenses_of(model, like)?
        } else {
            BundleSet::default()
        };
        let copied = Copied { groups, licenses };
        aside.extend(self.inherited_by(model, which));
        if copied.groups.is_empty() && copied.licenses.is_empty() {
            return Err(nothing_to_copy(like, which, &aside));
        }
        let words = self.told(like, &copied, which, &aside);
        self.note(row, &words);
        self.rows[row].more().copied = Some(copied.recorded());
        Ok(copied)
    }

    /// The account that a row is to be like.
    fn model(&self, row: RowIndex, like: &UserRef, own: Option<UserId>) -> Result<&'a User, Verdict> {
        let found = self.snapshot.user(like);
        let mut names = vec![like.fold()];
        if let Found::One(user) = &found {
            names.extend([fold(user.email()), fold(user.user_name())]);
        }
        match names.iter().find_map(|name| self.makers.get(name)) {
            Some(maker) if *maker == row => return Err(like_itself(like)),
            Some(maker) => return Err(made_here(like, &self.place(*maker))),
            None => {}
        }
        let user = match found {
            Found::One(user) => user,
            Found::Many(several) => {
                let verdict = user_ambiguous(&like.label(), &several);
                return Err(about_like(RowReason::LikeAmbiguous, verdict));
            }
            Found::None { suggestion } => {
                if let Some(maker) = self.rules.awaited.maker(like) {
                    return Err(made_here(like, &maker.to_string()));
                }
                let verdict = user_not_found(&like.label(), suggestion.as_deref());
                return Err(about_like(RowReason::LikeNotFound, verdict));
            }
        };
        if own == Some(user.id) {
            return Err(like_itself(like));
        }
        if let Some(copier) = self.copiers.get(&user.id) {
            return Err(chain(like, &self.place(*copier)));
        }
        if !user.is_person() {
            let message = format!("`like` names {}, `{like}`, and not a user", user.kind.described());
            return Err(Verdict::new(Status::Rejected, RowReason::LikeNotAUser, message));
        }
        if user.is_deactivated() {
            let message = format!(
                "the account `{like}`, which `like` names, is deactivated, and may have lost what the work needs; \
                 name somebody who is active, or write the groups and licences"
            );
            return Err(Verdict::new(Status::Rejected, RowReason::LikeInactive, message));
        }
        Ok(user)
    }

    /// The groups that are copied, and which are not.
    fn groups_of(&mut self, model: &User) -> (Vec<GroupId>, Aside) {
        let administrators = self.snapshot.administrators().map(|group| group.id);
        let (mut copied, mut of_directory, mut aside) = (Vec::new(), Vec::new(), Aside::new());
        for id in &model.groups {
            match self.snapshot.group_by_id(*id) {
                Some(group) if group.is_everyone() => {}
                Some(group) if Some(*id) == administrators && !self.copies_administrators() => {
                    aside.push(format!("{} is not copied (`--allow-admins` copies it)", group.name));
                }
                Some(group) => {
                    self.groups.entry(group.id).or_insert_with(|| group.clone());
                    if !copied.contains(id) {
                        copied.push(*id);
                    }
                }
                None => of_directory.push(id.to_string()),
            }
        }
        if !of_directory.is_empty() {
            aside.push(format!(
                "not copied, since the organization's own groups do not have it: {}",
                of_directory.join(", ")
            ));
        }
        (copied, aside)
    }

    fn copies_administrators(&self) -> bool {
        self.rules.administrators == Administrators::MayGo
    }

    /// The direct bundles; none where there is no direct allocation.
    fn licenses_of(&self, model: &User, like: &UserRef) -> Result<BundleSet, Verdict> {
        if self.snapshot.allocations().is_none() {
            let message = format!(
                "what `{like}`, whom `like` names, holds cannot be read here; write the licences into the column \
                 `licenses`, and the groups into `groups`"
            );
            return Err(Verdict::new(Status::Rejected, RowReason::LicensesUnreadable, message));
        }
        match self.snapshot.direct(model.id) {
            None => Ok(BundleSet::default()),
            Some(allocation) if allocation.bundles.is_empty() => {
                let message = format!(
                    "the account `{like}`, which `like` names, is blocked from every licence; name somebody else"
                );
                Err(Verdict::new(Status::Rejected, RowReason::LikeBlocked, message))
            }
            Some(allocation) => Ok(allocation.bundles.clone()),
        }
    }

    /// What is said of the bundles that the account inherits, as far as that is known.
    fn inherited_by(&self, model: &User, which: Copies) -> Option<String> {
        let inherited = self
            .snapshot
            .inherited(model.id)
            .filter(|inherited| !inherited.is_empty());
        match (which.groups, which.licenses, inherited) {
            (_, false, _) | (_, true, None) => None,
            (true, true, Some(inherited)) => Some(format!("what groups give comes with them: {inherited}")),
            (false, true, Some(inherited)) => Some(format!("what groups give is not copied: {inherited}")),
        }
    }

    /// What is copied of whom, in words.
    fn told(&self, like: &UserRef, copied: &Copied, which: Copies, aside: &[String]) -> String {
        let list = |one: &str, several: &str, names: &[String]| match names {
            [] => format!("no {one}"),
            [name] => format!("{one} {name}"),
            names => format!("{several} {}", names.join(", ")),
        };
        let names = copied.groups.iter().filter_map(|id| self.snapshot.group_by_id(*id));
        let names: Vec<String> = names.map(|group| group.name.clone()).collect();
        let codes: Vec<String> = copied.licenses.iter().map(ToString::to_string).collect();
        let parts = [
            which.groups.then(|| list("group", "groups", &names)),
            which
                .licenses
                .then(|| list("direct licence", "direct licences", &codes)),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let words = [format!("like {like}: {}", parts.join(" and "))];
        words.iter().chain(aside).cloned().collect::<Vec<_>>().join("; ")
    }
}

/// The same verdict, about the account in `like`.
fn about_like(code: RowReason, mut verdict: Verdict) -> Verdict {
    verdict.code = code.into();
    verdict.message.insert_str(0, "in `like`: ");
    verdict
}

fn like_itself(like: &UserRef) -> Verdict {
    let message = format!("`like` names the row's own account, `{like}`; name somebody else");
    contradicts(ProblemCode::LikeItself, message)
}

fn made_here(like: &UserRef, place: &str) -> Verdict {
    let message = format!(
        "`like` names `{like}`, whose account {place} makes; write that row's groups and licences here, or run this row \
         in a later sheet"
    );
    contradicts(ProblemCode::LikeMadeHere, message)
}

fn chain(like: &UserRef, place: &str) -> Verdict {
    let message = format!(
        "`like` names `{like}`, whom {place} makes like somebody else; name that person here too, or run this row in a \
         later sheet"
    );
    contradicts(ProblemCode::LikeChain, message)
}

fn nothing_to_copy(like: &UserRef, which: Copies, aside: &[String]) -> Verdict {
    let lacks = match (which.groups, which.licenses) {
        (true, true) => "is in no group that is copied and has no direct licence",
        (true, false) => "is in no group that is copied",
        (false, _) => "has no direct licence",
    };
    let message = format!("the account `{like}`, which `like` names, {lacks}, so there is nothing to copy");
    let words: Vec<String> = std::iter::once(message).chain(aside.iter().cloned()).collect();
    Verdict::new(Status::Rejected, RowReason::LikeEmpty, words.join("; "))
}
