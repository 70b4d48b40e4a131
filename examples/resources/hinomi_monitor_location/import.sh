# A location by account, region and name; a role goes before them: `role@account/region/name`.
terraform import hinomi_monitor_location.tokyo hinomi@111111111111/ap-northeast-1/tokyo

# In the provider's account and region its name is enough.
terraform import hinomi_monitor_location.tokyo tokyo
