//! Finds a secret in everything that a run left behind, in every form in which it may hide.
//!
//! A plan file is a deflated zip, a state holds JSON inside JSON, a log holds percent-encoded
//! URLs and base64: a plain search would find none of these.

mod forms;

use std::{
    collections::BTreeSet,
    fmt, fs,
    io::{Cursor, Read, Write},
    path::{Path, PathBuf},
};

use aho_corasick::AhoCorasick;
use forms::needles;

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

/// Searches a file, or a folder with everything below it, for one secret. Symbolic links are not
/// followed.
///
/// Before it reports that nothing was found, it shows that it would have found the secret.
pub fn search(path: &Path, secret: &str) -> Result<Vec<Finding>> {
    Search::of([secret])?.look_into(path)
}

/// Fails when one of the secrets is anywhere in a file or folder; says where.
pub fn expect_none<'a>(path: &Path, secrets: impl IntoIterator<Item = &'a str>) -> Result<()> {
    let found = Search::of(secrets)?.look_into(path)?;
    if found.is_empty() {
        return Ok(());
    }
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    Err(Error::unexpected(format!("a secret was written to:\n  {}", found.join("\n  "))))
}

/// All forms of all secrets, which are looked for in one pass: hundreds of secrets in a dozen forms
/// would otherwise mean thousands of passes over everything that a run left.
struct Search {
    automaton: AhoCorasick,
    /// Whose secret each pattern is, and in which form.
    patterns: Vec<(usize, &'static str)>,
}

impl Search {
    /// Fails when one of the secrets would not be found.
    fn of<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let secrets: Vec<&str> = secrets.into_iter().collect();
        let mut bytes = Vec::new();
        let mut patterns = Vec::new();
        for (index, secret) in secrets.iter().enumerate() {
            for needle in needles(secret)? {
                bytes.push(needle.bytes);
                patterns.push((index, needle.form));
            }
        }
        let automaton = AhoCorasick::new(&bytes)
            .map_err(|error| Error::unexpected(format!("unable to prepare the search: {error}")))?;
        let search = Self { automaton, patterns };
        for (index, secret) in secrets.iter().enumerate() {
            search.prove(index, secret)?;
        }
        Ok(search)
    }

    /// The positive control: the secret, deflated in a zip, must be found.
    fn prove(&self, index: usize, secret: &str) -> Result<()> {
        let archive = zipped(&[("control", secret.as_bytes())])?;
        let mut found = false;
        each_content("control", &archive, 0, &mut |_, bytes| {
            found |= self.matches(bytes).iter().any(|pattern| self.patterns[*pattern].0 == index);
        })?;
        if found {
            return Ok(());
        }
        Err(Error::unexpected("the search doesn't find a secret that is there"))
    }

    fn look_into(&self, path: &Path) -> Result<Vec<Finding>> {
        let mut findings: Vec<Finding> = Vec::new();
        for file in files(path)? {
            let bytes = fs::read(&file).map_err(Error::io(format!("read {}", file.display())))?;
            each_content(&file.display().to_string(), &bytes, 0, &mut |place, bytes| {
                let forms = self.matches(bytes).into_iter().map(|pattern| self.patterns[pattern].1);
                for form in forms {
                    let finding = Finding { place: place.to_owned(), form };
                    if !findings.contains(&finding) {
                        findings.push(finding);
                    }
                }
            })?;
        }
        Ok(findings)
    }

    /// The patterns that are in these bytes, in their order. One may lie within another.
    fn matches(&self, bytes: &[u8]) -> BTreeSet<usize> {
        let found = self.automaton.find_overlapping_iter(bytes);
        found.map(|found| found.pattern().as_usize()).collect()
    }
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

/// Shows some bytes, and when they are an archive everything in it too, each with its place.
fn each_content(
    place: &str,
    bytes: &[u8],
    depth: usize,
    look: &mut impl FnMut(&str, &[u8]),
) -> Result<()> {
    look(place, bytes);
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
        each_content(&inner, &content, depth + 1, look)?;
    }
    Ok(())
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
        let secret = SECRET.as_bytes();
        let is_plain = inner.windows(secret.len()).any(|window| window == secret);
        assert!(!is_plain, "deflate must have hidden it");
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
    fn one_pass_finds_each_of_many_secrets() {
        let secrets: Vec<String> = (0..50).map(|index| format!("{SECRET}{index:02}")).collect();
        let search = Search::of(secrets.iter().map(String::as_str)).expect("ready");
        let folder = tempfile::tempdir().expect("a folder");
        for secret in &secrets {
            fs::write(folder.path().join("log"), hexadecimal(secret)).expect("written");
            let found = search.look_into(folder.path()).expect("searched");
            assert_eq!(found.len(), 1, "{secret}");
            assert_eq!(found[0].form, "hexadecimal", "{secret}");
        }
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
