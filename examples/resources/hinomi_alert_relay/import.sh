# A relay by the id of its account, its home region and its name; a role goes before them: `role@account/region/name`.
terraform import hinomi_alert_relay.ops hinomi@111111111111/ap-northeast-1/ops

# In the provider's account and region its name is enough. A spoke's other regions are found by the next apply.
terraform import hinomi_alert_relay.ops ops
