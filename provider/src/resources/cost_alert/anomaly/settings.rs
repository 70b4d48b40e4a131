//! What a subscription tells: from which size on, when, and whom.

use aws_sdk_costexplorer::types;
use framework::{Attr, Result};

use crate::resources::cost_alert::amount::Amount;
use crate::resources::cost_alert::model::{Anomaly, Frequency, Match};
use crate::resources::cost_alert::subscriber::{Subscriber, Subscribers, all, apart};
use crate::resources::cost_alert::texts::{attribute, texts};

/// What a subscription tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Settings {
    frequency: Frequency,
    threshold: Threshold,
    told: Subscribers,
}

/// From which size on an anomaly is told; one of the two at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Threshold {
    usd: Option<Amount>,
    percent: Option<Amount>,
    /// Whether one of two is enough; false with one.
    any: bool,
}

impl Settings {
    /// What the attributes say.
    ///
    /// # Errors
    /// A bug of the provider's, when a value isn't known.
    pub(super) fn of(anomaly: &Anomaly) -> Result<Self> {
        let size = |attribute: &Attr<f64>| attribute.as_known().copied().map(Amount::new);
        let (usd, percent) = (size(&anomaly.at_least_usd), size(&anomaly.at_least_percent));
        let any = *anomaly.r#match.known("match")? == Match::Any;
        Ok(Self {
            frequency: *anomaly.frequency.known("frequency")?,
            threshold: Threshold { usd, percent, any: any && usd.is_some() && percent.is_some() },
            told: all(texts(&anomaly.topic_arns, "topic_arns")?, texts(&anomaly.emails, "emails")?),
        })
    }

    /// What AWS answered.
    ///
    /// # Errors
    /// What of it the attributes can't say, in words that go on after "The subscription has ".
    pub(super) fn found(subscription: &types::AnomalySubscription) -> Result<Self, Vec<String>> {
        let mut unsaid = Vec::new();
        let frequency = frequency(&subscription.frequency);
        if frequency.is_none() {
            unsaid.push(format!("the frequency {}", subscription.frequency));
        }
        let threshold = subscription.threshold_expression.as_ref().and_then(Threshold::found);
        if threshold.is_none() {
            unsaid.push("a threshold that isn't one or two sizes".to_owned());
        }
        let told: Option<Subscribers> =
            subscription.subscribers.iter().map(subscriber_of).collect();
        if told.is_none() {
            unsaid.push("subscribers of another kind than topics and addresses".to_owned());
        }
        match (frequency, threshold, told) {
            (Some(frequency), Some(threshold), Some(told)) => {
                Ok(Self { frequency, threshold, told })
            }
            _ => Err(unsaid),
        }
    }

    /// How often it tells, as AWS names it.
    pub(super) fn frequency(&self) -> types::AnomalySubscriptionFrequency {
        named(self.frequency)
    }

    /// Who is told, as AWS takes it.
    pub(super) fn subscribers(&self) -> Vec<types::Subscriber> {
        self.told.iter().map(subscriber).collect()
    }

    /// The size, as AWS takes it.
    pub(super) fn threshold_expression(&self) -> types::Expression {
        self.threshold.expression()
    }

    /// Sets the attributes that say the same, each unless it does already.
    ///
    /// # Errors
    /// A bug of the provider's, when a value isn't known.
    pub(super) fn set(&self, anomaly: &mut Anomaly) -> Result<()> {
        anomaly.frequency = Attr::Known(self.frequency);
        let Threshold { usd, percent, any } = self.threshold;
        let sizes = [(&mut anomaly.at_least_usd, usd), (&mut anomaly.at_least_percent, percent)];
        for (attribute, found) in sizes {
            if attribute.as_known().copied().map(Amount::new) != found {
                *attribute = found.map(Amount::number).into();
            }
        }
        // With one size the word says nothing, and stays as it is.
        if anomaly.r#match.is_null() || (usd.is_some() && percent.is_some()) {
            anomaly.r#match = Attr::Known(if any { Match::Any } else { Match::All });
        }
        let (topics, emails) = apart(self.told.clone());
        for (set, found) in [(&mut anomaly.topic_arns, topics), (&mut anomaly.emails, emails)] {
            if texts(set, "subscribers")? != found {
                *set = if found.is_empty() { Attr::Null } else { attribute(found) };
            }
        }
        Ok(())
    }
}

