variable "account" {
  description = "The AWS account that pays for the others, and the role that the provider assumes there. Without it, the provider's own. With `sources` it may be any account."
  type = object({
    id          = optional(string)
    role_name   = optional(string)
    external_id = optional(string)
  })
  default = null
}

variable "accounts" {
  description = "What the accounts are called and what they are for, by their ids. Those that aren't here have the name that AWS knows, and the purpose that `purpose_from` finds."
  type = map(object({
    name    = string
    purpose = optional(string)
  }))
  default  = {}
  nullable = false
}

variable "anomaly_feedback" {
  description = "Whether Cost Anomaly Detection is told that anomalies in the time of an event were planned. Without it, it is."
  type        = bool
  default     = null
}

variable "backfill_months" {
  description = "Months before the present one, 13 at most, that are fetched once from Cost Explorer where the history lacks them. Without it, 5."
  type        = number
  default     = null
}

variable "budgets_usd" {
  description = "What each account may cost in a month of the calendar, in US dollars, by its id: the report shows how much of it is used."
  type        = map(number)
  default     = {}
  nullable    = false
}

variable "currency" {
  description = "Currency in which amounts are shown, at a rate that the report states with its day. Without it, US dollars."
  type = object({
    code    = string
    per_usd = number
    as_of   = optional(string)
  })
  default = null
}

variable "events" {
  description = <<-EOT
    Times that are planned to cost more, by name: `start` and `end` are the first and the last day, in UTC as AWS counts. Nothing rings for them, each morning tells
    what they add to the usual cost, and after the end what they added in all. `accounts` are the ids of those that take part, without it all;
    `tags` are cost allocation tags of the event's own resources in those accounts. With `budget_usd` AWS also watches what accounts and tags cost in that time,
    and tells `emails` or `topic_arns` at 80 and 100 percent. AWS takes no new budget for a time that is over: leave it out then.
  EOT
  type = map(object({
    start         = string
    end           = string
    baseline_days = optional(number)
    accounts      = optional(set(string))
    tags          = optional(map(string))
    budget_usd    = optional(number)
    emails        = optional(set(string))
    topic_arns    = optional(set(string))
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.events) : can(regex("^[a-z0-9][a-z0-9-]*$", name))])
    error_message = "An event's name holds lower-case letters, digits and `-`, and doesn't begin with `-`: ${join(", ", [for name in keys(var.events) : name if !can(regex("^[a-z0-9][a-z0-9-]*$", name))])}."
  }

  validation {
    condition     = alltrue([for event in var.events : event.tags == null || event.accounts != null])
    error_message = "An event's `tags` only say what its own resources cost: name the `accounts` that take part in ${join(", ", [for name, event in var.events : name if event.tags != null && event.accounts == null])}, or nothing rings in any account while it runs."
  }

  validation {
    condition     = alltrue([for event in var.events : event.budget_usd == null ? event.emails == null && event.topic_arns == null : event.emails != null || event.topic_arns != null])
    error_message = "An event's `budget_usd` goes with `emails` or `topic_arns`: ${join(", ", [for name, event in var.events : name if event.budget_usd == null ? event.emails != null || event.topic_arns != null : event.emails == null && event.topic_arns == null])} has one without the other."
  }
}

variable "force_destroy" {
  description = "Whether a destroy also deletes the recorded costs. Without it the bucket stays, and a report of the same name takes it up again."
  type        = bool
  default     = null
}

variable "function" {
  description = "Settings of the function that makes the report, and the roles that it and its schedule run with. Everything is said by the resource `hinomi_cost_report`."
  type = object({
    architecture         = optional(string)
    log_retention_days   = optional(number)
    memory_mb            = optional(number)
    permissions_boundary = optional(string)
    role_arn             = optional(string)
    scheduler_role_arn   = optional(string)
    timeouts = optional(object({
      create = optional(string)
      update = optional(string)
      delete = optional(string)
    }))
  })
  default  = {}
  nullable = false
}

variable "history" {
  description = "Where the history is kept and how Athena finds it, where that isn't left to the report: a `bucket` and a `workgroup` of your own, a `prefix` of the keys, the name of the `database`."
  type = object({
    bucket    = optional(string)
    database  = optional(string)
    prefix    = optional(string)
    workgroup = optional(string)
  })
  default = null
}

