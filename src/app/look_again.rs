//! The look at the organization that finished rows may take before a run is planned.

use super::chosen_rows::ChosenRows;
use super::coming_again::coming_again;
use super::failure::Failure;
use super::organization::Organization;
use super::results::not_read;
use super::session::Session;
use crate::directory::Needs;
use crate::ledger::History;

impl Session<'_> {
    /// Adds those finished rows of which the organization tells that they come after one that is run. It is asked only
    /// where rows of a sheet name their accounts in different ways.
    pub(super) async fn look_again(
        &self,
        organization: &Organization,
        choice: &mut ChosenRows,
        history: Option<&History>,
    ) -> Result<(), Failure> {
        let doubtful = std::mem::take(&mut choice.doubtful);
        let Some(history) = history.filter(|_| !doubtful.is_empty()) else {
            return Ok(());
        };
        organization.check_id(self).await?;
        let progress = self.progress();
        let rows = || choice.rows.iter().chain(doubtful.iter().map(|doubtful| &doubtful.row));
        let needs = Needs {
            users: rows().filter_map(|row| row.operation.named_user()).collect(),
            addresses: rows().flat_map(|row| row.operation.names_made()).collect(),
            ..Needs::default()
        };
        let snapshot = self.read(organization, &needs).await?;
        progress.finish();
        let again = coming_again(&choice.rows, doubtful, &snapshot);
        choice.take_again(again, history).map_err(|error| not_read(&error))
    }
}
