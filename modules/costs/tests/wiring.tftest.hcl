# The module's own logic, with the provider mocked: what is made, and how the parts are wired together.

# All runs plan: `terraform test` can't apply a module with an ephemeral variable that isn't given.
mock_provider "hinomi" {
  override_during = plan

  mock_resource "hinomi_discord_webhook" {
    defaults = {
      parameter_arns = {
        account = "arn:aws:ssm:eu-west-1:111111111111:parameter/hinomi/company/costs-discord-webhook"
      }
    }
  }

  mock_resource "hinomi_cost_report" {
    defaults = {
      bucket_name                = "hinomi-costs"
      estimated_monthly_cost_usd = 0.93
      execution_role_arn         = "arn:aws:iam::111111111111:role/report"
      region                     = "eu-west-1"
    }
  }
}

variables {
  name    = "company"
  account = { id = "111111111111", role_name = "costs" }
  tags    = { team = "infra" }
}

run "a_channel_gets_its_webhook_and_the_report" {
  command = plan

  variables {
    region  = "eu-west-1"
    webhook = { channel_id = "123456789012345678" }
  }

  assert {
    condition     = hinomi_discord_webhook.this[0].publish_to["account"].parameter_name == "/hinomi/company/costs-discord-webhook" && hinomi_discord_webhook.this[0].name == "company"
    error_message = "The webhook is named as the report, and its parameter has a place of its own."
  }

  assert {
    condition     = hinomi_cost_report.this.webhook_parameter_arn == hinomi_discord_webhook.this[0].parameter_arns["account"]
    error_message = "The report goes to the channel."
  }

  assert {
    condition     = length(hinomi_cost_alert.event) == 0 && output.event_budgets == {}
    error_message = "Without events there are no budgets."
  }

  assert {
    condition     = output.history.bucket == "hinomi-costs" && output.history.region == "eu-west-1" && output.history.prefix == null && output.estimated_monthly_cost_usd == 0.93
    error_message = "The outputs say where the history is, and what the report costs."
  }
}

run "a_parameter_that_exists_needs_no_webhook" {
  command = plan

  variables {
    webhook_parameter_arn = "arn:aws:ssm:eu-west-1:111111111111:parameter/hinomi/shop/discord-webhook"
    history               = { prefix = "costs/" }
  }

  assert {
    condition     = length(hinomi_discord_webhook.this) == 0 && output.webhook == null && hinomi_cost_report.this.webhook_parameter_arn == var.webhook_parameter_arn
    error_message = "Another module's webhook is used as it is."
  }

  assert {
    condition     = output.history.prefix == "costs/"
    error_message = "The data sources are told the prefix."
  }
}

run "an_event_is_declared_once" {
  command = plan

  variables {
    webhook = { channel_id = "123456789012345678" }
    events = {
      festival = {
        start      = "2026-11-20"
        end        = "2026-11-30"
        accounts   = ["222222222222"]
        tags       = { event = "festival" }
        budget_usd = 3000
        emails     = ["ops@example.com"]
      }
      sale = { start = "2026-12-24", end = "2026-12-31", baseline_days = 35 }
      gala = { start = "2027-02-01", end = "2027-02-02", budget_usd = 10, topic_arns = ["arn:aws:sns:us-east-1:111111111111:costs"] }
    }
  }

  assert {
    condition     = join(" ", keys(hinomi_cost_report.this.events)) == "festival gala sale" && hinomi_cost_report.this.events["festival"].tags["event"] == "festival" && hinomi_cost_report.this.events["sale"].baseline_days == 35
    error_message = "The report knows all events."
  }

  assert {
    condition     = join(" ", keys(hinomi_cost_alert.event)) == "festival gala"
    error_message = "Only events with a budget have one."
  }

  assert {
    condition     = hinomi_cost_alert.event["festival"].name == "company-festival" && hinomi_cost_alert.event["festival"].budget.period == "custom" && hinomi_cost_alert.event["festival"].budget.start == "2026-11-20" && hinomi_cost_alert.event["festival"].budget.end == "2026-12-01"
    error_message = "The budget counts from the first day through the last, also at the end of a month."
  }

  assert {
    condition     = hinomi_cost_alert.event["festival"].budget.filters.linked_accounts == toset(["222222222222"]) && hinomi_cost_alert.event["festival"].budget.filters.tags["event"] == toset(["festival"])
    error_message = "The budget counts the event's accounts and tags."
  }

  assert {
    condition     = hinomi_cost_alert.event["gala"].budget.filters == null && hinomi_cost_alert.event["gala"].budget.topic_arns == toset(["arn:aws:sns:us-east-1:111111111111:costs"])
    error_message = "An event of all accounts has no filter."
  }
}

run "one_place_for_the_report" {
  command = plan

  expect_failures = [var.webhook]
}

run "not_two_places" {
  command = plan

  variables {
    webhook               = { channel_id = "123456789012345678" }
    webhook_parameter_arn = "arn:aws:ssm:eu-west-1:111111111111:parameter/hinomi/shop/discord-webhook"
  }

  expect_failures = [var.webhook]
}

run "a_budget_that_tells_nobody" {
  command = plan

  variables {
    webhook = { channel_id = "123456789012345678" }
    events  = { festival = { start = "2026-11-20", end = "2026-11-23", budget_usd = 5 } }
  }

  expect_failures = [var.events]
}

run "a_name_that_no_budget_could_have" {
  command = plan

  variables {
    webhook = { channel_id = "123456789012345678" }
    events  = { "Autumn Festival" = { start = "2026-11-20", end = "2026-11-23" } }
  }

  expect_failures = [var.events]
}
