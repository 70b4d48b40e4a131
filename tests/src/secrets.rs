//! Finds a secret in everything that a run left behind, in every form in which it may hide.
//!
//! A plan file is a deflated zip, a state holds JSON inside JSON, a log holds percent-encoded
//! URLs and base64: a plain search would find none of these.

mod forms;

use std::{
    fmt, fs,
    io::{Cursor, Read, Write},
    path::{Path, PathBuf},
};

use forms::{Needle, needles};

use crate::{Error, Result};

/// Archives inside archives are opened to this depth.
const DEEPEST: usize = 4;

/// A secret in something that was searched. It doesn't repeat the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// File, and entries of archives below it.
    pub place: String,
    /// How it was written there.
    pub form: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.place, self.form)
    }
}

/// Searches a file, or a folder with everything below it. Symbolic links are not followed.
///
/// Before it reports that nothing was found, it shows that it would have found the secret.
pub fn search(path: &Path, secret: &str) -> Result<Vec<Finding>> {
    let needles = needles(secret)?;
    prove(secret, &needles)?;
    let mut findings = Vec::new();
    for file in files(path)? {
        let bytes = fs::read(&file).map_err(Error::io(format!("read {}", file.display())))?;
        search_bytes(&file.display().to_string(), &bytes, &needles, 0, &mut findings)?;
    }
    Ok(findings)
}

/// Fails when one of the secrets is anywhere in a file or folder; says where.
pub fn expect_none<'a>(path: &Path, secrets: impl IntoIterator<Item = &'a str>) -> Result<()> {
    let mut found = Vec::new();
    for secret in secrets {
        found.extend(search(path, secret)?.iter().map(ToString::to_string));
    }
    if found.is_empty() {
        return Ok(());
    }
    Err(Error::unexpected(format!("a secret was written to:\n  {}", found.join("\n  "))))
}

/// The positive control: the secret, in every form, deflated in a zip, must be found.
fn prove(secret: &str, needles: &[Needle]) -> Result<()> {
    let archive = zipped(&[("control", secret.as_bytes())])?;
    let mut findings = Vec::new();
    search_bytes("control", &archive, needles, 0, &mut findings)?;
    if findings.is_empty() {
        return Err(Error::unexpected("the search doesn't find a secret that is there"));
    }
    Ok(())
}

/// A zip with deflated entries, as Terraform writes its plan files.
pub(crate) fn zipped(entries: &[(&str, &[u8])]) -> Result<Vec<u8>> {
    let write = || -> Result<Vec<u8>, zip::result::ZipError> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Deflated);
        for (name, content) in entries {
            writer.start_file(*name, options)?;
            writer.write_all(content)?;
        }
        Ok(writer.finish()?.into_inner())
    };
    write().map_err(|error| Error::unexpected(format!("unable to write a zip: {error}")))
}

fn search_bytes(
    place: &str,
    bytes: &[u8],
    needles: &[Needle],
    depth: usize,
    findings: &mut Vec<Finding>,
) -> Result<()> {
    let mut forms: Vec<&'static str> = Vec::new();
    for needle in needles {
        if !forms.contains(&needle.form) && contains(bytes, &needle.bytes) {
            forms.push(needle.form);
        }
    }
    findings.extend(forms.into_iter().map(|form| Finding { place: place.to_owned(), form }));
    if !bytes.starts_with(b"PK\x03\x04") {
        return Ok(());
    }
    if depth == DEEPEST {
        return Err(Error::unexpected(format!("{place} holds archives in archives in archives")));
    }
    let unreadable =
        |error| Error::unexpected(format!("unable to open the archive {place}: {error}"));
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(unreadable)?;
        let name = entry.name().map_err(unreadable)?.into_owned();
        let inner = format!("{place} > {name}");
        let mut content = Vec::new();
        entry.read_to_end(&mut content).map_err(Error::io(format!("read {inner}")))?;
        search_bytes(&inner, &content, needles, depth + 1, findings)?;
    }
    Ok(())
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    let Some((first, rest)) = needle.split_first() else { return false };
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| byte == first) {
        let after = from + at + 1;
        if bytes[after..].starts_with(rest) {
            return true;
        }
        from = after;
    }
    false
}

