//! A JSON answer taken apart once: the body as it came, and a list of what is in it, in the order in which it stands there.
//!
//! Texts stay where they are in the body, and nothing else is allocated for a value than its place in the list, so that a
//! page of a thousand users costs two pieces of memory and not fifty thousand.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

/// A JSON text and what is in it.
#[derive(Debug, Default)]
pub(super) struct Document {
    text: String,
    /// The texts that are written with escapes, as they mean, one behind the other.
    unescaped: String,
    nodes: Vec<Node>,
}

/// A value, or the name of a member, which is followed by the member's value.
#[derive(Debug)]
enum Node {
    Null,
    Bool(bool),
    Number(Number),
    /// A place in the body.
    Text(Place),
    /// A place among the texts that had escapes.
    Unescaped(Place),
    /// An array; what comes up to this node is in it.
    Array(u32),
    /// An object, likewise.
    Object(u32),
}

/// A page of a thousand users is some thirty thousand of them.
const _: () = assert!(size_of::<Node>() == 16);

#[derive(Debug, Clone, Copy)]
struct Place {
    start: u32,
    length: u32,
}

/// A value of a [`Document`].
#[derive(Clone, Copy)]
pub(super) struct Json<'a> {
    document: &'a Document,
    at: u32,
}

/// What a value is.
pub(super) enum Shape<'a> {
    Null,
    Bool(bool),
    Number(&'a Number),
    Text(&'a str),
    Array(Entries<'a>),
    Object(Members<'a>),
}

impl Document {
    /// Takes a body apart, with or without a byte order mark; `None` if it is not JSON.
    pub(super) fn read(body: Vec<u8>) -> Option<Self> {
        let text = String::from_utf8(body).ok()?;
        let json = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let (mut unescaped, mut nodes) = (String::new(), Vec::with_capacity(json.len() / 12));
        let mut reader = NodeReader {
            text: &text,
            unescaped: &mut unescaped,
            nodes: &mut nodes,
        };
        let mut deserializer = serde_json::Deserializer::from_str(json);
        deserializer.deserialize_any(&mut reader).ok()?;
        deserializer.end().ok()?;
        Some(Self { text, unescaped, nodes })
    }

    /// The value that is all of it; null where there is none.
    pub(super) fn json(&self) -> Json<'_> {
        Json { document: self, at: 0 }
    }
}

impl<'a> Json<'a> {
    /// What it is.
    pub(super) fn shape(self) -> Shape<'a> {
        let document = self.document;
        let inside = |end| Entries {
            document,
            at: self.at + 1,
            end,
        };
        match document.nodes.get(self.at as usize) {
            None | Some(Node::Null) => Shape::Null,
            Some(Node::Bool(flag)) => Shape::Bool(*flag),
            Some(Node::Number(number)) => Shape::Number(number),
            Some(Node::Text(place)) => Shape::Text(place.of(&document.text)),
            Some(Node::Unescaped(place)) => Shape::Text(place.of(&document.unescaped)),
            Some(Node::Array(end)) => Shape::Array(inside(*end)),
            Some(Node::Object(end)) => Shape::Object(Members(inside(*end))),
        }
    }

    pub(super) fn is_null(self) -> bool {
        matches!(self.shape(), Shape::Null)
    }

    pub(super) fn is_object(self) -> bool {
        matches!(self.shape(), Shape::Object(_))
    }

    /// The text that it is.
    pub(super) fn as_str(self) -> Option<&'a str> {
        match self.shape() {
            Shape::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The members of an object; none of anything else.
    pub(super) fn members(self) -> Members<'a> {
        match self.shape() {
            Shape::Object(members) => members,
            _ => Members(self.nothing()),
        }
    }

    /// The entries of an array; a single value counts as an array of one, null as none.
    pub(super) fn entries(self) -> Entries<'a> {
        match self.shape() {
            Shape::Array(entries) => entries,
            Shape::Null => self.nothing(),
            _ => Entries {
                end: self.next(),
                ..self.nothing()
            },
        }
    }

    fn nothing(self) -> Entries<'a> {
        Entries {
            document: self.document,
            at: self.at,
            end: self.at,
        }
    }

    /// The node behind it and all that is in it.
    fn next(self) -> u32 {
        match self.document.nodes.get(self.at as usize) {
            Some(Node::Array(end) | Node::Object(end)) => *end,
            _ => self.at + 1,
        }
    }
}

impl Place {
    fn of(self, text: &str) -> &str {
        let start = self.start as usize;
        text.get(start..start + self.length as usize).unwrap_or_default()
    }
}

/// The values of an array, in order.
#[derive(Clone)]
pub(super) struct Entries<'a> {
    document: &'a Document,
    at: u32,
    end: u32,
}

impl<'a> Iterator for Entries<'a> {
    type Item = Json<'a>;

    fn next(&mut self) -> Option<Json<'a>> {
        let value = Json {
            document: self.document,
            at: self.at,
        };
        (self.at < self.end).then(|| {
            self.at = value.next();
            value
        })
    }
}

/// The members of an object as they were written: one of the same name may come again.
#[derive(Clone)]
pub(super) struct Members<'a>(Entries<'a>);

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, Json<'a>);

    fn next(&mut self) -> Option<(&'a str, Json<'a>)> {
        let Entries { document, at, end } = self.0;
        if at >= end {
            return None;
        }
        // A name is one node.
        let value = Json { document, at: at + 1 };
        self.0.at = value.next();
        Some((Json { document, at }.as_str()?, value))
    }
}

