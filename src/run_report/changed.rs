//! What a row changed, by what its record has of before and after: of groups, licences and accounts alone, none of which
//! names anybody.

use serde_json::{Map, Value};

use super::people::is_about_a_group;
use crate::model::{BundleSet, OperationKind, RowReport, Status, UNCLEAR};
use crate::text::clean;

/// How much of a name is shown.
const MOST: usize = 200;

/// What a row changed.
#[derive(Debug, Default)]
pub(super) struct Changed {
    /// What became of the account itself.
    pub account: Vec<&'static str>,
    /// Whether somebody got access by it (`true`), or lost it.
    pub access: Option<bool>,
    /// The groups that somebody is in since.
    pub joined: Vec<String>,
    /// The groups that somebody is in no more.
    pub left: Vec<String>,
    /// The licences that somebody holds since, or a group gives.
    pub given: BundleSet,
    /// The licences that were taken away.
    pub taken: BundleSet,
    /// Whether that is so of the members of a group.
    pub is_a_rule: bool,
}

impl Changed {
    /// Nothing of a row of which it is not certain what became of it.
    pub(super) fn of(report: &RowReport) -> Self {
        let mut changed = Self::default();
        let is_unclear = report
            .after
            .as_ref()
            .is_some_and(|after| after.get(UNCLEAR).is_some_and(|unclear| *unclear == true));
        if is_unclear || matches!(report.status, Status::Started | Status::InDoubt | Status::Unchanged) {
            return changed;
        }
        let is_a_migration = report.operation == Some(OperationKind::Migrate);
        changed.is_a_rule = is_about_a_group(report);
        let nothing = Map::new();
        let side = |value: Option<&Value>| value.and_then(Value::as_object).cloned();
        let before = side(report.before.as_ref());
        let after = side(report.after.as_ref());
        if report.operation == Some(OperationKind::Delete) {
            if report.status == Status::Done {
                changed.deleted(before.as_ref().unwrap_or(&nothing));
            }
            return changed;
        }
        // A migration's own `before` is about the account that is left.
        let before = if is_a_migration {
            side(report.before.as_ref().and_then(|before| before.get("new_account")))
        } else {
            before
        };
        if let Some(after) = after {
            changed.between(before.as_ref().unwrap_or(&nothing), &after, report.operation);
            if is_a_migration && after.contains_key("deleted") {
                changed.account.push("old account deleted");
            }
        }
        changed
    }

    fn deleted(&mut self, before: &Map<String, Value>) {
        self.account.push("account deleted");
        self.access = Some(false);
        let groups = before.get("groups").and_then(Value::as_array);
        self.left = groups
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(|name| clean(name, MOST))
            .collect();
        self.taken = codes(before.get("licenses"));
    }

    fn between(&mut self, before: &Map<String, Value>, after: &Map<String, Value>, operation: Option<OperationKind>) {
        match (after.get("made").and_then(Value::as_str), operation) {
            // By a run that was killed before it saw the answer.
            (Some("created"), _) | (Some("earlier"), Some(OperationKind::Create)) => {
                self.account.push("account created");
            }
            (Some("invited" | "earlier"), _) => self.account.push("invited"),
            _ => {}
        }
        if !self.account.is_empty() {
            self.access = Some(true);
        }
        let flag = |side: &Map<String, Value>| side.get("active").and_then(Value::as_bool);
        match (flag(before), flag(after)) {
            (Some(true), Some(false)) => {
                self.account.push("deactivated");
                self.access = Some(false);
            }
            (Some(false), Some(true)) => {
                self.account.push("activated again");
                self.access = Some(true);
            }
            _ => {}
        }
        let profile = ["name", "surname", "display_name", "email", "bypass_basic_auth"];
        if profile
            .iter()
            .any(|member| after.get(*member).is_some_and(|is| before.get(*member) != Some(is)))
        {
            self.account.push("profile changed");
        }
        if after.contains_key("password") {
            self.account.push("password changed");
        }
        if let Some(groups) = after.get("groups").and_then(Value::as_object) {
            let was = before.get("groups").and_then(Value::as_object);
            for (name, is) in groups {
                if was.and_then(|was| was.get(name)) == Some(is) {
                    continue;
                }
                match is.as_bool() {
                    Some(true) => self.joined.push(clean(name, MOST)),
                    Some(false) => self.left.push(clean(name, MOST)),
                    None => {}
                }
            }
        }
        for member in ["licenses", "leases"] {
            let Some(is) = after.get(member) else { continue };
            let (was, is) = (codes(before.get(member)), codes(Some(is)));
            self.given = self.given.union(&is.minus(&was));
            self.taken = self.taken.union(&was.minus(&is));
        }
        let is_blocked = |side: &Map<String, Value>| {
            side.get("licenses")
                .and_then(Value::as_array)
                .is_some_and(Vec::is_empty)
        };
        if is_blocked(after) && !is_blocked(before) {
            self.account.push("every licence blocked");
        }
    }

