"""The way of a call: recognise, count, fault, validate, then serve here or in ministack."""

from __future__ import annotations

import gzip
import sys
import time
import traceback
from typing import Any, Callable

from . import answers
from .alarms import Alarms
from .budgets.operations import Budgets
from .budgets.store import Store as BudgetStore
from .calls import CallCounts, Faults
from .exchange import Call, Caller, DropConnection, Refusal, Request, Response
from .functions import Functions
from .identity import Identities, check_assume_role
from .parameters import Parameters
from .parsing import parse
from .prose import check_prose
from .services import BY_SIGNING_NAME, SERVICES, model_of, operation_model, protocol_and_operation
from .settings import Settings
from .synthetics.operations import Canaries
from .synthetics.store import Store as CanaryStore
from .synthetics.tags import Tags as CanaryTags
from .tagging import Tagging
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
        self.budgets = BudgetStore()
        self._handlers: dict[tuple[str, str], Handler] = {}
        for service, table in (
            ("synthetics", Canaries(self.canaries, underlay).handlers()),
            ("synthetics", CanaryTags(self.canaries, underlay).handlers()),
            ("budgets", Budgets(self.budgets).handlers()),
        ):
            self._handlers.update({(service, name): handler for name, handler in table.items()})
        self._intercepts: dict[tuple[str, str], Intercept] = {("sts", "AssumeRole"): self._assume_role}
        self.alarms = Alarms(underlay)
        for part in (self.alarms, Parameters(underlay), Functions(underlay, self.canaries),
                     Tagging(underlay, self.canaries, self.budgets)):
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
        return self._with_fault(call, self.faults.take(call))

    def _with_fault(self, call: Call, action: Any) -> Response:
        if action == "drop_before":
            raise DropConnection
        if action == "throttle":
            service = SERVICES[call.service]
            return answers.refuse(call, Refusal(service.throttled, "Rate exceeded", service.throttled_status))
        if isinstance(action, dict) and "error" in action:
            error = action["error"]
            text = error.get("message", "Injected by the test.")
            return answers.refuse(call, Refusal(error["code"], text, error.get("status", 400)))
        if isinstance(action, dict):
            time.sleep(action["delay_ms"] / 1000)
        response = self._answer(call)
        if action == "drop_after":
            raise DropConnection
        return response

    def _answer(self, call: Call) -> Response:
        try:
            _decompress(call)
            call.params = parse(call)
            validate(call)
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

    def _checked(self, call: Call, response: Response) -> Response:
        """ministack's own failures become a 400, because an SDK would retry a 500."""
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
