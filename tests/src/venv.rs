//! The Python virtual environment of the AWS stand-in and of tests that need a Python package, made
//! once and kept in the target directory.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::{
    Error, Result, paths, prerequisites,
    process::{self, Sink},
};

/// Downloading a few packages over a slow line.
const INSTALL_LIMIT: Duration = Duration::from_mins(15);

/// Path of the environment's Python. Makes the environment when it is missing, or when the
/// requirements or the Python differ from those it was made from; other processes wait meanwhile.
/// `progress` receives what pip writes.
pub fn python(progress: Option<Sink>) -> Result<PathBuf> {
    let requirements = paths::repository().join("tests/aws/requirements.txt");
    prepare(&paths::target().join("standin-venv"), &requirements, progress)
}

fn prepare(folder: &Path, requirements: &Path, progress: Option<Sink>) -> Result<PathBuf> {
    let version = prerequisites::python()?;
    let text =
        fs::read(requirements).map_err(Error::io(format!("read {}", requirements.display())))?;
    let python = folder.join("bin/python");
    let marker = folder.join("made-from");
    let wanted = fingerprint(&text, &version);
    let made =
        || python.exists() && fs::read_to_string(&marker).is_ok_and(|found| found.trim() == wanted);
    let lock_path = folder.with_extension("lock");
    let parent = folder.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(Error::io(format!("make {}", parent.display())))?;
    let lock =
        fs::File::create(&lock_path).map_err(Error::io(format!("open {}", lock_path.display())))?;
    lock.lock().map_err(Error::io(format!("lock {}", lock_path.display())))?;
    if made() {
        return Ok(python);
    }
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(Error::io(format!("remove {}", folder.display())))?;
    }
    run(Command::new("python3").args(["-m", "venv"]).arg(folder), progress.clone())?;
    let pip =
        ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--requirement"];
    run(Command::new(&python).args(pip).arg(requirements), progress)?;
    fs::write(&marker, wanted).map_err(Error::io(format!("write {}", marker.display())))?;
    Ok(python)
}

fn run(command: &mut Command, progress: Option<Sink>) -> Result<()> {
    let captured = process::run(command, INSTALL_LIMIT, progress)?;
    if captured.status.success() {
        return Ok(());
    }
    Err(Error::Failed {
        program: command.get_program().to_string_lossy().into_owned(),
        status: captured.status.to_string(),
        output: String::from_utf8_lossy(&[captured.stdout, captured.stderr].concat()).into_owned(),
    })
}

/// A new Python makes the old environment's interpreter dangle, so it counts too.
fn fingerprint(requirements: &[u8], python: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(requirements);
    hash.update([0]);
    hash.update(python);
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_follows_requirements_and_python() {
        let first = fingerprint(b"a==1\n", "3.11.7");
        assert_eq!(first.len(), 43);
        assert_eq!(first, fingerprint(b"a==1\n", "3.11.7"));
        assert_ne!(first, fingerprint(b"a==2\n", "3.11.7"));
        assert_ne!(first, fingerprint(b"a==1\n", "3.12.0"));
    }

    #[test]
    fn whoever_comes_at_the_same_time_waits() {
        let folder = tempfile::tempdir().expect("a folder");
        let requirements = folder.path().join("requirements.txt");
        let environment = folder.path().join("environment");
        fs::write(&requirements, "# none\n").expect("written");
        std::thread::scope(|scope| {
            let both = [(); 2].map(|()| scope.spawn(|| prepare(&environment, &requirements, None)));
            for one in both {
                let python = one.join().expect("no panic").expect("made");
                let version = Command::new(python).arg("--version").status().expect("it runs");
                assert!(version.success());
            }
        });
    }

    #[test]
    fn an_environment_is_made_once_and_again_when_the_requirements_change() {
        let folder = tempfile::tempdir().expect("a folder");
        let requirements = folder.path().join("requirements.txt");
        let environment = folder.path().join("environment");
        fs::write(&requirements, "# none\n").expect("written");
        let python = prepare(&environment, &requirements, None).expect("made");
        assert!(python.exists());

        let witness = environment.join("witness");
        fs::write(&witness, "").expect("written");
        prepare(&environment, &requirements, None).expect("kept");
        assert!(witness.exists(), "it was made again without a reason");

        fs::write(&requirements, "# other\n").expect("written");
        prepare(&environment, &requirements, None).expect("made again");
        assert!(!witness.exists(), "the old environment was kept");
    }
}
