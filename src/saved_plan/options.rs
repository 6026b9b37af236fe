//! The flags a plan was made with. Pure.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cli::{ColumnMapping, FLAGS_FOR_ROWS, PlanningOptions, SheetOptions, Target};
use crate::model::{OperationKind, RowSelection};
use crate::plan::{Administrators, Inactive, OnShortage, Pending};
use crate::settings::length;
use crate::text::length_text;

/// The flags a plan was made with, as stored in the plan file; flags that were not typed are left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a flag of the file is one of the command line, there or not"
)]
pub struct SavedOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<OperationKind>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    map: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sheet: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    header_row: Option<u32>,
    #[serde(skip_serializing_if = "is_not")]
    visible_only: bool,
    #[serde(skip_serializing_if = "is_not")]
    allow_unknown_codes: bool,
    #[serde(skip_serializing_if = "is_not")]
    allow_email_update: bool,
    #[serde(skip_serializing_if = "is_not")]
    sandbox: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    only: Option<RowSelection>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_shortage: Option<OnShortage>,
    #[serde(skip_serializing_if = "is_not")]
    allow_admins: bool,
    #[serde(skip_serializing_if = "is_not")]
    resend: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    resend_after: Option<String>,
    #[serde(skip_serializing_if = "is_not")]
    include_inactive: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    onto_existing: Option<RowSelection>,
    #[serde(skip_serializing_if = "Option::is_none")]
    without_carry_over: Option<RowSelection>,
    #[serde(skip_serializing_if = "is_not")]
    skip_invalid: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_not(flag: &bool) -> bool {
    !flag
}

/// A flag and its values, as they are typed.
type Flag = (String, Vec<String>);

impl SavedOptions {
    /// The flags that were typed; the results file is stored separately.
    pub fn of(typed: &PlanningOptions) -> Self {
        // Destructured by name: a new flag does not compile until it is stored here or left out on purpose.
        let PlanningOptions {
            sheet:
                SheetOptions {
                    operation,
                    columns,
                    sheets,
                    encoding,
                    header_row,
                    visible_only,
                    allow_unknown_codes,
                    allow_email_update,
                    target,
                },
            only,
            limit,
            on_shortage,
            administrators,
            skip_invalid,
            pending,
            resend_after,
            inactive,
            onto_existing,
            without_carry_over,
            // Stored in the header.
            results: _,
        } = typed;
        let mapping = |mapping: &ColumnMapping| format!("{}={}", mapping.header, mapping.column);
        Self {
            operation: *operation,
            map: columns.iter().map(mapping).collect(),
            sheet: sheets.clone(),
            encoding: encoding.map(|encoding| encoding.to_string()),
            header_row: *header_row,
            visible_only: *visible_only,
            allow_unknown_codes: *allow_unknown_codes,
            allow_email_update: *allow_email_update,
            sandbox: *target == Target::Sandbox,
            only: only.clone(),
            limit: *limit,
            on_shortage: *on_shortage,
            allow_admins: *administrators == Administrators::MayGo,
            resend: *pending == Pending::Resend,
            resend_after: resend_after.map(length_text),
            include_inactive: *inactive == Inactive::Included,
            onto_existing: onto_existing.clone(),
            without_carry_over: without_carry_over.clone(),
            skip_invalid: *skip_invalid,
        }
    }

    /// The same as options.
    pub fn planning(&self) -> PlanningOptions {
        let mapping = |text: &String| {
            let (header, column) = text.rsplit_once('=').unwrap_or((text, ""));
            ColumnMapping {
                header: header.to_owned(),
                column: column.to_owned(),
            }
        };
        PlanningOptions {
            sheet: SheetOptions {
                operation: self.operation,
                columns: self.map.iter().map(mapping).collect(),
                sheets: self.sheet.clone(),
                encoding: self.encoding.as_deref().and_then(|name| name.parse().ok()),
                header_row: self.header_row,
                visible_only: self.visible_only,
                allow_unknown_codes: self.allow_unknown_codes,
                allow_email_update: self.allow_email_update,
                target: if_given(self.sandbox, Target::Sandbox),
            },
            only: self.only.clone(),
            limit: self.limit,
            on_shortage: self.on_shortage,
            administrators: if_given(self.allow_admins, Administrators::MayGo),
            skip_invalid: self.skip_invalid,
            pending: if_given(self.resend, Pending::Resend),
            resend_after: self.resend_after.as_deref().and_then(|time| length(time).ok()),
            inactive: if_given(self.include_inactive, Inactive::Included),
            onto_existing: self.onto_existing.clone(),
            without_carry_over: self.without_carry_over.clone(),
            results: None,
        }
    }

    /// How the `typed` flags differ from those of this plan, a sentence each. A flag that is not typed is the plan's.
    pub fn differences(&self, typed: &Self) -> Vec<String> {
        let ours = self.flags();
        let mut differences = Vec::new();
        for (flag, values) in typed.flags() {
            let planned = ours.iter().find(|(name, _)| *name == flag);
            if planned.is_none_or(|(_, planned)| *planned != values) {
                let planned = match planned {
                    Some((_, planned)) => format!("with `{}`", typed_as(&flag, planned)),
                    None => format!("without `{flag}`"),
                };
                differences.push(format!(
                    "`{}` was typed; the plan was made {planned}",
                    typed_as(&flag, &values)
                ));
            }
        }
        differences
    }

