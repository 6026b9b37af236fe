//! The simulated organization over real sockets: one test for each quirk that clients rely on.

mod groups;
mod licences;
mod portal;
mod sign_in;
mod support;
mod users;
