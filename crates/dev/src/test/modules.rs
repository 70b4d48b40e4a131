//! Modules and examples: each is valid with the built provider, and its own tests pass.

use std::{
    fs,
    path::{Path, PathBuf},
};

use hinomi_tests::{Error, Result, Verb, Workspace, paths};

use super::{
    count::{self, Tally},
    run::Run,
};
use crate::console;

pub(super) fn run(run: &Run, provider: &Path) -> Result<Tally> {
    let mut total = Tally::default();
    for folder in configurations(&paths::repository())? {
        let chosen = run.filter.as_ref().is_none_or(|filter| folder.contains(filter.as_str()));
        if chosen {
            total = total + check(provider, &folder)?;
        }
    }
    Ok(total)
}

/// One folder: valid, and tested when it is a module.
fn check(provider: &Path, folder: &str) -> Result<Tally> {
    console::line(format_args!("{}", console::bold(folder)));
    let workspace = Workspace::from_repository("module", folder, provider)?;
    // What init and validate say is of interest only when they fail, and then the error has it.
    let valid = workspace.validate();
    let mut tally = Tally::one(valid.is_ok());
    if let Err(error) = valid {
        console::error(&error);
        return Ok(tally);
    }
    console::line("  valid");
    if has_tests(&paths::repository().join(folder)) {
        let output = workspace.run(Verb::Test)?;
        console::line(format_args!("{}{}", output.stdout(), output.stderr()));
        let counted = count::terraform(output.stdout());
        tally = tally + counted.of_program(output.code() == Some(0) && counted.total() > 0);
    } else if folder.starts_with("modules/") {
        console::line("a module needs tests in tests/*.tftest.hcl");
        tally = tally + Tally::one(false);
    }
    Ok(tally)
}

/// Every folder below `modules` and `examples` that holds a configuration, as a path in the
/// repository.
fn configurations(repository: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for part in ["modules", "examples"] {
        let folder = repository.join(part);
        if folder.is_dir() {
            collect(&folder, &mut found)?;
        }
    }
    Ok(found
        .iter()
        .filter_map(|folder| folder.strip_prefix(repository).ok())
        .map(|folder| folder.to_string_lossy().into_owned())
        .collect())
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .map_err(Error::io(format!("list {}", folder.display())))?;
    entries.sort();
    if entries.iter().any(|path| has_extension(path, "tf")) {
        found.push(folder.to_path_buf());
    }
    for entry in entries.iter().filter(|entry| entry.is_dir()) {
        // A test's own fixtures are its business, and dot folders are Terraform's.
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name != "tests" && !name.starts_with('.') {
            collect(entry, found)?;
        }
    }
    Ok(())
}

fn has_tests(folder: &Path) -> bool {
    fs::read_dir(folder.join("tests")).is_ok_and(|entries| {
        entries.flatten().any(|entry| entry.file_name().to_string_lossy().ends_with(".tftest.hcl"))
    })
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_with_a_configuration_are_found() {
        let root = tempfile::tempdir().expect("a folder");
        let files = [
            "modules/account/main.tf",
            "modules/account/tests/unit.tftest.hcl",
            "modules/account/tests/setup/main.tf",
            "modules/README.md",
            "examples/quickstart/main.tf",
            "examples/resources/hinomi_cost_alert/resource.tf",
            "examples/quickstart/.terraform/modules/x/main.tf",
        ];
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().expect("not the root")).expect("made");
            fs::write(path, "").expect("written");
        }
        let expected =
            ["modules/account", "examples/quickstart", "examples/resources/hinomi_cost_alert"];
        assert_eq!(configurations(root.path()).expect("listed"), expected);
        assert!(has_tests(&root.path().join("modules/account")));
        assert!(!has_tests(&root.path().join("examples/quickstart")));
    }
}
