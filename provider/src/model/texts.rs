//! Sets of texts.

use std::collections::BTreeSet;

use framework::Attr;

/// Texts of which each counts once and the order doesn't matter.
pub type Texts = BTreeSet<Attr<String>>;

/// The texts that are known.
pub fn known(set: &Attr<Texts>) -> BTreeSet<String> {
    set.as_known().into_iter().flatten().filter_map(Attr::as_known).cloned().collect()
}

/// The texts of a set, none when it is null; nothing while any of them is unknown.
pub fn all(set: &Attr<Texts>) -> Option<BTreeSet<String>> {
    match set {
        Attr::Null => Some(BTreeSet::new()),
        Attr::Unknown => None,
        Attr::Known(set) => {
            set.iter().filter(|text| !text.is_null()).map(|text| text.as_known().cloned()).collect()
        }
    }
}

/// A set of texts that aren't empty; null when there is none.
pub fn set(texts: impl IntoIterator<Item = String>) -> Attr<Texts> {
    let texts = texts.into_iter().filter(|text| !text.is_empty()).map(Attr::Known);
    let texts: Texts = texts.collect();
    if texts.is_empty() { Attr::Null } else { Attr::Known(texts) }
}
