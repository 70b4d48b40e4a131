# The module's own logic, with the provider mocked: what is made, and how the parts are wired together.

# All runs plan: `terraform test` can't apply a module with an ephemeral variable that isn't given.
mock_provider "hinomi" {
  override_during = plan

  mock_resource "hinomi_synthetic_monitor" {
    defaults = {
      estimated_monthly_cost_usd = 5
      interval                   = "5m"
      runs_per_month             = 8760
    }
  }

  mock_resource "hinomi_discord_webhook" {
    defaults = {
      parameter_arns = {
        account = "arn:aws:ssm:eu-west-1:111111111111:parameter/hinomi/shop/discord-webhook"
      }
    }
  }

  mock_resource "hinomi_alert_relay" {
    defaults = {
      queue_arn = "arn:aws:sqs:eu-west-1:111111111111:relay"
      topic_arns = {
        eu-west-1 = "arn:aws:sns:eu-west-1:111111111111:relay"
        us-east-1 = "arn:aws:sns:us-east-1:111111111111:relay"
      }
    }
  }

  mock_resource "hinomi_metrics_role" {
    defaults = {
      arn = "arn:aws:iam::111111111111:role/hinomi-default_shop-metrics"
    }
  }

  mock_resource "hinomi_monitor_location" {
    defaults = {
      canary_role_arn = "arn:aws:iam::111111111111:role/canaries"
      artifact_bucket = "reports"
      location = {
        name                = "shop"
        account_id          = "111111111111"
        role_name           = null
        external_id         = null
        region              = "eu-west-1"
        function_arn        = "arn:aws:lambda:eu-west-1:111111111111:function:probe"
        schedule_group_name = "probes"
        scheduler_role_arn  = "arn:aws:iam::111111111111:role/scheduler"
        memory_mb           = 128
        architecture        = "x86_64"
      }
    }
  }
}

variables {
  name    = "shop"
  purpose = "ticket shop, production"
  region  = "eu-west-1"
  account = { id = "111111111111", role_name = "monitoring" }
  tags    = { team = "shop" }
}

run "nothing_is_made_unasked" {
  command = plan

  assert {
    condition     = length(hinomi_discord_webhook.this) + length(hinomi_alert_relay.this) + length(hinomi_monitor_location.this) + length(hinomi_synthetic_monitor.this) + length(hinomi_cost_alert.this) == 0
    error_message = "An account without webhook, monitors and budget has no resources."
  }

  assert {
    condition     = output.webhook == null && output.relay == null && output.location == null && output.cost_alert == null && output.estimated_monthly_cost_usd == 0
    error_message = "The outputs of what is not there are null, and the price is nothing."
  }
}

