# A budget by the id of its account and its name in AWS; a role goes before them: `role@account/name`.
terraform import hinomi_cost_alert.tickets hinomi@111111111111/hinomi-default.tickets

# In the provider's account its name is enough.
terraform import hinomi_cost_alert.tickets "Team budget 2026"
