# What each purpose cost in each month since April, from the history that the daily report records. No call of Cost
# Explorer is made, so that a plan costs nothing: days that aren't recorded are in `missing_days`.
data "hinomi_costs" "by_purpose" {
  account     = { id = "999999999999", role_name = "hinomi" }
  start       = "2026-04-01"
  end         = "2026-11-30"
  granularity = "monthly"
  group_by    = ["purpose"]
  history     = { bucket = "hinomi-costs-999999999999", region = "ap-northeast-1" }
  max_calls   = 0
}

output "production_by_month" {
  description = "What production cost in each month, in US dollars."
  value = {
    for row in data.hinomi_costs.by_purpose.rows : row.start => row.net_usd if row.purpose == "production"
  }
}

# Without a history: November by account and service, at two calls of Cost Explorer (0.02 USD) for each plan, as long as
# an answer has one page. What accounts are for comes from their tags.
data "hinomi_accounts" "all" {
  account      = { id = "999999999999", role_name = "hinomi" }
  purpose_from = { tag = "purpose" }
}

data "hinomi_costs" "november" {
  account          = { id = "999999999999", role_name = "hinomi" }
  start            = "2026-11-01"
  end              = "2026-11-30"
  group_by         = ["account", "service"]
  purposes         = ["production", "event"]
  account_purposes = { for id, account in data.hinomi_accounts.all.accounts : id => account.purpose }
  max_calls        = 4
}
