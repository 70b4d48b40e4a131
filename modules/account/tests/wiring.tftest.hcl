# The module's own logic, with the provider mocked: what is made, and how the parts are wired together.

mock_provider "hinomi" {
  mock_resource "hinomi_synthetic_monitor" {
    defaults = {
      estimated_monthly_cost_usd = 5
      runs_per_month             = 8760
    }
  }

  mock_resource "hinomi_discord_webhook" {
    defaults = {
      parameter_arns = {
        account = "arn:aws:ssm:eu-west-1:111111111111:parameter/hinomi/shop/discord-webhook"
      }
    }
  }
}

variables {
  name             = "shop"
  region           = "eu-west-1"
  account          = { id = "111111111111", role_name = "monitoring" }
  alarm_topic_arns = ["arn:aws:sns:eu-west-1:111111111111:alarms"]
  tags             = { team = "shop" }

  canary = {
    execution_role_arn = "arn:aws:iam::111111111111:role/canaries"
    artifact_bucket    = "reports"
  }
}

run "nothing_is_made_unasked" {
  command = apply

  assert {
    condition     = length(hinomi_discord_webhook.this) + length(hinomi_synthetic_monitor.this) + length(hinomi_cost_alert.this) == 0
    error_message = "An account without webhook, monitors and budget has no resources."
  }

  assert {
    condition     = output.webhook == null && output.cost_alert == null && output.estimated_monthly_cost_usd == 0
    error_message = "The outputs of what is not there are null, and the price is nothing."
  }
}

run "all_parts_live_in_the_account" {
  command = apply

  variables {
    webhook = { channel_id = "123456789012345678" }
    budget  = { limit_usd = 100, emails = ["ops@example.com"] }
    monitors = {
      checkout = {
        url         = "https://shop.example.com/"
        interval    = "5m"
        description = "Visitors can't pay."
        topic_arns  = ["arn:aws:sns:eu-west-1:111111111111:pager"]
        assertions  = { status = "200" }
      }
      docs = {
        url         = "https://docs.example.com/"
        interval    = "30m"
        description = "Documentation."
        alarm_after = 3
      }
    }
  }

  assert {
    condition     = join(" ", keys(hinomi_synthetic_monitor.this)) == "checkout docs"
    error_message = "Monitors are keyed by the caller's names."
  }

  assert {
    condition     = alltrue([for monitor in hinomi_synthetic_monitor.this : monitor.account.id == "111111111111" && monitor.region == "eu-west-1"])
    error_message = "Every monitor lives in the account and region."
  }

  assert {
    condition     = length(hinomi_synthetic_monitor.this["checkout"].alarm.topic_arns) == 2 && length(hinomi_synthetic_monitor.this["docs"].alarm.topic_arns) == 1
    error_message = "A monitor's own topics come on top of the account's."
  }

  assert {
    condition     = hinomi_synthetic_monitor.this["docs"].alarm.failures == 3
    error_message = "`alarm_after` reaches the alarm."
  }

  assert {
    condition     = hinomi_discord_webhook.this[0].name == "shop" && hinomi_discord_webhook.this[0].publish_to["account"].parameter_name == "/hinomi/shop/discord-webhook"
    error_message = "The webhook and its parameter are named after the account."
  }

  assert {
    condition     = join(" ", keys(hinomi_cost_alert.this[0].budget.thresholds)) == "actual-100 actual-80 forecast-100"
    error_message = "A budget without thresholds has the three that most accounts need."
  }

  assert {
    condition     = output.estimated_monthly_cost_usd == 10 && output.monitors["docs"].runs_per_month == 8760
    error_message = "The price is the sum over all monitors."
  }
}

run "one_purse" {
  command = plan

  variables {
    max_monthly_cost_usd = 4
    monitors = {
      checkout = { url = "https://shop.example.com/", interval = "5m", description = "Shop." }
    }
  }

  override_resource {
    target          = hinomi_synthetic_monitor.this
    override_during = plan
    values          = { estimated_monthly_cost_usd = 5 }
  }

  expect_failures = [output.estimated_monthly_cost_usd]
}

run "monitors_need_a_canary" {
  command = plan

  variables {
    canary = null
    monitors = {
      checkout = { url = "https://shop.example.com/", interval = "5m", description = "Shop." }
    }
  }

  expect_failures = [var.monitors]
}

run "names_are_checked" {
  command = plan

  variables {
    monitors = {
      "Check Out" = { url = "https://shop.example.com/", interval = "5m", description = "Shop." }
    }
  }

  expect_failures = [var.monitors]
}

run "a_budget_tells_somebody" {
  command = plan

  variables {
    budget = { limit_usd = 100 }
  }

  expect_failures = [var.budget]
}
