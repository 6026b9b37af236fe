//! Files that are handed over for a sheet and are none: each is named for what it is, with what to do, and no sheet is
//! taken for one of them.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use reseat::sheet::Source;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::archive;

const OPEN: &str = "open it in the spreadsheet program and save it as .xlsx";
const EXPORT: &str = "export the table as .csv or .xlsx from where it comes from";
const UNPACK: &str = "unpack it and name the sheet in it";
const COPY: &str = "copy the table in it into a spreadsheet program and save that as .xlsx";

/// Opens and reads it; what is said of it, or nothing.
fn refusal(bytes: &[u8]) -> Option<String> {
    let told = Source::from_reader(&mut &bytes[..]).and_then(|source| source.read(&mut Nobody));
    told.err().map(|error| error.to_string())
}

struct Nobody;

impl reseat::sheet::Visitor for Nobody {}

fn is_named(bytes: &[u8], what: &str, cure: &str) {
    let told = refusal(bytes).unwrap_or_default();
    let expected = format!("`standard input` is {what}, not a sheet that reseat reads; {cure}");
    assert_eq!(
        told,
        expected,
        "{}",
        String::from_utf8_lossy(&bytes[..bytes.len().min(80)])
    );
}

fn utf_16(text: &str) -> Vec<u8> {
    let mark = [0xff, 0xfe].into_iter();
    mark.chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

#[test]
fn a_web_page_is_named_however_it_begins() {
    for page in [
        "<html><table><tr><td>user</td></tr></table></html>",
        "<!DOCTYPE html>\n<html>",
        "<!doctype HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\">",
        "<div>\r\n\t<table border=\"1\"><tr><th>user</th></tr></table></div>",
        "<style>.text { mso-number-format:\\@; }</style><table><tr><td>user</td></tr></table>",
        "<meta http-equiv=\"content-type\" content=\"application/vnd.ms-excel; charset=UTF-8\">",
        "<table>\n<tr><td>user;groups</td></tr></table>",
        "\n\n  <TABLE BORDER=1><TR><TD>user</TD></TR></TABLE>",
        "<!-- made by a report --><table><tr><td>user</td></tr></table>",
        "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\">",
        "<font face=\"Arial\"><b>Users</b></font><br>",
        "<tr><td>user</td><td>groups</td></tr>",
        "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><head>",
    ] {
        for bytes in [
            page.as_bytes().to_vec(),
            format!("\u{feff}{page}").into_bytes(),
            utf_16(page),
        ] {
            is_named(&bytes, "a web page", OPEN);
        }
    }
}

#[test]
fn a_text_of_another_format_is_named() {
    for (text, what, cure) in [
        (
            "MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related; boundary=\"x\"\r\n",
            "a web page saved with its pictures (MHTML), or an e-mail",
            OPEN,
        ),
        (
            "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://x.example/\r\nSubject: Users\r\n\
             Date: Mon, 2 Mar 2026 09:00:00 -0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype=\"text/html\"\r\n",
            "a web page saved with its pictures (MHTML), or an e-mail",
            OPEN,
        ),
        ("{\\rtf1\\ansi\\deff0 {\\fonttbl", "a rich text document", COPY),
        (
            "ID;PWXL;N;E\r\nP;PGeneral\r\nB;Y2;X3;D0 0 1 2\r\nC;Y1;X1;K\"user\"\r\nC;X2;K\"a;;b\"\r\nE\r\n",
            "a SYLK file",
            OPEN,
        ),
        (
            "ID;PGnumeric;N;E\nP;PGeneral\nF;P0;SM1;C1\nO;L;V0\nC;Y1;X1;K\"user\"\nC;X2;K\"A\nB, C\"\nE\n",
            "a SYLK file",
            OPEN,
        ),
        ("ID;PSCALC3\nB;Y2;X1\nC;Y1;X1;K\"user\"\nE\n", "a SYLK file", OPEN),
        (
            "TABLE\r\n0,1\r\n\"EXCEL\"\r\nVECTORS\r\n0,2\r\n\"\"\r\n",
            "a DIF file",
            OPEN,
        ),
        ("[{\"user\": \"ann\"}]", "a JSON file", EXPORT),
        (
            "[\n  {\n    \"user\": \"ann\",\n    \"groups\": []\n  }\n]\n",
            "a JSON file",
            EXPORT,
        ),
        ("{ \"users\" : [ 1, 2 ] }", "a JSON file", EXPORT),
        ("[]", "a JSON file", EXPORT),
        // As Aspose writes it, with members in an array.
        (
            "{\r\n\"Users\":[\r\n {\"user\": \"ann\"}\r\n],\n\"Note\":[\n \"a\": null\n]\n}",
            "a JSON file",
            EXPORT,
        ),
        ("[[\"user\",\"groups\"],\n[\"ann\",\"Finance\"]]", "a JSON file", EXPORT),
        (
            "{\"user\":\"ann\"}\n{\"user\":\"bob\"}\n",
            "a file of JSON lines",
            EXPORT,
        ),
        (
            "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lee;Ann\r\n",
            "a file of contacts (vCard)",
            EXPORT,
        ),
        ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "a calendar", EXPORT),
        (
            "version: 1\n\ndn: cn=Ann,dc=x\ncn: Ann\n",
            "a file of directory entries (LDIF)",
            EXPORT,
        ),
        (
            "dn: cn=Ann,dc=x\nobjectClass: person\n",
            "a file of directory entries (LDIF)",
            EXPORT,
        ),
        (
            "socialcalc:version:1.0\nMIME-Version: 1.0\n",
            "a SocialCalc file",
            EXPORT,
        ),
        ("-- MySQL dump 10.13  Distrib 8.0\n--\n", "a database dump", EXPORT),
        ("--\n-- PostgreSQL database dump\n--\n", "a database dump", EXPORT),
    ] {
        is_named(text.as_bytes(), what, cure);
        is_named(&utf_16(text), what, cure);
    }
    let far = "  {\"user\": \"ann\"},\n".repeat(1000);
    is_named(format!("[\n{far}").as_bytes(), "a JSON file", EXPORT);
}

