# Everything that rings in the account of the ticket shop is told in one channel on Discord: alarms of two
# regions, budgets, cost anomalies and AWS Health. What is urgent calls the people on duty.
resource "hinomi_alert_relay" "ops" {
  name    = "ops"
  account = { id = "111111111111", role_name = "hinomi" }
  region  = "ap-northeast-1"
  regions = ["ap-northeast-1", "us-east-1"]

  # The parameter with the webhook's URL, as `hinomi_discord_webhook` made it. The URL itself is nowhere in
  # the state: the function reads the parameter when it posts.
  webhook_parameter_arn = "arn:aws:ssm:ap-northeast-1:111111111111:parameter/hinomi/ops"

  language = "ja"
  timezone = "Asia/Tokyo"

  routes = {
    # What is about money goes to a thread of the same channel.
    money = {
      thread_id = "1310000000000000002"
      kinds     = ["budget", "anomaly"]
    }
    # What can wait goes to a channel that nobody has to watch.
    quiet = {
      webhook_parameter_arn = "arn:aws:ssm:ap-northeast-1:111111111111:parameter/hinomi/quiet"
      impacts               = ["low"]
    }
  }

  # Who is called when an incident opens, by its impact.
  mentions = {
    critical = { roles = ["1310000000000000003"] }
    high     = { users = ["1310000000000000004"] }
  }

  # What messages call the accounts.
  accounts = {
    "111111111111" = { name = "tickets", purpose = "ticket shop, production" }
    "222222222222" = { name = "stage", purpose = "live streams" }
  }

  # The spoke below feeds this relay's queue.
  source_accounts = ["222222222222"]

  # When Discord itself is gone, or the webhook was deleted.
  emails = ["oncall@example.com"]

  # The drill: change the text to send a test message the whole way.
  ring = "2026-11 drill"

  tags = { purpose = "alerts" }
}

# Alarms use the topic of their own region; budgets and anomalies that of any.
output "alarm_topic" {
  value = hinomi_alert_relay.ops.topic_arns["us-east-1"]
}

# Another account rings through the same function and to the same channels.
resource "hinomi_alert_relay" "stage" {
  name    = "ops"
  account = { id = "222222222222", role_name = "hinomi" }
  region  = "ap-northeast-1"

  hub = {
    queue_arn = hinomi_alert_relay.ops.queue_arn
    # The role in the hub's account that subscribes the queue.
    role_name = "hinomi"
  }
}
