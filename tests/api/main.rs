//! The API client against a scripted server, under a virtual clock.

mod attempts;
mod sign_in;
mod support;
mod traps;
