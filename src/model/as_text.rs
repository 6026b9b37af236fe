//! Values that files hold as the text they are shown by.

/// Lets a type that is [`Display`](std::fmt::Display) and [`FromStr`](std::str::FromStr) be written and read as that text.
macro_rules! as_text {
    ($name:ident, $what:literal) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                let wrong = |_| serde::de::Error::custom(format!("`{text}` is not {}", $what));
                text.parse().map_err(wrong)
            }
        }
    };
}

pub(super) use as_text;
