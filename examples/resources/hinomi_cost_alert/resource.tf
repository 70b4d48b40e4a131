# The month's cost of the account that runs the ticket shop: the team's topic hears of it at 80 % of what was
# planned and as soon as AWS expects more than was planned, the owner in person when it is exceeded.
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
