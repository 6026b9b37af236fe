//! What clap advises instead of a slip, where its comparison of letters may advise the opposite.

use clap::Error;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue};

use crate::intake::operation_help;
use crate::text::is_opposite;

/// The error with advice about an operation by what it means, and without a flag that is the opposite of what was typed.
pub(super) fn advised(mut error: Error) -> Error {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    };
    let (flag, value) = (text(ContextKind::InvalidArg), text(ContextKind::InvalidValue));
    if let (Some(flag), Some(value)) = (&flag, &value)
        && flag.starts_with("--operation ")
    {
        error.remove(ContextKind::SuggestedValue);
        let help = StyledStr::from(operation_help(value));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![help]));
        return error;
    }
    if let (Some(typed), Some(suggested)) = (&flag, text(ContextKind::SuggestedArg))
        && is_opposite(typed.trim_start_matches('-'), suggested.trim_start_matches('-'))
    {
        error.remove(ContextKind::SuggestedArg);
    }
    error
}
