//! Takes secrets out of texts that others wrote.

use contract::secret::Secret;

/// What stands in a secret's place.
const HIDDEN: &str = "(secret)";
/// Longest text that is passed on, in characters.
const LONGEST: usize = 600;

/// Removes known secrets, and whatever looks like a webhook's URL.
#[derive(Clone, Default)]
pub(super) struct Scrubber(Vec<Secret<String>>);

impl Scrubber {
    pub(super) fn new(secrets: impl IntoIterator<Item = Secret<String>>) -> Self {
        let secrets = secrets.into_iter();
        Self(secrets.filter(|secret| !secret.expose().is_empty()).collect())
    }

    /// The text without secrets and control characters, cut to a length that a person reads.
    pub(super) fn clean(&self, text: &str) -> String {
        let mut cleaned = text.to_owned();
        for secret in &self.0 {
            cleaned = cleaned.replace(secret.expose(), HIDDEN);
        }
        let cleaned = without_webhook_tokens(&cleaned);
        cleaned.chars().filter(|letter| !letter.is_control()).take(LONGEST).collect()
    }
}

/// Replaces what follows `webhooks/<digits>/`, up to the next character that no token has.
fn without_webhook_tokens(text: &str) -> String {
    let mut cleaned = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("webhooks/") {
        let (before, after) = rest.split_at(start + "webhooks/".len());
        cleaned.push_str(before);
        let digits = after.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(after.len());
        let (id, tail) = after.split_at(digits);
        cleaned.push_str(id);
        rest = tail;
        if let Some(token) = tail.strip_prefix('/').filter(|_| digits > 0) {
            let of_token =
                |letter: char| letter.is_ascii_alphanumeric() || "-_%.~".contains(letter);
            let end = token.find(|letter| !of_token(letter)).unwrap_or(token.len());
            cleaned.push('/');
            cleaned.push_str(HIDDEN);
            rest = &token[end..];
        }
    }
    cleaned.push_str(rest);
    cleaned
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn urls_and_known_secrets_are_hidden() {
        let scrubber = Scrubber::new([Secret::new("bot-token".to_owned())]);
        let table = [
            ("plain words", "plain words"),
            ("Bot bot-token, bot-token", "Bot (secret), (secret)"),
            (
                "https://x/api/webhooks/12/ab-C_d?wait=true",
                "https://x/api/webhooks/12/(secret)?wait=true",
            ),
            ("two: webhooks/1/a webhooks/2/b", "two: webhooks/1/(secret) webhooks/2/(secret)"),
            ("/channels/5/webhooks/", "/channels/5/webhooks/"),
            ("a\u{1b}[31m\nb", "a[31mb"),
        ];
        for (text, expected) in table {
            assert_eq!(scrubber.clean(text), expected);
        }
    }

    proptest! {
        #[test]
        fn no_token_survives(before in ".{0,40}", token in "[A-Za-z0-9_-]{20,70}", after in "[ ?/\"].{0,20}") {
            let text = format!("{before}webhooks/1310000000000000001/{token}{after}");
            prop_assert!(!Scrubber::default().clean(&text).contains(&token));
        }
    }
}
