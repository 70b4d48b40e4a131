//! `hinomi`: the command line.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use hinomi_cli::backtest;
use hinomi_cli::failure::Failure;

#[derive(Parser)]
#[command(name = "hinomi", version, about = "Hinomi's command line.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Replays a history of costs, and says what would have rung and when.
    ///
    /// Each morning of the history is assessed as the daily report does it: with what was known on
    /// that morning, and with what was told before. Nothing is sent, and no AWS account is needed.
    Backtest(backtest::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut out = BufWriter::new(io::stdout().lock());
    let mut err = io::stderr().lock();
    let result = match &arguments.command {
        Command::Backtest(arguments) => backtest::run(arguments, &mut out, &mut err),
    };
    let result = result.and_then(|()| out.flush().map_err(Failure::Output));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // A reader that has seen enough, such as `head`.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(failure) => {
            let _ = writeln!(err, "error: {failure}");
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
