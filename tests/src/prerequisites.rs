//! What must be installed on the machine: said in one line when it is missing, never skipped.

use std::{process::Command, time::Duration};

use crate::{Error, Result, process};

/// Oldest Terraform that knows write-only arguments.
const OLDEST_TERRAFORM: [u32; 2] = [1, 11];

/// Oldest Python that the AWS stand-in runs on.
const OLDEST_PYTHON: [u32; 2] = [3, 10];

const LIMIT: Duration = Duration::from_mins(1);

/// Version of the `terraform` in the path; fails when it is absent or older than 1.11.
pub fn terraform() -> Result<String> {
    let missing = |found: &str| {
        Error::Missing(format!(
            "{found}: install Terraform 1.11 or newer (https://developer.hashicorp.com/terraform/install) and put it in the PATH"
        ))
    };
    let mut command = Command::new("terraform");
    command.args(["version", "-json"]).env_remove("TF_CLI_CONFIG_FILE");
    command.env("CHECKPOINT_DISABLE", "1");
    let captured = process::run(&mut command, LIMIT, None)
        .map_err(|_| missing("`terraform` was not found"))?;
    let answer: serde_json::Value = serde_json::from_slice(&captured.stdout).unwrap_or_default();
    let version = answer["terraform_version"].as_str().unwrap_or_default().to_owned();
    if at_least(&version, OLDEST_TERRAFORM) {
        return Ok(version);
    }
    Err(missing(&format!("Terraform {version} is too old")))
}

/// Version of the `python3` in the path; fails when it is absent, older than 3.10, or can't make
/// virtual environments.
pub fn python() -> Result<String> {
    let missing = |found: &str| {
        Error::Missing(format!(
            "{found}: install Python 3.10 or newer with its venv module (Debian and Ubuntu: apt install python3 python3-venv) and put `python3` in the PATH"
        ))
    };
    let script = "import sys, venv, ensurepip; print('%d.%d.%d' % sys.version_info[:3])";
    let mut command = Command::new("python3");
    command.args(["-c", script]);
    let captured =
        process::run(&mut command, LIMIT, None).map_err(|_| missing("`python3` was not found"))?;
    let version = String::from_utf8_lossy(&captured.stdout).trim().to_owned();
    if !captured.status.success() {
        return Err(missing("`python3` has no venv module"));
    }
    if at_least(&version, OLDEST_PYTHON) {
        return Ok(version);
    }
    Err(missing(&format!("Python {version} is too old")))
}

fn at_least(version: &str, [major, minor]: [u32; 2]) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().ok());
    let (Some(Some(found_major)), Some(Some(found_minor))) = (parts.next(), parts.next()) else {
        return false;
    };
    (found_major, found_minor) >= (major, minor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        let cases = [
            ("1.11.4", true),
            ("1.11.0-rc1", true),
            ("1.9.8", false),
            ("1.10.5", false),
            ("1.100.0", true),
            ("2.0.0", true),
            ("0.15.0", false),
            ("", false),
            ("one.two", false),
        ];
        for (version, enough) in cases {
            assert_eq!(at_least(version, [1, 11]), enough, "{version}");
        }
    }
}
