//! Drives real programs: the AWS stand-in, the Discord stand-in, and `terraform` with the built
//! provider. The acceptance tests and `cargo dev` use the same code.
//!
//! ```no_run
//! use hinomi_tests::{Account, Discord, Result, Verb, Workspace};
//!
//! fn a_test() -> Result<()> {
//!     let (account, discord) = (Account::new()?, Discord::start()?);
//!     let workspace = Workspace::new("budget")?.with_account(&account).with_discord(&discord);
//!     workspace.config("resource \"hinomi_cost_alert\" \"a\" {}")?;
//!     workspace.expect_error(Verb::Plan, &["Missing required argument"])?;
//!     workspace.config("# a whole configuration")?.apply()?;
//!     workspace.expect_empty_plan()?;
//!     assert_eq!(account.calls("budgets", "CreateBudget")?, 1);
//!     workspace.destroy()?;
//!     assert!(account.objects()?.is_empty());
//!     discord.expect_no_token_in(&workspace)
//! }
//! ```

pub mod account;
pub mod artefacts;
pub mod aws;
pub mod chain;
pub mod discord;
pub mod error;
pub mod function;
mod http;
pub mod interrupt;
pub mod paths;
pub mod prerequisites;
pub mod process;
pub mod secrets;
pub mod shop;
pub mod terraform;
pub mod venv;
pub mod web;

pub use account::Account;
pub use aws::Aws;
pub use chain::eventually;
pub use discord::Discord;
pub use error::{Error, Result};
pub use function::Function;
pub use shop::Shop;
pub use terraform::{Output, Verb, Workspace};
