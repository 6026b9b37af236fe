//! How the sheets of a profile are read, unless the command line says otherwise.

use jiff::tz::TimeZone;
use strum::IntoEnumIterator;

use super::finding::{Findings, SettingFault};
use super::section::{Section, did_you_mean};
use crate::intake::Column;
use crate::model::OperationKind;
use crate::sheet::NamedEncoding;
use crate::text::nearest;

/// What a profile says of its sheets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SheetSettings {
    /// The operation of rows that name none.
    pub operation: Option<OperationKind>,
    /// The encoding of sheets that do not say it themselves; found out where `None`.
    pub encoding: Option<NamedEncoding>,
    /// The zone of dates that name none; the computer's own where `None`.
    pub timezone: Option<TimeZone>,
    /// Headers and the columns they mean; a sheet need not have them.
    pub map: Vec<(String, Column)>,
}

pub(super) fn sheet(profile: &mut Section<'_>, findings: &Findings) -> SheetSettings {
    let operation = profile.text("operation").and_then(|said| {
        said.checked(findings, |name| {
            name.parse().map_err(|_| {
                let names = OperationKind::iter().map(OperationKind::as_str);
                SettingFault::new(format!("`{name}` is no operation"), did_you_mean(nearest(&name, names)))
            })
        })
    });
    let encoding = profile.text("encoding").and_then(|said| {
        said.checked(findings, |name| {
            name.parse().map_err(|refusal: String| SettingFault::new(refusal, ""))
        })
    });
    let timezone = profile
        .text("timezone")
        .and_then(|said| said.checked(findings, |name| zone_named(&name)));
    let map = profile
        .section("map")
        .into_texts()
        .into_iter()
        .filter_map(|(header, said)| {
            let column = said.checked(findings, |name| {
                Column::named(&name).ok_or_else(|| {
                    let near = Column::nearest(&name, |_| true).map(Column::as_str);
                    // What is nearly a column is a slip of the right order.
                    let turned = near.is_none().then(|| turned_round(&header, &name)).flatten();
                    turned.unwrap_or_else(|| {
                        SettingFault::new(format!("`{name}` is no column of reseat's"), did_you_mean(near))
                    })
                })
            });
            Some((header, column?))
        });
    SheetSettings {
        operation,
        encoding,
        timezone,
        map: map.collect(),
    }
}

/// A column in the place of the header, and the header in its place.
fn turned_round(header: &str, column: &str) -> Option<SettingFault> {
    let named = Column::named(header)?.as_str();
    let what = format!("the other way round: `{header}` is a column of reseat's, and the header comes first");
    let column = toml::Value::from(column);
    Some(SettingFault::new(what, format!("write `{column} = \"{named}\"`")))
}

/// The zone of this name in the IANA's list.
fn zone_named(name: &str) -> Result<TimeZone, SettingFault> {
    TimeZone::get(name).map_err(|_| {
        let known: Vec<String> = jiff::tz::db().available().map(|known| known.to_string()).collect();
        let near = nearest(name, known.iter().map(String::as_str)).map_or_else(
            || "write its name in the IANA's list: Europe/Berlin, America/New_York, Asia/Tokyo, UTC".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        SettingFault::new(format!("`{name}` is no time zone"), near)
    })
}
