locals {
  # Without a choice of its own, a probe runs from all places: the caller's, and the module's own where that is asked for or the only one.
  _all_locations = setunion(keys(var.locations), var.location != null || length(var.locations) == 0 ? ["here"] : [])
  _chosen = {
    for name, monitor in var.monitors : name => monitor.locations != null ? monitor.locations : local._all_locations if monitor.engine == "probe"
  }

  _canaries  = contains([for monitor in var.monitors : monitor.engine], "canary") && local._own_canary == null
  _has_place = var.location != null ? true : local._canaries || contains(flatten([for chosen in local._chosen : tolist(chosen)]), "here")

  # Where probes run: here, and wherever the caller has locations.
  _locations = merge(
    { for place in hinomi_monitor_location.this : "here" => place.location },
    var.locations,
  )

  # What locations of other accounts write the metrics with: the caller's own role, or the one that is made.
  _metrics_role_arn = var.metrics_role_arn != null ? var.metrics_role_arn : one(hinomi_metrics_role.this[*].arn)

  # What canaries run with: the caller's own role and bucket, or those of the location.
  _own_canary = var.canary.own
  _canary = local._own_canary != null ? local._own_canary : one([
    for place in hinomi_monitor_location.this : {
      execution_role_arn = place.canary_role_arn
      artifact_bucket    = place.artifact_bucket
    }
  ])

  # Whole cents, as each price is: a sum of decimals alone may be a trace more than what is shown.
  _monthly_cost_usd = tonumber(format("%.2f", sum(concat([0], [for monitor in hinomi_synthetic_monitor.this : monitor.estimated_monthly_cost_usd]))))
}

resource "hinomi_monitor_location" "this" {
  count = local._has_place ? 1 : 0

  name     = var.name
  account  = var.account
  region   = var.region
  canaries = local._canaries
  tags     = var.tags

  allowed_networks    = var.location == null ? null : var.location.allowed_networks
  assumable_role_arns = var.location == null ? null : var.location.assumable_role_arns
  secret_arns         = var.location == null ? null : var.location.secret_arns
  vpc                 = var.location == null ? null : var.location.vpc

  architecture            = var.location == null ? null : var.location.architecture
  memory_mb               = var.location == null ? null : var.location.memory_mb
  log_retention_days      = var.location == null ? null : var.location.log_retention_days
  artifact_retention_days = var.location == null ? null : var.location.artifact_retention_days
  force_destroy           = var.location == null ? null : var.location.force_destroy
  role_arn                = var.location == null ? null : var.location.role_arn
  scheduler_role_arn      = var.location == null ? null : var.location.scheduler_role_arn
  permissions_boundary    = var.location == null ? null : var.location.permissions_boundary
  timeouts                = var.location == null ? null : var.location.timeouts
}

resource "hinomi_metrics_role" "this" {
  count = var.metrics_role == null ? 0 : 1

  name                 = var.name
  account              = var.account
  source_accounts      = var.metrics_role.source_accounts
  source_role_arns     = var.metrics_role.source_role_arns
  permissions_boundary = var.metrics_role.permissions_boundary
  tags                 = var.tags
}

resource "hinomi_synthetic_monitor" "this" {
  for_each = var.monitors

  name        = each.key
  account     = var.account
  region      = var.region
  engine      = each.value.engine
  description = each.value.description
  owner       = each.value.owner
  runbook_url = each.value.runbook_url
  impact      = each.value.impact
  interval    = each.value.interval
  timeout     = each.value.timeout
  retries     = each.value.retries
  reminder    = each.value.reminder
  mention     = each.value.mention
  enabled     = each.value.enabled
  tags        = var.tags

  # The purse of all holds each: a monitor that alone costs more is refused with the interval that would fit, also where `-target` leaves out the output's check of the sum.
  max_monthly_cost_usd = try(min([for cap in [each.value.max_monthly_cost_usd, var.max_monthly_cost_usd] : cap if cap != null]...), null)

  canary = each.value.engine != "canary" ? null : {
    execution_role_arn     = local._canary.execution_role_arn
    artifact_bucket        = local._canary.artifact_bucket
    artifact_prefix        = var.canary.artifact_prefix
    artifact_kms_key_arn   = var.canary.artifact_kms_key_arn
    runtime_version        = var.canary.runtime_version
    memory_mb              = var.canary.memory_mb
    active_tracing         = var.canary.active_tracing
    success_retention_days = var.canary.success_retention_days
    failure_retention_days = var.canary.failure_retention_days
    vpc                    = var.canary.vpc
  }

  locations         = each.value.engine == "probe" ? { for name, place in local._locations : name => place if contains(local._chosen[each.key], name) } : null
  failing_locations = each.value.failing_locations
  metrics_role_arn  = each.value.engine == "probe" ? local._metrics_role_arn : null

  http = each.value.url == null ? null : {
    url            = each.value.url
    method         = each.value.method
    headers        = each.value.headers
    secret_headers = each.value.secret_headers
    body           = each.value.body
    redirects      = each.value.redirects
    assertions     = each.value.assertions
  }

  tcp = each.value.tcp
  dns = each.value.dns
  tls = each.value.tls

  alarm = {
    topic_arns         = setunion(local._alarm_topic_arns, each.value.alarm.topic_arns)
    failures           = each.value.alarm.failures
    out_of             = each.value.alarm.out_of
    tell_recovery      = each.value.alarm.tell_recovery
    treat_missing_data = each.value.alarm.treat_missing_data
  }

  timeouts = each.value.timeouts
}
