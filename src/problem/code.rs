//! The codes of problems, by which programs distinguish them.

use std::fmt;

use strum::{EnumIter, IntoStaticStr};

/// What is wrong with a sheet or a row. As text, in kebab-case, it is part of the output for programs and of results
/// files, so a variant that is renamed keeps its text by `#[strum(serialize = "…")]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum ProblemCode {
    // The file and its worksheets.
    /// `--sheet` names a worksheet that the file does not have.
    NoSuchSheet,
    /// No worksheet, or not the one that was asked for, has a header that reseat knows.
    NoHeader,
    /// It is a results file.
    ResultsFile,
    /// There are headers but no rows.
    NoRows,
    /// Every row says `ignore`.
    NothingToRun,
    /// A hidden worksheet has rows that will run.
    HiddenSheet,
    /// A worksheet has the name of another operation than its rows have.
    SheetNameOverruled,
    /// Rows of a worksheet set groups' rules because of its columns alone, beside a worksheet that says what to do.
    InferredRules,

    // The header.
    /// Rows above the header are not read.
    RowsAboveHeader,
    /// `--map` names a column that reseat does not have.
    UnknownColumn,
    /// `--map` names a header that the sheet does not have.
    NoSuchHeader,
    /// `--map` says two things of one header.
    MappedTwice,
    /// A header names no column.
    UnknownHeader,
    /// The cells of a column that is not used look like licences.
    LicensesNotUsed,
    /// The cells of a column that is not used are addresses.
    AddressesNotUsed,
    /// The cells of a column that is not used are names of the organization's groups.
    GroupsNotUsed,
    /// The cells of a column that is not used say what is to be done.
    OperationNotUsed,
    /// A column that is not used has days that are not over, and its rows run at once.
    DatesNotUsed,
    /// Rows that take access away wait for a day that their header calls somebody's last.
    EndsBeforeLastDay,
    /// A header that may be meant for another column than it is taken for.
    DoubtfulHeader,
    /// Two headers name the same column.
    TwoHeaders,
    /// A row under the header is a header again.
    HeaderAgain,

    // The row as a line of cells.
    /// A double quote is not closed.
    UnclosedQuote,
    /// Text straight after a closing double quote.
    TextAfterQuote,
    /// A double quote that closes nothing.
    StrayQuote,
    /// Spaces before a double quote make it part of the text.
    SpaceBeforeQuote,
    /// The row is longer than any row of a spreadsheet program.
    RowTooLong,
    /// A row of a CSV has more cells than the header.
    TooManyCells,
    /// Rows of a CSV have fewer cells than the header.
    ShortRow,
    /// Cells are under no header.
    CellWithoutHeader,
    /// The row is a line of text that has an address in it.
    LineOfText,
    /// Rows are hidden in the spreadsheet program.
    HiddenRows,
    /// The total row of a table is not read.
    TotalRow,
    /// Columns are hidden in the spreadsheet program.
    HiddenColumns,
    /// Rows have cells struck through.
    StruckRows,
    /// Cells are covered by a merged cell.
    CoveredCells,
    /// A cell that is needed lies under a merged one of a row above.
    MergedDown,

    // A cell that does not hold a value.
    /// More text than a cell of a spreadsheet program holds.
    CellTooLong,
    /// A cell is as long as spreadsheet programs cut texts to.
    CellCutOff,
    /// A formula whose result is not stored.
    FormulaWithoutValue,
    /// All formulas of a column have the value of those that nobody computed.
    DoubtfulFormulas,
    /// A formula stored as text.
    FormulaAsText,
    /// An error value such as `#N/A`.
    ErrorValue,
    /// What is stored in the cell is no value.
    UnreadableCell,
    /// A word of databases and programs for nothing, such as `NULL`.
    WordForNothing,
    /// A long number that was shortened to an exponent.
    LostDigits,
    /// Letters that were lost in a conversion.
    LostLetters,
    /// Letters that may have been read in the wrong encoding.
    DoubtfulEncoding,
    /// Numbers or dates where text is expected.
    NumberCell,
    /// Names that a spreadsheet program may have changed.
    ChangedName,

    // The operation of a row.
    /// The cell names no operation.
    UnknownOperation,
    /// Nothing says what to do.
    NoOperation,
    /// The deployment does not offer what the row needs.
    NotOffered,
    /// A cell that the operation needs is empty.
    MissingCell,
    /// Cells that the operation does not take.
    CellNotUsed,
    /// A row that was an example, and still says `ignore`.
    ExampleIgnored,
    /// A row of a sheet of wanted seats that wants none.
    NotAWantedSeat,

    // The value of a cell.
    /// Not an e-mail address.
    BadEmail,
    /// Not the name of a user that could be made.
    BadUsername,
    /// An address with letters that look like others.
    LookAlikeAddress,
    /// An address is what a directory calls a guest.
    GuestName,
    /// A group or a user is named as a directory names its entries, by their places.
    DirectoryName,
    /// The address of somebody in an example.
    ExampleAddress,
    /// Several items where one belongs.
    SeveralInOneCell,
    /// `<clear>` in a column that cannot be cleared.
    CannotClear,
    /// What stands where reseat left a password out.
    PasswordLeftOut,
    /// Neither yes nor no.
    BadFlag,
    /// Not a GUID, where the column holds nothing else.
    BadId,
    /// Not a date, or none that can be meant.
    BadDate,
    /// Whether the day or the month comes first does not show, or differs within a column.
    DateOrder,
    /// Dates whose day and month a spreadsheet program may have exchanged.
    DoubtfulDates,
    /// Rows without a date among rows that have one.
    NoDate,
    /// Not a language code.
    BadLanguage,
    /// Not a time at which to delete the old account.
    BadDeleteWhen,
    /// A deletion together with a date or `never`.
    DeleteIsNow,
    /// An update that would change an account's address.
    EmailChange,
    /// A migration to the address that the user has.
    SameAddress,
    /// A double quote in a list is not closed, or the list is one of a program.
    ListQuote,
    /// Not a known licence.
    UnknownBundleCode,
    /// A code and a product name that are not the same licence.
    LicenseContradiction,
    /// A licence that is allocated to tenants, not to users.
    NotAUserBundle,
    /// Not a list of quotas.
    QuotaShape,
    /// A quota of 0.
    QuotaZero,
    /// Two quotas for one licence.
    QuotaTwice,
    /// A quota for a licence that the row does not list.
    #[strum(serialize = "quota-without-licence")]
    QuotaWithoutLicense,

    // Two rows, or two cells of one row.
    /// The row says the same as an earlier one.
    DuplicateRow,
    /// Two rows make an account of one address.
    AddressTwice,
    /// One row makes the account that another deletes.
    MadeAndDeleted,
    /// One row makes the account that another moves away from.
    MadeAndLeft,
    /// Two rows move one user.
    MigrateTwice,
    /// One row moves the user whom another deletes.
    MigrateAndDelete,
    /// One row makes the account that another offboards.
    MadeAndOffboarded,
    /// One row moves the user whom another offboards.
    MigrateAndOffboard,
    /// One row deletes the user whom another offboards.
    OffboardAndDelete,
    /// One row gives something to the user whom another offboards.
    GivenAndOffboarded,
    /// One row gives more to the user whom another deactivates.
    GivenAndDeactivated,
    /// A row works on a user whom an earlier one deletes.
    WorkAfterDelete,
    /// A row works on the old account of a user whom an earlier one moves.
    WorkAfterMigrate,
    /// Two rows set one user's licences to different sets.
    DifferentLicenses,
    /// The result for one user's licences depends on the order of the rows.
    LicensesInOrder,
    /// Two rows say exactly which groups one user is in, and differ.
    DifferentGroups,
    /// The result for one user's groups depends on the order of the rows.
    GroupsInOrder,
    /// One user joins and leaves the same group.
    JoinsAndLeaves,
    /// One user is given and loses the same licence.
    GivenAndTaken,
    /// Two rows set one profile field of one user to different values.
    DifferentValues,
    /// Two rows set the licence rule of one group.
    TwoRules,
    /// The row's person is to be like itself.
    LikeItself,
    /// The row's person is to be like one whose account another row makes.
    LikeMadeHere,
    /// The row's person is to be like one who gets a copy of somebody else's in another row.
    LikeChain,

    // A list of addresses for `export moves`.
    /// A row of the list is no move.
    NotAMove,
    /// An address is not of the domain that everybody moves to.
    AnotherDomain,
}

