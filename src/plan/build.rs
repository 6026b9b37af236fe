//! Rows and the present state into a plan. Pure: no network, no clock.

use std::collections::HashMap;

use serde_json::Value;

use super::draft::Drafts;
use super::{
    AccountIndex, Direct, GroupRuleChange, LicenseEdit, Membership, Plan, PlannedRow, RowIndex, Rules, Verdict,
    assemble,
};
use crate::api::Group;
use crate::directory::{Found, Snapshot};
use crate::model::{GroupId, GroupRef, Operation, Row, RowKey, Status, UserId, UserRef};
use crate::text::joined;

/// What earlier runs recorded of a row that was begun and not finished.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Begun {
    /// The account that it is about, where an answer named it.
    pub account: Option<UserId>,
    /// Whether that account was, or may have been, invited or created for the row.
    pub made: bool,
    /// The `before` column: for a migration, what the old account had.
    pub before: Option<Value>,
}

impl Begun {
    /// Whether an account that is there now is the one that was made for the row.
    pub(super) fn made(&self, user: UserId) -> bool {
        self.made && self.account.is_none_or(|account| account == user)
    }
}

/// The rows of earlier runs that are to go on.
pub type BegunRows = HashMap<RowKey, Begun>;

/// Plans the rows against the state. `begun` holds the rows of earlier runs that are to go on.
pub fn plan(rows: &[Row], snapshot: &Snapshot, begun: &BegunRows, rules: &Rules) -> Plan {
    let mut builder = Builder {
        snapshot,
        begun,
        rules,
        drafts: Drafts::default(),
        rows: vec![PlannedRow::default(); rows.len()],
        groups: HashMap::new(),
        group_rules: Vec::new(),
    };
    for row in rows {
        builder.announce(row);
    }
    for (index, row) in rows.iter().enumerate() {
        if let Err(verdict) = builder.row(index, row) {
            builder.rows[index].verdict = Some(verdict);
        }
    }
    let Builder {
        drafts,
        rows,
        groups,
        group_rules,
        ..
    } = builder;
    assemble::plan(assemble::Parts {
        snapshot,
        rules,
        drafts,
        rows,
        groups,
        group_rules,
    })
}

/// Folds rows into drafts, one after another.
pub(super) struct Builder<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) begun: &'a BegunRows,
    pub(super) rules: &'a Rules,
    pub(super) drafts: Drafts<'a>,
    pub(super) rows: Vec<PlannedRow>,
    pub(super) groups: HashMap<GroupId, Group>,
    pub(super) group_rules: Vec<(RowIndex, GroupRuleChange)>,
}

/// Whether a row could be planned, or how it ends without a call.
pub(super) type Planned = Result<(), Verdict>;

pub(super) fn verdict(status: Status, code: &'static str, message: String) -> Verdict {
    Verdict { status, code, message }
}

