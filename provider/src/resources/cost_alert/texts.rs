//! Sets of texts, between attributes and plain values.

use std::collections::BTreeSet;

use framework::{Attr, Result};

use super::model::Texts;

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
