"""EventBridge Scheduler: expressions, groups, tokens, and the clock."""

from __future__ import annotations

import datetime
import json
import sys
import unittest

from functions_under_test import FunctionTestCase, statement
from harness import FOLDER, control

sys.path.insert(0, str(FOLDER))

from standin.exchange import Refusal  # noqa: E402
from standin.schedules.expressions import Cron, parse_expression  # noqa: E402
from standin.schedules.firing import is_due  # noqa: E402
from standin.schedules.store import Schedule  # noqa: E402


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)


class Expressions(unittest.TestCase):
    def test_what_is_refused(self) -> None:
        for text in ("rate(0 minutes)", "rate(5)", "rate(5 seconds)", "rate(1.5 hours)", "at(2026-01-01)", "at(2026-13-01T00:00:00)", "5 minutes",
                     "cron(0 12 * * *)", "cron(0 12 * * * *)", "cron(0 12 ? * ? *)", "cron(60 12 * * ? *)", "cron(0 24 * * ? *)",
                     "cron(0 12 32 * ? *)", "cron(0 12 ? * MON#6 *)", "cron(0 12 ? JUNE MON *)", "cron(5-1 * * * ? *)", "rate(5 minutes"):
            with self.assertRaises(Refusal, msg=text):
                parse_expression(text, "UTC")
        with self.assertRaises(Refusal):
            parse_expression("rate(5 minutes)", "Mars/Olympus")

    def test_cron(self) -> None:
        for text, zone, fits, misses in (
            ("cron(0/15 * * * ? *)", "UTC", "2026-11-24T10:45:00", "2026-11-24T10:46:00"),
            ("cron(30 9 ? * MON-FRI *)", "Asia/Tokyo", "2026-11-24T00:30:00", "2026-11-22T00:30:00"),
            ("cron(0 0 L * ? *)", "UTC", "2028-02-29T00:00:00", "2028-02-28T00:00:00"),
            ("cron(0 0 15W * ? *)", "UTC", "2026-11-16T00:00:00", "2026-11-15T00:00:00"),
            ("cron(0 0 ? * 3#2 *)", "UTC", "2026-11-10T00:00:00", "2026-11-17T00:00:00"),
            ("cron(0 0 ? * FRIL *)", "UTC", "2026-11-27T00:00:00", "2026-11-20T00:00:00"),
            ("cron(0 8,20 1 JAN,JUL ? 2027)", "UTC", "2027-07-01T20:00:00", "2026-07-01T20:00:00"),
        ):
            expression = parse_expression(text, zone)
            assert isinstance(expression, Cron)
            self.assertTrue(expression.matches(moment(fits)), text)
            self.assertFalse(expression.matches(moment(misses)), text)

    def test_when_a_schedule_is_due(self) -> None:
        def schedule(expression: str, **changes):
            settings = {"ScheduleExpression": expression, "ScheduleExpressionTimezone": "UTC", "State": "ENABLED", **changes}
            return Schedule(("1", "r"), "default", "a", settings, created=moment("2026-11-24T10:00:30"))

        rate = schedule("rate(5 minutes)")
        self.assertTrue(is_due(rate, moment("2026-11-24T10:01:00")))
        rate.last_fired = moment("2026-11-24T10:01:00")
        self.assertFalse(is_due(rate, moment("2026-11-24T10:05:00")))
        self.assertTrue(is_due(rate, moment("2026-11-24T10:06:00")))
        self.assertFalse(is_due(schedule("rate(5 minutes)", StartDate=moment("2026-11-24T11:00:00")), moment("2026-11-24T10:59:00")))
        self.assertFalse(is_due(schedule("rate(5 minutes)", EndDate=moment("2026-11-24T11:00:00")), moment("2026-11-24T11:01:00")))
        self.assertFalse(is_due(schedule("rate(5 minutes)", State="DISABLED"), moment("2026-11-24T10:01:00")))
        once = schedule("at(2026-11-24T10:30:59)")
        self.assertFalse(is_due(once, moment("2026-11-24T10:29:00")))
        self.assertTrue(is_due(once, moment("2026-11-24T10:30:00")))
        self.assertFalse(is_due(schedule("at(2026-11-24T09:30:00)"), moment("2026-11-24T10:30:00")))


