//! One HTML file for people who were not there: figures, a picture, sentences, and a long table to search.
//!
//! Knows nothing of runs, plans or users: who shows something makes a [`Page`] of it. The file needs no network, works
//! with and without script, on paper, in the dark and for a screen reader, and shows text as text, wherever it came
//! from. Pure, apart from writing to what it is given.

mod html;
mod look;
mod model;
mod rows;
mod seats;
mod write;

pub use model::{
    Cause, Column, ColumnKind, Fact, Figure, Folded, Page, PageCell, PageRows, PageTable, SeatBar, Section,
    SectionBody, Tone,
};
pub use write::write_page;
