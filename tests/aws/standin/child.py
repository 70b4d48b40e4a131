"""ministack as the layer runs it: a script of its own process, never imported by the layer.

ministack calls itself without HTTP where one service of AWS calls another: a topic that feeds a queue, a queue that feeds a
function, a function that writes its log. The layer doesn't see those ways, so what AWS refuses on them is refused here.
Every patch replaces a function of the pinned version by name; a name that is gone ends the process at once.
"""

from __future__ import annotations

import base64
import json
import os
import re
import sys
import threading
import time
from typing import Any, Callable

from ministack.core import iam_evaluator, lambda_runtime
from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import cloudwatch, cloudwatch_logs, eventbridge, lambda_svc, scheduler, sns, sqs

_INVOCATIONS = os.environ["STANDIN_INVOCATIONS"]
_MEASUREMENTS = os.environ["STANDIN_MEASUREMENTS"]
_LOG_TAIL = 4000
_EVENT_HEAD = 4000
_KEY_PREFIX = "ASIAFUNCTION"
_KEEP_CONNECTIONS_SECONDS = 86_400
_write_lock = threading.Lock()
_first_seen: dict[str, float] = {}


def _replace(module: Any, name: str, make: Callable[[Any], Any]) -> None:
    setattr(module, name, make(getattr(module, name)))


# Credentials and environment of functions.


def _credentials(config: dict[str, Any]) -> dict[str, str]:
    """Keys from which the layer reads role and function (`identity.py`), so that it needs no list of sessions."""
    text = f"{config['Role']} {config['FunctionArn']}"
    key = _KEY_PREFIX + base64.b32encode(text.encode()).decode().rstrip("=")
    return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": "secret-of-a-function", "AWS_SESSION_TOKEN": "session-of-a-function"}


def _environment(config: dict[str, Any], code_dir: str, port: int) -> dict[str, str]:
    """Lambda developer guide, "Defined runtime environment variables". Nothing else of this process gets through.

    AWS_EXECUTION_ENV is missing on purpose: the OS-only runtimes don't set it.
    """
    name = config["FunctionName"]
    kept = {key: os.environ[key] for key in ("PATH", "LD_LIBRARY_PATH") if key in os.environ}
    return {
        **kept,
        **lambda_svc._runtime_env_vars(config),
        "AWS_DEFAULT_REGION": get_region(), "AWS_REGION": get_region(),
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}",
        "AWS_LAMBDA_FUNCTION_NAME": name, "AWS_LAMBDA_FUNCTION_VERSION": config.get("Version", "$LATEST"),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.get("MemorySize", 128)),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": _log_group(config),
        "AWS_LAMBDA_LOG_STREAM_NAME": f"{time.strftime('%Y/%m/%d')}/[$LATEST]{new_uuid().replace('-', '')}",
        "LAMBDA_TASK_ROOT": code_dir, "LAMBDA_RUNTIME_DIR": code_dir, "_HANDLER": config.get("Handler", "bootstrap"),
        "LANG": "en_US.UTF-8", "TZ": ":UTC",
        "AWS_ENDPOINT_URL": os.environ["AWS_ENDPOINT_URL"],
        **_credentials(config),
    }


