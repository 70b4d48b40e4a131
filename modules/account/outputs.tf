output "cost_alert" {
  description = "The cost alert: name and ARN of its budget, its status, and the ARNs of anomaly monitor and subscription. Null without `budget` and `anomaly`."
  value = one([for alert in hinomi_cost_alert.this : {
    arn              = alert.arn
    budget_name      = alert.budget_name
    monitor_arn      = alert.monitor_arn
    status           = alert.status
    subscription_arn = alert.subscription_arn
  }])
}

output "estimated_monthly_cost_usd" {
  description = "What all monitors cost in an average month, in US dollars."
  value       = local._monthly_cost_usd

  precondition {
    condition     = var.max_monthly_cost_usd == null ? true : local._monthly_cost_usd <= var.max_monthly_cost_usd
    error_message = "The monitors would cost ${format("%.2f", local._monthly_cost_usd)} dollars a month, and `max_monthly_cost_usd` allows ${format("%.2f", coalesce(var.max_monthly_cost_usd, 0))}. Fewer `locations` save most in a probe, a longer interval or the engine `probe` in a canary."
  }
}

output "location" {
  description = "The place in this account that checks run from, for `locations` of other accounts' modules. Null when none is made."
  value       = one([for place in hinomi_monitor_location.this : place.location])
}

output "metrics_role_arn" {
  description = "ARN of the role that locations of other accounts write metrics with, for their `assumable_role_arns`. Null without one."
  value       = local._metrics_role_arn
}

output "monitors" {
  description = "The monitors by name: their objects in AWS, and what they cost."
  value = {
    for name, monitor in hinomi_synthetic_monitor.this : name => {
      alarm_arn                  = monitor.alarm_arn
      canary_arn                 = monitor.canary_arn
      cost_breakdown             = monitor.cost_breakdown
      engine                     = monitor.engine
      estimated_monthly_cost_usd = monitor.estimated_monthly_cost_usd
      interval                   = monitor.interval
      runs_per_month             = monitor.runs_per_month
      schedules                  = monitor.schedules
    }
  }
}

output "relay" {
  description = "The relay: the topics that alarms may tell, by region, and the queue that other accounts' relays may feed (their `hub`). Null without a relay."
  value = one([for relay in hinomi_alert_relay.this : {
    queue_arn  = relay.queue_arn
    topic_arns = relay.topic_arns
  }])
}

output "webhook" {
  description = "The webhook: its id, and the ARN of the parameter that holds its URL. Null without a webhook."
  value = one([for webhook in hinomi_discord_webhook.this : {
    id            = webhook.id
    parameter_arn = webhook.parameter_arns["account"]
  }])
}
