"""The way of a call: recognise, count, fault, validate, then serve here or in ministack."""

from __future__ import annotations

import gzip
import sys
import time
import traceback
from typing import Any, Callable, NoReturn

from . import answers
from .athena import Athena
from .authorization import Authorization
from .budgets.alerts import Alerts as BudgetAlerts
from .budgets.operations import Budgets
from .budgets.spend import Spending
from .budgets.store import Store as BudgetStore
from .buckets import Buckets
from .calls import CallCounts, Faults
from .cloudwatch.service import CloudWatch
from .costs.service import CostExplorer
from .event_sources import EventSources
from .exchange import Call, Caller, DropConnection, Refusal, Request, Response
from .functions import Functions
from .glue import Glue
from .identity import Identities, as_account, check_assume_role
from .organizations.operations import Organizations
from .organizations.store import Store as OrganizationStore
from .parameters import Parameters
from .parsing import parse
from .pricing import Pricing
from .processes import kill_with_key
from .prose import check_prose
from .queues import Queues
from .roles import Roles
from .rules import Rules
from .schedules.firing import Firing
from .schedules.operations import Schedules
from .schedules.store import Store as ScheduleStore
from .services import BY_SIGNING_NAME, SERVICES, model_of, operation_model, protocol_and_operation
from .settings import Settings
from .synthetics.operations import Canaries
from .synthetics.store import Store as CanaryStore
from .synthetics.tags import Tags as CanaryTags
from .tables import Tables
from .tagging import Tagging
from .topics import Topics
from .underlay import Underlay, UnderlayError
from .validation import validate

Handler = Callable[[Call], dict[str, Any]]
Intercept = Callable[[Call], Response]
_NOBODY = Caller("", "")


