# The id is that of the webhook, which is part of its URL and no secret. The provider needs a bot.
# Parameters can't be imported: the next apply writes those of publish_to.
terraform import hinomi_discord_webhook.operations 1310000000000000007
