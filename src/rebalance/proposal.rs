//! What is proposed.

use std::collections::BTreeMap;

use serde::Serialize;
use strum::{Display, EnumIter, IntoStaticStr};

use super::{Class, Untold};
use crate::draft::{DraftColumn, DraftRow};
use crate::intake::{Column, FactColumn};
use crate::model::{BundleCode, BundleSet, Place, UserId};

/// A sheet that frees and grants, and what it comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposal {
    /// The bundles that are looked at and of which somebody holds or wants a seat, and those that come free besides, in
    /// the order of the codes.
    pub bundles: Vec<BundleLine>,
    /// The sheet: what is freed, swaps, grants; then, as `ignore` rows, whoever is left alone and whoever misses out.
    pub rows: Vec<DraftRow>,
    /// Who gets less than is wanted, swaps first, then the wanted rows in their order.
    pub missing_out: Vec<MissingOut>,
    /// Whom was looked at.
    pub looked_at: Counts,
    /// What the organization does not tell of anybody.
    pub untold: Untold,
}

/// The seats of one bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleLine {
    /// Which; written as the organization writes it.
    pub code: BundleCode,
    /// How many seats are owned; `None` where that is not told.
    pub owned: Option<u64>,
    /// How many are taken; `None` where that is not told.
    pub taken: Option<u64>,
    /// Seats that may be freed, by class.
    pub idle: BTreeMap<Class, u64>,
    /// Seats of those of whom only one of last use and last sign-in is long ago.
    pub look_at: u64,
    /// Seats that would be idle if nobody had reason to leave their holders alone.
    pub left_alone: u64,
    /// How many seats ought to be freed for what is wanted, for an excess, and by `--free`.
    pub to_free: u64,
    /// How many the sheet frees, those given up in swaps aside.
    pub freed: u64,
    /// How many are given up in swaps.
    pub swapped: u64,
    /// How many new seats are wanted, for swaps too.
    pub wanted: u64,
    /// How many of these the sheet grants.
    pub granted: u64,
}

impl BundleLine {
    /// How many wanted seats are not granted.
    pub fn missing(&self) -> u64 {
        self.wanted.saturating_sub(self.granted)
    }

    /// How many seats may be freed.
    pub fn all_idle(&self) -> u64 {
        self.idle.values().sum()
    }

    /// How many seats will be taken; `None` where it is not told how many are.
    pub fn taken_then(&self) -> Option<u64> {
        let taken = self.taken?.saturating_add(self.granted);
        Some(taken.saturating_sub(self.freed).saturating_sub(self.swapped))
    }
}

/// Somebody who gets less than is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingOut {
    /// Who, as the wanted sheet or the directory names them.
    #[serde(rename = "user")]
    pub label: String,
    /// The account, where it is known which.
    #[serde(rename = "user_id")]
    pub user: Option<UserId>,
    /// The bundles that they miss.
    pub licenses: BundleSet,
    /// The wanted row; `None` for a swap.
    #[serde(rename = "at")]
    pub place: Option<Place>,
    /// Why.
    pub why: Obstacle,
}

/// Why somebody does not get a wanted seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, Display, IntoStaticStr, Serialize)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Obstacle {
    /// No seat is left.
    NoSeat,
    /// The organization does not own the bundle.
    NotOwned,
    /// There is no such account.
    NotFound,
    /// The row's `user_id` is another account's.
    AnotherAccount,
    /// The name could be several accounts'.
    Ambiguous,
    /// The account is deactivated.
    Inactive,
    /// It is no person's account.
    NoPerson,
    /// What the person holds directly cannot be read, so that nothing can be added to it.
    Unreadable,
}

impl Obstacle {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// How many who hold seats of the bundles that are looked at are of which class, each counted once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// By class.
    pub classes: BTreeMap<Class, u64>,
    /// Those among the idle, pending and without record who are left alone nevertheless: administrators, the keep list
    /// and so on. Whoever would be among them but for a seat that reseat itself gave of late counts as well.
    pub left_alone: u64,
}

/// The columns of the sheet besides `operation` and `note`.
pub const COLUMNS: [DraftColumn; 13] = [
    DraftColumn::Read(Column::User),
    DraftColumn::Read(Column::Licenses),
    DraftColumn::Read(Column::Group),
    DraftColumn::Fact(FactColumn::Class),
    DraftColumn::Fact(FactColumn::LastInUse),
    DraftColumn::Fact(FactColumn::LastLogin),
    DraftColumn::Fact(FactColumn::DaysIdle),
    DraftColumn::Fact(FactColumn::DirectLicenses),
    DraftColumn::Fact(FactColumn::Inherited),
    DraftColumn::Fact(FactColumn::InheritedFrom),
    DraftColumn::Read(Column::UserId),
    DraftColumn::Read(Column::UnlessUsedSince),
    DraftColumn::Read(Column::UnlessChangedFrom),
];
