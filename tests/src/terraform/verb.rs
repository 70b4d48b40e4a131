//! Terraform's commands with the arguments that an unattended run needs.

use std::path::Path;

/// A `terraform` command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Install the provider and modules.
    Init,
    /// Check the configuration without any state.
    Validate,
    /// Show what would change, and save the plan.
    Plan,
    /// Show what only a refresh would change.
    PlanRefreshOnly,
    /// Show what a destroy would remove.
    PlanDestroy,
    /// Plan and apply.
    Apply,
    /// Accept what changed outside Terraform into the state.
    Refresh,
    /// Remove everything.
    Destroy,
    /// Run the tests of a module.
    Test,
}

impl Verb {
    /// Name for files and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::Validate => "validate",
            Self::Plan => "plan",
            Self::PlanRefreshOnly => "plan-refresh-only",
            Self::PlanDestroy => "plan-destroy",
            Self::Apply => "apply",
            Self::Refresh => "refresh",
            Self::Destroy => "destroy",
            Self::Test => "test",
        }
    }

    /// Arguments; a plan is saved at `plan` and ends with 2 when there are changes.
    pub(super) fn arguments(self, plan: &Path) -> Vec<String> {
        let words: &[&str] = match self {
            Self::Init => &["init", "-input=false"],
            Self::Validate => &["validate"],
            Self::Plan => &["plan", "-input=false", "-detailed-exitcode"],
            Self::PlanRefreshOnly => {
                &["plan", "-refresh-only", "-input=false", "-detailed-exitcode"]
            }
            Self::PlanDestroy => &["plan", "-destroy", "-input=false", "-detailed-exitcode"],
            Self::Apply => &["apply", "-input=false", "-auto-approve"],
            Self::Refresh => &["apply", "-refresh-only", "-input=false", "-auto-approve"],
            Self::Destroy => &["destroy", "-input=false", "-auto-approve"],
            Self::Test => &["test"],
        };
        let mut arguments: Vec<String> = words.iter().map(ToString::to_string).collect();
        if self.plans() {
            arguments.push(format!("-out={}", plan.display()));
        }
        arguments
    }

    /// Whether it only plans: its exit status then tells whether anything would change.
    pub fn plans(self) -> bool {
        matches!(self, Self::Plan | Self::PlanRefreshOnly | Self::PlanDestroy)
    }
}