    /// `deactivated; left Finance; gave up ATTUNU`; empty where it changed nothing of this.
    pub(super) fn words(&self) -> String {
        let mut parts: Vec<String> = self.account.iter().map(|&words| words.to_owned()).collect();
        let (given, taken) = if self.is_a_rule {
            ("its members get", "its members get no more")
        } else {
            ("got", "gave up")
        };
        let lists = [
            ("joined", self.joined.join(", ")),
            ("left", self.left.join(", ")),
            (given, listed(&self.given)),
            (taken, listed(&self.taken)),
        ];
        parts.extend(
            lists
                .into_iter()
                .filter(|(_, list)| !list.is_empty())
                .map(|(verb, list)| format!("{verb} {list}")),
        );
        parts.join("; ")
    }

    /// The groups and licences, each once, that are not in this list yet.
    pub(super) fn besides(&self, target: &str) -> Vec<String> {
        let listed: Vec<&str> = target.split(';').map(str::trim).collect();
        let groups = self.joined.iter().chain(&self.left).cloned();
        let licenses = self
            .given
            .iter()
            .chain(self.taken.iter())
            .map(|code| clean(code.as_str(), MOST));
        let is_new = |name: &String| listed.iter().all(|other| !other.eq_ignore_ascii_case(name));
        groups.chain(licenses).filter(is_new).collect()
    }
}

fn listed(codes: &BundleSet) -> String {
    let codes: Vec<String> = codes.iter().map(|code| clean(code.as_str(), MOST)).collect();
    codes.join(", ")
}

/// The bundles of this member; a null is none of them.
fn codes(member: Option<&Value>) -> BundleSet {
    let codes = member.filter(|member| !member.is_null());
    codes
        .and_then(|codes| serde_json::from_value(codes.clone()).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{Place, RowKey};

    fn changed(operation: &str, before: &Value, after: &Value) -> Changed {
        let place = Place {
            sheet: "".into(),
            row: 2,
        };
        let side = |value: &Value| Some(value.clone()).filter(|value| !value.is_null());
        Changed::of(&RowReport {
            operation: Some(operation.parse().unwrap()),
            before: side(before),
            after: side(after),
            ..RowReport::blank(place, RowKey::of("row", 0), Status::Done)
        })
    }

    #[test]
    fn what_a_row_changed_is_told_without_naming_anybody() {
        for (operation, before, after, expected) in [
            (
                "invite",
                json!({"groups": {"HR": false}, "licenses": null}),
                json!({"made": "invited", "groups": {"HR": true}, "licenses": ["ACNU"]}),
                "invited; joined HR; got ACNU",
            ),
            ("invite", json!(null), json!({"made": "earlier"}), "invited"),
            ("migrate", json!(null), json!({"made": "earlier"}), "invited"),
            ("create", json!(null), json!({"made": "earlier"}), "account created"),
            (
                "offboard",
                json!({"active": true, "groups": {"HR": true}, "licenses": ["ATTUNU"]}),
                json!({"active": false, "groups": {"HR": false}, "licenses": null}),
                "deactivated; left HR; gave up ATTUNU",
            ),
            (
                "update",
                json!({"active": false}),
                json!({"active": true}),
                "activated again",
            ),
            (
                "update",
                json!({"name": "Ann"}),
                json!({"name": "Anne"}),
                "profile changed",
            ),
            (
                "delete",
                json!({"name": "Ann", "groups": ["HR"], "licenses": ["ACNU"]}),
                json!(null),
                "account deleted; left HR; gave up ACNU",
            ),
            (
                "migrate",
                json!({"groups": ["HR"], "licenses": ["ACNU"]}),
                json!({"made": "invited", "groups": {"HR": true}, "licenses": ["ACNU"], "deleted": true}),
                "invited; old account deleted; joined HR; got ACNU",
            ),
            (
                "block-licenses",
                json!({"licenses": ["ACNU"]}),
                json!({"licenses": []}),
                "every licence blocked; gave up ACNU",
            ),
            (
                "set-group-licenses",
                json!({"licenses": null}),
                json!({"licenses": ["ACNU"]}),
                "its members get ACNU",
            ),
            (
                "add-licenses",
                json!({"licenses": null}),
                json!({"licenses": ["ACNU"], "unclear": true}),
                "",
            ),
        ] {
            assert_eq!(changed(operation, &before, &after).words(), expected, "{operation}");
        }
    }

    #[test]
    fn a_list_is_completed_by_what_it_lacks() {
        let changed = changed(
            "invite",
            &json!({"licenses": null}),
            &json!({"groups": {"HR": true}, "licenses": ["ACNU"]}),
        );
        assert_eq!(changed.besides("HR"), ["ACNU"]);
        assert_eq!(changed.besides("hr; acnu"), Vec::<String>::new());
        assert_eq!(changed.besides(""), ["HR", "ACNU"]);
    }
}
