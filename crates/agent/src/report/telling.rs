//! Tells the morning on Discord, once.
//!
//! That the message is about to be sent is written down before, under the condition that nobody else wrote meanwhile, and that it is there
//! afterwards. So of two runs of a morning one sends. One that was ended in between leaves behind that a message may be there:
//! then it is sent again, once, and says so, as the relay does.

use std::time::Duration;

use contract::report::Settings;
use contract::spike;
use jiff::{SignedDuration, Timestamp};
use report::message::Post;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::NotReported;
use super::morning::Morning;
use super::store::{Posted, Saved, Sending, State, Store};
use crate::Invocation;
use crate::bell::{Access, Bell, Discord, Letter, Memory, Trouble};
use crate::relay::engine::pause as wait_for;
use crate::relay::message::repeated;

/// How long one sending may take.
const TO_SEND: Duration = Duration::from_secs(20);
/// How much longer than that nobody else sends, for clocks that differ.
const GRACE: SignedDuration = SignedDuration::from_secs(5);
/// Time that is kept to write down what was done.
const TO_RECORD: Duration = Duration::from_secs(5);
/// Sendings that may fail, and writings.
const ATTEMPTS: u32 = 4;
/// The first pause after something failed; the next one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Between two looks at what another run does.
const GLANCE: Duration = Duration::from_secs(2);

/// What became of the morning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// This run told it.
    Here(Posted),
    /// Another run did meanwhile.
    ByAnother,
}

/// What telling needs.
#[derive(Clone, Copy)]
pub(super) struct Telling<'a> {
    pub(super) morning: Morning,
    pub(super) settings: &'a Settings,
    pub(super) invocation: &'a Invocation<'a>,
    pub(super) memory: &'a Memory,
    /// What tells this run from all others: Lambda may call twice with the same id.
    pub(super) holder: &'a str,
}

/// Whether this run may send.
enum Turn {
    /// It may; a copy may be there already.
    Ours { may_be_there: bool },
    /// Another run has told the morning.
    Over,
    /// Another run sends.
    Wait,
}

