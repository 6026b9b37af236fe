//! What examples in a template look like, so that nobody takes one for a row of their own.

use crate::text::fold;

/// The mail domain of the people in examples, at which nobody can ever be reached (RFC 2606).
pub const EXAMPLE_DOMAIN: &str = "example.invalid";

/// How the note of an example begins, in the languages of templates.
const MARKS: [&str; 4] = ["example of ", "beispiel für ", "exemple de ", "ejemplo de "];

/// Whether a note says that its row is an example.
pub fn marks_an_example(note: &str) -> bool {
    let beginning: String = note.chars().take(20).collect();
    let beginning = fold(&beginning);
    MARKS.iter().any(|mark| beginning.starts_with(mark))
}

/// Whether the address is that of somebody in an example.
pub(in crate::intake) fn is_of_an_example(address: &str) -> bool {
    // Nearly every address ends otherwise, and this is asked of all of them.
    let domain = || address.rsplit_once('@').map(|(_, domain)| domain);
    matches!(address.as_bytes(), [.., b'd' | b'D'])
        && domain().is_some_and(|domain| domain.eq_ignore_ascii_case(EXAMPLE_DOMAIN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_of_examples_are_known_in_each_language_and_others_are_not() {
        for note in [
            "EXAMPLE of invite, never run",
            "Beispiel für offboard",
            "EXEMPLE DE migrate",
            "Ejemplo de x",
        ] {
            assert!(marks_an_example(note), "{note}");
        }
        for note in ["", "example", "an example of that", "starts 1 March", "für"] {
            assert!(!marks_an_example(note), "{note}");
        }
    }

    #[test]
    fn only_the_domain_of_examples_is_one() {
        assert!(is_of_an_example("ann.lee@example.invalid"));
        assert!(is_of_an_example("ANN@EXAMPLE.INVALID"));
        for address in [
            "ann@example.com",
            "ann@x.example.invalid",
            "example.invalid",
            "ann@my-example.invalid",
        ] {
            assert!(!is_of_an_example(address), "{address}");
        }
    }
}
