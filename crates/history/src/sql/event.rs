//! What an event cost.

use contract::account::AccountId;
use contract::cost::{PlannedEvent, ServiceName};
use jiff::ToSpan;

use super::{NamedQuery, date, is_one_of, literal};
use crate::{Baseline, Month, NO_CHARGES, TableName};

/// The same figures as [`crate::event_cost`] gives, as one row a day, account and service.
pub(super) fn query(
    table: &TableName,
    event: &PlannedEvent,
    baseline: &Baseline<'_>,
) -> NamedQuery {
    let name = literal(&event.name);
    let known = known_where(event, baseline);
    let cells = cells_where(event);
    let (start, days) = (date(event.start), event_days(event));
    let left_out = left_out(event, baseline);
    let sql = format!(
        r#"WITH "event_days" AS (
  SELECT * FROM (VALUES {days}) AS "days" ("day")
), "costs" AS (
  SELECT "day", "account_id", "service", "charges_usd"
  FROM {table}
  WHERE {known}
), "known" AS (
  SELECT DISTINCT "account_id", "day" FROM "costs"
), "cells" AS (
  SELECT DISTINCT "account_id", "service" FROM "costs"
  WHERE {cells}
), "usual" AS (
  SELECT
    c."account_id", c."service", e."day",
    COALESCE(CAST(costs."charges_usd" AS DOUBLE), 0e0) AS "usd"
  FROM "cells" c
  CROSS JOIN "event_days" e
  JOIN "known" k ON k."account_id" = c."account_id"
  LEFT JOIN "costs" costs
    ON costs."account_id" = c."account_id" AND costs."service" = c."service" AND costs."day" = k."day"
  WHERE k."day" < {start} AND date_diff('day', k."day", e."day") % 7 = 0{left_out}
), "ranked" AS (
  SELECT
    "account_id", "service", "day", "usd",
    row_number() OVER (PARTITION BY "account_id", "service", "day" ORDER BY "usd") AS "place",
    count(*) OVER (PARTITION BY "account_id", "service", "day") AS "count"
  FROM "usual"
), "baseline" AS (
  SELECT "account_id", "service", "day", avg("usd") AS "usd", max("count") AS "days"
  FROM "ranked"
  WHERE 2 * "place" BETWEEN "count" AND "count" + 2
  GROUP BY "account_id", "service", "day"
), "figures" AS (
  SELECT
    e."day", c."account_id", c."service",
    CASE WHEN k."day" IS NOT NULL THEN COALESCE(costs."charges_usd", 0) END AS "charges_usd",
    b."usd" AS "baseline_usd",
    COALESCE(b."days", 0) AS "baseline_days"
  FROM "cells" c
  CROSS JOIN "event_days" e
  LEFT JOIN "known" k ON k."account_id" = c."account_id" AND k."day" = e."day"
  LEFT JOIN "costs" costs
    ON costs."account_id" = c."account_id" AND costs."service" = c."service" AND costs."day" = e."day"
  LEFT JOIN "baseline" b
    ON b."account_id" = c."account_id" AND b."service" = c."service" AND b."day" = e."day"
)
SELECT
  {name} AS "event",
  "day",
  "account_id",
  "service",
  "charges_usd",
  "baseline_usd",
  "baseline_days",
  CAST("charges_usd" AS DOUBLE) - "baseline_usd" AS "incremental_usd"
FROM "figures"
ORDER BY "day", "account_id", "service""#
    );
    NamedQuery {
        name: format!("event-cost-{}", event.name),
        description: format!(
            "What the event from {} to {} added to the cost of each account and service, a day.",
            event.start, event.end
        ),
        sql,
    }
}

/// The event's days, as rows of one column.
fn event_days(event: &PlannedEvent) -> String {
    let days = event.start.series(1.day()).take_while(|day| *day <= event.end);
    let rows: Vec<_> = days.map(|day| format!("({})", date(day))).collect();
    rows.join(", ")
}

/// The days of the baseline and of the event, and the event's accounts.
fn known_where(event: &PlannedEvent, baseline: &Baseline<'_>) -> String {
    let (first, last) = (baseline.first_day(event), event.end);
    let (first_month, last_month) = (Month::of(first).to_string(), Month::of(last).to_string());
    let mut conditions = vec![
        // Only these months are read.
        format!("\"month\" BETWEEN {} AND {}", literal(&first_month), literal(&last_month)),
        format!("\"day\" BETWEEN {} AND {}", date(first), date(last)),
    ];
    conditions.extend(is_account("\"account_id\"", event));
    conditions.join("\n    AND ")
}

/// The event's services. What is known of a day also follows from the others, and from the one that
/// says that there were no charges.
fn cells_where(event: &PlannedEvent) -> String {
    let column = "\"service\"";
    let is_service = is_service(column, event);
    let is_charged = format!("{column} <> {}", literal(NO_CHARGES));
    std::iter::once(is_charged).chain(is_service).collect::<Vec<_>>().join(" AND ")
}

/// Leaves out the days on which other events were planned for an account and a service.
fn left_out(event: &PlannedEvent, baseline: &Baseline<'_>) -> String {
    let condition = |other: &PlannedEvent| {
        let days = format!("k.\"day\" BETWEEN {} AND {}", date(other.start), date(other.end));
        let all = std::iter::once(days)
            .chain(is_account("c.\"account_id\"", other))
            .chain(is_service("c.\"service\"", other));
        format!("\n    AND NOT ({})", all.collect::<Vec<_>>().join(" AND "))
    };
    baseline.planned_before(event).map(condition).collect()
}

fn is_account(column: &str, event: &PlannedEvent) -> Option<String> {
    let accounts = &event.accounts;
    (!accounts.is_empty()).then(|| is_one_of(column, accounts.iter().map(AccountId::as_str)))
}

fn is_service(column: &str, event: &PlannedEvent) -> Option<String> {
    let services = &event.services;
    (!services.is_empty()).then(|| is_one_of(column, services.iter().map(ServiceName::as_str)))
}
