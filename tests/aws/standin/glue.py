"""The AWS Glue Data Catalog: databases and tables. ministack keeps them too, but merges on update, drops members, and knows no pages.

Sources: API of Glue (botocore's copy); AWS Glue developer guide, "Table and database names" (lower case); the words of the refusals are
AWS's own, from public reports (hashicorp/terraform-provider-aws). Partitions, crawlers, jobs and versions of tables aren't here.
"""

from __future__ import annotations

import datetime
import fnmatch
import threading
from dataclasses import dataclass, field
from typing import Any, Callable, Iterator

from .exchange import Call, Refusal
from .paging import page

Place = tuple[str, str]
_Handler = Callable[[Call], dict[str, Any]]
_PAGE = 100
_TAG_LIMIT = 50
_READ_ONLY = {"CreateTime", "UpdateTime", "CreatedBy", "CatalogId", "DatabaseName", "VersionId"}


@dataclass
class _Database:
    values: dict[str, Any]
    tags: dict[str, str]
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)


class Glue:
    """The catalogs of all accounts and regions, and their operations."""

    def __init__(self) -> None:
        self._databases: dict[Place, dict[str, _Database]] = {}
        self._lock = threading.RLock()

    def handlers(self) -> dict[str, _Handler]:
        """Operation to what answers it; each runs alone."""
        table: dict[str, _Handler] = {
            "CreateDatabase": self.create_database, "GetDatabase": self.database, "GetDatabases": self.databases,
            "UpdateDatabase": self.update_database, "DeleteDatabase": self.delete_database, "CreateTable": self.create_table,
            "GetTable": self.table, "GetTables": self.tables, "UpdateTable": self.update_table, "DeleteTable": self.delete_table,
            "TagResource": self.tag, "UntagResource": self.untag, "GetTags": self.tags,
        }
        return {name: self._alone(handler) for name, handler in table.items()}

    def _alone(self, handler: _Handler) -> _Handler:
        def run(call: Call) -> dict[str, Any]:
            if call.params.get("CatalogId", call.account) != call.account:
                raise Refusal("AccessDeniedException", f"Insufficient Lake Formation permission(s) on catalog {call.params['CatalogId']}")
            with self._lock:
                return handler(call)

        return run

    def _found(self, call: Call, name: str) -> _Database:
        found = self._databases.get((call.account, call.region), {}).get(name.lower())
        if found is None:
            raise Refusal("EntityNotFoundException", f"Database {name.lower()} not found.")
        return found

    def create_database(self, call: Call) -> dict[str, Any]:
        """CreateDatabase."""
        name, tags = _name(call.params["DatabaseInput"]["Name"]), call.params.get("Tags", {})
        catalog = self._databases.setdefault((call.account, call.region), {})
        if name in catalog:
            raise Refusal("AlreadyExistsException", "Database already exists.")
        catalog[name] = _Database({**call.params["DatabaseInput"], "Name": name, "CatalogId": call.account, "CreateTime": _now()}, _checked_tags(tags))
        return {}

    def database(self, call: Call) -> dict[str, Any]:
        """GetDatabase."""
        return {"Database": self._found(call, call.params["Name"]).values}

    def databases(self, call: Call) -> dict[str, Any]:
        """GetDatabases."""
        catalog = self._databases.get((call.account, call.region), {})
        found, token = _page(call, [catalog[name].values for name in sorted(catalog)])
        return {"DatabaseList": found, "NextToken": token}

    def update_database(self, call: Call) -> dict[str, Any]:
        """UpdateDatabase: replaces all but the name."""
        found, given = self._found(call, call.params["Name"]), call.params["DatabaseInput"]
        if _name(given["Name"]) != found.values["Name"]:
            raise Refusal("InvalidInputException", "Database name cannot be changed.")
        found.values = {**given, **{key: found.values[key] for key in ("Name", "CatalogId", "CreateTime")}}
        return {}

    def delete_database(self, call: Call) -> dict[str, Any]:
        """DeleteDatabase: its tables go with it (API reference)."""
        found = self._found(call, call.params["Name"])
        del self._databases[(call.account, call.region)][found.values["Name"]]
        return {}

    def create_table(self, call: Call) -> dict[str, Any]:
        """CreateTable."""
        found, given = self._found(call, call.params["DatabaseName"]), call.params.get("TableInput")
        if given is None:
            raise Refusal("InvalidInputException", "TableInput is required.")
        _check_columns(given)
        name = _name(given["Name"])
        if name in found.tables:
            raise Refusal("AlreadyExistsException", "Table already exists.")
        now = _now()
        found.tables[name] = {**_filled(given), "Name": name, "DatabaseName": found.values["Name"], "CatalogId": call.account, "CreateTime": now,
                              "UpdateTime": now, "CreatedBy": call.caller.arn, "IsRegisteredWithLakeFormation": False, "VersionId": "0"}
        return {}

    def _table(self, call: Call, name: str) -> dict[str, Any]:
        found = self._found(call, call.params["DatabaseName"])
        if name.lower() not in found.tables:
            raise Refusal("EntityNotFoundException", f"Table {name.lower()} not found.")
        return found.tables[name.lower()]

    def table(self, call: Call) -> dict[str, Any]:
        """GetTable."""
        return {"Table": self._table(call, call.params["Name"])}

    def tables(self, call: Call) -> dict[str, Any]:
        """GetTables: all of a database, or those that a pattern names."""
        found, wanted = self._found(call, call.params["DatabaseName"]), call.params.get("Expression") or "*"
        shown, token = _page(call, [found.tables[name] for name in sorted(found.tables) if fnmatch.fnmatchcase(name, wanted.lower())])
        return {"TableList": shown, "NextToken": token}

    def update_table(self, call: Call) -> dict[str, Any]:
        """UpdateTable: replaces what a client writes; a new version unless `SkipArchive` (API reference)."""
        given = call.params.get("TableInput")
        if given is None:
            raise Refusal("InvalidInputException", "TableInput is required.")
        _check_columns(given)
        kept = self._table(call, given["Name"])
        if call.params.get("VersionId") not in (None, kept["VersionId"]):
            raise Refusal("ConcurrentModificationException", "Update table failed due to concurrent modifications.")
        version = kept["VersionId"] if call.params.get("SkipArchive") else str(int(kept["VersionId"]) + 1)
        replaced = {**_filled(given), **{key: kept[key] for key in (*_READ_ONLY, "Name", "IsRegisteredWithLakeFormation")}}
        self._found(call, call.params["DatabaseName"]).tables[kept["Name"]] = {**replaced, "UpdateTime": _now(), "VersionId": version}
        return {}

    def delete_table(self, call: Call) -> dict[str, Any]:
        """DeleteTable."""
        kept = self._table(call, call.params["Name"])
        del self._found(call, call.params["DatabaseName"]).tables[kept["Name"]]
        return {}

    def _tagged(self, call: Call) -> _Database:
        """What a tag operation means: of the catalog only databases have tags (developer guide, "AWS tags in AWS Glue")."""
        arn = call.params["ResourceArn"]
        prefix = f"arn:aws:glue:{call.region}:{call.account}:database/"
        if not arn.startswith(prefix):
            raise Refusal("InvalidInputException", f"The ARN doesn't name a database of this account and region: {arn}")
        return self._found(call, arn.removeprefix(prefix))

    def tag(self, call: Call) -> dict[str, Any]:
        """TagResource: adds and replaces."""
        found = self._tagged(call)
        found.tags = _checked_tags({**found.tags, **call.params["TagsToAdd"]})
        return {}

    def untag(self, call: Call) -> dict[str, Any]:
        """UntagResource."""
        found = self._tagged(call)
        found.tags = {key: value for key, value in found.tags.items() if key not in call.params["TagsToRemove"]}
        return {}

    def tags(self, call: Call) -> dict[str, Any]:
        """GetTags."""
        return {"Tags": self._tagged(call).tags}

    def listed(self, account: str | None) -> Iterator[tuple[str, str, str, str]]:
        """Account, region, kind and name of everything that exists."""
        with self._lock:
            for (owner, region), catalog in sorted(self._databases.items()):
                for name, found in sorted(catalog.items() if account in (None, owner) else ()):
                    yield owner, region, "glue:database", name
                    yield from ((owner, region, "glue:table", f"{name}/{table}") for table in sorted(found.tables))

    def tagged(self, account: str, region: str) -> list[tuple[str, dict[str, str]]]:
        """ARN and tags of every database of a place."""
        with self._lock:
            catalog = self._databases.get((account, region), {})
            return [(f"arn:aws:glue:{region}:{account}:database/{name}", dict(found.tags)) for name, found in sorted(catalog.items())]

    def forget(self, account: str | None) -> None:
        """Drops the catalogs of one account, or all."""
        with self._lock:
            self._databases = {place: catalog for place, catalog in self._databases.items() if account not in (None, place[0])}


