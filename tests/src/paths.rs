//! Where the repository and what was built from it lie.

use std::{
    env,
    path::{Path, PathBuf},
};

use crate::{Error, Result};

/// Version of the provider; every member of the workspace has the same one.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Names the provider's binary, when it is not beside the running program.
pub const PROVIDER_VARIABLE: &str = "HINOMI_PROVIDER";

/// The repository's root.
pub fn repository() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_path_buf()
}

/// Cargo's target directory: the one that holds the running program, else `target` in the
/// repository.
pub fn target() -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    program
        .ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").is_file())
        .map_or_else(|| repository().join("target"), Path::to_path_buf)
}

/// The built provider: named by `HINOMI_PROVIDER`, else in the profile's folder of the running
/// program (a test is one folder deeper than a binary).
pub fn provider() -> PathBuf {
    if let Some(named) = env::var_os(PROVIDER_VARIABLE) {
        return PathBuf::from(named);
    }
    let program = env::current_exe().unwrap_or_default();
    let folder = program.parent().unwrap_or(Path::new("."));
    let profile = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    profile.join("terraform-provider-hinomi")
}

/// The archive of the agent that the provider uploads, beside the built provider; fails when it is
/// not built.
pub fn agent() -> Result<PathBuf> {
    archive("hinomi-agent")
}

/// The same of the agent's build that makes reports.
pub fn report() -> Result<PathBuf> {
    archive("hinomi-report")
}

fn archive(name: &str) -> Result<PathBuf> {
    let path = provider().with_file_name(format!("{name}-{}.zip", architecture()));
    if path.is_file() {
        return Ok(path);
    }
    Err(Error::Missing(format!(
        "the agent is not built: run `cargo dev agent` ({} doesn't exist)",
        path.display()
    )))
}

/// This machine in Lambda's words.
fn architecture() -> &'static str {
    match env::consts::ARCH {
        "aarch64" => "arm64",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_holds_the_workspace() {
        assert!(repository().join("Cargo.toml").is_file());
        assert!(repository().join("tests/src/paths.rs").is_file());
    }

    #[test]
    fn the_target_directory_holds_this_test() {
        let program = env::current_exe().expect("a test runs from a file");
        assert!(program.starts_with(target()), "{}", target().display());
    }
}
