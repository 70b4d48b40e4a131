# What all accounts of the company cost, each morning at nine in Tokyo, in one channel on Discord. The provider's account is
# the one that pays for the organization.
resource "hinomi_cost_report" "daily" {
  name   = "daily"
  region = "ap-northeast-1"

  # The parameter with the webhook's URL, as `hinomi_discord_webhook` made it. The URL itself is nowhere in the state.
  webhook_parameter_arn = "arn:aws:ssm:ap-northeast-1:111111111111:parameter/hinomi/costs"

  time     = "09:00"
  timezone = "Asia/Tokyo"
  language = "ja"
  currency = { code = "JPY", per_usd = 151.25, as_of = "2026-11-01" }

  # What these accounts are called and what they are for. The purpose of others is the value of their tag `purpose`.
  accounts = {
    "222222222222" = { name = "tickets", purpose = "production" }
    "333333333333" = { name = "stage", purpose = "event" }
  }
  purpose_from = { tag = "purpose" }

  # What they may cost in a month, and when a rise rings: the other rules have their defaults.
  budgets_usd = { "222222222222" = 2000, "333333333333" = 800 }
  rules       = { at_least_usd = 10, excluded_services = ["Tax"] }
  mentions    = { roles = ["1310000000000000003"] }

  # The festival is planned to cost more: nothing rings for its days, and the report tells what it added.
  events = {
    autumn-festival = {
      start    = "2026-11-20"
      end      = "2026-11-23"
      accounts = ["333333333333"]
      tags     = { event = "autumn-festival" }
    }
  }

  # The pace of growth, on mondays and on the second of each month.
  weekly_digest  = "monday"
  monthly_digest = 2

  # A year back, once. Each call of Cost Explorer costs 0.01 US dollars.
  backfill_months      = 12
  max_calls            = 20
  max_monthly_cost_usd = 5

  tags = { purpose = "costs" }
}

# Where people with Athena or DuckDB find the history.
output "history" {
  value = {
    bucket    = hinomi_cost_report.daily.bucket_name
    database  = hinomi_cost_report.daily.database_name
    workgroup = hinomi_cost_report.daily.workgroup_name
  }
}

# Accounts without an organization that pays for them: each is asked through a role of its own, and the history goes to a
# bucket that the company has already.
resource "hinomi_cost_report" "partners" {
  name   = "partners"
  region = "ap-northeast-1"

  webhook_parameter_arn = "arn:aws:ssm:ap-northeast-1:111111111111:parameter/hinomi/costs"

  sources = [
    { role_arn = "arn:aws:iam::444444444444:role/hinomi-costs", external_id = "company" },
    { role_arn = "arn:aws:iam::555555555555:role/hinomi-costs", external_id = "company" },
  ]
  history = { bucket = "company-data", prefix = "costs/partners/" }
}
