# A place in Tokyo that checks run from. It costs nothing until a monitor uses it.
resource "hinomi_monitor_location" "tokyo" {
  name   = "tokyo"
  region = "ap-northeast-1"

  # Canaries run here too: their bucket and their role come with it.
  canaries                = true
  artifact_retention_days = 14

  # A token that a check sends in a header; the policy allows this secret and no other.
  secret_arns = ["arn:aws:secretsmanager:ap-northeast-1:111111111111:secret:shop/health-token-AbCdEf"]

  tags = { team = "watch" }
}

# The same in another account, which the provider enters by itself, from within a VPC: it reaches
# what is not public, and nothing but these networks of it.
resource "hinomi_monitor_location" "inside" {
  name   = "inside"
  region = "eu-central-1"

  account = {
    id        = "222222222222"
    role_name = "hinomi"
  }

  vpc = {
    subnet_ids         = ["subnet-0a1b2c3d4e5f60718", "subnet-0f1e2d3c4b5a69788"]
    security_group_ids = ["sg-0123456789abcdef0"]
  }
  allowed_networks = ["10.20.0.0/16"]

  # The monitors have their home in the account of the provider block: their metrics are written
  # there, through a role such as `hinomi_metrics_role` makes.
  assumable_role_arns = ["arn:aws:iam::111111111111:role/hinomi-default_home-metrics"]

  log_retention_days   = 90
  permissions_boundary = "arn:aws:iam::222222222222:policy/boundary"
}

# What a reviewer may want to see before an apply.
output "permissions_of_the_probe" {
  value = jsondecode(hinomi_monitor_location.tokyo.policy_json)
}
