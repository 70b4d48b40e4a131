//! Lines of text within a limit.

use discord::message::length;
use discord::message::markdown::cut;

/// Lines that together have at most so many characters.
pub(super) struct Lines {
    kept: Vec<String>,
    left: usize,
    /// Lines that had no room.
    more: usize,
}

/// Characters that are kept for the line that says how many had no room.
const LAST: usize = 40;
/// Characters of a line.
const LINE: usize = 320;

impl Lines {
    /// Within a limit.
    pub(super) fn within(limit: usize) -> Self {
        Self { kept: Vec::new(), left: limit.saturating_sub(LAST), more: 0 }
    }

    /// Adds a line where there is room, and otherwise counts it; after the first that had none, all are.
    pub(super) fn add(&mut self, line: &str) {
        let line = cut(line, LINE);
        let size = length(&line) + 1;
        if self.more > 0 || size > self.left {
            self.more += 1;
            return;
        }
        self.left -= size;
        self.kept.push(line);
    }

    /// The text, with the number of lines that had no room.
    pub(super) fn text(mut self, more: fn(usize) -> String) -> String {
        if self.more > 0 {
            self.kept.push(more(self.more));
        }
        self.kept.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_room_is_counted() {
        let mut lines = Lines::within(60);
        for line in ["0123456789", "a line that has no room at all", "b"] {
            lines.add(line);
        }
        assert_eq!(lines.text(|count| format!("+ {count} more")), "0123456789\n+ 2 more");
        assert_eq!(Lines::within(0).text(|_| String::new()), "");
    }
}