impl ProblemCode {
    /// The code in kebab-case: `unknown-bundle-code`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl fmt::Display for ProblemCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    /// Programs and results files know the problems by these texts.
    #[test]
    fn the_texts_of_codes_stay_as_they_are() {
        let texts: Vec<&str> = ProblemCode::iter().map(ProblemCode::as_str).collect();
        assert_eq!(
            texts.join(" "),
            "no-such-sheet no-header results-file no-rows nothing-to-run hidden-sheet sheet-name-overruled inferred-rules \
             rows-above-header unknown-column no-such-header mapped-twice unknown-header licenses-not-used addresses-not-used groups-not-used operation-not-used dates-not-used ends-before-last-day doubtful-header two-headers header-again \
             unclosed-quote text-after-quote stray-quote space-before-quote row-too-long too-many-cells short-row cell-without-header line-of-text hidden-rows \
             total-row hidden-columns struck-rows covered-cells merged-down \
             cell-too-long cell-cut-off formula-without-value doubtful-formulas formula-as-text error-value unreadable-cell word-for-nothing lost-digits lost-letters doubtful-encoding number-cell changed-name \
             unknown-operation no-operation not-offered missing-cell cell-not-used example-ignored not-a-wanted-seat \
             bad-email bad-username look-alike-address guest-name directory-name example-address several-in-one-cell cannot-clear password-left-out bad-flag bad-id bad-date date-order doubtful-dates no-date bad-language bad-delete-when \
             delete-is-now email-change same-address list-quote unknown-bundle-code license-contradiction not-a-user-bundle quota-shape \
             quota-zero quota-twice quota-without-licence \
             duplicate-row address-twice made-and-deleted made-and-left migrate-twice migrate-and-delete \
             made-and-offboarded migrate-and-offboard offboard-and-delete given-and-offboarded given-and-deactivated \
             work-after-delete work-after-migrate different-licenses licenses-in-order different-groups groups-in-order \
             joins-and-leaves \
             given-and-taken different-values two-rules like-itself like-made-here like-chain \
             not-a-move another-domain"
        );
    }
}
