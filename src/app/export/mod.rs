//! `reseat export`: the present state as a sheet. Only sends reads.

mod delivery;
mod move_list;
mod place;

use self::delivery::deliver_export;
use self::move_list::read_addresses;
use self::place::ExportPlace;
use super::Ending;
use super::console::Console;
use super::failure::Failure;
use super::inputs::{as_of_now, catalogue_of, settings_for};
use super::organization::Doorway;
use super::organization::label::Whose;
use super::runtime::block_on;
use super::session::{Session, in_session};
use super::signals::Signals;
use crate::cli::{ExportOptions, ExportWhat, MoveOptions};
use crate::directory::{Needs, Rules, Snapshot, Want};
use crate::export::moves::{MoveRequest, moves};
use crate::export::{self, Exported, Filter, FilterError, Memberships, Present};
use crate::holdings::Holdings;
use crate::model::AsOf;
use crate::settings::{Overrides, Settings};
use crate::text::plural;

pub(super) fn export(options: &ExportOptions, overrides: &Overrides, console: Console<'_>) -> Result<Ending, Failure> {
    let asked = Asked::of(&options.what)?;
    refuse_filters(options).map_err(|errors| refused(&errors))?;
    let place = ExportPlace::of(options)?;
    let settings = settings_for(options.target, overrides, console)?;
    let as_of = as_of_now(&settings);
    let asked = asked.with_list(&options.what, &settings, &as_of, console)?;
    let (whose, name, snapshot) = in_session(&settings, console, async |session: &Session<'_>| {
        read(session, options).await
    })?;
    let holdings = Holdings::of(&snapshot);
    let catalogue = catalogue_of(&settings, &name, &snapshot, as_of.now);
    let present = Present {
        snapshot: &snapshot,
        holdings: &holdings,
        as_of: &as_of,
        catalogue: &catalogue,
    };
    let exported = asked.exported(&options.filters, present);
    let exported = exported.map_err(|errors| refused(&errors))?;
    deliver_export(options, place.as_ref(), &exported, (present, &whose), console)
}

/// What is asked for, with all that has to be read for it besides the organization.
enum Asked {
    Users(Memberships),
    Licenses,
    Groups,
    Moves(Box<MoveRequest>),
}

impl Asked {
    /// # Errors
    /// If what is asked for does not fit together.
    fn of(what: &ExportWhat) -> Result<Self, Failure> {
        Ok(match what {
            ExportWhat::Users { exact: false } => Self::Users(Memberships::Added),
            ExportWhat::Users { exact: true } => Self::Users(Memberships::Exact),
            ExportWhat::Licenses => Self::Licenses,
            ExportWhat::Groups => Self::Groups,
            ExportWhat::Moves(moves) => {
                let MoveOptions {
                    from,
                    to,
                    address,
                    addresses: _,
                    columns: _,
                    language,
                } = moves.clone();
                let request = MoveRequest::new(from, to, address, language);
                let request = request.map_err(|error| Failure::of_settings(&error))?;
                Self::Moves(Box::new(request))
            }
        })
    }

    /// The same with the list of real addresses, if there is one.
    fn with_list(
        self,
        what: &ExportWhat,
        settings: &Settings,
        as_of: &AsOf,
        console: Console<'_>,
    ) -> Result<Self, Failure> {
        let (Self::Moves(request), ExportWhat::Moves(moves)) = (&self, what) else {
            return Ok(self);
        };
        let Some(path) = &moves.addresses else {
            return Ok(self);
        };
        let addresses = block_on(async {
            let reading = read_addresses(path, &moves.columns, &moves.to, settings, as_of.clone(), console);
            Signals::listen().obeyed_by(reading).await
        })?;
        Ok(Self::Moves(Box::new(
            request.as_ref().clone().with_addresses(addresses),
        )))
    }

    fn exported<'a>(&self, filters: &[Filter], present: Present<'a>) -> Result<Exported<'a>, Vec<FilterError>> {
        match self {
            Self::Users(memberships) => export::users(present, filters, *memberships),
            Self::Licenses => export::licenses(present, filters),
            Self::Groups => export::groups(present, filters),
            Self::Moves(request) => moves(present, filters, request),
        }
    }
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
        errors => format!("{} cannot be used", plural(errors.len(), "filter")),
    };
    let details = match errors {
        [_] => Vec::new(),
        errors => errors.iter().map(ToString::to_string).collect(),
    };
    Failure::in_settings(message).with_details(details)
}

/// Reads what this export is made of, and tells whose it is and under which name in addresses.
async fn read(session: &Session<'_>, options: &ExportOptions) -> Result<(Whose, String, Snapshot), Failure> {
    let doorway = Doorway::of(session, options.target).await?;
    session.tell_whose(&doorway);
    let organization = doorway.open().await?;
    organization.check_id(session).await?;
    let progress = session.progress();
    let snapshot = session.read(&organization, &needs(options)).await;
    progress.finish();
    Ok((organization.whose(), organization.name.clone(), snapshot?))
}

fn needs(options: &ExportOptions) -> Needs<'static> {
    let whole = Needs::whole_organization();
    let is_about_licenses = |filter: &Filter| matches!(filter, Filter::License(_) | Filter::IdleLongerThan(_));
    let judges_licenses = options.filters.iter().any(is_about_licenses);
    match options.what {
        ExportWhat::Licenses => whole,
        ExportWhat::Users { .. } | ExportWhat::Moves(_) if judges_licenses => whole,
        // Who holds what is only for people to read there.
        ExportWhat::Users { .. } | ExportWhat::Moves(_) => Needs {
            allocations: Want::Optional,
            rules: Rules::AllWhereRead,
            seats: Want::Optional,
            ..whole
        },
        ExportWhat::Groups => Needs {
            allocations: Want::No,
            seats: Want::Optional,
            ..whole
        },
    }
}
