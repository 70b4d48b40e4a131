//! The last line of an alarm's description, which tells the relay what the prose can't.
//!
//! A description is prose for people in the console, then one line `hinomi:{…}` of compact JSON.
//! Both together have to stay within the 1,024 characters that CloudWatch allows
//! (`PutMetricAlarm`, `AlarmDescription`); who makes the alarm checks that.

use serde::{Deserialize, Deserializer, Serialize};

use crate::impact::Impact;

/// What the line starts with.
const MARK: &str = "hinomi:";

/// What an alarm of Hinomi's tells the relay.
///
/// Keys that a reader doesn't know are passed over, so that an old relay reads a new alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trailer {
    /// The monitor that the alarm is of. All alarms of one monitor are one incident.
    pub monitor: String,
    /// What the alarm says of the monitor.
    #[serde(default)]
    pub kind: Kind,
    /// What an outage would do; an impact that the reader doesn't know is none.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "known_impact")]
    pub impact: Option<Impact>,
    /// Who is in charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Address, or words, of what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runbook: Option<String>,
    /// Time after which a monitor that is still down is told of again.
    #[serde(default, rename = "reminder", skip_serializing_if = "Option::is_none")]
    pub reminder_seconds: Option<u64>,
    /// Whether the message may mention whom the relay has for the impact.
    #[serde(default, skip_serializing_if = "is_false")]
    pub mention: bool,
    /// The address that is watched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// ARN of the log group that says why, without `:*` at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logs: Option<String>,
}

/// What an alarm says of its monitor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", from = "String")]
pub enum Kind {
    /// It fails. A kind that the reader doesn't know is taken for this one: better told than not.
    #[default]
    Down,
    /// Nothing is heard of it.
    NoData,
}

/// How the reason begins of an `OK` that a monitor's alarm is given when it is taken away or paused while it
/// rings: the service isn't well, but nobody looks any more.
pub const UNWATCHED: &str = "Not watched any more";

impl Trailer {
    /// A trailer of a monitor's alarm, with all else left out.
    pub fn of(monitor: impl Into<String>, kind: Kind) -> Self {
        Self {
            monitor: monitor.into(),
            kind,
            impact: None,
            owner: None,
            runbook: None,
            reminder_seconds: None,
            mention: false,
            url: None,
            logs: None,
        }
    }

    /// A description: the prose, and this as its last line.
    pub fn append(&self, prose: &str) -> String {
        let json = serde_json::to_string(self).expect("text, numbers and booleans are always JSON");
        let gap = if prose.is_empty() { "" } else { "\n" };
        format!("{prose}{gap}{MARK}{json}")
    }

    /// The prose and the trailer of a description. Without a readable trailer, all of it is prose.
    pub fn split(description: &str) -> (&str, Option<Self>) {
        let trimmed = description.trim_end();
        let (prose, line) = trimmed.rsplit_once('\n').unwrap_or(("", trimmed));
        let json = line.strip_prefix(MARK);
        match json.and_then(|json| serde_json::from_str(json).ok()) {
            Some(trailer) => (prose, Some(trailer)),
            None => (description, None),
        }
    }
}

impl From<String> for Kind {
    fn from(word: String) -> Self {
        if word == "no_data" { Self::NoData } else { Self::Down }
    }
}

fn known_impact<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Impact>, D::Error> {
    let word = Option::<String>::deserialize(deserializer)?;
    Ok(word.as_deref().and_then(Impact::of))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[cfg(test)]
mod tests {
    use proptest::option::of;
    use proptest::prelude::*;

    use super::*;

    fn any_trailer() -> impl Strategy<Value = Trailer> {
        let text = "(?s).{0,40}";
        let impact = of(prop::sample::select(Impact::ALL.to_vec()));
        let kind = prop::bool::ANY.prop_map(|down| if down { Kind::Down } else { Kind::NoData });
        let words = (text, kind, impact, of(text), of(text));
        (words, of(any::<u64>()), any::<bool>(), of(text), of(text)).prop_map(
            |((monitor, kind, impact, owner, runbook), reminder_seconds, mention, url, logs)| {
                Trailer {
                    monitor,
                    kind,
                    impact,
                    owner,
                    runbook,
                    reminder_seconds,
                    mention,
                    url,
                    logs,
                }
            },
        )
    }

    #[test]
    fn a_description_reads_well_and_is_compact() {
        let trailer = Trailer {
            impact: Some(Impact::High),
            owner: Some("shop".to_owned()),
            reminder_seconds: Some(3600),
            mention: true,
            ..Trailer::of("checkout", Kind::NoData)
        };
        let description = trailer.append("The checkout page.\nCalls the shop's backend.");
        assert_eq!(
            description,
            "The checkout page.\nCalls the shop's backend.\n\
             hinomi:{\"monitor\":\"checkout\",\"kind\":\"no_data\",\"impact\":\"high\",\
             \"owner\":\"shop\",\"reminder\":3600,\"mention\":true}"
        );
        let bare = Trailer::of("x", Kind::Down).append("");
        assert_eq!(bare, r#"hinomi:{"monitor":"x","kind":"down"}"#);
    }

    #[test]
    fn a_newer_trailer_is_read_by_an_older_reader() {
        let newer = r#"hinomi:{"monitor":"x","kind":"slow","impact":"dire","colour":[1]}"#;
        assert_eq!(Trailer::split(newer), ("", Some(Trailer::of("x", Kind::Down))));
    }

    #[test]
    fn what_is_no_trailer_is_prose() {
        for description in [
            "",
            "plain",
            "hinomi:",
            "hinomi:{",
            "hinomi:{}",
            "hinomi:{\"monitor\":1}",
            "prose\nhinomi:{\"monitor\":\"x\"} and more",
            "hinomi:{\"monitor\":\"x\"}\nprose after it",
            "prose hinomi:{\"monitor\":\"x\"}",
        ] {
            assert_eq!(Trailer::split(description), (description, None), "{description}");
        }
    }

    proptest! {
        #[test]
        fn prose_and_values_survive(prose in "(?s).{0,200}", trailer in any_trailer()) {
            let description = trailer.append(&prose);
            prop_assert_eq!(Trailer::split(&description), (prose.as_str(), Some(trailer)));
        }

        #[test]
        fn a_broken_trailer_loses_nothing(
            prose in "(?s).{0,80}",
            trailer in any_trailer(),
            lost in 1_usize..30,
        ) {
            let whole = trailer.append(&prose);
            let kept = whole.chars().count().saturating_sub(lost);
            let broken: String = whole.chars().take(kept).collect();
            let (left, read) = Trailer::split(&broken);
            if read.is_none() {
                prop_assert_eq!(left, broken.as_str());
            }
        }

        #[test]
        fn any_text_is_taken(text in "(?s).{0,200}") {
            let (prose, trailer) = Trailer::split(&text);
            prop_assert!(trailer.is_some() || prose == text);
        }
    }
}
