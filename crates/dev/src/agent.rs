//! `cargo dev agent`: builds the functions that the provider uploads, the same bytes in every folder,
//! checks them, and puts their archives beside the provider.

mod archive;
mod elf;
mod place;
mod verify;

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use hinomi_tests::{
    Error, Result, paths,
    process::{Captured, Sink},
};

use crate::{cargo, console, stop::Stop};
use place::Place;

/// The package of both builds.
const PACKAGE: &str = "hinomi-agent";

/// What is built of the package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Build {
    /// What checks targets and relays alarms: started cold every minute, so it is small.
    Agent,
    /// What also makes the report of costs, with Parquet, charts and a font: started once a day.
    Report,
}

impl Build {
    /// All of them.
    pub(crate) const ALL: [Self; 2] = [Self::Agent, Self::Report];

    /// The binary's name, and the archive's.
    const fn name(self) -> &'static str {
        match self {
            Self::Agent => PACKAGE,
            Self::Report => "hinomi-report",
        }
    }

    /// Bytes that the binary may have: what a cold start reads.
    const fn largest(self) -> u64 {
        match self {
            Self::Agent => 12_000_000,
            Self::Report => 25_000_000,
        }
    }

    /// The package's features.
    const fn features(self) -> &'static str {
        match self {
            Self::Agent => "",
            Self::Report => "report",
        }
    }
}

/// Newest glibc whose symbols may be used: that of Amazon Linux 2023, which `provided.al2023` is.
const NEWEST_GLIBC: [u32; 2] = [2, 34];

/// 1980-01-01, the first day that an archive knows.
const SOURCE_DATE_EPOCH: &str = "315532800";

/// Architectures that Lambda runs, by Rust's target.
const ARCHITECTURES: [(&str, &str); 2] =
    [("x86_64-unknown-linux-gnu", "x86_64"), ("aarch64-unknown-linux-gnu", "arm64")];

/// Arguments of `cargo dev agent`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// `x86_64-unknown-linux-gnu` or `aarch64-unknown-linux-gnu`; this machine's when left out.
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,
    /// Where to put the archive besides the folders of the built providers.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Build it once more from a copy of the source, in another folder with another target directory
    /// and another home of Cargo, and compare the bytes. Takes as long as a clean build.
    #[arg(long)]
    verify: bool,
}

/// A built and checked agent.
pub(crate) struct Agent {
    /// Which build it is.
    pub(crate) build: Build,
    /// The stripped binary.
    pub(crate) binary: PathBuf,
    /// The archive that Lambda takes, in Cargo's folder for the profile.
    pub(crate) archive: PathBuf,
    /// Bytes of the binary.
    pub(crate) size: u64,
    /// Newest version of glibc that it asks for.
    pub(crate) glibc: [u32; 2],
    /// SHA-256 of the archive in base64: what Lambda calls `CodeSha256`.
    pub(crate) fingerprint: String,
}

/// Builds, checks, and says what was made.
pub(crate) fn run(arguments: &Arguments, stop: &Stop) -> Result<bool> {
    let target = match &arguments.target {
        Some(target) => known(target)?,
        None => native()?,
    };
    let mut agents = Vec::new();
    for one in Build::ALL {
        let agent = build(one, target, console::pass_on(), console::is_terminal())?;
        stop.check()?;
        for folder in ["debug", "release"].map(|profile| paths::target().join(profile)) {
            if folder.is_dir() {
                agent.place(&folder)?;
            }
        }
        if let Some(folder) = &arguments.out {
            fs::create_dir_all(folder).map_err(Error::io(format!("make {}", folder.display())))?;
            agent.place(folder)?;
        }
        console::line(agent.described()?);
        agents.push(agent);
    }
    if arguments.verify {
        stop.check()?;
        return verify::run(&agents, target);
    }
    Ok(true)
}

/// Builds one of the agent's builds for this machine, and puts it beside the provider of a profile.
pub(crate) fn prepare(one: Build, profile: &str, sink: Sink, colour: bool) -> Result<Agent> {
    let agent = build(one, native()?, sink, colour)?;
    let folder = paths::target().join(profile);
    fs::create_dir_all(&folder).map_err(Error::io(format!("make {}", folder.display())))?;
    agent.place(&folder)?;
    Ok(agent)
}

/// Builds for a target, checks the binary, and writes the archive.
fn build(one: Build, target: &str, sink: Sink, colour: bool) -> Result<Agent> {
    build_in(&Place::own(), one, target, sink, colour)
}

