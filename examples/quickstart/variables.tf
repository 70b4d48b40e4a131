variable "accounts" {
  description = "The accounts whose costs are told, by their ids: their names and what they are for. Those that are left out have the name that AWS knows."
  type        = map(object({ name = string, purpose = optional(string) }))
  default     = {}
}

variable "allowed_networks" {
  description = "Private networks (CIDR) that checks may reach."
  type        = set(string)
  default     = null
}

variable "budgets_usd" {
  description = "What each account may cost a month, in US dollars, by its id."
  type        = map(number)
  default     = {}
}

variable "discord_base_url" {
  description = "Address of Discord's API, for a proxy. Null means Discord itself."
  type        = string
  default     = null
}

variable "discord_channel_id" {
  description = "Id of the Discord channel whose webhook is made."
  type        = string
}

variable "events" {
  description = "Times that are planned to cost more, by name: first and last day, the ids of the accounts that take part, and what they may cost in that time."
  type        = map(object({ start = string, end = string, accounts = optional(set(string)), budget_usd = optional(number) }))
  default     = {}
}

variable "keep_history" {
  description = "Whether the recorded costs stay when everything is destroyed."
  type        = bool
  default     = true
}

variable "language" {
  description = "Language of the messages: `en` or `ja`."
  type        = string
  default     = "en"
}

variable "region" {
  description = "AWS region of everything."
  type        = string
  default     = "eu-west-1"
}

variable "ring" {
  description = "A new value sends a test message, marked as one."
  type        = string
  default     = null
}

variable "shop_url" {
  description = "Address of the shop's health check."
  type        = string
  default     = "https://shop.example.com/checkout/health"
}

variable "timezone" {
  description = "Time zone of the morning on which costs are told."
  type        = string
  default     = "UTC"
}
