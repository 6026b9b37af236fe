//! Encodings of text by the names that people and programs have for them.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use encoding_rs::{CoderResult, Encoding, MACINTOSH, REPLACEMENT, X_USER_DEFINED};
use yore::CodePage;
use yore::code_pages::{CP437, CP737, CP850, CP852, CP855, CP857, CP860, CP861, CP862, CP863, CP864, CP865, CP869};

use crate::text::nearest;

/// The code pages of DOS that the encodings of the web do not have.
static DOS: [DosPage; 13] = [
    DosPage(437, "cp437", &CP437),
    DosPage(737, "cp737", &CP737),
    DosPage(850, "cp850", &CP850),
    DosPage(852, "cp852", &CP852),
    DosPage(855, "cp855", &CP855),
    DosPage(857, "cp857", &CP857),
    DosPage(860, "cp860", &CP860),
    DosPage(861, "cp861", &CP861),
    DosPage(862, "cp862", &CP862),
    DosPage(863, "cp863", &CP863),
    DosPage(864, "cp864", &CP864),
    DosPage(865, "cp865", &CP865),
    DosPage(869, "cp869", &CP869),
];

/// The names of the WHATWG Encoding Standard, for suggestions.
const WHATWG: [&str; 38] = [
    "UTF-8",
    "UTF-16LE",
    "UTF-16BE",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "windows-874",
    "ISO-8859-2",
    "ISO-8859-3",
    "ISO-8859-4",
    "ISO-8859-5",
    "ISO-8859-6",
    "ISO-8859-7",
    "ISO-8859-8",
    "ISO-8859-8-I",
    "ISO-8859-10",
    "ISO-8859-13",
    "ISO-8859-14",
    "ISO-8859-15",
    "ISO-8859-16",
    "KOI8-R",
    "KOI8-U",
    "IBM866",
    "macintosh",
    "x-mac-cyrillic",
    "Shift_JIS",
    "EUC-JP",
    "ISO-2022-JP",
    "EUC-KR",
    "Big5",
    "GBK",
    "gb18030",
];

/// Number, name and table of a code page.
pub(super) struct DosPage(u16, &'static str, &'static (dyn CodePage + Sync));

/// An encoding of text: one of the WHATWG Encoding Standard, or a code page of DOS.
#[derive(Clone, Copy)]
pub struct NamedEncoding(Kind);

#[derive(Clone, Copy)]
enum Kind {
    Whatwg(&'static Encoding),
    Dos(&'static DosPage),
}

impl NamedEncoding {
    /// The encoding of a code page of Windows, DOS or the Mac, if there is one for it.
    pub fn of_code_page(number: u16) -> Option<Self> {
        let dos = DOS.iter().find(|page| page.0 == number);
        dos.map(|page| Self(Kind::Dos(page)))
            .or_else(|| codepage::to_encoding_no_replacement(number).map(Self::from))
    }

    /// The names of all that may be named.
    pub fn names() -> impl Iterator<Item = &'static str> {
        WHATWG.into_iter().chain(DOS.iter().map(|page| page.1))
    }

    /// Its name in the standard, or the code page's: `windows-1250`, `cp437`. It is read back by [`FromStr`].
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Whatwg(encoding) => encoding.name(),
            Kind::Dos(DosPage(_, name, _)) => name,
        }
    }

    /// The text of these bytes, without a look at any byte order mark. What is no letter of the encoding becomes
    /// U+FFFD, or stays a control character (see [`is_no_letter`]).
    pub fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self.0 {
            Kind::Whatwg(encoding) => encoding.decode_without_bom_handling(bytes).0,
            Kind::Dos(DosPage(_, _, page)) => page.decode_lossy(bytes),
        }
    }

    /// The bytes of a text; `None` if it has letters that the encoding has not.
    pub(super) fn encode(self, text: &str) -> Option<Cow<'_, [u8]>> {
        match self.0 {
            Kind::Whatwg(encoding) => {
                let (bytes, _, is_lossy) = encoding.encode(text);
                (!is_lossy).then_some(bytes)
            }
            Kind::Dos(DosPage(_, _, page)) => page.encode(text).ok(),
        }
    }

    /// For a text that comes piece by piece, without its byte order mark.
    pub(super) fn decoder(self) -> Decoder {
        match self.0 {
            Kind::Whatwg(encoding) => Decoder::Whatwg(encoding.new_decoder_without_bom_handling()),
            Kind::Dos(page) => Decoder::Dos(page),
        }
    }
}

