//! Copies of the repository's configurations.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{Error, Result};

/// Copies a folder without what Terraform leaves in it.
pub(super) fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    let copy = || -> std::io::Result<Vec<(PathBuf, PathBuf)>> {
        fs::create_dir_all(to)?;
        let mut folders = Vec::new();
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name == ".terraform" || name.contains(".tfstate") || name == ".terraform.lock.hcl" {
                continue;
            }
            if entry.file_type()?.is_dir() {
                folders.push((entry.path(), to.join(name)));
            } else {
                fs::copy(entry.path(), to.join(name))?;
            }
        }
        Ok(folders)
    };
    for (from, to) in copy().map_err(Error::io(format!("copy {}", from.display())))? {
        copy_tree(&from, &to)?;
    }
    Ok(())
}
