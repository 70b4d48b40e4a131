//! The project's own commands: `cargo dev demo`, `cargo dev test`, `cargo dev agent`, …

mod agent;
mod bench;
mod cargo;
mod console;
mod demo;
mod invoke;
mod preview;
mod scene;
mod stop;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::stop::Stop;

/// Exit status of a program that Ctrl-C ended, as shells count it.
const INTERRUPTED: u8 = 130;

#[derive(Parser)]
#[command(name = "cargo dev", bin_name = "cargo dev", about = "Hinomi's own commands.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Shows the main job with the real `terraform`: plan, apply, an empty second plan, destroy.
    Demo(demo::Arguments),
    /// Runs every test and closes with the counts.
    Test(test::Arguments),
    /// Builds the Lambda function that the provider uploads, and checks it.
    Agent(agent::Arguments),
    /// Runs that function once, without Lambda, on an event from a file.
    Invoke(invoke::Arguments),
    /// Shows every message that the function writes to Discord, as a page.
    Preview(preview::Arguments),
    /// Measures release builds: start, size, memory.
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let stop = match Stop::watch() {
        Ok(stop) => stop,
        Err(error) => {
            console::error(&error);
            return ExitCode::FAILURE;
        }
    };
    let result = match &arguments.command {
        Command::Demo(arguments) => demo::run(arguments, &stop),
        Command::Test(arguments) => test::run(arguments, &stop),
        Command::Agent(arguments) => agent::run(arguments, &stop),
        Command::Invoke(arguments) => invoke::run(arguments, &stop),
        Command::Preview(arguments) => preview::run(arguments, &stop),
        Command::Bench(arguments) => bench::run(arguments, &stop),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(_) if stop.requested() => {
            console::line("stopped; everything that was started has ended");
            ExitCode::from(INTERRUPTED)
        }
        Err(error) => {
            console::error(&error);
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
