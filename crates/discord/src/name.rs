//! The rules of a webhook's name.

use thiserror::Error;

/// Longest name, in characters.
const LONGEST: usize = 80;

/// Why Discord refuses a name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NameProblem {
    /// Nothing is in it.
    #[error("the name is empty; a webhook's name has 1 to 80 characters")]
    Empty,
    /// More than 80 characters.
    #[error("the name has {length} characters; a webhook's name has 1 to 80")]
    TooLong {
        /// Characters in it.
        length: usize,
    },
    /// It contains a word that Discord keeps for itself, in some letter case.
    #[error("the name contains `{word}`; Discord refuses it in any letter case")]
    Contains {
        /// The word, lower case.
        word: &'static str,
    },
    /// It is a word that Discord reads as a mention.
    #[error("the name is `{word}`, which Discord refuses")]
    Reserved {
        /// The word, lower case.
        word: &'static str,
    },
    /// White space at the start or the end, which Discord removes: the name would differ from what was written.
    #[error("the name starts or ends with white space, which Discord would remove")]
    OuterWhitespace,
}

/// Checks a name before Discord does.
///
/// Sources: Discord's documentation, "Create Webhook" (1 to 80 characters, without `clyde` or `discord`) and "Usernames
/// and Nicknames" (outer white space is trimmed; `everyone` and `here` are refused).
pub fn validate_webhook_name(name: &str) -> Result<(), NameProblem> {
    if name.is_empty() {
        return Err(NameProblem::Empty);
    }
    let length = name.chars().count();
    if length > LONGEST {
        return Err(NameProblem::TooLong { length });
    }
    if name.trim() != name {
        return Err(NameProblem::OuterWhitespace);
    }
    let lower = name.to_lowercase();
    if let Some(word) = ["clyde", "discord"].into_iter().find(|word| lower.contains(word)) {
        return Err(NameProblem::Contains { word });
    }
    if let Some(word) = ["everyone", "here"].into_iter().find(|word| lower == *word) {
        return Err(NameProblem::Reserved { word });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_judged_as_discord_does() {
        let contains = |word| Err(NameProblem::Contains { word });
        let table = [
            ("Alerts of checkout", Ok(())),
            ("火の見 🔔", Ok(())),
            ("there everyone", Ok(())),
            ("x", Ok(())),
            ("", Err(NameProblem::Empty)),
            (" alerts", Err(NameProblem::OuterWhitespace)),
            ("alerts\u{a0}", Err(NameProblem::OuterWhitespace)),
            ("our DisCord bell", contains("discord")),
            ("CLYDEsdale", contains("clyde")),
            ("Everyone", Err(NameProblem::Reserved { word: "everyone" })),
            ("HERE", Err(NameProblem::Reserved { word: "here" })),
        ];
        for (name, expected) in table {
            assert_eq!(validate_webhook_name(name), expected, "{name:?}");
        }
        assert_eq!(validate_webhook_name(&"火".repeat(80)), Ok(()));
        let long = validate_webhook_name(&"火".repeat(81));
        assert_eq!(long, Err(NameProblem::TooLong { length: 81 }));
    }

    proptest! {
        #[test]
        fn a_kept_word_is_found_anywhere(before in "[a-z ]{0,20}", after in "[a-z ]{0,20}", upper: [bool; 7]) {
            let word: String = "discord".chars().zip(upper)
                .map(|(letter, up)| if up { letter.to_ascii_uppercase() } else { letter })
                .collect();
            let name = format!("a{before}{word}{after}a");
            let problem = validate_webhook_name(&name);
            prop_assert_eq!(problem, Err(NameProblem::Contains { word: "discord" }));
        }
    }
}
