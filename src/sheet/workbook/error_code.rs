//! The error values that the binary formats of Excel write as a number.

/// The word that Excel shows for the error of this code; `None` for a code that has none.
pub(in crate::sheet) fn error_word(code: u8) -> Option<&'static str> {
    let word = match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        0x2a => "#N/A",
        0x2b => "#GETTING_DATA",
        0x2d => "#SPILL!",
        0x2e => "#CONNECT!",
        0x2f => "#BLOCKED!",
        0x30 => "#UNKNOWN!",
        0x31 => "#FIELD!",
        0x32 => "#CALC!",
        _ => return None,
    };
    Some(word)
}
