"""CloudWatch alarms, over rpc-v2-cbor as the Rust SDK speaks it, and over JSON."""

from __future__ import annotations

import botocore.exceptions

from harness import REGION, StandinTestCase, cbor_client

SIMPLE = {
    "AlarmName": "down", "Namespace": "CloudWatchSynthetics", "MetricName": "SuccessPercent", "Statistic": "Average",
    "Dimensions": [{"Name": "CanaryName", "Value": "home"}], "Period": 300, "EvaluationPeriods": 3, "DatapointsToAlarm": 2,
    "Threshold": 90.0, "ComparisonOperator": "LessThanThreshold", "TreatMissingData": "breaching",
}
_STAT = {"Metric": {"Namespace": "N", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}
MATH = {
    "AlarmName": "math", "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold",
    "Metrics": [{"Id": "m1", "MetricStat": _STAT, "ReturnData": False},
                {"Id": "e1", "Expression": "m1 * 2", "Label": "twice", "ReturnData": True}],
}


class AlarmLife(StandinTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.alarms = cbor_client("cloudwatch", self.account)

    def described(self, *names, **params):
        found = self.alarms.describe_alarms(AlarmNames=list(names), **params)
        return found["MetricAlarms"] + found["CompositeAlarms"]

    def test_whole_life(self) -> None:
        topic = f"arn:aws:sns:{REGION}:{self.account}:alerts"
        self.alarms.put_metric_alarm(**SIMPLE, AlarmActions=[topic], Tags=[{"Key": "a", "Value": "1"}])
        answer = self.alarms.describe_alarms(AlarmNames=["down"])
        self.assertEqual(answer["ResponseMetadata"]["HTTPHeaders"]["content-type"], "application/cbor")
        alarm = answer["MetricAlarms"][0]
        for name, value in SIMPLE.items():
            self.assertEqual(alarm[name], value)
        self.assertEqual(alarm["AlarmActions"], [topic])
        self.assertEqual(alarm["OKActions"], [])
        self.assertTrue(alarm["ActionsEnabled"])
        self.assertNotIn("AlarmDescription", alarm)
        self.assertNotIn("Unit", alarm)
        self.assertEqual(alarm["AlarmArn"], f"arn:aws:cloudwatch:{REGION}:{self.account}:alarm:down")
        self.assertEqual(self.client("cloudwatch").describe_alarms(AlarmNames=["down"])["MetricAlarms"][0]["Threshold"], 90.0)

        self.alarms.put_metric_alarm(**{**SIMPLE, "Threshold": 80.0}, Tags=[{"Key": "b", "Value": "2"}])
        alarm = self.described("down")[0]
        self.assertEqual(alarm["Threshold"], 80.0)
        self.assertEqual(alarm["AlarmActions"], [])
        tags = self.alarms.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]
        self.assertEqual(tags, [{"Key": "a", "Value": "1"}])
        self.alarms.tag_resource(ResourceARN=alarm["AlarmArn"], Tags=[{"Key": "b", "Value": "2"}])
        self.assertEqual(len(self.alarms.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]), 2)

        self.refused("ResourceNotFound", self.alarms.delete_alarms, 404, AlarmNames=["down", "absent"])
        self.assertEqual(self.described("down"), [])
        self.refused("ResourceNotFoundException", self.alarms.list_tags_for_resource, 404, ResourceARN=alarm["AlarmArn"])
        self.refused("ResourceNotFound", self.alarms.set_alarm_state, 404, AlarmName="down", StateValue="OK", StateReason="x")

    def test_metric_math_comes_back(self) -> None:
        self.alarms.put_metric_alarm(**MATH)
        alarm = self.described("math")[0]
        self.assertEqual(alarm["Metrics"], MATH["Metrics"])
        self.assertNotIn("Statistic", alarm)
        self.assertNotIn("Period", alarm)
        self.alarms.disable_alarm_actions(AlarmNames=["math"])
        self.assertFalse(self.described("math")[0]["ActionsEnabled"])

    def test_anomaly_band_comes_back(self) -> None:
        band = {**MATH, "ThresholdMetricId": "band", "ComparisonOperator": "GreaterThanUpperThreshold", "Metrics": [
            {"Id": "m1", "MetricStat": _STAT, "ReturnData": True},
            {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)", "ReturnData": True}]}
        del band["Threshold"]
        self.alarms.put_metric_alarm(**band)
        self.assertEqual(self.described("math")[0]["ThresholdMetricId"], "band")

    def test_composite(self) -> None:
        self.alarms.put_metric_alarm(**SIMPLE)
        rule = 'ALARM("down")'
        self.refused("ValidationError", self.alarms.put_composite_alarm, 400, AlarmName="all", AlarmRule='ALARM("nowhere")')
        self.alarms.put_composite_alarm(AlarmName="all", AlarmRule=rule, ActionsSuppressor="down", ActionsSuppressorWaitPeriod=60,
                                        ActionsSuppressorExtensionPeriod=120)
        self.assertEqual(self.described("all"), [])
        composite = self.described("all", AlarmTypes=["CompositeAlarm"])[0]
        self.assertEqual((composite["AlarmRule"], composite["ActionsSuppressorWaitPeriod"]), (rule, 60))
        self.refused("ValidationError", self.alarms.delete_alarms, 400, AlarmNames=["down"])
        self.alarms.delete_alarms(AlarmNames=["all"])
        self.alarms.delete_alarms(AlarmNames=["down"])

    def test_refusals(self) -> None:
        wrong = [
            {"Period": 45}, {"Period": 3540, "EvaluationPeriods": 25}, {"Period": 3600, "EvaluationPeriods": 169},
            {"DatapointsToAlarm": 4}, {"TreatMissingData": "good"}, {"AlarmName": "x" * 256}, {"Statistic": "Mean"},
            {"Statistic": None}, {"Threshold": None}, {"MetricName": None}, {"Metrics": MATH["Metrics"]},
            {"AlarmActions": [f"arn:aws:sns:us-west-2:{self.account}:alerts"]}, {"AlarmActions": ["alerts"]},
            {"AlarmActions": [f"arn:aws:sns:{REGION}:{self.account}:t{i}" for i in range(6)]},
            {"ExtendedStatistic": "p101", "Statistic": None},
        ]
        codes = {"ValidationError", "InvalidParameterValue", "InvalidParameterCombination"}
        for change in wrong:
            with self.subTest(change=change):
                params = {name: value for name, value in {**SIMPLE, **change}.items() if value is not None}
                with self.assertRaises(botocore.exceptions.ClientError) as raised:
                    self.alarms.put_metric_alarm(**params)
                self.assertIn(raised.exception.response["Error"]["Code"], codes)
                self.assertEqual(raised.exception.response["ResponseMetadata"]["HTTPStatusCode"], 400)
        self.assertEqual(self.described(), [])

    def test_names_and_prefix_exclude_each_other(self) -> None:
        self.refused("InvalidParameterCombination", self.alarms.describe_alarms, 400, AlarmNames=["a"], AlarmNamePrefix="b")
        self.refused("ValidationError", self.alarms.describe_alarms, 400, MaxRecords=101)

    def test_compressed_metric_data(self) -> None:
        """SDKs compress what is larger than 10 KB."""
        data = [{"MetricName": f"m{index:03}", "Value": 1.0, "Dimensions": [{"Name": "Long", "Value": "x" * 100}]} for index in range(200)]
        self.alarms.put_metric_data(Namespace="Hinomi", MetricData=data)
        self.assertEqual(len(self.alarms.list_metrics(Namespace="Hinomi", MetricName="m199")["Metrics"]), 1)

    def test_pages(self) -> None:
        for index in range(7):
            self.alarms.put_metric_alarm(**{**SIMPLE, "AlarmName": f"p-{index}"})
        first = self.alarms.describe_alarms(AlarmNamePrefix="p-", MaxRecords=5)
        second = self.alarms.describe_alarms(AlarmNamePrefix="p-", MaxRecords=5, NextToken=first["NextToken"])
        self.assertEqual([len(first["MetricAlarms"]), len(second["MetricAlarms"])], [5, 2])
        self.assertNotIn("NextToken", second)
