//! Where the agent is built: the folders that must leave no trace in it.

use std::{
    env,
    path::{Path, PathBuf},
};

use hinomi_tests::paths;

/// The folders of a build.
pub(super) struct Place {
    /// The source.
    pub(super) repository: PathBuf,
    /// What Cargo builds in.
    pub(super) target: PathBuf,
    /// Cargo's home, with the source of all dependencies.
    pub(super) home: PathBuf,
}

impl Place {
    /// This repository, with Cargo as the person has set it up.
    pub(super) fn own() -> Self {
        let home = env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
        Self {
            repository: paths::repository(),
            target: paths::target(),
            home: home.unwrap_or_default(),
        }
    }

    /// For each folder, what stands in the binary in its place. A later one goes before an earlier
    /// one, and the target directory may lie in the repository.
    pub(super) fn fixed(
        &self,
        say: impl Fn(std::path::Display<'_>, &str) -> String,
    ) -> Vec<String> {
        let folders: [(&Path, &str); 3] =
            [(&self.home, "/cargo"), (&self.repository, "/hinomi"), (&self.target, "/target")];
        folders.map(|(path, name)| say(path.display(), name)).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_directory_goes_before_the_repository_that_holds_it() {
        let place = Place {
            repository: "/a".into(),
            target: "/a/target".into(),
            home: "/home/x/.cargo".into(),
        };
        let flags = place.fixed(|path, name| format!("{path}={name}"));
        assert_eq!(flags, ["/home/x/.cargo=/cargo", "/a=/hinomi", "/a/target=/target"]);
    }
}
