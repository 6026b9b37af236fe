//! Lenient reading of answers: member names in any case, null as absent, numbers or strings, arrays or objects.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use uuid::Uuid;

use super::Page;
use super::document::{Entries, Json, Shape};
use crate::model::{BundleCode, BundleSet};

/// The first member that is there and not null, its name in any case.
pub(super) fn member<'a>(value: Json<'a>, names: &[&str]) -> Option<Json<'a>> {
    names.iter().find_map(|name| {
        let [found] = members(value, [name]);
        found.filter(|value| !value.is_null())
    })
}

/// The members of these names, null ones too, found in one pass that is quickest where they stand in this order. A name
/// that is spelt as here counts before one that differs in case, and of several such the first.
pub(super) fn members<'a, const N: usize>(value: Json<'a>, names: [&str; N]) -> [Option<Json<'a>>; N] {
    let (mut exact, mut other) = ([None; N], [None; N]);
    let mut likely = 0;
    for (name, value) in value.members() {
        let is_likely = names.get(likely) == Some(&name);
        let place = Some(likely).filter(|_| is_likely);
        if let Some(place) = place.or_else(|| names.iter().position(|known| *known == name)) {
            // Of a member that is there twice the last counts.
            exact[place] = Some(value);
            likely = place + 1;
            continue;
        }
        for (known, other) in names.iter().zip(&mut other) {
            if known.eq_ignore_ascii_case(name) && other.is_none_or(|(first, _)| first == name) {
                *other = Some((name, value));
            }
        }
    }
    for (exact, other) in exact.iter_mut().zip(other) {
        *exact = exact.or(other.map(|(_, value)| value));
    }
    exact
}

/// The members of an object whose names are not known beforehand, each name once.
pub(super) fn fields(value: Json<'_>) -> Vec<(&str, Json<'_>)> {
    let mut fields: Vec<(&str, Json<'_>)> = Vec::new();
    for (name, value) in value.members() {
        match fields.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => fields.push((name, value)),
        }
    }
    fields
}

/// What may be there or not: null says that it is not.
#[expect(
    clippy::option_option,
    reason = "an answer that cannot be read is told from one that says nothing"
)]
pub(super) fn optional<'a, T>(value: Json<'a>, read: impl FnOnce(Json<'a>) -> Option<T>) -> Option<Option<T>> {
    if value.is_null() {
        Some(None)
    } else {
        read(value).map(Some)
    }
}

/// A text, or a number as text; empty where there is none.
pub(super) fn text<'a>(value: Json<'a>, names: &[&str]) -> Cow<'a, str> {
    member(value, names).map(words).unwrap_or_default()
}

/// The same of a value.
pub(super) fn words(value: Json<'_>) -> Cow<'_, str> {
    match value.shape() {
        Shape::Text(text) => text.into(),
        Shape::Number(number) => number.to_string().into(),
        _ => "".into(),
    }
}

/// A truth value: `true`, `"true"`, or a number other than 0.
pub(super) fn flag(value: Json<'_>, names: &[&str]) -> Option<bool> {
    truth(member(value, names)?)
}

/// The same of a value.
pub(super) fn truth(value: Json<'_>) -> Option<bool> {
    match value.shape() {
        Shape::Bool(flag) => Some(flag),
        Shape::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Shape::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => number(value).map(|number| number != 0),
    }
}

/// A whole number, also as a float (the documents show limits of quotas as `0.0`) or a text.
pub(super) fn number(value: Json<'_>) -> Option<u64> {
    match value.shape() {
        Shape::Number(number) => number.as_u64().or_else(|| {
            let float = number.as_f64().filter(|float| *float >= 0.0)?;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "not negative, and a float cast saturates"
            )]
            let whole = float as u64;
            Some(whole)
        }),
        Shape::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A time as the services write it: seven digits of a second and no zone, which means UTC (`uipath-api`, 10), or with one.
pub(super) fn time(value: Json<'_>) -> Option<Timestamp> {
    let pieces = Pieces::parse(value.as_str()?.trim()).ok()?;
    let civil = pieces.date().to_datetime(pieces.time().unwrap_or(Time::midnight()));
    pieces
        .to_numeric_offset()
        .unwrap_or(Offset::UTC)
        .to_timestamp(civil)
        .ok()
}

/// A GUID other than the all-zero one, which means "none": a failed invitation has it as its user id.
pub(super) fn guid(value: Json<'_>) -> Option<Uuid> {
    let guid = Uuid::try_parse(value.as_str()?.trim()).ok()?;
    (!guid.is_nil()).then_some(guid)
}

/// The position of an enum's value, which may be given as a number or by name.
pub(super) fn variant(value: Json<'_>, known: &[&str]) -> Option<usize> {
    match value.shape() {
        Shape::Text(text) if text.parse::<u64>().is_err() => {
            known.iter().position(|name| name.eq_ignore_ascii_case(text.trim()))
        }
        _ => number(value).and_then(|number| usize::try_from(number).ok()),
    }
}

/// The ids of an array that can be read.
pub(super) fn guids<'a>(value: Json<'a>, names: &[&str]) -> impl Iterator<Item = Uuid> + use<'a> {
    let list = member(value, names).map(Json::entries);
    list.into_iter().flatten().filter_map(guid)
}

