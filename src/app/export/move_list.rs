//! The list of real addresses of `export moves`.

use std::path::Path;

use crate::app::Ending;
use crate::app::console::{Console, complain};
use crate::app::ending::Reason;
use crate::app::failure::Failure;
use crate::app::inputs::{catalogue, reading_options};
use crate::app::prepare::text;
use crate::app::runtime::off_thread;
use crate::cli::{ColumnMapping, SheetOptions, Verbosity};
use crate::export::Domain;
use crate::export::moves::Addresses;
use crate::intake::{self, Intake, SkippedSheet};
use crate::model::{AsOf, OperationKind};
use crate::problem::Problems;
use crate::report::write_problems;
use crate::settings::Settings;
use crate::sheet::{SheetError, Source};
use crate::text::plural;

/// Reads the list as a sheet of moves is read; what is wrong with it is printed.
///
/// # Errors
/// If it cannot be read, or any row of it is wrong.
pub(super) async fn read_addresses(
    path: &Path,
    columns: &[ColumnMapping],
    to: &Domain,
    settings: &Settings,
    as_of: AsOf,
    console: Console<'_>,
) -> Result<Addresses, Failure> {
    let options = reading_options(&reading(columns), settings, catalogue(settings), as_of);
    let (path, encoding) = (path.to_owned(), settings.sheet.encoding);
    let read = off_thread(move || -> Result<(Source, Intake), SheetError> {
        let source = Source::open_in(&path, encoding)?;
        let intake = intake::read(&source, &options)?;
        Ok((source, intake))
    });
    let (source, mut intake) = read.await.map_err(|error| Failure::of_file(&error))?;
    let name = source.name();
    for note in &intake.notes {
        console.tell(format!("{name}: {note}\n"));
    }
    for notice in intake.skipped_sheets.iter().filter_map(SkippedSheet::notice) {
        console.tell(format!("{name}: {notice}\n"));
    }
    let mut problems = std::mem::take(&mut intake.problems);
    let listed = match Addresses::of(&intake.rows, to) {
        Ok(addresses) => Some(addresses.in_file(&name)),
        Err(found) => {
            problems.append(found);
            None
        }
    };
    let errors = problems.errors();
    let shown = text(|out| write_problems(&problems, out));
    if errors > 0 && console.verbosity == Verbosity::Quiet {
        // Quiet or not, what keeps the list from being used is said.
        complain(shown);
    } else {
        console.tell(shown);
    }
    match listed {
        Some(addresses) if errors == 0 => Ok(addresses),
        Some(_) | None => Err(refused(&name, problems)),
    }
}

/// Its rows are moves, whatever the profile says of rows that name no operation; of licences nothing is taken over.
fn reading(columns: &[ColumnMapping]) -> SheetOptions {
    SheetOptions {
        columns: columns.to_vec(),
        operation: Some(OperationKind::Migrate),
        allow_unknown_codes: true,
        ..SheetOptions::default()
    }
}

fn refused(name: &str, problems: Problems) -> Failure {
    let message = format!(
        "the list `{name}` has {}, so no sheet was written",
        plural(problems.errors(), "error")
    );
    Failure::new(Ending::SheetInvalid, Reason::SheetInvalid, message)
        .about(problems)
        .with_help("each error says what to do")
}
