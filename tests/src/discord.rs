//! The Discord stand-in with one bot, one guild and one channel in it: what most tests and the
//! demo need.

use std::time::Duration;

use discord_standin::{Bot, Message, SeededWebhook, Server};
use serde_json::Value;

use crate::{Error, Result, Workspace, artefacts, eventually};

pub use discord_standin as standin;

/// A running Discord stand-in; it ends when this is dropped.
pub struct Discord {
    server: Server,
    bot: Bot,
    guild: String,
    channel: String,
}

impl Discord {
    /// Starts one on a free port, inside this process.
    pub fn start() -> Result<Self> {
        let server = Server::start().map_err(Error::io("start the Discord stand-in"))?;
        let bot = server.bot();
        let guild = server.guild("Event crew");
        let channel = server.channel(&guild);
        artefacts::remember_secret(&bot.token)?;
        Ok(Self { server, bot, guild, channel })
    }

    /// Everything else that the stand-in can do.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The bot that workspaces log in as.
    pub fn bot(&self) -> &Bot {
        &self.bot
    }

    /// Snowflake of the guild.
    pub fn guild(&self) -> &str {
        &self.guild
    }

    /// Snowflake of the first channel.
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// Makes a webhook in the first channel as a person does, in the channel's settings.
    pub fn webhook(&self, name: &str) -> Result<SeededWebhook> {
        let webhook = self.server.webhook_by_person(&self.channel, name);
        artefacts::remember_secret(&webhook.token)?;
        Ok(webhook)
    }

    /// What was written to the first channel, oldest first.
    pub fn messages(&self) -> Vec<Message> {
        self.server.channel_messages(&self.channel)
    }

    /// Waits for a message in the first channel that is as wanted.
    pub fn wait_for_message(
        &self,
        what: &str,
        limit: Duration,
        wanted: impl Fn(&Message) -> bool,
    ) -> Result<Message> {
        eventually(what, limit, || {
            let messages = self.messages();
            match messages.iter().find(|message| wanted(message)) {
                Some(message) => Ok(Some(message.clone())),
                None => Err(Error::unexpected(format!(
                    "the channel has {} message(s): {}",
                    messages.len(),
                    messages.iter().map(text_of).collect::<Vec<_>>().join(" | ")
                ))),
            }
        })
    }

    /// Makes another channel; returns its snowflake.
    pub fn new_channel(&self) -> String {
        self.server.channel(&self.guild)
    }

    /// Fails when a token that exists or existed here is in any artefact of the workspace.
    pub fn expect_no_token_in(&self, workspace: &Workspace) -> Result<()> {
        let secrets = self.server.secrets();
        workspace.expect_no_secret(&secrets.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

impl Drop for Discord {
    fn drop(&mut self) {
        for secret in self.server.secrets() {
            if let Err(error) = artefacts::remember_secret(&secret) {
                eprintln!("{error}");
            }
        }
    }
}

/// All that a person reads in a message: its text, then titles, descriptions, fields and footers of
/// its embeds, a line each.
pub fn text_of(message: &Message) -> String {
    let mut lines = vec![message.content.as_str()];
    for embed in &message.embeds {
        let text = |pointer: &str| embed.pointer(pointer).and_then(Value::as_str);
        lines.extend(["/author/name", "/title", "/description"].iter().filter_map(|at| text(at)));
        for field in embed["fields"].as_array().into_iter().flatten() {
            lines.extend(["name", "value"].iter().filter_map(|key| field[*key].as_str()));
        }
        lines.extend(text("/footer/text"));
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

impl Workspace {
    /// Uses this Discord: the bot's token in `DISCORD_BOT_TOKEN`, and the address in the input
    /// variable `discord_base_url`, for the provider block to take.
    #[must_use]
    pub fn with_discord(self, discord: &Discord) -> Self {
        self.env("DISCORD_BOT_TOKEN", &discord.bot.token)
            .var("discord_base_url", &discord.server.url())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_started_one_has_a_channel_and_its_token_is_a_secret() {
        let discord = Discord::start().expect("starts");
        assert!(discord.server().secrets().contains(&discord.bot().token));
        assert_ne!(discord.channel(), discord.new_channel());
        assert!(discord.server().webhooks().is_empty());
    }
}
