"""The warm-up of alarms (user guide, "Alarm warm-up periods"), and how long an alarm for missing data takes."""

from __future__ import annotations

from typing import Any

from test_alarm_evaluation import DOWN, EvaluationTestCase

_MINUTE = 60


class WarmUp(EvaluationTestCase):
    def put(self, *, minutes: int | None = 17, whole: bool | None = None, **changes: Any) -> None:
        """An alarm for missing data over three periods of five minutes."""
        alarm = {**DOWN, "AlarmName": "silent", "Statistic": "SampleCount", "Period": 300, "EvaluationPeriods": 3, "DatapointsToAlarm": 3,
                 "TreatMissingData": "breaching", "AlarmActions": [self.topic], "OKActions": [self.topic], **changes}
        if minutes is not None:
            alarm["WarmUpConfiguration"] = {"WarmUpPeriodDurationInMinutes": minutes}
            if whole is not None:
                alarm["WarmUpConfiguration"]["OnlyStartEvaluatingAfterWarmUpPeriodEnds"] = whole
        self.watch.put_metric_alarm(**alarm)

    def put_held(self, begin: int = 0) -> None:
        """An alarm without a warm-up, made OK, which counts periods that began before a minute as heard, as a probe's monitor has it."""
        metric = {"Namespace": DOWN["Namespace"], "MetricName": DOWN["MetricName"], "Dimensions": DOWN["Dimensions"]}
        since = int(self.base + _MINUTE * begin)
        self.watch.put_metric_alarm(
            AlarmName="silent", EvaluationPeriods=3, DatapointsToAlarm=3, Threshold=1.0, ComparisonOperator="LessThanThreshold", TreatMissingData="breaching",
            AlarmActions=[self.topic], OKActions=[self.topic], ActionsEnabled=begin > 0,
            Metrics=[{"Id": "runs", "ReturnData": False, "MetricStat": {"Period": 300, "Stat": "SampleCount", "Metric": metric}},
                     {"Id": "heard", "Expression": f"IF(EPOCH(runs) < {since}, 1, FILL(runs, 0))", "ReturnData": True}])

    def made_held(self) -> None:
        """The same as an apply makes it: silent, OK, and only then with actions."""
        self.put_held()
        self.watch.set_alarm_state(AlarmName="silent", StateValue="OK", StateReason="made a moment ago")
        self.put_held(begin=1)

    def report_at(self, *minutes: int) -> None:
        """A value so many minutes after the alarm was made."""
        for minute in minutes:
            self.base += _MINUTE * (minute + 1)
            self.report(1)
            self.base -= _MINUTE * (minute + 1)

    def seen(self, first: int, last: int) -> list[tuple[int, str, str]]:
        """The minutes in which the state changed, from one to another, with the old and the new state."""
        changes = []
        for minute in range(first, last + 1):
            self.at(minute)
            changes += [(minute, old, new) for _, old, new in self.evaluate()]
        return changes

    def test_without_one_a_new_alarm_rings_before_any_result(self) -> None:
        self.put(minutes=None)
        self.assertEqual(self.seen(1, 3), [(1, "INSUFFICIENT_DATA", "ALARM")])

    def test_nothing_comes_and_the_alarm_rings_afterwards(self) -> None:
        self.put()
        self.assertEqual(self.seen(1, 17), [])
        self.assertEqual(self.received(), [])
        self.assertEqual(self.seen(18, 20), [(18, "INSUFFICIENT_DATA", "ALARM")])
        self.assertEqual([item["Subject"][:5] for item in self.received()], ["ALARM"])
        self.assertEqual(self.state("silent")["WarmUpConfiguration"], {"WarmUpPeriodDurationInMinutes": 17})

    def test_ends_early_when_the_window_is_full(self) -> None:
        self.put(minutes=60)
        self.report_at(4, 9, 14)
        self.assertEqual(self.seen(1, 30), [(19, "INSUFFICIENT_DATA", "OK")], "the guide's example: first datum after 4 minutes, evaluated after 19")

    def test_waits_to_the_end_where_asked_to(self) -> None:
        self.put(minutes=30, whole=True)
        self.report_at(4, 9, 14, 19, 24, 29)
        self.assertEqual(self.seen(1, 40), [(31, "INSUFFICIENT_DATA", "OK")])

    def test_the_state_stays_while_it_lasts(self) -> None:
        self.put()
        self.report_at(0, 5, 10, 15)
        for state in ("ALARM", "OK"):
            self.watch.set_alarm_state(AlarmName="silent", StateValue=state, StateReason="a test of what is told meanwhile")
            self.assertEqual(self.state("silent")["StateValue"], "INSUFFICIENT_DATA")
        self.assertEqual(self.received(), [])
        self.assertEqual(self.seen(1, 20), [(15, "INSUFFICIENT_DATA", "OK")])
        self.assertEqual([item["Subject"][:2] for item in self.received()], ["OK"], "its end is a recovery that is told of")

    def test_an_update_changes_and_ends_it_and_starts_none(self) -> None:
        self.put(minutes=60)
        self.assertEqual(self.seen(1, 5), [])
        self.put(minutes=6)
        self.assertEqual(self.seen(6, 7), [(7, "INSUFFICIENT_DATA", "ALARM")])
        self.report_at(7)
        self.put(minutes=60)
        self.assertEqual(self.seen(8, 9), [(8, "ALARM", "OK")], "evaluated as before")

    def test_an_update_without_one_ends_it(self) -> None:
        self.put()
        self.put(minutes=None)
        self.assertEqual(self.seen(1, 2), [(1, "INSUFFICIENT_DATA", "ALARM")])

    def test_how_long_missing_data_take(self) -> None:
        """Beyond the periods asked for, real data of the range count: three of three take five periods, filled ones exactly three."""
        self.put()
        self.report_at(0, 5, 10, 15)
        self.assertEqual(self.seen(18, 45), [(18, "INSUFFICIENT_DATA", "OK"), (41, "OK", "ALARM")])

    def test_how_long_held_data_take(self) -> None:
        self.made_held()
        self.report_at(0, 5, 10, 15)
        self.assertEqual(self.seen(1, 30), [], "a new alarm and its first results tell nobody")
        self.assertEqual(self.received(), [])
        self.assertEqual(self.seen(31, 45), [(31, "OK", "ALARM")])
        self.report_at(45)
        self.assertEqual(self.seen(46, 47), [(46, "ALARM", "OK")])
        self.assertEqual([item["Subject"][:2] for item in self.received()], ["AL", "OK"])

    def test_held_data_that_never_came(self) -> None:
        self.made_held()
        self.assertEqual(self.seen(1, 20), [(16, "OK", "ALARM")], "three whole periods after the minute that it counts from")
