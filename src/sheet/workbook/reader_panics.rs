//! Calls into a reader of workbooks that may panic at a damaged one.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::error::WorkbookError;

thread_local! {
    static CATCHING: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic on this thread is one that a damaged workbook causes, and is caught: a panic hook
/// has nothing to say then.
pub fn is_catching_panics() -> bool {
    CATCHING.get()
}

/// Makes the call; a panic in it means that the workbook is broken. What the call was working on must
/// not be used after a failure.
pub(in crate::sheet) fn catching_panics<T, E: Into<WorkbookError>>(
    call: impl FnOnce() -> Result<T, E>,
) -> Result<T, WorkbookError> {
    CATCHING.set(true);
    let answer = catch_unwind(AssertUnwindSafe(call));
    CATCHING.set(false);
    match answer {
        Ok(answer) => answer.map_err(Into::into),
        Err(_) => Err(WorkbookError::Broken("a part of it makes no sense".into())),
    }
}

#[cfg(test)]
mod tests {
    use calamine::XlsxError;

    use super::*;

    #[test]
    fn a_reader_that_panics_makes_the_workbook_a_broken_one() {
        let told = catching_panics::<(), XlsxError>(|| {
            assert!(is_catching_panics());
            panic!("index out of bounds")
        });
        assert!(matches!(told, Err(WorkbookError::Broken(_))), "{told:?}");
        assert!(!is_catching_panics());
        assert_eq!(catching_panics::<_, XlsxError>(|| Ok(7)).unwrap(), 7);
    }
}
