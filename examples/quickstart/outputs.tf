output "estimated_monthly_cost_usd" {
  description = "What the monitors cost in an average month, in US dollars."
  value       = module.account.estimated_monthly_cost_usd
}

output "monitors" {
  description = "The monitors and their objects in AWS."
  value       = module.account.monitors
}
