//! More people than a [`World`] counts by itself.

use reseat::model::UserId;
use uuid::Uuid;

use crate::model::{Account, World};

pub(crate) fn id(number: usize) -> UserId {
    UserId(Uuid::from_u128(number as u128 + 1))
}

pub(crate) fn email(number: usize) -> String {
    format!("p{number}@old.example")
}

/// This many accounts, in no group, holding nothing.
pub(crate) fn crowd(count: usize) -> World {
    let mut world = World::of(0);
    for number in 0..count {
        world.accounts.insert(id(number), Account::new(&email(number)));
    }
    world
}
