"""Everything that exists, per account and region: what "nothing is left" means."""

from __future__ import annotations

from typing import Any, Callable

from .gateway import Gateway
from .listing import all_pages
from .underlay import Underlay, UnderlayError

_GLOBAL = "global"
_US_EAST_1 = "us-east-1"
_Reader = Callable[[Underlay, str, str], list[str]]


def _alarms(underlay: Underlay, account: str, region: str) -> list[str]:
    names: list[str] = []
    for kind, key in (("MetricAlarm", "MetricAlarms"), ("CompositeAlarm", "CompositeAlarms")):
        found = all_pages(underlay, "cloudwatch", "DescribeAlarms", account, region, key, ("NextToken", "NextToken"), AlarmTypes=[kind])
        names += [alarm["AlarmName"] for alarm in found]
    return names


def _log_groups(underlay: Underlay, account: str, region: str) -> list[str]:
    found = all_pages(underlay, "logs", "DescribeLogGroups", account, region, "logGroups", ("nextToken", "nextToken"))
    return [group["logGroupName"] for group in found]


def _functions(underlay: Underlay, account: str, region: str) -> list[str]:
    found = all_pages(underlay, "lambda", "ListFunctions", account, region, "Functions", ("NextMarker", "Marker"))
    return [function["FunctionName"] for function in found]


def _layers(underlay: Underlay, account: str, region: str) -> list[str]:
    found = all_pages(underlay, "lambda", "ListLayers", account, region, "Layers", ("NextMarker", "Marker"))
    return [layer["LayerName"] for layer in found]


def _parameters(underlay: Underlay, account: str, region: str) -> list[str]:
    found = all_pages(underlay, "ssm", "DescribeParameters", account, region, "Parameters", ("NextToken", "NextToken"))
    return [parameter["Name"] for parameter in found]


def _topics(underlay: Underlay, account: str, region: str) -> list[str]:
    found = all_pages(underlay, "sns", "ListTopics", account, region, "Topics", ("NextToken", "NextToken"))
    return [topic["TopicArn"].rpartition(":")[2] for topic in found]


def _queues(underlay: Underlay, account: str, region: str) -> list[str]:
    found = all_pages(underlay, "sqs", "ListQueues", account, region, "QueueUrls", ("NextToken", "NextToken"))
    return [url.rpartition("/")[2] for url in found]


def _roles(underlay: Underlay, account: str, region: str) -> list[str]:
    found = all_pages(underlay, "iam", "ListRoles", account, region, "Roles", ("Marker", "Marker"))
    return [role["RoleName"] for role in found]


def _buckets(underlay: Underlay, account: str, region: str) -> list[str]:
    found = all_pages(underlay, "s3", "ListBuckets", account, region, "Buckets", ("ContinuationToken", "ContinuationToken"))
    return [bucket["Name"] for bucket in found]


_REGIONAL: dict[str, tuple[str, _Reader]] = {
    "cloudwatch:alarm": ("cloudwatch", _alarms),
    "logs:log-group": ("logs", _log_groups),
    "lambda:function": ("lambda", _functions),
    "lambda:layer": ("lambda", _layers),
    "ssm:parameter": ("ssm", _parameters),
    "sns:topic": ("sns", _topics),
    "sqs:queue": ("sqs", _queues),
}
_OF_ACCOUNT: dict[str, tuple[str, _Reader]] = {"iam:role": ("iam", _roles), "s3:bucket": ("s3", _buckets)}
# A canary makes functions, layers and a log group without any call of those services by the client.
_MADE_BY_CANARIES = ("logs", "lambda")