impl Threshold {
    fn expression(self) -> types::Expression {
        let sizes = [
            (types::Dimension::AnomalyTotalImpactAbsolute, self.usd),
            (types::Dimension::AnomalyTotalImpactPercentage, self.percent),
        ];
        let mut leaves: Vec<types::Expression> = sizes
            .into_iter()
            .filter_map(|(dimension, size)| Some(leaf(dimension, size?)))
            .collect();
        match (leaves.len(), self.any) {
            (2, true) => types::Expression::builder().set_or(Some(leaves)).build(),
            (2, false) => types::Expression::builder().set_and(Some(leaves)).build(),
            _ => leaves.pop().unwrap_or_else(|| types::Expression::builder().build()),
        }
    }

    fn found(expression: &types::Expression) -> Option<Self> {
        let (leaves, any) = match (expression.and(), expression.or()) {
            ([], []) => (std::slice::from_ref(expression), false),
            (both, []) => (both, false),
            ([], either) => (either, true),
            _ => return None,
        };
        let mut found = Self { usd: None, percent: None, any: any && leaves.len() == 2 };
        for leaf in leaves {
            let (dimension, size) = size_of(leaf)?;
            let place = if dimension == types::Dimension::AnomalyTotalImpactAbsolute {
                &mut found.usd
            } else if dimension == types::Dimension::AnomalyTotalImpactPercentage {
                &mut found.percent
            } else {
                return None;
            };
            if place.replace(size).is_some() {
                return None;
            }
        }
        Some(found)
    }
}

/// The only way to compare a size
/// (<https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_AnomalySubscription.html>, `ThresholdExpression`).
fn leaf(dimension: types::Dimension, size: Amount) -> types::Expression {
    let leaf = types::DimensionValues::builder()
        .key(dimension)
        .values(size.to_string())
        .match_options(types::MatchOption::GreaterThanOrEqual)
        .build();
    types::Expression::builder().dimensions(leaf).build()
}

fn size_of(expression: &types::Expression) -> Option<(types::Dimension, Amount)> {
    let leaf = expression.dimensions.as_ref()?;
    let [size] = leaf.values() else { return None };
    Some((leaf.key.clone()?, Amount::read(size)?))
}

fn named(frequency: Frequency) -> types::AnomalySubscriptionFrequency {
    match frequency {
        Frequency::Immediate => types::AnomalySubscriptionFrequency::Immediate,
        Frequency::Daily => types::AnomalySubscriptionFrequency::Daily,
        Frequency::Weekly => types::AnomalySubscriptionFrequency::Weekly,
    }
}

fn frequency(found: &types::AnomalySubscriptionFrequency) -> Option<Frequency> {
    let all = [Frequency::Immediate, Frequency::Daily, Frequency::Weekly];
    all.into_iter().find(|frequency| named(*frequency) == *found)
}

fn subscriber(told: &Subscriber) -> types::Subscriber {
    let (kind, address) = match told {
        Subscriber::Topic(arn) => (types::SubscriberType::Sns, arn),
        Subscriber::Email(address) => (types::SubscriberType::Email, address),
    };
    types::Subscriber::builder().r#type(kind).address(address).build()
}