#[test]
fn xml_is_named_by_its_vocabulary() {
    for (text, what, cure) in [
        (
            "<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?>\n<Workbook \
             xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">",
            "an XML spreadsheet of Excel 2003",
            OPEN,
        ),
        (
            "<ss:Workbook xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">",
            "an XML spreadsheet of Excel 2003",
            OPEN,
        ),
        (
            "<?xml version=\"1.0\"?><office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
             office:mimetype=\"application/vnd.oasis.opendocument.spreadsheet\">",
            "a flat OpenDocument spreadsheet",
            OPEN,
        ),
        (
            "<?xml version=\"1.0\"?><office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
             office:mimetype=\"application/vnd.oasis.opendocument.text\">",
            "a flat OpenDocument file",
            COPY,
        ),
        (
            "<?xml version=\"1.0\"?><gnm:Workbook xmlns:gnm=\"http://www.gnumeric.org/v10.dtd\">",
            "a Gnumeric workbook",
            OPEN,
        ),
        (
            "<?xml version=\"1.0\"?><users><user>ann</user></users>",
            "an XML file",
            EXPORT,
        ),
        ("<users><user>ann</user></users>", "an XML file", EXPORT),
        ("<!DOCTYPE users SYSTEM \"users.dtd\"><users/>", "an XML file", EXPORT),
    ] {
        is_named(text.as_bytes(), what, cure);
        is_named(&utf_16(text), what, cure);
    }
}

