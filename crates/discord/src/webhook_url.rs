//! The URL of a webhook, whose token is all that it takes to write with it.

use thiserror::Error;
use url::{Host, Url};

use super::snowflake::Snowflake;
use contract::secret::Secret;

/// Discord's hosts: its own, its old one, and its public-test and canary builds.
const HOSTS: [&str; 6] = [
    "discord.com",
    "ptb.discord.com",
    "canary.discord.com",
    "discordapp.com",
    "ptb.discordapp.com",
    "canary.discordapp.com",
];

/// The two parts of a webhook's URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookUrl {
    /// The webhook.
    pub id: Snowflake,
    /// Its token.
    pub token: Secret<String>,
}

/// Why a text is not a webhook's URL. No message shows any part of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UrlProblem {
    /// It is not a URL.
    #[error(
        "the webhook's URL is not a URL; it looks like `https://discord.com/api/webhooks/ID/TOKEN`"
    )]
    NotUrl,
    /// A host that is neither Discord's nor that of the base URL, or no https.
    #[error(
        "the webhook's URL is not of Discord; it starts with `https://discord.com/api/webhooks/`"
    )]
    Host,
    /// Not the path of a webhook.
    #[error("the webhook's URL has another path than `/api/webhooks/ID/TOKEN`")]
    Path,
    /// The variant of the URL that takes Slack's or GitHub's messages.
    #[error("the webhook's URL ends with `/slack` or `/github`; give it without that ending")]
    Variant,
    /// The id has other characters than digits, or too few or many.
    #[error("the webhook's URL has no id of 17 to 20 digits")]
    Id,
    /// The token has characters that no token has.
    #[error("the webhook's URL has no well-formed token; was it copied whole?")]
    Token,
}

impl WebhookUrl {
    /// Reads a URL of Discord's, or of the server of `base_url`. A version in the path (`/api/v10/`) and a query are
    /// allowed and dropped.
    pub fn parse(text: &str, base_url: &Url) -> Result<Self, UrlProblem> {
        let url = Url::parse(text.trim()).map_err(|_| UrlProblem::NotUrl)?;
        let path = if url.origin() == base_url.origin() {
            let whole = url.path();
            let root = root_path(base_url);
            whole.strip_prefix(root.as_str()).ok_or(UrlProblem::Path)?
        } else if is_official(&url) {
            url.path().strip_prefix("/api").ok_or(UrlProblem::Path)?
        } else {
            return Err(UrlProblem::Host);
        };
        let mut segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        if segments.first().is_some_and(|first| is_version(first)) {
            segments.remove(0);
        }
        match segments.as_slice() {
            ["webhooks", id, token] => Self::of(id, token),
            ["webhooks", _, _, "slack" | "github"] => Err(UrlProblem::Variant),
            _ => Err(UrlProblem::Path),
        }
    }

    /// The URL to write to, without the API's version, as Discord's own settings page shows it.
    pub fn compose(&self, base_url: &Url) -> Secret<String> {
        let mut url = base_url.clone();
        url.set_query(None);
        url.set_fragment(None);
        let (root, token) = (root_path(base_url), self.token.expose());
        url.set_path(&format!("{root}/webhooks/{}/{token}", self.id));
        Secret::new(url.into())
    }

    fn of(id: &str, token: &str) -> Result<Self, UrlProblem> {
        let id = id.parse().map_err(|_| UrlProblem::Id)?;
        if !is_well_formed(token) {
            return Err(UrlProblem::Token);
        }
        Ok(Self { id, token: Secret::new(token.to_owned()) })
    }
}

/// Whether a text could be a webhook's token: letters, digits, `-` and `_`. Discord's have 68 characters; the bounds are
/// wide because it promises no length.
pub(super) fn is_well_formed(token: &str) -> bool {
    let letters = token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    letters && (20..=200).contains(&token.len())
}

fn is_official(url: &Url) -> bool {
    let known = match url.host() {
        Some(Host::Domain(domain)) => HOSTS.contains(&domain),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) | None => false,
    };
    known && url.scheme() == "https" && url.port().is_none()
}

/// The base URL's path without its version: `/api/v10` gives `/api`.
fn root_path(base_url: &Url) -> String {
    let path = base_url.path().trim_end_matches('/');
    match path.rsplit_once('/') {
        Some((root, last)) if is_version(last) => root.to_owned(),
        Some(_) | None => path.to_owned(),
    }
}

fn is_version(segment: &str) -> bool {
    let digits = segment.strip_prefix('v').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_abcd";
    const ID: &str = "1310000000000000001";

    fn base(text: &str) -> Url {
        Url::parse(text).expect("the test's base URL is a URL")
    }

    #[test]
    fn every_spelling_of_a_webhook_url_is_read() {
        let official = base("https://discord.com/api/v10");
        for head in [
            "https://discord.com/api",
            "https://discordapp.com/api",
            "https://ptb.discord.com/api",
            "https://canary.discord.com/api/v10",
            "https://discord.com/api/v9",
        ] {
            for tail in ["", "/", "?thread_id=1310000000000000009"] {
                let read =
                    WebhookUrl::parse(&format!("{head}/webhooks/{ID}/{TOKEN}{tail}"), &official);
                let read = read.expect("the URL is one of a webhook");
                assert_eq!((read.id.as_str(), read.token.expose().as_str()), (ID, TOKEN));
            }
        }
    }

    #[test]
    fn what_is_not_one_is_refused_without_being_shown() {
        let official = base("https://discord.com/api/v10");
        let table = [
            (format!("webhooks/{ID}/{TOKEN}"), UrlProblem::NotUrl),
            (format!("http://discord.com/api/webhooks/{ID}/{TOKEN}"), UrlProblem::Host),
            (format!("https://discord.com.example/api/webhooks/{ID}/{TOKEN}"), UrlProblem::Host),
            (format!("https://discord.com:444/api/webhooks/{ID}/{TOKEN}"), UrlProblem::Host),
            (format!("http://127.0.0.1/api/webhooks/{ID}/{TOKEN}"), UrlProblem::Host),
            (format!("https://discord.com/api/webhooks/{ID}"), UrlProblem::Path),
            (format!("https://discord.com/webhooks/{ID}/{TOKEN}"), UrlProblem::Path),
            (format!("https://discord.com/api/webhooks/{ID}/{TOKEN}/slack"), UrlProblem::Variant),
            (format!("https://discord.com/api/webhooks/12/{TOKEN}"), UrlProblem::Id),
            (format!("https://discord.com/api/webhooks/{ID}/abc%2F{TOKEN}"), UrlProblem::Token),
            (format!("https://discord.com/api/webhooks/{ID}/abc"), UrlProblem::Token),
        ];
        for (text, expected) in table {
            let problem = WebhookUrl::parse(&text, &official).err();
            assert_eq!(problem, Some(expected), "{text}");
            assert!(!expected.to_string().contains(TOKEN));
        }
    }

    #[test]
    fn what_is_composed_is_read_back() {
        for (text, expected) in [
            ("https://discord.com/api/v10", "https://discord.com/api/webhooks/"),
            ("http://127.0.0.1:4123/api/v10/", "http://127.0.0.1:4123/api/webhooks/"),
            ("http://proxy.internal/chat", "http://proxy.internal/chat/webhooks/"),
        ] {
            let base_url = base(text);
            let url = WebhookUrl::of(ID, TOKEN).expect("both parts are well-formed");
            let composed = url.compose(&base_url);
            assert_eq!(composed.expose(), &format!("{expected}{ID}/{TOKEN}"));
            assert_eq!(WebhookUrl::parse(composed.expose(), &base_url), Ok(url));
        }
    }
}
