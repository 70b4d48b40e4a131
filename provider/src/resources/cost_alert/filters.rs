//! Filters, between the attributes and AWS's map of dimensions to values.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use framework::{Attr, Error, Result};

use super::model::{Filters, Texts};

/// Filters as AWS has them: a dimension's values, each once.
pub(super) type Dimensions = BTreeMap<String, BTreeSet<String>>;

/// AWS's dimension for tags; values read `user:Key$Value`.
const TAGS: &str = "TagKeyValue";
/// AWS's dimension for cost categories; values read `Name$Value`.
const COST_CATEGORIES: &str = "CostCategory";
/// Begins the key of a tag that a user set. Without it a budget counts nothing, and no error says so.
const OF_USERS: &str = "user:";
/// Begins the key of a tag that AWS set.
pub(super) const OF_AWS: &str = "aws:";
/// Between a key and its value.
pub(super) const BETWEEN: char = '$';

/// A dimension whose values are plain texts, and the attribute that holds them.
#[derive(Clone, Copy)]
struct Plain {
    dimension: &'static str,
    name: &'static str,
    read: fn(&Filters) -> &Attr<Texts>,
    write: fn(&mut Filters) -> &mut Attr<Texts>,
}

macro_rules! plain {
    ($($dimension:literal => $name:ident),+ $(,)?) => {
        [$(Plain {
            dimension: $dimension,
            name: stringify!($name),
            read: |filters| &filters.$name,
            write: |filters| &mut filters.$name,
        }),+]
    };
}

/// The dimensions of plain texts
/// (<https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html>,
/// `CostFilters`).
const PLAIN: [Plain; 9] = plain! {
    "Service" => services,
    "Region" => regions,
    "LinkedAccount" => linked_accounts,
    "UsageType" => usage_types,
    "UsageTypeGroup" => usage_type_groups,
    "Operation" => operations,
    "InstanceType" => instance_types,
    "AZ" => availability_zones,
    "PurchaseType" => purchase_types,
};

/// The attributes that hold plain texts, with their names.
pub(super) fn plain_attributes(
    filters: &Filters,
) -> impl Iterator<Item = (&'static str, &Attr<Texts>)> {
    PLAIN.iter().map(|plain| (plain.name, (plain.read)(filters)))
}

/// The texts of a set; none when it is null.
///
/// # Errors
/// A bug of the provider's, when a text isn't known where it must be.
pub(super) fn texts(set: &Attr<Texts>, name: &str) -> Result<BTreeSet<String>> {
    if set.is_null() {
        return Ok(BTreeSet::new());
    }
    set.known(name)?.iter().map(|text| text.known(name).cloned()).collect()
}

/// A set of texts as an attribute.
pub(super) fn attribute(texts: BTreeSet<String>) -> Attr<Texts> {
    Attr::Known(texts.into_iter().map(Attr::Known).collect())
}

/// AWS's form of the attributes.
///
/// # Errors
/// A bug of the provider's, when a value isn't known.
pub(super) fn dimensions(filters: &Attr<Filters>) -> Result<Dimensions> {
    let mut dimensions = Dimensions::new();
    if filters.is_null() {
        return Ok(dimensions);
    }
    let filters = filters.known("filters")?;
    for Plain { dimension, name, read, .. } in PLAIN {
        dimensions.insert(dimension.to_owned(), texts(read(filters), name)?);
    }
    let pairs = |map: &Attr<BTreeMap<String, Attr<Texts>>>, prefix: fn(&str) -> &'static str| {
        let mut pairs = BTreeSet::new();
        for (key, values) in map.as_known().into_iter().flatten() {
            let prefix = prefix(key);
            for value in texts(values, key)? {
                pairs.insert(format!("{prefix}{key}{BETWEEN}{value}"));
            }
        }
        Ok::<_, Error>(pairs)
    };
    let tag_prefix = |key: &str| if key.starts_with(OF_AWS) { "" } else { OF_USERS };
    dimensions.insert(TAGS.to_owned(), pairs(&filters.tags, tag_prefix)?);
    dimensions.insert(COST_CATEGORIES.to_owned(), pairs(&filters.cost_categories, |_| "")?);
    dimensions.retain(|_, values| !values.is_empty());
    Ok(dimensions)
}

/// AWS's answer, each value once.
pub(super) fn found(filters: &HashMap<String, Vec<String>>) -> Dimensions {
    filters
        .iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(dimension, values)| (dimension.clone(), values.iter().cloned().collect()))
        .collect()
}

