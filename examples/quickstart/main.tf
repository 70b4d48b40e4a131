# One account's watch: what is watched and from where, what it may cost, and the Discord channel where it rings.
# Where the account pays for others, each morning also tells what all of them cost.

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

  name    = "shop-production"
  purpose = "ticket shop, production"

  # The channel's webhook, and the relay that tells there what rings. A new value of `ring` sends a test message.
  webhook = {
    channel_id = var.discord_channel_id
  }

  relay = {
    language = var.language
    ring     = var.ring
  }

  # The place that checks run from. Private networks are refused unless they are named.
  location = {
    allowed_networks = var.allowed_networks
  }

  # The purse of all monitors: a plan that would cost more fails.
  max_monthly_cost_usd = 20

  # `impact` says how often each is checked, when it rings, and who is called.
  monitors = {
    checkout = {
      url         = var.shop_url
      impact      = "critical"
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
      impact      = "low"
      description = "The documentation: an outage is a nuisance, no more."
      owner       = "team-docs"
    }
  }

  budget = {
    limit_usd = 500
    emails    = ["ops@example.com"]
  }

  # A service that costs 20 dollars and 30 % more than usual rings as well.
  anomaly = {
    at_least_usd     = 20
    at_least_percent = 30
  }
}

# What all accounts cost, each morning in the same channel.
module "costs" {
  source = "../../modules/costs"

  name                  = "company"
  webhook_parameter_arn = module.account.webhook.parameter_arn
  language              = var.language
  time                  = "09:00"
  timezone              = var.timezone
  weekly_digest         = "monday"

  # Who they are and what they are for, what each may cost, and when more is planned.
  accounts    = var.accounts
  budgets_usd = var.budgets_usd

  # What an event may cost in all is a budget of its own, which rings in the same channel.
  events = { for name, event in var.events : name => merge(event, {
    topic_arns = event.budget_usd == null ? null : [module.account.relay.topic_arns[var.region]]
  }) }

  # A plan that would cost more fails: each call of Cost Explorer is 0.01 dollars.
  max_monthly_cost_usd = 5
  force_destroy        = !var.keep_history
}