class Gateway:
    """Everything that the layer holds."""

    def __init__(self, underlay: Underlay) -> None:
        self.underlay = underlay
        self.identities = Identities()
        self.counts = CallCounts()
        self.faults = Faults()
        self.settings = Settings()
        self.canaries = CanaryStore(self.settings)
        self.organizations = OrganizationStore()
        self.costs = CostExplorer(underlay, self.settings, self.organizations)
        self.budgets = BudgetStore(Spending(self.costs.costs))
        self.budget_alerts = BudgetAlerts(self.budgets, underlay)
        self.glue = Glue()
        self.athena = Athena()
        self.alarms = CloudWatch(underlay, self.settings)
        self.schedules = ScheduleStore(self.settings)
        self.firing = Firing(self.schedules, underlay, self.settings)
        self.authorization = Authorization(underlay, self.organizations, self.athena)
        self._handlers: dict[tuple[str, str], Handler] = {}
        for service, table in (
            ("synthetics", Canaries(self.canaries, underlay).handlers()),
            ("synthetics", CanaryTags(self.canaries, underlay).handlers()),
            ("budgets", Budgets(self.budgets).handlers()),
            ("ce", self.costs.handlers()),
            ("organizations", Organizations(self.organizations).handlers()),
            ("glue", self.glue.handlers()),
            ("athena", self.athena.handlers()),
            ("cloudwatch", self.alarms.handlers()),
            ("scheduler", Schedules(self.schedules, underlay, self.canaries).handlers()),
            ("pricing", Pricing().handlers()),
        ):
            self._handlers.update({(service, name): handler for name, handler in table.items()})
        self._intercepts: dict[tuple[str, str], Intercept] = {
            ("sts", "AssumeRole"): self._assume_role, ("sts", "GetCallerIdentity"): self._caller_identity}
        self.functions = Functions(underlay, self.canaries, self.settings)
        self.event_sources = EventSources(underlay, self.settings)
        self.queues = Queues(underlay, self.settings)
        self.tables = Tables(underlay, self.settings)
        self.topics = Topics(underlay)
        self.buckets = Buckets(underlay, self.authorization, self.settings)
        tagging = Tagging(underlay, self.canaries, self.budgets, self.alarms, self.schedules, self.costs, self.glue, self.athena)
        for part in (Parameters(underlay), self.functions, self.event_sources, self.queues, self.tables, self.topics, self.buckets,
                     Rules(underlay), Roles(underlay), tagging):
            self._intercepts.update(part.intercepts())

    def serve(self, request: Request) -> Response:
        """Answers one request of an SDK."""
        scope = self.identities.scope(request)
        if scope is None:
            return answers.refuse_unrecognised(403, "MissingAuthenticationToken", "The request is not signed.")
        access_key, region, signing_name = scope
        service = BY_SIGNING_NAME.get(signing_name)
        if service is None:
            return answers.refuse_unrecognised(400, "UnknownOperationException", f"The stand-in has no service {signing_name!r}.")
        protocol, name = protocol_and_operation(service.name, request)
        caller = self.identities.caller(access_key)
        call = Call(request, service.name, None, protocol, caller or _NOBODY,
                    "global" if service.is_global else region, region)
        try:
            call.operation = operation_model(service.name, name, request)
        except Refusal as refusal:
            call.operation = _Nameless(service.name)
            return answers.refuse(call, refusal)
        if caller is None:
            return answers.refuse(call, _unknown_key(protocol))
        self.counts.add(call)
        if caller.function_arn is not None:
            as_account(request, access_key, caller.account)
        return self._with_fault(call, self.faults.take(call))

    def _with_fault(self, call: Call, action: Any) -> Response:
        if action in ("drop_before", "kill_before"):
            self._end(call, action)
        if action == "throttle":
            service = SERVICES[call.service]
            return answers.refuse(call, Refusal(service.throttled, "Rate exceeded", service.throttled_status))
        if isinstance(action, dict) and "error" in action:
            error = action["error"]
            text = error.get("message", "Injected by the test.")
            return answers.refuse(call, Refusal(error["code"], text, error.get("status", 400)))
        if isinstance(action, dict):
            time.sleep(action["delay_ms"] / 1000)
            if call.request.is_abandoned():
                # As in a network that was slow: what its sender gave up never arrives, and meets no later test.
                raise DropConnection
        response = self._answer(call)
        if action in ("drop_after", "kill_after"):
            self._end(call, action)
        return response

    @staticmethod
    def _end(call: Call, action: str) -> NoReturn:
        """The connection breaks; `kill` ends the calling function's processes as well."""
        if action.startswith("kill"):
            kill_with_key(call.caller.function_key)
        raise DropConnection

    def _answer(self, call: Call) -> Response:
        try:
            _decompress(call)
            call.params = parse(call)
            validate(call)
            self._check_caller(call)
            check_prose(call)
            handler = self._handlers.get((call.service, call.name))
            if handler is not None:
                return answers.answer(call, handler(call))
            if SERVICES[call.service].own_state:
                text = f"The stand-in does not implement {call.service}:{call.name}."
                raise Refusal("UnknownOperationException", text)
            intercept = self._intercepts.get((call.service, call.name))
            return self._checked(call, intercept(call) if intercept else self.underlay.forward(call.request))
        except Refusal as refusal:
            return answers.refuse(call, refusal)
        except UnderlayError as error:
            if error.status < 500 and error.service == call.service and error.code:
                return answers.refuse(call, Refusal(error.code, error.message, error.status))
            return answers.refuse(call, Refusal("StandInFailure", f"{call.service}:{call.name}: ministack said {error}"))
        except Exception as error:  # A fault of the stand-in must be told at once, not retried by the SDK as a 500.
            traceback.print_exc(file=sys.stderr)
            text = f"The stand-in itself failed at {call.service}:{call.name}: {type(error).__name__}: {error}"
            return answers.refuse(call, Refusal("StandInFailure", text))

    def _check_caller(self, call: Call) -> None:
        """The caller's own policies, then those of the resource when it is another account's."""
        self.authorization.check(call)
        if call.service == "sqs":
            self.queues.check_caller(call)
        elif call.service == "sns":
            self.topics.check_caller(call)

    def _checked(self, call: Call, response: Response) -> Response:
        """ministack's own failures become a 400, because an SDK would retry a 500."""
        if call.service == "iam" and not call.name.startswith(("Get", "List")):
            self.authorization.forget(call.account)
        says_nothing = response.status == 400 and not response.body and call.request.method != "HEAD"
        if response.status < 500 and not says_nothing:
            return response
        text = f"ministack answered {response.status} to {call.service}:{call.name}: {response.body[:300].decode('utf-8', 'replace')}"
        return answers.refuse(call, Refusal("StandInFailure", text))

    def _assume_role(self, call: Call) -> Response:
        check_assume_role(call, self.underlay)
        response = self.underlay.forward(call.request)
        self.identities.learn(call.params["RoleArn"], response)
        return response

    def _caller_identity(self, call: Call) -> Response:
        """ministack doesn't know the keys of functions."""
        if call.caller.function_arn is None:
            return self.underlay.forward(call.request)
        role_id = self.underlay.call("iam", "GetRole", call.account, "us-east-1", RoleName=(call.caller.role_arn or "").rpartition("/")[2])["Role"]["RoleId"]
        user_id = f"{role_id}:{call.caller.arn.rpartition('/')[2]}"
        return answers.answer(call, {"Account": call.account, "Arn": call.caller.arn, "UserId": user_id})


def _unknown_key(protocol: str) -> Refusal:
    """How each protocol's services word an access key that they don't know ("Common errors" of the API references)."""
    text = "The security token included in the request is invalid."
    if protocol == "rest-xml":
        return Refusal("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403)
    if protocol == "query":
        return Refusal("InvalidClientTokenId", text, 403)
    return Refusal("UnrecognizedClientException", text, 400 if protocol == "json" else 403)


def _decompress(call: Call) -> None:
    """SDKs compress large requests of some operations, PutMetricData among them. An S3 object stays as it is."""
    headers = call.request.headers
    if call.service != "s3" and headers.get("content-encoding") == "gzip":
        call.request.body = gzip.decompress(call.request.body)
        del headers["content-encoding"]


class _Nameless:
    """Takes the place of an operation when there is none; enough to word a refusal."""

    def __init__(self, service: str) -> None:
        self.name = ""
        self.service_model = model_of(service)
        self.error_shapes: list[Any] = []
