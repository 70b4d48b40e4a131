//! Types of a module's variables, as they are written.

use std::collections::BTreeMap;

/// A type constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// `object({ … })`: its attributes, optional or not.
    Object(BTreeMap<String, Self>),
    /// A map, set or list of these.
    Many(Box<Self>),
    /// `string`, `number` or `bool`.
    Plain,
}

impl Type {
    /// The type itself, or that of its elements.
    pub(super) fn inside(&self) -> &Self {
        match self {
            Self::Many(element) => element.inside(),
            Self::Object(_) | Self::Plain => self,
        }
    }
}

/// The variables in a file, by name.
pub(super) fn variables(file: &str) -> BTreeMap<String, Type> {
    file.split("\nvariable \"")
        .map(|block| block.trim_start_matches("variable \""))
        .filter_map(|block| {
            let (name, rest) = block.split_once('"')?;
            let at = rest.find("\n  type ")?;
            let (_, text) = rest[at..].split_once('=')?;
            Some((name.to_owned(), Reader { rest: text }.read()))
        })
        .collect()
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn read(&mut self) -> Type {
        match self.word().as_str() {
            "object" => {
                self.expect("(");
                self.expect("{");
                let attributes = self.attributes();
                self.expect(")");
                Type::Object(attributes)
            }
            "map" | "set" | "list" => {
                self.expect("(");
                let element = self.read();
                self.expect(")");
                Type::Many(Box::new(element))
            }
            "optional" => {
                self.expect("(");
                let inside = self.read();
                self.skip_default();
                inside
            }
            _ => Type::Plain,
        }
    }

    fn attributes(&mut self) -> BTreeMap<String, Type> {
        let mut attributes = BTreeMap::new();
        loop {
            self.rest = self.rest.trim_start_matches([' ', '\n', ',']);
            if let Some(rest) = self.rest.strip_prefix('}') {
                self.rest = rest;
                return attributes;
            }
            let name = self.word();
            assert!(!name.is_empty(), "no name at {:.40}", self.rest);
            self.expect("=");
            attributes.insert(name, self.read());
        }
    }

    /// What stands between an optional's type and its closing bracket.
    fn skip_default(&mut self) {
        let mut depth = 1_u32;
        let end = self.rest.find(|one| {
            match one {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        self.rest = &self.rest[end.expect("a bracket closes") + 1..];
    }

    fn word(&mut self) -> String {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|one: char| !(one.is_alphanumeric() || one == '_'));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        word.to_owned()
    }

    fn expect(&mut self, text: &str) {
        let rest = self.rest.trim_start().strip_prefix(text);
        self.rest = rest.unwrap_or_else(|| panic!("no {text} at {:.40}", self.rest));
    }
}

#[test]
fn types_are_read() {
    let file = "variable \"a\" {\n  type = map(object({\n    b = optional(set(string), [])\n    c = optional(object({ d = string, e = optional(number, 3) }), {})\n  }))\n  default = {}\n}\n\nvariable \"f\" {\n  type    = string\n}\n";
    let read = variables(file);
    let Type::Object(inside) = read["a"].inside() else { panic!("an object") };
    assert_eq!(inside.keys().collect::<Vec<_>>(), ["b", "c"]);
    assert_eq!(inside["b"], Type::Many(Box::new(Type::Plain)));
    let Type::Object(nested) = &inside["c"] else { panic!("an object") };
    assert_eq!(nested.keys().collect::<Vec<_>>(), ["d", "e"]);
    assert_eq!(read["f"], Type::Plain);
}
