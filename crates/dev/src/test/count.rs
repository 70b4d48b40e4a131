//! How many tests passed and failed, from what the test programs write at their end.

use std::{fmt, ops::Add};

/// Tests that ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
    /// Ignored or skipped.
    pub(crate) skipped: u32,
}

impl Tally {
    /// One check.
    pub(crate) fn one(passed: bool) -> Self {
        Self { passed: u32::from(passed), failed: u32::from(!passed), skipped: 0 }
    }

    /// Tests that ran.
    pub(crate) fn total(self) -> u32 {
        self.passed + self.failed
    }

    /// A program that failed has at least one failure, also when it couldn't count it: it didn't
    /// compile, or crashed.
    pub(crate) fn of_program(self, success: bool) -> Self {
        if success || self.failed > 0 { self } else { Self { failed: 1, ..self } }
    }
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(formatter, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

/// Sum of cargo's `test result:` lines.
pub(crate) fn cargo(output: &str) -> Tally {
    output
        .lines()
        .filter_map(|line| line.trim().strip_prefix("test result: "))
        .map(|line| Tally {
            passed: before(line, "passed"),
            failed: before(line, "failed"),
            skipped: before(line, "ignored"),
        })
        .fold(Tally::default(), Tally::add)
}

/// Python's `unittest`: `Ran 12 tests in 0.1s`, then `OK` or `FAILED`, with the exceptions in
/// brackets.
pub(crate) fn unittest(output: &str) -> Tally {
    let ran = output
        .lines()
        .filter_map(|line| line.strip_prefix("Ran "))
        .filter_map(|line| line.split(' ').next()?.parse::<u32>().ok())
        .sum::<u32>();
    let verdict = |line: &&str| line.starts_with("OK") || line.starts_with("FAILED");
    let verdict = output.lines().rfind(verdict).unwrap_or_default();
    let count = |name: &str| {
        let inside = verdict.split_once('(').map_or("", |(_, rest)| rest.trim_end_matches(')'));
        inside
            .split(", ")
            .filter_map(|part| part.split_once('='))
            .filter(|(key, _)| *key == name)
            .filter_map(|(_, value)| value.parse::<u32>().ok())
            .sum::<u32>()
    };
    let failed = count("failures") + count("errors") + count("unexpected successes");
    let skipped = count("skipped");
    Tally { passed: ran.saturating_sub(failed + skipped), failed, skipped }
}

/// `terraform test`: `Success! 3 passed, 0 failed, 1 skipped.`, with or without colours.
pub(crate) fn terraform(output: &str) -> Tally {
    output
        .lines()
        .filter(|line| line.contains("Success!") || line.contains("Failure!"))
        .filter(|line| line.contains(" passed, "))
        .map(|line| Tally {
            passed: before(line, "passed"),
            failed: before(line, "failed"),
            skipped: before(line, "skipped"),
        })
        .fold(Tally::default(), Tally::add)
}

/// The number that stands before a word.
fn before(line: &str, word: &str) -> u32 {
    let words: Vec<&str> = line.split(|letter: char| !letter.is_alphanumeric()).collect();
    words
        .windows(2)
        .find(|pair| pair[1] == word)
        .and_then(|pair| pair[0].parse().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u32, failed: u32, skipped: u32) -> Tally {
        Tally { passed, failed, skipped }
    }

    #[test]
    fn cargo_lines_are_added() {
        let output = "\
running 3 tests
test a ... ok
test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.00s
error: test failed
test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.2s
";
        assert_eq!(cargo(output), tally(7, 2, 1));
        assert_eq!(cargo("error: could not compile"), tally(0, 0, 0));
    }

    #[test]
    fn unittest_verdicts_are_read() {
        let cases = [
            ("Ran 12 tests in 0.4s\n\nOK\n", tally(12, 0, 0)),
            ("Ran 12 tests in 0.4s\n\nOK (skipped=2)\n", tally(10, 0, 2)),
            ("Ran 9 tests in 1s\n\nFAILED (failures=1, errors=2, skipped=3)\n", tally(3, 3, 3)),
            ("Ran 1 test in 1s\n\nFAILED (errors=2)\n", tally(0, 2, 0)),
            ("Ran 3 tests in 1s\n\nFAILED (unexpected successes=1)\n", tally(2, 1, 0)),
            ("Ran 0 tests in 0s\n\nNO TESTS RAN\n", tally(0, 0, 0)),
            ("Traceback", tally(0, 0, 0)),
        ];
        for (output, expected) in cases {
            assert_eq!(unittest(output), expected, "{output}");
        }
    }

    #[test]
    fn terraform_verdicts_are_read() {
        let success = "tests/a.tftest.hcl... pass\n\nSuccess! 3 passed, 0 failed.\n";
        assert_eq!(terraform(success), tally(3, 0, 0));
        assert_eq!(terraform("Failure! 3 passed, 1 failed, 2 skipped.\n"), tally(3, 1, 2));
        let coloured = "\u{1b}[32mSuccess!\u{1b}[0m The configuration is valid.\n\n\u{1b}[32mSuccess!\u{1b}[0m 12 passed, 0 failed.\u{1b}[0m\n";
        assert_eq!(terraform(coloured), tally(12, 0, 0));
        assert_eq!(terraform("Executed 0 tests.\n"), tally(0, 0, 0));
    }

    #[test]
    fn a_program_that_failed_has_a_failure() {
        assert_eq!(tally(3, 0, 0).of_program(false), tally(3, 1, 0));
        assert_eq!(tally(3, 2, 0).of_program(false), tally(3, 2, 0));
        assert_eq!(tally(3, 0, 0).of_program(true), tally(3, 0, 0));
    }
}