class Operations(FunctionTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.arn = f"arn:aws:lambda:eu-west-1:{self.account}:function:probe"
        group = f"arn:aws:scheduler:eu-west-1:{self.account}:schedule-group/checks"
        self.role_arn = self.role("scheduler", {"Service": "scheduler.amazonaws.com"}, {
            "StringEquals": {"aws:SourceAccount": self.account, "aws:SourceArn": group}})
        self.scheduler = self.client("scheduler")
        self.request = {"Name": "home", "GroupName": "checks", "ScheduleExpression": "rate(5 minutes)", "FlexibleTimeWindow": {"Mode": "OFF"},
                        "Target": {"Arn": self.arn, "RoleArn": self.role_arn, "Input": "{}"}}

    def test_groups(self) -> None:
        create = self.scheduler.create_schedule
        self.refused("ResourceNotFoundException", create, 404, **self.request)
        arn = self.scheduler.create_schedule_group(Name="checks", ClientToken="t", Tags=[{"Key": "a", "Value": "1"}])["ScheduleGroupArn"]
        self.assertEqual(self.scheduler.create_schedule_group(Name="checks", ClientToken="t")["ScheduleGroupArn"], arn)
        self.refused("ConflictException", self.scheduler.create_schedule_group, 409, Name="checks")
        self.assertEqual(self.scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"], [{"Key": "a", "Value": "1"}])
        tagged = self.client("resourcegroupstaggingapi").get_resources(TagFilters=[{"Key": "a"}])["ResourceTagMappingList"]
        self.assertEqual([entry["ResourceARN"] for entry in tagged], [arn])
        create(**self.request)
        self.settings(transition_ms=3000)
        self.scheduler.delete_schedule_group(Name="checks")
        self.assertEqual(self.scheduler.get_schedule_group(Name="checks")["State"], "DELETING")
        self.refused("ConflictException", create, 409, **self.request)
        self.refused("ConflictException", self.scheduler.create_schedule_group, 409, Name="checks")
        self.assertEqual(self.scheduler.list_schedules()["Schedules"], [])
        self.eventually(lambda: [group["Name"] for group in self.scheduler.list_schedule_groups()["ScheduleGroups"]] == ["default"])
        self.refused("ResourceNotFoundException", self.scheduler.get_schedule_group, 404, Name="checks")
        self.refused("ValidationException", self.scheduler.delete_schedule_group, Name="default")
        self.scheduler.create_schedule_group(Name="checks")

    def test_schedules(self) -> None:
        self.scheduler.create_schedule_group(Name="checks")
        create, request = self.scheduler.create_schedule, self.request
        for changes in ({"ScheduleExpression": "rate(0 minutes)"}, {"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}}, {"Name": "a/b"},
                        {"FlexibleTimeWindow": {"Mode": "OFF", "MaximumWindowInMinutes": 5}}, {"ScheduleExpressionTimezone": "Nowhere"},
                        {"Target": {**request["Target"], "Input": "{"}}, {"Target": {**request["Target"], "Arn": "probe"}},
                        {"Target": {**request["Target"], "Input": json.dumps({"text": "\"" * 65536})}},
                        {"StartDate": "2026-01-02T00:00:00Z", "EndDate": "2026-01-01T00:00:00Z"}, {"Name": "a" * 65}):
            self.assertRaises(Exception, create, **{**request, **changes})
        foreign = self.role("foreign", {"Service": "lambda.amazonaws.com"})
        for role in (foreign, f"{foreign}-absent"):
            message = self.refused("ValidationException", create, **{**request, "Target": {**request["Target"], "RoleArn": role}})
            self.assertIn("allow AWS EventBridge Scheduler to assume the role", message)
        arn = create(**request, ClientToken="t", Description="five")["ScheduleArn"]
        self.assertEqual(create(**request, ClientToken="t", Description="five")["ScheduleArn"], arn)
        self.refused("ConflictException", create, 409, **request, ClientToken="t")
        self.refused("ConflictException", create, 409, **request, ClientToken="u", Description="five")
        self.scheduler.update_schedule(**{**request, "ScheduleExpression": "rate(1 minute)"}, State="DISABLED")
        shown = self.scheduler.get_schedule(Name="home", GroupName="checks")
        self.assertNotIn("Description", shown)
        self.assertEqual((shown["State"], shown["ScheduleExpression"]), ("DISABLED", "rate(1 minute)"))
        self.scheduler.update_schedule(**request)
        self.assertEqual(self.scheduler.get_schedule(Name="home", GroupName="checks")["State"], "ENABLED")
        self.assertEqual([item["Name"] for item in self.scheduler.list_schedules(GroupName="checks", NamePrefix="ho")["Schedules"]], ["home"])
        self.assertEqual(control("GET", f"/_objects?account={self.account}")[self.account]["eu-west-1"]["scheduler:schedule"], ["checks/home"])
        self.scheduler.delete_schedule(Name="home", GroupName="checks")
        self.refused("ResourceNotFoundException", self.scheduler.get_schedule, 404, Name="home", GroupName="checks")

    def test_a_new_role_is_refused_at_first(self) -> None:
        self.scheduler.create_schedule_group(Name="checks")
        self.settings(role_refusals=1)
        role = self.role("later", {"Service": "scheduler.amazonaws.com"})
        request = {**self.request, "Target": {**self.request["Target"], "RoleArn": role}}
        self.refused("ValidationException", self.scheduler.create_schedule, **request)
        self.scheduler.create_schedule(**request)

    def test_a_schedule_that_ends_itself(self) -> None:
        url, arn = self.queue("target")
        role = self.role_of("sender", "scheduler.amazonaws.com", statement("sqs:SendMessage", resource=arn))
        self.scheduler.create_schedule(Name="once", ScheduleExpression="at(2030-01-01T00:00:00)", FlexibleTimeWindow={"Mode": "OFF"},
                                       ActionAfterCompletion="DELETE", Target={"Arn": arn, "RoleArn": role, "Input": "<aws.scheduler.schedule-arn>"})
        body = {"account": self.account, "region": "eu-west-1", "name": "once"}
        self.assertTrue(control("POST", "/_schedules/run", body)["delivered"])
        got = self.client("sqs").receive_message(QueueUrl=url)["Messages"][0]["Body"]
        self.assertEqual(got, f"arn:aws:scheduler:eu-west-1:{self.account}:schedule/default/once")
        self.refused("ResourceNotFoundException", self.scheduler.get_schedule, 404, Name="once")
