//! Debug mode: a person starts the provider and Terraform attaches to it.

use std::io::Write;
use std::path::Path;
use std::process;

use serde_json::json;
use tfplugin::PROTOCOL_VERSION;

use super::error::PluginError;

/// Prints the assignment of `TF_REATTACH_PROVIDERS` that attaches Terraform to this process, in a
/// form that a shell takes as it is.
pub(crate) fn announce(
    output: &mut impl Write,
    address: &str,
    socket: &Path,
) -> Result<(), PluginError> {
    let value = value(address, process::id(), socket).replace('\'', r"'\''");
    writeln!(output, "TF_REATTACH_PROVIDERS='{value}'")
        .and_then(|()| output.flush())
        .map_err(PluginError::Output)
}

/// The JSON value. `Test` keeps Terraform from killing the process and makes it read the version.
fn value(address: &str, process: u32, socket: &Path) -> String {
    json!({
        address: {
            "Protocol": "grpc",
            "ProtocolVersion": PROTOCOL_VERSION,
            "Pid": process,
            "Test": true,
            "Addr": { "Network": "unix", "String": socket.to_string_lossy() },
        }
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn value_is_what_terraform_reads() {
        let value = value("registry.terraform.io/a/b", 42, Path::new("/tmp/s"));
        let value: Value = serde_json::from_str(&value).expect("JSON");
        let provider = &value["registry.terraform.io/a/b"];
        assert_eq!(provider["Protocol"], "grpc");
        assert_eq!(provider["ProtocolVersion"], 6);
        assert_eq!(provider["Pid"], 42);
        assert_eq!(provider["Test"], true);
        assert_eq!(provider["Addr"]["Network"], "unix");
        assert_eq!(provider["Addr"]["String"], "/tmp/s");
    }

    #[test]
    fn announcement_survives_a_quote_in_the_path() {
        let mut output = Vec::new();
        announce(&mut output, "a/b", Path::new("/tmp/it's")).expect("a vector takes everything");
        let text = String::from_utf8(output).expect("UTF-8");
        assert!(text.starts_with("TF_REATTACH_PROVIDERS='{"), "{text}");
        assert!(text.contains(r"/tmp/it'\''s"), "{text}");
        assert_eq!(text.lines().count(), 1);
    }
}
