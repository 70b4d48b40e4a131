"""EventBridge rules and their targets.

Sources: API of EventBridge; user guide, "Amazon EventBridge quotas". Whether a target's own policy admits EventBridge is asked
when an event is delivered (`child.py`), as AWS does.
"""

from __future__ import annotations

from typing import Any, Callable

from . import answers
from .exchange import Call, Refusal, Response
from .underlay import Underlay, UnderlayError

_TARGETS = 5


class Rules:
    """The intercepted operations."""

    def __init__(self, underlay: Underlay) -> None:
        self._underlay = underlay

    def intercepts(self) -> dict[tuple[str, str], Callable[[Call], Response]]:
        """Service and operation to what answers it."""
        table = {"PutRule": self.put, "DeleteRule": self.delete, "PutTargets": self.put_targets, "RemoveTargets": self.of_rule,
                 "ListTargetsByRule": self.of_rule, "EnableRule": self.of_rule, "DisableRule": self.of_rule}
        return {("events", name): handler for name, handler in table.items()}

    def _bus(self, call: Call) -> str:
        return str(call.params.get("EventBusName", "default"))

    def _rule(self, call: Call, name: str) -> dict[str, Any]:
        try:
            return self._underlay.call("events", "DescribeRule", call.account, call.region, Name=name, EventBusName=self._bus(call))
        except UnderlayError:
            raise Refusal("ResourceNotFoundException", f"Rule {name} does not exist on EventBus {self._bus(call)}.") from None

    def _targets(self, call: Call, name: str) -> list[dict[str, Any]]:
        answer = self._underlay.call("events", "ListTargetsByRule", call.account, call.region, Rule=name, EventBusName=self._bus(call))
        return list(answer["Targets"])

    def put(self, call: Call) -> Response:
        """PutRule: something must make it fire. Tags count at creation only."""
        if not call.params.get("EventPattern") and not call.params.get("ScheduleExpression"):
            raise Refusal("ValidationException", "Parameter(s) EventPattern or ScheduleExpression must be specified.")
        if call.params.get("Tags"):
            try:
                self._rule(call, call.params["Name"])
            except Refusal:
                return self._underlay.forward(call.request)
            kept = {name: value for name, value in call.params.items() if name != "Tags"}
            answer = self._underlay.call("events", "PutRule", call.account, call.region, **kept)
            return answers.answer(call, {"RuleArn": answer["RuleArn"]})
        return self._underlay.forward(call.request)

    def delete(self, call: Call) -> Response:
        """DeleteRule: targets first."""
        if self._targets(call, call.params["Name"]):
            raise Refusal("ValidationException", "Rule can't be deleted since it has targets.")
        return self._underlay.forward(call.request)

    def put_targets(self, call: Call) -> Response:
        """PutTargets: five at most."""
        self._rule(call, call.params["Rule"])
        names = {target["Id"] for target in self._targets(call, call.params["Rule"])} | {target["Id"] for target in call.params["Targets"]}
        if len(names) > _TARGETS:
            raise Refusal("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
        for target in call.params["Targets"]:
            if sum(name in target for name in ("Input", "InputPath", "InputTransformer")) > 1:
                raise Refusal("ValidationException", f"Only one of Input, InputPath, or InputTransformer must be provided for target {target['Id']}.")
        return self._underlay.forward(call.request)

    def of_rule(self, call: Call) -> Response:
        """What needs the rule."""
        self._rule(call, call.params.get("Rule") or call.params["Name"])
        return self._underlay.forward(call.request)

