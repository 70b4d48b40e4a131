//! `DuckDB`, as a Python package in the environment that the tests share.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use hinomi_tests::{process, venv};
use history::{Month, Record, TableName, Usd, encode, object_key};
use jiff::civil::Date;
use serde_json::{Value, json};

/// Far beyond what any of the queries takes.
const LIMIT: Duration = Duration::from_mins(5);

/// A row of an answer: dates and decimal numbers as text, floating-point numbers as numbers.
#[derive(Debug, serde::Deserialize)]
#[serde(transparent)]
pub(crate) struct Row(serde_json::Map<String, Value>);

impl Row {
    /// A value that may be null.
    fn value(&self, column: &str) -> Option<&Value> {
        let value = self.0.get(column).unwrap_or_else(|| panic!("no column {column}: {self:?}"));
        Some(value).filter(|value| !value.is_null())
    }

    pub(crate) fn optional_text(&self, column: &str) -> Option<&str> {
        self.value(column).map(|value| value.as_str().expect("a text"))
    }

    pub(crate) fn text(&self, column: &str) -> &str {
        self.optional_text(column).expect("it isn't null")
    }

    pub(crate) fn day(&self, column: &str) -> Date {
        self.text(column).parse().expect("a day")
    }

    pub(crate) fn optional_usd(&self, column: &str) -> Option<Usd> {
        self.optional_text(column).map(|text| text.parse().expect("an amount"))
    }

    pub(crate) fn usd(&self, column: &str) -> Usd {
        self.optional_usd(column).expect("it isn't null")
    }

    pub(crate) fn number(&self, column: &str) -> Option<f64> {
        self.value(column).map(|value| value.as_f64().expect("a number"))
    }

    pub(crate) fn count(&self, column: &str) -> u64 {
        self.value(column).and_then(Value::as_u64).expect("a whole number")
    }

    pub(crate) fn flag(&self, column: &str) -> bool {
        self.value(column).and_then(Value::as_bool).expect("true or false")
    }
}

/// Months in a folder, as they lie in a bucket.
pub(crate) struct Bucket {
    folder: tempfile::TempDir,
}

impl Bucket {
    /// Writes each month's object.
    pub(crate) fn of(records: &[Record]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (month, records) in by_month(records) {
            let path = folder.path().join(object_key("hinomi/", month));
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, encode(month, &records).expect("encoded")).expect("written");
        }
        Self { folder }
    }

    /// The table that shows the objects. Its names are such as need their quotes.
    pub(crate) fn table() -> TableName {
        TableName { database: "the \"company's\"".to_owned(), table: "daily costs".to_owned() }
    }

    /// What `DuckDB` answers to each query.
    pub(crate) fn ask(&self, queries: &[&str]) -> Vec<Vec<Row>> {
        ask_all(&[(self, queries)]).pop().expect("an answer")
    }
}

/// What `DuckDB` answers to each query of each bucket, in one process: its start takes longer than
/// it.
pub(crate) fn ask_all(buckets: &[(&Bucket, &[&str])]) -> Vec<Vec<Vec<Row>>> {
    let table = Bucket::table();
    let histories = buckets.iter().map(|(bucket, queries)| {
        let files = bucket.folder.path().join("hinomi/costs/month=*/costs.parquet");
        json!({ "table": [table.database, table.table], "files": files, "queries": queries })
    });
    run(&histories.collect())
}

/// The records of each month.
pub(crate) fn by_month(records: &[Record]) -> BTreeMap<Month, Vec<Record>> {
    let mut months = BTreeMap::<_, Vec<Record>>::new();
    for record in records {
        months.entry(Month::of(record.day)).or_default().push(record.clone());
    }
    months
}

/// A Parquet file that `DuckDB` wrote with a query's answer.
pub(crate) fn written(sql: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("written.parquet");
    let copy = format!("COPY ({sql}) TO '{}' (FORMAT parquet)", file.display());
    run(&json!([{ "table": null, "queries": [copy] }]));
    fs::read(file).expect("it was written")
}

fn run(histories: &Value) -> Vec<Vec<Vec<Row>>> {
    let python = venv::python(None).expect("the tests' Python environment");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("request.json");
    fs::write(&file, histories.to_string()).expect("written");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/history/query.py");
    let mut command = Command::new(python);
    command.arg(script).arg(file).env("PYTHONDONTWRITEBYTECODE", "1");
    let captured = process::run(&mut command, LIMIT, None).expect("it ends");
    let said = String::from_utf8_lossy(&captured.stderr);
    assert!(captured.status.success(), "DuckDB refused it: {said}");
    serde_json::from_slice(&captured.stdout).expect("rows as JSON")
}
