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
  description = "SNS topics that every monitor's alarm tells, in the monitors' own region. A monitor's `topic_arns` come on top."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "budget" {
  description = <<-EOT
    What the account may cost, and who is told. `thresholds` are shares of the limit (`percent`) or sums (`usd`), of what was spent (`actual`)
    or what the period will come to (`forecast`). Without thresholds: at 80 and 100 percent, and when 100 percent is forecast.
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
    condition     = var.budget == null ? true : length(var.budget.emails) > 0 || var.budget.topic_arn != null
    error_message = "A budget that tells nobody is of no use: give `budget.emails`, `budget.topic_arn`, or both."
  }
}

variable "canary" {
  description = "What the monitors run with: a role that Lambda may assume and a bucket for the reports, both in the account. Required when there are monitors."
  type = object({
    execution_role_arn = string
    artifact_bucket    = string
    artifact_prefix    = optional(string)
    runtime_version    = optional(string)
  })
  default = null
}

variable "max_monthly_cost_usd" {
  description = "The most that all monitors together may cost a month, in US dollars. A plan that would cost more fails."
  type        = number
  default     = null
}

variable "monitors" {
  description = <<-EOT
    The services that are watched, by name. `interval` is the time between two runs, each of which is billed; `alarm_after` is how many runs in a
    row must fail. Everything else is said by the resource `hinomi_synthetic_monitor`.
  EOT
  type = map(object({
    url         = string
    interval    = string
    description = string
    owner       = optional(string)
    runbook_url = optional(string)

    alarm_after = optional(number, 2)
    assertions = optional(object({
      status                 = optional(string)
      response_time_below_ms = optional(number)
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
      }))
      json = optional(map(object({
        equals       = optional(string)
        not_equals   = optional(string)
        contains     = optional(string)
        not_contains = optional(string)
        exists       = optional(bool)
      })))
    }))
    body           = optional(string)
    enabled        = optional(bool, true)
    headers        = optional(map(string))
    method         = optional(string, "GET")
    retries        = optional(number, 0)
    secret_headers = optional(map(object({ secret = string, prefix = optional(string) })))
    timeout        = optional(string)
    topic_arns     = optional(set(string), [])
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.monitors) : can(regex("^[a-z0-9][a-z0-9-]*$", name))])
    error_message = "A monitor's name holds lower-case letters, digits and `-`, and doesn't begin with `-`: ${join(", ", [for name in keys(var.monitors) : name if !can(regex("^[a-z0-9][a-z0-9-]*$", name))])}."
  }

  validation {
    condition     = length(var.monitors) == 0 || var.canary != null
    error_message = "Monitors need `canary`: the role that they run with and the bucket for their reports."
  }
}

variable "name" {
  description = "Short name of the account, such as `shop-production`. It names the cost alert, and the webhook where that has no name of its own."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{0,31}$", var.name))
    error_message = "The name has 1 to 32 lower-case letters, digits and `-`, and doesn't begin with `-`."
  }
}

variable "region" {
  description = "Region of the monitors and of the webhook's parameter. Without it, the provider's own."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of everything, over the provider's `default_tags`."
  type        = map(string)
  default     = null
}

variable "webhook" {
  description = "The Discord channel whose webhook is made. Its URL is kept in the SSM parameter `parameter_name` of the account, and nowhere else, for whatever sends messages to the channel."
  type = object({
    channel_id     = string
    name           = optional(string)
    parameter_name = optional(string)
    kms_key_id     = optional(string)
  })
  default = null
}
