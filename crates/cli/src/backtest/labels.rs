//! What should have rung, from a CSV file.

use std::path::Path;

use contract::cost::ServiceName;

use super::score::Label;
use super::sheet::{self, Column};
use crate::failure::Failure;

const COLUMNS: [Column; 4] = [
    Column { name: "account", required: true },
    Column { name: "service", required: false },
    Column { name: "start", required: true },
    Column { name: "end", required: true },
];

/// Reads the labels.
pub(super) fn read(path: &Path) -> Result<Vec<Label>, Failure> {
    sheet::read(path, &COLUMNS, |row| {
        let account = row.value("account", sheet::account)?;
        let service = Some(row.text("service")).filter(|name| !name.is_empty());
        let start = row.value("start", sheet::date)?;
        let end = row.value("end", sheet::date)?;
        if end < start {
            return Err(row.problem("end", format!("`{end}` is before the start, {start}")));
        }
        Ok(Label { account, service: service.map(ServiceName::from), start, end })
    })
}