fn build_in(place: &Place, one: Build, target: &str, sink: Sink, colour: bool) -> Result<Agent> {
    let captured = compile(place, one, target, sink, colour)?;
    if !captured.status.success() {
        return Err(Error::unexpected("the agent doesn't build; cargo's messages are above"));
    }
    let folder = place.target.join(target).join("agent");
    let binary = folder.join(one.name());
    let bytes = fs::read(&binary).map_err(Error::io(format!("read {}", binary.display())))?;
    let (size, glibc) = check(one, &bytes)?;
    let packed = archive::pack(&bytes, &comment(one)?)?;
    let archive = folder.join(archive_name(one, target)?);
    write_whole(&archive, &packed)?;
    let fingerprint = archive::fingerprint(&packed);
    Ok(Agent { build: one, binary, archive, size, glibc, fingerprint })
}

/// What ships is built alone, with its own features, and with nothing of this machine in it:
/// paths of the source, of Cargo's home and of the target directory become fixed ones, and flags
/// of the person who builds are left out. `CARGO_ENCODED_RUSTFLAGS` goes before every other source
/// of flags, also before the configuration files.
fn compile(place: &Place, one: Build, target: &str, sink: Sink, colour: bool) -> Result<Captured> {
    let arguments = [
        "build",
        "--locked",
        "--package",
        PACKAGE,
        "--bin",
        one.name(),
        "--features",
        one.features(),
        "--profile",
        "agent",
        "--target",
        target,
        "--target-dir",
    ];
    let mut command = cargo::command(&arguments, colour);
    command.arg(&place.target).current_dir(&place.repository).env("CARGO_HOME", &place.home);
    for (name, _) in env::vars_os() {
        if changes_the_result(&name.to_string_lossy()) {
            command.env_remove(name);
        }
    }
    let flags = place.fixed(|path, name| format!("--remap-path-prefix={path}={name}"));
    command.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
    let c_flags = place.fixed(|path, name| format!("-ffile-prefix-map={path}={name}"));
    command.env("CFLAGS", c_flags.join(" ")).env("SOURCE_DATE_EPOCH", SOURCE_DATE_EPOCH);
    cargo::run(&mut command, Some(sink))
}

/// Whether a variable may alter what Cargo, rustc or a C compiler makes.
fn changes_the_result(variable: &str) -> bool {
    let beginnings = ["CARGO_PROFILE_", "CARGO_BUILD_", "CARGO_TARGET_", "CFLAGS", "CXXFLAGS"];
    let whole =
        ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_INCREMENTAL", "LDFLAGS", "CPPFLAGS"];
    // Which linker crosses to another architecture is the builder's to say.
    let is_linker = variable.starts_with("CARGO_TARGET_") && variable.ends_with("_LINKER");
    let is_c_flags = variable.ends_with("_CFLAGS");
    !is_linker
        && (is_c_flags
            || whole.contains(&variable)
            || beginnings.iter().any(|beginning| variable.starts_with(beginning)))
}

fn check(one: Build, bytes: &[u8]) -> Result<(u64, [u32; 2])> {
    let size = bytes.len() as u64;
    if size > one.largest() {
        return Err(Error::unexpected(format!(
            "{} has {size} bytes, and may have {}",
            one.name(),
            one.largest()
        )));
    }
    let glibc = elf::newest_glibc(bytes)?;
    if glibc > NEWEST_GLIBC {
        let [major, minor] = NEWEST_GLIBC;
        return Err(Error::unexpected(format!(
            "the agent needs glibc {}.{}, and Lambda has {major}.{minor}: {}",
            glibc[0],
            glibc[1],
            elf::needs_above(bytes, NEWEST_GLIBC)?.join(", ")
        )));
    }
    Ok((size, glibc))
}

impl Agent {
    /// Puts the archive into a folder, where a provider in the same folder finds it.
    pub(crate) fn place(&self, folder: &Path) -> Result<()> {
        let bytes = fs::read(&self.archive)
            .map_err(Error::io(format!("read {}", self.archive.display())))?;
        write_whole(&folder.join(self.archive.file_name().unwrap_or_default()), &bytes)
    }

    /// Whether packing the binary once more makes the same archive. That building it once more makes
    /// the same binary is what `--verify` looks at.
    pub(crate) fn packs_alike(&self) -> Result<bool> {
        let read =
            |path: &Path| fs::read(path).map_err(Error::io(format!("read {}", path.display())));
        let again = archive::pack(&read(&self.binary)?, &comment(self.build)?)?;
        Ok(again == read(&self.archive)?)
    }

