//! Costs as they are: by day and purpose, and by service.

use super::NamedQuery;
use crate::TableName;

/// What each purpose cost on each day.
pub(super) fn daily_by_purpose(table: &TableName) -> NamedQuery {
    let sql = format!(
        r#"SELECT
  "day",
  "purpose",
  count(DISTINCT "account_id") AS "accounts",
  sum("charges_usd") AS "charges_usd",
  sum("credits_usd") AS "credits_usd",
  sum("charges_usd" + "credits_usd") AS "net_usd",
  bool_or("estimated") AS "estimated"
FROM {table}
GROUP BY "day", "purpose"
ORDER BY "day", "purpose" NULLS LAST"#
    );
    NamedQuery {
        name: "daily-cost-by-purpose".to_owned(),
        description: "What the accounts of each purpose cost on each day.".to_owned(),
        sql,
    }
}

/// The twenty services that cost most in each month, the newest month first.
pub(super) fn top_services(table: &TableName) -> NamedQuery {
    let sql = format!(
        r#"WITH "services" AS (
  SELECT "month", "service", count(DISTINCT "account_id") AS "accounts", sum("charges_usd") AS "charges_usd"
  FROM {table}
  GROUP BY "month", "service"
), "ranked" AS (
  SELECT
    "services".*,
    row_number() OVER (PARTITION BY "month" ORDER BY "charges_usd" DESC, "service") AS "place",
    CAST(sum("charges_usd") OVER (PARTITION BY "month") AS DOUBLE) AS "all_usd"
  FROM "services"
)
SELECT
  "month",
  "place",
  "service",
  "accounts",
  "charges_usd",
  CASE WHEN "all_usd" > 0 THEN 100 * CAST("charges_usd" AS DOUBLE) / "all_usd" END AS "percent"
FROM "ranked"
WHERE "place" <= 20 AND "charges_usd" > 0
ORDER BY "month" DESC, "place""#
    );
    NamedQuery {
        name: "top-services-by-month".to_owned(),
        description: "The twenty services that cost most in each month, the newest month first."
            .to_owned(),
        sql,
    }
}