def _log_group(config: dict[str, Any]) -> str:
    return str(config.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{config['FunctionName']}")


# What a function did.


def _recorded(execute: Callable[..., Any]) -> Callable[..., Any]:
    def dispatch(func: Any, config: dict[str, Any], event: Any, request_id: str, started: float) -> Any:
        result = execute(func, config, event, request_id, started)
        failed = bool(result.get("error"))
        body = result.get("body") if isinstance(result.get("body"), dict) else {"errorMessage": result.get("body")}
        text = json.dumps(event)
        entry = {
            "account": get_account_id(), "region": get_region(), "function": config["FunctionName"], "request_id": request_id,
            "kind": _kind(event), "ok": not failed, "error": f"{body.get('errorType')}: {body.get('errorMessage')}" if failed else None,
            "result": None if failed else result.get("body"), "at": started, "duration_ms": int((time.time() - started) * 1000),
            "event": text if len(text) <= _EVENT_HEAD else f"{text[:_EVENT_HEAD]}…", "log": (result.get("log") or "")[-_LOG_TAIL:],
        }
        with _write_lock, open(_INVOCATIONS, "a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
        return result

    return dispatch


def _kind(event: Any) -> str:
    """Where an event came from, as far as its shape tells."""
    if not isinstance(event, dict):
        return type(event).__name__
    records = event.get("Records")
    if isinstance(records, list) and records and isinstance(records[0], dict):
        return str(records[0].get("eventSource") or records[0].get("EventSource") or "records")
    return str(event.get("detail-type") or event.get("hinomi") or "direct")


def _logs_if_allowed(emit: Callable[..., None]) -> Callable[..., None]:
    """A function's output reaches its log group only when its role may write there (developer guide, "Sending to CloudWatch Logs")."""

    def emit_if_allowed(func: Any, *args: Any, **kwargs: Any) -> None:
        config = func.get("config") or func
        group = _log_group(config)
        arn = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{group}"
        needed = [("logs:CreateLogStream", f"{arn}:log-stream:"), ("logs:PutLogEvents", f"{arn}:log-stream:*")]
        if group not in lambda_svc.importlib.import_module("ministack.services.cloudwatch_logs")._log_groups:
            needed.append(("logs:CreateLogGroup", f"{arn}:log-stream:"))
        if all(_role_allows(config["Role"], action, resource) for action, resource in needed):
            emit(func, *args, **kwargs)

    return emit_if_allowed


def _role_allows(role_arn: str, action: str, resource: str) -> bool:
    """As `authorization.py` decides it for a function's own calls."""
    account, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    policies = iam_evaluator._gather_role_policies(name, account)
    context = iam_evaluator.EvalContext(role_arn, "AssumedRole", account, action, resource, get_region())
    from ministack.services import iam

    layers = [policies, *iam_evaluator._permissions_boundary(iam._roles, name, account)]
    return all(iam_evaluator.evaluate(context, layer).decision == "Allow" for layer in layers)


# Metrics, which the layer keeps (`cloudwatch/feed.py`).


def _measured(**entry: Any) -> None:
    text = json.dumps({"account": get_account_id(), "region": get_region(), **entry})
    with _write_lock, open(_MEASUREMENTS, "a", encoding="utf-8") as file:
        file.write(text + "\n")


def _lines_measured(append: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """Log lines in the embedded metric format, wherever they come from."""

    def append_measured(stream: Any, events: Any) -> None:
        append(stream, events)
        for event in events:
            if '"CloudWatchMetrics"' in event["message"]:
                _measured(line=event["message"])

    return append_measured


def _values_measured(record: Callable[..., None]) -> Callable[..., None]:
    """What ministack's services report of themselves, such as AWS/Lambda Errors."""

    def record_measured(namespace: str, metric_name: str, value: float, unit: str = "None", dimensions: Any = None) -> None:
        record(namespace, metric_name, value, unit, dimensions)
        _measured(namespace=namespace, metric=metric_name, value=value, unit=unit, dimensions=dimensions or {}, at=time.time())

    return record_measured


# Resource policies between services.


def _admits(policy: str | None, service: str, action: str, resource: str, source_arn: str | None) -> bool:
    """Whether a service may do something for `source_arn`; without one it says nothing of its source."""
    account = source_arn.split(":")[4] if source_arn else None
    facts = {"aws:sourcearn": source_arn, "aws:sourceaccount": account, "aws:sourceowner": account, "aws:principalorgid": None}
    context = iam_evaluator.EvalContext("*", "Service", "", action, resource, get_region(), service_context=facts, secure_transport=True)
    return bool(policy) and iam_evaluator.evaluate_resource_policy(policy, context, service).decision == "Allow"


def _queue_admits(queue_arn: str, service: str, source_arn: str, _source_account: str) -> bool:
    """SNS developer guide, "Give permission to the Amazon SNS topic to send messages to the Amazon SQS queue"."""
    queue = sqs._queue_by_arn(queue_arn)
    return queue is not None and _admits(queue["attributes"].get("Policy"), service, "sqs:SendMessage", queue_arn, source_arn)


def _target_if_admitted(invoke: Callable[..., None]) -> Callable[..., None]:
    """EventBridge user guide, "Using resource-based policies": without a permission the target gets nothing, and nobody is told.

    A topic's policy for EventBridge can't hold conditions: a delivery to SNS says nothing of its source, so that one would refuse it.
    """

    def invoke_if_admitted(target: dict[str, Any], event: Any, rule: dict[str, Any], view: Any = None) -> None:
        arn = str(target.get("Arn", ""))
        service = arn.split(":")[2] if arn.count(":") >= 5 else ""
        policy, action = None, ""
        if service == "sns":
            policy, action = (sns.topic_policy_for_arn(arn) or (None, ""))[0], "sns:Publish"
        elif service == "sqs":
            policy, action = (sqs.queue_policy_for_arn(arn) or (None, ""))[0], "sqs:SendMessage"
        elif service == "lambda":
            policy, action = (lambda_svc.function_policy_for_arn(arn) or (None, ""))[0], "lambda:InvokeFunction"
        policy = json.dumps(policy) if isinstance(policy, dict) else policy
        source_arn = None if service == "sns" else rule.get("Arn", "")
        if not action or _admits(policy, "events.amazonaws.com", action, arn, source_arn):
            invoke(target, event, rule, view)

    return invoke_if_admitted


# Subscriptions that wait for a confirmation.


def _pending(subscribe: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """API of SNS, Subscribe: the endpoint's owner must confirm, unless it is a queue or function of the caller's own account."""

    def subscribe_pending(params: Any) -> Any:
        answer = subscribe(params)
        protocol, endpoint = sns._p(params, "Protocol"), sns._p(params, "Endpoint")
        topic = sns._topic_by_arn_any_scope(sns._p(params, "TopicArn"))
        foreign = protocol in ("sqs", "lambda") and endpoint.split(":")[4:5] != [get_account_id()]
        if answer[0] != 200 or topic is None or not (foreign or protocol in ("email", "email-json")):
            return answer
        made = next(item for item in topic["subscriptions"] if item["protocol"] == protocol and item["endpoint"] == endpoint)
        if "standin_confirmed" in made:
            return answer if made["confirmed"] else _pending_answer(params, made)
        made.update(confirmed=False, token=new_uuid(), standin_confirmed=False)
        made["attributes"].update(PendingConfirmation="true", ConfirmationWasAuthenticated="false")
        sns._refresh_subscription_counts(topic)
        return _pending_answer(params, made)

    return subscribe_pending


def _pending_answer(params: Any, made: dict[str, Any]) -> Any:
    wanted = str(sns._p(params, "ReturnSubscriptionArn")).lower() == "true"
    shown = made["arn"] if wanted else "pending confirmation"
    return sns._xml(200, "SubscribeResponse", f"<SubscribeResult><SubscriptionArn>{shown}</SubscriptionArn></SubscribeResult>")


def _pending_shown(listing: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Lists show the words PendingConfirmation in place of the ARN (API, Subscription.SubscriptionArn)."""

    def shown(params: Any) -> Any:
        status, headers, body = listing(params)
        text = body.decode() if isinstance(body, bytes) else body
        for arn in set(re.findall(r"<SubscriptionArn>([^<]+)</SubscriptionArn>", text)):
            found = sns._find_subscription(arn.rpartition(":")[0], arn)
            if found is not None and not found["confirmed"]:
                text = text.replace(f"<SubscriptionArn>{arn}<", "<SubscriptionArn>PendingConfirmation<")
        return status, headers, text.encode()

    return shown


# Batches of an event source mapping.


def _batched(_receive: Callable[..., Any]) -> Callable[..., Any]:
    """Lambda developer guide, "Polling and batching behavior": a batch is full, or its window has passed since its first message.

    ministack hands over what it has at once, and ten messages at most.
    """

    def receive(queue_url: str, most: int) -> list[Any]:
        with sqs._queues_lock:
            queue = sqs._get_q(queue_url)
            sqs._expire_retained(queue)
            sqs._dlq_sweep(queue)
            arn, now = queue["attributes"]["QueueArn"], time.time()
            visible = sum(1 for message in queue["messages"] if message["visible_at"] <= now)
            if not visible:
                _first_seen.pop(arn, None)
                return []
            windows = [item.get("MaximumBatchingWindowInSeconds") or 0 for item in lambda_svc._esms.values() if item["EventSourceArn"] == arn]
            left = _first_seen.setdefault(arn, now) + max(windows, default=0) - now
            if visible < most and left > 0:
                timer = threading.Timer(left, sqs.esm_wake.set)
                timer.daemon = True
                timer.start()
                return []
            _first_seen.pop(arn, None)
            return list(sqs._collect_msgs(queue, int(most), int(queue["attributes"].get("VisibilityTimeout", "30"))))

    return receive


def _aws_events(put: Callable[..., Any]) -> Callable[..., Any]:
    """The layer itself may publish as an AWS service (`/_events`): it marks the entry, which no client can."""

    def put_events(data: dict[str, Any], allow_aws_source: bool = False) -> Any:
        marker = os.environ["STANDIN_MARKER"]
        entries = data.get("Entries", [])
        marked = bool(entries) and all(str(entry.get("Source", "")).startswith(marker) for entry in entries)
        for entry in entries if marked else []:
            entry["Source"] = entry["Source"].removeprefix(marker)
        return put(data, allow_aws_source=allow_aws_source or marked)

    return put_events


def main() -> None:
    """Patches, then runs ministack."""
    for module in (lambda_runtime, lambda_svc):
        _replace(module, "execution_credentials", lambda _: _credentials)
    _replace(lambda_svc, "_provided_worker_env", lambda _: _environment)
    _replace(lambda_svc, "_execute_function_dispatch", _recorded)
    _replace(lambda_svc, "_emit_lambda_logs", _logs_if_allowed)
    _replace(cloudwatch_logs, "_append_log_events", _lines_measured)
    _replace(cloudwatch, "record_metric", _values_measured)
    # State is the layer's to tell, per account (`functions.py`).
    _replace(lambda_svc, "_LAMBDA_STATE_TRANSITION_DELAY", lambda _: 0.0)
    _replace(sqs, "queue_policy_allows", lambda _: _queue_admits)
    _replace(sqs, "_receive_messages_for_esm", _batched)
    _replace(sns, "_subscribe", _pending)
    _replace(sns, "_list_subscriptions", _pending_shown)
    _replace(sns, "_list_subscriptions_by_topic", _pending_shown)
    _replace(eventbridge, "_invoke_target", _target_if_admitted)
    _replace(eventbridge, "_put_events", _aws_events)
    # Schedules live in the layer (`schedules/`).
    _replace(scheduler, "start_scheduler", lambda _: lambda: None)
    from hypercorn.config import Config

    from ministack.app import main as run

    # The layer keeps its connections; one that is closed in the moment it is used again would look like a failure of AWS.
    _replace(Config, "keep_alive_timeout", lambda _: float(_KEEP_CONNECTIONS_SECONDS))
    sys.argv = sys.argv[:1]
    run()


if __name__ == "__main__":
    main()
