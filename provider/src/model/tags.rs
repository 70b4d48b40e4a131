//! The tags of a resource: its own, and all that its objects carry.

use std::collections::BTreeMap;

use framework::{Attr, Diagnostics, Path};

use crate::aws::tags;
use crate::clients::Defaults;

/// Tags as a model holds them.
pub type Tags = BTreeMap<String, Attr<String>>;

/// All tags of the objects that the resource `name` makes; unknown while any of them is.
pub fn all(own: &Attr<Tags>, defaults: &Defaults, name: &Attr<String>) -> Attr<Tags> {
    let (Some(own), Some(default_tags), Some(stack), Some(name)) =
        (plain(own), plain(&defaults.tags), defaults.stack.as_known(), name.as_known())
    else {
        return Attr::Unknown;
    };
    let tags = tags::all_of(&default_tags, &own, stack, name);
    Attr::Known(tags.into_iter().map(|(key, value)| (key, Attr::Known(value))).collect())
}

/// The tags as AWS takes them; nothing when a value is unknown, and no tags when the map is null.
pub fn plain(tags: &Attr<Tags>) -> Option<BTreeMap<String, String>> {
    match tags {
        Attr::Null => Some(BTreeMap::new()),
        Attr::Unknown => None,
        Attr::Known(tags) => tags
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| Some((key.clone(), value.as_known()?.clone())))
            .collect(),
    }
}

/// What the tags that were found say of a resource's own tags: `own` unless they changed.
///
/// A tag that is one of the provider's defaults, or was one when the tags in `applied` were set, is
/// not the resource's own unless it says so itself.
pub fn own_of(
    found: &BTreeMap<String, String>,
    own: &Attr<Tags>,
    applied: &Attr<Tags>,
    defaults: &Defaults,
) -> Attr<Tags> {
    let before = plain(own).unwrap_or_default();
    let applied = plain(applied).unwrap_or_default();
    let default_tags = plain(&defaults.tags).unwrap_or_default();
    let is_default = |key: &String, value: &String| {
        default_tags.get(key) == Some(value) || applied.get(key) == Some(value)
    };
    let now: BTreeMap<String, String> = tags::without_ours(found)
        .into_iter()
        .filter(|(key, value)| before.contains_key(key) || !is_default(key, value))
        .collect();
    if now == before {
        // Also where the configuration has entries that are null, or no map at all.
        return own.clone();
    }
    Attr::Known(now.into_iter().map(|(key, value)| (key, Attr::Known(value))).collect())
}

/// Adds an error when an object would carry more tags than AWS allows.
pub fn check_count(all: &Attr<Tags>, diagnostics: &mut Diagnostics) {
    let most = tags::MOST_USER_TAGS + 3;
    let count = all.as_known().map_or(0, BTreeMap::len);
    if count > most {
        let detail = format!(
            "The provider's `default_tags`, the resource's `tags` and Hinomi's own three come to {count}, and AWS allows {most} on one object."
        );
        diagnostics.error(Path::root().attribute("tags"), "Too many tags", detail);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
        entries.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn known(entries: &[(&str, &str)]) -> Attr<Tags> {
        let entries = map(entries).into_iter().map(|(key, value)| (key, Attr::Known(value)));
        Attr::Known(entries.collect())
    }

    #[test]
    fn tags_that_did_not_change_stay_as_they_are_written() {
        let left_out = Attr::Known(BTreeMap::from([("a".to_owned(), Attr::Null)]));
        for own in [Attr::Null, known(&[]), left_out] {
            let found = map(&[("hinomi:managed", "true"), ("env", "a")]);
            let defaults = Defaults { tags: known(&[("env", "a")]), ..Defaults::default() };
            assert_eq!(own_of(&found, &own, &Attr::Null, &defaults), own);
        }
    }

    #[test]
    fn a_default_that_changed_is_not_drift() {
        let found = map(&[("env", "a"), ("by hand", "x")]);
        let defaults = Defaults { tags: known(&[("env", "b")]), ..Defaults::default() };
        let applied = known(&[("env", "a")]);
        assert_eq!(own_of(&found, &Attr::Null, &applied, &defaults), known(&[("by hand", "x")]));
    }

    #[test]
    fn too_many_tags_are_refused() {
        let many = |count: usize| {
            let entries = (0..count).map(|number| (number.to_string(), Attr::Known(String::new())));
            Attr::Known(entries.collect::<Tags>())
        };
        let refused = |count| {
            let mut diagnostics = Diagnostics::new();
            check_count(&many(count), &mut diagnostics);
            diagnostics.has_errors()
        };
        assert!(!refused(50) && refused(51));
    }
}