/// Every file below a path, in order; the path itself when it is a file.
pub(crate) fn files(path: &Path) -> Result<Vec<PathBuf>> {
    let doing = || format!("look into {}", path.display());
    let kind = fs::symlink_metadata(path).map_err(Error::io(doing()))?;
    if kind.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    if !kind.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    let mut entries: Vec<PathBuf> = fs::read_dir(path)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .map_err(Error::io(doing()))?;
    entries.sort();
    for entry in entries {
        found.extend(files(&entry)?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{
        forms::{go_json, hexadecimal, lower_escapes, percent_encoded},
        *,
    };
    use base64::{
        Engine,
        engine::general_purpose::{STANDARD, URL_SAFE},
    };

    /// Holds what each encoding changes.
    const SECRET: &str = "https://discord.test/api/webhooks/1/aB-_9?x=1&y=<é> \"z\\";

    fn forms_in(content: &[u8]) -> Vec<&'static str> {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("artefact"), content).expect("written");
        let found = search(folder.path(), SECRET).expect("searched");
        found.into_iter().map(|finding| finding.form).collect()
    }

    #[test]
    fn nothing_is_found_where_nothing_is() {
        assert_eq!(forms_in(b"https://discord.test/api/webhooks/1/other"), Vec::<&str>::new());
        assert_eq!(forms_in(b""), Vec::<&str>::new());
    }

    #[test]
    fn every_form_is_found() {
        let quoted = serde_json::json!([SECRET]).to_string();
        let nested = serde_json::json!({ "inner": quoted }).to_string();
        let form: String =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("u", SECRET).finish();
        let encoded = percent_encoded(SECRET, false);
        let cases: [(&str, String); 10] = [
            ("plain", format!("x{SECRET}x")),
            ("JSON", quoted.clone()),
            ("JSON in JSON", nested),
            ("JSON with escaped slashes", quoted.replace('/', "\\/")),
            ("JSON as Go writes it", go_json(&quoted)),
            ("percent-encoded", lower_escapes(&encoded)),
            ("percent-encoded", encoded),
            ("percent-encoded", percent_encoded(SECRET, true)),
            ("form", form),
            ("hexadecimal", hexadecimal(SECRET).to_uppercase()),
        ];
        for (form, content) in cases {
            assert_eq!(forms_in(content.as_bytes()), [form], "{content}");
        }
    }

    #[test]
    fn base64_is_found_at_every_alignment() {
        for before in 0..7 {
            let text = format!("{}{SECRET}and more", "x".repeat(before));
            assert_eq!(forms_in(STANDARD.encode(&text).as_bytes()), ["base64"], "{before}");
            assert!(!forms_in(URL_SAFE.encode(&text).as_bytes()).is_empty(), "{before}");
        }
    }

    #[test]
    fn archives_are_opened_also_inside_archives() {
        let inner = zipped(&[("state.json", SECRET.as_bytes())]).expect("zipped");
        assert!(!contains(&inner, SECRET.as_bytes()), "deflate must have hidden it");
        let outer = zipped(&[("plan", b"nothing"), ("inner.zip", &inner)]).expect("zipped");
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("deep")).expect("made");
        fs::write(folder.path().join("deep/saved.tfplan"), outer).expect("written");
        let found = search(folder.path(), SECRET).expect("searched");
        assert_eq!(found.len(), 1);
        assert!(found[0].place.ends_with("saved.tfplan > inner.zip > state.json"), "{}", found[0]);
    }

    #[test]
    fn a_broken_archive_is_an_error_not_a_pass() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("cut.zip"), b"PK\x03\x04cut").expect("written");
        assert!(search(folder.path(), SECRET).is_err());
    }

    #[test]
    fn a_short_secret_and_a_missing_folder_are_errors() {
        assert!(search(Path::new("/"), "short").is_err());
        assert!(search(Path::new("/no/such/folder"), SECRET).is_err());
    }

    #[test]
    fn the_report_names_places_but_not_the_secret() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("log"), SECRET).expect("written");
        let error = expect_none(folder.path(), [SECRET]).expect_err("it is there").to_string();
        assert!(error.contains("log (plain)"), "{error}");
        assert!(!error.contains(SECRET), "{error}");
        fs::write(folder.path().join("log"), "clean").expect("written");
        expect_none(folder.path(), [SECRET]).expect("it is gone");
    }
}
