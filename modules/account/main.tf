locals {
  # Where the relay's own channel is: the webhook of this module, or a parameter that exists already.
  _webhook_parameter_arn = try(var.relay.webhook_parameter_arn, null) != null ? var.relay.webhook_parameter_arn : one([for webhook in hinomi_discord_webhook.this : webhook.parameter_arns["account"]])

  _has_relay = var.relay != null ? true : var.webhook != null
  _hub       = var.relay == null ? null : var.relay.hub
  _is_hub    = local._has_relay && local._hub == null

  _home_topic_arn   = one([for relay in hinomi_alert_relay.this : relay.topic_arns[relay.region]])
  _own_topic_arns   = local._has_relay ? [local._home_topic_arn] : []
  _alarm_topic_arns = setunion(local._own_topic_arns, var.alarm_topic_arns)

  # Who is told when Discord can't be: those who were named, or those who hear of the budget.
  _emails = try(var.relay.emails, null) != null ? var.relay.emails : try(length(var.budget.emails), 0) > 0 ? var.budget.emails : null

  # What messages say beside the account's id, where that is known.
  _account_ids = compact(concat([try(var.account.id, null)], [for place in hinomi_monitor_location.this : place.account.id]))
  _own_account = { for id in slice(local._account_ids, 0, min(1, length(local._account_ids))) : id => { name = var.name, purpose = var.purpose } }

  # A threshold that names nobody tells those of the budget.
  _thresholds = {
    actual-80    = { percent = 80, usd = null, basis = "actual", emails = null, topic_arns = null }
    actual-100   = { percent = 100, usd = null, basis = "actual", emails = null, topic_arns = null }
    forecast-100 = { percent = 100, usd = null, basis = "forecast", emails = null, topic_arns = null }
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
      parameter_name = coalesce(var.webhook.parameter_name, "/hinomi/${var.name}/discord-webhook")
      account        = var.account
      region         = var.region
      kms_key_id     = var.webhook.kms_key_id
    }
  }
}

# Everything that rings in the account, told on Discord; or, with `hub`, told to the relay of another account.
resource "hinomi_alert_relay" "this" {
  count = local._has_relay ? 1 : 0

  name    = var.name
  account = var.account
  region  = var.region
  regions = var.relay == null ? null : var.relay.regions
  hub     = local._hub
  ring    = var.relay == null ? null : var.relay.ring
  tags    = var.tags

  webhook_parameter_arn   = local._is_hub ? local._webhook_parameter_arn : null
  thread_id               = var.relay == null ? null : var.relay.thread_id
  bot_token_parameter_arn = var.relay == null ? null : var.relay.bot_token_parameter_arn
  routes                  = var.relay == null ? null : var.relay.routes
  mentions                = var.relay == null ? null : var.relay.mentions
  language                = var.relay == null ? null : var.relay.language
  timezone                = var.relay == null ? null : var.relay.timezone
  emails                  = local._is_hub ? local._emails : null
  source_accounts         = var.relay == null ? null : var.relay.source_accounts
  source_regions          = var.relay == null ? null : var.relay.source_regions
  accounts                = local._is_hub ? local._accounts : null
  health                  = var.relay == null ? null : var.relay.health

  architecture         = var.relay == null ? null : var.relay.architecture
  memory_mb            = var.relay == null ? null : var.relay.memory_mb
  log_retention_days   = var.relay == null ? null : var.relay.log_retention_days
  role_arn             = var.relay == null ? null : var.relay.role_arn
  scheduler_role_arn   = var.relay == null ? null : var.relay.scheduler_role_arn
  permissions_boundary = var.relay == null ? null : var.relay.permissions_boundary
  timeouts             = var.relay == null ? null : var.relay.timeouts
}

locals {
  _named_accounts = merge(local._own_account, coalesce(try(var.relay.accounts, null), {}))
  _accounts       = length(local._named_accounts) > 0 ? local._named_accounts : null
}

resource "hinomi_cost_alert" "this" {
  count = var.budget == null && var.anomaly == null ? 0 : 1

  name    = var.name
  account = var.account
  tags    = var.tags

  budget = var.budget == null ? null : {
    limit_usd          = var.budget.limit_usd
    planned_limits_usd = var.budget.planned_limits_usd
    auto_adjust        = var.budget.auto_adjust
    period             = var.budget.period
    start              = var.budget.start
    end                = var.budget.end
    metric             = var.budget.metric
    excluded_charges   = var.budget.excluded_charges
    filters            = var.budget.filters
    expression         = var.budget.expression
    emails             = var.budget.emails
    topic_arns         = var.budget.topic_arns != null ? var.budget.topic_arns : toset(local._own_topic_arns)
    thresholds         = coalesce(var.budget.thresholds, local._thresholds)
  }

  anomaly = var.anomaly == null ? null : {
    by               = var.anomaly.by
    key              = var.anomaly.key
    filter           = var.anomaly.filter
    at_least_usd     = var.anomaly.at_least_usd
    at_least_percent = var.anomaly.at_least_percent
    match            = var.anomaly.match
    frequency        = var.anomaly.frequency
    emails           = var.anomaly.emails
    # AWS tells a topic of each anomaly by itself, and of nothing else.
    topic_arns = var.anomaly.topic_arns != null ? var.anomaly.topic_arns : coalesce(var.anomaly.frequency, "immediate") == "immediate" ? toset(local._own_topic_arns) : null
  }
}
