//! How a sheet points at a user or a group.

use std::borrow::Cow;
use std::fmt;

use super::{GroupId, UserId};
use crate::text::fold;

/// A user as a sheet names it.
#[derive(Debug, Clone)]
pub enum UserRef {
    /// By GUID; apart, because a sheet may have a million rows, and most name users.
    Id(Box<UserId>),
    /// By e-mail address or user name, matched exactly (case aside), never by prefix.
    Name(Box<str>),
}

/// A group as a sheet names it.
#[derive(Debug, Clone)]
pub enum GroupRef {
    /// By GUID.
    Id(GroupId),
    /// By name, matched exactly (case aside).
    Name(Box<str>),
}

impl UserRef {
    /// How the sheet writes it.
    pub fn label(&self) -> Cow<'_, str> {
        match self {
            Self::Id(id) => id.to_string().into(),
            Self::Name(name) => Cow::Borrowed(name),
        }
    }
}

impl From<UserId> for UserRef {
    fn from(id: UserId) -> Self {
        Self::Id(Box::new(id))
    }
}

impl From<GroupId> for GroupRef {
    fn from(id: GroupId) -> Self {
        Self::Id(id)
    }
}

macro_rules! reference {
    ($name:ident, $id:ident) => {
        impl $name {
            /// A GUID becomes an id, anything else a name.
            pub fn parse(text: &str) -> Self {
                let text = text.trim();
                text.parse::<$id>()
                    .map_or_else(|_| Self::Name(text.into()), Self::from)
            }

            /// The form in which references are compared.
            pub fn fold(&self) -> String {
                match self {
                    Self::Id(id) => id.to_string(),
                    Self::Name(name) => fold(name),
                }
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.fold() == other.fold()
            }
        }

        impl Eq for $name {}

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    Self::Id(id) => id.fmt(out),
                    Self::Name(name) => out.write_str(name),
                }
            }
        }
    };
}

reference!(UserRef, UserId);
reference!(GroupRef, GroupId);
