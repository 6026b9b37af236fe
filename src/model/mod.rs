//! The nouns of the field, which cannot be built wrong.
//!
//! Everything else in the crate speaks in these: users, groups, bundle codes, operations,
//! rows and what became of them. No room is below this one but [`crate::text`].

mod address;
mod as_text;
mod bundle;
mod capability;
mod catalogue;
mod ids;
mod operation;
mod outcome;
mod reference;
mod row;

pub use address::{Email, EmailFault};
pub use bundle::{BundleCode, BundleSet, Quota};
pub use capability::{Capabilities, Deployment};
pub use catalogue::{BundleKind, Catalogue, KnownBundle};
pub use ids::{GroupId, OrganizationId, UserId};
pub use operation::{
    Create, DeleteWhen, Field, Invite, Migrate, Operation, OperationKind, Password, ProfileChange, Update,
};
pub use outcome::{Rerun, Status};
pub use reference::{GroupRef, UserRef};
pub use row::{Place, Row, RowKey};
