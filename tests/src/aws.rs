//! The AWS stand-in: a process of its own, reached through one endpoint.

use std::{
    env,
    process::Command,
    sync::{Mutex, OnceLock, PoisonError, mpsc::channel},
    time::Duration,
};

use serde_json::Value;

use crate::{
    Error, Result, http, interrupt, paths,
    process::{self, Sink, Task},
    venv,
};

/// Names the endpoint of a stand-in that already runs, so that a whole run shares one.
pub const STANDIN_VARIABLE: &str = "HINOMI_AWS_STANDIN";

const READY_LIMIT: Duration = Duration::from_mins(2);
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// A running AWS stand-in. One that was started here ends when this is dropped.
pub struct Aws {
    endpoint: String,
    /// Locked, since a task waits on channels that only one thread may use.
    task: Mutex<Option<Task>>,
}

impl Aws {
    /// Starts a stand-in on a free port, and makes its Python environment when that is missing.
    /// `progress` receives what the installation writes.
    pub fn start(progress: Option<Sink>) -> Result<Self> {
        let python = venv::python(progress)?;
        let mut command = Command::new(python);
        command.args(["-m", "standin"]).current_dir(paths::repository().join("tests/aws"));
        command.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONUNBUFFERED", "1");
        for (name, _) in env::vars_os() {
            // Credentials and endpoints of the person who runs this are nobody's business here.
            if name.to_string_lossy().starts_with("AWS_") {
                command.env_remove(name);
            }
        }
        let (sender, lines) = channel();
        let task = process::start_service(&mut command, Some(process::first_line(sender)))?;
        let ready = lines.recv_timeout(READY_LIMIT).ok().and_then(|line| endpoint(&line));
        let Some(endpoint) = ready else {
            let (stdout, stderr) = task.output();
            return Err(Error::Failed {
                program: task.program().to_owned(),
                status: "no line that names its endpoint".to_owned(),
                output: String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned(),
            });
        };
        Ok(Self { endpoint, task: Mutex::new(Some(task)) })
    }

    /// The stand-in of this process, started at the first call; or the one that
    /// `HINOMI_AWS_STANDIN` names.
    pub fn shared() -> Result<&'static Self> {
        static SHARED: OnceLock<Aws> = OnceLock::new();
        static STARTING: Mutex<()> = Mutex::new(());
        // Not `get_or_init`: a start that failed is tried again by the next test.
        let _alone = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = SHARED.get() {
            return Ok(running);
        }
        interrupt::end_with_children()?;
        let aws = match env::var(STANDIN_VARIABLE) {
            Ok(endpoint) => Self { endpoint, task: Mutex::new(None) },
            Err(_) => Self::start(None)?,
        };
        Ok(SHARED.get_or_init(|| aws))
    }

    /// Address for `AWS_ENDPOINT_URL`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Calls the stand-in's control interface (paths that begin with `/_`) and returns its JSON.
    pub fn control(&self, method: &str, target: &str, body: &Value) -> Result<Value> {
        control(&self.endpoint, method, target, body)
    }
}

/// Calls the control interface of the stand-in at `endpoint`.
pub(crate) fn control(endpoint: &str, method: &str, target: &str, body: &Value) -> Result<Value> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let headers = [("Content-Type", "application/json")];
    let response = http::send(endpoint, method, target, &headers, body.as_bytes())?;
    if response.status >= 300 {
        let told = response.text();
        return Err(Error::unexpected(format!(
            "the AWS stand-in answered {method} {target} with {}: {told}",
            response.status
        )));
    }
    if response.body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&response.body).map_err(|error| {
        Error::unexpected(format!("the AWS stand-in's answer to {target} is not JSON: {error}"))
    })
}
impl Drop for Aws {
    fn drop(&mut self) {
        if let Some(mut task) = self.task.get_mut().unwrap_or_else(PoisonError::into_inner).take() {
            // It ends by itself when its input closes; dropping the task kills what is left.
            task.close_input();
            let _ = task.wait_for(STOP_LIMIT);
        }
    }
}

fn endpoint(line: &str) -> Option<String> {
    let line: Value = serde_json::from_str(line).ok()?;
    let endpoint = line["endpoint"].as_str()?;
    endpoint.starts_with("http://").then(|| endpoint.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ready_line_names_the_endpoint() {
        let line = r#"{"endpoint":"http://127.0.0.1:1/"}"#;
        assert_eq!(endpoint(line).as_deref(), Some("http://127.0.0.1:1"));
    }

    #[test]
    fn other_lines_name_no_endpoint() {
        for line in ["", "{}", "ready", r#"{"endpoint":5}"#, r#"{"endpoint":"127.0.0.1:1"}"#] {
            assert_eq!(endpoint(line), None, "{line}");
        }
    }
}
