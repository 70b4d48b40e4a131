"""Alarms that are evaluated: their states, their history, and what they publish. No test sets a state to get one, except where that is its subject."""

from __future__ import annotations

import datetime
import json
import time
from typing import Any

from harness import REGION, StandinTestCase, archive, cbor_client, control

_DIMENSIONS = [{"Name": "Monitor", "Value": "home"}]
DOWN = {
    "AlarmName": "down", "AlarmDescription": "The home page is down.", "Namespace": "Hinomi", "MetricName": "Success", "Dimensions": _DIMENSIONS,
    "Statistic": "Minimum", "Period": 60, "EvaluationPeriods": 2, "DatapointsToAlarm": 2, "Threshold": 1.0, "ComparisonOperator": "LessThanThreshold",
    "TreatMissingData": "ignore",
}


class EvaluationTestCase(StandinTestCase):
    """A topic with a queue behind it, and quick ways to report and to evaluate."""

    def setUp(self) -> None:
        super().setUp()
        self.watch = cbor_client("cloudwatch", self.account)
        self.settings(queue_reuse_seconds=0, alarms="manual")
        sns, sqs = self.client("sns"), self.client("sqs")
        self.topic = sns.create_topic(Name="alerts")["TopicArn"]
        self.queue = sqs.create_queue(QueueName="inbox")["QueueUrl"]
        arn = f"arn:aws:sqs:{REGION}:{self.account}:inbox"
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]},
                                                          "Action": "sqs:SendMessage", "Resource": arn}]}
        sqs.set_queue_attributes(QueueUrl=self.queue, Attributes={"Policy": json.dumps(policy)})
        sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn)
        self.queue_arn = arn
        self.base = time.time() // 60 * 60

    def report(self, *values: float | None, name: str = "Success", monitor: str = "home") -> None:
        """One value a minute, the last of them in the minute that ended latest. None reports nothing."""
        for before, value in enumerate(reversed(values), 1):
            if value is not None:
                at = datetime.datetime.fromtimestamp(self.base - 60 * before, datetime.timezone.utc)
                self.watch.put_metric_data(Namespace="Hinomi", MetricData=[
                    {"MetricName": name, "Dimensions": [{"Name": "Monitor", "Value": monitor}], "Value": value, "Timestamp": at}])

    def evaluate(self) -> list[tuple[str, str, str]]:
        """What changed: alarm, old state, new state."""
        changes = control("POST", "/_alarms/evaluate", {"account": self.account})["changes"]
        return [(change["alarm"], change["from"], change["to"]) for change in changes]

    def at(self, minutes: float) -> None:
        """The clock of the account's alarms stands a moment after the end of the minute that lies so far ahead."""
        self.settings(clock_offset_seconds=self.base + 60 * minutes + 1 - time.time())

    def state(self, name: str) -> dict[str, Any]:
        found = self.watch.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        return (found["MetricAlarms"] + found["CompositeAlarms"])[0]

    def received(self) -> list[dict[str, Any]]:
        """The messages in the queue, taken out of it."""
        sqs, found = self.client("sqs"), []
        while True:
            messages = sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", [])
            if not messages:
                return found
            for message in messages:
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])