run "all_parts_live_in_the_account" {
  command = plan

  variables {
    alarm_topic_arns = ["arn:aws:sns:eu-west-1:111111111111:alarms"]
    webhook          = { channel_id = "123456789012345678" }
    anomaly          = { at_least_usd = 50 }
    budget           = { limit_usd = 100 }
    monitors = {
      checkout = {
        url         = "https://shop.example.com/"
        impact      = "critical"
        description = "Visitors can't pay."
        alarm       = { topic_arns = ["arn:aws:sns:eu-west-1:111111111111:pager"] }
        assertions  = { status = "200" }
      }
      docs = {
        url         = "https://docs.example.com/"
        interval    = "30m"
        description = "Documentation."
        alarm       = { failures = 3, out_of = 5, tell_recovery = false, treat_missing_data = "breaching" }
      }
    }
  }

  assert {
    condition     = join(" ", keys(hinomi_synthetic_monitor.this)) == "checkout docs"
    error_message = "Monitors are keyed by the caller's names."
  }

  assert {
    condition     = alltrue([for monitor in hinomi_synthetic_monitor.this : monitor.account.id == "111111111111" && monitor.region == "eu-west-1" && monitor.engine == "probe"])
    error_message = "Every monitor lives in the account and region, and is a probe unless it says otherwise."
  }

  assert {
    condition     = alltrue([for monitor in hinomi_synthetic_monitor.this : join(" ", keys(monitor.locations)) == "here" && monitor.canary == null])
    error_message = "Probes run from the module's own location."
  }

  assert {
    condition     = toset(hinomi_synthetic_monitor.this["checkout"].alarm.topic_arns) == toset(["arn:aws:sns:eu-west-1:111111111111:alarms", "arn:aws:sns:eu-west-1:111111111111:pager", hinomi_alert_relay.this[0].topic_arns[hinomi_alert_relay.this[0].region]])
    error_message = "An alarm tells the relay, the account's topics and the monitor's own."
  }

  assert {
    condition     = hinomi_synthetic_monitor.this["docs"].alarm.failures == 3 && hinomi_synthetic_monitor.this["docs"].alarm.out_of == 5 && !hinomi_synthetic_monitor.this["docs"].alarm.tell_recovery && hinomi_synthetic_monitor.this["docs"].alarm.treat_missing_data == "breaching" && hinomi_synthetic_monitor.this["checkout"].impact == "critical"
    error_message = "`alarm` and `impact` reach the monitor."
  }

  assert {
    condition     = hinomi_discord_webhook.this[0].name == "shop" && hinomi_discord_webhook.this[0].publish_to["account"].parameter_name == "/hinomi/shop/discord-webhook"
    error_message = "The webhook and its parameter are named after the account."
  }

  assert {
    condition     = hinomi_alert_relay.this[0].webhook_parameter_arn == "arn:aws:ssm:eu-west-1:111111111111:parameter/hinomi/shop/discord-webhook" && hinomi_alert_relay.this[0].accounts["111111111111"].purpose == "ticket shop, production"
    error_message = "The relay rings at the module's webhook and knows what the account is for."
  }

  assert {
    condition     = join(" ", keys(hinomi_cost_alert.this[0].budget.thresholds)) == "actual-100 actual-80 forecast-100" && length(hinomi_cost_alert.this[0].budget.topic_arns) == 1
    error_message = "A budget without thresholds has the three that most accounts need, and tells the relay."
  }

  assert {
    condition     = hinomi_cost_alert.this[0].anomaly.at_least_usd == 50 && length(hinomi_cost_alert.this[0].anomaly.topic_arns) == 1
    error_message = "Anomalies are told by the relay as well."
  }

  assert {
    condition     = output.estimated_monthly_cost_usd == 10 && output.monitors["docs"].runs_per_month == 8760
    error_message = "The price is the sum over all monitors."
  }

  assert {
    condition     = output.location.region == "eu-west-1"
    error_message = "Other accounts may probe from here."
  }
}

run "a_canary_gets_its_role_and_bucket" {
  command = plan

  variables {
    monitors = {
      checkout = { url = "https://shop.example.com/", interval = "5m", description = "Shop.", engine = "canary" }
    }
  }

  assert {
    condition     = hinomi_monitor_location.this[0].canaries && hinomi_synthetic_monitor.this["checkout"].canary.artifact_bucket == "reports" && hinomi_synthetic_monitor.this["checkout"].locations == null
    error_message = "A canary runs with what the location makes for it."
  }
}

run "a_canary_of_the_callers" {
  command = plan

  variables {
    canary = { own = { execution_role_arn = "arn:aws:iam::111111111111:role/mine", artifact_bucket = "mine" }, memory_mb = 2048 }
    monitors = {
      checkout = { url = "https://shop.example.com/", interval = "5m", description = "Shop.", engine = "canary" }
    }
  }

  assert {
    condition     = length(hinomi_monitor_location.this) == 0 && hinomi_synthetic_monitor.this["checkout"].canary.artifact_bucket == "mine" && hinomi_synthetic_monitor.this["checkout"].canary.memory_mb == 2048
    error_message = "With a role and a bucket of the caller's, the module makes none."
  }
}

run "both_engines_and_a_canary_of_the_callers" {
  command = plan

  variables {
    canary = { own = { execution_role_arn = "arn:aws:iam::111111111111:role/mine", artifact_bucket = "mine" }, memory_mb = 2048 }
    monitors = {
      checkout = { url = "https://shop.example.com/", interval = "5m", description = "Shop.", engine = "canary" }
      search   = { url = "https://shop.example.com/search", interval = "5m", description = "Search." }
    }
  }

  assert {
    condition     = length(hinomi_monitor_location.this) == 1 && !hinomi_monitor_location.this[0].canaries && hinomi_synthetic_monitor.this["search"].locations != null
    error_message = "A probe needs a place also where canaries have a role of the caller's."
  }
}

