//! Lenient reading of answers: member names in any case, null as absent, numbers or strings, arrays or objects.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;
use uuid::Uuid;

use super::Page;
use crate::model::{BundleCode, BundleSet};

/// The first member that is there and not null, its name in any case.
pub(super) fn member<'a>(value: &'a Value, names: &[&str]) -> Option<&'a Value> {
    let object = value.as_object()?;
    names.iter().find_map(|name| {
        let exact = object.get(*name);
        let found = exact.or_else(|| {
            let mut members = object.iter();
            members.find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
        });
        found.filter(|value| !value.is_null())
    })
}

/// A text, or a number as text; empty where there is none.
pub(super) fn text(value: &Value, names: &[&str]) -> String {
    match member(value, names) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// A truth value: `true`, `"true"`, or a number other than 0.
pub(super) fn flag(value: &Value, names: &[&str]) -> Option<bool> {
    match member(value, names)? {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        other => number(other).map(|number| number != 0),
    }
}

/// A whole number, also as a float (the documents show limits of quotas as `0.0`) or a text.
pub(super) fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| {
            let float = number.as_f64().filter(|float| *float >= 0.0)?;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "not negative, and a float cast saturates"
            )]
            let whole = float as u64;
            Some(whole)
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A time as the services write it: seven digits of a second and no zone, which means UTC (`uipath-api`, 10), or with one.
pub(super) fn time(value: &Value) -> Option<Timestamp> {
    let text = value.as_str()?.trim();
    let without_a_zone = || {
        let civil: DateTime = text.parse().ok()?;
        Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    text.parse().ok().or_else(without_a_zone)
}

/// A GUID other than the all-zero one, which means "none": a failed invitation has it as its user id.
pub(super) fn guid(value: &Value) -> Option<Uuid> {
    let guid = Uuid::try_parse(value.as_str()?.trim()).ok()?;
    (!guid.is_nil()).then_some(guid)
}

/// The position of an enum's value, which may be given as a number or by name.
pub(super) fn variant(value: &Value, names: &[&str], known: &[&str]) -> Option<usize> {
    let value = member(value, names)?;
    match value {
        Value::String(text) if text.parse::<u64>().is_err() => {
            known.iter().position(|name| name.eq_ignore_ascii_case(text.trim()))
        }
        other => number(other).and_then(|number| usize::try_from(number).ok()),
    }
}

/// The entries of an array; a single object counts as an array of one, nothing as none.
pub(super) fn entries(value: &Value) -> &[Value] {
    match value {
        Value::Array(entries) => entries,
        Value::Null => &[],
        single => std::slice::from_ref(single),
    }
}

/// The ids of an array that can be read.
pub(super) fn guids(value: &Value, names: &[&str]) -> Vec<Uuid> {
    let list = member(value, names).map(entries).unwrap_or_default();
    list.iter().filter_map(guid).collect()
}

/// A set of bundle codes: texts, objects with a `code`, or an object with the codes as its keys.
pub(super) fn codes(value: &Value) -> BundleSet {
    if let Value::Object(object) = value
        && code(value).is_none()
    {
        return object.keys().map(|key| BundleCode::new(key)).collect();
    }
    entries(value).iter().filter_map(code).collect()
}

/// One bundle code: a text, or an object with a `code`.
pub(super) fn code(value: &Value) -> Option<BundleCode> {
    let text = match value {
        Value::String(text) => text.clone(),
        object => text(object, &["code", "userBundleCode", "bundleCode"]),
    };
    (!text.trim().is_empty()).then(|| BundleCode::new(&text))
}

/// One page of a listing: `{results, totalCount}`, the same inside an outer array, or a bare array.
/// An entry that cannot be read is counted and left out. `None` if it is no listing at all.
pub(super) fn page<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Page<T>> {
    let inner = match value {
        Value::Array(outer) => match outer.as_slice() {
            [only] if listing(only).is_some() => only,
            _ => value,
        },
        _ => value,
    };
    let entries = listing(inner).or_else(|| inner.as_array())?;
    Some(Page {
        items: entries.iter().filter_map(read).collect(),
        received: entries.len() as u64,
        total: member(inner, &["totalCount", "total", "count"]).and_then(number),
    })
}

fn listing(value: &Value) -> Option<&Vec<Value>> {
    member(value, &["results", "items", "value", "data"])?.as_array()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_found_in_any_case_and_null_is_absent() {
        let value = json!({"GroupIds": ["x"], "name": null, "Name": "Ann"});
        assert!(member(&value, &["groupIDs"]).is_some());
        assert_eq!(text(&json!({"name": null}), &["name"]), "");
        assert_eq!(text(&value, &["missing", "NAME"]), "");
    }

    #[test]
    fn numbers_flags_and_enums_are_read_in_each_form() {
        for value in [json!(3), json!(3.0), json!("3")] {
            assert_eq!(number(&value), Some(3));
        }
        for (value, expected) in [
            (json!(true), Some(true)),
            (json!("False"), Some(false)),
            (json!(1), Some(true)),
            (json!("perhaps"), None),
        ] {
            assert_eq!(flag(&json!({"x": value}), &["x"]), expected);
        }
        for value in [json!(1), json!("1"), json!("Custom")] {
            assert_eq!(
                variant(&json!({"type": value}), &["type"], &["builtIn", "custom"]),
                Some(1)
            );
        }
    }

    #[test]
    fn a_time_without_a_zone_is_one_of_utc() {
        let expected: Timestamp = "2025-08-12T06:41:10.0901663Z".parse().unwrap();
        for written in ["2025-08-12T06:41:10.0901663", "2025-08-12T08:41:10.0901663+02:00"] {
            assert_eq!(time(&json!(written)), Some(expected));
        }
        assert_eq!((time(&json!("yesterday")), time(&json!(3))), (None, None));
    }

    #[test]
    fn codes_are_read_from_texts_objects_and_keys() {
        let expected: BundleSet = ["ATTUNU", "TSTNU"].into_iter().map(BundleCode::new).collect();
        for value in [
            json!(["TSTNU", "ATTUNU"]),
            json!([{"code": "TSTNU"}, {"userBundleCode": "ATTUNU"}]),
            json!({"ATTUNU": 1, "TSTNU": 0}),
        ] {
            assert_eq!(codes(&value), expected, "{value}");
        }
        assert!(codes(&json!([])).is_empty());
        assert!(codes(&Value::Null).is_empty());
    }

    #[test]
    fn a_listing_is_read_bare_wrapped_or_wrapped_again_and_unreadable_entries_still_count() {
        let read = |value: &Value| value.as_u64();
        let whole = json!({"totalCount": 9, "results": [1, "x", 3]});
        for value in [whole.clone(), json!([whole]), json!([1, "x", 3])] {
            let page = page(&value, read).unwrap();
            assert_eq!((page.items, page.received), (vec![1, 3], 3), "{value}");
        }
        assert_eq!(page(&json!([]), read).map(|page| page.received), Some(0));
        assert_eq!(page(&json!({"unrelated": 1}), read), None);
    }
}