#[test]
fn a_binary_file_of_another_format_is_named() {
    let tar = [vec![b'a'; 100], vec![0; 157], b"ustar\x0000".to_vec(), vec![0; 248]].concat();
    let field = [
        b"USER\x00\x00\x00\x00\x00\x00\x00C\x00\x00\x00\x00\x20".to_vec(),
        vec![0; 15],
    ]
    .concat();
    let dbase = [
        vec![0x03, 126, 3, 1, 1, 0, 0, 0, 65, 0, 33, 0],
        vec![0; 20],
        field,
        b"\r ann                             \x1a".to_vec(),
    ]
    .concat();
    for (bytes, what, cure) in [
        (&b"%PDF-1.7\n%\xe2\xe3"[..], "a PDF", EXPORT),
        (b"BZh91AY&SY\x00\x01", "a bzip2 archive", UNPACK),
        (b"\xfd7zXZ\x00\x00\x04", "an xz archive", UNPACK),
        (b"\x28\xb5\x2f\xfd\x04\x00", "a Zstandard archive", UNPACK),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "a 7-Zip archive", UNPACK),
        (b"Rar!\x1a\x07\x01\x00", "a RAR archive", UNPACK),
        (b"PK\x05\x06\x00\x00\x00\x00", "an empty zip archive", UNPACK),
        (
            b"PK\x07\x08PK\x03\x04\x00",
            "the first part of a split zip archive",
            UNPACK,
        ),
        (&tar, "a tar archive", UNPACK),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a picture", EXPORT),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a picture", EXPORT),
        (b"SQLite format 3\x00\x10\x00", "an SQLite database", EXPORT),
        (b"PAR1\x15\x04\x15\x20", "a Parquet file", EXPORT),
        (b"ARROW1\x00\x00\xff\xff", "an Arrow or Feather file", EXPORT),
        (b"FEA1\x00\x00\x00\x00", "a Feather file", EXPORT),
        (b"\x09\x00\x04\x00\x02\x00\x10\x00", "an Excel 2 worksheet", OPEN),
        (
            b"\x09\x02\x06\x00\x00\x00\x10\x00\x00\x00",
            "an Excel 3 worksheet",
            OPEN,
        ),
        (
            b"\x09\x04\x06\x00\x00\x00\x10\x00\x00\x00",
            "an Excel 4 worksheet",
            OPEN,
        ),
        (
            b"\x09\x08\x08\x00\x00\x05\x05\x00",
            "a bare Excel 5 or Excel 97 stream",
            OPEN,
        ),
        (b"\x00\x00\x02\x00\x06\x04\x06\x00", "a Lotus 1-2-3 worksheet", OPEN),
        (b"\x00\x00\x1a\x00\x00\x10\x04\x00", "a Lotus 1-2-3 worksheet", OPEN),
        (b"\x00\x00\x02\x00\x20\x51\x06\x00", "a Quattro Pro worksheet", OPEN),
        (&dbase, "a dBASE table", OPEN),
        (b"\x01\x02\x03\x00user", "a binary file", EXPORT),
    ] {
        is_named(bytes, what, cure);
    }
    let gzip = |text: &str| {
        let mut writer = GzEncoder::new(Vec::new(), Compression::default());
        writer.write_all(text.as_bytes()).unwrap();
        writer.finish().unwrap()
    };
    is_named(&gzip("user,groups\n"), "a gzip archive", UNPACK);
    let gnumeric = "<?xml version=\"1.0\"?><gnm:Workbook xmlns:gnm=\"http://www.gnumeric.org/v10.dtd\">";
    is_named(&gzip(gnumeric), "a Gnumeric workbook", OPEN);

    let mut owner = vec![b' '; 165];
    owner[..4].copy_from_slice(b"\x03Ann");
    owner[55..63].copy_from_slice(b"\x03\x00A\x00n\x00n\x00");
    let told = refusal(&owner).unwrap();
    assert!(told.contains("leaves beside a workbook that is open"), "{told}");
    let told = refusal(b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X").unwrap();
    assert!(told.contains("no `._` before it"), "{told}");
    let link = br#"{"url":"https://docs.google.com/open?id=1","doc_id":"1","email":"ann@x.example"}"#;
    let told = refusal(link).unwrap();
    assert!(told.contains("a link to a page or a Google sheet"), "{told}");
}

#[test]
fn a_zip_archive_is_named_by_what_is_in_it() {
    for (part, what, cure) in [
        ("word/document.xml", "a Word document", COPY),
        ("ppt/presentation.xml", "a PowerPoint presentation", COPY),
        ("notes.txt", "a zip archive", UNPACK),
        ("__MACOSX/._joiners.xlsx", "a zip archive", UNPACK),
    ] {
        is_named(&archive(&[(part, b"x"), ("x/y.xml", b"x")]), what, cure);
    }
    let sheets = archive(&[
        ("in/Joiners.XLSX", b"x"),
        ("__MACOSX/in/._Joiners.XLSX", b"x"),
        ("leavers.csv", b"x"),
    ]);
    let cure = format!("{UNPACK}: `in/Joiners.XLSX` and `leavers.csv`");
    is_named(&sheets, "a zip archive", &cure);
    let told = refusal(&archive(&[("Index/Document.iwa", b"x")])).unwrap();
    assert!(
        told.contains("an Apple Numbers file") && told.contains("in Numbers and export it"),
        "{told}"
    );
    for (body, what) in [
        ("text", "an OpenDocument text"),
        ("presentation", "an OpenDocument presentation"),
    ] {
        let content = format!(
            "<o:document-content xmlns:o=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\"><o:body><o:{body}/></o:body>\
             </o:document-content>"
        );
        is_named(&archive(&[("content.xml", content.as_bytes())]), what, COPY);
    }
}

