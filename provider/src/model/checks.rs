//! Checks of values that a type of ours parses.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use framework::{Attr, Diagnostics, Path, Step};

use crate::aws::tags;

/// Adds an error when a known text is no `T`.
pub fn check<T: FromStr>(attribute: &Attr<String>, path: Path, diagnostics: &mut Diagnostics)
where
    T::Err: Display,
{
    if let Some(text) = attribute.as_known()
        && let Err(problem) = text.parse::<T>()
    {
        let name = last_name(&path);
        let detail = format!("`{path}`: {problem}.");
        diagnostics.error(path, format!("Invalid value for `{name}`"), detail);
    }
}

/// Adds an error for every tag that AWS refuses or that is ours to set.
///
/// Keys have 1 to 128 characters, values at most 256, an object at most 50 tags, and keys that begin
/// with `aws:` are AWS's own
/// (<https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html>).
pub fn check_tags(
    attribute: &Attr<BTreeMap<String, Attr<String>>>,
    path: &Path,
    diagnostics: &mut Diagnostics,
) {
    let Some(given) = attribute.as_known() else { return };
    if given.len() > tags::MOST_USER_TAGS {
        let most = tags::MOST_USER_TAGS;
        let detail = format!(
            "AWS allows 50 tags on one object, and three are Hinomi's: at most {most} are left."
        );
        diagnostics.error(path.clone(), "Too many tags", detail);
    }
    for (key, value) in given {
        let problem = if key.is_empty() || key.chars().count() > 128 {
            "A tag's key has 1 to 128 characters"
        } else if key.to_ascii_lowercase().starts_with("aws:") {
            "Tags that begin with `aws:` are set by AWS alone"
        } else if key.starts_with("hinomi:") {
            "Tags that begin with `hinomi:` say what Hinomi made and are set by it alone"
        } else if value.as_known().is_some_and(|value| value.chars().count() > 256) {
            "A tag's value has at most 256 characters"
        } else {
            continue;
        };
        diagnostics.error(path.key(key), format!("Invalid tag `{key}`"), format!("{problem}."));
    }
}

fn last_name(path: &Path) -> String {
    match path.steps().last() {
        Some(Step::Attribute(name) | Step::Key(name)) => name.clone(),
        Some(Step::Index(index)) => index.to_string(),
        None => String::new(),
    }
}
