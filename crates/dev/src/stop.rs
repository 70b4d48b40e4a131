//! Ctrl-C: what runs is told to end, then everything is cleaned up in order.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{Sender, channel},
    },
    thread,
};

use hinomi_tests::{Error, Result, interrupt, process};

use crate::console;

/// Whether Ctrl-C was pressed.
pub(crate) struct Stop {
    requested: Arc<AtomicBool>,
    waiting: Arc<Mutex<Option<Sender<()>>>>,
}

impl Stop {
    /// Watches from now on. The first Ctrl-C lets running commands end in order, a second kills
    /// them; this process goes on to its clean-up in both cases.
    pub(crate) fn watch() -> Result<Self> {
        let requested = Arc::new(AtomicBool::new(false));
        let waiting: Arc<Mutex<Option<Sender<()>>>> = Arc::default();
        let (flag, wake) = (Arc::clone(&requested), Arc::clone(&waiting));
        interrupt::watch(move |times| {
            flag.store(true, Ordering::SeqCst);
            if times == 1 {
                process::interrupt_commands();
            } else {
                process::kill_all();
            }
            if let Some(sender) = wake.lock().unwrap_or_else(PoisonError::into_inner).take() {
                // Only fails when Enter was pressed at the same moment.
                let _ = sender.send(());
            }
        })?;
        Ok(Self { requested, waiting })
    }

    /// Whether Ctrl-C was pressed.
    pub(crate) fn requested(&self) -> bool {
        self.requested.load(Ordering::SeqCst)
    }

    /// Ends a sequence of steps when Ctrl-C was pressed.
    pub(crate) fn check(&self) -> Result<()> {
        if self.requested() { Err(Error::unexpected("stopped by Ctrl-C")) } else { Ok(()) }
    }

    /// Waits until Enter or Ctrl-C is pressed; without a terminal, for Ctrl-C alone.
    pub(crate) fn wait_for_person(&self) {
        let (sender, pressed) = channel();
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender.clone());
        if self.requested() {
            return;
        }
        if console::can_answer() {
            thread::spawn(move || {
                let _ = console::read_line();
                let _ = sender.send(());
            });
        }
        let _ = pressed.recv();
    }
}
