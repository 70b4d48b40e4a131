//! What a check tells of what it saw, without the secrets that it sent.

use contract::secret::Secret;

/// Characters of a text that are shown; the rest is left out.
const SHOWN: usize = 80;

/// Secrets that a check sends, which must not come back in what it tells: a server may repeat them.
#[derive(Clone, Debug, Default)]
pub(super) struct Hidden(Vec<Secret<String>>);

impl Hidden {
    /// Hides these texts.
    pub(super) fn new(secrets: impl IntoIterator<Item = Secret<String>>) -> Self {
        let mut secrets: Vec<_> =
            secrets.into_iter().filter(|secret| !secret.expose().is_empty()).collect();
        // A secret within another one would leave the longer one's ends.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.expose().len()));
        Self(secrets)
    }

    /// A text without the secrets.
    pub(super) fn out_of(&self, text: &str) -> String {
        let hide =
            |text: String, secret: &Secret<String>| text.replace(secret.expose(), "(secret)");
        self.0.iter().fold(text.to_owned(), hide)
    }

    /// A text in quotation marks, on one line and not too long.
    pub(super) fn quoted(&self, text: &str) -> String {
        let text = self.out_of(text);
        let mut shown: String = text.chars().take(SHOWN).map(plain).collect();
        if text.chars().nth(SHOWN).is_some() {
            shown.push('…');
        }
        format!("\"{shown}\"")
    }
}

fn plain(character: char) -> char {
    if character.is_control() { ' ' } else { character }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hidden(secrets: &[&str]) -> Hidden {
        Hidden::new(secrets.iter().map(|secret| Secret::new((*secret).to_owned())))
    }

    #[test]
    fn secrets_are_left_out_before_a_text_is_cut() {
        let hidden = hidden(&["token", "long-token-of-ours", ""]);
        assert_eq!(hidden.out_of("a long-token-of-ours b token"), "a (secret) b (secret)");
        let text = format!("{}long-token-of-ours", "x".repeat(SHOWN - 3));
        assert_eq!(hidden.quoted(&text), format!("\"{}(se…\"", "x".repeat(SHOWN - 3)));
    }

    #[test]
    fn a_quoted_text_is_one_line() {
        assert_eq!(Hidden::default().quoted("a\r\nb\0"), "\"a  b \"");
    }

    proptest! {
        #[test]
        fn no_text_shows_a_secret(before in ".*", secret in "[a-z0-9]{8,20}", after in ".*") {
            let hidden = hidden(&[&secret]);
            let text = format!("{before}{secret}{after}");
            prop_assert!(!hidden.out_of(&text).contains(&secret));
            prop_assert!(!hidden.quoted(&text).contains(&secret));
        }
    }
}
