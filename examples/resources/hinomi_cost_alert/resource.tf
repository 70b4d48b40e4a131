# The month's cost of the account that runs the ticket shop: the team's topic hears of it at 80 % of what was
# planned and as soon as AWS expects more than was planned, the owner in person when it is exceeded. And it hears
# of any service that costs at least 50 dollars and 30 % more than was to be expected.
resource "hinomi_cost_alert" "tickets" {
  name    = "tickets"
  account = { id = "111111111111", role_name = "hinomi" }

  budget = {
    limit_usd = 1200

    # What was spent, and not what credits and refunds leave of it.
    excluded_charges = ["credits", "refunds"]

    # Who is told of every threshold that names nobody itself. The topic is in the same account.
    topic_arns = ["arn:aws:sns:ap-northeast-1:111111111111:hinomi"]

    thresholds = {
      near     = { percent = 80 }
      expected = { percent = 100, basis = "forecast" }
      over     = { percent = 100, emails = ["owner@example.com"] }
    }
  }

  # AWS made a monitor of all services when Cost Explorer was enabled: that one is used, and stays when the alert goes.
  anomaly = {
    at_least_usd     = 50
    at_least_percent = 30
    topic_arns       = ["arn:aws:sns:ap-northeast-1:111111111111:hinomi"]
  }

  tags = { purpose = "production" }
}

# Each day's cost of one team's servers in one region, by the tag that the team puts on them.
resource "hinomi_cost_alert" "web_servers" {
  name    = "web servers by day"
  account = { id = "111111111111", role_name = "hinomi" }

  budget = {
    limit_usd = 40
    period    = "daily"
    emails    = ["web-team@example.com"]

    filters = {
      services = ["Amazon Elastic Compute Cloud - Compute"]
      regions  = ["ap-northeast-1"]
      tags     = { Team = ["web"] }
    }

    # Daily budgets have no forecast.
    thresholds = {
      over   = { percent = 100 }
      double = { usd = 80 }
    }
  }
}

# A limit that rises for the summer's festival and falls again: each month's holds until the next one.
resource "hinomi_cost_alert" "shop" {
  name    = "shop by season"
  account = { id = "111111111111", role_name = "hinomi" }

  budget = {
    planned_limits_usd = { "2026-01" = 1200, "2027-07" = 3000, "2027-09" = 1300 }
    emails             = ["owner@example.com"]
    thresholds         = { over = { percent = 100 } }
  }
}

# What is usual, as AWS sees it: the average of the six months before, after discounts, without what isn't used but
# charged. What no list of filters can say is said by an expression.
resource "hinomi_cost_alert" "usual" {
  name    = "more than usual"
  account = { id = "111111111111", role_name = "hinomi" }

  budget = {
    auto_adjust = { basis = "historical", lookback = 6 }
    metric      = "net_unblended"
    expression = jsonencode({
      Not = { Dimensions = { Key = "RECORD_TYPE", Values = ["Credit", "Refund", "Tax"] } }
    })
    emails     = ["owner@example.com"]
    thresholds = { much = { percent = 130 } }
  }
}

# What the festival itself may cost, once. AWS deletes the budget on the day of its `end`: the alert stays with the
# status `expired`, and its plan is empty.
resource "hinomi_cost_alert" "festival" {
  name    = "festival 2087"
  account = { id = "111111111111", role_name = "hinomi" }

  budget = {
    limit_usd  = 5000
    period     = "custom"
    start      = "2087-05-01"
    end        = "2087-05-09"
    filters    = { cost_categories = { Event = ["festival"] } }
    emails     = ["owner@example.com"]
    thresholds = { half = { percent = 50 }, over = { percent = 100 } }
  }
}

# In the organization's management account: what each member account costs, told once a day.
resource "hinomi_cost_alert" "members" {
  name    = "member accounts"
  account = { id = "999999999999", role_name = "hinomi" }

  anomaly = {
    by               = "account"
    at_least_usd     = 100
    at_least_percent = 40
    match            = "any"
    frequency        = "daily"
    emails           = ["finance@example.com"]
  }
}
