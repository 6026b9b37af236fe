//! The quotas of a cell.

use super::fault::{Fault, shown};
use super::license_list::unknown;
use super::list::split;
use crate::model::{BundleSet, Catalogue, Quota};
use crate::problem::ProblemCode;

/// The quotas of a cell such as `ATTUNU=10; TSTNU=5`, each for one of `licenses`; a mere number
/// where there is but one licence.
pub(super) fn parse_quotas(cell: &str, licenses: &BundleSet, catalogue: &Catalogue) -> Result<Vec<Quota>, Fault> {
    let shape = || {
        Fault::error(
            ProblemCode::QuotaShape,
            format!("`{}` is no list of quotas", shown(cell)),
            "write code and number, parted by `;`: ATTUNU=10; TSTNU=5",
        )
    };
    if let (Ok(limit), [code]) = (cell.parse::<u32>(), licenses.iter().as_slice()) {
        return Ok(vec![Quota {
            code: code.clone(),
            limit: at_least_one(limit)?,
        }]);
    }
    let mut quotas: Vec<Quota> = Vec::new();
    for item in split(cell).map_err(|_| shape())? {
        let (word, number) = item.text.split_once(['=', ':']).ok_or_else(shape)?;
        let word = word.trim();
        let code = catalogue.code(word).ok_or_else(|| unknown(word, catalogue))?;
        let limit = at_least_one(number.trim().parse().map_err(|_| shape())?)?;
        if !licenses.contains(&code) {
            return Err(Fault::error(
                ProblemCode::QuotaWithoutLicense,
                format!("the quota for `{code}` limits a licence that the row does not list"),
                format!("add `{code}` to `licenses`, or leave the quota out"),
            ));
        }
        if quotas.iter().any(|quota| quota.code == code) {
            return Err(Fault::error(
                ProblemCode::QuotaTwice,
                format!("`{code}` has two quotas"),
                "keep one of them",
            ));
        }
        quotas.push(Quota { code, limit });
    }
    quotas.sort_by(|one, other| one.code.cmp(&other.code));
    Ok(quotas)
}

fn at_least_one(limit: u32) -> Result<u32, Fault> {
    if limit == 0 {
        return Err(Fault::error(
            ProblemCode::QuotaZero,
            "a quota is at least 1",
            "to give nobody the licence, leave it out of `licenses`",
        ));
    }
    Ok(limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::BundleCode;

    #[test]
    fn quotas_name_a_license_of_the_row_once_with_a_number_from_1() {
        let catalogue = Catalogue::default();
        let licenses: BundleSet = ["ATTUNU", "TSTNU"].map(BundleCode::new).into_iter().collect();
        let one: BundleSet = [BundleCode::new("ATTUNU")].into_iter().collect();
        let quotas = parse_quotas("tstnu : 5; Attended - Named User=10", &licenses, &catalogue).unwrap();
        let shown: Vec<_> = quotas
            .iter()
            .map(|quota| format!("{}={}", quota.code, quota.limit))
            .collect();
        assert_eq!(shown, ["ATTUNU=10", "TSTNU=5"]);
        assert_eq!(parse_quotas("7", &one, &catalogue).unwrap()[0].limit, 7);
        for (cell, code) in [
            ("7", "quota-shape"),
            ("ATTUNU", "quota-shape"),
            ("ATTUNU=many", "quota-shape"),
            ("ATTUNU=-1", "quota-shape"),
            ("ATTUNU=0", "quota-zero"),
            ("ACNU=3", "quota-without-licence"),
            ("ATTUNU=1;attunu=2", "quota-twice"),
            ("ATUNU=1", "unknown-bundle-code"),
        ] {
            assert_eq!(
                parse_quotas(cell, &licenses, &catalogue).unwrap_err().code.as_str(),
                code,
                "{cell}"
            );
        }
    }
}
