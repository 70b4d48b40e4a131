"""The reading operations of Organizations, and tags.

Sources: API of Organizations (who may call what, and the errors); UG, "Delegated administrator for AWS Organizations". The words of
the refusals are from public reports of Terraform users.
"""

from __future__ import annotations

from typing import Any, Callable

from ..exchange import Call, Refusal
from ..paging import page
from .store import Organization, Store

_Handler = Callable[[Call], dict[str, Any]]
_PAGE = 20
_TAG_PAGE = 50
_TAG_LIMIT = 50


class Organizations:
    """Handlers of the operations, by name."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def handlers(self) -> dict[str, _Handler]:
        """Operation to what answers it."""
        table: dict[str, Callable[[Call, Organization], dict[str, Any]]] = {
            "ListRoots": self.roots, "ListAccounts": self.accounts, "ListAccountsForParent": self.accounts_of,
            "ListOrganizationalUnitsForParent": self.units_of, "ListParents": self.parents, "ListChildren": self.children,
            "ListTagsForResource": self.tags, "DescribeAccount": self.account, "DescribeOrganizationalUnit": self.unit,
            "ListDelegatedAdministrators": self.delegated, "TagResource": self.tag, "UntagResource": self.untag,
        }
        return {"DescribeOrganization": self.organization, **{name: self._privileged(handler) for name, handler in table.items()}}

    def _found(self, call: Call) -> Organization:
        found = self._store.of(call.account)
        if found is None:
            raise Refusal("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
        return found

    def _privileged(self, handler: Callable[[Call, Organization], dict[str, Any]]) -> _Handler:
        """API: only the management account, or a member account that is a delegated administrator, may call these."""

        def run(call: Call) -> dict[str, Any]:
            with self._store.lock:
                found = self._found(call)
                if call.account not in {found.management, *found.delegated}:
                    raise Refusal("AccessDeniedException", "You don't have permissions to access this resource.")
                return handler(call, found)

        return run

    def organization(self, call: Call) -> dict[str, Any]:
        """DescribeOrganization: any account of the organization may ask (API reference)."""
        found = self._found(call)
        return {"Organization": {
            "Id": found.id, "Arn": found.arn("organization"), "FeatureSet": "ALL", "MasterAccountArn": found.arn("account", found.management),
            "MasterAccountId": found.management, "MasterAccountEmail": found.members[found.management].email,
            "AvailablePolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]}}

    def roots(self, call: Call, found: Organization) -> dict[str, Any]:
        """ListRoots: there is exactly one."""
        root = {"Id": found.root, "Arn": found.arn("root", found.root), "Name": "Root",
                "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]}
        return _page(call, "Roots", [root])

    def accounts(self, call: Call, found: Organization) -> dict[str, Any]:
        """ListAccounts: at most 20 a page."""
        return _page(call, "Accounts", [found.described(member) for member in found.members.values()])

    def accounts_of(self, call: Call, found: Organization) -> dict[str, Any]:
        """ListAccountsForParent: the accounts right below, not those of units below."""
        parent = _parent(call, found)
        return _page(call, "Accounts", [found.described(member) for member in found.members.values() if member.unit == parent])

    def units_of(self, call: Call, found: Organization) -> dict[str, Any]:
        """ListOrganizationalUnitsForParent."""
        parent = _parent(call, found)
        return _page(call, "OrganizationalUnits", [_unit(found, unit.id) for unit in found.units.values() if unit.parent == parent])

    def children(self, call: Call, found: Organization) -> dict[str, Any]:
        """ListChildren."""
        parent, kind = _parent(call, found), call.params["ChildType"]
        ids = ([member.id for member in found.members.values() if member.unit == parent] if kind == "ACCOUNT"
               else [unit.id for unit in found.units.values() if unit.parent == parent])
        return _page(call, "Children", [{"Id": identifier, "Type": kind} for identifier in ids])

    def parents(self, call: Call, found: Organization) -> dict[str, Any]:
        """ListParents: a child has exactly one."""
        parent = found.parent(call.params["ChildId"])
        if parent is None:
            raise Refusal("ChildNotFoundException", "You specified an account or OU that doesn't exist.")
        return _page(call, "Parents", [{"Id": parent, "Type": "ROOT" if parent == found.root else "ORGANIZATIONAL_UNIT"}])

    def account(self, call: Call, found: Organization) -> dict[str, Any]:
        """DescribeAccount."""
        member = found.members.get(call.params["AccountId"])
        if member is None:
            raise Refusal("AccountNotFoundException", "You specified an account that doesn't exist.")
        return {"Account": found.described(member)}

    def unit(self, call: Call, found: Organization) -> dict[str, Any]:
        """DescribeOrganizationalUnit."""
        identifier = call.params["OrganizationalUnitId"]
        if identifier not in found.units:
            raise Refusal("OrganizationalUnitNotFoundException", "You specified an organizational unit that doesn't exist.")
        return {"OrganizationalUnit": _unit(found, identifier)}

    def delegated(self, call: Call, found: Organization) -> dict[str, Any]:
        """ListDelegatedAdministrators, whatever the service: the store keeps them without one."""
        shown = [{**found.described(found.members[account]), "DelegationEnabledDate": found.members[account].joined}
                 for account in sorted(found.delegated) if account in found.members]
        return _page(call, "DelegatedAdministrators", shown)

    def tags(self, call: Call, found: Organization) -> dict[str, Any]:
        """ListTagsForResource."""
        tags = sorted(_tagged(call, found).items())
        shown, token = page(tags, call.params.get("NextToken"), _TAG_PAGE, "InvalidInputException")
        return {"Tags": [{"Key": key, "Value": value} for key, value in shown], "NextToken": token}

    def tag(self, call: Call, found: Organization) -> dict[str, Any]:
        """TagResource: adds and replaces; 50 tags at most (API reference)."""
        tags = _tagged(call, found)
        merged = {**tags, **{tag["Key"]: tag["Value"] for tag in call.params["Tags"]}}
        if len(merged) > _TAG_LIMIT:
            raise Refusal("ConstraintViolationException", f"You can have at most {_TAG_LIMIT} tags on a resource.")
        tags.update(merged)
        return {}

    def untag(self, call: Call, found: Organization) -> dict[str, Any]:
        """UntagResource."""
        tags = _tagged(call, found)
        for key in call.params["TagKeys"]:
            tags.pop(key, None)
        return {}


def resource_of(call: Call, store: Store) -> str:
    """The resource that a permission for this call is asked on (Service Authorization Reference, AWS Organizations)."""
    found = store.of(call.account)
    params = call.params
    named = params.get("AccountId") or params.get("ParentId") or params.get("ChildId") or params.get("ResourceId") or params.get("OrganizationalUnitId")
    return found.arn_of(named) if found and named else "*"


def _page(call: Call, name: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    shown, token = page(items, call.params.get("NextToken"), call.params.get("MaxResults", _PAGE), "InvalidInputException")
    return {name: shown, "NextToken": token}


def _parent(call: Call, found: Organization) -> str:
    parent = call.params["ParentId"]
    if parent != found.root and parent not in found.units:
        raise Refusal("ParentNotFoundException", "You specified a parent that doesn't exist.")
    return str(parent)


def _tagged(call: Call, found: Organization) -> dict[str, str]:
    tags = found.tags(call.params["ResourceId"])
    if tags is None:
        raise Refusal("TargetNotFoundException", "You specified a target that doesn't exist.")
    return tags


def _unit(found: Organization, identifier: str) -> dict[str, Any]:
    return {"Id": identifier, "Arn": found.arn("ou", identifier), "Name": found.units[identifier].name, "Path": found.path(identifier)}
