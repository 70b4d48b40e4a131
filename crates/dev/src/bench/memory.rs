//! How much memory the provider holds while Terraform runs it.

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use hinomi_tests::{Error, Result};

/// The kernel keeps the highest value, so only the last moments of a process can be missed.
const BETWEEN: Duration = Duration::from_millis(1);

/// Highest resident bytes of any process of this program, while `act` runs.
pub(super) fn peak(program: &Path, act: impl FnOnce() -> Result<()>) -> Result<u64> {
    let program =
        fs::canonicalize(program).map_err(Error::io(format!("find {}", program.display())))?;
    let ended = AtomicBool::new(false);
    let highest = thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut highest = 0;
            while !ended.load(Ordering::SeqCst) {
                highest = highest.max(highest_now(&program));
                thread::sleep(BETWEEN);
            }
            highest
        });
        let result = act();
        ended.store(true, Ordering::SeqCst);
        result.map(|()| watcher.join().unwrap_or(0))
    })?;
    if highest == 0 {
        return Err(Error::unexpected("no process of the provider was seen; this needs /proc"));
    }
    Ok(highest)
}

/// Highest resident bytes until now of the processes that run this program.
fn highest_now(program: &Path) -> u64 {
    let Ok(processes) = fs::read_dir("/proc") else { return 0 };
    processes
        .flatten()
        .filter(|process| {
            let number = process.file_name();
            number.to_string_lossy().bytes().all(|byte| byte.is_ascii_digit())
        })
        .filter(|process| fs::read_link(process.path().join("exe")).is_ok_and(|exe| exe == program))
        .filter_map(|process| fs::read_to_string(process.path().join("status")).ok())
        .filter_map(|status| high_water_mark(&status))
        .max()
        .unwrap_or(0)
}

/// Highest resident bytes until now of one process.
pub(super) fn of_process(id: i32) -> Result<u64> {
    let path = format!("/proc/{id}/status");
    let status = fs::read_to_string(&path).map_err(Error::io(format!("read {path}")))?;
    high_water_mark(&status).ok_or_else(|| Error::unexpected(format!("{path} has no VmHWM")))
}

/// The line `VmHWM:     12345 kB` of a process's status; a kB is 1024 bytes there.
fn high_water_mark(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_read() {
        let status = "Name:\tx\nVmPeak:\t  9999 kB\nVmHWM:\t   2048 kB\nVmRSS:\t 1 kB\n";
        assert_eq!(high_water_mark(status), Some(2_097_152));
        assert_eq!(high_water_mark("Name:\tx\n"), None);
    }

    #[test]
    fn a_running_program_is_seen_and_another_is_not() {
        let program = std::env::current_exe().expect("a test runs from a file");
        let seen = peak(&program, || {
            thread::sleep(Duration::from_millis(20));
            Ok(())
        });
        assert!(seen.expect("this test runs it") > 500_000);
        let folder = tempfile::tempdir().expect("a folder");
        let other = folder.path().join("other");
        fs::write(&other, "").expect("written");
        assert!(peak(&other, || Ok(())).is_err());
    }
}
