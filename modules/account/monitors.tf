locals {
  _engines  = toset([for monitor in var.monitors : monitor.engine])
  _canaries = contains(local._engines, "canary") && var.canary == null
  _probes   = contains(local._engines, "probe") && length(var.locations) == 0

  _has_place = var.location != null ? true : local._canaries || local._probes

  # Where the probes of all monitors run: here, and wherever the caller has locations.
  _locations = merge(
    { for place in hinomi_monitor_location.this : "here" => place.location },
    var.locations,
  )

  # What the canaries run with: the location's own role and bucket, or the caller's.
  _canary = var.canary != null ? var.canary : one([
    for place in hinomi_monitor_location.this : {
      execution_role_arn = place.canary_role_arn
      artifact_bucket    = place.artifact_bucket
      artifact_prefix    = null
      runtime_version    = null
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
  architecture        = var.location == null ? null : var.location.architecture
  assumable_role_arns = var.location == null ? null : var.location.assumable_role_arns
  force_destroy       = var.location == null ? null : var.location.force_destroy
  memory_mb           = var.location == null ? null : var.location.memory_mb
  secret_arns         = var.location == null ? null : var.location.secret_arns
  vpc                 = var.location == null ? null : var.location.vpc
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

  canary            = each.value.engine == "canary" ? local._canary : null
  locations         = each.value.engine == "probe" ? local._locations : null
  failing_locations = each.value.failing_locations
  metrics_role_arn  = each.value.engine == "probe" ? var.metrics_role_arn : null

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
    topic_arns = setunion(local._alarm_topic_arns, each.value.topic_arns)
    failures   = each.value.alarm_after
  }
}
