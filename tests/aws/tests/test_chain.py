"""The chains: schedule → function → metric, and topic → queue → function → dead letters."""

from __future__ import annotations

import json

from functions_under_test import FunctionTestCase, statement
from harness import client, control

_MEASURE = '''
def handle(event, headers):
    print("run", event["at"], event["attempt"], flush=True)
    print("to standard error", file=sys.stderr, flush=True)
    aws("cloudwatch").put_metric_data(Namespace=event["namespace"], MetricData=[{"MetricName": "Success", "Value": 1.0}])
    return {"ok": True}
'''

# Records that say "bad" fail one by one; one that says "crash" ends the process.
_BATCH = '''
def handle(event, headers):
    failures = []
    for record in event["Records"]:
        text = json.loads(record["body"])["Message"]
        print("record", text, flush=True)
        if text == "crash":
            os._exit(3)
        if text == "bad":
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}
'''


class ScheduleToMetric(FunctionTestCase):
    def setUp(self) -> None:
        super().setUp()
        only_hinomi = statement("cloudwatch:PutMetricData", Condition={"StringEquals": {"cloudwatch:namespace": "Hinomi"}})
        self.arn = self.function("probe", _MEASURE, only_hinomi)
        scheduler_role = self.role_of("scheduler", "scheduler.amazonaws.com", statement("lambda:InvokeFunction", resource=self.arn))
        self.scheduler = self.client("scheduler")
        self.scheduler.create_schedule_group(Name="checks")
        self.request = {
            "Name": "home", "GroupName": "checks", "ScheduleExpression": "rate(1 minute)", "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": self.arn, "RoleArn": scheduler_role, "Input": json.dumps({
                "namespace": "Hinomi", "at": "<aws.scheduler.scheduled-time>", "attempt": "<aws.scheduler.attempt-number>",
                "arn": "<aws.scheduler.schedule-arn>", "id": "<aws.scheduler.execution-id>"})},
        }
        self.scheduler.create_schedule(**self.request)

    def run_now(self):
        return control("POST", "/_schedules/run", {"account": self.account, "region": "eu-west-1", "group": "checks", "name": "home",
                                                   "scheduled_time": "2026-11-24T10:00:00Z"})

    def test_a_schedule_runs_its_function_as_its_role(self) -> None:
        run = self.run_now()
        self.assertTrue(run["delivered"], run)
        done = self.eventually(self.invocations)[0]
        self.assertTrue(done["ok"], done)
        self.assertEqual((done["function"], done["region"], done["result"]), ("probe", "eu-west-1", {"ok": True}))
        event = json.loads(done["event"])
        self.assertEqual((event["at"], event["attempt"], event["id"]), ("2026-11-24T10:00:00Z", "1", run["execution_id"]))
        self.assertEqual(event["arn"], f"arn:aws:scheduler:eu-west-1:{self.account}:schedule/checks/home")
        calls = control("GET", f"/_calls?account={self.account}")["calls"]
        put = [call for call in calls if call["operation"] == "PutMetricData"]
        self.assertEqual([(call["caller"], call["region"], call["count"]) for call in put], [("function", "eu-west-1", 1)])
        logs = self.client("logs")
        events = logs.filter_log_events(logGroupName="/aws/lambda/probe")["events"]
        text = "\n".join(entry["message"] for entry in events)
        self.assertIn("run 2026-11-24T10:00:00Z 1", text)
        self.assertIn("to standard error", text)
        self.assertIn(f"START RequestId: {done['request_id']}", text)

    def test_what_the_role_forbids_fails_the_run(self) -> None:
        changed = {**self.request["Target"], "Input": self.request["Target"]["Input"].replace("Hinomi", "Other")}
        self.scheduler.update_schedule(**{**self.request, "Target": changed})
        self.run_now()
        done = self.eventually(self.invocations)[0]
        self.assertFalse(done["ok"])
        self.assertIn(f"arn:aws:sts::{self.account}:assumed-role/probe-role/probe is not authorized to perform: cloudwatch:PutMetricData",
                      done["error"])
        self.assertIn("because no identity-based policy allows the cloudwatch:PutMetricData action", done["error"])

    def test_a_scheduler_role_that_may_not_invoke(self) -> None:
        self.client("iam").delete_role_policy(RoleName="scheduler", PolicyName="inline")
        run = self.run_now()
        self.assertFalse(run["delivered"])
        self.assertIn("lambda:InvokeFunction", run["error"])
        self.assertEqual(self.invocations(), [])

    def test_a_role_that_may_not_write_logs_leaves_none(self) -> None:
        document = {"Version": "2012-10-17", "Statement": [statement("cloudwatch:PutMetricData")]}
        self.client("iam").put_role_policy(RoleName="probe-role", PolicyName="inline", PolicyDocument=json.dumps(document))
        self.run_now()
        self.assertTrue(self.eventually(self.invocations)[0]["ok"])
        self.assertEqual(self.client("logs").describe_log_groups()["logGroups"], [])


