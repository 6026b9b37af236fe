//! A user's direct allocation, and what rows do to it.
//!
//! No allocation, an empty one and a full one are three different things: without one the groups'
//! rules apply, an empty one blocks every licence (`uipath-api`, 3.6).

use crate::model::BundleSet;

/// A user's direct allocation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direct {
    /// Not readable on this deployment.
    Unknown,
    /// None: group rules apply.
    Inherits,
    /// Exactly these bundles; none of them blocks every licence.
    Holds(BundleSet),
}

impl Direct {
    /// The bundles held directly, as far as is known.
    pub fn bundles(&self) -> BundleSet {
        match self {
            Self::Holds(bundles) => bundles.clone(),
            Self::Unknown | Self::Inherits => BundleSet::default(),
        }
    }
}

/// What one row does to a direct allocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LicenseEdit {
    /// Exactly these; `useExternalLicense` where the row says.
    Set(BundleSet, Option<bool>),
    /// These as well.
    Add(BundleSet),
    /// All but these; where nothing is left the allocation is released.
    Remove(BundleSet),
    /// No direct allocation.
    Release,
    /// An empty one.
    Block,
}

impl LicenseEdit {
    /// The allocation after the edit.
    pub fn apply(&self, direct: &Direct) -> Direct {
        match self {
            Self::Set(bundles, _) => Direct::Holds(bundles.clone()),
            Self::Block => Direct::Holds(BundleSet::default()),
            Self::Release => Direct::Inherits,
            Self::Add(more) => Direct::Holds(direct.bundles().union(more)),
            Self::Remove(less) => match direct {
                Direct::Holds(held) if !held.common(less).is_empty() => {
                    let left = held.minus(less);
                    if left.is_empty() {
                        Direct::Inherits
                    } else {
                        Direct::Holds(left)
                    }
                }
                untouched => untouched.clone(),
            },
        }
    }

    /// `useExternalLicense`, where the row says.
    pub fn external_license(&self) -> Option<bool> {
        match self {
            Self::Set(_, external_license) => *external_license,
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::BundleCode;

    fn set(codes: &str) -> BundleSet {
        codes.split_whitespace().map(BundleCode::new).collect()
    }

    fn holds(codes: &str) -> Direct {
        Direct::Holds(set(codes))
    }

    #[test]
    fn each_edit_does_to_each_state_what_its_operation_promises() {
        use LicenseEdit::{Add, Block, Release, Remove, Set};
        let table = [
            (Set(set("A"), None), Direct::Inherits, holds("A")),
            (Set(set("A"), None), holds("B C"), holds("A")),
            (Set(set("A"), None), Direct::Unknown, holds("A")),
            (Add(set("A")), Direct::Inherits, holds("A")),
            (Add(set("A")), holds(""), holds("A")),
            (Add(set("A")), holds("A B"), holds("A B")),
            (Remove(set("A")), holds("A B"), holds("B")),
            (Remove(set("A")), holds("B"), holds("B")),
            (Remove(set("A")), Direct::Inherits, Direct::Inherits),
            (Remove(set("A")), holds(""), holds("")),
            (Release, holds("A"), Direct::Inherits),
            (Release, holds(""), Direct::Inherits),
            (Release, Direct::Inherits, Direct::Inherits),
            (Block, holds("A"), holds("")),
            (Block, Direct::Inherits, holds("")),
        ];
        for (edit, before, after) in table {
            assert_eq!(edit.apply(&before), after, "{edit:?} on {before:?}");
        }
    }

    #[test]
    fn a_removal_that_leaves_nothing_releases_and_never_blocks() {
        assert_eq!(LicenseEdit::Remove(set("A B")).apply(&holds("A")), Direct::Inherits);
    }
}
