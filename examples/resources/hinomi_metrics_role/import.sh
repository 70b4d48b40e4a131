# The id is `account/name`, with `role@` before it when the account is entered by a role.
terraform import hinomi_metrics_role.home 111111111111/home
terraform import hinomi_metrics_role.other monitoring@222222222222/other

# In the provider's own account the name alone will do.
terraform import hinomi_metrics_role.home home
