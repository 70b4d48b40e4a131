"""Amazon Athena: workgroups and saved queries. ministack has neither UpdateNamedQuery nor pages, and deletes what isn't there.

Sources: API of Athena (botocore's copy); the words of the refusals are AWS's own, from public reports (hashicorp/terraform-provider-aws
looks for "is not found" and "does not exist"). Nothing is executed: StartQueryExecution is a clear 400.
"""

from __future__ import annotations

import datetime
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any, Callable, Iterator

from .exchange import Call, Refusal
from .paging import page

Place = tuple[str, str]
_Handler = Callable[[Call], dict[str, Any]]
PRIMARY = "primary"
"""The workgroup that every account has in every region."""
_PAGE = 50
_TAG_PAGE = 75
_TAG_LIMIT = 50
_ENGINE = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"}


@dataclass
class _WorkGroup:
    values: dict[str, Any]
    tags: dict[str, str]
    queries: dict[str, dict[str, Any]] = field(default_factory=dict)


def _refuse(message: str, code: str = "INVALID_INPUT") -> Refusal:
    return Refusal("InvalidRequestException", message, 400, AthenaErrorCode=code)


class Athena:
    """The workgroups of all accounts and regions with their saved queries, and the operations on both."""

    def __init__(self) -> None:
        self._groups: dict[Place, dict[str, _WorkGroup]] = {}
        self._tokens: dict[tuple[Place, str], tuple[dict[str, Any], str]] = {}
        self._lock = threading.RLock()

    def handlers(self) -> dict[str, _Handler]:
        """Operation to what answers it; each runs alone."""
        table: dict[str, _Handler] = {
            "CreateWorkGroup": self.create_group, "GetWorkGroup": self.group, "UpdateWorkGroup": self.update_group,
            "DeleteWorkGroup": self.delete_group, "ListWorkGroups": self.groups, "CreateNamedQuery": self.create_query,
            "GetNamedQuery": self.query, "BatchGetNamedQuery": self.several, "ListNamedQueries": self.queries,
            "UpdateNamedQuery": self.update_query, "DeleteNamedQuery": self.delete_query, "TagResource": self.tag,
            "UntagResource": self.untag, "ListTagsForResource": self.tags,
        }
        return {name: self._alone(handler) for name, handler in table.items()}

    def _alone(self, handler: _Handler) -> _Handler:
        def run(call: Call) -> dict[str, Any]:
            with self._lock:
                return handler(call)

        return run

    def _of(self, place: Place) -> dict[str, _WorkGroup]:
        if place not in self._groups:
            values = {"Name": PRIMARY, "State": "ENABLED", "Configuration": {"EngineVersion": _ENGINE, "EnforceWorkGroupConfiguration": False},
                      "CreationTime": datetime.datetime(2024, 1, 15, tzinfo=datetime.timezone.utc)}
            self._groups[place] = {PRIMARY: _WorkGroup(values, {})}
        return self._groups[place]

    def _found(self, call: Call, name: str | None) -> _WorkGroup:
        found = self._of((call.account, call.region)).get(name or PRIMARY)
        if found is None:
            raise _refuse(f"WorkGroup {name} is not found.")
        return found

    def create_group(self, call: Call) -> dict[str, Any]:
        """CreateWorkGroup."""
        params, groups = call.params, self._of((call.account, call.region))
        if params["Name"] in groups:
            raise _refuse("WorkGroup is already created")
        configuration = {"EnforceWorkGroupConfiguration": True, "PublishCloudWatchMetricsEnabled": True, "RequesterPaysEnabled": False,
                         **params.get("Configuration", {}), "EngineVersion": _engine(params.get("Configuration", {}))}
        _check_location(configuration)
        values = {"Name": params["Name"], "State": "ENABLED", "Description": params.get("Description", ""), "Configuration": configuration,
                  "CreationTime": datetime.datetime.now(datetime.timezone.utc)}
        groups[params["Name"]] = _WorkGroup(values, _checked_tags({tag["Key"]: tag.get("Value", "") for tag in params.get("Tags", [])}))
        return {}

    def group(self, call: Call) -> dict[str, Any]:
        """GetWorkGroup."""
        return {"WorkGroup": self._found(call, call.params["WorkGroup"]).values}

    def groups(self, call: Call) -> dict[str, Any]:
        """ListWorkGroups."""
        groups = self._of((call.account, call.region))
        found = [{**group.values, "EngineVersion": group.values["Configuration"]["EngineVersion"]} for _, group in sorted(groups.items())]
        shown, token = page(found, call.params.get("NextToken"), call.params.get("MaxResults", _PAGE), "InvalidRequestException")
        return {"WorkGroups": shown, "NextToken": token}

    def update_group(self, call: Call) -> dict[str, Any]:
        """UpdateWorkGroup: what is left out stays; results are removed by flags of their own (API, WorkGroupConfigurationUpdates)."""
        found, changes = self._found(call, call.params["WorkGroup"]), dict(call.params.get("ConfigurationUpdates", {}))
        configuration = dict(found.values["Configuration"])
        results = changes.pop("ResultConfigurationUpdates", {})
        kept = {**configuration.get("ResultConfiguration", {}), **{key: value for key, value in results.items() if not key.startswith("Remove")}}
        kept = {key: value for key, value in kept.items() if not results.get(f"Remove{key}")}
        if changes.pop("RemoveBytesScannedCutoffPerQuery", False):
            configuration.pop("BytesScannedCutoffPerQuery", None)
        if "EngineVersion" in changes:
            changes["EngineVersion"] = _engine(changes)
        configuration.update(changes)
        configuration["ResultConfiguration"] = kept
        _check_location(configuration)
        found.values["Configuration"] = configuration
        found.values.update({key: call.params[key] for key in ("Description", "State") if key in call.params})
        return {}

    def delete_group(self, call: Call) -> dict[str, Any]:
        """DeleteWorkGroup: one that holds queries only with RecursiveDeleteOption, the primary one never (API reference)."""
        found = self._found(call, call.params["WorkGroup"])
        if found.values["Name"] == PRIMARY:
            raise _refuse("WorkGroup primary cannot be deleted")
        if found.queries and not call.params.get("RecursiveDeleteOption"):
            raise _refuse(f"WorkGroup {found.values['Name']} is not empty")
        del self._groups[(call.account, call.region)][found.values["Name"]]
        return {}

    def create_query(self, call: Call) -> dict[str, Any]:
        """CreateNamedQuery: the same token with the same request makes nothing new (API, ClientRequestToken)."""
        params, found = call.params, self._found(call, call.params.get("WorkGroup"))
        place, token = (call.account, call.region), params.get("ClientRequestToken")
        asked = {key: value for key, value in params.items() if key != "ClientRequestToken"}
        if token is not None and (place, token) in self._tokens:
            before, identifier = self._tokens[(place, token)]
            if before != asked:
                raise _refuse("Idempotent parameters do not match")
            return {"NamedQueryId": identifier}
        identifier = str(uuid.uuid4())
        found.queries[identifier] = {**asked, "WorkGroup": found.values["Name"], "NamedQueryId": identifier}
        if token is not None:
            self._tokens[(place, token)] = (asked, identifier)
        return {"NamedQueryId": identifier}

    def _query(self, call: Call, identifier: str) -> dict[str, Any] | None:
        groups = self._of((call.account, call.region)).values()
        return next((group.queries[identifier] for group in groups if identifier in group.queries), None)

    def _known(self, call: Call) -> dict[str, Any]:
        found = self._query(call, call.params["NamedQueryId"])
        if found is None:
            raise _refuse(f"Named query {call.params['NamedQueryId']} does not exist.")
        return found

    def query(self, call: Call) -> dict[str, Any]:
        """GetNamedQuery."""
        return {"NamedQuery": self._known(call)}

    def several(self, call: Call) -> dict[str, Any]:
        """BatchGetNamedQuery: what isn't there is told beside what is."""
        found = [(identifier, self._query(call, identifier)) for identifier in call.params["NamedQueryIds"]]
        return {"NamedQueries": [query for _, query in found if query],
                "UnprocessedNamedQueryIds": [{"NamedQueryId": identifier, "ErrorCode": "INVALID_INPUT",
                                              "ErrorMessage": f"Named query {identifier} does not exist."} for identifier, query in found if not query]}

    def queries(self, call: Call) -> dict[str, Any]:
        """ListNamedQueries: of one workgroup, of the primary one when none is named (API reference)."""
        found = list(self._found(call, call.params.get("WorkGroup")).queries)
        size = call.params.get("MaxResults") or _PAGE
        shown, token = page(found, call.params.get("NextToken"), size, "InvalidRequestException")
        return {"NamedQueryIds": shown, "NextToken": token}

    def update_query(self, call: Call) -> dict[str, Any]:
        """UpdateNamedQuery: name, text and description; database and workgroup stay (API reference)."""
        found = self._known(call)
        found.update({key: call.params[key] for key in ("Name", "QueryString", "Description") if key in call.params})
        return {}

    def delete_query(self, call: Call) -> dict[str, Any]:
        """DeleteNamedQuery."""
        found = self._known(call)
        del self._found(call, found["WorkGroup"]).queries[found["NamedQueryId"]]
        return {}

    def _tagged(self, call: Call) -> _WorkGroup:
        arn = call.params["ResourceARN"]
        prefix = f"arn:aws:athena:{call.region}:{call.account}:workgroup/"
        found = self._of((call.account, call.region)).get(arn.removeprefix(prefix)) if arn.startswith(prefix) else None
        if found is None:
            raise Refusal("ResourceNotFoundException", f"Resource {arn} is not found", 400, ResourceName=arn)
        return found

    def tag(self, call: Call) -> dict[str, Any]:
        """TagResource: adds and replaces."""
        found = self._tagged(call)
        found.tags = _checked_tags({**found.tags, **{tag["Key"]: tag.get("Value", "") for tag in call.params["Tags"]}})
        return {}

    def untag(self, call: Call) -> dict[str, Any]:
        """UntagResource."""
        found = self._tagged(call)
        found.tags = {key: value for key, value in found.tags.items() if key not in call.params["TagKeys"]}
        return {}

    def tags(self, call: Call) -> dict[str, Any]:
        """ListTagsForResource."""
        tags = [{"Key": key, "Value": value} for key, value in sorted(self._tagged(call).tags.items())]
        shown, token = page(tags, call.params.get("NextToken"), call.params.get("MaxResults", _TAG_PAGE), "InvalidRequestException")
        return {"Tags": shown, "NextToken": token}

    def resource_of(self, call: Call) -> str:
        """The workgroup on which a call needs its action (Service Authorization Reference): that of the saved query, if it names one."""
        params = call.params
        if "ResourceARN" in params:
            return str(params["ResourceARN"])
        with self._lock:
            query = self._query(call, params.get("NamedQueryId") or next(iter(params.get("NamedQueryIds", [])), ""))
        named = "WorkGroup" in call.name and params.get("Name")
        name = query["WorkGroup"] if query else named or params.get("WorkGroup") or PRIMARY
        return "*" if call.name == "ListWorkGroups" else f"arn:aws:athena:{call.region}:{call.account}:workgroup/{name}"

    def listed(self, account: str | None) -> Iterator[tuple[str, str, str, str]]:
        """Account, region, kind and name of everything that somebody made."""
        with self._lock:
            for (owner, region), groups in sorted(self._groups.items()):
                for name, group in sorted(groups.items() if account in (None, owner) else ()):
                    if name != PRIMARY:
                        yield owner, region, "athena:workgroup", name
                    yield from ((owner, region, "athena:named-query", f"{name}/{query['Name']}") for query in group.queries.values())

    def tagged(self, account: str, region: str) -> list[tuple[str, dict[str, str]]]:
        """ARN and tags of every workgroup of a place."""
        with self._lock:
            groups = self._groups.get((account, region), {})
            return [(f"arn:aws:athena:{region}:{account}:workgroup/{name}", dict(group.tags)) for name, group in sorted(groups.items())]

    def forget(self, account: str | None) -> None:
        """Drops the workgroups of one account, or all."""
        with self._lock:
            self._groups = {place: groups for place, groups in self._groups.items() if account not in (None, place[0])}
            self._tokens = {key: value for key, value in self._tokens.items() if account not in (None, key[0][0])}


def _engine(configuration: dict[str, Any]) -> dict[str, str]:
    selected = configuration.get("EngineVersion", {}).get("SelectedEngineVersion", "AUTO")
    return {**_ENGINE, "SelectedEngineVersion": selected}


def _check_location(configuration: dict[str, Any]) -> None:
    """API, ResultConfiguration.OutputLocation: a path in S3."""
    location = configuration.get("ResultConfiguration", {}).get("OutputLocation")
    if location is not None and not location.startswith("s3://"):
        raise _refuse("outputLocation is not a valid S3 path.")


def _checked_tags(tags: dict[str, str]) -> dict[str, str]:
    if len(tags) > _TAG_LIMIT or any(key.lower().startswith("aws:") for key in tags):
        raise _refuse(f"At most {_TAG_LIMIT} tags are allowed, none beginning with aws:")
    return tags
