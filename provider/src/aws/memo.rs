//! One answer per key, asked for once.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use super::Failure;

type Cell<V> = Arc<OnceCell<Result<V, Failure>>>;

/// A single-flight memo.
///
/// The first caller of a key makes the value while the others wait for it. A value is kept; a
/// failure is told to everybody who waited for it and then forgotten, so that the next caller
/// tries again. When the caller who makes the value goes away, one of those who wait takes over.
pub(super) struct Memo<K, V> {
    cells: Mutex<HashMap<K, Cell<V>>>,
}

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self { cells: Mutex::default() }
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Memo<K, V> {
    /// The value of `key`, made by `make` when nobody has made it yet.
    pub(super) async fn of<F>(&self, key: &K, make: F) -> Result<V, Failure>
    where
        F: Future<Output = Result<V, Failure>>,
    {
        let cell = Arc::clone(self.cells().entry(key.clone()).or_default());
        let answer = cell.get_or_init(|| make).await.clone();
        if answer.is_err() {
            let mut cells = self.cells();
            if cells.get(key).is_some_and(|kept| Arc::ptr_eq(kept, &cell)) {
                cells.remove(key);
            }
        }
        answer
    }

    fn cells(&self) -> std::sync::MutexGuard<'_, HashMap<K, Cell<V>>> {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::task::JoinSet;

    use super::*;
    use crate::aws::error::Kind;

    async fn counted(calls: &AtomicUsize, answer: Result<u8, Failure>) -> Result<u8, Failure> {
        calls.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        answer
    }

    #[tokio::test]
    async fn many_callers_make_one_value() {
        let memo = Arc::new(Memo::default());
        let calls = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        for _ in 0..20 {
            let (memo, calls) = (Arc::clone(&memo), Arc::clone(&calls));
            tasks.spawn(async move { memo.of(&"key", counted(&calls, Ok(7))).await });
        }
        let answers = tasks.join_all().await;
        assert!(answers.into_iter().all(|answer| answer.unwrap() == 7));
        assert_eq!(calls.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_failure_reaches_those_who_wait_and_is_not_kept() {
        let memo = Arc::new(Memo::default());
        let calls = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        for _ in 0..5 {
            let (memo, calls) = (Arc::clone(&memo), Arc::clone(&calls));
            let refused = Err(Failure::new(Kind::Denied, "not today"));
            tasks.spawn(async move { memo.of(&"key", counted(&calls, refused)).await });
        }
        assert!(tasks.join_all().await.into_iter().all(|answer| answer.is_err()));
        assert_eq!(calls.load(Ordering::SeqCst), 1, "all five waited for one call");
        assert_eq!(memo.of(&"key", counted(&calls, Ok(1))).await.unwrap(), 1);
        assert_eq!(calls.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn one_who_waits_takes_over_from_one_who_left() {
        let memo = Arc::new(Memo::default());
        let first = {
            let memo = Arc::clone(&memo);
            tokio::spawn(async move { memo.of(&"key", std::future::pending()).await })
        };
        tokio::task::yield_now().await;
        let second = {
            let memo = Arc::clone(&memo);
            tokio::spawn(async move { memo.of(&"key", async { Ok(2_u8) }).await })
        };
        tokio::task::yield_now().await;
        first.abort();
        assert_eq!(second.await.unwrap().unwrap(), 2);
    }

    #[tokio::test]
    async fn keys_do_not_share_values() {
        let memo = Memo::default();
        let calls = AtomicUsize::new(0);
        assert_eq!(memo.of(&1, counted(&calls, Ok(1))).await.unwrap(), 1);
        assert_eq!(memo.of(&2, counted(&calls, Ok(2))).await.unwrap(), 2);
        assert_eq!(calls.load(Ordering::SeqCst), 2);
    }
}
