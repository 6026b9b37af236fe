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
    /// The bundles held directly, as far as known.
    pub fn bundles(&self) -> BundleSet {
        match self {
            Self::Holds(bundles) => bundles.clone(),
            Self::Unknown | Self::Inherits => BundleSet::default(),
        }
    }
}

/// A direct allocation with its flag.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Holding {
    /// The allocation.
    pub direct: Direct,
    /// `useExternalLicense` as read, sent back unchanged unless a row sets it; `false` if there is none to read
    /// (`uipath-api`, 3.7).
    pub external_license: bool,
}

impl Holding {
    /// What a newly made account holds.
    pub fn nothing() -> Self {
        Self {
            direct: Direct::Inherits,
            external_license: false,
        }
    }

    /// Whether both are equivalent: without an allocation the flag means nothing.
    pub fn is_like(&self, other: &Self) -> bool {
        let flag_matters = self.direct != Direct::Inherits;
        self.direct == other.direct && !(flag_matters && self.external_license != other.external_license)
    }
}

/// What one row does to a direct allocation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LicenseEdit {
    /// Exactly these; `useExternalLicense` if the row sets it.
    Set(BundleSet, Option<bool>),
    /// These as well.
    Add(BundleSet),
    /// All but these; if nothing is left, the allocation is released.
    Remove(BundleSet),
    /// No direct allocation.
    Release,
    /// An empty one.
    Block,
    /// What a predecessor held, with its `useExternalLicense`: these as well. A predecessor that was blocked
    /// (no bundle) blocks a successor that has no allocation of its own.
    Inherit(BundleSet, bool),
}

impl LicenseEdit {
    /// What is held after the edit.
    pub fn apply(&self, held: &Holding) -> Holding {
        let direct = self.apply_to(&held.direct);
        let external_license = match self {
            Self::Set(_, Some(external_license)) => *external_license,
            Self::Inherit(_, true) if direct != held.direct => true,
            _ => held.external_license,
        };
        Holding {
            direct,
            external_license,
        }
    }

    fn apply_to(&self, direct: &Direct) -> Direct {
        match self {
            Self::Set(bundles, _) => Direct::Holds(bundles.clone()),
            Self::Block => Direct::Holds(BundleSet::default()),
            Self::Release => Direct::Inherits,
            Self::Inherit(more, _) if more.is_empty() => match direct {
                Direct::Inherits => Direct::Holds(BundleSet::default()),
                untouched => untouched.clone(),
            },
            Self::Add(more) | Self::Inherit(more, _) => Direct::Holds(direct.bundles().union(more)),
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

    /// Whether it can add a bundle to what is held.
    pub fn may_give(&self) -> bool {
        match self {
            Self::Set(..) | Self::Add(_) | Self::Inherit(..) => true,
            Self::Remove(_) | Self::Release | Self::Block => false,
        }
    }

    /// Whether the outcome depends on what is held before. If the allocation cannot be read, such an edit might remove
    /// licences it does not know about.
    pub fn builds_on_present(&self) -> bool {
        matches!(self, Self::Add(_) | Self::Remove(_) | Self::Inherit(..))
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
        use LicenseEdit::{Add, Block, Inherit, Release, Remove, Set};
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
            (Inherit(set("A"), false), Direct::Inherits, holds("A")),
            (Inherit(set("A"), false), holds("B"), holds("A B")),
            (Inherit(set(""), false), Direct::Inherits, holds("")),
            (Inherit(set(""), false), holds("B"), holds("B")),
        ];
        for (edit, before, after) in table {
            assert_eq!(edit.apply_to(&before), after, "{edit:?} on {before:?}");
        }
    }

    #[test]
    fn a_removal_that_leaves_nothing_releases_and_never_blocks() {
        assert_eq!(LicenseEdit::Remove(set("A B")).apply_to(&holds("A")), Direct::Inherits);
    }

    #[test]
    fn the_external_flag_is_sent_back_as_read_unless_a_row_says_otherwise() {
        let held = |external_license| Holding {
            direct: holds("A"),
            external_license,
        };
        for present in [false, true] {
            let after = |edit: LicenseEdit| edit.apply(&held(present)).external_license;
            assert_eq!(after(LicenseEdit::Set(set("B"), None)), present);
            assert!(after(LicenseEdit::Set(set("B"), Some(true))));
            assert!(!after(LicenseEdit::Set(set("B"), Some(false))));
            assert_eq!(after(LicenseEdit::Add(set("B"))), present);
            assert!(after(LicenseEdit::Inherit(set("B"), true)));
        }
    }
}
