//! What a command reads first: its settings and its sheet.

use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::code_memory::{CodeMemory, inventory_of};
use super::console::Console;
use super::failure::{Failure, told};
use super::first_steps::unusable;
use super::next::config_beside;
use super::organization::Doorway;
use super::runtime::off_thread;
use crate::cli::{SheetOptions, Target};
use crate::directory::Snapshot;
use crate::intake::{self, FinishedRows, Intake, PresentLicenses};
use crate::model::{AsOf, Capabilities, Catalogue, Inventory};
use crate::problem::{ProblemCode, Severity};
use crate::saved_plan::SavedPlan;
use crate::settings::{self, Absence, Overrides, Reach, Settings, Surroundings, Survey};
use crate::sheet::{SheetError, Source};

/// By so much a clock may be set back without a word: a day is all that is shown of when codes were read.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(24);

/// The settings for a command that talks to an organization: the sandbox needs no connection.
///
/// # Errors
/// Everything wrong with the configuration.
pub(super) fn settings_for(target: Target, overrides: &Overrides, console: Console<'_>) -> Result<Settings, Failure> {
    let reach = match target {
        Target::Configured => Reach::Online,
        Target::Sandbox => Reach::Offline,
    };
    settings(overrides, reach, console)
}

/// The settings from flags, environment and file; warnings are printed.
///
/// # Errors
/// Everything wrong with the configuration.
pub(super) fn settings(overrides: &Overrides, reach: Reach, console: Console<'_>) -> Result<Settings, Failure> {
    let settings = with_surroundings(|surroundings| settings::load(overrides, surroundings, reach))?;
    let settings = settings.map_err(unusable)?;
    tell_warnings(&settings, console);
    Ok(settings)
}

/// Prints what is odd about the configuration.
pub(super) fn tell_warnings(settings: &Settings, console: Console<'_>) {
    for warning in &settings.warnings {
        console.tell(told(warning));
    }
}

/// What is configured, complete or not.
///
/// # Errors
/// If there is no working folder.
pub(super) fn survey(overrides: &Overrides, absence: Absence) -> Result<Survey, Failure> {
    with_surroundings(|surroundings| settings::survey(overrides, surroundings, absence))
}

