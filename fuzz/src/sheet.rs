use reseat::intake::{Options, check, read};
use reseat::sheet::Source;

/// A file of any format, told by its content: both ways of reading it must agree.
pub fn sheet(bytes: &[u8]) {
    let Ok(source) = Source::from_reader(&mut &*bytes) else {
        return;
    };
    let options = Options::default();
    let checked = check(&source, &options);
    let taken = read(&source, &options);
    match (checked, taken) {
        (Ok(checked), Ok(taken)) => {
            assert_eq!(checked.problems.errors(), taken.problems.errors());
            assert_eq!(checked.problems.warnings(), taken.problems.warnings());
            assert_eq!(checked.rows, taken.rows.len() + taken.refused.len());
        }
        (checked, taken) => assert_eq!(checked.is_err(), taken.is_err()),
    }
}