impl Telling<'_> {
    /// Sends the message, and keeps that it is there with what the spike engine keeps.
    pub(super) async fn tell(
        &self,
        store: &mut Store<'_>,
        post: Post,
        spikes: spike::State,
    ) -> Result<Told, NotReported> {
        let base_url = self.settings.discord_base_url.as_deref();
        let access = Access { base_url, bot_token_parameter_arn: None };
        let discord = Discord::new(self.memory, self.invocation.clients, access);
        let discord = discord.map_err(NotReported::Untold)?;
        let payload = post.payload();
        let digest = digest(&payload, &post);
        let letter = Letter { payload, files: post.files };
        let mut failures = 0;
        let mut last = "the function's time is over".to_owned();
        while failures < ATTEMPTS {
            let may_be_there = match self.turn(&store.state) {
                Turn::Over => return Ok(Told::ByAnother),
                Turn::Wait => {
                    self.pause(GLANCE)?;
                    wait_for(GLANCE).await;
                    store.refresh().await.map_err(|problem| self.failed(problem))?;
                    continue;
                }
                Turn::Ours { may_be_there } => may_be_there,
            };
            self.pause(Duration::ZERO)?;
            let before = store.state.sending.take();
            store.state.sending = Some(self.sending());
            let saved = store.save().await.map_err(|problem| self.failed(problem))?;
            if saved == Saved::Lost {
                continue;
            }
            let letter = if may_be_there { self.as_repeat(&letter) } else { letter.clone() };
            let until = Instant::now() + TO_SEND;
            let until = until.min(self.invocation.deadline.checked_sub(TO_RECORD).unwrap_or(until));
            let trouble = match discord.post(&self.settings.webhook, &letter, until).await {
                Ok(message) => {
                    let posted = self.posted(&store.state, message, digest, may_be_there);
                    return self.keep(store, posted, spikes).await;
                }
                Err(trouble) => trouble,
            };
            failures += 1;
            let (wait, why) = self.after(store, trouble, before, failures).await?;
            last = why;
            self.pause(wait).map_err(|_| NotReported::Untold(last.clone()))?;
            wait_for(wait).await;
        }
        Err(NotReported::Untold(last))
    }

    /// How long to wait after a sending that failed, and why it did; what can't be mended by waiting is an error.
    async fn after(
        &self,
        store: &mut Store<'_>,
        trouble: Trouble,
        before: Option<Sending>,
        failures: u32,
    ) -> Result<(Duration, String), NotReported> {
        let pause = FIRST_PAUSE * (1 << failures);
        let (wait, why) = match trouble {
            // It stays written down that it may be there.
            Trouble::Unknown(why) => return Ok((pause, why)),
            Trouble::NotSent(why) => (Some(pause), why),
            Trouble::Wait(wait) => (Some(wait), format!("Discord asks to wait {wait:.1?}")),
            Trouble::Dead(why) | Trouble::Refused(why) | Trouble::Settings(why) => (None, why),
            Trouble::NoMessage => (None, "there is no such message".to_owned()),
        };
        self.give_back(store, before).await?;
        wait.map(|wait| (wait, why.clone())).ok_or(NotReported::Untold(why))
    }

    fn turn(&self, state: &State) -> Turn {
        let today = self.morning.today;
        if state.posted.as_ref().is_some_and(|posted| posted.morning >= today) {
            return Turn::Over;
        }
        let Some(sending) = state.sending.as_ref().filter(|sending| sending.morning == today)
        else {
            return Turn::Ours { may_be_there: false };
        };
        if sending.holder != self.holder && sending.until > Timestamp::now() {
            return Turn::Wait;
        }
        Turn::Ours { may_be_there: true }
    }

    fn sending(&self) -> Sending {
        let lease = SignedDuration::try_from(TO_SEND).unwrap_or(SignedDuration::ZERO) + GRACE;
        Sending {
            morning: self.morning.today,
            holder: self.holder.to_owned(),
            until: Timestamp::now().saturating_add(lease).unwrap_or(Timestamp::MAX),
        }
    }

    fn posted(&self, state: &State, message: String, digest: String, repeat: bool) -> Posted {
        let previous = state.posted.as_ref().map(|posted| posted.morning);
        Posted { morning: self.morning.today, previous, message, digest, repeat }
    }

    /// Keeps that the message is there. Without this, the next run would tell it again, marked.
    async fn keep(
        &self,
        store: &mut Store<'_>,
        posted: Posted,
        spikes: spike::State,
    ) -> Result<Told, NotReported> {
        let mut failures = 0;
        loop {
            store.state.sending = None;
            store.state.posted = Some(posted.clone());
            store.state.spikes = spikes.clone();
            match store.save().await {
                Ok(Saved::Done) => return Ok(Told::Here(posted)),
                Ok(Saved::Lost) if self.is_over(&store.state) => return Ok(Told::Here(posted)),
                Ok(Saved::Lost) => {}
                Err(problem) if failures >= ATTEMPTS => return Err(self.failed(problem)),
                Err(problem) => {
                    failures += 1;
                    tracing::warn!(error = %problem, "What was told isn't kept yet.");
                    wait_for(FIRST_PAUSE * failures).await;
                }
            }
        }
    }

    fn is_over(&self, state: &State) -> bool {
        state.posted.as_ref().is_some_and(|posted| posted.morning >= self.morning.today)
    }

    /// Nothing was written: what was known before of an earlier copy is all that there is.
    async fn give_back(
        &self,
        store: &mut Store<'_>,
        before: Option<Sending>,
    ) -> Result<(), NotReported> {
        store.state.sending = before.filter(|sending| sending.morning == self.morning.today);
        store.save().await.map(drop).map_err(|problem| self.failed(problem))
    }

    /// Whether there is time to wait, and to send afterwards.
    fn pause(&self, wait: Duration) -> Result<(), NotReported> {
        let left = self.invocation.deadline.saturating_duration_since(Instant::now());
        if left > wait + TO_RECORD * 2 {
            return Ok(());
        }
        Err(NotReported::Untold("the function's time is over".to_owned()))
    }

    /// The same message, which says that it may be there already.
    fn as_repeat(&self, letter: &Letter) -> Letter {
        let mut letter = letter.clone();
        let text = letter.payload["content"].as_str().unwrap_or_default();
        let text = format!("{text}\n{}", repeated(self.settings.language));
        letter.payload["content"] = Value::String(text);
        letter
    }

    fn failed(&self, problem: costs::Error) -> NotReported {
        NotReported::History { bucket: self.settings.history.bucket.clone(), problem }
    }
}

/// What tells one message from another.
fn digest(payload: &Value, post: &Post) -> String {
    let digest = Sha256::new().chain_update(payload.to_string());
    let digest = post.files.iter().fold(digest, |digest, file| digest.chain_update(file.bytes()));
    digest.finalize().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
