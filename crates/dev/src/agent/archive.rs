//! The archive that Lambda takes: one file, and the same bytes whenever that file is the same.

use std::io::{Cursor, Write};

use base64::{Engine, engine::general_purpose::STANDARD};
use hinomi_tests::{Error, Result};
use sha2::{Digest, Sha256};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

/// The name that Lambda's OS-only runtimes start.
const ENTRY: &str = "bootstrap";

/// Packs a binary; `comment` says what it is, and is read without unpacking anything.
pub(super) fn pack(binary: &[u8], comment: &str) -> Result<Vec<u8>> {
    let write = || -> Result<Vec<u8>, zip::result::ZipError> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(9))
            .last_modified_time(DateTime::default())
            .unix_permissions(0o755);
        writer.start_file(ENTRY, options)?;
        writer.write_all(binary)?;
        writer.set_comment(comment)?;
        Ok(writer.finish()?.into_inner())
    };
    write().map_err(|error| Error::unexpected(format!("unable to pack the agent: {error}")))
}

/// SHA-256 in base64, as Lambda names a function's code.
pub(super) fn fingerprint(archive: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(archive))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn the_same_binary_makes_the_same_archive_and_lambda_can_start_it() {
        let binary: Vec<u8> = (0..100_000_u32).flat_map(|n| (n % 251).to_le_bytes()).collect();
        let archive = pack(&binary, "hinomi-agent 0.1.0").expect("packed");
        assert_eq!(archive, pack(&binary, "hinomi-agent 0.1.0").expect("packed"));
        assert!(archive.len() < binary.len());

        let mut opened = zip::ZipArchive::new(Cursor::new(&archive)).expect("an archive");
        assert_eq!(opened.comment(), b"hinomi-agent 0.1.0");
        assert_eq!(opened.len(), 1);
        let mut entry = opened.by_name("bootstrap").expect("the entry");
        assert_eq!(entry.unix_mode().map(|mode| mode & 0o777), Some(0o755));
        assert_eq!(entry.last_modified().map(|time| time.year()), Some(1980));
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("whole");
        assert_eq!(content, binary);
    }

    #[test]
    fn the_fingerprint_is_lambdas() {
        assert_eq!(fingerprint(b""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}