/// Decodes a text piece by piece.
pub(super) enum Decoder {
    Whatwg(encoding_rs::Decoder),
    Dos(&'static DosPage),
}

impl Decoder {
    /// Decodes as many of `bytes` into `out` as there is room for; `last` if no more bytes follow. Returns whether all were
    /// taken, how many were, and how many bytes of UTF-8 there are in `out`.
    pub(super) fn decode(&mut self, bytes: &[u8], out: &mut [u8], last: bool) -> (CoderResult, usize, usize) {
        match self {
            Self::Whatwg(decoder) => {
                let (result, read, written, _) = decoder.decode_to_utf8(bytes, out, last);
                (result, read, written)
            }
            Self::Dos(DosPage(_, _, page)) => {
                // A letter of a code page of DOS takes at most three bytes.
                let fitting = &bytes[..bytes.len().min(out.len() / 3)];
                let text = page.decode_lossy(fitting);
                out[..text.len()].copy_from_slice(text.as_bytes());
                let result = if fitting.len() == bytes.len() {
                    CoderResult::InputEmpty
                } else {
                    CoderResult::OutputFull
                };
                (result, fitting.len(), text.len())
            }
        }
    }
}

/// Whether a decoded letter stands for bytes that the encoding has no letter for: the replacement character, or one of
/// the controls that browsers take such bytes for. U+0085 is a line break.
pub fn is_no_letter(letter: char) -> bool {
    matches!(letter, '\u{fffd}' | '\u{80}'..='\u{84}' | '\u{86}'..='\u{9f}')
}

impl From<&'static Encoding> for NamedEncoding {
    fn from(encoding: &'static Encoding) -> Self {
        Self(Kind::Whatwg(encoding))
    }
}

impl PartialEq for NamedEncoding {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for NamedEncoding {}

impl PartialEq<&'static Encoding> for NamedEncoding {
    fn eq(&self, other: &&'static Encoding) -> bool {
        *self == Self::from(*other)
    }
}

impl fmt::Debug for NamedEncoding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl fmt::Display for NamedEncoding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// An encoding by any of its labels in the WHATWG Encoding Standard, or by the number of its code page in the ways that
/// programs write it: `latin1`, `cp1250`, `Windows-1250`, `IBM850`, `437`.
impl FromStr for NamedEncoding {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let label = text.trim();
        standard(label)
            // As Python writes them: utf_8, latin_1, mac_roman.
            .or_else(|| standard(&label.replace('_', "-")))
            .or_else(|| standard(&label.replace(['_', '-'], "")))
            .or_else(|| by_number(label))
            .ok_or_else(|| unknown(label))
    }
}

fn standard(label: &str) -> Option<NamedEncoding> {
    if label.eq_ignore_ascii_case("macroman") {
        return Some(MACINTOSH.into());
    }
    // The standard's stand-ins for encodings that browsers refuse, and for bytes that are no text.
    Encoding::for_label_no_replacement(label.as_bytes())
        .filter(|encoding| *encoding != REPLACEMENT && *encoding != X_USER_DEFINED)
        .map(NamedEncoding::from)
}

fn by_number(label: &str) -> Option<NamedEncoding> {
    let number = label.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let before: String = label[..label.len() - number.len()]
        .chars()
        .filter(char::is_ascii_alphabetic)
        .collect();
    let before = before.to_ascii_lowercase();
    let is_code_page = ["", "cp", "codepage", "dos", "ibm", "ms", "oem", "win", "windows"].contains(&before.as_str());
    NamedEncoding::of_code_page(number.parse().ok()?).filter(|_| is_code_page)
}