/// A set of bundle codes: texts, objects with a `code`, or an object with the codes as its keys.
pub(super) fn codes(value: Json<'_>) -> BundleSet {
    if value.is_object() && code(value).is_none() {
        return value.members().map(|(name, _)| BundleCode::new(name)).collect();
    }
    value.entries().filter_map(code).collect()
}

/// One bundle code: a text, or an object with a `code`.
pub(super) fn code(value: Json<'_>) -> Option<BundleCode> {
    let text = match value.shape() {
        Shape::Text(text) => text.into(),
        _ => text(value, &["code", "userBundleCode", "bundleCode"]),
    };
    (!text.trim().is_empty()).then(|| BundleCode::new(&text))
}

/// One page of a listing: `{results, totalCount}`, the same inside an outer array, or a bare array.
/// An entry that cannot be read is counted and left out. `None` if it is no listing at all.
pub(super) fn page<'a, T>(value: Json<'a>, mut read: impl FnMut(Json<'a>) -> Option<T>) -> Option<Page<T>> {
    let mut outer = value.entries();
    let inner = match (value.shape(), outer.next(), outer.next()) {
        (Shape::Array(_), Some(only), None) if listing(only).is_some() => only,
        _ => value,
    };
    let bare = match inner.shape() {
        Shape::Array(entries) => Some(entries),
        _ => None,
    };
    let mut received = 0;
    let entries = listing(inner).or(bare)?.inspect(|_| received += 1);
    Some(Page {
        items: entries.filter_map(&mut read).collect(),
        received,
        total: member(inner, &["totalCount", "total", "count"]).and_then(number),
    })
}

/// The page that begins at `skip`. If the first one has entries and none of them can be read, it lists something else.
pub(super) fn page_from<'a, T>(skip: u64, value: Json<'a>, read: impl FnMut(Json<'a>) -> Option<T>) -> Option<Page<T>> {
    page(value, read).filter(|page| skip > 0 || page.received == 0 || !page.items.is_empty())
}

