//! Who is told, of a budget's notification or of an anomaly.

use std::collections::BTreeSet;

/// Who is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subscriber {
    /// An SNS topic, by its ARN. A notification has at most one.
    Topic(String),
    /// An e-mail address. A notification has at most ten.
    Email(String),
}

impl Subscriber {
    /// Whether it is a topic.
    pub(super) fn is_topic(&self) -> bool {
        match self {
            Self::Topic(_) => true,
            Self::Email(_) => false,
        }
    }
}

/// Who is told of one notification; never nobody.
pub(super) type Subscribers = BTreeSet<Subscriber>;

/// Everybody who is named.
pub(super) fn all(topics: BTreeSet<String>, emails: BTreeSet<String>) -> Subscribers {
    let topics = topics.into_iter().map(Subscriber::Topic);
    topics.chain(emails.into_iter().map(Subscriber::Email)).collect()
}

/// The topics and the addresses among those who are told.
pub(super) fn apart(told: Subscribers) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut topics, mut emails) = (BTreeSet::new(), BTreeSet::new());
    for subscriber in told {
        match subscriber {
            Subscriber::Topic(arn) => topics.insert(arn),
            Subscriber::Email(address) => emails.insert(address),
        };
    }
    (topics, emails)
}