fn unknown(label: &str) -> String {
    let names = NamedEncoding::names();
    let label = crate::text::clean(label, 60);
    match nearest(&label, names) {
        Some(near) => format!("`{label}` is no encoding that reseat knows; did you mean `{near}`?"),
        None => format!(
            "`{label}` is no encoding that reseat knows; write its name, as in `windows-1250`, `shift_jis`, `cp437` or `macintosh`"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(label: &str) -> &'static str {
        label.parse::<NamedEncoding>().unwrap().name()
    }

    #[test]
    fn an_encoding_has_every_name_that_programs_write() {
        for (label, name) in [
            ("windows-1250", "windows-1250"),
            ("CP1250", "windows-1250"),
            ("1250", "windows-1250"),
            ("utf8", "UTF-8"),
            ("utf_8", "UTF-8"),
            ("utf-16", "UTF-16LE"),
            ("UTF-16BE", "UTF-16BE"),
            ("latin1", "windows-1252"),
            ("latin-1", "windows-1252"),
            ("iso8859_2", "ISO-8859-2"),
            ("Shift_JIS", "Shift_JIS"),
            ("sjis", "Shift_JIS"),
            ("cp932", "Shift_JIS"),
            ("cp936", "GBK"),
            ("windows-949", "EUC-KR"),
            ("cp950", "Big5"),
            ("cp437", "cp437"),
            ("IBM437", "cp437"),
            ("ibm-850", "cp850"),
            ("dos852", "cp852"),
            ("macintosh", "macintosh"),
            ("MacRoman", "macintosh"),
            ("mac_roman", "macintosh"),
            ("x-mac-roman", "macintosh"),
            (" koi8-r ", "KOI8-R"),
        ] {
            assert_eq!(named(label), name, "{label}");
        }
    }

    #[test]
    fn every_name_that_is_suggested_or_shown_is_read_back() {
        for name in WHATWG.into_iter().chain(DOS.iter().map(|page| page.1)) {
            assert_eq!(named(name), name);
        }
    }

    #[test]
    fn a_name_that_is_none_is_refused_with_the_nearest_or_with_examples() {
        let refusal = |label: &str| label.parse::<NamedEncoding>().unwrap_err();
        assert!(refusal("windows-125").contains("did you mean `windows-125"));
        assert!(refusal("Shift-JISS").contains("did you mean `Shift_JIS`?"));
        for label in ["ANSI", "", "4096", "-1250x", "x-user-defined", "replacement"] {
            assert!(refusal(label).contains("`windows-1250`"), "{label}: {}", refusal(label));
        }
    }

    #[test]
    fn bytes_become_the_letters_that_the_encoding_has_for_them() {
        for (label, bytes, text) in [
            ("cp1250", &b"\xa3ukasz"[..], "Łukasz"),
            ("cp932", b"\x8eR\x93c", "山田"),
            ("cp437", b"M\x81ller \xe1", "Müller ß"),
            ("cp850", b"M\x81ller \xb5", "Müller Á"),
            ("macroman", b"M\x9fller \x8e", "Müller é"),
            ("utf-16le", b"Z\0o\0\xeb\0", "Zoë"),
        ] {
            assert_eq!(label.parse::<NamedEncoding>().unwrap().decode(bytes), text, "{label}");
        }
    }

    #[test]
    fn the_bytes_that_windows_1252_does_not_have_are_told_from_letters() {
        let windows: NamedEncoding = "windows-1252".parse().unwrap();
        let lost: Vec<u8> = (0..=255)
            .filter(|byte| windows.decode(&[*byte]).contains(is_no_letter))
            .collect();
        assert_eq!(lost, [0x81, 0x8d, 0x8f, 0x90, 0x9d]);
    }
}
