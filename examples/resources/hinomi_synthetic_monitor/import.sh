# By account, region and the canary's name in AWS, through a role that the provider assumes:
terraform import hinomi_synthetic_monitor.checkout monitoring@123456789012/eu-west-1/hinomi-default_checkout

# By the monitor's name, in the provider's own account and region:
terraform import hinomi_synthetic_monitor.checkout checkout
