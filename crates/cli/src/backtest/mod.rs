//! `hinomi backtest`: replays a history of costs, and says what would have rung and when.

mod cells;
mod costs;
mod declared;
mod labels;
mod report;
pub mod score;
mod sheet;
mod tables;

use std::io::Write;
use std::path::PathBuf;

use clap::ValueEnum;
use contract::cost::PlannedEvent;
use contract::spike::{Replay, Rules};
use jiff::{ToSpan, civil::Date};

use crate::failure::{Failure, Problem};
use costs::Costs;
use report::{Report, Told};
use score::Label;

/// Days of history before the first morning, unless it is named.
const WARM_UP_DAYS: i64 = 28;

/// What to replay, and how.
#[derive(clap::Args, Debug)]
#[command(after_long_help = FORMATS)]
pub struct Arguments {
    /// The history: a CSV file, or `-` for the standard input.
    #[arg(value_name = "COSTS.CSV")]
    costs: PathBuf,
    /// The rules to try: a TOML file. Without it the defaults are tried.
    #[arg(long, value_name = "RULES.TOML")]
    rules: Option<PathBuf>,
    /// Events on whose days nothing rings: a TOML file.
    #[arg(long, value_name = "EVENTS.TOML")]
    events: Option<PathBuf>,
    /// What should have rung: a CSV file. With it precision, recall, F1 and delay are measured.
    #[arg(long, value_name = "LABELS.CSV")]
    labels: Option<PathBuf>,
    /// The first morning. Without it there are 28 days of history before it.
    #[arg(long, value_name = "DATE", value_parser = sheet::date)]
    from: Option<Date>,
    /// The last morning. Without it that is the one after the last day.
    #[arg(long, value_name = "DATE", value_parser = sheet::date)]
    until: Option<Date>,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How the result is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Tables for a terminal.
    Text,
    /// Everything, for other programs.
    Json,
}

const FORMATS: &str = "\
COSTS.CSV has a heading with these columns, in any order:
  date          day of the cost, such as 2026-03-02
  account       the account's twelve digits
  service       the service, as Cost Explorer names it
  cost_usd      US dollars, such as 1234.5; credits and refunds are below zero
  account_name  optional: a name that is shown in place of the number
  purpose       optional: what the account is for
  recorded_on   optional: day on which this figure was known; without it the next day

A service's day may have several lines, which are summed, charges and credits
apart. Lines with a later recorded_on replace the earlier ones from that day on:
so late figures are replayed as they came. On a day on which an account has
figures, a service without any cost nothing; a day without figures is unknown.

RULES.TOML has the rules that differ from the defaults, such as
  at_least_usd = 5.0
  at_least_percent = 40.0

EVENTS.TOML has a table for each event; accounts and services may be left out:
  [events.festival]
  start = 2026-08-01
  end = 2026-08-03
  accounts = [\"111122223333\"]
  services = [\"Amazon CloudFront\"]

LABELS.CSV has the columns account, service (empty for any), start and end.

Exit status: 0 when the history was replayed, whether anything rang or not;
1 when a file can't be read or holds something that can't be used;
2 when the arguments are wrong.
";

/// Replays the history, and writes what would have rung.
pub fn run(
    arguments: &Arguments,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<(), Failure> {
    let costs = costs::read(&arguments.costs)?;
    let rules = arguments.rules.as_deref().map_or_else(|| Ok(Rules::default()), declared::rules)?;
    let events = arguments.events.as_deref().map_or_else(|| Ok(Vec::new()), declared::events)?;
    let labels = arguments.labels.as_deref().map(labels::read).transpose()?;
    for warning in warnings(&costs, &events, labels.as_deref().unwrap_or_default()) {
        writeln!(err, "warning: {warning}").map_err(Failure::Output)?;
    }
    let (from, until) = mornings(arguments, &costs)?;
    let mut told = Vec::new();
    let mut replay = Replay::new(&costs.recorded, from, &events, &rules);
    loop {
        let (morning, news) = replay.morning();
        told.extend(news.into_iter().map(|news| Told { morning, news }));
        if morning >= until {
            break;
        }
    }
    let report = Report::of(&costs, rules.clone(), (from, until), told, labels.as_deref());
    let written = match arguments.format {
        Format::Text => tables::write(&report, &costs, out),
        Format::Json => report.write_json(&costs, out),
    };
    written.map_err(Failure::Output)
}

/// The first and the last morning.
fn mornings(arguments: &Arguments, costs: &Costs) -> Result<(Date, Date), Failure> {
    let earliest = costs.first_day.saturating_add(1.day());
    let latest = costs.last_known.max(costs.last_day.saturating_add(1.day()));
    let until = arguments.until.unwrap_or(latest).min(latest);
    let warm = costs.first_day.saturating_add(WARM_UP_DAYS.days());
    let usual = if warm <= until { warm } else { earliest };
    let from = arguments.from.unwrap_or(usual).max(earliest);
    if from > until {
        let what = format!(
            "has no morning from {from} to {until}; its mornings are {earliest} to {latest}"
        );
        return Err(Failure::Invalid(vec![Problem::of(&costs.file, what)]));
    }
    Ok((from, until))
}

/// What names nothing in the history, and so is likely to be mistyped.
fn warnings(costs: &Costs, events: &[PlannedEvent], labels: &[Label]) -> Vec<String> {
    let of_events = events.iter().flat_map(|event| {
        let unknown = event.accounts.iter().filter(|account| !costs.accounts.contains_key(account));
        let unknown_services =
            event.services.iter().filter(|service| !costs.services.contains(*service));
        let accounts = unknown.map(|account| {
            format!("the event `{}` names the account {account}, which has no costs", event.name)
        });
        accounts.chain(unknown_services.map(|service| {
            format!("the event `{}` names the service `{service}`, which has no costs", event.name)
        }))
    });
    let of_labels = labels.iter().filter_map(|label| {
        if !costs.accounts.contains_key(&label.account) {
            return Some(format!(
                "a label names the account {}, which has no costs",
                label.account
            ));
        }
        let service = label.service.as_ref()?;
        (!costs.services.contains(service))
            .then(|| format!("a label names the service `{service}`, which has no costs"))
    });
    of_events.chain(of_labels).collect()
}
