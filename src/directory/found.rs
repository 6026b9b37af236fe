//! What looking up a name comes to.

/// The answer to "who is this?".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<T> {
    /// Exactly one.
    One(T),
    /// Nobody.
    None {
        /// A name that may have been meant.
        near: Option<String>,
    },
    /// Several, each named so that a person can tell them apart.
    Many(Vec<String>),
}

impl<T> Found<T> {
    /// The one, if it is one.
    pub fn one(self) -> Option<T> {
        match self {
            Self::One(found) => Some(found),
            Self::None { .. } | Self::Many(_) => None,
        }
    }
}