    /// What was made, for a person.
    pub(crate) fn described(&self) -> Result<String> {
        let packed = fs::metadata(&self.archive).map_err(Error::io("read the archive's size"))?;
        Ok(format!(
            "{}\n  version      {}\n  binary       {} bytes (limit {})\n  archive      {} bytes\n  glibc        {}.{} (limit {}.{})\n  code sha256  {}",
            self.archive.display(),
            version()?,
            self.size,
            self.build.largest(),
            packed.len(),
            self.glibc[0],
            self.glibc[1],
            NEWEST_GLIBC[0],
            NEWEST_GLIBC[1],
            self.fingerprint,
        ))
    }
}

/// Replaces a file in one step: a provider that plans at this moment reads the old or the new one.
/// The same bytes are left alone.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|present| present == bytes) {
        return Ok(());
    }
    let new = path.with_extension(format!("new-{}", std::process::id()));
    fs::write(&new, bytes)
        .and_then(|()| fs::rename(&new, path))
        .map_err(Error::io(format!("write {}", path.display())))
}

/// What the archive says of itself.
fn comment(one: Build) -> Result<String> {
    Ok(format!("{} {}", one.name(), version()?))
}

/// The agent's own version, as its manifest says it.
fn version() -> Result<String> {
    let manifest = paths::repository().join("crates/agent/Cargo.toml");
    let text = fs::read_to_string(&manifest).map_err(Error::io("read the agent's manifest"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("version = \""));
    let version = line.and_then(|rest| rest.split_once('"')).map(|(version, _)| version.to_owned());
    version.ok_or_else(|| Error::unexpected("the agent's manifest has no version of its own"))
}

fn known(target: &str) -> Result<&'static str> {
    let found = ARCHITECTURES.iter().find(|(known, _)| *known == target);
    found.map(|(known, _)| *known).ok_or_else(|| {
        let all = ARCHITECTURES.map(|(known, _)| known).join(" or ");
        Error::unexpected(format!("Lambda doesn't run {target}; the target is {all}"))
    })
}

fn native() -> Result<&'static str> {
    known(&format!("{}-unknown-linux-gnu", env::consts::ARCH))
}

fn archive_name(one: Build, target: &str) -> Result<String> {
    let found = ARCHITECTURES.iter().find(|(known, _)| *known == target);
    let (_, architecture) = found.ok_or_else(|| Error::unexpected(format!("what is {target}?")))?;
    Ok(format!("{}-{architecture}.zip", one.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_the_person_who_builds_are_left_out_and_a_linker_is_not() {
        for variable in
            ["RUSTFLAGS", "CARGO_PROFILE_AGENT_LTO", "CFLAGS_x86_64", "TARGET_CFLAGS", "LDFLAGS"]
        {
            assert!(changes_the_result(variable), "{variable}");
        }
        for variable in
            ["PATH", "HOME", "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", "CARGO_HOME", "CC"]
        {
            assert!(!changes_the_result(variable), "{variable}");
        }
    }

    #[test]
    fn only_what_lambda_runs_is_built() {
        assert!(known("aarch64-unknown-linux-gnu").is_ok());
        let error = known("x86_64-unknown-linux-musl").err().map(|error| error.to_string());
        assert!(error.is_some_and(|text| text.contains("aarch64-unknown-linux-gnu")));
        let names = Build::ALL.map(|one| archive_name(one, "aarch64-unknown-linux-gnu"));
        let names = names.map(|name| name.expect("known"));
        assert_eq!(names, ["hinomi-agent-arm64.zip", "hinomi-report-arm64.zip"]);
    }

    #[test]
    fn the_agent_has_a_version_of_its_own() {
        let version = version().expect("in its manifest");
        assert_eq!(version.split('.').count(), 3, "{version}");
    }

    #[test]
    fn too_large_a_binary_is_refused() {
        for (one, most) in [(Build::Agent, "12000000"), (Build::Report, "25000000")] {
            let bytes = vec![0; usize::try_from(one.largest()).expect("small") + 1];
            let error = check(one, &bytes).expect_err("too large").to_string();
            assert!(error.contains(most) && error.contains(one.name()), "{error}");
        }
    }

    #[test]
    fn a_file_is_replaced_only_by_other_bytes() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.zip");
        write_whole(&path, b"one").expect("written");
        let first = fs::metadata(&path).expect("there").modified().expect("a time");
        write_whole(&path, b"one").expect("kept");
        assert_eq!(fs::metadata(&path).expect("there").modified().expect("a time"), first);
        write_whole(&path, b"two").expect("replaced");
        assert_eq!(fs::read(&path).expect("there"), b"two");
        assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 1);
    }
}
