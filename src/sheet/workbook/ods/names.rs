//! Names of elements and attributes, by what their prefixes stand for.

use quick_xml::name::{Namespace, NamespaceResolver, QName, ResolveResult};

/// The namespaces in which a spreadsheet says what its cells hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    Office,
    Table,
    Text,
    Style,
    /// What `LibreOffice` adds.
    CalcExt,
    /// What `OpenOffice.org` 1 had for `Office`.
    OldOffice,
    Other,
}

/// The element's namespace, and its name without a prefix.
pub(super) fn element<'n>(resolver: &NamespaceResolver, name: QName<'n>) -> (Space, &'n str) {
    let (space, local) = resolver.resolve_element(name);
    (known(&space), local.into_inner())
}

/// The attribute's namespace, and its name without a prefix.
pub(super) fn attribute<'n>(resolver: &NamespaceResolver, name: QName<'n>) -> (Space, &'n str) {
    let (space, local) = resolver.resolve_attribute(name);
    (known(&space), local.into_inner())
}

fn known(space: &ResolveResult<'_>) -> Space {
    let ResolveResult::Bound(Namespace(uri)) = space else {
        return Space::Other;
    };
    match *uri {
        "urn:oasis:names:tc:opendocument:xmlns:office:1.0" => Space::Office,
        "urn:oasis:names:tc:opendocument:xmlns:table:1.0" => Space::Table,
        "urn:oasis:names:tc:opendocument:xmlns:text:1.0" => Space::Text,
        "urn:oasis:names:tc:opendocument:xmlns:style:1.0" => Space::Style,
        "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" => Space::CalcExt,
        "http://openoffice.org/2000/office" => Space::OldOffice,
        _ => Space::Other,
    }
}
