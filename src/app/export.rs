//! `reseat export`: the present state as a sheet. Only sends reads.

use super::Ending;
use super::console::Console;
use super::ending::Reason;
use super::export_delivery::deliver_export;
use super::export_place::ExportPlace;
use super::failure::Failure;
use super::inputs::{as_of_now, catalogue, settings_for};
use super::organization::Doorway;
use super::prepare::Session;
use super::runtime::block_on;
use super::signals::Signals;
use crate::cli::{ExportOptions, ExportWhat, Target};
use crate::directory::{self, Needs, Snapshot, Want};
use crate::export::{self, Exported, Filter, FilterError, Memberships, Present};
use crate::holdings::Holdings;
use crate::settings::{Overrides, Settings};

pub(super) fn export(options: &ExportOptions, overrides: &Overrides, console: Console) -> Result<Ending, Failure> {
    if let ExportWhat::Moves(_) = options.what {
        return Err(Failure::new(Ending::CouldNotStart, Reason::Settings, "not there yet"));
    }
    refuse_filters(options).map_err(|errors| refused(&errors))?;
    let place = ExportPlace::of(options)?;
    let settings = settings_for(options.target, overrides, console)?;
    let as_of = as_of_now(&settings);
    let snapshot = read(&settings, options, console)?;
    let holdings = Holdings::of(&snapshot);
    let inventory = snapshot.seats().unwrap_or_default().iter();
    let catalogue = catalogue(&settings).with_codes(inventory.map(|seats| seats.code.clone()), "the organization");
    let present = Present {
        snapshot: &snapshot,
        holdings: &holdings,
        as_of: &as_of,
        catalogue: &catalogue,
    };
    let exported = exported(options, present).map_err(|errors| refused(&errors))?;
    deliver_export(options, place.as_ref(), &exported, present, console)
}

/// Refuses filters that this export cannot apply.
fn refuse_filters(options: &ExportOptions) -> Result<(), Vec<FilterError>> {
    match options.what {
        ExportWhat::Groups => export::refuse_filters_about_people(&options.filters),
        ExportWhat::Users { .. } | ExportWhat::Licenses | ExportWhat::Moves(_) => Ok(()),
    }
}

fn refused(errors: &[FilterError]) -> Failure {
    let message = match errors {
        [only] => only.to_string(),
        errors => format!("{} filters cannot be used", errors.len()),
    };
    let details = match errors {
        [_] => Vec::new(),
        errors => errors.iter().map(ToString::to_string).collect(),
    };
    Failure::new(Ending::CouldNotStart, Reason::Settings, message).with_details(details)
}

/// Reads what this export is made of.
fn read(settings: &Settings, options: &ExportOptions, console: Console) -> Result<Snapshot, Failure> {
    block_on(async {
        let signals = Signals::listen();
        let session = Session::new(settings, console, signals.clone());
        let needs = needs(options);
        let reading = Box::pin(read_present(&session, options.target, &needs));
        signals.obeyed_by(reading).await
    })
}

/// Reads the present state.
pub(super) async fn read_present(
    session: &Session<'_>,
    target: Target,
    needs: &Needs<'_>,
) -> Result<Snapshot, Failure> {
    let observer = session.relay.observer();
    let doorway = Doorway::of(session.settings, target, observer, &session.signals).await?;
    let organization = doorway.open().await?;
    organization.check_id(&session.signals).await?;
    let progress = session.progress();
    let observer = session.relay.observer();
    let read = directory::read(&organization.client, needs, &organization.read, &observer).await;
    progress.finish();
    read.map_err(|error| session.not_read(&error))
}

fn needs(options: &ExportOptions) -> Needs<'static> {
    let whole = Needs::whole_organization();
    let is_about_licenses = |filter: &Filter| match filter {
        Filter::License(_) | Filter::IdleLongerThan(_) => true,
        Filter::Domain(_)
        | Filter::Group(_)
        | Filter::Active(_)
        | Filter::InvitationPending(_)
        | Filter::NeverSignedIn
        | Filter::CreatedBefore(_) => false,
    };
    match options.what {
        ExportWhat::Licenses => whole,
        // Who holds what is for people there, unless a filter judges by it.
        ExportWhat::Users { .. } | ExportWhat::Moves(_) if !options.filters.iter().any(is_about_licenses) => Needs {
            allocations: Want::WhereOffered,
            ..whole
        },
        ExportWhat::Users { .. } | ExportWhat::Moves(_) => whole,
        ExportWhat::Groups => Needs {
            allocations: Want::No,
            ..whole
        },
    }
}

fn exported<'a>(options: &ExportOptions, present: Present<'a>) -> Result<Exported<'a>, Vec<FilterError>> {
    let filters = &options.filters;
    match &options.what {
        ExportWhat::Users { exact: false } => export::users(present, filters, Memberships::Added),
        ExportWhat::Users { exact: true } => export::users(present, filters, Memberships::Exact),
        ExportWhat::Licenses => export::licenses(present, filters),
        ExportWhat::Groups => export::groups(present, filters),
        ExportWhat::Moves(_) => Err(Vec::new()),
    }
}
