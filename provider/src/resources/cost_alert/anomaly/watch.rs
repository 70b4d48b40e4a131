//! What a monitor watches.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_costexplorer::error::BuildError;
use aws_sdk_costexplorer::types;
use framework::{Attr, Error, Result};

use crate::resources::cost_alert::model::{Anomaly, AnomalyFilter, WatchedBy};
use crate::resources::cost_alert::texts::{attribute, texts};

/// What a monitor watches. It can't be changed: another one needs another monitor
/// (<https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_UpdateAnomalyMonitor.html>).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Watch {
    /// Every service by itself.
    Services,
    /// Every member account by itself.
    Accounts,
    /// Every value of this tag by itself.
    Tag(String),
    /// Every value of this cost category by itself.
    CostCategory(String),
    /// What a filter lets through, as one sum.
    Sum(Filter),
}

/// What one sum is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Filter {
    of: Of,
    /// Key of the tag or name of the category; empty for accounts.
    key: String,
    values: BTreeSet<String>,
}

/// What a filter looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Accounts,
    Tag,
    CostCategory,
}

impl Watch {
    /// What the attributes say.
    ///
    /// # Errors
    /// A bug of the provider's, when a value isn't known or was not found wrong before.
    pub(in super::super) fn of(anomaly: &Anomaly) -> Result<Self> {
        let key = || anomaly.key.known("key").cloned();
        Ok(match anomaly.by.known("by")? {
            WatchedBy::Service => Self::Services,
            WatchedBy::Account => Self::Accounts,
            WatchedBy::Tag => Self::Tag(key()?),
            WatchedBy::CostCategory => Self::CostCategory(key()?),
            WatchedBy::Filter => Self::Sum(Filter::of(anomaly.filter.known("filter")?)?),
        })
    }

    /// What a monitor of AWS's watches; `None` where the attributes can't say it.
    pub(super) fn found(monitor: &types::AnomalyMonitor) -> Option<Self> {
        let specification = monitor.monitor_specification.as_ref();
        if monitor.monitor_type == types::MonitorType::Custom {
            return Filter::found(specification?).map(Self::Sum);
        }
        let key = |key: Option<&str>| key.map(str::to_owned);
        match monitor.monitor_dimension.as_ref()? {
            dimension if *dimension == types::MonitorDimension::Service => Some(Self::Services),
            dimension if *dimension == types::MonitorDimension::LinkedAccount => {
                Some(Self::Accounts)
            }
            dimension if *dimension == types::MonitorDimension::Tag => {
                key(specification?.tags.as_ref()?.key()).map(Self::Tag)
            }
            dimension if *dimension == types::MonitorDimension::CostCategory => {
                key(specification?.cost_categories.as_ref()?.key()).map(Self::CostCategory)
            }
            _ => None,
        }
    }

    /// Whether AWS keeps one such monitor in an account and finds by itself what there is to watch.
    pub(super) fn is_managed(&self) -> bool {
        match self {
            Self::Services | Self::Accounts | Self::Tag(_) | Self::CostCategory(_) => true,
            Self::Sum(_) => false,
        }
    }

    /// Whether only an organization's management account may have such a monitor
    /// (<https://docs.aws.amazon.com/cost-management/latest/userguide/getting-started-ad.html>, "Monitor types").
    pub(in super::super) fn needs_management_account(&self) -> bool {
        match self {
            Self::Services => false,
            Self::Accounts | Self::Tag(_) | Self::CostCategory(_) | Self::Sum(_) => true,
        }
    }

    /// The monitor to make.
    ///
    /// # Errors
    /// Never, as all required members are set.
    pub(super) fn monitor(&self, name: &str) -> Result<types::AnomalyMonitor, BuildError> {
        let monitor = types::AnomalyMonitor::builder().monitor_name(name);
        let managed = monitor.clone().monitor_type(types::MonitorType::Dimensional);
        match self {
            Self::Services => managed.monitor_dimension(types::MonitorDimension::Service),
            Self::Accounts => managed.monitor_dimension(types::MonitorDimension::LinkedAccount),
            Self::Tag(key) => managed
                .monitor_dimension(types::MonitorDimension::Tag)
                .monitor_specification(of_tag(key, None)),
            Self::CostCategory(name) => managed
                .monitor_dimension(types::MonitorDimension::CostCategory)
                .monitor_specification(of_category(name, None)),
            Self::Sum(filter) => monitor
                .monitor_type(types::MonitorType::Custom)
                .monitor_specification(filter.specification()),
        }
        .build()
    }

    /// Sets the attributes that say the same, unless they do already.
    pub(super) fn set(&self, anomaly: &mut Anomaly) {
        if Self::of(anomaly).is_ok_and(|before| before == *self) {
            return;
        }
        let (by, key, filter) = match self {
            Self::Services => (WatchedBy::Service, Attr::Null, Attr::Null),
            Self::Accounts => (WatchedBy::Account, Attr::Null, Attr::Null),
            Self::Tag(key) => (WatchedBy::Tag, Attr::Known(key.clone()), Attr::Null),
            Self::CostCategory(name) => {
                (WatchedBy::CostCategory, Attr::Known(name.clone()), Attr::Null)
            }
            Self::Sum(filter) => (WatchedBy::Filter, Attr::Null, Attr::Known(filter.attribute())),
        };
        (anomaly.by, anomaly.key, anomaly.filter) = (Attr::Known(by), key, filter);
    }
}

