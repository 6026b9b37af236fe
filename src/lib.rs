//! `reseat` runs spreadsheets of user and licence operations against a UiPath organization.
//!
//! The rooms are listed by floor, lowest first; a room imports only what is below it (`tests/architecture.rs` enforces
//! this). `DESIGN.md` says what each room is for.

pub mod files;
pub mod text;

pub mod model;

pub mod event;
pub mod problem;

pub mod pace;
pub mod page;
pub mod sheet;
pub mod wire;

pub mod api;
pub mod intake;
pub mod ledger;

pub mod directory;

pub mod draft;
pub mod holdings;

pub mod export;
pub mod plan;
pub mod rebalance;
pub mod run_report;
pub mod template;
pub mod undo;

pub mod engine;

pub mod report;

pub mod saved_plan;

pub mod app;
pub mod cli;
pub mod doctor;
pub mod settings;
pub mod watch;

pub mod sandbox;
