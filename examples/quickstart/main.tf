# One account's watch: what is watched, what it may cost, and the webhook of the team's channel.

terraform {
  required_version = ">= 1.11"

  required_providers {
    hinomi = {
      source  = "hinomi/hinomi"
      version = ">= 0.1.0"
    }
  }
}

# Credentials come from the usual AWS environment, the bot's token from DISCORD_BOT_TOKEN.
provider "hinomi" {
  region = var.region
  stack  = "quickstart"

  discord = {
    base_url = var.discord_base_url
  }
}

module "account" {
  source = "../../modules/account"

  name             = "shop-production"
  alarm_topic_arns = [var.topic_arn]

  webhook = {
    channel_id = var.discord_channel_id
  }

  canary = {
    execution_role_arn = var.execution_role_arn
    artifact_bucket    = var.artifact_bucket
  }

  # The purse of all monitors: a plan that would cost more fails.
  max_monthly_cost_usd = 20

  monitors = {
    checkout = {
      url         = "https://shop.example.com/checkout/health"
      interval    = "5m"
      description = "Visitors can't pay while this is down."
      owner       = "team-shop"
      runbook_url = "https://wiki.example.com/runbooks/checkout"
      assertions = {
        status                 = "200"
        response_time_below_ms = 3000
        json                   = { "$.status" = { equals = "ok" } }
      }
    }

    docs = {
      url         = "https://docs.example.com/"
      interval    = "30m"
      description = "The documentation: an outage is a nuisance, no more."
      owner       = "team-docs"
    }
  }

  budget = {
    limit_usd = 500
    emails    = ["ops@example.com"]
    topic_arn = var.topic_arn
  }
}
