"""The operations of Budgets, apart from budget actions."""

from __future__ import annotations

from typing import Any, Callable

from ..exchange import Call, Refusal
from ..paging import page
from . import rules
from .history import performance
from .store import Budget, Notification, Store, completed

_TAG_LIMIT = 50
_Handler = Callable[[Call], dict[str, Any]]


class Budgets:
    """Handlers of the operations, by name."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def handlers(self) -> dict[str, _Handler]:
        """Operation name to handler; each runs alone, so that no two change a budget at once."""
        table: dict[str, _Handler] = {
            "CreateBudget": self.create, "DescribeBudget": self.read, "DescribeBudgets": self.describe,
            "UpdateBudget": self.update, "DeleteBudget": self.delete,
            "CreateNotification": self.create_notification, "UpdateNotification": self.update_notification,
            "DeleteNotification": self.delete_notification, "DescribeNotificationsForBudget": self.notifications,
            "DescribeBudgetNotificationsForAccount": self.notifications_of_account,
            "CreateSubscriber": self.create_subscriber, "UpdateSubscriber": self.update_subscriber,
            "DeleteSubscriber": self.delete_subscriber, "DescribeSubscribersForNotification": self.subscribers,
            "DescribeBudgetPerformanceHistory": self.history,
            "TagResource": self.tag, "UntagResource": self.untag, "ListTagsForResource": self.tags,
        }
        return {name: self._alone(handler) for name, handler in table.items()}

    def _alone(self, handler: _Handler) -> _Handler:
        def run(call: Call) -> dict[str, Any]:
            given = call.params.get("AccountId")
            if given is not None and given != call.account:
                # A caller of a member account sees its own budgets only.
                text = f"Account {call.account} is not authorized to perform budgets actions on account {given}"
                raise Refusal("AccessDeniedException", text, 400)
            with self._store.lock:
                return handler(call)

        return run

    def _find(self, call: Call, name: str | None = None) -> Budget:
        wanted = name or call.params["BudgetName"]
        budget = self._store.find(call.account, wanted)
        if budget is None:
            raise Refusal("NotFoundException", f"Unable to get budget: {wanted} - the budget doesn't exist.", 400)
        return budget

    def create(self, call: Call) -> dict[str, Any]:
        """CreateBudget, with its first notifications and tags: all or nothing."""
        values = call.params["Budget"]
        now = self._store.spending.now(call.account)
        rules.check_budget(values, now)
        budget = Budget(call.account, completed(values, now), now)
        for item in call.params.get("NotificationsWithSubscribers", []):
            self._add_notification(budget, item["Notification"], item["Subscribers"])
        budget.tags = _checked_tags({tag["Key"]: tag["Value"] for tag in call.params.get("ResourceTags", [])})
        self._store.add(budget)
        return {}

    def read(self, call: Call) -> dict[str, Any]:
        """DescribeBudget."""
        return {"Budget": self._shown(call, self._find(call))}

    def _shown(self, call: Call, budget: Budget) -> dict[str, Any]:
        return budget.shown(bool(call.params.get("ShowFilterExpression")), self._store.spending)

    def describe(self, call: Call) -> dict[str, Any]:
        """DescribeBudgets: 100 a page by default."""
        found, token = _page(call, self._store.listed(call.account), 100)
        return {"Budgets": [self._shown(call, budget) for budget in found], "NextToken": token}

    def update(self, call: Call) -> dict[str, Any]:
        """UpdateBudget: replaces everything but the name, the notifications and the tags."""
        values = call.params["NewBudget"]
        budget = self._find(call, values["BudgetName"])
        now = self._store.spending.now(call.account)
        rules.check_budget(values, now)
        if values["TimeUnit"] == "DAILY" and any(item.values["NotificationType"] == "FORECASTED" for item in budget.notifications):
            raise rules.refuse("FORECASTED notifications are not available for DAILY budgets")
        budget.values, budget.updated = completed(values, now), now
        return {}

    def history(self, call: Call) -> dict[str, Any]:
        """DescribeBudgetPerformanceHistory: newest periods last, 100 a page."""
        shown = performance(self._find(call), self._store)
        found, token = _page(call, shown["BudgetedAndActualAmountsList"], 100)
        return {"BudgetPerformanceHistory": {**shown, "BudgetedAndActualAmountsList": found}, "NextToken": token}

    def delete(self, call: Call) -> dict[str, Any]:
        """DeleteBudget: notifications and subscribers go with it."""
        self._store.remove(self._find(call))
        return {}

    def _add_notification(self, budget: Budget, values: dict[str, Any], subscribers: list[dict[str, Any]]) -> None:
        rules.check_notification(budget.values, values, [item.values for item in budget.notifications])
        rules.check_subscribers(subscribers, budget.account)
        budget.notifications.append(Notification(_without_state(values), list(subscribers)))

    def create_notification(self, call: Call) -> dict[str, Any]:
        """CreateNotification."""
        self._add_notification(self._find(call), call.params["Notification"], call.params["Subscribers"])
        return {}

    def update_notification(self, call: Call) -> dict[str, Any]:
        """UpdateNotification: subscribers stay."""
        budget = self._find(call)
        notification = budget.notification(call.params["OldNotification"])
        others = [item.values for item in budget.notifications if item is not notification]
        rules.check_notification(budget.values, call.params["NewNotification"], others)
        notification.values, notification.state, notification.told = _without_state(call.params["NewNotification"]), "OK", None
        return {}

    def delete_notification(self, call: Call) -> dict[str, Any]:
        """DeleteNotification, with its subscribers."""
        budget = self._find(call)
        budget.notifications.remove(budget.notification(call.params["Notification"]))
        return {}

    def notifications(self, call: Call) -> dict[str, Any]:
        """DescribeNotificationsForBudget."""
        found, token = _page(call, [item.shown() for item in self._find(call).notifications], 100)
        return {"Notifications": found, "NextToken": token}

    def notifications_of_account(self, call: Call) -> dict[str, Any]:
        """DescribeBudgetNotificationsForAccount: 50 budgets a page by default."""
        items = [{"BudgetName": budget.name, "Notifications": [item.shown() for item in budget.notifications]}
                 for budget in self._store.listed(call.account) if budget.notifications]
        found, token = _page(call, items, 50)
        return {"BudgetNotificationsForAccount": found, "NextToken": token}

    def _notification(self, call: Call) -> tuple[Budget, Notification]:
        budget = self._find(call)
        return budget, budget.notification(call.params["Notification"])

    def create_subscriber(self, call: Call) -> dict[str, Any]:
        """CreateSubscriber."""
        _, notification = self._notification(call)
        subscribers = [*notification.subscribers, call.params["Subscriber"]]
        rules.check_subscribers(subscribers, call.account)
        notification.subscribers = subscribers
        return {}

    def update_subscriber(self, call: Call) -> dict[str, Any]:
        """UpdateSubscriber: one in the place of another."""
        _, notification = self._notification(call)
        index = _index(notification, call.params["OldSubscriber"])
        subscribers = list(notification.subscribers)
        subscribers[index] = call.params["NewSubscriber"]
        rules.check_subscribers(subscribers, call.account)
        notification.subscribers = subscribers
        return {}

    def delete_subscriber(self, call: Call) -> dict[str, Any]:
        """DeleteSubscriber: with the last one goes the notification (API reference)."""
        budget, notification = self._notification(call)
        del notification.subscribers[_index(notification, call.params["Subscriber"])]
        if not notification.subscribers:
            budget.notifications.remove(notification)
        return {}

    def subscribers(self, call: Call) -> dict[str, Any]:
        """DescribeSubscribersForNotification."""
        found, token = _page(call, self._notification(call)[1].subscribers, 100)
        return {"Subscribers": found, "NextToken": token}

    def _tagged(self, call: Call) -> Budget:
        arn = call.params["ResourceARN"]
        prefix = f"arn:aws:budgets::{call.account}:budget/"
        if not arn.startswith(prefix):
            raise rules.refuse(f"Invalid resource ARN: {arn}")
        return self._find(call, arn.removeprefix(prefix))

    def tag(self, call: Call) -> dict[str, Any]:
        """TagResource: adds and replaces."""
        budget = self._tagged(call)
        budget.tags = _checked_tags({**budget.tags, **{tag["Key"]: tag["Value"] for tag in call.params["ResourceTags"]}})
        return {}

    def untag(self, call: Call) -> dict[str, Any]:
        """UntagResource."""
        budget = self._tagged(call)
        budget.tags = {key: value for key, value in budget.tags.items() if key not in call.params["ResourceTagKeys"]}
        return {}

    def tags(self, call: Call) -> dict[str, Any]:
        """ListTagsForResource."""
        return {"ResourceTags": [{"Key": key, "Value": value} for key, value in sorted(self._tagged(call).tags.items())]}


def _page(call: Call, items: list[Any], default: int) -> tuple[list[Any], str | None]:
    size = call.params.get("MaxResults", default)
    return page(items, call.params.get("NextToken"), size, "InvalidNextTokenException")


def _without_state(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != "NotificationState"}


def _index(notification: Notification, subscriber: dict[str, Any]) -> int:
    if subscriber not in notification.subscribers:
        raise Refusal("NotFoundException", "Unable to get subscriber - the subscriber doesn't exist.", 400)
    return notification.subscribers.index(subscriber)


def _checked_tags(tags: dict[str, str]) -> dict[str, str]:
    """AWS general reference, "Tag naming limits and requirements": 50 user tags, none beginning with aws:."""
    if len(tags) > _TAG_LIMIT:
        raise Refusal("ServiceQuotaExceededException", f"A budget can have at most {_TAG_LIMIT} tags.")
    if any(key.lower().startswith("aws:") for key in tags):
        raise rules.refuse("Tag keys must not begin with aws:")
    return tags
