//! What a listing answers at a time.

/// One page of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The entries of this page that could be read.
    pub items: Vec<T>,
    /// How many entries the page had, readable or not: what `skip` advances by.
    pub received: u64,
    /// How many there are in all, if the server says so.
    pub total: Option<u64>,
}
