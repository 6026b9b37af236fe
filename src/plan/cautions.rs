//! What the planning of single rows has found and a person should know before confirming.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::warnings::warn;
use super::{Plan, RowIndex, Warning};
use crate::model::{BundleSet, Row};
use crate::text::{choose, joined, number, people};

/// How many of them a warning lists.
const NAMED: usize = 4;

/// What the planning of single rows has found; each with the words that name it.
#[derive(Debug, Default)]
pub(super) struct Cautions {
    /// Addresses to be invited whose accounts go by another name.
    pub(super) other_names: Vec<(RowIndex, String)>,
    /// Accounts of the organization's directory that are moved.
    pub(super) directory_accounts: Vec<(RowIndex, String)>,
    /// Accounts of the organization's directory that are offboarded.
    pub(super) directory_leavers: Vec<(RowIndex, String)>,
    /// Accounts that are offboarded, and whose licences cannot be read here.
    pub(super) unreadable_leavers: Vec<(RowIndex, String)>,
    /// Accounts that are offboarded, and whose licences cannot be released because no portal answers.
    pub(super) unreleased_leavers: Vec<(RowIndex, String)>,
    /// Accounts whose licences are released where there is no portal.
    pub(super) untried_releases: Vec<(RowIndex, String)>,
    /// People whom only the organization's directory knows.
    pub(super) newcomers: Vec<(RowIndex, String)>,
    /// Old accounts of moves that are not there, although the sheet's results do not say that the move was made.
    pub(super) nobody_to_move: Vec<(RowIndex, String)>,
    /// Accounts whose seats were used since, and what they go on holding.
    pub(super) used_since: Vec<(RowIndex, String, BundleSet)>,
    /// Updates that name fewer groups than their account is in.
    pub(super) fewer_groups: Vec<FewerGroups>,
    /// How many updates name the very groups that their account is in, as an export does.
    pub(super) very_groups: usize,
}

/// An update that names fewer groups than its account is in.
#[derive(Debug, Clone, Copy)]
pub(super) struct FewerGroups {
    pub(super) row: RowIndex,
    /// Whether the account joins any.
    pub(super) joins: bool,
}

impl Cautions {
    /// The warnings of these and of the plan's migrations.
    pub(super) fn warnings(&self, sheet: &[Row], plan: &Plan) -> Vec<Warning> {
        let warnings = [
            about("another-name", &self.other_names, |names| {
                format!("addresses that are invited have accounts of another name: {names}")
            }),
            about("directory-account-moved", &self.directory_accounts, |names| {
                format!(
                    "the organization's directory manages accounts that are moved, and their successors are local \
                     ones, which the directory neither signs in nor updates: {names}"
                )
            }),
            about("directory-account-offboarded", &self.directory_leavers, |names| {
                format!(
                    "the organization's directory manages accounts that are offboarded: disable them there first, or they \
                     come back at the next sign-in or synchronization: {names}"
                )
            }),
            about("licenses-not-released", &self.unreadable_leavers, |names| {
                format!(
                    "what users hold directly cannot be read on this deployment, so it stays with those who are \
                     offboarded, to be released in the web interface: {names}"
                )
            }),
            about("licenses-not-released", &self.unreleased_leavers, |names| {
                format!(
                    "only the portal releases what users hold directly, and no portal answers here, so it stays with those \
                     who are offboarded unless `block-licenses` rows take it away: {names}"
                )
            }),
            about("release-untried", &self.untried_releases, |names| {
                format!(
                    "this deployment has no portal, and the licence service's own route for releasing direct licences is \
                     meant for services, so it may refuse this application: {names}"
                )
            }),
            about("nobody-to-move", &self.nobody_to_move, |names| {
                format!("accounts to be moved are not there, so they have been moved already or are misspelt: {names}")
            }),
            self.taken_in(plan),
            stays_behind(plan),
            self.used_since(sheet, plan),
            self.fewer_groups(),
        ];
        warnings.into_iter().flatten().collect()
    }

