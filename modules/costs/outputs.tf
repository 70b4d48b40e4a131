output "estimated_monthly_cost_usd" {
  description = "What the report costs in an average month, in US dollars."
  value       = hinomi_cost_report.this.estimated_monthly_cost_usd
}

output "event_budgets" {
  description = "The budgets of events by the events' names: name, ARN and status, which is `expired` once the event is over."
  value = { for name, alert in hinomi_cost_alert.event : name => {
    arn         = alert.arn
    budget_name = alert.budget_name
    status      = alert.status
  } }
}

output "history" {
  description = "Where the recorded costs are: the bucket and the prefix, the table in Athena, the workgroup and the names of its saved queries. `bucket`, `prefix` and `region` are what the data sources `hinomi_costs` and `hinomi_event_cost` take."
  value = {
    bucket    = hinomi_cost_report.this.bucket_name
    prefix    = try(var.history.prefix, null)
    region    = hinomi_cost_report.this.region
    database  = hinomi_cost_report.this.database_name
    table     = hinomi_cost_report.this.table_name
    workgroup = hinomi_cost_report.this.workgroup_name
    queries   = hinomi_cost_report.this.queries
  }
}

output "report" {
  description = "The report's function, its schedule, and the role that roles of other accounts trust which `sources` name."
  value = {
    execution_role_arn  = hinomi_cost_report.this.execution_role_arn
    function_arn        = hinomi_cost_report.this.function_arn
    function_name       = hinomi_cost_report.this.function_name
    schedule_group_name = hinomi_cost_report.this.schedule_group_name
    schedule_expression = hinomi_cost_report.this.schedule_expression
  }
}

output "webhook" {
  description = "The webhook: its id, and the ARN of the parameter that holds its URL. Null without a webhook."
  value = one([for webhook in hinomi_discord_webhook.this : {
    id            = webhook.id
    parameter_arn = webhook.parameter_arns["account"]
  }])
}
