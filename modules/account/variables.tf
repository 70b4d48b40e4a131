variable "account" {
  description = "The AWS account that is watched, and the role that the provider assumes there. Without it, the provider's own."
  type = object({
    id          = optional(string)
    role_name   = optional(string)
    external_id = optional(string)
  })
  default = null
}

variable "alarm_topic_arns" {
  description = "SNS topics that every monitor's alarm tells beside the relay's, in the monitors' own region. A monitor's `topic_arns` come on top."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "anomaly" {
  description = <<-EOT
    Whether costs that are not as usual ring as well: those that are above what AWS expects by `at_least_usd`, `at_least_percent` or both. The
    relay is told of each one, unless `topic_arns` names another topic or `frequency` is `daily` or `weekly`, which send e-mails. Everything else
    is said by the resource `hinomi_cost_alert`.
  EOT
  type = object({
    at_least_percent = optional(number)
    at_least_usd     = optional(number)
    by               = optional(string)
    emails           = optional(set(string))
    filter = optional(object({
      cost_categories = optional(map(set(string)))
      linked_accounts = optional(set(string))
      tags            = optional(map(set(string)))
    }))
    frequency  = optional(string)
    key        = optional(string)
    match      = optional(string)
    topic_arns = optional(set(string))
  })
  default = null

  validation {
    condition     = var.anomaly == null ? true : var.anomaly.emails != null || var.anomaly.topic_arns != null || var.relay != null || var.webhook != null
    error_message = "An anomaly that tells nobody is of no use: give `anomaly.topic_arns`, `anomaly.emails` with a `frequency` of `daily` or `weekly`, or the account a `webhook`."
  }
}

variable "budget" {
  description = <<-EOT
    What the account may cost, and who is told. `thresholds` are shares of the limit (`percent`) or sums (`usd`), of what was spent (`actual`)
    or what the period will come to (`forecast`). Without thresholds: at 80 and 100 percent, and when 100 percent is forecast. The relay
    is told unless `topic_arns` names another topic. Everything else is said by the resource `hinomi_cost_alert`.
  EOT
  type = object({
    auto_adjust = optional(object({
      basis    = string
      lookback = optional(number)
    }))
    emails             = optional(set(string))
    end                = optional(string)
    excluded_charges   = optional(set(string))
    expression         = optional(string)
    limit_usd          = optional(number)
    metric             = optional(string)
    period             = optional(string)
    planned_limits_usd = optional(map(number))
    start              = optional(string)
    topic_arns         = optional(set(string))
    filters = optional(object({
      availability_zones = optional(set(string))
      cost_categories    = optional(map(set(string)))
      instance_types     = optional(set(string))
      linked_accounts    = optional(set(string))
      operations         = optional(set(string))
      purchase_types     = optional(set(string))
      regions            = optional(set(string))
      services           = optional(set(string))
      tags               = optional(map(set(string)))
      usage_type_groups  = optional(set(string))
      usage_types        = optional(set(string))
    }))
    thresholds = optional(map(object({
      percent    = optional(number)
      usd        = optional(number)
      basis      = optional(string)
      emails     = optional(set(string))
      topic_arns = optional(set(string))
    })))
  })
  default = null

  validation {
    # Thresholds of the caller's may each name somebody: the provider looks at those.
    condition     = var.budget == null ? true : var.budget.emails != null || var.budget.topic_arns != null || var.budget.thresholds != null || var.relay != null || var.webhook != null
    error_message = "A budget that tells nobody is of no use: give `budget.emails`, `budget.topic_arns`, or the account a `webhook`."
  }
}

variable "canary" {
  description = <<-EOT
    What all canaries of the account run with. `own` is a role and a bucket that exist already; without it the module makes both when a monitor
    has the engine `canary`. Everything else is said by the resource `hinomi_synthetic_monitor`.
  EOT
  type = object({
    own = optional(object({
      execution_role_arn = string
      artifact_bucket    = string
    }))
    active_tracing         = optional(bool)
    artifact_kms_key_arn   = optional(string)
    artifact_prefix        = optional(string)
    failure_retention_days = optional(number)
    memory_mb              = optional(number)
    runtime_version        = optional(string)
    success_retention_days = optional(number)
    vpc = optional(object({
      subnet_ids         = set(string)
      security_group_ids = set(string)
    }))
  })
  default  = {}
  nullable = false
}

variable "location" {
  description = <<-EOT
    Settings of the place in this account and region that checks run from. It is made when a monitor needs it, and always with this.
    `allowed_networks` are private networks (CIDR) that may be checked, `secret_arns` the secrets that checks may send as headers,
    `assumable_role_arns` the roles in other accounts that metrics of their monitors are written with. `force_destroy` lets the reports of
    canaries go with their bucket. Everything else is said by the resource `hinomi_monitor_location`.
  EOT
  type = object({
    allowed_networks        = optional(set(string))
    architecture            = optional(string)
    artifact_retention_days = optional(number)
    assumable_role_arns     = optional(set(string))
    force_destroy           = optional(bool)
    log_retention_days      = optional(number)
    memory_mb               = optional(number)
    permissions_boundary    = optional(string)
    role_arn                = optional(string)
    scheduler_role_arn      = optional(string)
    secret_arns             = optional(set(string))
    timeouts = optional(object({
      create = optional(string)
      update = optional(string)
      delete = optional(string)
    }))
    vpc = optional(object({
      subnet_ids         = set(string)
      security_group_ids = set(string)
    }))
  })
  default = null
}

variable "locations" {
  description = "Further places that the probes of all monitors run from, by a name of yours: the output `location` of another module, or the attribute `location` of a `hinomi_monitor_location`. With any of them the module's own place, `here`, is used by all only with `location`, and else by the monitors that name it."
  type = map(object({
    name                = string
    account_id          = string
    role_name           = optional(string)
    external_id         = optional(string)
    region              = string
    function_arn        = string
    schedule_group_name = string
    scheduler_role_arn  = string
    memory_mb           = optional(number)
    architecture        = optional(string)
    made_at             = optional(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = !contains(keys(var.locations), "here")
    error_message = "`here` is the module's own location: give this one another name."
  }
}

variable "max_monthly_cost_usd" {
  description = "The most that all monitors together may cost a month, in US dollars. A plan that would cost more fails; the README says when that can't be seen."
  type        = number
  default     = null
}

variable "metrics_role" {
  description = <<-EOT
    Makes the role that locations of other accounts write the metrics of this account's services with; its ARN is the output `metrics_role_arn`.
    `source_accounts` are the ids of those accounts, `source_role_arns` single roles in them. Everything else is said by the resource
    `hinomi_metrics_role`.
  EOT
  type = object({
    permissions_boundary = optional(string)
    source_accounts      = optional(set(string))
    source_role_arns     = optional(set(string))
  })
  default = null
}

variable "metrics_role_arn" {
  description = "ARN of a role of your own in this account that locations of other accounts write the probes' metrics with, which they name in their `assumable_role_arns`. Without it `metrics_role` makes one."
  type        = string
  default     = null
}

variable "monitors" {
  description = <<-EOT
    The services that are watched, by name. Each has one of `url`, `tcp`, `dns` and `tls`, and `impact` (`critical`, `high`, `normal`, `low`) or an
    `interval`; `impact` sets all that isn't set here. An `interval` of `10s`, `20s` or `30s` has to be asked for, and costs dollars where a minute costs cents. `engine` is `probe`, which costs cents, or `canary`, billed per run. `alarm` says how many
    runs must fail (`failures`, of the latest `out_of`) and who is told beside the account's topics. `locations` are the places that a probe runs
    from: `here`, the module's own, and the keys of the variable `locations`; all of them without it. Everything else is said by the resource
    `hinomi_synthetic_monitor`, whose object `http` is spread out here.
  EOT
  type = map(object({
    description = string
    impact      = optional(string)
    interval    = optional(string)
    owner       = optional(string)
    runbook_url = optional(string)
    engine      = optional(string, "probe")

    url = optional(string)
    tcp = optional(object({
      host   = string
      port   = number
      send   = optional(string)
      expect = optional(string)
    }))
    dns = optional(object({
      name     = string
      record   = optional(string)
      resolver = optional(string)
      contains = optional(set(string))
      equals   = optional(set(string))
    }))
    tls = optional(object({
      host               = string
      port               = optional(number)
      server_name        = optional(string)
      days_left_at_least = optional(number)
    }))

    alarm = optional(object({
      failures           = optional(number)
      out_of             = optional(number)
      tell_recovery      = optional(bool)
      topic_arns         = optional(set(string), [])
      treat_missing_data = optional(string)
    }), {})
    assertions = optional(object({
      status                 = optional(string)
      response_time_below_ms = optional(number)
      tls_days_left_at_least = optional(number)
      headers = optional(map(object({
        equals       = optional(string)
        not_equals   = optional(string)
        contains     = optional(string)
        not_contains = optional(string)
        matches      = optional(string)
        exists       = optional(bool)
      })))
      body = optional(object({
        equals       = optional(string)
        not_equals   = optional(string)
        contains     = optional(set(string))
        not_contains = optional(set(string))
        matches      = optional(string)
      }))
      json = optional(map(object({
        equals       = optional(string)
        not_equals   = optional(string)
        contains     = optional(string)
        not_contains = optional(string)
        exists       = optional(bool)
      })))
    }))
    body                 = optional(string)
    enabled              = optional(bool)
    failing_locations    = optional(number)
    headers              = optional(map(string))
    locations            = optional(set(string))
    max_monthly_cost_usd = optional(number)
    mention              = optional(bool)
    method               = optional(string)
    redirects            = optional(number)
    reminder             = optional(string)
    retries              = optional(number)
    secret_headers       = optional(map(object({ secret = string, prefix = optional(string) })))
    timeout              = optional(string)
    timeouts = optional(object({
      create = optional(string)
      update = optional(string)
      delete = optional(string)
    }))
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.monitors) : can(regex("^[a-z0-9][a-z0-9-]*$", name))])
    error_message = "A monitor's name holds lower-case letters, digits and `-`, and doesn't begin with `-`: ${join(", ", [for name in keys(var.monitors) : name if !can(regex("^[a-z0-9][a-z0-9-]*$", name))])}."
  }

  validation {
    condition     = alltrue([for monitor in var.monitors : monitor.locations == null ? true : length(setsubtract(monitor.locations, concat(["here"], keys(var.locations)))) == 0])
    error_message = "A monitor's `locations` are `here` and the keys of the variable `locations`: ${join(", ", setsubtract(flatten([for monitor in var.monitors : tolist(coalesce(monitor.locations, []))]), concat(["here"], keys(var.locations))))} is none of them."
  }

  validation {
    condition     = alltrue([for monitor in var.monitors : monitor.engine == "probe" || monitor.locations == null])
    error_message = "A canary runs in the account and region of its monitor: `locations` are for the engine `probe`. It is set on ${join(", ", [for name, monitor in var.monitors : name if monitor.engine != "probe" && monitor.locations != null])}."
  }

  validation {
    condition     = alltrue([for monitor in var.monitors : monitor.url != null ? true : alltrue([for setting in [monitor.method, monitor.headers, monitor.secret_headers, monitor.body, monitor.redirects, monitor.assertions] : setting == null])])
    error_message = "`method`, `headers`, `secret_headers`, `body`, `redirects` and `assertions` are of a `url`: ${join(", ", [for name, monitor in var.monitors : name if monitor.url == null])} has none."
  }
}

variable "name" {
  description = "Short name of the account, such as `shop-production`. It names the relay, the location and the cost alert, and the webhook where that has no name of its own."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{0,31}$", var.name))
    error_message = "The name has 1 to 32 lower-case letters, digits and `-`, and doesn't begin with `-`."
  }
}

variable "purpose" {
  description = "What the account is for, in a few words: messages say so beside its name, where `account.id` is given or the module makes a location."
  type        = string
  default     = null
}

variable "region" {
  description = "Region of the relay, the location, the monitors and the webhook's parameter. Without it, the provider's own."
  type        = string
  default     = null
}

variable "relay" {
  description = <<-EOT
    How what rings is told. It is made with `webhook`, and with `webhook_parameter_arn`, the SSM parameter of a webhook that exists already.
    With `hub`, the `queue_arn` of another account's relay, this one is a spoke of that one. `mentions` are who is called, by impact;
    `routes` send some messages elsewhere; `ring` sends a test message whenever it changes; `emails` are told when Discord can't be.
    Everything else is said by the resource `hinomi_alert_relay`.
  EOT
  type = object({
    accounts                = optional(map(object({ name = string, purpose = optional(string) })))
    architecture            = optional(string)
    bot_token_parameter_arn = optional(string)
    emails                  = optional(set(string))
    health                  = optional(bool)
    hub                     = optional(object({ queue_arn = string, role_name = optional(string), external_id = optional(string) }))
    language                = optional(string)
    log_retention_days      = optional(number)
    memory_mb               = optional(number)
    mentions                = optional(map(object({ roles = optional(set(string)), users = optional(set(string)), everyone = optional(bool) })))
    permissions_boundary    = optional(string)
    regions                 = optional(set(string))
    ring                    = optional(string)
    role_arn                = optional(string)
    routes = optional(map(object({
      webhook_parameter_arn = optional(string)
      thread_id             = optional(string)
      impacts               = optional(set(string))
      kinds                 = optional(set(string))
      accounts              = optional(set(string))
    })))
    scheduler_role_arn = optional(string)
    source_accounts    = optional(set(string))
    source_regions     = optional(set(string))
    thread_id          = optional(string)
    timeouts = optional(object({
      create = optional(string)
      update = optional(string)
      delete = optional(string)
    }))
    timezone              = optional(string)
    webhook_parameter_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.relay == null ? true : length([for way in [var.webhook, var.relay.hub, var.relay.webhook_parameter_arn] : way if way != null]) == 1
    error_message = "A relay has one way to be heard: `webhook`, `relay.webhook_parameter_arn` or `relay.hub`."
  }
}

variable "tags" {
  description = "Tags of everything, over the provider's `default_tags`."
  type        = map(string)
  default     = null
}

variable "webhook" {
  description = <<-EOT
    The Discord channel whose webhook is made, and told what rings. Its URL is kept in the SSM parameter `parameter_name` of the account, and
    nowhere else. With `url_wo_version` the webhook is one that a person made, whose URL is in `webhook_url_wo`. Everything else is said by the
    resource `hinomi_discord_webhook`.
  EOT
  type = object({
    audit_log_reason  = optional(string)
    avatar            = optional(string)
    channel_id        = optional(string)
    delete_on_destroy = optional(bool)
    kms_key_id        = optional(string)
    name              = optional(string)
    parameter_name    = optional(string)
    timeouts = optional(object({
      create = optional(string)
      update = optional(string)
      delete = optional(string)
    }))
    url_wo_version = optional(number)
  })
  default = null
}

variable "webhook_url_wo" {
  description = "URL of a webhook that a person made: it is adopted, and no bot is needed. Only the first run with a new `webhook.url_wo_version` needs it."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true
}