variable "language" {
  description = "Language of the messages: `en` or `ja`."
  type        = string
  default     = null
}

variable "max_calls" {
  description = "Calls of Cost Explorer that a morning makes at most, at 0.01 US dollars each. An ordinary morning needs two to four."
  type        = number
  default     = null
}

variable "max_monthly_cost_usd" {
  description = "The most that the report itself may cost a month, in US dollars. A plan that comes to more fails."
  type        = number
  default     = null
}

variable "mentions" {
  description = "Who is called when a spike is new: ids of `roles` and `users`, or `everyone`. Nobody is without it."
  type = object({
    everyone = optional(bool)
    roles    = optional(set(string))
    users    = optional(set(string))
  })
  default = null
}

variable "monthly_digest" {
  description = "Day of the month, 1 to 28, on which the report also has the pace of growth of the last months; `1` comes with the last day of a month."
  type        = number
  default     = null
}

variable "name" {
  description = "Short name of the report, such as `company`: it is part of the names of all that is made."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{0,31}$", var.name))
    error_message = "The name has 1 to 32 lower-case letters, digits and `-`, and doesn't begin with `-`."
  }
}

variable "purpose_from" {
  description = "Where an account's purpose is looked up that `accounts` gives none: the account's tag with the key `tag`, or with `unit` the name of its organizational unit."
  type = object({
    tag  = optional(string)
    unit = optional(bool)
  })
  default = null
}

variable "region" {
  description = "Region of the function, the history and the webhook's parameter. Without it, the provider's own."
  type        = string
  default     = null
}

variable "rules" {
  description = "When a rise rings, each with its default: `at_least_usd` (5), `at_least_percent` (40), `deviations` (5) and so on. Everything is said by the resource `hinomi_cost_report`; `hinomi backtest` tries rules on a history."
  type = object({
    at_least_percent         = optional(number)
    at_least_usd             = optional(number)
    baseline_weeks           = optional(number)
    deviations               = optional(number)
    excluded_services        = optional(set(string))
    growth_at_least_percent  = optional(number)
    new_normal_after_days    = optional(number)
    new_service_at_least_usd = optional(number)
    over_after_days          = optional(number)
    revised_for_days         = optional(number)
    update_step_percent      = optional(number)
  })
  default = null
}

variable "sources" {
  description = "Roles in the accounts whose Cost Explorer is asked, where that isn't the report's own account. Each is asked by itself, and billed."
  type = list(object({
    role_arn    = string
    external_id = optional(string)
  }))
  default = null
}

variable "tags" {
  description = "Tags of everything, over the provider's `default_tags`."
  type        = map(string)
  default     = null
}

variable "thread_id" {
  description = "Id of the thread of the webhook's channel to post in."
  type        = string
  default     = null
}

variable "time" {
  description = "Time of day at which the report comes, as `09:00`, in `timezone`. At 06:00 UTC or later it tells of yesterday, earlier of the day before: in Tokyo it tells of yesterday from 15:00 on."
  type        = string
  default     = null
}

variable "timezone" {
  description = "Time zone of `time`, such as `Asia/Tokyo`. Without it, UTC."
  type        = string
  default     = null
}

variable "webhook" {
  description = <<-EOT
    The Discord channel whose webhook is made, and told each morning. Its URL is kept in the SSM parameter `parameter_name` of the account, and
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

  validation {
    condition     = (var.webhook == null) != (var.webhook_parameter_arn == null)
    error_message = "The report goes to one place: give `webhook`, the channel whose webhook is made, or `webhook_parameter_arn`, the SSM parameter of one that exists."
  }
}

variable "webhook_parameter_arn" {
  description = "ARN of the SSM parameter with the URL of a webhook that exists already, such as the one of the module `account`."
  type        = string
  default     = null
}

variable "webhook_url_wo" {
  description = "URL of a webhook that a person made: it is adopted, and no bot is needed. Only the first run with a new `webhook.url_wo_version` needs it."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true
}

variable "weekly_digest" {
  description = "Weekday on which the report also has the pace of growth of the last weeks, `monday` to `sunday`; `monday` comes with Sunday's figures."
  type        = string
  default     = null
}