run "probes_from_elsewhere" {
  command = plan

  variables {
    locations = {
      tokyo = {
        name                = "tokyo"
        account_id          = "222222222222"
        region              = "ap-northeast-1"
        function_arn        = "arn:aws:lambda:ap-northeast-1:222222222222:function:probe"
        schedule_group_name = "probes"
        scheduler_role_arn  = "arn:aws:iam::222222222222:role/scheduler"
      }
    }
    monitors = {
      checkout = { url = "https://shop.example.com/", interval = "5m", description = "Shop." }
    }
  }

  assert {
    condition     = length(hinomi_monitor_location.this) == 0 && join(" ", keys(hinomi_synthetic_monitor.this["checkout"].locations)) == "tokyo"
    error_message = "With locations of the caller's, the module makes none unless it is asked to."
  }
}

run "probes_of_another_account_get_their_role" {
  command = plan

  variables {
    metrics_role = {
      source_accounts      = ["222222222222"]
      source_role_arns     = ["arn:aws:iam::333333333333:role/probes"]
      permissions_boundary = "arn:aws:iam::111111111111:policy/boundary"
    }
    locations = {
      tokyo = {
        name                = "tokyo"
        account_id          = "222222222222"
        region              = "ap-northeast-1"
        function_arn        = "arn:aws:lambda:ap-northeast-1:222222222222:function:probe"
        schedule_group_name = "probes"
        scheduler_role_arn  = "arn:aws:iam::222222222222:role/scheduler"
      }
    }
    monitors = {
      checkout = { url = "https://shop.example.com/", interval = "5m", description = "Shop." }
    }
  }

  assert {
    condition     = hinomi_metrics_role.this[0].source_accounts == toset(["222222222222"]) && hinomi_synthetic_monitor.this["checkout"].metrics_role_arn == hinomi_metrics_role.this[0].arn && output.metrics_role_arn == hinomi_metrics_role.this[0].arn
    error_message = "The monitors take the role that is made, and the other account learns of it."
  }

  assert {
    condition     = hinomi_metrics_role.this[0].source_role_arns == toset(["arn:aws:iam::333333333333:role/probes"]) && hinomi_metrics_role.this[0].permissions_boundary == "arn:aws:iam::111111111111:policy/boundary"
    error_message = "The role's sources and its boundary are the caller's."
  }
}

run "a_monitor_chooses_its_places" {
  command = plan

  variables {
    locations = {
      tokyo = {
        name                = "tokyo"
        account_id          = "222222222222"
        region              = "ap-northeast-1"
        function_arn        = "arn:aws:lambda:ap-northeast-1:222222222222:function:probe"
        schedule_group_name = "probes"
        scheduler_role_arn  = "arn:aws:iam::222222222222:role/scheduler"
      }
    }
    monitors = {
      checkout = { url = "https://shop.example.com/", interval = "5m", description = "Shop.", locations = ["here", "tokyo"] }
      docs     = { url = "https://docs.example.com/", interval = "5m", description = "Docs.", locations = ["here"] }
      search   = { url = "https://shop.example.com/search", interval = "5m", description = "Search." }
      archive  = { url = "https://shop.example.com/archive", interval = "5m", description = "Archive.", engine = "canary" }
    }
  }

  assert {
    condition     = { for name, monitor in hinomi_synthetic_monitor.this : name => join(" ", keys(coalesce(monitor.locations, {}))) } == { archive = "", checkout = "here tokyo", docs = "here", search = "tokyo" }
    error_message = "A monitor runs from the places it names, and else from the caller's; that a canary needs the module's own changes nothing for the others."
  }
}

run "places_are_known" {
  command = plan

  variables {
    monitors = {
      checkout = { url = "https://shop.example.com/", interval = "5m", description = "Shop.", locations = ["osaka"] }
    }
  }

  expect_failures = [var.monitors]
}

run "a_canary_has_no_places" {
  command = plan

  variables {
    monitors = {
      checkout = { url = "https://shop.example.com/", interval = "5m", description = "Shop.", engine = "canary", locations = ["here"] }
    }
  }

  expect_failures = [var.monitors]
}

run "what_is_of_a_url_needs_one" {
  command = plan

  variables {
    monitors = {
      mail = { tcp = { host = "mail.example.com", port = 587 }, interval = "5m", description = "Mail.", assertions = { status = "200" } }
    }
  }

  expect_failures = [var.monitors]
}

