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

variable "budget" {
  description = <<-EOT
    What the account may cost, and who is told. `thresholds` are shares of the limit (`percent`) or sums (`usd`), of what was spent (`actual`)
    or what the period will come to (`forecast`). Without thresholds: at 80 and 100 percent, and when 100 percent is forecast. The relay
    is told unless `topic_arn` names another topic.
  EOT
  type = object({
    limit_usd = number
    period    = optional(string, "monthly")
    emails    = optional(set(string), [])
    topic_arn = optional(string)
    filters = optional(object({
      services = optional(set(string))
      regions  = optional(set(string))
      tags     = optional(map(set(string)))
    }))
    thresholds = optional(map(object({
      percent = optional(number)
      usd     = optional(number)
      basis   = optional(string, "actual")
    })))
  })
  default = null

  validation {
    condition     = var.budget == null ? true : length(var.budget.emails) > 0 || var.budget.topic_arn != null || var.relay != null || var.webhook != null
    error_message = "A budget that tells nobody is of no use: give `budget.emails`, `budget.topic_arn`, or the account a `webhook`."
  }
}

variable "canary" {
  description = "What canaries run with, where you have a role and a bucket for them already. Without it the module makes both when a monitor has the engine `canary`."
  type = object({
    execution_role_arn = string
    artifact_bucket    = string
    artifact_prefix    = optional(string)
    runtime_version    = optional(string)
  })
  default = null
}

variable "location" {
  description = <<-EOT
    Settings of the place in this account and region that checks run from. It is made when a monitor needs it, and always with this.
    `allowed_networks` are private networks (CIDR) that may be checked, `secret_arns` the secrets that checks may send as headers,
    `assumable_role_arns` the roles in other accounts that metrics of their monitors are written with. `force_destroy` lets the reports of
    canaries go with their bucket.
  EOT
  type = object({
    allowed_networks    = optional(set(string))
    architecture        = optional(string)
    assumable_role_arns = optional(set(string))
    force_destroy       = optional(bool)
    memory_mb           = optional(number)
    secret_arns         = optional(set(string))
    vpc = optional(object({
      subnet_ids         = set(string)
      security_group_ids = set(string)
    }))
  })
  default = null
}

variable "locations" {
  description = "Further places that the probes of all monitors run from, by a name of yours: the output `location` of another module, or the attribute `location` of a `hinomi_monitor_location`. With any of them, and without `location`, the module makes no place of its own."
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
  description = "The most that all monitors together may cost a month, in US dollars. A plan that would cost more fails."
  type        = number
  default     = null
}

variable "metrics_role_arn" {
  description = "ARN of the role in this account that locations of other accounts write the probes' metrics with: needed for `locations` elsewhere, which name it in their `assumable_role_arns`."
  type        = string
  default     = null
}

variable "monitors" {
  description = <<-EOT
    The services that are watched, by name. Each has one of `url`, `tcp`, `dns` and `tls`, and `impact` (`critical`, `high`, `normal`, `low`) or an
    `interval`; `impact` sets all that isn't set here. `engine` is `probe`, which costs cents, or `canary`, billed per run. `alarm_after` is how many
    runs in a row must fail. Everything else is said by the resource `hinomi_synthetic_monitor`.
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

    alarm_after = optional(number)
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
    body              = optional(string)
    enabled           = optional(bool, true)
    failing_locations = optional(number)
    headers           = optional(map(string))
    mention           = optional(bool)
    method            = optional(string, "GET")
    redirects         = optional(number)
    reminder          = optional(string)
    retries           = optional(number)
    secret_headers    = optional(map(object({ secret = string, prefix = optional(string) })))
    timeout           = optional(string)
    topic_arns        = optional(set(string), [])
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.monitors) : can(regex("^[a-z0-9][a-z0-9-]*$", name))])
    error_message = "A monitor's name holds lower-case letters, digits and `-`, and doesn't begin with `-`: ${join(", ", [for name in keys(var.monitors) : name if !can(regex("^[a-z0-9][a-z0-9-]*$", name))])}."
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
  EOT
  type = object({
    accounts      = optional(map(object({ name = string, purpose = optional(string) })))
    bot_token_arn = optional(string)
    emails        = optional(set(string))
    hub           = optional(object({ queue_arn = string, role_name = optional(string), external_id = optional(string) }))
    language      = optional(string)
    mentions      = optional(map(object({ roles = optional(set(string)), users = optional(set(string)), everyone = optional(bool) })))
    regions       = optional(set(string))
    ring          = optional(string)
    routes = optional(map(object({
      webhook_parameter_arn = optional(string)
      thread_id             = optional(string)
      impacts               = optional(set(string))
      kinds                 = optional(set(string))
      accounts              = optional(set(string))
    })))
    source_accounts       = optional(set(string))
    source_regions        = optional(set(string))
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
  description = "The Discord channel whose webhook is made, and told what rings. Its URL is kept in the SSM parameter `parameter_name` of the account, and nowhere else."
  type = object({
    channel_id     = string
    name           = optional(string)
    parameter_name = optional(string)
    kms_key_id     = optional(string)
  })
  default = null
}
