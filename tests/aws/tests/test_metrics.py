"""Metrics: put, listed, read, computed. And those inside log lines."""

from __future__ import annotations

import datetime
import json
import time
from typing import Any

from harness import REGION, StandinTestCase, archive, cbor_client, client, control

_DIMENSIONS = [{"Name": "Monitor", "Value": "home"}, {"Name": "Location", "Value": "tokyo"}]
_KEY = {"Namespace": "Hinomi", "MetricName": "Success", "Dimensions": _DIMENSIONS}


def utc(at: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(at, datetime.timezone.utc)


_NOW = time.time() // 60 * 60


def minute(before: int) -> float:
    """The start of a whole minute, some minutes ago. The same for all tests, however long they take."""
    return _NOW - 60 * before


class Putting(StandinTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.watch = cbor_client("cloudwatch", self.account)

    def put(self, **datum: Any) -> None:
        self.watch.put_metric_data(Namespace="Hinomi", MetricData=[{"MetricName": "Success", "Dimensions": _DIMENSIONS, **datum}])

    def read(self, *statistics: str, period: int = 60, **params: Any) -> list[dict[str, Any]]:
        found = self.watch.get_metric_statistics(**{**_KEY, **params}, StartTime=utc(minute(30)), EndTime=utc(minute(0)), Period=period,
                                                 Statistics=list(statistics))
        return sorted(found["Datapoints"], key=lambda point: point["Timestamp"])

    def test_values_sets_and_counts(self) -> None:
        at = utc(minute(5) + 31)
        self.put(Timestamp=at, Value=4.0, Unit="Milliseconds")
        self.put(Timestamp=at, Values=[1.0, 2.0], Counts=[3.0, 1.0], Unit="Milliseconds")
        self.put(Timestamp=at, StatisticValues={"SampleCount": 2, "Sum": 20, "Minimum": 9, "Maximum": 11}, Unit="Milliseconds")
        point, = self.read("SampleCount", "Sum", "Average", "Minimum", "Maximum")
        self.assertEqual(point["Timestamp"], utc(minute(5)), "a period begins at its multiple")
        self.assertEqual([point[name] for name in ("SampleCount", "Sum", "Minimum", "Maximum")], [7, 29, 1, 11])
        self.assertAlmostEqual(point["Average"], 29 / 7)
        self.assertEqual(point["Unit"], "Milliseconds")
        self.assertEqual(self.read("Sum", Unit="Seconds"), [])
        self.assertEqual(self.read("Sum", Dimensions=_DIMENSIONS[:1]), [], "fewer dimensions are another metric")
        self.assertEqual(self.read("Sum", Dimensions=_DIMENSIONS[::-1]), self.read("Sum"))
        other = cbor_client("cloudwatch", self.account, "us-west-2").list_metrics()["Metrics"]
        self.assertEqual(other, [])

    def test_refused(self) -> None:
        now = time.time()
        for code, datum in (
            ("InvalidParameterValue", {"Timestamp": utc(now - 15 * 86400), "Value": 1.0}), ("InvalidParameterValue", {"Timestamp": utc(now + 3 * 3600), "Value": 1.0}),
            ("InvalidParameterCombination", {"Value": 1.0, "Values": [1.0]}), ("MissingParameter", {}),
            ("InvalidParameterCombination", {"Values": [1.0, 2.0], "Counts": [1.0]}), ("InvalidParameterCombination", {"Value": 1.0, "Counts": [1.0]}),
            ("InvalidParameterValue", {"Value": float("nan")}), ("InvalidParameterValue", {"Value": 1.0, "StorageResolution": 5}),
            ("InvalidParameterValue", {"Value": 1.0, "Dimensions": [{"Name": "A", "Value": "1"}] * 2}),
            ("InvalidParameterValue", {"StatisticValues": {"SampleCount": 0, "Sum": 0, "Minimum": 0, "Maximum": 0}}),
            ("InvalidParameterCombination", {"StatisticValues": {"SampleCount": 1, "Sum": 0, "Minimum": 2, "Maximum": 1}}),
        ):
            with self.subTest(datum=datum):
                self.refused(code, self.put, 400, **datum)
        many = [{"Name": f"D{index}", "Value": "1"} for index in range(31)]
        self.refused("ValidationError", self.put, 400, Value=1.0, Dimensions=many)
        self.refused("InvalidParameterValue", self.watch.put_metric_data, 400, Namespace="AWS/Lambda", MetricData=[{"MetricName": "m", "Value": 1.0}])
        data = [{"MetricName": "m", "Value": 1.0}] * 1001
        self.refused("InvalidParameterValue", self.watch.put_metric_data, 400, Namespace="N", MetricData=data)
        self.assertEqual(self.watch.list_metrics()["Metrics"], [], "a wrong request stores nothing")
        self.put(Timestamp=utc(now - 13 * 86400), Value=1.0)
        self.put(Timestamp=utc(now + 7000), Value=1.0)

    def test_listing(self) -> None:
        self.put(Value=1.0)
        self.watch.put_metric_data(Namespace="Other", MetricData=[{"MetricName": "m", "Value": 1.0}])
        self.assertEqual([metric["Namespace"] for metric in self.watch.list_metrics()["Metrics"]], ["Hinomi", "Other"])
        for wanted, count in (({"Namespace": "Hinomi"}, 1), ({"MetricName": "m"}, 1), ({"Dimensions": [{"Name": "Location"}]}, 1),
                              ({"Dimensions": [{"Name": "Location", "Value": "osaka"}]}, 0), ({"RecentlyActive": "PT3H"}, 2)):
            self.assertEqual(len(self.watch.list_metrics(**wanted)["Metrics"]), count, wanted)

    def test_metric_data_with_mathematics(self) -> None:
        for before, value in ((3, 1.0), (2, 0.0), (1, 1.0)):
            self.put(Timestamp=utc(minute(before)), Value=value)
        stat = {"Metric": _KEY, "Period": 60, "Stat": "Minimum"}
        queries = [{"Id": "m1", "MetricStat": stat}, {"Id": "down", "Expression": "IF(FILL(m1, 1) < 1, 1, 0)", "Label": "down"},
                   {"Id": "hidden", "MetricStat": {**stat, "Stat": "p50"}, "ReturnData": False}]
        span = {"StartTime": utc(minute(4)), "EndTime": utc(minute(0))}
        found = self.watch.get_metric_data(MetricDataQueries=queries, ScanBy="TimestampAscending", **span)["MetricDataResults"]
        self.assertEqual([(item["Id"], item["Label"], item["StatusCode"], item["Values"]) for item in found],
                         [("m1", "Success", "Complete", [1, 0, 1]), ("down", "down", "Complete", [0, 0, 1, 0])])
        self.assertEqual(found[0]["Timestamps"][0], utc(minute(3)))
        newest = self.watch.get_metric_data(MetricDataQueries=queries[:1], **span)["MetricDataResults"][0]
        self.assertEqual(newest["Timestamps"][0], utc(minute(1)), "newest first unless told otherwise")
        page = self.watch.get_metric_data(MetricDataQueries=queries[:1], MaxDatapoints=2, **span)
        self.assertEqual((len(page["MetricDataResults"][0]["Values"]), page["MetricDataResults"][0]["StatusCode"]), (2, "PartialData"))
        rest = self.watch.get_metric_data(MetricDataQueries=queries[:1], MaxDatapoints=2, NextToken=page["NextToken"], **span)
        self.assertEqual(len(rest["MetricDataResults"][0]["Values"]), 1)
        for wrong in ({"Id": "e", "Expression": "FOO(m1)"}, {"Id": "m1", "Expression": "m1"}, {"Id": "x", "MetricStat": {**stat, "Period": 45}}):
            with self.subTest(wrong=wrong), self.assertRaises(self.watch.exceptions.ClientError):
                self.watch.get_metric_data(MetricDataQueries=[queries[0], wrong], **span)

    def test_over_json_too(self) -> None:
        plain = client("cloudwatch", self.account)
        plain.put_metric_data(Namespace="Hinomi", MetricData=[{"MetricName": "Success", "Timestamp": utc(minute(2)), "Value": 1.0}])
        found = plain.get_metric_statistics(Namespace="Hinomi", MetricName="Success", StartTime=utc(minute(5)), EndTime=utc(minute(0)), Period=60,
                                            ExtendedStatistics=["p99"])["Datapoints"]
        self.assertEqual(found[0]["ExtendedStatistics"], {"p99": 1.0})

    def test_reset_forgets(self) -> None:
        self.put(Value=1.0)
        control("POST", f"/_reset?account={self.account}")
        self.assertEqual(self.watch.list_metrics()["Metrics"], [])


class Embedded(StandinTestCase):
    def line(self, **changes: Any) -> dict[str, Any]:
        directive = {"Namespace": "Hinomi", "Dimensions": [["Monitor", "Location"], ["Monitor"]],
                     "Metrics": [{"Name": "Success"}, {"Name": "Duration", "Unit": "Milliseconds"}]}
        return {"_aws": {"Timestamp": int(minute(2) * 1000), "CloudWatchMetrics": [directive]}, "Monitor": "home", "Location": "tokyo",
                "Success": 0, "Duration": [120.5, 80], "why": "refused", **changes}

    def write(self, *messages: str) -> None:
        logs = self.client("logs")
        logs.create_log_group(logGroupName="checks")
        logs.create_log_stream(logGroupName="checks", logStreamName="s")
        at = int(time.time() * 1000)
        logs.put_log_events(logGroupName="checks", logStreamName="s", logEvents=[{"timestamp": at, "message": message} for message in messages])

    def metrics(self) -> dict[str, Any]:
        return control("GET", f"/_metrics?account={self.account}")

    def test_log_events(self) -> None:
        self.write(json.dumps(self.line()), "plain words", f"2026-11-24T03:00:00Z\trequest\tINFO\t{json.dumps(self.line(Location='osaka'))}")
        found = self.metrics()
        self.assertEqual(found["malformed"], [])
        shown = {(metric["name"], metric["dimensions"].get("Location")): metric for metric in found["metrics"]}
        self.assertEqual(set(shown), {(name, place) for name in ("Success", "Duration") for place in ("tokyo", "osaka", None)})
        duration = shown[("Duration", "tokyo")]["data"][0]
        self.assertEqual((duration["count"], duration["maximum"], duration["unit"], duration["at"]), (2, 120.5, "Milliseconds", utc(minute(2)).isoformat()))
        self.assertEqual(len(shown[("Success", None)]["data"]), 2, "both lines report the set without a location")
        read = self.client("cloudwatch").get_metric_statistics(**_KEY, StartTime=utc(minute(5)), EndTime=utc(minute(0)), Period=60, Statistics=["Minimum"])
        self.assertEqual(read["Datapoints"][0]["Minimum"], 0)

    def test_malformed(self) -> None:
        base = self.line()
        directive = base["_aws"]["CloudWatchMetrics"][0]
        wrong = [
            {**base, "Monitor": 5}, {**base, "Success": "0"}, {**base, "Duration": []}, {**base, "_aws": {**base["_aws"], "Timestamp": "now"}},
            {**base, "_aws": {**base["_aws"], "CloudWatchMetrics": [{**directive, "Namespace": ""}]}},
            {**base, "_aws": {**base["_aws"], "CloudWatchMetrics": [{"Namespace": "N"}]}},
            {**base, "_aws": {**base["_aws"], "CloudWatchMetrics": [{**directive, "Metrics": [{"Name": "Success", "StorageResolution": 7}]}]}},
            {**base, "_aws": {**base["_aws"], "Timestamp": int((time.time() - 15 * 86400) * 1000)}},
            {name: value for name, value in base.items() if name != "Location"},
        ]
        self.write(*(json.dumps(line) for line in wrong))
        found = self.metrics()
        self.assertEqual(found["metrics"], [])
        self.assertEqual(len(found["malformed"]), len(wrong), found["malformed"])

    def test_output_of_a_function(self) -> None:
        """The line goes the way of a real function: its output becomes a log event, the event a metric."""
        self.settings(role_refusals=0)
        role = self.role("function", {"Service": "lambda.amazonaws.com"})
        may_log = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}
        self.client("iam").put_role_policy(RoleName="function", PolicyName="logs", PolicyDocument=json.dumps(may_log))
        code = "import json, time\ndef handler(event, context):\n    event['_aws']['Timestamp'] = int(time.time() * 1000)\n    print(json.dumps(event))\n    return 1\n"
        functions = self.client("lambda")
        functions.create_function(FunctionName="probe", Runtime="python3.12", Role=role, Handler="main.handler", Code={"ZipFile": archive(main__py=code)})
        functions.get_waiter("function_active_v2").wait(FunctionName="probe", WaiterConfig={"Delay": 1, "MaxAttempts": 20})
        answer = functions.invoke(FunctionName="probe", Payload=json.dumps(self.line()).encode())
        self.assertNotIn("FunctionError", answer)
        names = {(metric["namespace"], metric["name"], metric["region"]) for metric in self.metrics()["metrics"]}
        self.assertIn(("Hinomi", "Success", REGION), names)
        self.assertIn(("AWS/Lambda", "Invocations", REGION), names)
