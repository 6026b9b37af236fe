//! The flags of `export`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use super::run_args::ConnectionArgs;
use super::values;
use super::written_sheet_args::WrittenSheetArgs;
use super::{ColumnMapping, ExportOptions, ExportWhat, MoveOptions, Target};
use crate::export::moves::{Language, Pattern};
use crate::export::{Domain, Filter};
use crate::settings::Overrides;

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
        moves: MoveArgs,
        #[command(flatten)]
        common: CommonArgs,
    },
}

#[derive(Debug, Args)]
struct MoveArgs {
    /// The domain that is left
    #[arg(long, value_name = "DOMAIN")]
    from: Domain,
    /// The domain that everybody moves to
    #[arg(long, value_name = "DOMAIN")]
    to: Domain,
    /// How new addresses are made of `{name}`, `{surname}` and `{local}`, or of their first letters (`{name:1}`), as in
    /// `{name}.{surname}@new.example`; without it the local part stays
    #[arg(long, value_name = "PATTERN")]
    address: Option<Pattern>,
    /// A list of real addresses, which go before those that are made: a sheet with `user` and `new_email`
    #[arg(long, value_name = "FILE", value_parser = values::path, value_hint = ValueHint::FilePath)]
    addresses: Option<PathBuf>,
    /// What a header of that list means, as in `Work e-mail=user`; may be repeated
    #[arg(long = "map", value_name = "HEADER=COLUMN", value_parser = values::column_mapping, requires = "addresses")]
    columns: Vec<ColumnMapping>,
    /// Whose letters names are written with, as in `de` for `ä` as `ae` or `uk` for `г` as `h`
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<Language>,
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
    sheet: WrittenSheetArgs,
    /// Use a simulated organization inside the process instead of a real one
    #[arg(long)]
    sandbox: bool,
    #[command(flatten)]
    connection: ConnectionArgs,
}

impl ExportArgs {
    pub(super) fn into_options(self, overrides: &mut Overrides) -> ExportOptions {
        let (what, common) = match self.what {
            WhatArgs::Users { exact, common } => (ExportWhat::Users { exact }, common),
            WhatArgs::Licenses { common } => (ExportWhat::Licenses, common),
            WhatArgs::Groups { common } => (ExportWhat::Groups, common),
            WhatArgs::Moves { moves, common } => {
                let MoveArgs {
                    from,
                    to,
                    address,
                    addresses,
                    columns,
                    language,
                } = moves;
                let moves = MoveOptions {
                    from,
                    to,
                    address,
                    addresses,
                    columns,
                    language,
                };
                (ExportWhat::Moves(moves), common)
            }
        };
        common.connection.apply(overrides);
        ExportOptions {
            what,
            filters: common.filters,
            empty: common.allow_empty.into(),
            existing: common.sheet.existing(),
            out: common.sheet.out,
            target: Target::sandbox_if(common.sandbox),
        }
    }
}
