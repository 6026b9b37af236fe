//! From the sheet options to rows: reading, and asking the organization about codes that only it may know.

use std::path::Path;

use super::Ending;
use super::console::complain;
use super::failure::Failure;
use crate::api::Client;
use crate::cli::{Permission, SheetOptions};
use crate::intake::{self, Intake};
use crate::model::{Capabilities, Catalogue};
use crate::problem::{ProblemCode, Severity};
use crate::settings::Settings;
use crate::sheet::{SheetError, Source};

/// The path that means the standard input.
pub(super) const STDIN: &str = "-";

/// Opens the sheet. Where neither it nor the configuration can be used, both are told.
pub(super) fn open(path: &Path, settings: Result<Settings, Failure>) -> Result<(Source, Settings), Failure> {
    let source = Source::open(path).map_err(|error| Failure::of(Ending::CouldNotStart, &error));
    match (source, settings) {
        (Ok(source), Ok(settings)) => Ok((source, settings)),
        (Err(sheet), Err(configuration)) => {
            complain(sheet);
            Err(configuration)
        }
        (Err(failure), Ok(_)) | (Ok(_), Err(failure)) => Err(failure),
    }
}

/// How this sheet is to be read.
pub(super) fn options(sheet: &SheetOptions, settings: &Settings) -> intake::Options {
    let capabilities: Capabilities = settings.deployment.capabilities();
    let catalogue = Catalogue::default().with_codes(settings.bundle_codes.iter().cloned(), "the profile");
    intake::Options {
        operation: sheet.operation,
        map: sheet
            .columns
            .iter()
            .map(|mapping| (mapping.header.clone(), mapping.column.clone()))
            .collect(),
        sheets: (!sheet.sheets.is_empty()).then(|| sheet.sheets.clone()),
        allow_email_update: sheet.email_update == Permission::Allowed,
        capabilities,
        catalogue: match sheet.unknown_codes {
            Permission::Allowed => catalogue.allowing_unknown(),
            Permission::Refused => catalogue,
        },
    }
}

/// Reads the sheet; where nothing is wrong with it but codes that nobody here knows, the organization's
/// own inventory is asked and the sheet read again.
pub(super) async fn read(
    source: &Source,
    options: &mut intake::Options,
    client: &Client,
) -> Result<Intake, SheetError> {
    let first = intake::read(source, options)?;
    let asks_only_for_codes = first
        .problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .all(|problem| problem.code == ProblemCode::UnknownBundleCode);
    if first.unknown_codes.is_empty() || !asks_only_for_codes {
        return Ok(first);
    }
    // Where the inventory cannot be read the codes stay unknown, and the problems say so.
    let Ok(seats) = client.seats().await else {
        return Ok(first);
    };
    let codes = seats.value.into_iter().map(|seats| seats.code);
    options.catalogue = options.catalogue.clone().with_codes(codes, "the organization");
    intake::read(source, options)
}
