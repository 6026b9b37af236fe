//! The two sheets that `rebalance` reads: the wanted seats and the keep list.

use std::path::Path;
use std::sync::Arc;

use super::wanted::{WantedSeats, file_name, named};
use crate::app::console::Console;
use crate::app::failure::Failure;
use crate::app::inputs::{read_sheet, reading_options};
use crate::app::organization::Doorway;
use crate::app::runtime::off_thread;
use crate::cli::{RebalanceOptions, SheetOptions};
use crate::intake::{Intake, KeepList, KeptPerson, SkippedSheet, read_keep_list};
use crate::model::{AsOf, Catalogue, OperationKind};
use crate::problem::Problems;
use crate::settings::Settings;
use crate::sheet::Source;
use crate::text::plural;

/// The two, opened.
#[derive(Debug, Default)]
pub(super) struct Opened {
    wanted: Option<Arc<Source>>,
    /// How the wanted one is to be read.
    reading: SheetOptions,
    keep_list: Option<Source>,
}

/// The two, read.
#[derive(Debug, Default)]
pub(super) struct ReadFiles {
    pub(super) wanted: WantedSeats,
    /// Who is on the keep list, whether still in force or not; the places have the name of the file.
    pub(super) keep_list: Vec<KeptPerson>,
    /// What is wrong with either, or worth a look.
    pub(super) problems: Problems,
    /// How the sheet of wanted seats was read.
    pub(super) notices: Vec<String>,
}

impl Opened {
    /// Opens them; whatever keeps either from being opened is told.
    pub(super) async fn of(options: &RebalanceOptions, settings: &Settings) -> Result<Self, Failure> {
        let open = async |path: Option<&Path>| {
            let (path, encoding) = (path.map(Path::to_owned), settings.sheet.encoding);
            let Some(path) = path else { return Ok(None) };
            let source = off_thread(move || Source::open_in(&path, encoding)).await;
            source.map(Some).map_err(|error| Failure::of_file(&error))
        };
        let wanted = open(options.wanted.as_deref()).await;
        let keep_list = open(options.keep_list.as_deref()).await;
        match (wanted, keep_list) {
            (Ok(wanted), Ok(keep_list)) => Ok(Self {
                wanted: wanted.map(Arc::new),
                reading: SheetOptions {
                    // Rows that name no operation want licences.
                    operation: Some(OperationKind::AddLicenses),
                    columns: options.columns.clone(),
                    ..SheetOptions::default()
                },
                keep_list,
            }),
            (Err(failure), Err(other)) => Err(failure.with_details(vec![other.message])),
            (Err(failure), Ok(_)) | (Ok(_), Err(failure)) => Err(failure),
        }
    }

    /// Reads them. What only the organization can know of bundle codes is asked of it.
    pub(super) async fn read(
        self,
        settings: &Settings,
        catalogue: &Catalogue,
        as_of: &AsOf,
        doorway: &Doorway,
        console: Console<'_>,
    ) -> Result<ReadFiles, Failure> {
        let mut read = ReadFiles::default();
        if let Some(source) = self.wanted {
            let options = reading_options(&self.reading, settings, catalogue.clone(), as_of.clone());
            let in_sheet = read_sheet(&source, options, doorway, console).await;
            let (_, intake) = in_sheet.map_err(|error| Failure::of_file(&error))?;
            read.notices = notices(&file_name(&source), &intake);
            read.wanted = WantedSeats::of(&source, intake);
            read.problems.append(std::mem::take(&mut read.wanted.problems));
        }
        if let Some(source) = self.keep_list {
            let zone = as_of.zone.clone();
            let (source, list) = off_thread(move || {
                let list = read_keep_list(&source, &zone);
                (source, list)
            })
            .await;
            let KeepList { people, problems } = list.map_err(|error| Failure::of_file(&error))?;
            let file = file_name(&source);
            read.problems
                .append(problems.with_sheets(|worksheet| named(&file, worksheet)));
            read.keep_list = people;
            for person in &mut read.keep_list {
                person.place.sheet = named(&file, &person.place.sheet);
            }
        }
        Ok(read)
    }
}

/// What had to be guessed, and what was not read.
fn notices(file: &str, intake: &Intake) -> Vec<String> {
    let guessed = intake.notes.iter().cloned();
    let skipped = intake.skipped_sheets.iter().filter_map(SkippedSheet::notice);
    let hidden = (intake.hidden.read > 0).then(|| {
        let rows = plural(intake.hidden.read, "hidden row");
        format!("{rows} in the spreadsheet program; what they want counts as well")
    });
    let notices = guessed.chain(skipped).chain(hidden);
    notices.map(|notice| format!("{file}: {notice}")).collect()
}
