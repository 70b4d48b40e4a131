//! From what was found in AWS to attributes, which stay as they are written where that says the same.

use std::collections::{BTreeMap, BTreeSet};

use framework::Attr;

use super::texts::{self, Texts};

/// A set as it was found; as it was written where that says the same.
pub fn texts(before: Option<&Attr<Texts>>, found: &[String]) -> Attr<Texts> {
    let wanted: BTreeSet<String> = found.iter().cloned().collect();
    let same = before.filter(|before| texts::known(before) == wanted);
    match same {
        Some(before) => before.clone(),
        None if found.is_empty() => Attr::Null,
        None => Attr::Known(found.iter().cloned().map(Attr::Known).collect()),
    }
}

/// The entries of a map whose values are known.
pub fn entries<T>(map: &Attr<BTreeMap<String, Attr<T>>>) -> impl Iterator<Item = (&String, &T)> {
    let entries = map.as_known().into_iter().flatten();
    entries.filter_map(|(key, value)| Some((key, value.as_known()?)))
}

/// A map as it was found, made of what each entry was before.
pub fn map<T, F>(
    map: &mut Attr<BTreeMap<String, Attr<T>>>,
    found: &BTreeMap<String, F>,
    lift: impl Fn(Option<&T>, &F) -> T,
) {
    if found.is_empty() && entries(map).next().is_none() {
        return;
    }
    let before = map.as_known();
    let lifted = found.iter().map(|(key, found)| {
        let before = before.and_then(|before| before.get(key)?.as_known());
        (key.clone(), Attr::Known(lift(before, found)))
    });
    *map = match lifted.collect::<BTreeMap<_, _>>() {
        empty if empty.is_empty() => Attr::Null,
        lifted => Attr::Known(lifted),
    };
}
