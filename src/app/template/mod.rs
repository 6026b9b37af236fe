//! `reseat template`: a sheet to fill in. Sends reads if an organization is configured, or nothing at all.

mod delivery;

use self::delivery::deliver_template;
use super::Ending;
use super::asked::{Asked, ask, asked};
use super::console::Console;
use super::failure::Failure;
use super::inputs::{as_of_now, catalogue_of, known_licenses, unused_configuration};
use super::organization::Organization;
use super::session::Session;
use super::sheet_place::SheetPlace;
use crate::cli::{Asking, OutputFormat, TemplateOptions};
use crate::directory::{Needs, Want};
use crate::model::AsOf;
use crate::settings::Overrides;
use crate::sheet::WrittenFormat;
use crate::template::{Template, TemplateLists};

/// How to do without the organization.
const OFFLINE: &str = "`--offline` writes the template without the organization's groups and licences";

pub(super) fn template(
    options: &TemplateOptions,
    overrides: &Overrides,
    console: Console<'_>,
) -> Result<Ending, Failure> {
    let place = SheetPlace::asked_for(&options.sheet)?;
    let format = place.as_ref().map_or(WrittenFormat::Csv, SheetPlace::format);
    // A CSV has no lists to choose from, so nothing need be asked for one.
    let shows_lists = format == WrittenFormat::Workbook || console.output == OutputFormat::Json;
    let has_lists = shows_lists && needs(options).is_some();
    let asking = if has_lists { options.asking } else { Asking::Never };
    let (lists, lacking, day) = match asked((options.target, asking), OFFLINE, overrides, console)? {
        Asked::Organization(settings) => {
            let as_of = as_of_now(&settings);
            let read = async |session: &Session<'_>, organization: &Organization| {
                read_lists(session, organization, options, &as_of).await
            };
            let lists = ask(&settings, options.target, OFFLINE, console, read)?;
            (lists, None, as_of.day())
        }
        Asked::Nobody { settings, why } => {
            if let (Some(_), Some(place)) = (&why, &place) {
                console.tell(unused_configuration(place.path(), options.target, &settings));
            }
            let catalogue = known_licenses(&settings, options.target, console)?;
            let day = as_of_now(&settings).day();
            (TemplateLists::of_catalogue(&catalogue), why, day)
        }
    };
    let template = Template::new(options.kind, options.language, lists, day);
    deliver_template(&template, place.as_ref(), lacking, console)
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
async fn read_lists(
    session: &Session<'_>,
    organization: &Organization,
    options: &TemplateOptions,
    as_of: &AsOf,
) -> Result<TemplateLists, Failure> {
    let progress = session.progress();
    let needs = needs(options).unwrap_or_default();
    let snapshot = session.read(organization, &needs).await;
    progress.finish();
    let (snapshot, name) = (snapshot?, organization.name.clone());
    let catalogue = catalogue_of(session.settings, &name, &snapshot, as_of.now);
    Ok(TemplateLists::of_organization(&snapshot, &catalogue, name, as_of.day()))
}
