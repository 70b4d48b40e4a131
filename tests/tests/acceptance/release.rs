//! A release of the provider: its executable and, beside it, the agents that a test puts there.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::PathBuf;

use hinomi_tests::{Account, Error, Result, Workspace, paths};

/// A folder with the provider and, beside it, the agents that a test puts there.
pub(crate) struct Release {
    folder: PathBuf,
    provider: PathBuf,
}

impl Release {
    /// Below the target directory, so that the provider can be a link to its own bytes.
    pub(crate) fn new(name: &str) -> Result<Self> {
        let folder =
            paths::provider().with_file_name(format!("release-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).map_err(Error::io("make a release's folder"))?;
        let provider = folder.join("terraform-provider-hinomi");
        let _ = fs::remove_file(&provider);
        fs::hard_link(paths::provider(), &provider).map_err(Error::io("link the provider"))?;
        Ok(Self { folder, provider })
    }

    /// A release with an agent for each processor, of one build: `hinomi-agent` or `hinomi-report`.
    pub(crate) fn for_both_processors(name: &str, build: &str) -> Result<Self> {
        let archive = archive(build, "1.0.0");
        let both = Self::new(name)?;
        both.with(&format!("{build}-x86_64.zip"), &archive)?
            .with(&format!("{build}-arm64.zip"), &archive)
    }

    /// Puts an archive beside the provider.
    pub(crate) fn with(self, file: &str, archive: &[u8]) -> Result<Self> {
        fs::write(self.folder.join(file), archive).map_err(Error::io("write an agent"))?;
        Ok(self)
    }

    pub(crate) fn workspace(&self, name: &str, account: &Account) -> Result<Workspace> {
        Ok(Workspace::with_provider(name, &self.provider)?.with_account(account))
    }
}

impl Drop for Release {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// An archive that Lambda takes, of this build and version.
pub(crate) fn archive(build: &str, version: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().unix_permissions(0o755);
    archive.start_file("bootstrap", options).expect("a file in memory");
    archive.write_all(format!("#!/bin/sh\n# {version}\n").as_bytes()).expect("memory");
    archive.set_comment(format!("{build} {version}")).expect("a short comment");
    archive.finish().expect("memory").into_inner()
}
