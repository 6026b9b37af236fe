//! A row of the sheet, as the rest of the crate sees it.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::as_text::as_text;
use super::{BundleCode, BundleSet, GroupRef, Operation, Shared, UserId};

/// Where a row is, as the spreadsheet program shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The worksheet's name; empty for a CSV, which has none.
    #[serde(serialize_with = "none_where_empty", deserialize_with = "empty_where_none")]
    pub sheet: Shared<str>,
    /// The row's number; the first row of the file is 1.
    pub row: u32,
}

fn none_where_empty<S: Serializer>(sheet: &Shared<str>, serializer: S) -> Result<S::Ok, S::Error> {
    Some(&**sheet).filter(|sheet| !sheet.is_empty()).serialize(serializer)
}

fn empty_where_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Shared<str>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.unwrap_or_default().into())
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sheet.is_empty() {
            write!(out, "row {}", self.row)
        } else {
            write!(out, "{} row {}", self.sheet, self.row)
        }
    }
}

/// What a row is known by between runs: a hash of its normalised content and of its occurrence
/// among equal rows, so that a sheet may be sorted and extended between runs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowKey(Uuid);

/// The name space of row keys; changing it makes every results file foreign.
const NAMESPACE: Uuid = Uuid::from_u128(0x7265_7365_6174_5f72_6f77_5f6b_6579_5f31);

impl RowKey {
    /// The key of a row with this normalised content, the `occurrence`-th of its kind from 0.
    pub fn of(content: &str, occurrence: u32) -> Self {
        Self(Uuid::new_v5(&NAMESPACE, content.as_bytes())).repeated(occurrence)
    }

    /// Of the key of the first of several equal rows, the key of the `occurrence`-th, from 0.
    #[must_use]
    pub fn repeated(self, occurrence: u32) -> Self {
        if occurrence == 0 {
            return self;
        }
        Self(Uuid::new_v5(&self.0, &occurrence.to_le_bytes()))
    }
}

impl fmt::Display for RowKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_simple().fmt(out)
    }
}

impl fmt::Debug for RowKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

impl FromStr for RowKey {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let well_formed = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !well_formed {
            return Err(());
        }
        Uuid::try_parse(text).map(Self).map_err(|_| ())
    }
}

as_text!(RowKey, "the key of a row");

/// One valid row.
#[derive(Debug, Clone)]
pub struct Row {
    /// Where it is.
    pub place: Place,
    /// What it is known by between runs.
    pub key: RowKey,
    /// What it asks for.
    pub operation: Operation,
    /// When and for whom only it is to be done; few rows have any.
    pub conditions: Option<Box<Conditions>>,
}

/// Under which conditions a row is carried out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conditions {
    /// The row waits until then. No part of the row's key, since dates are moved while rows wait.
    pub not_before: Option<Timestamp>,
    /// The account that the row names must be this one.
    pub user_id: Option<UserId>,
    /// Who has used the seat since then keeps it.
    pub unless_used_since: Option<Timestamp>,
    /// What the row replaces must be as it was when the sheet was written, or as the row wants it.
    pub unless_changed_from: Option<WrittenState>,
}

/// The state that a row found when its sheet was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WrittenState {
    /// The groups that the user was in; Everyone may be among them or not.
    Groups(Shared<[GroupRef]>),
    /// What the user held directly: `None` where there was no allocation of the user's own, an empty set for somebody who
    /// was blocked.
    Licenses(Option<BundleSet>),
    /// The group's licence rule, by code; empty where there was none.
    Rule(Vec<RuledBundle>),
}

/// A bundle of a group's licence rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuledBundle {
    /// Which.
    pub code: BundleCode,
    /// How many seats the members may use of it; `None` for any number.
    pub quota: Option<u32>,
}

impl Row {
    /// The moment before which the row waits.
    pub fn not_before(&self) -> Option<Timestamp> {
        self.conditions.as_ref()?.not_before
    }

    /// The id that the account which the row names must have.
    pub fn user_id(&self) -> Option<UserId> {
        self.conditions.as_ref()?.user_id
    }

    /// Since when the seat must not have been used.
    pub fn unless_used_since(&self) -> Option<Timestamp> {
        self.conditions.as_ref()?.unless_used_since
    }

    /// What the row replaces, as it was when the sheet was written.
    pub fn unless_changed_from(&self) -> Option<&WrittenState> {
        self.conditions.as_ref()?.unless_changed_from.as_ref()
    }
}

/// Rows are what most of a large sheet's memory is.
const _: () = assert!(size_of::<Row>() <= 80);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_same_for_the_same_content_and_differs_by_occurrence() {
        assert_eq!(
            RowKey::of("delete|ann@x.example", 0),
            RowKey::of("delete|ann@x.example", 0)
        );
        assert_ne!(
            RowKey::of("delete|ann@x.example", 0),
            RowKey::of("delete|ann@x.example", 1)
        );
        assert_ne!(
            RowKey::of("delete|ann@x.example", 0),
            RowKey::of("delete|bob@x.example", 0)
        );
    }

    #[test]
    fn a_key_survives_being_written_and_read() {
        let key = RowKey::of("delete|ann@x.example", 0);
        assert_eq!(key.to_string().parse(), Ok(key));
        assert_eq!("xyz".parse::<RowKey>(), Err(()));
    }
}
