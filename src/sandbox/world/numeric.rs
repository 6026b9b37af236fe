//! Enums that the live service sends as numbers although its schema says strings (`uipath-api`, 4.2 and 5.1).

use serde::{Deserialize, Serialize};

macro_rules! numeric {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $number:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(into = "u8", try_from = "u8")]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl From<$name> for u8 {
            fn from(value: $name) -> u8 {
                match value { $($name::$variant => $number,)+ }
            }
        }

        impl TryFrom<u8> for $name {
            type Error = String;

            fn try_from(number: u8) -> Result<Self, String> {
                match number {
                    $($number => Ok(Self::$variant),)+
                    _ => Err(format!("`{number}` is no {}", stringify!($name))),
                }
            }
        }
    };
}

numeric! {
    /// What a user row is.
    UserKind {
        /// A person with a local account.
        User = 0,
        /// A robot.
        Robot = 1,
        /// A person of an external directory.
        DirectoryUser = 2,
        /// A group of an external directory.
        DirectoryGroup = 3,
        /// A robot account.
        RobotAccount = 4,
        /// An external application.
        Application = 5,
    }
}

numeric! {
    /// Where an account lives.
    Category {
        /// Here.
        Local = 0,
        /// Here, linked with an external directory.
        LinkedLocal = 1,
        /// In an external directory.
        Directory = 2,
    }
}

numeric! {
    /// Who made a group.
    GroupKind {
        /// The product.
        BuiltIn = 0,
        /// The organization.
        Custom = 1,
    }
}