    /// The words to add to the `typed` flags for another sheet of the same kind: how to read it, and what is allowed.
    /// The choice of rows only applies to the plan's own sheet.
    pub fn missing_from(&self, typed: &Self) -> Vec<String> {
        let typed = typed.flags();
        let is_typed = |flag: &str| typed.iter().any(|(name, _)| *name == flag);
        let flags = self.flags().into_iter();
        let kept = flags.filter(|(flag, _)| !FLAGS_FOR_ROWS.contains(&flag.as_str()) && !is_typed(flag));
        kept.flat_map(|(flag, values)| words(&flag, &values)).collect()
    }

    /// They have the names of the file's members.
    fn flags(&self) -> Vec<Flag> {
        let Ok(Value::Object(members)) = serde_json::to_value(self) else {
            return Vec::new();
        };
        let flag = |(name, value): (String, Value)| {
            let values = match value {
                Value::Bool(_) => Vec::new(),
                Value::Array(values) => values.iter().map(typed_value).collect(),
                value => vec![typed_value(&value)],
            };
            (format!("--{}", name.replace('_', "-")), values)
        };
        members.into_iter().map(flag).collect()
    }
}

/// What a flag stands for where it is given; where it is not, that is the default.
fn if_given<T: Default>(is_given: bool, value: T) -> T {
    if is_given { value } else { T::default() }
}

fn typed_value(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn typed_as(flag: &str, values: &[String]) -> String {
    words(flag, values).join(" ")
}

fn words(flag: &str, values: &[String]) -> Vec<String> {
    if values.is_empty() {
        return vec![flag.to_owned()];
    }
    let pairs = values.iter().map(|value| [flag.to_owned(), value.clone()]);
    pairs.flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Command, parse};

    /// What is typed behind `reseat plan x.csv`.
    fn typed(flags: &str) -> PlanningOptions {
        typed_words(flags.split_whitespace())
    }

    fn typed_words<'w>(flags: impl IntoIterator<Item = &'w str>) -> PlanningOptions {
        let words = ["reseat", "plan", "x.csv"].into_iter().chain(flags);
        match parse(words.map(Into::into)).unwrap().command {
            Command::Plan(options) => options.planning,
            other => panic!("{other:?}"),
        }
    }

    const EVERY_FLAG: &str = "--operation delete --map A=B=user --map Team=groups --sheet Leavers \
        --encoding windows-1250 --header-row 3 --visible-only --allow-unknown-codes --allow-email-update --sandbox \
        --only 2-10,Joiners!3 --limit 5 --on-shortage fill --allow-admins --resend --resend-after 3d --include-inactive \
        --onto-existing 4 --without-carry-over 5,6-7 --skip-invalid";

    #[test]
    fn every_flag_comes_back_from_the_file_as_it_was_typed() {
        for flags in ["", EVERY_FLAG] {
            let options = typed(flags);
            let json = serde_json::to_string(&SavedOptions::of(&options)).unwrap();
            let read: SavedOptions = serde_json::from_str(&json).unwrap();
            assert_eq!(read.planning(), options, "{json}");
        }
        assert_eq!(serde_json::to_string(&SavedOptions::of(&typed(""))).unwrap(), "{}");
    }

    #[test]
    fn the_flags_that_are_told_can_be_typed() {
        let mut options = typed(EVERY_FLAG);
        options.sheet.columns = typed_words(["--map", " Home = base =user"]).sheet.columns;
        let flags = SavedOptions::of(&options).flags();
        let words: Vec<String> = flags.iter().flat_map(|(flag, values)| words(flag, values)).collect();
        assert_eq!(typed_words(words.iter().map(String::as_str)), options, "{words:?}");
    }

    #[test]
    fn the_published_schema_names_every_flag_that_a_plan_file_stores() {
        let schema = include_str!("../../docs/json/plan-file.schema.json");
        let schema: Value = serde_json::from_str(schema).unwrap();
        let described = &schema["properties"]["options"]["properties"];
        let stored = serde_json::to_value(SavedOptions::of(&typed(EVERY_FLAG))).unwrap();
        let names = |value: &Value| -> Vec<String> {
            let mut sorted: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
            sorted.sort();
            sorted
        };
        assert_eq!(names(described), names(&stored));
    }

    #[test]
    fn only_what_is_typed_otherwise_is_a_difference() {
        let plan = SavedOptions::of(&typed(EVERY_FLAG));
        let differences = |flags: &str| plan.differences(&SavedOptions::of(&typed(flags)));
        assert_eq!(differences(""), [""; 0]);
        assert_eq!(differences(EVERY_FLAG), [""; 0]);
        assert_eq!(
            differences("--only 3 --on-shortage stop --resend"),
            [
                "`--only 3` was typed; the plan was made with `--only 2-10,Joiners!3`",
                "`--on-shortage stop` was typed; the plan was made with `--on-shortage fill`",
            ]
        );
        let bare = SavedOptions::of(&typed(""));
        assert_eq!(
            bare.differences(&SavedOptions::of(&typed("--allow-admins"))),
            ["`--allow-admins` was typed; the plan was made without `--allow-admins`"]
        );
    }
}
