//! The flags of `export`.

use std::path::PathBuf;

use clap::ArgAction::SetTrue;
use clap::{Args, Subcommand, ValueHint};

use super::choices::{ColumnMapping, Target};
use super::connection_args::ConnectionArgs;
use super::values::{self, given};
use super::written_sheet_args::WrittenSheet;
use crate::export::moves::{Language, Pattern};
use crate::export::{Domain, Filter};
use crate::settings::Overrides;

/// `export`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportOptions {
    /// What.
    pub what: ExportWhat,
    /// Of whom or of what; of everything where empty.
    pub filters: Vec<Filter>,
    /// Whether nothing may match.
    pub allow_empty: bool,
    /// The sheet to write.
    pub sheet: WrittenSheet,
    /// Which organization is meant.
    pub target: Target,
}

/// What is exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportWhat {
    /// `users`
    Users {
        /// Whether `set-groups` rows are written as well (`--exact`).
        exact: bool,
    },
    /// `licenses`
    Licenses,
    /// `groups`
    Groups,
    /// `moves`
    Moves(MoveOptions),
}

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    #[command(subcommand)]
    what: WhatArgs,
}

#[derive(Debug, Subcommand)]
enum WhatArgs {
    /// Accounts, as `update` rows
    Users {
        /// Write `set-groups` rows as well, which make memberships exactly what they say
        #[arg(long)]
        exact: bool,
        #[command(flatten)]
        common: CommonArgs,
    },
    /// Who holds seats, directly or by a group's rule
    Licenses {
        #[command(flatten)]
        common: CommonArgs,
    },
    /// The licence rules of groups
    Groups {
        #[command(flatten)]
        common: CommonArgs,
    },
    /// `migrate` rows for everybody of one mail domain
    Moves {
        #[command(flatten)]
        moves: MoveOptions,
        #[command(flatten)]
        common: CommonArgs,
    },
}

/// `export moves`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct MoveOptions {
    /// The domain that is left
    #[arg(long, value_name = "DOMAIN")]
    pub from: Domain,
    /// The domain that everybody moves to
    #[arg(long, value_name = "DOMAIN")]
    pub to: Domain,
    /// How new addresses are made of `{name}`, `{surname}` and `{local}`, or of their first letters (`{name:1}`), as in
    /// `{name}.{surname}@new.example`; without it the local part stays
    #[arg(long, value_name = "PATTERN")]
    pub address: Option<Pattern>,
    /// A list of real addresses, which go before those that are made: a sheet with `user` and `new_email`
    #[arg(long, value_name = "FILE", value_parser = values::path, value_hint = ValueHint::FilePath)]
    pub addresses: Option<PathBuf>,
    /// What a header of that list means, as in `Work e-mail=user`; may be repeated
    #[arg(long = "map", value_name = "HEADER=COLUMN", value_parser = values::column_mapping, requires = "addresses")]
    pub columns: Vec<ColumnMapping>,
    /// Whose letters names are written with, as in `de` for `ä` as `ae` or `uk` for `г` as `h`
    #[arg(long, value_name = "LANGUAGE")]
    pub language: Option<Language>,
}

#[derive(Debug, Args)]
struct CommonArgs {
    /// Only where this holds, as in `domain=old.example`, `group=Team 01`, `license=ATTUNU`, `idle>90d`, `active=no`,
    /// `invitation=pending`, `never-signed-in` or `created<2026-01-01`; may be repeated
    #[arg(long = "where", value_name = "FILTER")]
    filters: Vec<Filter>,
    /// End well with an empty sheet if nothing matches
    #[arg(long)]
    allow_empty: bool,
    #[command(flatten)]
    sheet: WrittenSheet,
    /// Use a simulated organization inside the process instead of a real one
    #[arg(long = "sandbox", action = SetTrue, value_parser = given(Target::Sandbox))]
    target: Target,
    #[command(flatten)]
    connection: ConnectionArgs,
}

impl ExportArgs {
    pub(super) fn into_options(self, overrides: &mut Overrides) -> ExportOptions {
        let (what, common) = match self.what {
            WhatArgs::Users { exact, common } => (ExportWhat::Users { exact }, common),
            WhatArgs::Licenses { common } => (ExportWhat::Licenses, common),
            WhatArgs::Groups { common } => (ExportWhat::Groups, common),
            WhatArgs::Moves { moves, common } => (ExportWhat::Moves(moves), common),
        };
        common.connection.apply(overrides);
        ExportOptions {
            what,
            filters: common.filters,
            allow_empty: common.allow_empty,
            sheet: common.sheet,
            target: common.target,
        }
    }
}
