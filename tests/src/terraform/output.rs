//! What a Terraform command wrote, readable despite its frames and line breaks.

use crate::{Error, Result, process::Captured};

/// How a command ended and what it wrote.
#[derive(Clone, Debug)]
pub struct Output {
    command: String,
    code: Option<i32>,
    status: String,
    stdout: String,
    stderr: String,
}

impl Output {
    pub(super) fn new(command: String, captured: &Captured) -> Self {
        Self {
            command,
            code: captured.status.code(),
            status: captured.status.to_string(),
            stdout: String::from_utf8_lossy(&captured.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&captured.stderr).into_owned(),
        }
    }

    /// Exit status; `None` when a signal ended it.
    pub fn code(&self) -> Option<i32> {
        self.code
    }

    /// Standard output, as written.
    pub fn stdout(&self) -> &str {
        &self.stdout
    }

    /// Standard error, as written.
    pub fn stderr(&self) -> &str {
        &self.stderr
    }

    /// Both outputs without colours and frames, every run of white space as one space: Terraform
    /// breaks messages at 78 columns.
    pub fn text(&self) -> String {
        flatten(&self.stdout) + " " + &flatten(&self.stderr)
    }

    /// Whether the text holds this, wherever its lines are broken.
    pub fn contains(&self, expected: &str) -> bool {
        self.text().contains(&flatten(expected))
    }

    /// Fails unless the command ended well; of a plan, also when it found changes (2).
    pub(super) fn success(self, plans: bool) -> Result<Self> {
        if self.code == Some(0) || (plans && self.code == Some(2)) {
            return Ok(self);
        }
        Err(self.failure())
    }

    /// Fails unless the command failed and said all of this.
    pub(super) fn failed_with(self, expected: &[&str]) -> Result<Self> {
        if self.code != Some(1) {
            return Err(Error::unexpected(format!(
                "`{}` should have failed, but ended with {}:\n{}{}",
                self.command, self.status, self.stdout, self.stderr
            )));
        }
        for part in expected {
            self.expect(part)?;
        }
        Ok(self)
    }

    /// Fails unless the text holds this, wherever its lines are broken.
    pub fn expect(&self, expected: &str) -> Result<&Self> {
        if self.contains(expected) {
            return Ok(self);
        }
        Err(Error::unexpected(format!(
            "`{}` doesn't say \"{expected}\":\n{}{}",
            self.command, self.stdout, self.stderr
        )))
    }

    /// The failure that shows everything the command wrote.
    pub(super) fn failure(&self) -> Error {
        Error::Failed {
            program: self.command.clone(),
            status: self.status.clone(),
            output: format!("{}{}", self.stdout, self.stderr),
        }
    }
}

/// Removes escape sequences and the frames of diagnostics, and joins all lines.
fn flatten(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1b}' => {
                // `ESC [ … letter`.
                for skipped in letters.by_ref() {
                    if skipped.is_ascii_alphabetic() {
                        break;
                    }
                }
            }
            '│' | '╷' | '╵' => plain.push(' '),
            other => plain.push(other),
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    fn output(code: i32, stderr: &str) -> Output {
        let captured = Captured {
            status: std::process::ExitStatus::from_raw(code << 8),
            stdout: Vec::new(),
            stderr: stderr.as_bytes().to_vec(),
        };
        Output::new("terraform apply".to_owned(), &captured)
    }

    #[test]
    fn frames_colours_and_line_breaks_don_t_matter() {
        let framed = "╷\n│ \u{1b}[31mError:\u{1b}[0m Unable to create\n│ cost alert `a`\n╵\n";
        assert!(output(1, framed).contains("Error: Unable to create cost alert `a`"));
        assert!(!output(1, framed).contains("Unable to delete"));
    }

    #[test]
    fn success_is_zero_and_for_plans_also_two() {
        assert!(output(0, "").success(false).is_ok());
        assert!(output(2, "").success(true).is_ok());
        assert!(output(2, "").success(false).is_err());
        let error = output(1, "what went wrong").success(true).expect_err("failed");
        assert!(error.to_string().contains("what went wrong"));
    }

    #[test]
    fn an_expected_failure_must_fail_and_say_it() {
        assert!(output(1, "the rule").failed_with(&["the rule"]).is_ok());
        assert!(output(1, "the rule").failed_with(&["the rule", "other"]).is_err());
        assert!(output(0, "the rule").failed_with(&["the rule"]).is_err());
        assert!(output(2, "the rule").failed_with(&["the rule"]).is_err());
    }
}