fn subscriber_of(found: &types::Subscriber) -> Option<Subscriber> {
    let address = found.address.clone()?;
    match found.r#type.as_ref()? {
        kind if *kind == types::SubscriberType::Sns => Some(Subscriber::Topic(address)),
        kind if *kind == types::SubscriberType::Email => Some(Subscriber::Email(address)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn anomaly(usd: Option<f64>, percent: Option<f64>, word: Match) -> Anomaly {
        Anomaly {
            at_least_usd: usd.into(),
            at_least_percent: percent.into(),
            r#match: Attr::Known(word),
            frequency: Attr::Known(Frequency::Daily),
            emails: attribute(["a@example.com".to_owned()].into()),
            ..Anomaly::default()
        }
    }

    /// What AWS answers to a subscription with the settings.
    fn answer(settings: &Settings) -> types::AnomalySubscription {
        types::AnomalySubscription::builder()
            .monitor_arn_list("m")
            .subscription_name("s")
            .frequency(settings.frequency())
            .set_subscribers(Some(settings.subscribers()))
            .threshold_expression(settings.threshold_expression())
            .build()
            .expect("complete")
    }

    #[test]
    fn one_size_is_a_leaf_and_two_are_combined() {
        let of = |usd, percent, word| {
            Settings::of(&anomaly(usd, percent, word)).expect("known").threshold_expression()
        };
        assert!(of(Some(100.0), None, Match::Any).dimensions.is_some());
        assert_eq!(of(Some(100.0), Some(40.0), Match::All).and().len(), 2);
        assert_eq!(of(Some(100.0), Some(40.0), Match::Any).or().len(), 2);
    }

    #[test]
    fn the_same_size_in_other_words_is_no_change() {
        let settings = Settings::of(&anomaly(Some(100.0), Some(40.0), Match::All)).expect("known");
        let mut answer = answer(&settings);
        let and = answer.threshold_expression.as_mut().and_then(|found| found.and.as_mut());
        for (leaf, text) in and.expect("two sizes").iter_mut().zip(["100.0", "4e1"]) {
            leaf.dimensions.as_mut().expect("a size").values = Some(vec![text.to_owned()]);
        }
        assert_eq!(Settings::found(&answer), Ok(settings));
    }

    #[test]
    fn what_can_not_be_said_is_named() {
        let settings = Settings::of(&anomaly(Some(1.0), None, Match::All)).expect("known");
        let usd = |size: f64| leaf(types::Dimension::AnomalyTotalImpactAbsolute, Amount::new(size));
        let service = leaf(types::Dimension::Service, Amount::new(1.0));
        let both = types::Expression::builder().and(usd(1.0)).and(usd(2.0)).build();
        for strange in [service, both, types::Expression::builder().build()] {
            let mut answer = answer(&settings);
            answer.threshold_expression = Some(strange);
            let unsaid = Settings::found(&answer).expect_err("strange");
            assert!(unsaid.join("").contains("threshold"), "{unsaid:?}");
        }
        let mut answer = answer(&settings);
        answer.frequency = "HOURLY".into();
        answer.subscribers = vec![types::Subscriber::builder().address("x").build()];
        assert_eq!(Settings::found(&answer).expect_err("strange").len(), 2);
    }

    proptest! {
        #[test]
        fn settings_go_there_and_back(
            usd in prop::option::of(0.0..1e10_f64),
            percent in prop::option::of(0.0..1e10_f64),
            any in any::<bool>(),
        ) {
            prop_assume!(usd.is_some() || percent.is_some());
            let word = if any { Match::Any } else { Match::All };
            let anomaly = anomaly(usd, percent, word);
            let settings = Settings::of(&anomaly).expect("known");
            let answer = answer(&settings);
            prop_assert_eq!(Settings::found(&answer), Ok(settings.clone()));
            let mut same = anomaly.clone();
            settings.set(&mut same).expect("known");
            prop_assert_eq!(&same, &anomaly);
            let mut new = Anomaly::default();
            settings.set(&mut new).expect("nothing unknown");
            prop_assert_eq!(Settings::of(&new).expect("known"), settings);
        }
    }
}
