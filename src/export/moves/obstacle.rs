//! Why somebody's row is for a person to decide.

use super::pattern::Part;
use crate::api::UserKind;
use crate::export::Why;
use crate::model::{EmailError, Place};
use crate::text::joined;

/// How many of several accounts a note names.
pub(super) const MOST_NAMED: usize = 5;

/// How many letters a note names.
const MOST_LETTERS: usize = 20;

/// What keeps somebody from being moved without a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// It is no person.
    NotAPerson(UserKind),
    /// Only the user name is of the domain that is left.
    OtherAddress(String),
    /// The account that reseat acts as.
    ActingAccount,
    /// The organization's directory manages the account.
    Directory,
    /// The account is out of use.
    Deactivated,
    /// Names are missing of which the address would be made.
    NoName(Vec<Part>),
    /// There are letters for which nothing stands.
    Letters(Vec<char>),
    /// What cannot be cut is too long.
    TooLong,
    /// What came out is no address.
    NoAddress(EmailError),
    /// What came out would be read from a cell as something else.
    NotWritable(String),
    /// The list gives the person several addresses, in these rows.
    ListedTwice(Vec<Place>),
    /// Others would get the same address; the first of them, and how many more there are.
    Shared(Vec<String>),
    /// The list gives the address to somebody else.
    Given { place: Place, to: String },
    /// The account has the address for a user name.
    OwnName,
    /// Somebody else's account has the address, or several do; which.
    Taken(Vec<String>),
    /// An account of the same name has the address, and whether it is the same person's is not certain.
    SameName,
    /// The person's account with the new address is out of use.
    NewDeactivated,
}

impl Obstacle {
    pub(super) fn why(&self) -> Why {
        match self {
            Self::NotAPerson(_) => Why::NotAPerson,
            Self::OtherAddress(_) => Why::OtherAddress,
            Self::ActingAccount => Why::ActingAccount,
            Self::Directory => Why::Directory,
            Self::Deactivated => Why::Deactivated,
            Self::NoName(_) => Why::NoName,
            Self::Letters(_) => Why::Letters,
            Self::TooLong | Self::NoAddress(_) | Self::NotWritable(_) => Why::NoAddress,
            Self::ListedTwice(_) => Why::ListedTwice,
            Self::Shared(_) | Self::Given { .. } => Why::SharedAddress,
            Self::OwnName | Self::Taken(_) => Why::TakenAddress,
            Self::SameName => Why::SameName,
            Self::NewDeactivated => Why::NewDeactivated,
        }
    }

    /// What is told in the row.
    pub(super) fn note(&self) -> String {
        match self {
            Self::NotAPerson(kind) => format!("{}, which moves nowhere", kind.described()),
            Self::OtherAddress(address) => {
                format!("only the user name is of the domain that is left; the address is `{address}`")
            }
            Self::ActingAccount => {
                "reseat is signed in as this account, and never deletes it; another account can move \
                                    it, or `never` in `delete_when` keeps it"
                    .to_owned()
            }
            Self::Directory => "the organization's directory manages this account: its address is changed there, and \
                                `migrate` would put a local account in its place"
                .to_owned(),
            Self::Deactivated => {
                "deactivated; write `migrate` and run with `--include-inactive` to move it all the same".to_owned()
            }
            Self::NoName(parts) => {
                let parts: Vec<&str> = parts.iter().map(|part| part.described()).collect();
                format!("has no {} to make an address of", parts.join(" and no "))
            }
            Self::Letters(letters) => {
                let shown: String = letters.iter().take(MOST_LETTERS).collect();
                let more = if letters.len() > MOST_LETTERS { "…" } else { "" };
                format!("no rule says what stands for `{shown}{more}` in an address")
            }
            Self::TooLong => "the address would be longer than mail allows, and no name in it can be cut".to_owned(),
            Self::NoAddress(fault) => format!("what the rule makes is no address: it {fault}"),
            Self::NotWritable(address) => format!("no cell can hold `{address}`, which the rule makes"),
            Self::ListedTwice(places) => {
                let places: Vec<String> = places.iter().map(ToString::to_string).collect();
                format!("the list gives several addresses, in {}", joined(&places, MOST_NAMED))
            }
            Self::Shared(others) => format!("{} would get the same address", joined(others, usize::MAX)),
            Self::Given { place, to } => format!("the list gives this address to {to}, in {place}"),
            Self::OwnName => "has this address for a user name already".to_owned(),
            Self::Taken(bearers) => format!("the address belongs to {}", joined(bearers, MOST_NAMED)),
            Self::SameName => "an account of the same name has this address: if it is the same person's, write \
                               `migrate`, and a run goes on with it"
                .to_owned(),
            Self::NewDeactivated => {
                "the account with the new address is deactivated: activate it, then write `migrate`".to_owned()
            }
        }
    }
}
