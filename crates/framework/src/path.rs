//! Where in a resource's configuration something is.

use std::fmt;

/// One step from a value into a part of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// An attribute of an object.
    Attribute(String),
    /// An element of a map.
    Key(String),
    /// An element of a list, counted from zero.
    Index(usize),
}

/// The way from a resource or provider block to one of its values.
///
/// Elements of sets can't be addressed: Terraform has no step for them, so a path ends at the set.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<Step>);

impl Path {
    /// The block itself.
    pub fn root() -> Self {
        Self::default()
    }

    /// The steps, outermost first.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Whether this is the block itself.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// This path and one step more.
    #[must_use]
    pub fn join(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// An attribute of the object here.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Self {
        self.join(Step::Attribute(name.to_owned()))
    }

    /// An element of the map here.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.join(Step::Key(key.to_owned()))
    }

    /// An element of the list here.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.join(Step::Index(index))
    }
}

impl fmt::Display for Path {
    /// Writes the path as it would stand in a configuration: `http.assertions[0].status`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if position == 0 => write!(formatter, "{name}")?,
                Step::Attribute(name) => write!(formatter, ".{name}")?,
                Step::Key(key) => write!(formatter, "[{key:?}]")?,
                Step::Index(index) => write!(formatter, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// The path of a model's field, its first step checked by the compiler.
///
/// `path!(Monitor => http.url)` fails to compile when `Monitor` has no field `http`.
#[macro_export]
macro_rules! path {
    ($model:ty => $first:ident $(. $rest:ident)*) => {{
        let _ = |model: &$model| { let _ = &model.$first; };
        $crate::Path::root().attribute(stringify!($first))$(.attribute(stringify!($rest)))*
    }};
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_like_configuration() {
        let path = Path::root().attribute("http").attribute("headers").key("a b").index(2);
        assert_eq!(path.to_string(), r#"http.headers["a b"][2]"#);
        assert_eq!(Path::root().to_string(), "");
    }

    #[test]
    fn the_macro_names_fields() {
        struct Model {
            http: (),
        }
        assert_eq!(path!(Model => http.url).to_string(), "http.url");
    }
}
