//! `--verify`: the same source built elsewhere, and whether the bytes are the same.

use std::{fs, os::unix::fs::symlink, path::Path, process::Command, time::Duration};

use hinomi_tests::{Error, Result, paths, process};

use super::{Agent, build_in, place::Place};
use crate::console;

const LIMIT: Duration = Duration::from_mins(2);

/// Builds a copy of each; `false` when one differs.
pub(super) fn run(agents: &[Agent], target: &str) -> Result<bool> {
    let folder = tempfile::tempdir().map_err(Error::io("make a temporary folder"))?;
    let place = Place {
        repository: folder.path().join("elsewhere"),
        target: folder.path().join("built"),
        home: folder.path().join("home-of-cargo"),
    };
    copy_source(&place.repository)?;
    link_home(&Place::own().home, &place.home)?;
    let mut all_same = true;
    for first in agents {
        let second = console::step("building a copy of the source in other folders", || {
            build_in(&place, first.build, target, console::pass_on(), console::is_terminal())
        })?;
        let same = first.fingerprint == second.fingerprint;
        console::line(format_args!("{}", first.archive.display()));
        console::line(format_args!("  here       {}", first.fingerprint));
        console::line(format_args!("  elsewhere  {}", second.fingerprint));
        console::line(if same {
            "the same bytes"
        } else {
            "other bytes: the build is not reproducible"
        });
        all_same &= same;
    }
    Ok(all_same)
}

/// All that Git knows or would take, as it is now.
fn copy_source(to: &Path) -> Result<()> {
    let mut command = Command::new("git");
    command
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(paths::repository());
    let listed = process::run(&mut command, LIMIT, None)?;
    if !listed.status.success() {
        return Err(Error::unexpected("`git ls-files` failed: the source's files are not known"));
    }
    for name in String::from_utf8_lossy(&listed.stdout).split('\0').filter(|name| !name.is_empty())
    {
        let (from, to) = (paths::repository().join(name), to.join(name));
        // One that was removed and not yet committed.
        if !from.exists() {
            continue;
        }
        let copy = || -> std::io::Result<()> {
            fs::create_dir_all(to.parent().unwrap_or(&to))?;
            fs::copy(&from, &to).map(drop)
        };
        copy().map_err(Error::io(format!("copy {name}")))?;
    }
    Ok(())
}

/// Another path to the same registry: nothing is fetched again.
fn link_home(from: &Path, to: &Path) -> Result<()> {
    let link = || -> std::io::Result<()> {
        fs::create_dir_all(to)?;
        for name in ["registry", "git", "config.toml"] {
            let part = from.join(name);
            if part.exists() {
                symlink(part, to.join(name))?;
            }
        }
        Ok(())
    };
    link().map_err(Error::io("link Cargo's home"))
}
