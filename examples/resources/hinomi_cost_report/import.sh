# A report by the id of its account, its region and its name; a role goes before them: `role@account/region/name`.
terraform import hinomi_cost_report.daily hinomi@111111111111/ap-northeast-1/daily

# In the provider's account and region its name is enough.
terraform import hinomi_cost_report.daily daily