class Objects:
    """Lists and, for a reset of one account, deletes."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def _places(self, account: str | None) -> dict[str, set[tuple[str, str]]]:
        """Account to the (service, region) pairs that it was ever called in. Only there can something exist."""
        places: dict[str, set[tuple[str, str]]] = {}
        for entry in self._gateway.counts.listed(account):
            pairs = places.setdefault(entry["account"], set())
            pairs.add((entry["service"], entry["region"]))
            if entry["service"] == "synthetics":
                pairs.update((service, entry["region"]) for service in _MADE_BY_CANARIES)
        return places

    def listed(self, account: str | None) -> dict[str, Any]:
        """Account to region to kind to sorted names. Kinds without objects are left out."""
        result: dict[str, Any] = {}

        def put(owner: str, region: str, kind: str, names: list[str]) -> None:
            if names:
                result.setdefault(owner, {}).setdefault(region, {})[kind] = sorted(names)

        for owner, pairs in self._places(account).items():
            for kind, (service, read) in _REGIONAL.items():
                for region in sorted(region for name, region in pairs if name == service):
                    put(owner, region, kind, read(self._gateway.underlay, owner, region))
            for kind, (service, read) in _OF_ACCOUNT.items():
                if (service, _GLOBAL) in pairs:
                    put(owner, _GLOBAL, kind, read(self._gateway.underlay, owner, _US_EAST_1))
        for canary in self._gateway.canaries.listed(account):
            kinds = result.setdefault(canary.account, {}).setdefault(canary.region, {})
            kinds.setdefault("synthetics:canary", []).append(canary.name)
        for budget in self._gateway.budgets.listed(account):
            kinds = result.setdefault(budget.account, {}).setdefault(_GLOBAL, {})
            kinds.setdefault("budgets:budget", []).append(budget.name)
        return result

    def delete_all(self, account: str) -> list[str]:
        """Deletes what ministack holds for one account, with the objects of buckets and the policies of roles.

        Returns what could not be deleted, and why.
        """
        left = []
        for region, kinds in self.listed(account).get(account, {}).items():
            place = _US_EAST_1 if region == _GLOBAL else region
            for kind, names in kinds.items():
                for name in names:
                    try:
                        self._delete(account, place, kind, name)
                    except UnderlayError as error:
                        left.append(f"{region} {kind} {name}: {error}")
        return left

    def _delete(self, account: str, region: str, kind: str, name: str) -> None:
        call = self._gateway.underlay.call
        if kind == "cloudwatch:alarm":
            call("cloudwatch", "DeleteAlarms", account, region, AlarmNames=[name])
        elif kind == "logs:log-group":
            call("logs", "DeleteLogGroup", account, region, logGroupName=name)
        elif kind == "lambda:function":
            call("lambda", "DeleteFunction", account, region, FunctionName=name)
        elif kind == "lambda:layer":
            for version in call("lambda", "ListLayerVersions", account, region, LayerName=name)["LayerVersions"]:
                call("lambda", "DeleteLayerVersion", account, region, LayerName=name, VersionNumber=version["Version"])
        elif kind == "ssm:parameter":
            call("ssm", "DeleteParameter", account, region, Name=name)
        elif kind == "sns:topic":
            call("sns", "DeleteTopic", account, region, TopicArn=f"arn:aws:sns:{region}:{account}:{name}")
        elif kind == "sqs:queue":
            url = call("sqs", "GetQueueUrl", account, region, QueueName=name)["QueueUrl"]
            call("sqs", "DeleteQueue", account, region, QueueUrl=url)
        elif kind == "iam:role":
            self._delete_role(account, region, name)
        elif kind == "s3:bucket":
            self._delete_bucket(account, region, name)

    def _delete_role(self, account: str, region: str, name: str) -> None:
        call = self._gateway.underlay.call
        for policy in call("iam", "ListRolePolicies", account, region, RoleName=name)["PolicyNames"]:
            call("iam", "DeleteRolePolicy", account, region, RoleName=name, PolicyName=policy)
        for policy in call("iam", "ListAttachedRolePolicies", account, region, RoleName=name)["AttachedPolicies"]:
            call("iam", "DetachRolePolicy", account, region, RoleName=name, PolicyArn=policy["PolicyArn"])
        call("iam", "DeleteRole", account, region, RoleName=name)

    def _delete_bucket(self, account: str, region: str, name: str) -> None:
        call = self._gateway.underlay.call
        buckets = call("s3", "ListBuckets", account, region)["Buckets"]
        region = next(bucket.get("BucketRegion", region) for bucket in buckets if bucket["Name"] == name)
        for entry in all_pages(self._gateway.underlay, "s3", "ListObjectsV2", account, region, "Contents",
                               ("NextContinuationToken", "ContinuationToken"), Bucket=name):
            call("s3", "DeleteObject", account, region, Bucket=name, Key=entry["Key"])
        call("s3", "DeleteBucket", account, region, Bucket=name)
