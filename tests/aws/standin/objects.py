"""Everything that exists, per account and region: what "nothing is left" means."""

from __future__ import annotations

from typing import Any, Callable

from .gateway import Gateway
from .listing import all_pages
from .schedules.store import DEFAULT_GROUP
from .underlay import Underlay, UnderlayError

_GLOBAL = "global"
_US_EAST_1 = "us-east-1"
_Reader = Callable[[Underlay, str, str], list[str]]


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


def _subscriptions(underlay: Underlay, account: str, region: str) -> list[str]:
    """Those of the account's own topics: a subscription goes with its topic."""
    found = all_pages(underlay, "sns", "ListSubscriptions", account, region, "Subscriptions", ("NextToken", "NextToken"))
    return [f"{item['TopicArn'].rpartition(':')[2]}/{item['Protocol']}/{item['Endpoint']}" for item in found]


def _tables(underlay: Underlay, account: str, region: str) -> list[str]:
    return all_pages(underlay, "dynamodb", "ListTables", account, region, "TableNames", ("LastEvaluatedTableName", "ExclusiveStartTableName"))


def _rules(underlay: Underlay, account: str, region: str) -> list[str]:
    found = all_pages(underlay, "events", "ListRules", account, region, "Rules", ("NextToken", "NextToken"))
    return [rule["Name"] for rule in found]


def _mapping_name(mapping: dict[str, Any]) -> str:
    return f"{mapping['FunctionArn'].split(':')[6]}/{mapping['EventSourceArn'].rpartition(':')[2]}"


def _mappings(underlay: Underlay, account: str, region: str) -> list[str]:
    found = all_pages(underlay, "lambda", "ListEventSourceMappings", account, region, "EventSourceMappings", ("NextMarker", "Marker"))
    return [_mapping_name(mapping) for mapping in found]


def _roles(underlay: Underlay, account: str, region: str) -> list[str]:
    found = all_pages(underlay, "iam", "ListRoles", account, region, "Roles", ("Marker", "Marker"))
    return [role["RoleName"] for role in found]


def _buckets(underlay: Underlay, account: str, region: str) -> list[str]:
    found = all_pages(underlay, "s3", "ListBuckets", account, region, "Buckets", ("ContinuationToken", "ContinuationToken"))
    return [bucket["Name"] for bucket in found]


_REGIONAL: dict[str, tuple[str, _Reader]] = {
    "logs:log-group": ("logs", _log_groups),
    "lambda:function": ("lambda", _functions),
    "lambda:layer": ("lambda", _layers),
    "ssm:parameter": ("ssm", _parameters),
    "sns:topic": ("sns", _topics),
    "sns:subscription": ("sns", _subscriptions),
    "sqs:queue": ("sqs", _queues),
    "dynamodb:table": ("dynamodb", _tables),
    "events:rule": ("events", _rules),
    "lambda:event-source-mapping": ("lambda", _mappings),
}
_OF_ACCOUNT: dict[str, tuple[str, _Reader]] = {"iam:role": ("iam", _roles), "s3:bucket": ("s3", _buckets)}
# A canary makes functions, layers and a log group without any call of those services by the client.
_MADE_BY_CANARIES = ("logs", "lambda")
# A function that ran has a log group.
_MADE_BY_FUNCTIONS = ("logs",)


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
            elif entry["service"] == "lambda":
                pairs.update((service, entry["region"]) for service in _MADE_BY_FUNCTIONS)
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
        for (owner, region), names in self._gateway.alarms.names(account).items():
            put(owner, region, "cloudwatch:alarm", names)
        for canary in self._gateway.canaries.listed(account):
            kinds = result.setdefault(canary.account, {}).setdefault(canary.region, {})
            kinds.setdefault("synthetics:canary", []).append(canary.name)
        for schedule in self._gateway.schedules.schedules():
            if account in (None, schedule.place[0]):
                kinds = result.setdefault(schedule.place[0], {}).setdefault(schedule.place[1], {})
                kinds.setdefault("scheduler:schedule", []).append(f"{schedule.group}/{schedule.name}")
        for group in self._gateway.schedules.groups():
            if account in (None, group.place[0]) and group.name != DEFAULT_GROUP:
                kinds = result.setdefault(group.place[0], {}).setdefault(group.place[1], {})
                kinds.setdefault("scheduler:schedule-group", []).append(group.name)
        for owner, kind, name in self._gateway.costs.anomalies.listed(account):
            result.setdefault(owner, {}).setdefault(_GLOBAL, {}).setdefault(kind, []).append(name)
        for catalog in (self._gateway.glue, self._gateway.athena):
            for owner, region, kind, name in catalog.listed(account):
                result.setdefault(owner, {}).setdefault(region, {}).setdefault(kind, []).append(name)
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
            self._gateway.alarms.remove(account, region, name)
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
        elif kind == "dynamodb:table":
            call("dynamodb", "UpdateTable", account, region, TableName=name, DeletionProtectionEnabled=False)
            call("dynamodb", "DeleteTable", account, region, TableName=name)
        elif kind == "events:rule":
            targets = call("events", "ListTargetsByRule", account, region, Rule=name)["Targets"]
            if targets:
                call("events", "RemoveTargets", account, region, Rule=name, Ids=[target["Id"] for target in targets])
            call("events", "DeleteRule", account, region, Name=name)
        elif kind == "lambda:event-source-mapping":
            for mapping in call("lambda", "ListEventSourceMappings", account, region, FunctionName=name.partition("/")[0])["EventSourceMappings"]:
                if _mapping_name(mapping) == name:
                    call("lambda", "DeleteEventSourceMapping", account, region, UUID=mapping["UUID"])
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
        versions = call("s3", "ListObjectVersions", account, region, Bucket=name)
        while versions.get("Versions") or versions.get("DeleteMarkers"):
            for entry in [*versions.get("Versions", []), *versions.get("DeleteMarkers", [])]:
                call("s3", "DeleteObject", account, region, Bucket=name, Key=entry["Key"], VersionId=entry["VersionId"])
            versions = call("s3", "ListObjectVersions", account, region, Bucket=name)
        call("s3", "DeleteBucket", account, region, Bucket=name)
