//! Makes the built provider installable without a network: a filesystem mirror and a private CLI
//! configuration.
//!
//! Sources: developer.hashicorp.com/terraform/cli/config/config-file ("Provider Installation").

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::{Error, Result, paths};

const ADDRESS: &str = "registry.terraform.io/hinomi/hinomi";

/// This machine in Terraform's words, as in `linux_amd64`.
pub fn platform() -> String {
    let system = if env::consts::OS == "macos" { "darwin" } else { env::consts::OS };
    let processor = match env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    };
    format!("{system}_{processor}")
}

/// Puts the provider into a mirror below `folder`, and writes the CLI configuration that names
/// that mirror as the only source of providers; returns the configuration's path.
pub(super) fn install(folder: &Path, provider: &Path) -> Result<PathBuf> {
    if !provider.is_file() {
        return Err(Error::Missing(format!(
            "the provider is not built: run `cargo build --package terraform-provider-hinomi`, or name it in {} ({} doesn't exist)",
            paths::PROVIDER_VARIABLE,
            provider.display()
        )));
    }
    let version = paths::VERSION;
    let mirror = folder.join("mirror");
    let package = mirror.join(ADDRESS).join(version).join(platform());
    fs::create_dir_all(&package).map_err(Error::io("make the provider mirror"))?;
    // A link, so that the provider finds what is installed beside the real file.
    let installed = package.join(format!("terraform-provider-hinomi_v{version}"));
    std::os::unix::fs::symlink(provider, installed)
        .map_err(Error::io("link the provider into the mirror"))?;
    let configuration = folder.join("terraform.rc");
    fs::write(&configuration, cli_configuration(&mirror))
        .map_err(Error::io("write the CLI configuration"))?;
    Ok(configuration)
}

fn cli_configuration(mirror: &Path) -> String {
    // HCL's quoting is JSON's, but for template markers.
    let path = serde_json::Value::from(mirror.to_string_lossy()).to_string();
    let path = path.replace("${", "$${").replace("%{", "%%{");
    format!(
        "disable_checkpoint = true\nprovider_installation {{\n  filesystem_mirror {{\n    path = {path}\n  }}\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mirror_is_the_only_source() {
        let text = cli_configuration(Path::new("/a \"b\"/${c}"));
        assert!(text.contains(r#"path = "/a \"b\"/$${c}""#), "{text}");
        assert!(!text.contains("direct"), "{text}");
    }

    #[test]
    fn a_provider_that_is_not_built_is_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let error = install(folder.path(), &folder.path().join("none")).expect_err("not built");
        assert!(error.to_string().contains("cargo build"), "{error}");
    }

    #[test]
    fn the_binary_lies_where_terraform_looks() {
        let folder = tempfile::tempdir().expect("a folder");
        let provider = folder.path().join("terraform-provider-hinomi");
        fs::write(&provider, "binary").expect("written");
        install(folder.path(), &provider).expect("installed");
        let version = paths::VERSION;
        let path = format!(
            "mirror/registry.terraform.io/hinomi/hinomi/{version}/{}/terraform-provider-hinomi_v{version}",
            platform()
        );
        assert_eq!(fs::read_to_string(folder.path().join(path)).expect("linked"), "binary");
    }
}
