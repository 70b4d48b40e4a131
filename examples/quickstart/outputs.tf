output "costs" {
  description = "The morning's report: its function and schedule, where the history is, and what it costs a month."
  value = {
    estimated_monthly_cost_usd = module.costs.estimated_monthly_cost_usd
    history                    = module.costs.history
    report                     = module.costs.report
  }
}

output "estimated_monthly_cost_usd" {
  description = "What the monitors cost in an average month, in US dollars."
  value       = module.account.estimated_monthly_cost_usd
}

output "monitors" {
  description = "The monitors and their objects in AWS."
  value       = module.account.monitors
}
