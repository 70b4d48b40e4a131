//! The agent's archives, which lie beside the provider's own executable: one for each build of it.
//!
//! Every platform's release of the provider carries the same bytes, so the hash that a plan shows
//! changes when the agent does, and not with the provider.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use sha2::{Digest, Sha256};

/// A processor that Lambda runs the agent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Architecture {
    /// Intel and AMD.
    X86,
    /// Graviton: a fifth cheaper.
    Arm,
}

impl Architecture {
    /// The word that Lambda uses: `x86_64` or `arm64`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::X86 => "x86_64",
            Self::Arm => "arm64",
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A build of the agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Build {
    /// The small one: it checks, and tells.
    Agent,
    /// The one with charts and Parquet: it reports costs.
    Report,
}

impl Build {
    /// What the archive's name begins with, and the archive's comment, before the version.
    fn name(self) -> &'static str {
        match self {
            Self::Agent => "hinomi-agent",
            Self::Report => "hinomi-report",
        }
    }
}

/// The agent, ready to be uploaded.
#[derive(Clone, Debug)]
pub struct Package {
    /// What it runs on.
    pub architecture: Architecture,
    /// The zip archive.
    pub bytes: Bytes,
    /// Base64 of its SHA-256: what Lambda calls `CodeSha256`.
    pub sha256: String,
    /// The agent's version, from the archive's comment.
    pub version: String,
}

/// Why there is no agent to upload. `Display` is a sentence without its full stop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAgent {
    /// The executable's own place is not known.
    #[error("Where the provider's executable lies can't be found out: {0}")]
    Nowhere(String),
    /// The archive is not there, or can't be read.
    #[error("The agent's archive can't be read at `{}`: {reason}", .path.display())]
    Unreadable {
        /// Where it must be.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// What lies there is something else.
    #[error("What lies at `{}` is not the agent's archive: {reason}", .path.display())]
    Broken {
        /// Where it lies.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// A build of the agent for an architecture. Read once; a failure is not kept.
///
/// # Errors
/// [`NoAgent`], with the place where the archive must be.
pub fn package(build: Build, architecture: Architecture) -> Result<Arc<Package>, NoAgent> {
    static KEPT: Mutex<BTreeMap<PathBuf, Arc<Package>>> = Mutex::new(BTreeMap::new());
    let path = beside_executable()?.join(file_name(build, architecture));
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(package) = kept.get(&path) {
        return Ok(Arc::clone(package));
    }
    let read = Arc::new(read(&path, build, architecture)?);
    kept.insert(path, Arc::clone(&read));
    Ok(read)
}

fn file_name(build: Build, architecture: Architecture) -> String {
    format!("{}-{architecture}.zip", build.name())
}

/// The folder of the executable itself, where a link in Terraform's plugin folder leads to.
fn beside_executable() -> Result<PathBuf, NoAgent> {
    let executable = std::env::current_exe().and_then(std::fs::canonicalize);
    let executable = executable.map_err(|problem| NoAgent::Nowhere(problem.to_string()))?;
    match executable.parent() {
        Some(folder) => Ok(folder.to_owned()),
        None => Err(NoAgent::Nowhere(format!("`{}` has no folder", executable.display()))),
    }
}

fn read(path: &Path, build: Build, architecture: Architecture) -> Result<Package, NoAgent> {
    let path = || path.to_owned();
    let bytes = match std::fs::read(path()) {
        Ok(bytes) => Bytes::from(bytes),
        Err(problem) => {
            return Err(NoAgent::Unreadable { path: path(), reason: problem.to_string() });
        }
    };
    let version = match version(build, &bytes) {
        Ok(version) => version,
        Err(reason) => return Err(NoAgent::Broken { path: path(), reason }),
    };
    let sha256 = STANDARD.encode(Sha256::digest(&bytes));
    Ok(Package { architecture, bytes, sha256, version })
}

/// The version in an archive's comment, such as `hinomi-agent <version>`.
fn version(build: Build, archive: &Bytes) -> Result<String, String> {
    let archive = zip::ZipArchive::new(Cursor::new(archive)).map_err(|p| p.to_string())?;
    if archive.index_for_name("bootstrap").is_none() {
        return Err("it holds no file `bootstrap`".to_owned());
    }
    let comment = String::from_utf8_lossy(archive.comment()).into_owned();
    let version = comment.strip_prefix(build.name()).and_then(|rest| rest.strip_prefix(' '));
    match version {
        Some(version) if !version.trim().is_empty() => Ok(version.trim().to_owned()),
        Some(_) | None => Err(format!("its comment `{comment}` names no version")),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(file: &str, comment: &str) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file(file, SimpleFileOptions::default()).unwrap();
        archive.write_all(b"#!/bin/sh\n").unwrap();
        archive.set_comment(comment).unwrap();
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn the_version_is_the_comments() {
        for (build, comment) in
            [(Build::Agent, "hinomi-agent 0.1.0"), (Build::Report, "hinomi-report 0.1.0")]
        {
            let bytes = Bytes::from(archive("bootstrap", comment));
            assert_eq!(version(build, &bytes).unwrap(), "0.1.0");
        }
    }

    #[test]
    fn another_archive_is_refused() {
        for (build, file, comment, told) in [
            (Build::Agent, "index.js", "hinomi-agent 0.1.0", "no file `bootstrap`"),
            (Build::Agent, "bootstrap", "", "names no version"),
            (Build::Agent, "bootstrap", "hinomi-agent ", "names no version"),
            (Build::Agent, "bootstrap", "hinomi-report 0.1.0", "names no version"),
            (Build::Report, "bootstrap", "hinomi-agent 0.1.0", "names no version"),
        ] {
            let problem = version(build, &Bytes::from(archive(file, comment))).unwrap_err();
            assert!(problem.contains(told), "{problem}");
        }
        assert!(version(Build::Agent, &Bytes::from_static(b"no archive")).is_err());
    }

    #[test]
    fn a_missing_archive_is_told_with_its_place() {
        for (build, name) in
            [(Build::Agent, "hinomi-agent-arm64.zip"), (Build::Report, "hinomi-report-arm64.zip")]
        {
            let path = Path::new("/nowhere/at/all").join(file_name(build, Architecture::Arm));
            let problem = read(&path, build, Architecture::Arm).unwrap_err().to_string();
            assert!(problem.contains(&format!("`/nowhere/at/all/{name}`")), "{problem}");
        }
    }

    #[test]
    fn the_hash_is_the_one_of_lambda() {
        let folder = std::env::temp_dir().join(format!("hinomi-agent-test-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let bytes = archive("bootstrap", "hinomi-agent 1.2.3");
        let path = folder.join(file_name(Build::Agent, Architecture::X86));
        std::fs::write(&path, &bytes).unwrap();
        let package = read(&path, Build::Agent, Architecture::X86).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(package.version, "1.2.3");
        assert_eq!(package.sha256, STANDARD.encode(Sha256::digest(&bytes)));
        assert_eq!(package.bytes, bytes);
    }
}