    /// Somebody has taken groups out of the cells of an export, perhaps, and expects people to leave them. In a sheet that
    /// says whom to put into which groups it is no news that people are in others.
    fn fewer_groups(&self) -> Option<Warning> {
        let says_what_is = self.very_groups >= self.fewer_groups.len();
        let changes_nothing = self.fewer_groups.iter().all(|fewer| !fewer.joins);
        if !says_what_is && !changes_nothing {
            return None;
        }
        let rows = self.fewer_groups.iter().map(|fewer| fewer.row).collect();
        warn("names-fewer-groups", rows, |count| {
            let (rows, are) = choose(
                count,
                ("1 `update` row names".to_owned(), "its account is in"),
                (format!("{} `update` rows name", number(count)), "their accounts are in"),
            );
            format!(
                "{rows} fewer groups than {are}, and nothing is taken away by that, because an `update` only joins `groups`; \
                 groups to leave stand in `remove_groups`, and `set-groups` leaves all others"
            )
        })
    }

    /// People who get an account, because the directory knows them and a row gives them a group or a licence.
    fn taken_in(&self, plan: &Plan) -> Option<Warning> {
        let mut seen = BTreeSet::new();
        let (mut rows, mut names) = (Vec::new(), Vec::new());
        for (row, name) in &self.newcomers {
            if !plan.rows[*row].steps().is_empty() {
                rows.push(*row);
                if seen.insert(plan.rows[*row].account) {
                    names.push(name.as_str());
                }
            }
        }
        let have = choose(names.len(), "has", "have");
        warn("people-without-account", rows, |_| {
            format!(
                "{} of the organization's directory {have} no account yet; a group or a licence makes one: {}",
                people(names.len()),
                joined(&names, NAMED)
            )
        })
    }

    /// The seats that stay taken, and who misses out on them.
    fn used_since(&self, sheet: &[Row], plan: &Plan) -> Option<Warning> {
        let rows = self.used_since.iter().map(|(row, ..)| *row).collect();
        let people: Vec<&str> = self.used_since.iter().map(|(_, label, _)| label.as_str()).collect();
        let is_kept = |bundles: &BundleSet| {
            self.used_since
                .iter()
                .any(|(.., held)| !held.common(bundles).is_empty())
        };
        let waiting = plan.short.iter().filter(|(_, bundles)| is_kept(bundles));
        let missing: Vec<Cow<'_, str>> = waiting
            .filter_map(|(row, _)| Some(plan.account(plan.rows[*row].account?).naming.label(sheet)))
            .collect();
        warn("used-since", rows, |_| {
            let kept = format!("seats were used since, and are kept by {}", joined(&people, NAMED));
            if missing.is_empty() {
                kept
            } else {
                let miss = choose(missing.len(), "misses", "miss");
                format!("{kept}; {} {miss} out on them", joined(&missing, NAMED))
            }
        })
    }
}

fn about(code: &'static str, found: &[(RowIndex, String)], words: impl FnOnce(String) -> String) -> Option<Warning> {
    let (rows, names): (Vec<RowIndex>, Vec<&str>) = found.iter().map(|(row, name)| (*row, name.as_str())).unzip();
    warn(code, rows, |_| words(joined(&names, NAMED)))
}

/// What a migration does not carry over, because no interface that reseat uses gives it (`uipath-api`, 8).
fn stays_behind(plan: &Plan) -> Option<Warning> {
    let rows = plan.rows.iter().enumerate();
    let moving = rows.filter(|(_, row)| row.captured().is_some() && !row.steps().is_empty() && !row.is_finished());
    let moving = moving.map(|(row, _)| row).collect();
    warn("stays-behind", moving, |_| {
        "a new account does not get the old one's tenant and folder roles, personal workspace, per-user assets and \
         personal access tokens; see to these before the old account is deleted"
            .to_owned()
    })
}
