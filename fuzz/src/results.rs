use std::io::Write;

use reseat::ledger::History;

/// A results file, as a person or a crash left it.
pub fn results(bytes: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("room for it");
    let Ok(history) = History::read(file.path()) else {
        return;
    };
    assert_eq!(history.counts().values().sum::<usize>(), history.len());
    for entered in history.entries().flatten() {
        let key = entered.record.report.key;
        let _ = (history.record(&key), history.resume(&key), history.status(&key));
    }
}
