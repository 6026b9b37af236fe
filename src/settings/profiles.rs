//! Which profiles there are.

use super::file::ConfigFile;
use super::finding::{Finding, Findings};
use super::inputs::{Absence, Overrides, Surroundings};
use super::origins::Origins;
use super::section::{Notes, Section};

/// The names of the profiles in the configuration file; none where there is no file.
pub fn profiles(overrides: &Overrides, surroundings: &Surroundings<'_>) -> Result<Vec<String>, Vec<Finding>> {
    let findings = Findings::default();
    let names = names(overrides, surroundings, &findings);
    names.map_err(|()| {
        let (errors, _) = findings.split();
        errors
    })
}

fn names(overrides: &Overrides, surroundings: &Surroundings<'_>, findings: &Findings) -> Result<Vec<String>, ()> {
    let Some(file) = ConfigFile::read(overrides, surroundings, Absence::Fault, findings)? else {
        return Ok(Vec::new());
    };
    let table = file.parse(findings)?;
    let origins = Origins::default();
    let notes = Notes {
        findings,
        origins: &origins,
    };
    let mut root = Section::whole_file(&file.path, &file.text, &table, notes);
    let profiles = root.section("profile");
    Ok(profiles.names().into_iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profiles_of_the_file_are_told_and_a_file_that_is_none_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let surroundings = Surroundings {
            environment: &|_| None,
            working_folder: folder.path(),
            config_folder: None,
        };
        let told = || profiles(&Overrides::default(), &surroundings);
        assert_eq!(told().unwrap(), Vec::<String>::new());
        let write = |text: &str| fs_err::write(folder.path().join("reseat.toml"), text).unwrap();
        write("[profile.acme]\n[profile.\"Zoë GmbH\".limits]\nget = 1\n");
        assert_eq!(told().unwrap(), ["Zoë GmbH", "acme"]);
        write("[profile");
        assert_eq!(told().unwrap_err().len(), 1);
    }
}
