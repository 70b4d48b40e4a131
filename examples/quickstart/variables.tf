variable "artifact_bucket" {
  description = "Name of an S3 bucket in the account, for the reports of the canaries."
  type        = string
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

variable "execution_role_arn" {
  description = "ARN of the IAM role that the canaries run with."
  type        = string
}

variable "region" {
  description = "AWS region of the monitors."
  type        = string
  default     = "eu-west-1"
}

variable "topic_arn" {
  description = "ARN of an SNS topic that alarms and budget notices go to."
  type        = string
}