/// A workbook's archive, of whose entries the method and the flags are these.
fn altered(method: u16, flags: u16) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    writer.start_file("xl/workbook.xml", options).unwrap();
    writer.write_all(b"<workbook/>").unwrap();
    let mut bytes = writer.finish().unwrap().into_inner();
    for (sign, at) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let entry = bytes.windows(4).position(|four| four == sign).unwrap() + at;
        bytes[entry..entry + 2].copy_from_slice(&flags.to_le_bytes());
        bytes[entry + 2..entry + 4].copy_from_slice(&method.to_le_bytes());
    }
    bytes
}

#[test]
fn an_archive_that_cannot_be_unpacked_is_refused_with_the_reason() {
    for (method, flags, what) in [
        (9, 0, "packed with Deflate64"),
        (12, 0, "packed with bzip2"),
        (14, 0, "packed with LZMA"),
        (93, 0, "packed with Zstandard"),
        (95, 0, "packed with XZ"),
        (98, 0, "packed with PPMd"),
        (1, 0, "packed in a way that spreadsheet programs do not know"),
        (0, 1, "with a password"),
    ] {
        let told = refusal(&altered(method, flags)).unwrap();
        assert!(
            told.contains(&format!("is a zip archive {what}, not")),
            "{method} {flags}: {told}"
        );
    }
    let prefixed = [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), altered(0, 0)].concat();
    let told = refusal(&prefixed).unwrap();
    assert!(told.contains("with other bytes before it"), "{told}");
    let program = [b"MZ\x90\x00\x03\x00\x00\x00".to_vec(), altered(0, 0)].concat();
    let told = refusal(&program).unwrap();
    assert!(told.contains("an archive that unpacks itself"), "{told}");
}

#[test]
fn a_header_that_begins_like_another_format_is_still_a_header() {
    for sheet in [
        "ID;Person;Groups\n1;Ann;Finance\n",
        "ID;P\nF;Anna\nC;Xaver\n",
        "TABLE\nann\n",
        "TABLE,0\n0,1\n",
        "[user],[groups]\nann,Finance\n",
        "[\"user\"],[\"groups\"]\nann,Finance\n",
        "{user},{groups}\nann,Finance\n",
        "{\"user\"};{\"groups\"}\nann;Finance\n",
        "<user>,<groups>\nann,Finance\n",
        "<title>;<name>\nMs;Ann\n",
        "<table>\t<name>\nx\tAnn\n",
        "PAR1,PAR2\n1,2\n",
        "PK,user\n1,ann\n",
        "BM,user\n1,ann\n",
        "MZ,user\n1,ann\n",
        "GIF89a,user\n1,ann\n",
        "BZh9,user\n1,ann\n",
        "BEGIN:VCARD,user\n1,ann\n",
        "From: ,To: \nann,bob\n",
        "MIME-Version,user\n1.0,ann\n",
        "dn: ,cn: \nann,bob\n",
        "version: 1,user\nx,ann\n",
        "-- user,groups\nann,Finance\n",
        "%PDF,user\n1,ann\n",
        "<,>\n1,2\n",
        "{,}\n1,2\n",
        "[,]\n1,2\n",
    ] {
        assert_eq!(refusal(sheet.as_bytes()), None, "{sheet}");
        assert_eq!(refusal(&utf_16(sheet)), None, "{sheet}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_table_with_a_plain_header_is_taken_for_something_else(
        header in prop::collection::vec("[A-Za-z][A-Za-z0-9 _.:/#<>{}\\[\\];\"%-]{0,12}", 1..6),
        rows in prop::collection::vec(prop::collection::vec("[ -~é\n]{0,12}", 1..6), 1..8),
        delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|']),
    ) {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(Vec::new());
        writer.write_record(&header).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        prop_assert_eq!(refusal(&bytes), None);
    }
}