/// The attributes that say the same as AWS's form.
///
/// # Errors
/// What can't be said, in words that go on after "The budget has ".
pub(super) fn attributes(dimensions: &Dimensions) -> Result<Attr<Filters>, Vec<String>> {
    let mut filters = Filters::default();
    let mut unsaid = Vec::new();
    for (dimension, values) in dimensions {
        if let Some(plain) = PLAIN.iter().find(|plain| plain.dimension == dimension) {
            *(plain.write)(&mut filters) = attribute(values.clone());
            continue;
        }
        let (map, prefix): (_, fn(&str) -> Option<&str>) = match dimension.as_str() {
            TAGS => (&mut filters.tags, tag_key),
            COST_CATEGORIES => (&mut filters.cost_categories, |key| Some(key)),
            _ => {
                unsaid.push(format!("a filter by `{dimension}`, which has no attribute here"));
                continue;
            }
        };
        let (by_key, strange) = by_key(values, prefix);
        unsaid.extend(strange.into_iter().map(|value| {
            format!(
                "the {dimension} filter `{value}`, which isn't of the form that counts anything"
            )
        }));
        *map = Attr::Known(by_key.into_iter().map(|(key, set)| (key, attribute(set))).collect());
    }
    if !unsaid.is_empty() {
        return Err(unsaid);
    }
    Ok(if dimensions.is_empty() { Attr::Null } else { Attr::Known(filters) })
}

/// The key of a tag as it is on resources; `None` for one that can't count anything.
fn tag_key(key: &str) -> Option<&str> {
    if key.starts_with(OF_AWS) { Some(key) } else { key.strip_prefix(OF_USERS) }
}

fn by_key(
    values: &BTreeSet<String>,
    key_of: fn(&str) -> Option<&str>,
) -> (BTreeMap<String, BTreeSet<String>>, Vec<String>) {
    let mut by_key: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut strange = Vec::new();
    for pair in values {
        match pair.split_once(BETWEEN).and_then(|(key, value)| Some((key_of(key)?, value))) {
            Some((key, value)) if !key.is_empty() => {
                by_key.entry(key.to_owned()).or_default().insert(value.to_owned());
            }
            _ => strange.push(pair.clone()),
        }
    }
    (by_key, strange)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(texts: &[&str]) -> Attr<Texts> {
        attribute(texts.iter().map(ToString::to_string).collect())
    }

    fn plain(texts: &[&str]) -> BTreeSet<String> {
        texts.iter().map(ToString::to_string).collect()
    }

    fn map(entries: &[(&str, &[&str])]) -> Attr<BTreeMap<String, Attr<Texts>>> {
        Attr::Known(entries.iter().map(|(key, values)| ((*key).to_owned(), set(values))).collect())
    }

    #[test]
    fn every_filter_goes_there_and_back() {
        let filters = Attr::Known(Filters {
            services: set(&["Amazon Simple Storage Service"]),
            regions: set(&["eu-west-1", "global"]),
            linked_accounts: set(&["111111111111"]),
            tags: map(&[("Team", &["web", ""]), ("aws:createdBy", &["x$y"])]),
            cost_categories: map(&[("Event", &["Summer"])]),
            usage_types: set(&["a"]),
            usage_type_groups: set(&["b"]),
            operations: set(&["c"]),
            instance_types: set(&["d"]),
            availability_zones: set(&["e"]),
            purchase_types: set(&["f"]),
        });
        let dimensions = dimensions(&filters).expect("known");
        assert_eq!(dimensions.len(), 11);
        assert_eq!(dimensions[TAGS], plain(&["user:Team$web", "user:Team$", "aws:createdBy$x$y"]));
        assert_eq!(dimensions[COST_CATEGORIES], plain(&["Event$Summer"]));
        assert_eq!(attributes(&dimensions), Ok(filters));
    }

    #[test]
    fn no_filter_is_none_whatever_its_form() {
        let empty = Attr::Known(Filters { tags: map(&[]), ..Filters::default() });
        assert!(dimensions(&empty).expect("known").is_empty());
        assert!(dimensions(&Attr::Null).expect("known").is_empty());
        assert!(found(&HashMap::from([("Service".to_owned(), Vec::new())])).is_empty());
        assert_eq!(attributes(&Dimensions::new()), Ok(Attr::Null));
    }

    #[test]
    fn what_has_no_attribute_is_named() {
        for (dimension, value, said) in [
            ("LegalEntityName", "Amazon Web Services, Inc.", "a filter by `LegalEntityName`"),
            (TAGS, "Team$web", "`Team$web`"),
            (TAGS, "user:Team", "`user:Team`"),
            (COST_CATEGORIES, "$x", "`$x`"),
        ] {
            let dimensions = Dimensions::from([(dimension.to_owned(), plain(&[value]))]);
            let unsaid = attributes(&dimensions).expect_err("has no attribute").join(" ");
            assert!(unsaid.contains(said), "{unsaid}");
        }
    }
}
