use reseat::intake::{Column, Options, check, operation_named, print_list};
use reseat::model::Email;
use reseat::sheet::Source;

/// A header and cells: the bytes as text, its lines taken for headers, words, addresses and items.
pub fn cells(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for line in text.lines() {
        let _ = operation_named(line);
        if let Some(column) = Column::named(line) {
            assert_eq!(Column::named(&line.to_uppercase()), Some(column));
        }
        if let Ok(address) = line.parse::<Email>() {
            assert_eq!(address.to_string().parse(), Ok(address));
        }
    }
    let items: Vec<&str> = text.split('\n').collect();
    let mut writer = String::from("operation,user,groups,licenses,quotas,active,new_email\n");
    for pair in items.chunks(2) {
        let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
        let (first, second) = (quoted(pair[0]), quoted(pair.last().copied().unwrap_or_default()));
        let list = quoted(&print_list(pair));
        writer.push_str(&format!("{first},{second},{list},{second},{first},{second},{first}\n"));
    }
    // A NUL near the beginning makes it no text.
    let Ok(source) = Source::from_reader(&mut writer.as_bytes()) else {
        return;
    };
    let checked = check(&source, &Options::default()).expect("a CSV can be read");
    assert!(checked.rows + checked.ignored <= items.len());
}
