//! A list of everything, fetched once and read often.

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use super::Failure;
use super::memo::Memo;

/// All objects of one kind in one account and region, by name, as the first read found them.
///
/// A refresh of a thousand objects must not be a thousand calls: the first read lists them all,
/// the others are served from that list. It lives as long as the [`Aws`](super::Aws) that it
/// belongs to, which is one run of Terraform. An object that was written since is never served
/// from the list, also when the list was under way at the moment of the write.
pub(super) struct Snapshot<V> {
    listing: Memo<(), Arc<HashMap<String, V>>>,
    written: Mutex<HashSet<String>>,
}

impl<V> Default for Snapshot<V> {
    fn default() -> Self {
        Self { listing: Memo::default(), written: Mutex::default() }
    }
}

impl<V: Clone> Snapshot<V> {
    /// The object as it was listed, with `list` making the list when there is none yet.
    ///
    /// `None` means "ask AWS for this one": either the list doesn't show it, which is no proof
    /// that it is gone, or it was written since.
    ///
    /// # Errors
    /// What `list` fails with. All who waited for it get the same failure; the next read lists
    /// again.
    pub(super) async fn find<F>(&self, name: &str, list: F) -> Result<Option<V>, Failure>
    where
        F: Future<Output = Result<HashMap<String, V>, Failure>>,
    {
        if self.is_written(name) {
            return Ok(None);
        }
        let listing = self.listing.of(&(), async { list.await.map(Arc::new) }).await?;
        Ok(if self.is_written(name) { None } else { listing.get(name).cloned() })
    }

    /// Never serves `name` from the list again.
    pub(super) fn forget(&self, name: &str) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.insert(name.to_owned());
    }

    fn is_written(&self, name: &str) -> bool {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).contains(name)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Notify;
    use tokio::task::JoinSet;

    use super::*;
    use crate::aws::error::Kind;

    fn two() -> HashMap<String, u8> {
        HashMap::from([("a".to_owned(), 1), ("b".to_owned(), 2)])
    }

    #[tokio::test]
    async fn many_reads_are_one_list() {
        let snapshot = Arc::new(Snapshot::default());
        let lists = Arc::new(AtomicUsize::new(0));
        let mut reads = JoinSet::new();
        for name in ["a", "b", "c", "a", "b", "c"] {
            let (snapshot, lists) = (Arc::clone(&snapshot), Arc::clone(&lists));
            reads.spawn(async move {
                let list = async {
                    lists.fetch_add(1, Ordering::SeqCst);
                    tokio::task::yield_now().await;
                    Ok(two())
                };
                (name, snapshot.find(name, list).await.unwrap())
            });
        }
        for (name, found) in reads.join_all().await {
            assert_eq!(found, two().get(name).copied());
        }
        assert_eq!(lists.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_write_drops_what_it_touched_alone() {
        let snapshot = Snapshot::default();
        assert_eq!(snapshot.find("a", async { Ok(two()) }).await.unwrap(), Some(1));
        snapshot.forget("a");
        let listed_again = || async { panic!("listed again") };
        assert_eq!(snapshot.find("a", listed_again()).await.unwrap(), None);
        assert_eq!(snapshot.find("b", listed_again()).await.unwrap(), Some(2));
    }

    #[tokio::test]
    async fn a_write_during_the_list_counts() {
        let snapshot = Arc::new(Snapshot::default());
        let go = Arc::new(Notify::new());
        let reading = {
            let (snapshot, go) = (Arc::clone(&snapshot), Arc::clone(&go));
            tokio::spawn(async move {
                let list = async {
                    go.notified().await;
                    Ok(two())
                };
                snapshot.find("a", list).await
            })
        };
        tokio::task::yield_now().await;
        snapshot.forget("a");
        go.notify_one();
        assert_eq!(reading.await.unwrap().unwrap(), None);
    }

    #[tokio::test]
    async fn a_failed_list_is_tried_again() {
        let snapshot = Snapshot::default();
        let failing = async { Err(Failure::new(Kind::Throttled, "slow")) };
        assert_eq!(snapshot.find("a", failing).await.unwrap_err().kind(), Kind::Throttled);
        assert_eq!(snapshot.find("a", async { Ok(two()) }).await.unwrap(), Some(1));
    }
}
