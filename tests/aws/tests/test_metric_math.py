"""Metric math and the judgement of alarms, without a running stand-in. Tables are those of the CloudWatch user guide."""

from __future__ import annotations

import math
import sys
import unittest

from harness import FOLDER

sys.path.insert(0, str(FOLDER))
# pylint: disable=wrong-import-position
from standin.cloudwatch.composite import RuleError, parse_rule  # noqa: E402
from standin.cloudwatch.expression import ExpressionError, parse  # noqa: E402
from standin.cloudwatch.judgement import Point, Rule, judge, number, reason_data  # noqa: E402
from standin.cloudwatch.mathematics import Environment, Series, evaluate  # noqa: E402
from standin.cloudwatch.queries import check_expressions  # noqa: E402
from standin.cloudwatch.store import Datum, statistic  # noqa: E402

GAP = None


def series(identifier: str, values: list[float | None]) -> Series:
    """One value a minute; None is missing."""
    points = {60.0 * index: value for index, value in enumerate(values) if value is not None}
    return Series(points, identifier, identifier, 60)


class Mathematics(unittest.TestCase):
    def setUp(self) -> None:
        found = [series("m1", [30, 20, 0, 0]), series("m2", [20, GAP, 20, GAP]), series("m3", [1, 1, 0, 0, GAP])]
        found += [series("a", [30, GAP, 0, 0, 30]), series("b", [0, 0, 20, GAP, 20]), series("gaps", [GAP, 2, GAP, 4, GAP])]
        self.values = {item.identifier: item for item in found}

    def environment(self, periods: int) -> Environment:
        return Environment([60.0 * index for index in range(periods)], [self.values["m1"], self.values["m2"]], lambda identifier: self.values[identifier])

    def evaluated(self, text: str, periods: int = 5):
        return evaluate(parse(text), self.environment(periods))

    def computed(self, text: str, periods: int = 5):
        environment = self.environment(periods)
        value = self.evaluated(text, periods)
        if isinstance(value, Series):
            return [value.points.get(at) for at in environment.periods]
        return [[item.points.get(at) for at in environment.periods] for item in value] if isinstance(value, list) else value

    def test_documented_tables(self) -> None:
        for text, expected in (
            ("m1 < m2", [0, 0, 1, 0, GAP]), ("m1 >= 30", [1, 0, 0, 0, GAP]), ("m1 > 15 AND m2 > 15", [1, 0, 0, 0, GAP]),
            ("IF(m3, a, b)", [30, 0, 20, GAP, GAP]), ("IF(m3, 5, b)", [5, 5, 20, GAP, GAP]), ("IF(m3, a, 5)", [30, 0, 5, 5, GAP]),
            ("IF(m1<400, m1)", [30, 20, 0, 0, GAP]), ("IF(m1<25, 10, 2)", [2, 10, 10, 10, GAP]), ("IF(0, m1)", [GAP] * 5),
        ):
            with self.subTest(text=text):
                self.assertEqual(self.computed(text), expected)

    def test_arithmetic(self) -> None:
        for text, expected in (
            ("m1 + m2", [50, 20, 20, 0, GAP]), ("m1 - m2", [10, 20, -20, 0, GAP]), ("100 / m1", [100 / 30, 5, GAP, GAP, GAP]),
            ("-m1", [-30, -20, 0, 0, GAP]), ("2 + 3 * m1 ^ 2", [2702, 1202, 2, 2, GAP]), ("(2 + 3) * m1", [150, 100, 0, 0, GAP]),
            ("m1 - 5 - 5", [20, 10, -10, -10, GAP]), ("2 ^ 3 ^ 2 + 0 * m1", [512, 512, 512, 512, GAP]), ("m1 == 0 || m1 > 25", [1, 0, 1, 1, GAP]),
            ("m1 / AVG(m1)", [2.4, 1.6, 0, 0, GAP]), ("m1 != 20", [1, 0, 1, 1, GAP]),
        ):
            with self.subTest(text=text):
                self.assertEqual(self.computed(text), expected)

    def test_functions(self) -> None:
        for text, expected in (
            ("FILL(gaps, 0)", [0, 2, 0, 4, 0]), ("FILL(gaps, REPEAT)", [GAP, 2, 2, 4, 4]), ("FILL(gaps, LINEAR)", [GAP, 2, 3, 4, GAP]),
            ("FILL(gaps, m1)", [30, 2, 0, 4, GAP]), ("FILL(gaps, MIN(m1) + 7)", [7, 2, 7, 4, 7]), ("FILL(METRICS(), 1)", [[30, 20, 0, 0, 1], [20, 1, 20, 1, 1]]),
            ("SUM(METRICS())", [50, 20, 20, 0, GAP]), ("SUM([m1, m2, 1 * gaps])", [50, 22, 20, 4, GAP]), ("AVG([m1, m2])", [25, 10, 10, 0, GAP]),
            ("MAX(METRICS())", [30, 20, 20, 0, GAP]), ("MIN([m1, m2])", [20, 20, 0, 0, GAP]), ("SUM(METRICS('m2'))", [20, GAP, 20, GAP, GAP]),
            ("ABS(-m1)", [30, 20, 0, 0, GAP]), ("SUM(m1)", 50), ("AVG(m2)", 20), ("DATAPOINT_COUNT(m2)", 2), ("DATAPOINT_COUNT(METRICS())", [2, 1, 2, 1, GAP]),
            ("METRIC_COUNT(METRICS())", 2), ("TIME_SERIES(MAX(m1))", [30] * 5), ("m1 / PERIOD(m1)", [0.5, 20 / 60, 0, 0, GAP]), ("DIFF(m1)", [GAP, -10, -20, 0, GAP]),
            ("RATE(gaps)", [GAP, GAP, GAP, 2 / 120, GAP]), ("DIFF_TIME(gaps)", [GAP, GAP, GAP, 120, GAP]), ("RUNNING_SUM(m1)", [30, 50, 50, 50, GAP]),
            ("FIRST(SORT(METRICS(), SUM, ASC))", [20, GAP, 20, GAP, GAP]), ("LAST(METRICS())", [20, GAP, 20, GAP, GAP]), ("SLICE(METRICS(), 1)", [20, GAP, 20, GAP, GAP]),
            ("CEIL(m1 / 7)", [5, 3, 0, 0, GAP]), ("FLOOR(m1 / 7)", [4, 2, 0, 0, GAP]), ("MINUTE(m1)", [0, 1, 2, 3, 4]), ("YEAR(m1)", [1970] * 5), ("DAY(m1)", [4] * 5),
            ("REMOVE_EMPTY([m1, IF(0, m1)])", [[30, 20, 0, 0, GAP]]), ("LOG10(m2 * 5)", [2, GAP, 2, GAP, GAP]), ("STDDEV(METRICS())", [5, 0, 10, 0, GAP]),
        ):
            with self.subTest(text=text):
                self.assertEqual(self.computed(text), expected)

    def test_k_of_n_locations(self) -> None:
        """What a monitor of three locations asks: how many of them are down, once it is decided whether two of them are."""
        self.values.update(x=series("x", [1, 0, 0, GAP, GAP]), y=series("y", [1, 1, 0, 0, GAP]), z=series("z", [GAP, GAP, 1, 0, GAP]))
        self.values.update({f"f{name}": self.evaluated(f"IF({name} < 1, 1, 0)") for name in "xyz"})
        decided = "(SUM([fx, fy, fz]) >= 2) OR (SUM([x, y, z]) > 1)"
        self.assertEqual(self.computed(f"IF({decided}, SUM([fx, fy, fz]))"), [0, GAP, 2, 2, GAP])
        held = f"IF((EPOCH(x) < 90) OR {decided}, SUM([fx, fy, fz]))"
        self.assertEqual(self.computed(held), [0, 1, 2, 2, GAP], "before its time what is missing counts as well")
        self.assertEqual(self.computed("IF(EPOCH(z) < 90, FILL(z, 1), z)"), [1, 1, 1, 0, GAP])
        self.assertEqual(self.computed("IF(EPOCH(z) < 90, 1, FILL(z, 0))"), [1, 1, 1, 0, 0])

    def test_refused(self) -> None:
        for text in ("m1 +", "(m1", "m1)", "[m1", "FOO(m1)", "SUM()", "IF(m1)", "SEARCH('x', 'Sum', 60)", "M1", "m1 m2", "FILL(m1, WRONG)", "m1 $ 2", "", "m1 AND", "SUM(m1,m2)"):
            with self.subTest(text=text), self.assertRaises(ExpressionError):
                parse(text)
        stat = {"Metric": {"Namespace": "N", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}
        metrics = [{"Id": "m1", "MetricStat": stat, "ReturnData": False}, {"Id": "m2", "MetricStat": stat, "ReturnData": False}]
        for text, why in (("SUM(m1)", "not a number"), ("[m1, m2]", "single time series"), ("m3", "Undefined variable 'm3'"), ("e1 + 1", "Circular"),
                          ("PERIOD(m1 + 1) * m1", "PERIOD"), ("FIRST(m1)", "array"), ("LOWER(m1)", "Unsupported function 'LOWER'")):
            with self.subTest(text=text), self.assertRaisesRegex(ExpressionError, why):
                check_expressions([*metrics, {"Id": "e1", "Expression": text}], "e1")
        check_expressions([*metrics, {"Id": "e1", "Expression": "5 / SUM(m1) * m2"}], "e1")


class Statistics(unittest.TestCase):
    def test_percentiles_and_sets(self) -> None:
        data = [Datum.of_values(0, [1, 2, 3], [1, 1, 8], "None"), Datum.of_values(0, [10], [1], "None")]
        self.assertEqual([statistic(data, name) for name in ("SampleCount", "Sum", "Minimum", "Maximum", "p0", "p50", "p100")], [11, 37, 1, 10, 1, 3, 10])
        self.assertAlmostEqual(statistic(data, "p95") or 0, 6.5)
        spread = Datum(0, 4, 10, 1, 4, None, "None")
        self.assertEqual(statistic([spread], "Average"), 2.5)
        self.assertIsNone(statistic([spread], "p50"), "a statistic set says nothing of percentiles")
        self.assertEqual(statistic([Datum(0, 4, 8, 2, 2, None, "None")], "p90"), 2)
        self.assertIsNone(statistic([Datum.of_values(0, [-1, 2], [1, 1], "None")], "p50"))
        self.assertIsNone(statistic([], "Sum"))


def rule(treat: str, periods: int = 3, datapoints: int | None = 3) -> Rule:
    return Rule("LessThanThreshold", 1.0, periods, datapoints, treat)


def points(pattern: str) -> list[Point]:
    """`0 - X`: oldest first, as the guide prints it."""
    values = {"0": 1.0, "X": 0.0, "-": None}
    found = [Point(60.0 * index, values[sign], 1.0) for index, sign in enumerate(pattern.split())]
    return found[::-1]


class Judgement(unittest.TestCase):
    TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")

    def check(self, pattern: str, datapoints: int, *expected: str | None) -> None:
        for treat, state in zip(self.TREATMENTS, expected, strict=True):
            with self.subTest(pattern=pattern, treat=treat, datapoints=datapoints):
                verdict = judge(rule(treat, 3, datapoints), points(pattern))
                self.assertEqual(verdict.state if verdict else None, state)

    def test_tables_of_the_guide(self) -> None:
        ok, alarm, unknown = "OK", "ALARM", "INSUFFICIENT_DATA"
        self.check("0 - X - X", 3, ok, ok, ok, ok)
        self.check("- - - - 0", 3, ok, ok, ok, ok)
        self.check("- - - - -", 3, unknown, None, alarm, ok)
        self.check("0 X X - X", 3, alarm, alarm, alarm, alarm)
        self.check("- - X - -", 3, alarm, None, alarm, ok)
        self.check("X - - - -", 3, alarm, None, alarm, ok)
        self.check("- - - - X", 3, unknown, None, alarm, ok)
        self.check("0 - X - X", 2, alarm, alarm, alarm, alarm)
        self.check("0 0 X 0 X", 2, alarm, alarm, alarm, alarm)
        self.check("0 - X - -", 2, ok, ok, alarm, ok)
        self.check("- - - - 0", 2, ok, ok, alarm, ok)
        self.check("- - - X -", 2, alarm, None, alarm, ok)

    def test_words(self) -> None:
        def reason(pattern: str, treat: str, periods: int, datapoints: int | None) -> str:
            verdict = judge(rule(treat, periods, datapoints), points(pattern))
            assert verdict is not None
            return verdict.reason

        self.assertEqual(reason("0 0 X X", "missing", 2, 2), "Threshold Crossed: 2 out of the last 2 datapoints [0.0 (01/01/70 00:03:00), 0.0 (01/01/70 "
                         "00:02:00)] were less than the threshold (1.0) (minimum 2 datapoints for OK -> ALARM transition).")
        self.assertEqual(reason("X X 0", "missing", 1, 1), "Threshold Crossed: 1 out of the last 1 datapoints [1.0 (01/01/70 00:02:00)] was not less than "
                         "the threshold (1.0) (minimum 1 datapoint for ALARM -> OK transition).")
        self.assertEqual(reason("X X X", "missing", 1, None), "Threshold Crossed: 1 datapoint [0.0 (01/01/70 00:02:00)] was less than the threshold (1.0).")
        self.assertEqual(reason("- - - - -", "breaching", 3, 3),
                         "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].")
        self.assertEqual(reason("- - -", "breaching", 1, 1),
                         "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [Breaching].")
        self.assertEqual(reason("- - - - 0", "breaching", 3, 2),
                         "Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as [Breaching].")
        self.assertIn("] was less than the threshold (1.0) and 2 missing datapoints were treated as [NonBreaching] (minimum 1 datapoint for",
                      reason("- - X - -", "notBreaching", 3, 1))
        self.assertEqual(reason("- - - - -", "missing", 3, 3), "Insufficient Data: 3 datapoints were unknown.")
        self.assertIn("5 out of the last 5 datapoints were less than the threshold (1.0). The most recent datapoints which crossed the threshold: [0.0 (",
                      reason("X X X X X", "missing", 5, 5))

    def test_reason_data(self) -> None:
        asked = rule("missing", 2, 2)
        verdict = judge(asked, points("0 0 X X"))
        assert verdict is not None
        data = reason_data(asked, verdict, 60, "Minimum", None, 300.5)
        self.assertEqual(data["queryDate"], "1970-01-01T00:05:00.500+0000")
        self.assertEqual(data["startDate"], "1970-01-01T00:02:00.000+0000")
        self.assertEqual(data["evaluatedDatapoints"][0], {"timestamp": "1970-01-01T00:03:00.000+0000", "sampleCount": 1.0, "value": 0.0})

    def test_numbers_as_java_writes_them(self) -> None:
        for value, text in ((0, "0.0"), (99.50160229693434, "99.50160229693434"), (45628.0, "45628.0"), (1e7, "1.0E7"), (12345678.9, "1.23456789E7"),
                            (-12345678.9, "-1.23456789E7"), (1e-4, "1.0E-4"), (1.5e22, "1.5E22"), (1e16, "1.0E16")):
            self.assertEqual(number(value), text)
            self.assertTrue(math.isclose(float(text), value, abs_tol=1e-12))


class Rules(unittest.TestCase):
    def test_grammar(self) -> None:
        states = {"a": "ALARM", "b": "OK", "c d": "INSUFFICIENT_DATA", 'say "x"': "ALARM"}
        for text, expected in (
            ("ALARM(a)", True), ('ALARM("a") AND OK(b)', True), ("ALARM(b) OR NOT OK(b)", False), ("NOT (ALARM(b) OR OK(a))", True),
            ('INSUFFICIENT_DATA("c d")', True), ("TRUE AND NOT FALSE", True), ("ALARM(arn:aws:cloudwatch:eu-west-1:111111111111:alarm:a)", True),
            ("OK(a) OR ALARM(a) AND OK(a)", False), ('ALARM("say \\"x\\"")', True), ("AT_LEAST(2, ALARM, (a, b, \"c d\"))", False),
            ("AT_LEAST(50%, OK, (a, b))", True), ("AT_LEAST(2, NOT ALARM, (a, b, 'c d'))", True),
        ):
            with self.subTest(text=text):
                self.assertEqual(parse_rule(text).holds(lambda name: states.get(name, "OK")), expected)
        self.assertEqual(parse_rule('ALARM("c d") OR ALARM(a) OR OK(a)').children(), ["c d", "a"])

    def test_refused(self) -> None:
        for text in ("", "ALARM", "ALARM()", "ALARM(a", "ALARM(a) ALARM(b)", "NOT", "a", "ALARM(a) AND", "RINGS(a)", "ALARM(arn:aws:sns:eu-west-1:111111111111:a)",
                     " OR ".join(f"ALARM(a{index})" for index in range(101))):
            with self.subTest(text=text[:40]), self.assertRaises(RuleError):
                parse_rule(text)