def resources_of(call: Call) -> list[str]:
    """All ARNs on which a call needs its action: catalog, database and table (developer guide, "Specifying AWS Glue resource ARNs")."""
    params, place = call.params, f"arn:aws:glue:{call.region}:{call.account}"
    if "ResourceArn" in params:
        return [params["ResourceArn"]]
    found = [f"{place}:catalog"]
    database = params.get("DatabaseName") or (params.get("DatabaseInput") or {}).get("Name") or (params.get("Name") if "Database" in call.name else None)
    if database is None:
        return found
    found.append(f"{place}:database/{database.lower()}")
    table = (params.get("TableInput") or {}).get("Name") or (params.get("Name") if "Table" in call.name else None)
    if table is not None:
        found.append(f"{place}:table/{database.lower()}/{table.lower()}")
    elif call.name == "GetTables":
        found.append(f"{place}:table/{database.lower()}/*")
    return found


def _name(given: str) -> str:
    """API, DatabaseInput.Name and TableInput.Name: folded to lower case when stored."""
    name = given.lower()
    if not name.strip() or "/" in name:
        raise Refusal("InvalidInputException", f"Invalid name: {given}")
    return name


def _filled(given: dict[str, Any]) -> dict[str, Any]:
    """A table with what Glue fills in where a client says nothing."""
    return {"Retention": 0, "PartitionKeys": [], **{key: value for key, value in given.items() if key not in _READ_ONLY}}


def _check_columns(given: dict[str, Any]) -> None:
    """Developer guide, "Tables": a column is there once, also over columns and partition keys (Hive's rule)."""
    columns = [*given.get("StorageDescriptor", {}).get("Columns", []), *given.get("PartitionKeys", [])]
    names = [column["Name"].lower() for column in columns]
    if len(set(names)) != len(names):
        raise Refusal("InvalidInputException", "Duplicate column names are not allowed.")


def _checked_tags(tags: dict[str, str]) -> dict[str, str]:
    if len(tags) > _TAG_LIMIT or any(key.lower().startswith("aws:") for key in tags):
        raise Refusal("InvalidInputException", f"At most {_TAG_LIMIT} tags are allowed, none beginning with aws:")
    return tags


def _page(call: Call, items: list[Any]) -> tuple[list[Any], str | None]:
    return page(items, call.params.get("NextToken"), call.params.get("MaxResults", _PAGE), "InvalidInputException")


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)