class TopicToDeadLetters(FunctionTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.dead_url, dead_arn = self.queue("dead")
        redrive = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 2})
        self.url, self.arn = self.queue("events", VisibilityTimeout="5", RedrivePolicy=redrive)
        self.topic = self.client("sns").create_topic(Name="bell")["TopicArn"]
        self.client("sns").subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=self.arn)
        self.admit(self.topic)
        needed = statement("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", resource=self.arn)
        self.function("relay", _BATCH, needed, Timeout=1)
        self.mapping = self.client("lambda").create_event_source_mapping(
            FunctionName="relay", EventSourceArn=self.arn, BatchSize=100, MaximumBatchingWindowInSeconds=1,
            FunctionResponseTypes=["ReportBatchItemFailures"], ScalingConfig={"MaximumConcurrency": 2})

    def admit(self, *topics: str) -> None:
        policy = {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": self.arn,
             "Condition": {"ArnEquals": {"aws:SourceArn": topic}}} for topic in topics]}
        self.client("sqs").set_queue_attributes(QueueUrl=self.url, Attributes={"Policy": json.dumps(policy)})

    def dead(self) -> list[str]:
        found = self.client("sqs").receive_message(QueueUrl=self.dead_url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return [json.loads(message["Body"])["Message"] for message in found.get("Messages", [])]

    def seen(self, text: str) -> int:
        return sum(done["log"].count(f"record {text}") for done in self.invocations())

    def test_failed_records_come_back_one_by_one_and_end_as_dead_letters(self) -> None:
        sns = self.client("sns")
        for text in ("good", "bad", *(f"more-{number}" for number in range(15))):
            sns.publish(TopicArn=self.topic, Message=text)
        self.assertEqual(self.eventually(self.dead), ["bad"])
        self.assertEqual((self.seen("good"), self.seen("bad")), (1, 2))
        # The window gathers more than the ten that one receive call would give.
        batches = [len(json.loads(done["event"])["Records"]) for done in self.invocations() if len(done["event"]) < 4000]
        largest = max(done["log"].count("record ") for done in self.invocations())
        self.assertGreater(largest, 10, batches)
        self.assertTrue(all(done["kind"] == "aws:sqs" for done in self.invocations()))

    def test_a_crash_brings_the_whole_batch_back(self) -> None:
        self.client("sns").publish(TopicArn=self.topic, Message="crash")
        self.assertEqual(self.eventually(self.dead), ["crash"])
        self.assertEqual([done["ok"] for done in self.invocations()], [False, False])
        self.assertIn("Runtime.ExitError", self.invocations()[0]["error"])

    def test_a_queue_that_doesnt_admit_the_topic_gets_nothing(self) -> None:
        self.admit(f"{self.topic}-other")
        self.client("sns").publish(TopicArn=self.topic, Message="lost")
        self.admit(self.topic)
        self.client("sns").publish(TopicArn=self.topic, Message="good")
        self.eventually(lambda: self.seen("good"))
        self.assertEqual(self.seen("lost"), 0)

    def test_everything_is_listed_and_reset_leaves_nothing(self) -> None:
        self.client("events").put_rule(Name="health", EventPattern=json.dumps({"source": ["aws.health"]}))
        self.client("events").put_targets(Rule="health", Targets=[{"Id": "topic", "Arn": self.topic}])
        self.client("dynamodb").create_table(TableName="incidents", BillingMode="PAY_PER_REQUEST", KeySchema=[
            {"AttributeName": "id", "KeyType": "HASH"}], AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
        self.client("scheduler").create_schedule_group(Name="checks")
        self.client("sns").publish(TopicArn=self.topic, Message="good")
        self.eventually(self.invocations)
        here = control("GET", f"/_objects?account={self.account}")[self.account]["eu-west-1"]
        self.assertEqual(here["lambda:event-source-mapping"], ["relay/events"])
        self.assertEqual(here["sns:subscription"], [f"bell/sqs/{self.arn}"])
        self.assertEqual((here["events:rule"], here["dynamodb:table"], here["scheduler:schedule-group"]), (["health"], ["incidents"], ["checks"]))
        self.assertEqual(control("POST", f"/_reset?account={self.account}")["left"], [])
        self.assertEqual(control("GET", f"/_objects?account={self.account}"), {})
        self.assertEqual(self.invocations(), [])

    def test_an_event_of_a_service_reaches_the_topic_only_when_its_policy_admits_it(self) -> None:
        events = self.client("events")
        rule = events.put_rule(Name="health", EventPattern=json.dumps({"source": ["aws.health"]}))["RuleArn"]
        events.put_targets(Rule="health", Targets=[{"Id": "topic", "Arn": self.topic, "InputPath": "$.source"}])
        refused = events.put_events(Entries=[{"Source": "aws.health", "DetailType": "x", "Detail": "{}"}])
        self.assertEqual(refused["FailedEntryCount"], 1)
        event = {"account": self.account, "region": "eu-west-1", "source": "aws.health", "detail-type": "AWS Health Event", "detail": {"n": 1}}
        own = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{self.account}:root"}, "Action": "sns:Publish", "Resource": self.topic}
        admitted = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish", "Resource": self.topic}
        # A delivery to a topic says nothing of its source.
        conditioned = {**admitted, "Condition": {"ArnLike": {"aws:SourceArn": rule}}}
        for turn, (statements, expected) in enumerate((([own], 0), ([own, conditioned], 0), ([own, admitted], 1))):
            self.client("sns").set_topic_attributes(TopicArn=self.topic, AttributeName="Policy", AttributeValue=json.dumps(
                {"Version": "2012-10-17", "Statement": statements}))
            control("POST", "/_events", event)
            self.client("sns").publish(TopicArn=self.topic, Message=f"after-{turn}")
            self.eventually(lambda: self.seen(f"after-{turn}"))
            self.assertEqual(self.seen('"aws.health"'), expected)


class Environment(FunctionTestCase):
    def test_what_a_function_sees(self) -> None:
        self.function("look", '''
def handle(event, headers):
    return {"environment": dict(os.environ), "deadline": headers["Lambda-Runtime-Deadline-Ms"],
            "arn": headers["Lambda-Runtime-Invoked-Function-Arn"], "me": aws("sts").get_caller_identity()["Arn"]}
''', Environment={"Variables": {"COLOUR": "red"}}, MemorySize=256)
        seen, error = self.invoke("look", {})
        self.assertIsNone(error, seen)
        variables = seen["environment"]
        self.assertEqual(seen["me"], f"arn:aws:sts::{self.account}:assumed-role/look-role/look")
        self.assertEqual(seen["arn"], f"arn:aws:lambda:eu-west-1:{self.account}:function:look")
        self.assertEqual((variables["COLOUR"], variables["AWS_REGION"], variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]), ("red", "eu-west-1", "256"))
        self.assertEqual(variables["AWS_LAMBDA_LOG_GROUP_NAME"], "/aws/lambda/look")
        self.assertEqual(variables["AWS_ENDPOINT_URL"], client("sts", self.account).meta.endpoint_url)
        self.assertFalse([name for name in variables if name.startswith(("STANDIN", "MINISTACK", "GATEWAY", "BIND_"))])

    def test_a_timeout_is_a_failure_and_the_next_run_is_fresh(self) -> None:
        self.function("slow", '''
def handle(event, headers):
    import time
    time.sleep(event["seconds"])
    return os.getpid()
''', Timeout=1)
        first, _ = self.invoke("slow", {"seconds": 0})
        again, _ = self.invoke("slow", {"seconds": 0})
        self.assertEqual(first, again)
        answer, error = self.invoke("slow", {"seconds": 30})
        self.assertEqual((error is not None, answer["errorType"]), (True, "Sandbox.Timedout"))
        fresh, _ = self.invoke("slow", {"seconds": 0})
        self.assertNotEqual(first, fresh)


class Killed(FunctionTestCase):
    """A function that dies at a chosen call: before it was made, or before its answer was heard."""

    def setUp(self) -> None:
        super().setUp()
        self.client("ssm").put_parameter(Name="/seen", Value="no", Type="String")
        self.function("writer", '''
def handle(event, headers):
    aws("ssm").put_parameter(Name="/seen", Value="yes", Type="String", Overwrite=True)
    return os.getpid()
''', statement("ssm:PutParameter"))

    def die(self, moment: str) -> str:
        control("POST", "/_faults", {"account": self.account, "service": "ssm", "operation": "PutParameter", "action": f"kill_{moment}"})
        answer, error = self.invoke("writer", {})
        self.assertIsNotNone(error)
        self.assertEqual(answer["errorType"], "Runtime.ExitError")
        return self.client("ssm").get_parameter(Name="/seen")["Parameter"]["Value"]

    def test_killed_before_the_call(self) -> None:
        self.assertEqual(self.die("before"), "no")
        self.assertIsInstance(self.invoke("writer", {})[0], int)

    def test_killed_after_the_call(self) -> None:
        self.assertEqual(self.die("after"), "yes")
