//! User licence bundle codes and sets of them.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

use super::Shared;

/// A user licence bundle code, `ATTUNU` for instance. It keeps its spelling and is compared without case: sheets, the
/// documents and an organization's inventory may each write it in their own.
///
/// The set of codes is open: which are known is the
/// [`Catalogue`](super::Catalogue)'s business.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BundleCode(Arc<str>);

impl PartialEq for BundleCode {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for BundleCode {}

impl Hash for BundleCode {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for byte in self.0.bytes() {
            state.write_u8(byte.to_ascii_uppercase());
        }
        state.write_u8(0xff);
    }
}

impl PartialOrd for BundleCode {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for BundleCode {
    fn cmp(&self, other: &Self) -> Ordering {
        if Arc::ptr_eq(&self.0, &other.0) {
            return Ordering::Equal;
        }
        self.0
            .bytes()
            .map(|byte| byte.to_ascii_uppercase())
            .cmp(other.0.bytes().map(|byte| byte.to_ascii_uppercase()))
    }
}

impl BundleCode {
    /// The code as given, trimmed.
    pub fn new(code: &str) -> Self {
        Self(code.trim().into())
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BundleCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Debug for BundleCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// A set of bundle codes, sorted, without doubles; one word, cheap to clone and to share between rows, because
/// a sheet may have a million.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Deserialize)]
#[serde(from = "Vec<BundleCode>")]
pub struct BundleSet(Shared<[BundleCode]>);

impl Serialize for BundleSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl From<Vec<BundleCode>> for BundleSet {
    fn from(codes: Vec<BundleCode>) -> Self {
        codes.into_iter().collect()
    }
}

impl FromIterator<BundleCode> for BundleSet {
    fn from_iter<I: IntoIterator<Item = BundleCode>>(codes: I) -> Self {
        let mut codes: Vec<_> = codes.into_iter().collect();
        codes.sort();
        codes.dedup();
        Self(codes.into())
    }
}

impl BundleSet {
    /// The codes in order.
    pub fn iter(&self) -> std::slice::Iter<'_, BundleCode> {
        self.0.iter()
    }

    /// How many codes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no code.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `code` is one of them.
    pub fn contains(&self, code: &BundleCode) -> bool {
        self.0.binary_search(code).is_ok()
    }

    /// The codes of either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        if other.is_subset(self) {
            return self.clone();
        }
        if self.is_subset(other) {
            return other.clone();
        }
        self.iter().chain(other.iter()).cloned().collect()
    }

    /// The codes of this set that `other` has not.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        self.filtered(|code| !other.contains(code))
    }

    /// The codes of both sets.
    #[must_use]
    pub fn common(&self, other: &Self) -> Self {
        self.filtered(|code| other.contains(code))
    }

    /// The codes that are so; a set that stays as it is is shared.
    fn filtered(&self, is_kept: impl Fn(&BundleCode) -> bool) -> Self {
        if self.iter().all(&is_kept) {
            return self.clone();
        }
        self.iter().filter(|code| is_kept(code)).cloned().collect()
    }

    /// Whether `other` has every code of this set.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.iter().all(|code| other.contains(code))
    }
}

impl<'a> IntoIterator for &'a BundleSet {
    type Item = &'a BundleCode;
    type IntoIter = std::slice::Iter<'a, BundleCode>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for BundleSet {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, code) in self.iter().enumerate() {
            if position > 0 {
                out.write_str("; ")?;
            }
            code.fmt(out)?;
        }
        Ok(())
    }
}

/// How many seats of one bundle the members of a group may use at most
/// (Automation Cloud and Test Cloud only). At least 1.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Quota {
    /// The bundle that is limited.
    pub code: BundleCode,
    /// The most seats the group may use.
    pub limit: u32,
}
