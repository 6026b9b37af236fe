//! `reseat template`: a sheet to fill in. Sends reads if an organization is configured, or nothing at all.

use jiff::civil::Date;

use super::Ending;
use super::code_memory::inventory_of;
use super::console::Console;
use super::ending::Reason;
use super::failure::Failure;
use super::inputs::{as_of_now, catalogue, known_licenses, settings, survey};
use super::organization::Doorway;
use super::prepare::Session;
use super::runtime::block_on;
use super::sheet_place::SheetPlace;
use super::signals::Signals;
use super::template_delivery::{Lacking, deliver_template};
use crate::cli::{Asking, OutputFormat, Target, TemplateOptions};
use crate::directory::{self, Needs, Want};
use crate::model::AsOf;
use crate::settings::{Absence, Overrides, Reach, Settings};
use crate::sheet::WrittenFormat;
use crate::template::{Template, TemplateLists};

pub(super) fn template(options: &TemplateOptions, overrides: &Overrides, console: Console) -> Result<Ending, Failure> {
    let place = options
        .out
        .as_deref()
        .map(|path| SheetPlace::of(path, options.existing));
    let place = place.transpose()?;
    let format = place.as_ref().map_or(WrittenFormat::Csv, SheetPlace::format);
    // A CSV has no lists to choose from, so nothing need be asked for one.
    let shows_lists = format == WrittenFormat::Workbook || console.output == OutputFormat::Json;
    let has_lists = shows_lists && needs(options).is_some();
    let asked = match (options.asking, options.target) {
        (Asking::IfConfigured, _) if !has_lists => Asked::Nobody,
        (Asking::IfConfigured, Target::Sandbox) => Asked::Organization,
        (Asking::IfConfigured, Target::Configured) if survey(overrides, Absence::Fault)?.settings.is_ok() => {
            Asked::Organization
        }
        (Asking::IfConfigured, Target::Configured) => Asked::NobodyForWantOfSettings,
        (Asking::Never, _) => Asked::Nobody,
    };
    let reach = match (&asked, options.target) {
        (Asked::Organization, Target::Configured) => Reach::Online,
        (Asked::Organization, Target::Sandbox) | (Asked::NobodyForWantOfSettings | Asked::Nobody, _) => Reach::Offline,
    };
    let settings = settings(overrides, reach, console)?;
    let as_of = as_of_now(&settings);
    let without = || TemplateLists::of_catalogue(&known_licenses(&settings, options.target, console));
    let (lists, lacking) = match asked {
        Asked::Organization => (read(&settings, options, &as_of, console)?, None),
        Asked::NobodyForWantOfSettings => {
            let name = settings.address.as_ref().map(|address| address.organization.clone());
            (without(), Some(name.map_or(Lacking::Organization, Lacking::WayToAsk)))
        }
        Asked::Nobody => (without(), None),
    };
    let template = Template::new(options.kind, options.language, lists, day_of(&as_of));
    deliver_template(&template, place.as_ref(), lacking, console)
}

/// Who is asked for what the lists offer.
enum Asked {
    /// The organization that is meant.
    Organization,
    /// Nobody, since it is not configured, or not as it has to be.
    NobodyForWantOfSettings,
    /// Nobody.
    Nobody,
}

/// What the lists of this template need to know; `None` where they offer nothing of an organization.
fn needs(options: &TemplateOptions) -> Option<Needs<'static>> {
    let (groups, licenses) = (options.kind.has_groups(), options.kind.has_licenses());
    (groups || licenses).then(|| Needs {
        groups,
        seats: if licenses { Want::WhereOffered } else { Want::No },
        ..Needs::default()
    })
}

/// The lists of the organization.
fn read(
    settings: &Settings,
    options: &TemplateOptions,
    as_of: &AsOf,
    console: Console,
) -> Result<TemplateLists, Failure> {
    let read = block_on(async {
        let signals = Signals::listen();
        let session = Session::new(settings, console, signals.clone());
        let reading = Box::pin(read_lists(&session, options, as_of));
        signals.obeyed_by(reading).await
    });
    read.map_err(|failure| match failure.reason {
        Reason::Interrupted => failure,
        _ => failure.with_help("`--offline` writes the template without the organization's groups and licences"),
    })
}

async fn read_lists(session: &Session<'_>, options: &TemplateOptions, as_of: &AsOf) -> Result<TemplateLists, Failure> {
    let observer = session.relay.observer();
    let doorway = Doorway::of(session.settings, options.target, observer, &session.signals).await?;
    let organization = doorway.open().await?;
    organization.check_id(&session.signals).await?;
    let progress = session.progress();
    let observer = session.relay.observer();
    let needs = needs(options).unwrap_or_default();
    let read = directory::read(&organization.client, &needs, &organization.read, &observer).await;
    progress.finish();
    let snapshot = read.map_err(|error| session.not_read(&error))?;
    let name = organization.name.clone();
    let seats = snapshot.seats().unwrap_or_default();
    let catalogue = catalogue(session.settings).with_inventory(inventory_of(&name, seats, as_of.now));
    Ok(TemplateLists::of_organization(
        &snapshot,
        &catalogue,
        name,
        day_of(as_of),
    ))
}

/// The day that it is for whoever types the command.
fn day_of(as_of: &AsOf) -> Date {
    as_of.now.to_zoned(as_of.zone.clone()).date()
}