run "an_adopted_webhook_keeps_its_name" {
  command = plan

  variables {
    webhook        = { url_wo_version = 1 }
    webhook_url_wo = "https://discord.com/api/webhooks/123456789012345678/token"
  }

  assert {
    condition     = hinomi_discord_webhook.this[0].name != "shop" && hinomi_discord_webhook.this[0].url_wo_version == 1
    error_message = "A person gave it its name."
  }
}

run "a_spoke_has_no_webhook" {
  command = plan

  variables {
    relay = { hub = { queue_arn = "arn:aws:sqs:eu-west-1:222222222222:relay" }, regions = ["eu-west-1", "us-east-1"] }
  }

  assert {
    condition     = hinomi_alert_relay.this[0].hub.queue_arn == "arn:aws:sqs:eu-west-1:222222222222:relay" && hinomi_alert_relay.this[0].webhook_parameter_arn == null && hinomi_alert_relay.this[0].accounts == null
    error_message = "A spoke feeds its hub, and knows neither webhook nor accounts."
  }
}

run "one_purse" {
  command = plan

  variables {
    max_monthly_cost_usd = 4
    monitors = {
      checkout = { url = "https://shop.example.com/", interval = "5m", description = "Shop." }
    }
  }

  override_resource {
    target          = hinomi_synthetic_monitor.this
    override_during = plan
    values          = { estimated_monthly_cost_usd = 5 }
  }

  expect_failures = [output.estimated_monthly_cost_usd]
}

run "a_purse_that_is_just_enough" {
  command = plan

  variables {
    max_monthly_cost_usd = 3.3
    monitors = {
      one   = { url = "https://one.example.com/", interval = "5m", description = "One." }
      two   = { url = "https://two.example.com/", interval = "5m", description = "Two." }
      three = { url = "https://three.example.com/", interval = "5m", description = "Three." }
    }
  }

  # Three times 1.1 is a trace more than 3.3 as Terraform counts.
  override_resource {
    target          = hinomi_synthetic_monitor.this
    override_during = plan
    values          = { estimated_monthly_cost_usd = 1.1 }
  }

  assert {
    condition     = output.estimated_monthly_cost_usd == 3.3
    error_message = "The sum is in whole cents."
  }
}

run "the_purse_holds_each_monitor_too" {
  command = plan

  variables {
    max_monthly_cost_usd = 6
    monitors = {
      checkout = { url = "https://shop.example.com/", interval = "5m", description = "Shop.", max_monthly_cost_usd = 2 }
      docs     = { url = "https://docs.example.com/", interval = "5m", description = "Docs." }
    }
  }

  override_resource {
    target          = hinomi_synthetic_monitor.this
    override_during = plan
    values          = { estimated_monthly_cost_usd = 1 }
  }

  assert {
    condition     = hinomi_synthetic_monitor.this["checkout"].max_monthly_cost_usd == 2 && hinomi_synthetic_monitor.this["docs"].max_monthly_cost_usd == 6
    error_message = "No monitor may cost more than all, or than it says itself."
  }
}

run "names_are_checked" {
  command = plan

  variables {
    monitors = {
      "Check Out" = { url = "https://shop.example.com/", interval = "5m", description = "Shop." }
    }
  }

  expect_failures = [var.monitors]
}

run "anomalies_are_watched_without_a_budget" {
  command = plan

  variables {
    anomaly = { at_least_percent = 40, frequency = "daily", emails = ["ops@example.com"] }
  }

  assert {
    condition     = hinomi_cost_alert.this[0].budget == null && hinomi_cost_alert.this[0].anomaly.topic_arns == null
    error_message = "A summary by e-mail tells no topic."
  }
}

run "an_anomaly_tells_somebody" {
  command = plan

  variables {
    anomaly = { at_least_usd = 50 }
  }

  expect_failures = [var.anomaly]
}

run "a_budget_tells_somebody" {
  command = plan

  variables {
    budget = { limit_usd = 100 }
  }

  expect_failures = [var.budget]
}

run "a_relay_has_one_way" {
  command = plan

  variables {
    relay = { ring = "2026-11-24" }
  }

  expect_failures = [var.relay]
}
