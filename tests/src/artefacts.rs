//! What a run leaves for later reading: every command's output, logs, states, plans, crash logs.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::{Error, Result, process::Captured};

/// Names the folder that collects the artefacts of a whole run.
pub const FOLDER_VARIABLE: &str = "HINOMI_ARTEFACTS";

/// Names the file, outside the artefacts, that collects the secrets that a run must not leak.
pub const SECRETS_VARIABLE: &str = "HINOMI_SECRETS";

/// Where one workspace keeps its artefacts.
#[derive(Debug)]
pub(crate) struct Artefacts {
    folder: PathBuf,
}

impl Artefacts {
    /// A new folder in the run's, or in `otherwise` when no run collects them.
    pub(crate) fn new(name: &str, otherwise: &Path) -> Result<Self> {
        let folder = match env::var_os(FOLDER_VARIABLE) {
            Some(run) => {
                fs::create_dir_all(&run).map_err(Error::io("make the folder of artefacts"))?;
                tempfile::Builder::new()
                    .prefix(&format!("{name}-"))
                    .tempdir_in(&run)
                    .map_err(Error::io("make a folder for artefacts"))?
                    .keep()
            }
            None => otherwise.join("artefacts"),
        };
        fs::create_dir_all(&folder).map_err(Error::io("make a folder for artefacts"))?;
        Ok(Self { folder })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Keeps a command's output, and what it left in its working folder.
    pub(crate) fn keep(&self, label: &str, captured: &Captured, working: &Path) -> Result<()> {
        self.write(&format!("{label}.stdout"), &captured.stdout)?;
        self.write(&format!("{label}.stderr"), &captured.stderr)?;
        let entries = fs::read_dir(working).map_err(Error::io("list the working folder"))?;
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_file() && worth_keeping(&name) {
                let bytes = fs::read(&path).map_err(Error::io(format!("read {name}")))?;
                self.write(&format!("{label}.{name}"), &bytes)?;
            }
        }
        Ok(())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        fs::write(self.folder.join(name), bytes).map_err(Error::io(format!("keep {name}")))
    }
}

/// What Terraform itself writes, as opposed to what the person or test wrote.
fn worth_keeping(name: &str) -> bool {
    let ends = |end| Path::new(name).extension().is_some_and(|extension| extension == end);
    ends("tfstate") || ends("backup") || ends("tfplan") || ends("log")
}

/// Notes a secret that must be in no artefact of this run; the run searches for it at its end.
/// Without a run that collects, this does nothing.
pub fn remember_secret(secret: &str) -> Result<()> {
    use std::io::Write;

    let Some(path) = env::var_os(SECRETS_VARIABLE) else { return Ok(()) };
    // One write in append mode: parallel tests don't tear each other's lines.
    fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .and_then(|mut file| file.write_all(format!("{secret}\n").as_bytes()))
        .map_err(Error::io("note a secret"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn only_what_terraform_wrote_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let working = folder.path().join("configuration");
        fs::create_dir(&working).expect("made");
        for name in ["main.tf", "terraform.tfstate", "terraform.tfstate.backup", "crash.1.log"] {
            fs::write(working.join(name), name).expect("written");
        }
        let status = Command::new("true").status().expect("runs");
        let captured = Captured { status, stdout: b"out".to_vec(), stderr: b"err".to_vec() };
        let artefacts = Artefacts { folder: folder.path().join("kept") };
        fs::create_dir(artefacts.folder()).expect("made");
        artefacts.keep("01-apply", &captured, &working).expect("kept");

        let mut names: Vec<String> = fs::read_dir(artefacts.folder())
            .expect("listed")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        let expected = ["crash.1.log", "stderr", "stdout", "terraform.tfstate"];
        let mut expected: Vec<String> =
            expected.iter().map(|name| format!("01-apply.{name}")).collect();
        expected.push("01-apply.terraform.tfstate.backup".to_owned());
        assert_eq!(names, expected);
    }
}
