locals {
  _monthly_cost_usd = sum(concat([0], [for monitor in hinomi_synthetic_monitor.this : monitor.estimated_monthly_cost_usd]))

  _thresholds = {
    actual-80    = { percent = 80, usd = null, basis = "actual" }
    actual-100   = { percent = 100, usd = null, basis = "actual" }
    forecast-100 = { percent = 100, usd = null, basis = "forecast" }
  }
}

resource "hinomi_discord_webhook" "this" {
  count = var.webhook == null ? 0 : 1

  channel_id = var.webhook.channel_id
  name       = coalesce(var.webhook.name, var.name)
  tags       = var.tags

  publish_to = {
    account = {
      parameter_name = coalesce(var.webhook.parameter_name, "/hinomi/${var.name}/discord-webhook")
      account        = var.account
      region         = var.region
      kms_key_id     = var.webhook.kms_key_id
    }
  }
}

resource "hinomi_synthetic_monitor" "this" {
  for_each = var.monitors

  name        = each.key
  account     = var.account
  region      = var.region
  engine      = "canary"
  description = each.value.description
  owner       = each.value.owner
  runbook_url = each.value.runbook_url
  interval    = each.value.interval
  timeout     = each.value.timeout
  retries     = each.value.retries
  enabled     = each.value.enabled
  canary      = var.canary
  tags        = var.tags

  http = {
    url            = each.value.url
    method         = each.value.method
    headers        = each.value.headers
    secret_headers = each.value.secret_headers
    body           = each.value.body
    assertions     = each.value.assertions
  }

  alarm = {
    topic_arns = setunion(var.alarm_topic_arns, each.value.topic_arns)
    failures   = each.value.alarm_after
  }
}

resource "hinomi_cost_alert" "this" {
  count = var.budget == null ? 0 : 1

  name    = var.name
  account = var.account
  tags    = var.tags

  budget = {
    limit_usd = var.budget.limit_usd
    period    = var.budget.period
    filters   = var.budget.filters

    thresholds = {
      for name, threshold in coalesce(var.budget.thresholds, local._thresholds) : name => {
        percent    = threshold.percent
        usd        = threshold.usd
        basis      = threshold.basis
        emails     = var.budget.emails
        topic_arns = var.budget.topic_arn == null ? [] : [var.budget.topic_arn]
      }
    }
  }
}
