"""What the history of costs lies in: Glue's catalog, Athena's saved queries, and S3's conditions and pages."""

from __future__ import annotations

import json

from functions_under_test import statement
from harness import REGION, StandinTestCase, client, control, new_account

COLUMNS = [{"Name": "day", "Type": "date"}, {"Name": "usd", "Type": "decimal(20,10)"}]
TABLE = {
    "Name": "Daily", "TableType": "EXTERNAL_TABLE", "PartitionKeys": [{"Name": "month", "Type": "string"}],
    "Parameters": {"projection.enabled": "true", "projection.month.type": "date", "projection.month.format": "yyyy-MM",
                   "storage.location.template": "s3://b/costs/month=${month}/"},
    "StorageDescriptor": {"Columns": COLUMNS, "Location": "s3://b/costs/", "SerdeInfo": {"SerializationLibrary": "parquet", "Parameters": {"a": "1"}}},
}


class Catalog(StandinTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.glue = self.client("glue")

    def test_life(self) -> None:
        self.glue.create_database(DatabaseInput={"Name": "Costs", "Description": "d"}, Tags={"stack": "s"})
        self.assertEqual(self.glue.get_database(Name="COSTS")["Database"]["Name"], "costs")
        self.refused("AlreadyExistsException", self.glue.create_database, 400, DatabaseInput={"Name": "costs"})
        self.glue.create_table(DatabaseName="costs", TableInput=TABLE)
        self.refused("AlreadyExistsException", self.glue.create_table, 400, DatabaseName="costs", TableInput=TABLE)
        shown = self.glue.get_table(DatabaseName="costs", Name="daily")["Table"]
        self.assertEqual({key: shown[key] for key in ("PartitionKeys", "Parameters", "StorageDescriptor", "TableType")},
                         {key: TABLE[key] for key in ("PartitionKeys", "Parameters", "StorageDescriptor", "TableType")})
        self.assertEqual((shown["Name"], shown["DatabaseName"], shown["VersionId"]), ("daily", "costs", "0"))
        self.glue.update_table(DatabaseName="costs", TableInput={"Name": "daily", "StorageDescriptor": TABLE["StorageDescriptor"]})
        updated = self.glue.get_table(DatabaseName="costs", Name="daily")["Table"]
        self.assertEqual((updated.get("Parameters"), updated["PartitionKeys"], updated["VersionId"]), (None, [], "1"))
        self.refused("ConcurrentModificationException", self.glue.update_table, 400, DatabaseName="costs", TableInput=TABLE, VersionId="0")
        self.assertEqual(control("GET", f"/_objects?account={self.account}")[self.account][REGION], {"glue:database": ["costs"], "glue:table": ["costs/daily"]})
        tagged = self.client("resourcegroupstaggingapi").get_resources(TagFilters=[{"Key": "stack"}])["ResourceTagMappingList"]
        arn = f"arn:aws:glue:{REGION}:{self.account}:database/costs"
        self.assertEqual([item["ResourceARN"] for item in tagged], [arn])
        self.glue.untag_resource(ResourceArn=arn, TagsToRemove=["stack"])
        self.assertEqual(self.glue.get_tags(ResourceArn=arn)["Tags"], {})
        self.glue.delete_database(Name="costs")
        self.assertEqual(control("GET", f"/_objects?account={self.account}"), {})

    def test_refusals(self) -> None:
        for act, params in ((self.glue.get_database, {"Name": "none"}), (self.glue.delete_database, {"Name": "none"}),
                            (self.glue.create_table, {"DatabaseName": "none", "TableInput": TABLE}), (self.glue.get_table, {"DatabaseName": "none", "Name": "x"})):
            self.refused("EntityNotFoundException", act, 400, **params)
        self.glue.create_database(DatabaseInput={"Name": "costs"})
        for act in (self.glue.get_table, self.glue.delete_table):
            self.assertEqual(self.refused("EntityNotFoundException", act, 400, DatabaseName="costs", Name="x"), "Table x not found.")
        twice = {**TABLE, "PartitionKeys": [{"Name": "DAY", "Type": "string"}]}
        self.refused("InvalidInputException", self.glue.create_table, 400, DatabaseName="costs", TableInput=twice)
        self.refused("EntityNotFoundException", self.client("glue", "us-east-1").get_database, 400, Name="costs")
        self.refused("UnknownOperationException", self.glue.get_crawlers, 400)


class SavedQueries(StandinTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.athena = self.client("athena")

    def query(self, name: str = "pace", **changes: str) -> str:
        return self.athena.create_named_query(**{"Name": name, "Database": "costs", "QueryString": "select 1", "WorkGroup": "hinomi", **changes})["NamedQueryId"]

    def test_life(self) -> None:
        results = {"ResultConfiguration": {"OutputLocation": "s3://b/results/"}, "BytesScannedCutoffPerQuery": 10000000}
        self.athena.create_work_group(Name="hinomi", Configuration=results, Tags=[{"Key": "stack", "Value": "s"}])
        group = self.athena.get_work_group(WorkGroup="hinomi")["WorkGroup"]
        self.assertEqual((group["State"], group["Configuration"]["ResultConfiguration"], group["Configuration"]["EnforceWorkGroupConfiguration"]),
                         ("ENABLED", results["ResultConfiguration"], True))
        ids = [self.query(), self.query("event", Description="d", ClientRequestToken="t" * 32)]
        self.assertEqual(self.query("event", Description="d", ClientRequestToken="t" * 32), ids[1])
        self.refused("InvalidRequestException", self.query, 400, name="other", ClientRequestToken="t" * 32)
        self.athena.update_named_query(NamedQueryId=ids[0], Name="pace2", QueryString="select 2")
        shown = self.athena.get_named_query(NamedQueryId=ids[0])["NamedQuery"]
        self.assertEqual((shown["Name"], shown["QueryString"], shown["Database"], shown["WorkGroup"]), ("pace2", "select 2", "costs", "hinomi"))
        several = self.athena.batch_get_named_query(NamedQueryIds=[*ids, "absent"])
        self.assertEqual(([item["NamedQueryId"] for item in several["NamedQueries"]], [item["NamedQueryId"] for item in several["UnprocessedNamedQueryIds"]]),
                         (ids, ["absent"]))
        first = self.athena.list_named_queries(WorkGroup="hinomi", MaxResults=1)
        second = self.athena.list_named_queries(WorkGroup="hinomi", MaxResults=1, NextToken=first["NextToken"])
        self.assertEqual([*first["NamedQueryIds"], *second["NamedQueryIds"]], ids)
        self.assertEqual(self.athena.list_named_queries()["NamedQueryIds"], [])
        self.assertEqual(control("GET", f"/_objects?account={self.account}")[self.account][REGION],
                         {"athena:workgroup": ["hinomi"], "athena:named-query": ["hinomi/pace2", "hinomi/event"]})
        self.refused("InvalidRequestException", self.athena.delete_work_group, 400, WorkGroup="hinomi")
        for identifier in ids:
            self.athena.delete_named_query(NamedQueryId=identifier)
        self.athena.delete_work_group(WorkGroup="hinomi")
        self.assertEqual(control("GET", f"/_objects?account={self.account}"), {})

    def test_an_update_of_a_workgroup_keeps_what_it_leaves_out(self) -> None:
        self.athena.create_work_group(Name="hinomi", Configuration={"ResultConfiguration": {"OutputLocation": "s3://b/r/"}, "BytesScannedCutoffPerQuery": 10000000})
        self.athena.update_work_group(WorkGroup="hinomi", State="DISABLED", ConfigurationUpdates={
            "RemoveBytesScannedCutoffPerQuery": True, "ResultConfigurationUpdates": {"RemoveOutputLocation": True}})
        group = self.athena.get_work_group(WorkGroup="hinomi")["WorkGroup"]
        self.assertEqual((group["State"], group["Configuration"]["ResultConfiguration"], group["Configuration"].get("BytesScannedCutoffPerQuery")),
                         ("DISABLED", {}, None))
        arn = f"arn:aws:athena:{REGION}:{self.account}:workgroup/hinomi"
        self.athena.tag_resource(ResourceARN=arn, Tags=[{"Key": "a", "Value": "1"}])
        self.assertEqual(self.athena.list_tags_for_resource(ResourceARN=arn)["Tags"], [{"Key": "a", "Value": "1"}])

    def test_refusals(self) -> None:
        absent = {"NamedQueryId": "absent"}
        for act, params, words in (
            (self.athena.get_work_group, {"WorkGroup": "none"}, "is not found"), (self.athena.delete_work_group, {"WorkGroup": "primary"}, "primary"),
            (self.athena.get_named_query, absent, "does not exist"), (self.athena.delete_named_query, absent, "does not exist"),
            (self.athena.update_named_query, {**absent, "Name": "n", "QueryString": "q"}, "does not exist"),
            (self.query, {}, "is not found"), (self.athena.create_work_group, {"Name": "with space"}, "regular expression"),
            (self.athena.create_work_group, {"Name": "w", "Configuration": {"ResultConfiguration": {"OutputLocation": "b"}}}, "S3 path"),
        ):
            with self.subTest(words=words, params=params):
                self.assertIn(words, self.refused("InvalidRequestException", act, 400, **params))
        self.refused("UnknownOperationException", self.athena.start_query_execution, 400, QueryString="select 1", ClientRequestToken="t" * 32)
        self.refused("ResourceNotFoundException", self.athena.list_tags_for_resource, 400, ResourceARN=f"arn:aws:athena:{REGION}:{self.account}:workgroup/none")


class Objects(StandinTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.s3, self.bucket = self.client("s3"), f"history-{self.account}"
        self.s3.create_bucket(Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": REGION})

    def put(self, key: str = "k", body: bytes = b"1", **params: str) -> str:
        return self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, **params)["ETag"]

    def test_conditions(self) -> None:
        tag = self.put(IfNoneMatch="*")
        self.refused("PreconditionFailed", self.put, 412, IfNoneMatch="*")
        changed = self.put(body=b"2", IfMatch=tag)
        self.refused("PreconditionFailed", self.put, 412, IfMatch=tag)
        self.refused("NoSuchKey", self.put, 404, key="absent", IfMatch=tag)
        for params in ({"IfNoneMatch": changed}, {"IfNoneMatch": "*", "IfMatch": changed}):
            self.refused("NotImplemented", self.put, 501, **params)
        self.refused("304", self.s3.get_object, 304, Bucket=self.bucket, Key="k", IfNoneMatch=changed)
        self.refused("PreconditionFailed", self.s3.delete_object, 412, Bucket=self.bucket, Key="k", IfMatch=tag)
        self.assertEqual(self.s3.head_object(Bucket=self.bucket, Key="k")["ETag"], changed)

    def test_pages(self) -> None:
        keys = [f"costs/month=2026-{month:02d}/{part}.parquet" for month in range(1, 6) for part in range(2)]
        for key in keys:
            self.put(key)
        found, token = [], {}
        while token is not None:
            answer = self.s3.list_objects_v2(Bucket=self.bucket, Prefix="costs/", MaxKeys=3, **token)
            found += [item["Key"] for item in answer["Contents"]]
            token = {"ContinuationToken": answer["NextContinuationToken"]} if answer["IsTruncated"] else None
        self.assertEqual(found, keys)
        months = self.s3.list_objects_v2(Bucket=self.bucket, Prefix="costs/", Delimiter="/")["CommonPrefixes"]
        self.assertEqual(len(months), 5)
        self.assertEqual(self.s3.list_objects_v2(Bucket=self.bucket, MaxKeys=5000)["MaxKeys"], 1000)
        self.refused("InvalidArgument", self.s3.list_objects_v2, 400, Bucket=self.bucket, ContinuationToken="garbage")
        deleted = self.s3.delete_objects(Bucket=self.bucket, Delete={"Objects": [{"Key": keys[0]}, {"Key": "absent"}]})
        self.assertEqual([item["Key"] for item in deleted["Deleted"]], [keys[0], "absent"])
        self.refused("MalformedXML", self.s3.delete_objects, 400, Bucket=self.bucket, Delete={"Objects": [{"Key": str(n)} for n in range(1001)]})

    def test_its_own_region_and_account(self) -> None:
        self.put()
        answer = client("s3", self.account, "us-east-1").get_object(Bucket=self.bucket, Key="k")
        self.assertEqual(answer["Body"].read(), b"1")  # botocore follows the redirect
        calls = {(entry["operation"], entry["count"]) for entry in control("GET", f"/_calls?account={self.account}")["calls"]}
        self.assertIn(("GetObject", 2), calls)
        self.refused("AccessDenied", client("s3", new_account()).get_object, 403, Bucket=self.bucket, Key="k")

    def test_an_absent_key_is_forbidden_without_the_right_to_list(self) -> None:
        arn = self.role("reader", {"AWS": self.account})
        iam = self.client("iam")

        def session(*statements: dict) -> object:
            iam.put_role_policy(RoleName="reader", PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
            return client("s3", "", credentials=self.client("sts").assume_role(RoleArn=arn, RoleSessionName="session")["Credentials"])

        objects = statement("s3:GetObject", resource=f"arn:aws:s3:::{self.bucket}/costs/*")
        self.put("costs/a")
        reader = session(objects)
        self.assertEqual(reader.get_object(Bucket=self.bucket, Key="costs/a")["Body"].read(), b"1")
        self.refused("AccessDenied", reader.get_object, 403, Bucket=self.bucket, Key="costs/absent")
        self.refused("AccessDenied", reader.get_object, 403, Bucket=self.bucket, Key="other")
        lister = session(objects, {**statement("s3:ListBucket", resource=f"arn:aws:s3:::{self.bucket}"), "Condition": {"StringLike": {"s3:prefix": "costs/*"}}})
        lister.list_objects_v2(Bucket=self.bucket, Prefix="costs/")
        self.refused("AccessDenied", lister.list_objects_v2, 403, Bucket=self.bucket, Prefix="other/")
        full = session(objects, statement("s3:ListBucket", resource=f"arn:aws:s3:::{self.bucket}"))
        self.refused("NoSuchKey", full.get_object, 404, Bucket=self.bucket, Key="costs/absent")
