//! How much of a text is struck through.

/// How much of a cell's text is struck through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sheet) enum Struck {
    Nothing,
    /// Some of its letters.
    Partly,
    Wholly,
}

impl Struck {
    pub(in crate::sheet) fn of(is_struck: bool) -> Self {
        if is_struck { Self::Wholly } else { Self::Nothing }
    }

    /// Of a text with fonts of its own, in a cell whose font is struck through or not; `None` where that says it.
    pub(in crate::sheet) fn in_cell(own: Option<Self>, is_font_struck: bool) -> Self {
        match own {
            None => Self::of(is_font_struck),
            Some(Self::Partly) if is_font_struck => Self::Wholly,
            Some(own) => own,
        }
    }

    /// Of two pieces of one text, of which either may leave it to the font of the cell.
    pub(in crate::sheet) fn both(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) if one != other => Some(Self::Partly),
            // If the cell's font is struck through, all of it is.
            (None, Some(Self::Wholly | Self::Partly)) | (Some(Self::Wholly | Self::Partly), None) => Some(Self::Partly),
            (one, other) => one.or(other),
        }
    }
}
