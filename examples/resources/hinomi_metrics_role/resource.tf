# The monitors' home: locations of two other accounts may write their metrics here, and nothing else.
resource "hinomi_metrics_role" "home" {
  name            = "home"
  source_accounts = ["222222222222", "333333333333"]

  # A location there that runs with a role of its own.
  source_role_arns = ["arn:aws:iam::333333333333:role/watch/probe"]
}

# A place in another account, which the provider enters by itself. Its function may take the role on.
resource "hinomi_monitor_location" "elsewhere" {
  name = "elsewhere"

  account = {
    id        = "222222222222"
    role_name = "hinomi"
  }

  assumable_role_arns = [hinomi_metrics_role.home.arn]
}

# A monitor of the home account that is checked from there.
resource "hinomi_synthetic_monitor" "checkout" {
  name             = "checkout"
  engine           = "probe"
  impact           = "critical"
  locations        = { elsewhere = hinomi_monitor_location.elsewhere.location }
  metrics_role_arn = hinomi_metrics_role.home.arn

  http = {
    url = "https://shop.example.com/health"
  }
}
