//! The generated code is what the `.proto` files say.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// Set to `1`, this makes the test write the generated code instead of comparing it.
const REGENERATE: &str = "TFPLUGIN_REGENERATE";

const PROTO_FILES: [&str; 2] = ["tfplugin6.proto", "plugin.proto"];
const GENERATED_FILES: [&str; 2] = ["tfplugin6.rs", "plugin.rs"];

#[test]
fn generated_code_is_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let checked_in = root.join("src/gen");
    let fresh = tempfile::tempdir().expect("create a temporary folder");
    generate(root, fresh.path());

    for name in GENERATED_FILES {
        let wanted = read(&fresh.path().join(name));
        let path = checked_in.join(name);
        if env::var_os(REGENERATE).is_some_and(|value| value == "1") {
            fs::write(&path, &wanted).expect("write the generated code");
        }
        assert!(
            read(&path) == wanted,
            "src/gen/{name} does not match the .proto files; run: \
             {REGENERATE}=1 cargo test -p tfplugin"
        );
    }
    assert_eq!(names_in(&checked_in), names_in(fresh.path()), "files in src/gen");
}

/// Compiles the `.proto` files in pure Rust and writes one Rust file for each package.
fn generate(root: &Path, folder: &Path) {
    let descriptors =
        protox::compile(PROTO_FILES, [root]).expect("the .proto files are well-formed");
    tonic_prost_build::configure()
        // Streams and connections are the caller's: over a unix socket with its own TLS.
        .build_transport(false)
        .client_mod_attribute(".", "#[cfg(feature = \"client\")]")
        // A method that an implementation leaves out answers UNIMPLEMENTED.
        .generate_default_stubs(true)
        .emit_rerun_if_changed(false)
        .out_dir(folder)
        .compile_fds(descriptors)
        .expect("generate Rust code");
}

fn read(path: &PathBuf) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("list a folder")
        .map(|entry| entry.expect("read an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