fn with_surroundings<T>(look: impl FnOnce(&Surroundings<'_>) -> T) -> Result<T, Failure> {
    with_variables(&|name| std::env::var(name).ok(), look)
}

/// Looks at what settings are made from, with these variables for the environment's.
///
/// # Errors
/// If there is no working folder.
pub(super) fn with_variables<T>(
    environment: &dyn Fn(&str) -> Option<String>,
    look: impl FnOnce(&Surroundings<'_>) -> T,
) -> Result<T, Failure> {
    let working_folder = std::env::current_dir().map_err(|error| Failure::of_file(&error))?;
    let config_folder = settings::config_folder(&environment);
    Ok(look(&Surroundings {
        environment,
        working_folder: &working_folder,
        config_folder: config_folder.as_deref(),
    }))
}

/// Opens the sheet, on a separate thread if whoever writes it to a pipe may take their time. If neither it nor the
/// configuration can be used, both are reported.
pub(super) async fn open_sheet(
    path: &Path,
    sheet: &SheetOptions,
    settings: Result<Settings, Failure>,
    console: Console<'_>,
) -> Result<(Source, Settings), Failure> {
    let path = path.to_owned();
    let in_profile = settings.as_ref().ok().and_then(|settings| settings.sheet.encoding);
    let encoding = sheet.encoding.or(in_profile);
    let source = if Source::opens_at_once(&path) {
        Source::open_in(&path, encoding)
    } else {
        let path = path.clone();
        off_thread(move || Source::open_in(&path, encoding)).await
    };
    let source = source.map_err(|error| not_opened(&error, &path, console));
    match (source, settings) {
        (Ok(source), Ok(settings)) => Ok((source, settings)),
        (Err(sheet), Err(configuration)) => {
            console.complain(&sheet);
            Err(configuration.and_also(sheet))
        }
        (Err(failure), Ok(_)) | (Ok(_), Err(failure)) => Err(failure),
    }
}

/// Why the sheet cannot be opened. A saved plan is typed for a sheet where only its flag is missing.
fn not_opened(error: &SheetError, path: &Path, console: Console<'_>) -> Failure {
    if !matches!(error, SheetError::NotASheet { .. }) || SavedPlan::read(path).is_err() {
        return Failure::of_file(error);
    }
    let message = format!(
        "`{}` is a plan that `reseat plan --save` saved, not a sheet",
        path.display()
    );
    let command = console.typed().run_of_plan(path);
    Failure::in_file(message).with_help(format!("`{command}` runs it"))
}

/// Reads the sheet in this way: on a separate thread and with progress shown, which would take longer than a short one.
pub(super) async fn reading<T: Send + 'static>(
    source: &Source,
    console: Console<'_>,
    read: impl FnOnce() -> T + Send + 'static,
) -> T {
    if source.is_short() {
        return read();
    }
    let _busy = console.busy("reading the sheet");
    off_thread(read).await
}

/// What is worth knowing of the operation where only the profile says it; empty where it does not.
pub(super) fn profiles_operation(sheet: &SheetOptions, settings: &Settings) -> String {
    match (sheet.operation, settings.sheet.operation) {
        (None, Some(operation)) => format!("rows that name no operation are `{operation}`, as the profile says\n"),
        (Some(_), _) | (None, None) => String::new(),
    }
}

/// What is worth knowing where a configuration file is beside the sheet and none is used; empty otherwise.
pub(super) fn unused_configuration(sheet: &Path, target: Target, settings: &Settings) -> String {
    let is_needed = target == Target::Configured && settings.profile.is_none();
    let flag = if is_needed { config_beside(sheet) } else { None };
    flag.map_or_else(String::new, |flag| {
        format!(
            "the {} beside the sheet is not used; add `{flag}` to go by it\n",
            settings::FILE_NAME
        )
    })
}

/// Now, in the zone of the profile, or else of the computer; where that is not known, in UTC.
pub(super) fn as_of_now(settings: &Settings) -> AsOf {
    let zone = settings.sheet.timezone.clone();
    AsOf {
        now: Timestamp::now(),
        zone: zone
            .or_else(zone_of_link)
            .unwrap_or_else(|| TimeZone::try_system().unwrap_or(TimeZone::UTC)),
    }
}

/// The computer's zone where a link says it, as it usually does. `TimeZone::try_system` finds the same and goes through the
/// whole database of zones for it, which takes longer than a small sheet.
fn zone_of_link() -> Option<TimeZone> {
    const LINK: &str = "/etc/localtime";
    if std::env::var_os("TZ").is_some() {
        return None;
    }
    let zone = fs_err::read_link(LINK).ok()?;
    let (_, name) = zone.to_str()?.split_once("/zoneinfo/")?;
    TimeZone::tzif(name, &fs_err::read(LINK).ok()?).ok()
}

/// The licences that are known to everybody and to the profile.
pub(super) fn catalogue(settings: &Settings) -> Catalogue {
    let names = settings.bundle_names.iter().map(|(code, name)| (code, name.as_str()));
    Catalogue::default()
        .with_codes(settings.bundle_codes.iter().cloned(), "the profile")
        .with_names(names)
}

/// The same, and those of the organization of this name, of which this was read just now.
pub(super) fn catalogue_of(settings: &Settings, name: &str, snapshot: &Snapshot, now: Timestamp) -> Catalogue {
    let seats = snapshot.seats().unwrap_or_default();
    catalogue(settings).with_inventory(inventory_of(name, seats, now))
}

/// The licences that are known without asking the organization: the same, and those that it had when it was last read. What
/// is remembered of it and cannot be used, or cannot be true, is told.
///
/// # Errors
/// If the profile gives a name to what is none of its codes, and the name is one.
pub(super) fn known_licenses(settings: &Settings, target: Target, console: Console<'_>) -> Result<Catalogue, Failure> {
    let (catalogue, now) = (catalogue(settings), Timestamp::now());
    let remembered = match (target, &settings.address) {
        (Target::Configured, Some(address)) => {
            let memory = CodeMemory::configured(&address.uri, &address.organization);
            memory.map(|memory| memory.recall(address.organization_id, now))
        }
        (Target::Configured, None) | (Target::Sandbox, _) => None,
    };
    let inventory = remembered.transpose().unwrap_or_else(|error| {
        console.tell(format!(
            "warning: which licence codes the organization has is not known: {error}\n"
        ));
        None
    });
    let Some(inventory) = inventory.flatten() else {
        return Ok(catalogue);
    };
    let wrong = settings.codes_for_names(|word| inventory.of(word).is_some());
    if !wrong.is_empty() {
        return Err(Failure::configuration(wrong));
    }
    if inventory.read.duration_since(now) > CLOCKS_DIFFER {
        console.tell(format!(
            "warning: the licence codes of `{}` are remembered of {}, which is still to come, so this computer's clock is \
             wrong, or was wrong then; `reseat codes` reads them anew\n",
            inventory.organization,
            inventory.read.strftime("%Y-%m-%d")
        ));
    }
    Ok(catalogue.with_inventory(inventory))
}

/// How to read this sheet.
pub(super) fn reading_options(
    sheet: &SheetOptions,
    settings: &Settings,
    catalogue: Catalogue,
    as_of: AsOf,
) -> intake::Options {
    let capabilities: Capabilities = settings.deployment.capabilities();
    intake::Options {
        operation: sheet.operation.or(settings.sheet.operation),
        header_row: sheet.header_row,
        usual_map: settings.sheet.map.clone(),
        map: sheet
            .columns
            .iter()
            .map(|mapping| (mapping.header.clone(), mapping.column.clone()))
            .collect(),
        sheets: (!sheet.sheets.is_empty()).then(|| sheet.sheets.clone()),
        visible_only: sheet.visible_only,
        allow_email_update: sheet.allow_email_update,
        capabilities,
        present_licenses: if capabilities.portal {
            PresentLicenses::Readable
        } else {
            PresentLicenses::ToBeFoundOut
        },
        as_of,
        catalogue: if sheet.allow_unknown_codes {
            catalogue.allowing_unknown()
        } else {
            catalogue
        },
        finished: FinishedRows::default(),
    }
}

/// Reads the sheet; if its only problems are what the organization can answer (bundle codes that only its inventory may
/// know, whether users' present licences can be read there), it is asked and the sheet read again. How it was read comes
/// first.
pub(super) async fn read_sheet(
    source: &Arc<Source>,
    options: intake::Options,
    doorway: &Doorway,
    console: Console<'_>,
) -> Result<(intake::Options, Intake), SheetError> {
    let read = async |mut options: intake::Options, inventory: Option<Inventory>| {
        let read_from = Arc::clone(source);
        reading(source, console, move || {
            if let Some(inventory) = inventory {
                options.catalogue = options.catalogue.with_inventory(inventory);
            }
            let read = intake::read(&read_from, &options);
            (options, read)
        })
        .await
    };
    let (mut options, first) = read(options, None).await;
    let first = first?;
    let asks_only_for_codes = first
        .problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .all(|problem| problem.code == ProblemCode::UnknownBundleCode);
    let asks_for_codes = asks_only_for_codes && !first.unknown_codes.is_empty();
    let asks_for_licenses = options.present_licenses == PresentLicenses::ToBeFoundOut
        && first
            .problems
            .iter()
            .any(|problem| problem.code == ProblemCode::NotOffered && problem.severity == Severity::Warning);
    if !asks_for_codes && !asks_for_licenses {
        return Ok((options, first));
    }
    // If the organization cannot be asked, codes stay unknown, and the problems say so; that no licences can be read is
    // said when they are.
    let client = doorway.client().await.ok();
    let inventory = match &client {
        Some(client) if asks_for_codes => doorway.inventory(client).await.ok(),
        _ => None,
    };
    if inventory.is_none() && !asks_for_licenses {
        return Ok((options, first));
    }
    // Dropped first, because two copies of a million rows would take too much memory.
    drop(first);
    if asks_for_licenses {
        options.present_licenses = match &client {
            Some(client) if !doorway.tells_allocations(client).await => PresentLicenses::Unreadable,
            _ => PresentLicenses::Readable,
        };
    }
    let (options, again) = read(options, inventory).await;
    Ok((options, again?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zone_that_a_link_says_is_the_computers() {
        if let Some(zone) = zone_of_link() {
            let found = TimeZone::system();
            assert_eq!(zone.iana_name(), found.iana_name());
            assert_eq!(zone, found);
        }
    }
}
