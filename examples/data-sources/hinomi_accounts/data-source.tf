# All accounts that are in use, as the organization's management account sees them.
data "hinomi_accounts" "all" {
  account = { id = "999999999999", role_name = "hinomi" }
}

# The accounts of two units and of all units below them, with what each is for: the tag that the company puts on its
# accounts. Tags are a call for each account, so that they are read only where they are asked for.
data "hinomi_accounts" "operated" {
  account      = { id = "999999999999", role_name = "hinomi" }
  units        = ["Production", "Events"]
  tags         = { owner = ["web", "infra"] }
  purpose_from = { tag = "purpose" }
}

# A cost alert for each of them.
resource "hinomi_cost_alert" "month" {
  for_each = data.hinomi_accounts.operated.accounts
  name     = "month"
  account  = { id = each.key, role_name = "hinomi" }

  budget = {
    limit_usd  = each.value.purpose == "event" ? 500 : 2000
    emails     = ["infra@example.com"]
    thresholds = { near = { percent = 80 }, over = { percent = 100 } }
  }
}

# What is left of accounts that are closed or on their way out, right below the root. The root goes by its id.
data "hinomi_accounts" "leaving" {
  account             = { id = "999999999999", role_name = "hinomi" }
  units               = [data.hinomi_accounts.all.root_id]
  include_descendants = false
  states              = ["SUSPENDED", "PENDING_CLOSURE", "CLOSED"]
}
