# The bell of the operations team. A bot that may manage webhooks in the channel makes it; the bot's
# token is in DISCORD_BOT_TOKEN.
resource "hinomi_discord_webhook" "operations" {
  channel_id       = "1310000000000000001"
  name             = "Fire watch"
  avatar           = "data:image/png;base64,${filebase64("${path.module}/bell.png")}"
  audit_log_reason = "Terraform: hinomi"

  # Whoever knows the webhook's URL can write to the channel. So it is in no plan and no state, but
  # in encrypted parameters, each in an account and region of its own.
  publish_to = {
    # Where the provider's defaults lead.
    monitoring = {
      parameter_name = "/hinomi/operations/webhook-url"
    }

    # Another account, which reads the URL with a key of its own.
    shop = {
      parameter_name = "/hinomi/operations/webhook-url"
      region         = "eu-west-1"
      kms_key_id     = "alias/alerts"
      account = {
        id        = "210987654321"
        role_name = "hinomi"
      }
    }
  }

  tags = {
    team = "infra"
  }
}

# Those who ring the bell are given the parameter, not the URL.
output "webhook_parameter_arns" {
  value = hinomi_discord_webhook.operations.parameter_arns
}

# A webhook that somebody made in the channel's settings is adopted by its URL: no bot is needed. The
# URL is given once, as TF_VAR_festival_webhook_url; later runs read it from the parameter.
variable "festival_webhook_url" {
  type      = string
  ephemeral = true
  sensitive = true
  default   = null
}

resource "hinomi_discord_webhook" "festival" {
  url_wo         = var.festival_webhook_url
  url_wo_version = 1

  publish_to = {
    monitoring = { parameter_name = "/hinomi/festival/webhook-url" }
  }
}
