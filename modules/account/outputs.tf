output "cost_alert" {
  description = "The cost alert: name and ARN of its budget. Null without a budget."
  value = one([for alert in hinomi_cost_alert.this : {
    arn         = alert.arn
    budget_name = alert.budget_name
  }])
}

output "estimated_monthly_cost_usd" {
  description = "What all monitors cost in an average month, in US dollars."
  value       = local._monthly_cost_usd

  precondition {
    condition     = var.max_monthly_cost_usd == null ? true : local._monthly_cost_usd <= var.max_monthly_cost_usd
    error_message = "The monitors would cost ${format("%.2f", local._monthly_cost_usd)} dollars a month, and `max_monthly_cost_usd` allows ${format("%.2f", coalesce(var.max_monthly_cost_usd, 0))}. Choose a longer interval where an outage hurts less."
  }
}

output "monitors" {
  description = "The monitors by name: their objects in AWS, and what they cost."
  value = {
    for name, monitor in hinomi_synthetic_monitor.this : name => {
      alarm_arn                  = monitor.alarm_arn
      canary_arn                 = monitor.canary_arn
      canary_name                = monitor.canary_name
      estimated_monthly_cost_usd = monitor.estimated_monthly_cost_usd
      runs_per_month             = monitor.runs_per_month
    }
  }
}

output "webhook" {
  description = "The webhook: its id, and the ARN of the parameter that holds its URL. Null without a webhook."
  value = one([for webhook in hinomi_discord_webhook.this : {
    id            = webhook.id
    parameter_arn = webhook.parameter_arns["account"]
  }])
}
