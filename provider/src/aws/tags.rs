//! The tags that say whose an object is.

use std::collections::BTreeMap;

/// Set to `true` on everything that Hinomi makes.
pub const MANAGED: &str = "hinomi:managed";
/// The provider's `stack`, which tells two configurations in one account apart.
pub const STACK: &str = "hinomi:stack";
/// The object's name in its configuration.
pub const NAME: &str = "hinomi:name";

/// Most tags of the user's on one object: AWS allows 50, three are ours.
pub const MOST_USER_TAGS: usize = 47;

/// The value of [`MANAGED`].
const YES: &str = "true";

/// The tags of the object that `stack` declares as `name`: the provider's `default_tags`, over
/// them the resource's own, over them ours, which nobody can take away.
pub fn all_of(
    default_tags: &BTreeMap<String, String>,
    own_tags: &BTreeMap<String, String>,
    stack: &str,
    name: &str,
) -> BTreeMap<String, String> {
    let mut tags = default_tags.clone();
    tags.extend(own_tags.clone());
    for (key, value) in [(MANAGED, YES), (STACK, stack), (NAME, name)] {
        tags.insert(key.to_owned(), value.to_owned());
    }
    tags
}

/// The tags without ours: what a user would call the object's tags.
pub fn without_ours(tags: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let is_ours = |key: &str| matches!(key, MANAGED | STACK | NAME);
    tags.iter()
        .filter(|(key, _)| !is_ours(key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// What to send so that an object with the tags `found` has the tags `wanted`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagChanges {
    /// Tags to set, new or with another value.
    pub set: BTreeMap<String, String>,
    /// Keys to remove.
    pub remove: Vec<String>,
}

impl TagChanges {
    /// The difference. Tags that AWS owns (`aws:…`) can't be removed and stay.
    pub fn between(found: &BTreeMap<String, String>, wanted: &BTreeMap<String, String>) -> Self {
        let set = wanted
            .iter()
            .filter(|(key, value)| found.get(*key) != Some(*value))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let remove = found
            .keys()
            .filter(|key| !wanted.contains_key(*key) && !key.starts_with("aws:"))
            .cloned()
            .collect();
        Self { set, remove }
    }

    /// Whether there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty()
    }
}

/// Whose an existing object with our name is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// This declaration made it, in a run that ended before its state was saved: take it over.
    Ours,
    /// Hinomi made it for another stack, or under another name in the configuration.
    OtherStack {
        /// The stack it says, empty when it says none.
        stack: String,
        /// The name it says, empty when it says none.
        name: String,
    },
    /// Somebody else made it.
    Foreign,
}

/// Decides from an object's tags whether the declaration `name` of `stack` made it. Only then
/// may a create take it over; otherwise it is refused with a hint to import.
pub fn ownership(tags: &BTreeMap<String, String>, stack: &str, name: &str) -> Ownership {
    let value = |key: &str| tags.get(key).map(String::as_str);
    if value(MANAGED) != Some(YES) {
        return Ownership::Foreign;
    }
    if value(STACK) == Some(stack) && value(NAME) == Some(name) {
        return Ownership::Ours;
    }
    Ownership::OtherStack {
        stack: value(STACK).unwrap_or_default().to_owned(),
        name: value(NAME).unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn own_tags_win_over_defaults_and_ours_over_both() {
        let defaults = tags(&[("team", "infra"), ("env", "all"), (STACK, "stolen")]);
        let own = tags(&[("env", "prod"), (MANAGED, "false"), (NAME, "stolen")]);
        let wanted = tags(&[
            ("team", "infra"),
            ("env", "prod"),
            (MANAGED, "true"),
            (STACK, "main"),
            (NAME, "shop"),
        ]);
        let all = all_of(&defaults, &own, "main", "shop");
        assert_eq!(all, wanted);
        assert_eq!(without_ours(&all), tags(&[("team", "infra"), ("env", "prod")]));
    }

    #[test]
    fn only_equal_stack_and_name_are_ours() {
        let other = |stack: &str, name: &str| Ownership::OtherStack {
            stack: stack.to_owned(),
            name: name.to_owned(),
        };
        for (found, owner) in [
            (tags(&[]), Ownership::Foreign),
            (tags(&[(STACK, "main"), (NAME, "shop")]), Ownership::Foreign),
            (tags(&[(MANAGED, "false"), (STACK, "main"), (NAME, "shop")]), Ownership::Foreign),
            (tags(&[(MANAGED, "true"), (STACK, "main"), (NAME, "shop")]), Ownership::Ours),
            (tags(&[(MANAGED, "true"), (STACK, "b"), (NAME, "shop")]), other("b", "shop")),
            (tags(&[(MANAGED, "true"), (STACK, "main"), (NAME, "pay")]), other("main", "pay")),
            (tags(&[(MANAGED, "true")]), other("", "")),
        ] {
            assert_eq!(ownership(&found, "main", "shop"), owner, "{found:?}");
        }
    }

    #[test]
    fn what_we_write_is_ours() {
        let empty = BTreeMap::new();
        assert_eq!(ownership(&all_of(&empty, &empty, "s", "n"), "s", "n"), Ownership::Ours);
    }

    #[test]
    fn changes_are_the_least_that_is_needed() {
        let found = tags(&[("same", "1"), ("changed", "1"), ("gone", "1"), ("aws:x", "1")]);
        let wanted = tags(&[("same", "1"), ("changed", "2"), ("new", "1")]);
        let changes = TagChanges::between(&found, &wanted);
        assert_eq!(changes.set, tags(&[("changed", "2"), ("new", "1")]));
        assert_eq!(changes.remove, vec!["gone".to_owned()]);
        assert!(TagChanges::between(&wanted, &wanted).is_empty());
    }
}
