locals {
  # The channel: the webhook of this module, or a parameter that exists already.
  _webhook_parameter_arn = var.webhook_parameter_arn != null ? var.webhook_parameter_arn : one([for webhook in hinomi_discord_webhook.this : webhook.parameter_arns["account"]])

  # What the report is told of events: all but their budgets.
  _events = { for name, event in var.events : name => {
    start         = event.start
    end           = event.end
    baseline_days = event.baseline_days
    accounts      = event.accounts
    tags          = event.tags
  } }

  _budgeted = { for name, event in var.events : name => event if event.budget_usd != null }

  _thresholds = {
    actual-80  = { percent = 80, basis = "actual" }
    actual-100 = { percent = 100, basis = "actual" }
  }
}

resource "hinomi_discord_webhook" "this" {
  count = var.webhook == null ? 0 : 1

  channel_id = var.webhook.channel_id
  # One that is adopted keeps the name that a person gave it.
  name = var.webhook.url_wo_version != null ? var.webhook.name : coalesce(var.webhook.name, var.name)
  tags = var.tags

  audit_log_reason  = var.webhook.audit_log_reason
  avatar            = var.webhook.avatar
  delete_on_destroy = var.webhook.delete_on_destroy
  url_wo            = var.webhook_url_wo
  url_wo_version    = var.webhook.url_wo_version
  timeouts          = var.webhook.timeouts

  publish_to = {
    account = {
      parameter_name = coalesce(var.webhook.parameter_name, "/hinomi/${var.name}/costs-discord-webhook")
      account        = var.account
      region         = var.region
      kms_key_id     = var.webhook.kms_key_id
    }
  }
}

# The morning's report, with the history of all days.
resource "hinomi_cost_report" "this" {
  name    = var.name
  account = var.account
  region  = var.region
  tags    = var.tags

  webhook_parameter_arn = local._webhook_parameter_arn
  thread_id             = var.thread_id
  time                  = var.time
  timezone              = var.timezone
  language              = var.language
  mentions              = var.mentions
  currency              = var.currency
  weekly_digest         = var.weekly_digest
  monthly_digest        = var.monthly_digest

  accounts         = length(var.accounts) > 0 ? var.accounts : null
  purpose_from     = var.purpose_from
  sources          = var.sources
  budgets_usd      = length(var.budgets_usd) > 0 ? var.budgets_usd : null
  events           = length(local._events) > 0 ? local._events : null
  anomaly_feedback = var.anomaly_feedback
  rules            = var.rules

  max_calls            = var.max_calls
  max_monthly_cost_usd = var.max_monthly_cost_usd
  backfill_months      = var.backfill_months
  history              = var.history
  force_destroy        = var.force_destroy

  architecture         = var.function.architecture
  memory_mb            = var.function.memory_mb
  log_retention_days   = var.function.log_retention_days
  role_arn             = var.function.role_arn
  scheduler_role_arn   = var.function.scheduler_role_arn
  permissions_boundary = var.function.permissions_boundary
  timeouts             = var.function.timeouts
}

# What an event may cost in all, as a budget of its own that ends with it.
resource "hinomi_cost_alert" "event" {
  for_each = local._budgeted

  name    = "${var.name}-${each.key}"
  account = var.account
  tags    = var.tags

  budget = {
    limit_usd = each.value.budget_usd
    # What an event uses is watched, also where credits pay for it.
    excluded_charges = ["credits", "refunds"]
    period           = "custom"
    start            = each.value.start
    # An event's last day is a part of it, and a budget's end isn't.
    end        = formatdate("YYYY-MM-DD", timeadd("${each.value.end}T00:00:00Z", "24h"))
    emails     = each.value.emails
    topic_arns = each.value.topic_arns
    thresholds = local._thresholds
    filters = each.value.accounts == null && each.value.tags == null ? null : {
      linked_accounts = each.value.accounts
      tags            = each.value.tags == null ? null : { for key, value in each.value.tags : key => toset([value]) }
    }
  }
}
