//! The tables in `docs/prices.md`, which follow from the code: `HINOMI_REGENERATE=1` writes them anew.

use std::path::PathBuf;
use std::{env, fs};

use contract::duration::Span;

use super::{
    Breakdown, Canary, CostReport, Frequency, PRICES, PriceBook, ProbePlace, Processor, REGION,
    ReportMonth, Usd, Watch, grouped,
};

const MINUTES: [u64; 3] = [1, 5, 15];
/// Intervals of a probe below a minute, and the minute beside them.
const SECONDS: [u64; 4] = [10, 20, 30, 60];
const BEGIN: &str = "<!-- worked out by provider/src/pricing/page.rs: ";
const END: &str = "<!-- until here -->";

fn canary() -> Watch {
    let prices = PriceBook::default().table(REGION);
    Watch::Canary(Canary { prices, memory_mb: 960, alarms: 1 })
}

/// The first place is the monitor's home; the others write their metrics there.
fn probe(places: usize) -> Watch {
    let prices = PriceBook::default().table(REGION);
    let place = |index: usize| ProbePlace {
        prices: prices.clone(),
        memory_mb: 128,
        processor: Processor::X86,
        writes_elsewhere: index > 0,
    };
    Watch::Probe {
        home: prices.clone(),
        places: (0..places).map(place).collect(),
        has_alarms: true,
    }
}

fn every(seconds: u64) -> Frequency {
    Frequency::of(Span::from_seconds(seconds)).expect("an interval with a length")
}

fn side_by_side() -> String {
    let mut lines = vec![
        "| checked every | runs a month from each location | canary | probe | two canaries | probe from two locations |".to_owned(),
        "|---|---:|---:|---:|---:|---:|".to_owned(),
    ];
    for minutes in MINUTES {
        let frequency = every(minutes * 60);
        let month = |watch: Watch| watch.month(frequency).total();
        lines.push(format!(
            "| {minutes} min | {} | {} | {} | {} | {} |",
            grouped(frequency.runs()),
            month(canary()),
            month(probe(1)),
            month(canary()).times(2),
            month(probe(2)),
        ));
    }
    lines.join("\n")
}

fn parts() -> String {
    let mut lines = vec![
        "| engine | checked every | runs | alarms | metrics | function | schedule | logs | artifacts | calls that write metrics | sum |".to_owned(),
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|".to_owned(),
    ];
    for (name, watch) in [
        ("canary", canary()),
        ("probe, one location", probe(1)),
        ("probe, two locations", probe(2)),
    ] {
        for minutes in MINUTES {
            let month = watch.month(every(minutes * 60));
            let Breakdown { runs, alarms, metrics, function, schedule, logs, artifacts, api } =
                month;
            let cells = [runs, alarms, metrics, function, schedule, logs, artifacts, api]
                .map(|amount| format!("{:.4}", amount.as_fine_number()));
            let (cells, sum) = (cells.join(" | "), month.total());
            lines.push(format!("| {name} | {minutes} min | {cells} | {sum} |"));
        }
    }
    lines.join("\n")
}

fn below_a_minute() -> String {
    let mut lines = vec![
        "| checked every | runs a month from each location | alarms | function | all other parts | probe, one location | probe, two locations |".to_owned(),
        "|---|---:|---:|---:|---:|---:|---:|".to_owned(),
    ];
    for seconds in SECONDS {
        let frequency = every(seconds);
        let month = probe(1).month(frequency);
        let Breakdown { runs, alarms, metrics, function, schedule, logs, artifacts, api } = month;
        let others = [runs, metrics, schedule, logs, artifacts, api];
        let others = others.into_iter().fold(Usd::default(), Usd::plus);
        lines.push(format!(
            "| {seconds} s | {} | {alarms} | {function} | {others} | {} | {} |",
            grouped(frequency.runs()),
            month.total(),
            probe(2).month(frequency).total(),
        ));
    }
    lines.join("\n")
}

fn reports() -> String {
    let mut lines = vec![
        "| accounts that are asked | calls a morning | calls a month | calls | function | all other parts | sum |".to_owned(),
        "|---:|---:|---:|---:|---:|---:|---:|".to_owned(),
    ];
    for sources in [1, 3, 5] {
        let prices = PriceBook::default().table(REGION);
        let report = CostReport {
            prices,
            memory_mb: 1_024,
            processor: Processor::X86,
            sources,
            most_calls: 20,
        };
        let month = report.month();
        let ReportMonth { calls, function, schedule, logs, history } = month;
        let others = schedule.plus(logs).plus(history);
        lines.push(format!(
            "| {sources} | {} | {} | {calls} | {function} | {others} | {} |",
            report.calls_a_morning(),
            grouped(report.calls()),
            month.total(),
        ));
    }
    lines.join("\n")
}

fn figures() -> String {
    let mut lines =
        vec!["| what | dollars | source | read on |".to_owned(), "|---|---:|---|---|".to_owned()];
    for price in PRICES {
        lines.push(format!(
            "| {} | {} | <{}> | {} |",
            price.what,
            price.amount.exact(),
            price.source,
            price.date
        ));
    }
    lines.join("\n")
}

/// The page with its tables as they follow from the code.
fn renewed(page: &str) -> String {
    let mut page = page.to_owned();
    for (name, table) in [
        ("side by side", side_by_side()),
        ("parts", parts()),
        ("below a minute", below_a_minute()),
        ("reports", reports()),
        ("figures", figures()),
    ] {
        let begin = format!("{BEGIN}{name} -->\n");
        let (before, rest) = page.split_once(&begin).expect("a table begins with its mark");
        let (_, after) = rest.split_once(END).expect("a table ends with its mark");
        page = format!("{before}{begin}\n{table}\n\n{END}{after}");
    }
    page
}

#[test]
fn the_page_says_what_the_code_works_out() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/prices.md");
    let page = fs::read_to_string(&file).expect("the page");
    let wanted = renewed(&page);
    if env::var_os("HINOMI_REGENERATE").is_some() {
        fs::write(&file, &wanted).expect("the page can be written");
        return;
    }
    assert_eq!(page, wanted, "docs/prices.md is stale: run this test with HINOMI_REGENERATE=1");
}
