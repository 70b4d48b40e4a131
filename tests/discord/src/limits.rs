//! Rate limits: fixed windows per bucket, one for all requests, and the hidden one of a channel.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use crate::Operation;

/// So many requests in so much time.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Requests allowed in one period.
    pub requests: u32,
    /// Length of the period; it starts with the first request.
    pub period: Duration,
}

/// The limits in force. Discord documents that they may change at any time and are to be read from the headers; these
/// defaults are what its staff have said and users have observed (discord/discord-api-docs#367).
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Of each bucket: an operation family on one channel or webhook.
    pub bucket: Window,
    /// Of messages to one channel, over all its webhooks. No header tells of it.
    pub channel_messages: Window,
    /// Of all requests.
    pub global: Window,
}

impl Default for Limits {
    fn default() -> Self {
        let window = |requests, seconds| Window { requests, period: Duration::from_secs(seconds) };
        Self { bucket: window(5, 2), channel_messages: window(30, 60), global: window(50, 1) }
    }
}

/// Where a bucket stands, as the headers tell it.
#[derive(Clone, Copy)]
pub(crate) struct Standing {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    pub(crate) reset_after: Duration,
}

struct Opened {
    at: Instant,
    used: u32,
}

/// Counts requests.
#[derive(Default)]
pub(crate) struct Counters(HashMap<String, Opened>);

impl Counters {
    /// Counts one request; `Err` when the window is used up, with the same standing.
    pub(crate) fn count(
        &mut self,
        key: String,
        window: Window,
        now: Instant,
    ) -> Result<Standing, Standing> {
        let opened = self.0.entry(key).or_insert(Opened { at: now, used: 0 });
        if now.duration_since(opened.at) >= window.period {
            *opened = Opened { at: now, used: 0 };
        }
        let allowed = opened.used < window.requests;
        if allowed {
            opened.used += 1;
        }
        let standing = Standing {
            limit: window.requests,
            remaining: window.requests - opened.used.min(window.requests),
            reset_after: window.period.saturating_sub(now.duration_since(opened.at)),
        };
        if allowed { Ok(standing) } else { Err(standing) }
    }
}

/// The hash that `X-RateLimit-Bucket` carries: equal for operations that share a bucket.
pub(crate) fn bucket_hash(operation: Operation) -> String {
    let family = match operation {
        Operation::CreateWebhook => "create",
        Operation::ListChannelWebhooks => "list",
        Operation::ReadWebhook => "read",
        Operation::ModifyWebhook | Operation::DeleteWebhook => "change",
        Operation::ReadWebhookWithToken => "read with token",
        Operation::ModifyWebhookWithToken | Operation::DeleteWebhookWithToken => {
            "change with token"
        }
        Operation::ListMessages => "list messages",
        Operation::Execute => "execute",
        Operation::ReadMessage => "read message",
        Operation::EditMessage | Operation::DeleteMessage => "change message",
    };
    let mut hasher = DefaultHasher::new();
    family.hash(&mut hasher);
    format!("{:016x}{:016x}", hasher.finish(), hasher.finish().rotate_left(17))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_refuses_until_it_is_over() {
        let mut counters = Counters::default();
        let window = Window { requests: 2, period: Duration::from_secs(2) };
        let start = Instant::now();
        let mut count =
            |after: u64| counters.count("one".into(), window, start + Duration::from_millis(after));
        assert_eq!(count(0).ok().map(|standing| standing.remaining), Some(1));
        assert_eq!(count(100).ok().map(|standing| standing.remaining), Some(0));
        let refused = count(500).err().map(|standing| standing.reset_after);
        assert_eq!(refused, Some(Duration::from_millis(1500)));
        assert!(count(2000).is_ok());
    }
}
