//! How many commands run at once, whatever the number of tests: each is a Terraform and a provider,
//! and a few of them fill a small machine. More at once end no sooner, and each takes longer.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Commands mostly wait for the stand-ins, so there may be more than cores.
const AT_ONCE: usize = 6;
/// A test that holds one command and starts a second must not wait for others that do the same.
const PATIENCE: Duration = Duration::from_mins(1);

static RUNNING: Mutex<usize> = Mutex::new(0);
static ENDED: Condvar = Condvar::new();

/// Given back when it is dropped.
pub(super) struct Permit(());

fn running() -> MutexGuard<'static, usize> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until fewer commands run; not for ever.
pub(super) fn take() -> Permit {
    let waited = ENDED.wait_timeout_while(running(), PATIENCE, |count| *count >= AT_ONCE);
    let (mut count, _) = waited.unwrap_or_else(PoisonError::into_inner);
    *count += 1;
    Permit(())
}

impl Drop for Permit {
    fn drop(&mut self) {
        *running() -= 1;
        ENDED.notify_one();
    }
}
