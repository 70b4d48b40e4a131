//! How fast cost grows.

use super::NamedQuery;
use crate::{Grouping, Period, TableName};

/// The same figures as [`crate::pace`] gives, as one row a group and period.
pub(super) fn query(table: &TableName, period: Period, grouping: Grouping) -> NamedQuery {
    let (unit, length, every) = match period {
        Period::Week => ("week", "INTERVAL '7' DAY", "weekly"),
        Period::Month => ("month", "INTERVAL '1' MONTH", "monthly"),
    };
    // A purpose is never an empty text, so that can stand for none: nulls don't join.
    let (group, key, shown) = match grouping {
        Grouping::Account => ("account", "\"account_id\"", "\"key\" AS \"account_id\""),
        Grouping::Purpose => {
            ("purpose", "COALESCE(\"purpose\", '')", "NULLIF(\"key\", '') AS \"purpose\"")
        }
    };
    let (known, levels) = (known(table, unit, key), levels(length));
    let sql = format!(
        r#"WITH {known},
{levels},
"pairs" AS (
  SELECT
    l."key", l."account_id", l."start", n."typical", b."typical" AS "typical_before", n."charges",
    w."start" IS NOT NULL AND f."first_day" > l."start_before" AS "is_new"
  FROM "grid" l
  LEFT JOIN "whole" w ON w."start" = l."start_before"
  JOIN "firsts" f ON f."account_id" = l."account_id"
  LEFT JOIN "levels" n ON n."key" = l."key" AND n."account_id" = l."account_id" AND n."start" = l."start"
  LEFT JOIN "levels" b ON b."key" = l."key" AND b."account_id" = l."account_id" AND b."start" = l."start_before"
  WHERE COALESCE(n."records", 0) + COALESCE(b."records", 0) > 0
), "compared" AS (
  SELECT
    "pairs".*,
    "typical" IS NOT NULL AND ("typical_before" IS NOT NULL OR "is_new") AS "is_compared"
  FROM "pairs"
), "sums" AS (
  SELECT
    "key", "start",
    COALESCE(sum("charges"), 0) AS "charges_usd",
    sum("typical") AS "typical_day_usd",
    sum(CASE WHEN "is_compared" THEN "typical" - COALESCE("typical_before", 0e0) END) AS "growth_usd",
    sum(CASE WHEN "is_compared" THEN COALESCE("typical_before", 0e0) END) AS "before_usd",
    count(CASE WHEN "is_compared" THEN 1 END) AS "compared_accounts",
    count(COALESCE("typical", "typical_before")) AS "accounts"
  FROM "compared"
  GROUP BY "key", "start"
)
SELECT
  {shown},
  "start",
  "charges_usd",
  "typical_day_usd",
  "growth_usd",
  CASE WHEN "before_usd" > 0 THEN 100 * "growth_usd" / "before_usd" END AS "growth_percent",
  "compared_accounts",
  "accounts" - "compared_accounts" AS "other_accounts"
FROM "sums"
WHERE "accounts" > 0
ORDER BY "key", "start""#
    );
    NamedQuery {
        name: format!("pace-by-{group}-{every}"),
        description: format!(
            "How much more a typical day costs than in the {unit} before, by {group}."
        ),
        sql,
    }
}

/// The days of each account of which anything is known, with its charges in each of its groups: on
/// a day of another group they are zero.
fn known(table: &TableName, unit: &str, key: &str) -> String {
    format!(
        r#""bounds" AS (
  SELECT min("day") AS "first_day", max("day") AS "last_day" FROM {table}
), "series" AS (
  SELECT {key} AS "key", "account_id", "day", sum("charges_usd") AS "usd"
  FROM {table}
  GROUP BY {key}, "account_id", "day"
), "known" AS (
  SELECT DISTINCT "account_id", "day" FROM "series"
), "firsts" AS (
  SELECT "account_id", min("day") AS "first_day" FROM "known" GROUP BY "account_id"
), "members" AS (
  SELECT DISTINCT "key", "account_id" FROM "series"
), "filled" AS (
  SELECT
    m."key", m."account_id",
    CAST(date_trunc('{unit}', k."day") AS DATE) AS "start",
    s."usd" AS "charged",
    COALESCE(CAST(s."usd" AS DOUBLE), 0e0) AS "usd"
  FROM "members" m
  JOIN "known" k ON k."account_id" = m."account_id"
  LEFT JOIN "series" s ON s."key" = m."key" AND s."account_id" = m."account_id" AND s."day" = k."day"
)"#
    )
}

/// A typical day of each account, group and whole period.
fn levels(length: &str) -> String {
    format!(
        r#""starts" AS (
  SELECT DISTINCT
    "start",
    CAST("start" - {length} AS DATE) AS "start_before",
    CAST("start" + {length} AS DATE) AS "start_after"
  FROM "filled"
), "whole" AS (
  SELECT s.*
  FROM "starts" s
  CROSS JOIN "bounds" bounds
  WHERE s."start" >= bounds."first_day" AND date_diff('day', bounds."last_day", s."start_after") <= 1
), "ranked" AS (
  SELECT
    "filled".*,
    row_number() OVER (PARTITION BY "key", "account_id", "start" ORDER BY "usd") AS "place",
    count(*) OVER (PARTITION BY "key", "account_id", "start") AS "days"
  FROM "filled"
), "levels" AS (
  SELECT
    r."key", r."account_id", r."start",
    count("charged") AS "records",
    sum("charged") AS "charges",
    CASE
      WHEN max(w."start") IS NOT NULL
        AND 2 * max(r."days") > max(date_diff('day', w."start", w."start_after"))
      THEN avg(CASE WHEN 2 * r."place" BETWEEN r."days" AND r."days" + 2 THEN r."usd" END)
    END AS "typical"
  FROM "ranked" r
  LEFT JOIN "whole" w ON w."start" = r."start"
  GROUP BY r."key", r."account_id", r."start"
), "grid" AS (
  SELECT m."key", m."account_id", w."start", w."start_before"
  FROM "members" m
  CROSS JOIN "whole" w
)"#
    )
}
