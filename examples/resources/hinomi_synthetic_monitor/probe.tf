# The front page of a shop, watched every minute from two places for about two dollars a month. One
# word says what an outage would do: how often is checked, how many failures ring, how many places
# must agree, who is called and when a reminder comes follow from it, and the plan shows all of it.
resource "hinomi_synthetic_monitor" "shop" {
  name   = "shop"
  region = "ap-northeast-1"
  engine = "probe"
  impact = "critical"

  http = {
    url = "https://shop.example.com/"
    assertions = {
      status                 = "200"
      body                   = { contains = ["Add to basket"] }
      tls_days_left_at_least = 14
      response_time_below_ms = 5000
    }
  }

  # The metrics and alarms are at home in Tokyo; the location in Osaka writes its own there.
  locations = {
    tokyo = hinomi_monitor_location.tokyo.location
    osaka = hinomi_monitor_location.osaka.location
  }

  alarm = {
    topic_arns = [hinomi_alert_relay.bell.topic_arns["ap-northeast-1"]]
  }

  # One value that is not the impact's: half an hour until anybody is reminded.
  reminder = "30m"

  description = "Customers buy here. While it is down, nothing is sold."
  owner       = "team-shop"
  runbook_url = "https://wiki.example.com/runbooks/shop"

  # The plan fails when the monitor would cost more.
  max_monthly_cost_usd = 3
}

# What isn't HTTP: a mail server that must greet, checked from one place.
resource "hinomi_synthetic_monitor" "mail" {
  name      = "mail"
  region    = "ap-northeast-1"
  engine    = "probe"
  impact    = "normal"
  tcp       = { host = "mail.example.com", port = 587, expect = "220" }
  locations = { tokyo = hinomi_monitor_location.tokyo.location }
  alarm     = { topic_arns = [hinomi_alert_relay.bell.topic_arns["ap-northeast-1"]] }
}

resource "hinomi_monitor_location" "tokyo" {
  name   = "tokyo"
  region = "ap-northeast-1"
}

resource "hinomi_monitor_location" "osaka" {
  name   = "osaka"
  region = "ap-northeast-3"
}

resource "hinomi_alert_relay" "bell" {
  name                  = "bell"
  region                = "ap-northeast-1"
  webhook_parameter_arn = "arn:aws:ssm:ap-northeast-1:123456789012:parameter/discord/bell"
}

# What it costs a month, part by part.
output "shop_monthly_cost" {
  value = hinomi_synthetic_monitor.shop.cost_breakdown
}
