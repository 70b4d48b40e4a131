variable "allowed_networks" {
  description = "Private networks (CIDR) that checks may reach."
  type        = set(string)
  default     = null
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