fn listing(value: Json<'_>) -> Option<Entries<'_>> {
    match member(value, &["results", "items", "value", "data"])?.shape() {
        Shape::Array(entries) => Some(entries),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::DateTime;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::api::document::Document;

    fn document(value: &Value) -> Document {
        Document::of(value)
    }

    #[test]
    fn members_are_found_in_any_case_and_null_is_absent() {
        let value = document(&json!({"GroupIds": ["x"], "name": null, "Name": "Ann"}));
        assert!(member(value.json(), &["groupIDs"]).is_some());
        assert_eq!(text(document(&json!({"name": null})).json(), &["name"]), "");
        assert_eq!(text(value.json(), &["missing", "NAME"]), "");
    }

    #[test]
    fn numbers_flags_and_enums_are_read_in_each_form() {
        for value in [json!(3), json!(3.0), json!("3")] {
            assert_eq!(number(document(&value).json()), Some(3));
        }
        for (value, expected) in [
            (json!(true), Some(true)),
            (json!("False"), Some(false)),
            (json!(1), Some(true)),
            (json!("perhaps"), None),
        ] {
            assert_eq!(flag(document(&json!({"x": value})).json(), &["x"]), expected);
        }
        for value in [json!(1), json!("1"), json!("Custom")] {
            assert_eq!(variant(document(&value).json(), &["builtIn", "custom"]), Some(1));
        }
    }

    #[test]
    fn a_time_without_a_zone_is_one_of_utc() {
        let time = |value: Value| time(document(&value).json());
        let expected: Timestamp = "2025-08-12T06:41:10.0901663Z".parse().unwrap();
        for written in [
            "2025-08-12T06:41:10.0901663",
            "2025-08-12T06:41:10.0901663Z",
            "2025-08-12T08:41:10.0901663+02:00",
        ] {
            assert_eq!(time(json!(written)), Some(expected));
        }
        assert_eq!(time(json!("2025-08-12")), "2025-08-12T00:00:00Z".parse().ok());
        assert_eq!((time(json!("yesterday")), time(json!(3))), (None, None));
    }

    #[test]
    fn codes_are_read_from_texts_objects_and_keys() {
        let expected: BundleSet = ["ATTUNU", "TSTNU"].into_iter().map(BundleCode::new).collect();
        for value in [
            json!(["TSTNU", "ATTUNU"]),
            json!([{"code": "TSTNU"}, {"userBundleCode": "ATTUNU"}]),
            json!({"ATTUNU": 1, "TSTNU": 0}),
        ] {
            assert_eq!(codes(document(&value).json()), expected, "{value}");
        }
        for nothing in [json!([]), Value::Null] {
            assert!(codes(document(&nothing).json()).is_empty());
        }
    }

    #[test]
    fn a_listing_is_read_bare_wrapped_or_wrapped_again_and_unreadable_entries_still_count() {
        let read = |value: Json<'_>| number(value);
        let whole = json!({"totalCount": 9, "results": [1, "x", 3]});
        for value in [whole.clone(), json!([whole]), json!([1, "x", 3])] {
            let page = page(document(&value).json(), read).unwrap();
            assert_eq!((page.items, page.received), (vec![1, 3], 3), "{value}");
        }
        let page = |value: Value| page(document(&value).json(), read);
        assert_eq!(page(json!([])).map(|page| page.received), Some(0));
        assert_eq!(page(json!({"unrelated": 1})), None);
    }

    /// What a member is by the rules, looked up one name after the other in a map.
    fn looked_up<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
        let mut members = object.iter();
        let other = members.find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value));
        object.get(name).or(other)
    }

    /// Days and times, of which some are none, without a zone or with one.
    const TIMES: &str = concat!(
        r"(20[0-9]{2}|0001)-[01][0-9]-[0-3][0-9]([T ][0-2][0-9]:[0-5][0-9](:[0-6][0-9](\.[0-9]{1,9})?)?)?",
        r"(Z|z|[+-][01][0-9]:?[0-5][0-9]|\[Europe/Berlin\])?",
    );

    proptest! {
        #[test]
        fn a_time_is_one_with_a_zone_or_else_without(
            text in TIMES,
        ) {
            let without = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok();
            let expected = text.parse().ok().or_else(|| Some(without()?.timestamp()));
            prop_assert_eq!(time(document(&json!(text)).json()), expected);
        }

        #[test]
        fn members_in_any_order_spelling_and_number_are_those_that_a_map_has(
            written in proptest::collection::vec(("[aAbBcCé]{1,2}", 0..9_u8), 0..12),
        ) {
            let members_of = written.iter().map(|(name, value)| format!("\"{name}\":{value}"));
            let body = format!("{{{}}}", members_of.collect::<Vec<_>>().join(","));
            let map: Map<String, Value> = serde_json::from_str(&body).unwrap();
            let document = Document::read(body.into_bytes()).unwrap();
            let names = ["a", "B", "ab", "Ca", "cc", "bé"];
            for (name, found) in names.iter().zip(members(document.json(), names)) {
                prop_assert_eq!(found.and_then(number), looked_up(&map, name).and_then(Value::as_u64));
            }
            let fields = fields(document.json());
            let fields: Vec<_> = fields.into_iter().map(|(name, value)| (name, number(value))).collect();
            let expected: Vec<_> = map.iter().map(|(name, value)| (name.as_str(), value.as_u64())).collect();
            prop_assert_eq!(fields, expected);
        }
    }
}
