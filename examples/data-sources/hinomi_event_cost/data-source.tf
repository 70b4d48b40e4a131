# What is planned to cost more, declared once and used wherever days are compared.
locals {
  events = {
    autumn_festival = { start = "2026-10-09", end = "2026-10-12" }
    winter_festival = { start = "2026-11-20", end = "2026-11-23" }
  }
}

# What the winter festival added to the costs of the two accounts that it runs in: its days less what such days cost in
# the eight weeks before, without those of the autumn festival.
data "hinomi_event_cost" "winter_festival" {
  account       = { id = "999999999999", role_name = "hinomi" }
  name          = "winter_festival"
  start         = local.events.winter_festival.start
  end           = local.events.winter_festival.end
  baseline_days = 56
  accounts      = ["111111111111", "222222222222"]
  events        = local.events
  history       = { bucket = "hinomi-costs-999999999999", region = "ap-northeast-1" }
}

output "winter_festival_usd" {
  description = "What the festival added, in US dollars; null before it begins."
  value       = data.hinomi_event_cost.winter_festival.incremental_usd
}