impl Filter {
    fn of(filter: &AnomalyFilter) -> Result<Self> {
        if !filter.linked_accounts.is_null() {
            let values = texts(&filter.linked_accounts, "linked_accounts")?;
            return Ok(Self { of: Of::Accounts, key: String::new(), values });
        }
        for (of, map) in [(Of::Tag, &filter.tags), (Of::CostCategory, &filter.cost_categories)] {
            if let Some((key, values)) = map.as_known().and_then(BTreeMap::first_key_value) {
                return Ok(Self { of, key: key.clone(), values: texts(values, key)? });
            }
        }
        Err(Error::provider_bug("the filter of an anomaly watch says nothing"))
    }

    fn found(specification: &types::Expression) -> Option<Self> {
        let all = |values: &[String]| values.iter().cloned().collect();
        match (&specification.dimensions, &specification.tags, &specification.cost_categories) {
            (Some(leaf), None, None)
                if leaf.key.as_ref() == Some(&types::Dimension::LinkedAccount) =>
            {
                Some(Self { of: Of::Accounts, key: String::new(), values: all(leaf.values()) })
            }
            (None, Some(leaf), None) => {
                Some(Self { of: Of::Tag, key: leaf.key.clone()?, values: all(leaf.values()) })
            }
            (None, None, Some(leaf)) => {
                let (of, key) = (Of::CostCategory, leaf.key.clone()?);
                Some(Self { of, key, values: all(leaf.values()) })
            }
            _ => None,
        }
    }

    fn specification(&self) -> types::Expression {
        let values = Some(self.values.iter().cloned().collect());
        match self.of {
            Of::Accounts => types::Expression::builder()
                .dimensions(
                    types::DimensionValues::builder()
                        .key(types::Dimension::LinkedAccount)
                        .set_values(values)
                        .build(),
                )
                .build(),
            Of::Tag => of_tag(&self.key, values),
            Of::CostCategory => of_category(&self.key, values),
        }
    }

    fn attribute(&self) -> AnomalyFilter {
        let values = attribute(self.values.clone());
        let map = |values| Attr::Known(BTreeMap::from([(self.key.clone(), values)]));
        match self.of {
            Of::Accounts => AnomalyFilter { linked_accounts: values, ..AnomalyFilter::default() },
            Of::Tag => AnomalyFilter { tags: map(values), ..AnomalyFilter::default() },
            Of::CostCategory => {
                AnomalyFilter { cost_categories: map(values), ..AnomalyFilter::default() }
            }
        }
    }
}

fn of_tag(key: &str, values: Option<Vec<String>>) -> types::Expression {
    let leaf = types::TagValues::builder().key(key).set_values(values).build();
    types::Expression::builder().tags(leaf).build()
}

fn of_category(name: &str, values: Option<Vec<String>>) -> types::Expression {
    let leaf = types::CostCategoryValues::builder().key(name).set_values(values).build();
    types::Expression::builder().cost_categories(leaf).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(values: &[&str]) -> Attr<crate::resources::cost_alert::model::Texts> {
        attribute(values.iter().map(ToString::to_string).collect())
    }

    fn anomaly(by: WatchedBy) -> Anomaly {
        Anomaly { by: Attr::Known(by), ..Anomaly::default() }
    }

    fn filtered(filter: AnomalyFilter) -> Anomaly {
        Anomaly { filter: Attr::Known(filter), ..anomaly(WatchedBy::Filter) }
    }

    /// One of each kind.
    fn each() -> Vec<Anomaly> {
        let key = Attr::Known("team".to_owned());
        let map = |values| Attr::Known(BTreeMap::from([("team".to_owned(), values)]));
        vec![
            anomaly(WatchedBy::Service),
            anomaly(WatchedBy::Account),
            Anomaly { key: key.clone(), ..anomaly(WatchedBy::Tag) },
            Anomaly { key, ..anomaly(WatchedBy::CostCategory) },
            filtered(AnomalyFilter {
                linked_accounts: set(&["111111111111", "222222222222"]),
                ..AnomalyFilter::default()
            }),
            filtered(AnomalyFilter { tags: map(set(&["a", "b"])), ..AnomalyFilter::default() }),
            filtered(AnomalyFilter {
                cost_categories: map(set(&["a"])),
                ..AnomalyFilter::default()
            }),
        ]
    }

    #[test]
    fn every_watch_goes_to_a_monitor_and_back() {
        for anomaly in each() {
            let watch = Watch::of(&anomaly).expect("known");
            let monitor = watch.monitor("m").expect("complete");
            assert_eq!(Watch::found(&monitor).as_ref(), Some(&watch));
            let is_custom = monitor.monitor_type == types::MonitorType::Custom;
            assert_eq!(is_custom, !watch.is_managed(), "{watch:?}");
            assert_eq!(monitor.monitor_dimension.is_none(), is_custom, "{watch:?}");
            for other in each() {
                let mut changed = other.clone();
                watch.set(&mut changed);
                assert_eq!(changed, anomaly);
            }
        }
    }

    #[test]
    fn only_services_are_watched_anywhere() {
        let needing = each()
            .iter()
            .filter(|one| Watch::of(one).expect("known").needs_management_account())
            .count();
        assert_eq!(needing, 6);
    }

    #[test]
    fn what_has_no_attribute_is_nothing() {
        let monitor = || types::AnomalyMonitor::builder().monitor_name("m");
        let dimensional = monitor().monitor_type(types::MonitorType::Dimensional);
        let service = types::DimensionValues::builder().key(types::Dimension::Service).build();
        let by_service = types::Expression::builder().dimensions(service).build();
        for strange in [
            dimensional.clone().build(),
            dimensional.clone().monitor_dimension("REGION".into()).build(),
            dimensional.monitor_dimension(types::MonitorDimension::Tag).build(),
            monitor().monitor_type(types::MonitorType::Custom).build(),
            monitor()
                .monitor_type(types::MonitorType::Custom)
                .monitor_specification(by_service)
                .build(),
        ] {
            assert_eq!(Watch::found(&strange.expect("complete")), None);
        }
    }
}
