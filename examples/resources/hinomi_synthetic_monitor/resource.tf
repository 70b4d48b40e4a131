# The checkout of a shop, watched every five minutes from Ireland.
resource "hinomi_synthetic_monitor" "checkout" {
  name   = "checkout"
  region = "eu-west-1"

  # Always written: a monitor never changes its engine by itself.
  engine = "canary"

  http = {
    url = "https://shop.example.com/api/checkout/health"

    headers = {
      Accept = "application/json"
    }

    # The canary reads the token when it runs. Nobody sees it: not in the plan, not in the state,
    # not in the canary's code.
    secret_headers = {
      Authorization = { secret = "checkout/health-token", prefix = "Bearer " }
    }

    assertions = {
      status                 = "200"
      response_time_below_ms = 2000
      headers = {
        Content-Type = { contains = "application/json" }
      }
      json = {
        "$.database" = { equals = "up" }
      }
    }
  }

  interval = "5m"
  timeout  = "30s"
  retries  = 1

  canary = {
    execution_role_arn = "arn:aws:iam::123456789012:role/monitoring/canary"
    artifact_bucket    = "example-canary-reports"
    artifact_prefix    = "checkout"
  }

  # Two failed runs out of three ring the bell.
  alarm = {
    topic_arns = ["arn:aws:sns:eu-west-1:123456789012:bell"]
    failures   = 2
    out_of     = 3
  }

  # What the alarm says to whoever it wakes.
  description = "Customers pay here. While it is down, nothing is sold."
  owner       = "team-shop"
  runbook_url = "https://wiki.example.com/runbooks/checkout"

  # The plan fails when the monitor would cost more.
  max_monthly_cost_usd = 20

  tags = {
    service = "checkout"
  }
}

output "checkout_monthly_cost_usd" {
  value = hinomi_synthetic_monitor.checkout.estimated_monthly_cost_usd
}
