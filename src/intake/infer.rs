//! What a row asks for when it does not say.

use super::column::Column;
use super::header::Header;
use super::row::Cells;
use crate::model::OperationKind;

/// What a row asks for when nothing says so and nothing else can be meant.
pub(super) fn inferred(header: &Header, cells: &Cells<'_>) -> Option<OperationKind> {
    let names_a_user = [Column::User, Column::Email, Column::Username]
        .iter()
        .any(|column| cells.has(*column));
    if cells.has(Column::NewEmail) && names_a_user {
        Some(OperationKind::Migrate)
    } else if header.is_portal && cells.has(Column::Email) {
        Some(OperationKind::Invite)
    } else if cells.has(Column::Group) && cells.has(Column::Licenses) && !names_a_user {
        Some(OperationKind::SetGroupLicenses)
    } else {
        None
    }
}