/// Takes in one value, be it of a document or inside another.
struct NodeReader<'d> {
    text: &'d str,
    unescaped: &'d mut String,
    nodes: &'d mut Vec<Node>,
}

impl NodeReader<'_> {
    /// Takes in what an array or object holds, which `read` does, and says where it ends.
    fn inside<E: Error>(
        &mut self,
        shape: fn(u32) -> Node,
        read: impl FnOnce(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        let place = self.nodes.len();
        self.nodes.push(Node::Null);
        read(self)?;
        self.nodes[place] = shape(narrow(self.nodes.len())?);
        Ok(())
    }

    #[expect(clippy::unnecessary_wraps, reason = "it ends every visit")]
    fn take<E>(&mut self, node: Node) -> Result<(), E> {
        self.nodes.push(node);
        Ok(())
    }
}

/// Bodies of four gigabytes are not taken in.
fn narrow<E: Error>(place: usize) -> Result<u32, E> {
    u32::try_from(place).map_err(|_| E::custom("too long"))
}

impl<'de> DeserializeSeed<'de> for &mut NodeReader<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut NodeReader<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.take(Node::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<(), E> {
        self.take(Node::Bool(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.take(Node::Number(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.take(Node::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.take(Number::from_f64(number).map_or(Node::Null, Node::Number))
    }

    /// A text without escapes, which is a part of the body.
    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<(), E> {
        let place = Place {
            start: narrow(text.as_ptr().addr() - self.text.as_ptr().addr())?,
            length: narrow(text.len())?,
        };
        self.take(Node::Text(place))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let place = Place {
            start: narrow(self.unescaped.len())?,
            length: narrow(text.len())?,
        };
        self.unescaped.push_str(text);
        self.take(Node::Unescaped(place))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        self.inside(Node::Array, |reader| {
            while entries.next_element_seed(&mut *reader)?.is_some() {}
            Ok(())
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        self.inside(Node::Object, |reader| {
            while members.next_key_seed(&mut *reader)?.is_some() {
                members.next_value_seed(&mut *reader)?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
impl Document {
    /// What an answer with this value is read as.
    pub(super) fn of(value: &serde_json::Value) -> Self {
        Self::read(value.to_string().into_bytes()).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;

    /// The value as the JSON library's own tree has it.
    fn tree(json: Json<'_>) -> Value {
        match json.shape() {
            Shape::Null => Value::Null,
            Shape::Bool(flag) => flag.into(),
            Shape::Number(number) => Value::Number(number.clone()),
            Shape::Text(text) => text.into(),
            Shape::Array(entries) => entries.map(tree).collect(),
            Shape::Object(members) => {
                let members: Map<String, Value> = members.map(|(name, value)| (name.to_owned(), tree(value))).collect();
                members.into()
            }
        }
    }

    fn read(body: &[u8]) -> Option<Value> {
        Document::read(body.to_vec()).map(|document| tree(document.json()))
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "[a\"\\\\\\nüß😀\u{1}]{0,4}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            let entries = proptest::collection::vec(inner.clone(), 0..5);
            let members = proptest::collection::vec(("[aA\"é]{0,2}", inner), 0..5);
            prop_oneof![
                entries.prop_map(Value::from),
                members.prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_document_holds_what_a_tree_would(value in any_json(), pretty in any::<bool>()) {
            let body = if pretty { format!("{value:#}\n") } else { value.to_string() };
            let expected: Value = serde_json::from_str(&body).unwrap();
            prop_assert_eq!(read(format!("\u{feff}{body}").as_bytes()), Some(expected.clone()));
            prop_assert_eq!(read(body.as_bytes()), Some(expected));
        }

        #[test]
        fn what_a_tree_refuses_a_document_refuses(value in any_json(), place in any::<u16>(), byte in any::<u8>()) {
            let mut body = value.to_string().into_bytes();
            let place = usize::from(place) % body.len();
            body[place] = byte;
            prop_assert_eq!(read(&body), serde_json::from_slice(&body).ok());
        }
    }

    #[test]
    fn what_is_twice_stays_twice_and_what_is_not_json_is_nothing() {
        let twice = Document::read(br#"{"a":1,"a":{"b":[]}}"#.to_vec()).unwrap();
        let names: Vec<_> = twice.json().members().map(|(name, _)| name).collect();
        assert_eq!(names, ["a", "a"]);
        let deep = |depth| read(&[b"[".repeat(depth), b"]".repeat(depth)].concat());
        assert!(deep(100).is_some());
        for broken in [
            &br#"{"a":1}{}"#[..],
            br#"["\ud800"]"#,
            b"[\"\xff\"]",
            b"",
            b"1e999",
            b"[1,]",
        ] {
            assert_eq!(read(broken), None, "{broken:?}");
        }
        assert_eq!(deep(200), None);
        let entries = |body: &str| Document::read(body.into()).unwrap().json().entries().count();
        assert_eq!(
            ["[1,[2,3],{}]", "{\"a\":[1,2]}", "7", "null"].map(entries),
            [3, 1, 1, 0]
        );
    }
}