class MetricAlarms(EvaluationTestCase):
    def test_down_and_up_again(self) -> None:
        self.watch.put_metric_alarm(**DOWN, AlarmActions=[self.topic], OKActions=[self.topic])
        self.assertEqual((self.state("down")["StateValue"], self.state("down")["StateReason"]), ("INSUFFICIENT_DATA", "Unchecked: Initial alarm creation"))
        self.at(0)
        self.report(1, 0)
        self.assertEqual(self.evaluate(), [("down", "INSUFFICIENT_DATA", "OK")])
        self.report(0, 0)
        self.assertEqual(self.evaluate(), [("down", "OK", "ALARM")])
        self.assertEqual(self.evaluate(), [], "a state that stays tells nobody")
        state = self.state("down")
        self.assertRegex(state["StateReason"], r"^Threshold Crossed: 2 out of the last 2 datapoints \[0\.0 \(\d\d/\d\d/\d\d \d\d:\d\d:00\), 0\.0 \(.*\)\] were less "
                                               r"than the threshold \(1\.0\) \(minimum 2 datapoints for OK -> ALARM transition\)\.$")
        self.assertEqual(json.loads(state["StateReasonData"])["recentDatapoints"], [0.0, 0.0])
        recovery, alarm = self.received()
        self.assertEqual(recovery["Subject"], 'OK: "down" in EU (Ireland)')
        self.assertEqual(alarm["Subject"], 'ALARM: "down" in EU (Ireland)')
        message = json.loads(alarm["Message"])
        self.assertEqual(list(message), ["AlarmName", "AlarmDescription", "AWSAccountId", "AlarmConfigurationUpdatedTimestamp", "NewStateValue",
                                         "NewStateReason", "StateChangeTime", "Region", "AlarmArn", "OldStateValue", "OKActions", "AlarmActions",
                                         "InsufficientDataActions", "Trigger"])
        self.assertEqual(message["Trigger"], {
            "MetricName": "Success", "Namespace": "Hinomi", "StatisticType": "Statistic", "Statistic": "MINIMUM", "Unit": None,
            "Dimensions": [{"value": "home", "name": "Monitor"}], "Period": 60, "EvaluationPeriods": 2, "DatapointsToAlarm": 2,
            "ComparisonOperator": "LessThanThreshold", "Threshold": 1.0, "TreatMissingData": "ignore", "EvaluateLowSampleCountPercentile": ""})
        self.assertEqual((message["AWSAccountId"], message["Region"], message["OldStateValue"]), (self.account, "EU (Ireland)", "OK"))
        self.assertRegex(message["StateChangeTime"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$")
        self.at(2)
        self.base += 120
        self.report(1, 1)
        self.assertEqual(self.evaluate(), [("down", "ALARM", "OK")])
        self.assertEqual([item["Subject"][:2] for item in self.received()], ["OK"])

    def test_only_whole_periods_up_to_the_latest_minute(self) -> None:
        """User guide: at the end of minute 6, a period of five minutes is that of minutes 2 to 6, not 1 to 5."""
        self.watch.put_metric_alarm(**{**DOWN, "Period": 300, "EvaluationPeriods": 1, "DatapointsToAlarm": 1, "TreatMissingData": "missing"})
        self.report(0, None, None, None, None)
        self.at(0)
        self.assertEqual(self.evaluate(), [("down", "INSUFFICIENT_DATA", "ALARM")])
        self.assertEqual(json.loads(self.state("down")["StateReasonData"])["startDate"][11:16], time.strftime("%H:%M", time.gmtime(self.base - 300)))

    def test_the_minute_that_is_not_over_counts_for_nothing(self) -> None:
        self.watch.put_metric_alarm(**{**DOWN, "EvaluationPeriods": 1, "DatapointsToAlarm": 1})
        self.report(1, 0)
        self.settings(clock_offset_seconds=self.base - 1 - time.time())
        self.assertEqual(self.evaluate(), [("down", "INSUFFICIENT_DATA", "OK")])
        self.at(0)
        self.assertEqual(self.evaluate(), [("down", "OK", "ALARM")])

    def test_no_data_for_three_intervals(self) -> None:
        quiet = {**DOWN, "AlarmName": "no data", "Statistic": "SampleCount", "Period": 300, "EvaluationPeriods": 1, "DatapointsToAlarm": 1, "TreatMissingData": "breaching"}
        self.watch.put_metric_alarm(**quiet)
        self.report(1)
        self.at(0)
        self.assertEqual(self.evaluate(), [("no data", "INSUFFICIENT_DATA", "OK")])
        self.at(14)
        self.assertEqual(self.evaluate(), [], "a value within the evaluation range of 1 + 2 periods is still a value")
        self.at(15)
        self.assertEqual(self.evaluate(), [("no data", "OK", "ALARM")])
        self.assertEqual(self.state("no data")["StateReason"],
                         "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [Breaching].")

    def test_metric_mathematics(self) -> None:
        places = ("tokyo", "osaka", "paris")
        metrics = [{"Id": f"m{number}", "ReturnData": False, "MetricStat": {"Period": 60, "Stat": "Minimum", "Metric": {
            "Namespace": "Hinomi", "MetricName": "Success", "Dimensions": [{"Name": "Monitor", "Value": place}]}}} for number, place in enumerate(places)]
        down = ", ".join(f"IF(FILL(m{number}, 1) < 1, 1, 0)" for number in range(3))
        alarm = {"AlarmName": "two of three", "EvaluationPeriods": 2, "DatapointsToAlarm": 2, "Threshold": 2.0, "TreatMissingData": "ignore",
                 "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                 "Metrics": [*metrics, {"Id": "down", "Expression": f"SUM([{down}])", "Label": "locations down", "ReturnData": True}]}
        self.watch.put_metric_alarm(**alarm, AlarmActions=[self.topic])
        self.report(0, 0, monitor="tokyo")
        self.report(1, 1, monitor="osaka")
        self.at(0)
        self.assertEqual(self.evaluate(), [("two of three", "INSUFFICIENT_DATA", "OK")])
        self.report(0, 0, monitor="osaka")
        self.assertEqual(self.evaluate(), [("two of three", "OK", "ALARM")])
        trigger = json.loads(self.received()[0]["Message"])["Trigger"]
        self.assertNotIn("MetricName", trigger)
        self.assertEqual(trigger["Metrics"][3], {"Expression": f"SUM([{down}])", "Id": "down", "Label": "locations down", "ReturnData": True})
        self.assertEqual(trigger["Metrics"][0]["MetricStat"]["Metric"]["Dimensions"], [{"value": "tokyo", "name": "Monitor"}])

    def test_refused_mathematics(self) -> None:
        stat = {"Metric": {"Namespace": "N", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}
        alarm = {"AlarmName": "math", "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold"}
        for text in ("LOWER(m1)", "m1 +", "m2", "SUM(m1)", "[m1, m1]", "SEARCH('{N} m', 'Sum', 60)"):
            metrics = [{"Id": "m1", "MetricStat": stat, "ReturnData": False}, {"Id": "e1", "Expression": text}]
            with self.subTest(text=text):
                self.refused("ValidationError", self.watch.put_metric_alarm, 400, **alarm, Metrics=metrics)
        for metrics, expressions in ((11, 1), (1, 11)):
            many = [{"Id": f"m{number}", "MetricStat": stat, "ReturnData": False} for number in range(metrics)]
            many += [{"Id": f"e{number}", "Expression": "m0 + 1", "ReturnData": number == 0} for number in range(expressions)]
            self.refused("ValidationError", self.watch.put_metric_alarm, 400, **alarm, Metrics=many)
        most = [{"Id": f"m{number}", "MetricStat": stat, "ReturnData": False} for number in range(10)]
        most += [{"Id": f"e{number}", "Expression": "m0 + 1", "ReturnData": number == 0} for number in range(10)]
        self.watch.put_metric_alarm(**alarm, Metrics=most)
        mixed = [{"Id": "m1", "MetricStat": stat, "ReturnData": False}, {"Id": "m2", "MetricStat": {**stat, "Period": 300}, "ReturnData": False},
                 {"Id": "e1", "Expression": "m1 + m2"}]
        self.refused("ValidationError", self.watch.put_metric_alarm, 400, **alarm, Metrics=mixed)

    def test_percentiles_and_disabled_actions(self) -> None:
        slow = {**DOWN, "AlarmName": "slow", "MetricName": "Duration", "ExtendedStatistic": "p90", "ComparisonOperator": "GreaterThanThreshold", "Threshold": 100.0}
        del slow["Statistic"]
        self.watch.put_metric_alarm(**slow, ActionsEnabled=False, AlarmActions=[self.topic])
        self.report(150, 200, name="Duration")
        self.at(0)
        self.assertEqual(self.evaluate(), [("slow", "INSUFFICIENT_DATA", "ALARM")])
        self.assertEqual(self.received(), [])

    def test_a_set_state_lasts_until_the_next_evaluation(self) -> None:
        self.watch.put_metric_alarm(**{**DOWN, "TreatMissingData": "notBreaching"}, AlarmActions=[self.topic], OKActions=[self.topic])
        self.watch.set_alarm_state(AlarmName="down", StateValue="ALARM", StateReason="Trying it.", StateReasonData='{"a": 1}')
        self.assertEqual((self.state("down")["StateValue"], self.state("down")["StateReasonData"]), ("ALARM", '{"a": 1}'))
        self.assertEqual(self.evaluate(), [("down", "ALARM", "OK")])
        messages = [json.loads(item["Message"]) for item in self.received()]
        self.assertEqual([(item["OldStateValue"], item["NewStateValue"]) for item in messages], [("INSUFFICIENT_DATA", "ALARM"), ("ALARM", "OK")])

    def test_by_itself_when_data_come(self) -> None:
        self.settings(alarms="automatic")
        self.watch.put_metric_alarm(**DOWN)
        self.report(0, 0)
        deadline = time.monotonic() + 10
        while self.state("down")["StateValue"] != "ALARM":
            self.assertLess(time.monotonic(), deadline, self.state("down"))
            time.sleep(0.05)

    def test_update_keeps_the_state(self) -> None:
        self.watch.put_metric_alarm(**DOWN)
        self.report(0, 0)
        self.at(0)
        self.evaluate()
        self.watch.put_metric_alarm(**{**DOWN, "AlarmDescription": "Other words."})
        self.assertEqual(self.state("down")["StateValue"], "ALARM")

    def test_history(self) -> None:
        absent = f"arn:aws:sns:{REGION}:{self.account}:absent"
        self.watch.put_metric_alarm(**DOWN, AlarmActions=[self.topic, absent])
        self.report(0, 0)
        self.at(0)
        self.evaluate()
        self.watch.delete_alarms(AlarmNames=["down"])
        items = self.watch.describe_alarm_history(AlarmName="down", ScanBy="TimestampAscending")["AlarmHistoryItems"]
        kinds = ["ConfigurationUpdate", "StateUpdate", "Action", "Action", "ConfigurationUpdate"]
        self.assertEqual([item["HistoryItemType"] for item in items], kinds)
        self.assertEqual(items[1]["HistorySummary"], "Alarm updated from INSUFFICIENT_DATA to ALARM")
        update = json.loads(items[1]["HistoryData"])
        self.assertEqual((update["oldState"]["stateValue"], update["newState"]["stateValue"]), ("INSUFFICIENT_DATA", "ALARM"))
        self.assertEqual(update["newState"]["stateReasonData"]["threshold"], 1.0)
        self.assertEqual(items[2]["HistorySummary"], f"Successfully executed action {self.topic}")
        self.assertTrue(items[3]["HistorySummary"].startswith(f"Failed to execute action {absent}."), items[3])
        newest = self.watch.describe_alarm_history(HistoryItemType="Action", MaxRecords=1)
        self.assertEqual(len(newest["AlarmHistoryItems"]), 1)
        self.assertIn("NextToken", newest)

    def test_a_topic_that_admits_nobody(self) -> None:
        """The policy names the account's own principals; CloudWatch is none of them."""
        closed = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{self.account}:root"},
                                                          "Action": "sns:Publish", "Resource": self.topic}]}
        self.client("sns").set_topic_attributes(TopicArn=self.topic, AttributeName="Policy", AttributeValue=json.dumps(closed))
        self.watch.put_metric_alarm(**DOWN, AlarmActions=[self.topic])
        self.report(0, 0)
        self.at(0)
        self.evaluate()
        self.assertEqual(self.received(), [])
        item = self.watch.describe_alarm_history(AlarmName="down", HistoryItemType="Action")["AlarmHistoryItems"][0]
        self.assertIn("is not authorized to perform: SNS:Publish", item["HistorySummary"])

    def test_event_bus(self) -> None:
        events = self.client("events")
        events.put_rule(Name="alarms", EventPattern=json.dumps({"source": ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"]}))
        events.put_targets(Rule="alarms", Targets=[{"Id": "inbox", "Arn": self.queue_arn}])
        self.watch.put_metric_alarm(**DOWN)
        self.report(0, 0)
        self.at(0)
        self.evaluate()
        event, = self.received()
        self.assertEqual((event["account"], event["region"], event["resources"]), (self.account, REGION, [self.state("down")["AlarmArn"]]))
        detail = event["detail"]
        self.assertEqual((detail["alarmName"], detail["state"]["value"], detail["previousState"]["value"]), ("down", "ALARM", "INSUFFICIENT_DATA"))
        self.assertEqual(detail["configuration"]["metrics"][0]["metricStat"], {"metric": {
            "dimensions": {"Monitor": "home"}, "name": "Success", "namespace": "Hinomi"}, "period": 60, "stat": "Minimum"})

    def test_length_of_a_queue(self) -> None:
        """AWS/SQS is sampled for the alarms that watch it; the alarm of a dead-letter queue rings."""
        self.watch.put_metric_alarm(**{**DOWN, "AlarmName": "dead letters", "Namespace": "AWS/SQS", "MetricName": "ApproximateNumberOfMessagesVisible",
                                       "Dimensions": [{"Name": "QueueName", "Value": "inbox"}], "Statistic": "Maximum", "EvaluationPeriods": 1,
                                       "DatapointsToAlarm": 1, "Threshold": 0.0, "ComparisonOperator": "GreaterThanThreshold"})
        self.at(0)
        self.evaluate()
        self.at(1)
        self.assertEqual(self.evaluate(), [("dead letters", "INSUFFICIENT_DATA", "OK")])
        self.client("sqs").send_message(QueueUrl=self.queue, MessageBody="lost")
        self.evaluate()
        self.at(2)
        self.assertEqual(self.evaluate(), [("dead letters", "OK", "ALARM")])

    def test_from_a_function_to_the_queue(self) -> None:
        """The whole way: a function's output is a metric, the metric an alarm, the alarm a message."""
        self.settings(role_refusals=0)
        role = self.role("function", {"Service": "lambda.amazonaws.com"})
        may_log = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}
        self.client("iam").put_role_policy(RoleName="function", PolicyName="logs", PolicyDocument=json.dumps(may_log))
        functions = self.client("lambda")
        code = {"ZipFile": archive(main__py="import json\ndef handler(event, context):\n    print(json.dumps(event))\n")}
        functions.create_function(FunctionName="probe", Runtime="python3.12", Role=role, Handler="main.handler", Code=code)
        functions.get_waiter("function_active_v2").wait(FunctionName="probe", WaiterConfig={"Delay": 1, "MaxAttempts": 20})
        self.watch.put_metric_alarm(**DOWN, AlarmActions=[self.topic])
        self.at(0)
        for before in (2, 1):
            directive = {"Namespace": "Hinomi", "Dimensions": [["Monitor"]], "Metrics": [{"Name": "Success"}]}
            line = {"_aws": {"Timestamp": int(self.base - 60 * before) * 1000, "CloudWatchMetrics": [directive]}, "Monitor": "home", "Success": 0}
            functions.invoke(FunctionName="probe", Payload=json.dumps(line).encode())
        self.assertEqual(self.evaluate(), [("down", "INSUFFICIENT_DATA", "ALARM")])
        self.assertEqual([item["Subject"] for item in self.received()], ['ALARM: "down" in EU (Ireland)'])

    def test_reset_forgets(self) -> None:
        self.watch.put_metric_alarm(**DOWN)
        self.assertEqual(control("GET", f"/_objects?account={self.account}")[self.account][REGION]["cloudwatch:alarm"], ["down"])
        self.assertEqual(control("POST", f"/_reset?account={self.account}"), {"left": []})
        self.assertEqual(self.watch.describe_alarms()["MetricAlarms"], [])
        self.assertEqual(self.watch.describe_alarm_history()["AlarmHistoryItems"], [])


class CompositeAlarms(EvaluationTestCase):
    def setUp(self) -> None:
        super().setUp()
        for name in ("one", "two", "quiet"):
            self.watch.put_metric_alarm(**{**DOWN, "AlarmName": name, "Dimensions": [{"Name": "Monitor", "Value": name}]})
        self.at(0)

    def ring(self, name: str, value: float = 0) -> list[tuple[str, str, str]]:
        self.report(value, value, monitor=name)
        return self.evaluate()

    def test_follows_its_children(self) -> None:
        rule = 'ALARM("one") AND NOT ALARM(two)'
        self.watch.put_composite_alarm(AlarmName="top", AlarmRule=rule, AlarmActions=[self.topic], OKActions=[self.topic])
        self.watch.put_composite_alarm(AlarmName="above", AlarmRule="ALARM(top)")
        self.assertEqual(self.evaluate(), [("above", "INSUFFICIENT_DATA", "OK"), ("top", "INSUFFICIENT_DATA", "OK")])
        self.assertEqual(self.ring("one"), [("one", "INSUFFICIENT_DATA", "ALARM"), ("top", "OK", "ALARM"), ("above", "OK", "ALARM")])
        self.assertRegex(self.state("top")["StateReason"], r":alarm:one transitioned to ALARM at \w+ \d\d \w+, \d{4} \d\d:\d\d:\d\d UTC$")
        message = json.loads(self.received()[1]["Message"])
        self.assertEqual((message["AlarmRule"], message["TriggeringChildren"][0]["State"]["Value"]), (rule, "ALARM"))
        self.assertEqual(message["TriggeringChildren"][0]["Arn"], self.state("one")["AlarmArn"])
        self.assertNotIn("Trigger", message)
        self.assertIn(("top", "ALARM", "OK"), self.ring("two"))
        related = self.watch.describe_alarms(ChildrenOfAlarmName="top", AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        self.assertEqual([alarm["AlarmName"] for alarm in related["MetricAlarms"]], ["one", "two"])
        related = self.watch.describe_alarms(ParentsOfAlarmName="one")
        self.assertEqual([alarm["AlarmName"] for alarm in related["CompositeAlarms"]], ["top"])

    def test_suppressed(self) -> None:
        self.watch.put_composite_alarm(AlarmName="top", AlarmRule="ALARM(one)", AlarmActions=[self.topic], ActionsSuppressor="quiet",
                                       ActionsSuppressorWaitPeriod=60, ActionsSuppressorExtensionPeriod=120)
        self.ring("quiet")
        self.ring("one")
        self.assertEqual((self.state("top")["StateValue"], self.state("top")["ActionsSuppressedBy"]), ("ALARM", "Alarm"))
        self.assertEqual(self.received(), [])
        self.base += 120
        self.at(0)
        self.ring("quiet", 1)
        self.assertEqual(self.state("top")["ActionsSuppressedBy"], "ExtensionPeriod")
        self.at(1)
        self.evaluate()
        self.assertEqual(self.received(), [])
        self.at(2.5)
        self.evaluate()
        self.assertEqual([item["Subject"][:5] for item in self.received()], ["ALARM"])
        self.assertNotIn("ActionsSuppressedBy", self.state("top"))

    def test_waits_for_its_suppressor(self) -> None:
        self.watch.put_composite_alarm(AlarmName="top", AlarmRule="ALARM(one)", AlarmActions=[self.topic], ActionsSuppressor="quiet",
                                       ActionsSuppressorWaitPeriod=60, ActionsSuppressorExtensionPeriod=120)
        self.ring("one")
        self.assertEqual(self.state("top")["ActionsSuppressedBy"], "WaitPeriod")
        self.assertEqual(self.received(), [])
        self.at(1.5)
        self.evaluate()
        self.assertEqual([item["Subject"][:5] for item in self.received()], ["ALARM"])

    def test_refused(self) -> None:
        for rule in ("ALARM(absent)", "ALARM(one", "RINGS(one)", ""):
            with self.subTest(rule=rule):
                self.refused("ValidationError", self.watch.put_composite_alarm, 400, AlarmName="top", AlarmRule=rule)
        self.watch.put_composite_alarm(AlarmName="top", AlarmRule="ALARM(one)")
        self.refused("ValidationError", self.watch.delete_alarms, 400, AlarmNames=["one"])
        self.refused("ValidationError", self.watch.put_metric_alarm, 400, **{**DOWN, "AlarmName": "top"})
