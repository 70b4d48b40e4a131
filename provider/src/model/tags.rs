//! The tags of a resource: its own, and all that its objects carry.

use std::collections::BTreeMap;

use framework::Attr;

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
/// A tag that is one of the provider's defaults is not the resource's own, unless it says so itself.
pub fn own_of(
    found: &BTreeMap<String, String>,
    own: &Attr<Tags>,
    defaults: &Defaults,
) -> Attr<Tags> {
    let before = plain(own).unwrap_or_default();
    let default_tags = plain(&defaults.tags).unwrap_or_default();
    let now: Tags = tags::without_ours(found)
        .into_iter()
        .filter(|(key, value)| before.contains_key(key) || default_tags.get(key) != Some(value))
        .map(|(key, value)| (key, Attr::Known(value)))
        .collect();
    if now.is_empty() && own.is_null() { Attr::Null } else { Attr::Known(now) }
}
