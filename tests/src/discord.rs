//! The Discord stand-in with one bot, one guild and one channel in it: what most tests and the
//! demo need.

use discord_standin::{Bot, Server};

use crate::{Error, Result, Workspace, artefacts};

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
