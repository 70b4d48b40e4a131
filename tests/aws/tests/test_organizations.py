"""Organizations: the tree, states, pages, and who may look."""

from __future__ import annotations

from harness import StandinTestCase, client, control, new_account


class Tree(StandinTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.members = [new_account() for _ in range(24)]
        accounts = [{"id": self.account, "name": "payer"}, *(
            {"id": account, "name": f"m{number}", "unit": "Production/Web" if number % 2 else "Sandbox", "tags": {"purpose": "p"}}
            for number, account in enumerate(self.members))]
        accounts[2]["state"] = "CLOSED"
        self.made = control("POST", "/_organizations", {"account": self.account, "accounts": accounts, "units": ["Empty"],
                                                        "delegated_administrators": [self.members[0]]})
        self.api = self.client("organizations", "us-east-1")

    def test_the_whole_tree(self) -> None:
        organization = self.api.describe_organization()["Organization"]
        self.assertEqual((organization["MasterAccountId"], organization["FeatureSet"]), (self.account, "ALL"))
        root = self.api.list_roots()["Roots"][0]["Id"]
        units = {unit["Name"]: unit for unit in self.api.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"]}
        self.assertEqual(set(units), {"Production", "Sandbox", "Empty"})
        web = self.made["units"]["Production/Web"]
        self.assertEqual(self.api.list_organizational_units_for_parent(ParentId=units["Production"]["Id"])["OrganizationalUnits"][0]["Id"], web)
        self.assertEqual(len(self.api.list_accounts_for_parent(ParentId=web)["Accounts"]), 12)
        self.assertEqual(self.api.list_accounts_for_parent(ParentId=units["Production"]["Id"])["Accounts"], [])
        child = self.api.list_children(ParentId=web, ChildType="ACCOUNT")["Children"][0]["Id"]
        self.assertEqual(self.api.list_parents(ChildId=child)["Parents"], [{"Id": web, "Type": "ORGANIZATIONAL_UNIT"}])
        self.assertEqual(self.api.list_parents(ChildId=self.account)["Parents"], [{"Id": root, "Type": "ROOT"}])
        account = self.api.describe_account(AccountId=child)["Account"]
        self.assertEqual(account["Paths"], [f"{organization['Id']}/{root}/{units['Production']['Id']}/{web}/{child}/"])
        self.assertEqual(account["Arn"], f"arn:aws:organizations::{self.account}:account/{organization['Id']}/{child}")
        self.assertEqual(self.api.list_tags_for_resource(ResourceId=child)["Tags"], [{"Key": "purpose", "Value": "p"}])
        self.assertEqual(self.api.describe_organizational_unit(OrganizationalUnitId=web)["OrganizationalUnit"]["Name"], "Web")

    def test_pages_and_states(self) -> None:
        first = self.api.list_accounts()
        second = self.api.list_accounts(NextToken=first["NextToken"])
        self.assertEqual((len(first["Accounts"]), len(second["Accounts"])), (20, 5))
        self.refused("InvalidInputException", self.api.list_accounts, 400, MaxResults=21)
        closed = self.api.describe_account(AccountId=self.members[1])["Account"]
        self.assertEqual((closed["State"], closed["Status"]), ("CLOSED", "SUSPENDED"))
        control("POST", "/_organizations", {"account": self.account, "accounts": [{"id": self.members[1], "name": "m"}], "status": "retired"})
        self.assertNotIn("Status", self.api.list_accounts()["Accounts"][0])

    def test_who_may_look(self) -> None:
        member = client("organizations", self.members[1], "us-east-1")
        self.assertEqual(member.describe_organization()["Organization"]["MasterAccountId"], self.account)
        for act in (member.list_accounts, member.list_roots):
            self.assertEqual(self.refused("AccessDeniedException", act, 400), "You don't have permissions to access this resource.")
        self.assertEqual(len(client("organizations", self.members[0], "us-east-1").list_accounts()["Accounts"]), 20)
        stranger = client("organizations", new_account(), "us-east-1")
        for act in (stranger.describe_organization, stranger.list_accounts):
            self.refused("AWSOrganizationsNotInUseException", act, 400)

    def test_what_is_absent(self) -> None:
        for code, act, params in (
            ("AccountNotFoundException", self.api.describe_account, {"AccountId": "000000000001"}),
            ("ParentNotFoundException", self.api.list_accounts_for_parent, {"ParentId": "r-zzzz"}),
            ("ParentNotFoundException", self.api.list_children, {"ParentId": "ou-zzzz-zzzzzzzz", "ChildType": "ACCOUNT"}),
            ("ChildNotFoundException", self.api.list_parents, {"ChildId": "000000000001"}),
            ("TargetNotFoundException", self.api.list_tags_for_resource, {"ResourceId": "000000000001"}),
            ("OrganizationalUnitNotFoundException", self.api.describe_organizational_unit, {"OrganizationalUnitId": "ou-zzzz-zzzzzzzz"}),
            ("UnknownOperationException", self.api.create_account, {"AccountName": "x", "Email": "a@example.com"}),
        ):
            with self.subTest(code=code, params=params):
                self.refused(code, act, 400, **params)

    def test_tags(self) -> None:
        self.api.tag_resource(ResourceId=self.members[0], Tags=[{"Key": "purpose", "Value": "event"}, {"Key": "b", "Value": "2"}])
        self.api.untag_resource(ResourceId=self.members[0], TagKeys=["b"])
        self.assertEqual(self.api.list_tags_for_resource(ResourceId=self.members[0])["Tags"], [{"Key": "purpose", "Value": "event"}])
