//! The agent's archive, which lies beside the provider's own executable.
//!
//! Every platform's release of the provider carries the same bytes, so the hash that a plan shows
//! changes when the agent does, and not with the provider.

use std::fmt;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

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

/// What goes before the version in the archive's comment.
const COMMENT: &str = "hinomi-agent ";

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

/// The agent for an architecture. Read once; a failure is not kept.
///
/// # Errors
/// [`NoAgent`], with the place where the archive must be.
pub fn package(architecture: Architecture) -> Result<Arc<Package>, NoAgent> {
    static X86: OnceLock<Arc<Package>> = OnceLock::new();
    static ARM: OnceLock<Arc<Package>> = OnceLock::new();
    let kept = match architecture {
        Architecture::X86 => &X86,
        Architecture::Arm => &ARM,
    };
    if let Some(package) = kept.get() {
        return Ok(Arc::clone(package));
    }
    let read = Arc::new(read(&beside_executable()?, architecture)?);
    Ok(Arc::clone(kept.get_or_init(|| read)))
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

fn read(folder: &Path, architecture: Architecture) -> Result<Package, NoAgent> {
    let path = folder.join(format!("hinomi-agent-{architecture}.zip"));
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => Bytes::from(bytes),
        Err(problem) => return Err(NoAgent::Unreadable { path, reason: problem.to_string() }),
    };
    let version = match version(&bytes) {
        Ok(version) => version,
        Err(reason) => return Err(NoAgent::Broken { path, reason }),
    };
    let sha256 = STANDARD.encode(Sha256::digest(&bytes));
    Ok(Package { architecture, bytes, sha256, version })
}

/// The version in an archive's comment, `hinomi-agent <version>`.
fn version(archive: &Bytes) -> Result<String, String> {
    let archive = zip::ZipArchive::new(Cursor::new(archive)).map_err(|p| p.to_string())?;
    if archive.index_for_name("bootstrap").is_none() {
        return Err("it holds no file `bootstrap`".to_owned());
    }
    let comment = String::from_utf8_lossy(archive.comment()).into_owned();
    match comment.strip_prefix(COMMENT) {
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
        let bytes = Bytes::from(archive("bootstrap", "hinomi-agent 0.1.0"));
        assert_eq!(version(&bytes).unwrap(), "0.1.0");
    }

    #[test]
    fn another_archive_is_refused() {
        for (file, comment, told) in [
            ("index.js", "hinomi-agent 0.1.0", "no file `bootstrap`"),
            ("bootstrap", "", "names no version"),
            ("bootstrap", "hinomi-agent ", "names no version"),
        ] {
            let problem = version(&Bytes::from(archive(file, comment))).unwrap_err();
            assert!(problem.contains(told), "{problem}");
        }
        assert!(version(&Bytes::from_static(b"no archive")).is_err());
    }

    #[test]
    fn a_missing_archive_is_told_with_its_place() {
        let folder = Path::new("/nowhere/at/all");
        let problem = read(folder, Architecture::Arm).unwrap_err().to_string();
        assert!(problem.contains("`/nowhere/at/all/hinomi-agent-arm64.zip`"), "{problem}");
    }

    #[test]
    fn the_hash_is_the_one_of_lambda() {
        let folder = std::env::temp_dir().join(format!("hinomi-agent-test-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let bytes = archive("bootstrap", "hinomi-agent 1.2.3");
        std::fs::write(folder.join("hinomi-agent-x86_64.zip"), &bytes).unwrap();
        let package = read(&folder, Architecture::X86).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(package.version, "1.2.3");
        assert_eq!(package.sha256, STANDARD.encode(Sha256::digest(&bytes)));
        assert_eq!(package.bytes, bytes);
    }
}