impl Builder<'_> {
    pub(super) fn row(&mut self, index: RowIndex, row: &Row) -> Planned {
        match &row.operation {
            Operation::Invite(invite) => self.invite(index, row.key, invite),
            Operation::Create(create) => self.create(index, row.key, create),
            Operation::Update(update) => {
                let account = self.account(index, &update.user)?;
                let joining = self.groups(&update.add_groups)?;
                let leaving = self.groups(&update.remove_groups)?;
                self.update(index, account, &update.profile);
                self.membership(index, account, &joining, Membership::Join);
                self.membership(index, account, &leaving, Membership::Leave);
                Ok(())
            }
            Operation::Delete { user } => self.delete(index, user),
            Operation::SetLicenses {
                user,
                licenses,
                external_license,
            } => self.license(index, user, LicenseEdit::Set(licenses.clone(), *external_license)),
            Operation::AddLicenses { user, licenses } => self.license(index, user, LicenseEdit::Add(licenses.clone())),
            Operation::RemoveLicenses { user, licenses } => {
                self.license(index, user, LicenseEdit::Remove(licenses.clone()))
            }
            Operation::ReleaseLicenses { user } => self.license(index, user, LicenseEdit::Release),
            Operation::BlockLicenses { user } => self.license(index, user, LicenseEdit::Block),
            Operation::SetGroupLicenses {
                group,
                licenses,
                quotas,
                external_license,
            } => self.group_rule(index, group, licenses, quotas, *external_license),
            Operation::AddToGroups { user, groups } => self.change_groups(index, user, groups, Membership::Join),
            Operation::RemoveFromGroups { user, groups } => self.change_groups(index, user, groups, Membership::Leave),
            Operation::Migrate(migrate) => self.migrate(index, row.key, migrate),
        }
    }

    /// The account that a row is about: one of the organization, else one that the sheet makes.
    pub(super) fn account(&mut self, row: RowIndex, user: &UserRef) -> Result<AccountIndex, Verdict> {
        let label = user.to_string();
        let account = match self.snapshot.user(user) {
            Found::One(user) => self.drafts.existing(user, &label, self.snapshot),
            Found::Many(which) => return Err(ambiguous("user", &label, &which)),
            Found::None { near } => match self.drafts.find_pending(&user.fold()) {
                Some(pending) => pending,
                None => return Err(not_found("user", &label, near.as_deref())),
            },
        };
        self.rows[row].account = Some(account);
        Ok(account)
    }

    pub(super) fn groups(&mut self, groups: &[GroupRef]) -> Result<Vec<GroupId>, Verdict> {
        let mut found = Vec::with_capacity(groups.len());
        let mut missing = Vec::new();
        for reference in groups {
            match self.snapshot.group(reference) {
                Found::One(group) => {
                    self.groups.entry(group.id).or_insert_with(|| group.clone());
                    if !found.contains(&group.id) {
                        found.push(group.id);
                    }
                }
                Found::Many(which) => return Err(ambiguous("group", &reference.to_string(), &which)),
                Found::None { near } => {
                    missing.push(not_found("group", &reference.to_string(), near.as_deref()).message);
                }
            }
        }
        if missing.is_empty() {
            Ok(found)
        } else {
            Err(verdict(Status::NotFound, "group_not_found", missing.join("; ")))
        }
    }

    pub(super) fn membership(&mut self, row: RowIndex, account: AccountIndex, groups: &[GroupId], change: Membership) {
        let draft = self.drafts.get(account);
        for group in groups {
            draft.member(row, *group, change);
        }
    }

    pub(super) fn change_groups(
        &mut self,
        row: RowIndex,
        user: &UserRef,
        groups: &[GroupRef],
        change: Membership,
    ) -> Planned {
        let account = self.account(row, user)?;
        let groups = self.groups(groups)?;
        self.membership(row, account, &groups, change);
        Ok(())
    }

    pub(super) fn license(&mut self, row: RowIndex, user: &UserRef, edit: LicenseEdit) -> Planned {
        let account = self.account(row, user)?;
        self.edit(row, account, edit)
    }

    /// Adds a licence edit.
    pub(super) fn edit(&mut self, row: RowIndex, account: AccountIndex, edit: LicenseEdit) -> Planned {
        if matches!(edit, LicenseEdit::Add(_) | LicenseEdit::Remove(_)) {
            self.can_build_on(account)?;
        }
        self.drafts.get(account).edit(row, edit);
        Ok(())
    }

    /// An edit that builds on what the account holds is refused where that cannot be read, because the
    /// call replaces the whole set (`uipath-api`, 3.1).
    pub(super) fn can_build_on(&mut self, account: AccountIndex) -> Planned {
        if self.drafts.get(account).direct() != Direct::Unknown {
            return Ok(());
        }
        let message = "what the account holds cannot be read here, and writing would replace it; \
            use `set-licenses` with the whole set"
            .to_owned();
        Err(verdict(Status::Rejected, "licenses_unreadable", message))
    }
}

pub(super) fn not_found(what: &str, name: &str, near: Option<&str>) -> Verdict {
    let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    let code = if what == "group" {
        "group_not_found"
    } else {
        "user_not_found"
    };
    verdict(Status::NotFound, code, format!("there is no {what} `{name}`{hint}"))
}

pub(super) fn ambiguous(what: &str, name: &str, which: &[String]) -> Verdict {
    let message = format!(
        "`{name}` could be more than one {what}: {}; write the id of the one you mean",
        joined(which, 4)
    );
    verdict(
        Status::Ambiguous,
        if what == "group" {
            "group_ambiguous"
        } else {
            "user_ambiguous"
        },
        message,
    )
}
