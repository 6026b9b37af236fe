//! Web pages and XML.

use super::kind::Foreign;

/// With what a web page, or the piece of one that a server calls a workbook, may begin.
const PAGE: [&str; 26] = [
    "html", "head", "body", "meta", "title", "style", "script", "link", "base", "div", "span", "table", "thead",
    "tbody", "tr", "center", "font", "form", "p", "br", "b", "h1", "h2", "h3", "h4", "pre",
];

/// Tells what a text is that begins with `<`, by its first 4096 bytes.
pub(super) fn foreign_markup(text: &str) -> Option<Foreign> {
    let mut rest = text;
    let mut is_xml = false;
    loop {
        rest = rest.trim_start();
        let lower = rest.get(..9).unwrap_or(rest).to_ascii_lowercase();
        let end = if lower.starts_with("<!--") {
            "-->"
        } else if lower.starts_with("<?") {
            is_xml |= lower.starts_with("<?xml") || lower.starts_with("<?mso");
            "?>"
        } else if lower.starts_with("<!doctype") {
            if rest
                .get(9..)
                .is_some_and(|name| name.trim_start().to_ascii_lowercase().starts_with("html"))
            {
                return Some(page());
            }
            is_xml = true;
            ">"
        } else {
            break;
        };
        // A comment that is longer than what is looked at: no header begins so.
        let Some((_, after)) = rest.split_once(end) else {
            return Some(if is_xml { xml(text) } else { page() });
        };
        rest = after;
    }
    let Some(tag) = rest.strip_prefix('<') else {
        return is_xml.then(|| xml(text));
    };
    let is_name = |letter: char| letter.is_alphanumeric() || matches!(letter, ':' | '-' | '_' | '.');
    let name: String = tag.chars().take_while(|letter| is_name(*letter)).collect();
    let after_name = &tag[name.len()..];
    if !after_name.starts_with(['>', '/', ' ', '\t', '\r', '\n']) {
        return is_xml.then(|| xml(text));
    }
    if PAGE.contains(&name.to_ascii_lowercase().as_str()) && (is_xml || !goes_on_as_a_table(after_name)) {
        return Some(page());
    }
    if is_xml
        || after_name
            .split('>')
            .next()
            .is_some_and(|attributes| attributes.contains("xmlns"))
    {
        return Some(xml(text));
    }
    let is_closed =
        text.contains(&format!("</{name}>")) || after_name.trim_start_matches('>').trim_start().starts_with('<');
    (is_closed && !goes_on_as_a_table(after_name)).then(|| xml(text))
}

/// Whether what follows a tag's name makes it the first header of a table, `<title>,<name>`.
fn goes_on_as_a_table(after_name: &str) -> bool {
    let line = after_name.lines().next().unwrap_or_default();
    let after = line.split_once('>').map_or("", |(_, after)| after);
    after.starts_with([',', ';', '|']) || (after.starts_with('\t') && !line.contains("</"))
}

fn page() -> Foreign {
    Foreign::opened("a web page")
}

fn xml(text: &str) -> Foreign {
    let has = |word: &str| text.contains(word);
    if has("urn:schemas-microsoft-com:office:spreadsheet") || has("progid=\"Excel.Sheet\"") {
        Foreign::opened("an XML spreadsheet of Excel 2003")
    } else if has("gnumeric.org/") {
        Foreign::opened("a Gnumeric workbook")
    } else if has("urn:oasis:names:tc:opendocument:xmlns:office:1.0") {
        if has("application/vnd.oasis.opendocument.spreadsheet") {
            Foreign::opened("a flat OpenDocument spreadsheet")
        } else {
            Foreign::copied("a flat OpenDocument file")
        }
    } else if has("progid=\"Word.Document\"") || has("schemas.microsoft.com/office/word/") {
        Foreign::copied("a Word document")
    } else if has("http://www.w3.org/2000/svg") {
        Foreign::exported("a picture")
    } else if has("http://www.w3.org/1999/xhtml") {
        page()
    } else {
        Foreign::exported("an XML file")
    }
}
