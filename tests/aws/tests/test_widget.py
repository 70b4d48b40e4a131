"""Pictures of metrics: the definition is checked, and the data are in the picture."""

from __future__ import annotations

import datetime
import io
import json
import time
from typing import Any

from PIL import Image

from harness import StandinTestCase, cbor_client, client

_LINE = "#1f77b4"
_THRESHOLD = "#d62728"


def colours(png: bytes) -> dict[tuple[int, ...], int]:
    """How many points of the picture have each colour."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    return {colour: count for count, colour in image.getcolors(image.width * image.height)}


def rgb(text: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(text[1:]))


class Widgets(StandinTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.watch = cbor_client("cloudwatch", self.account)
        now = time.time()
        moments = (datetime.datetime.fromtimestamp(at, datetime.timezone.utc).isoformat(timespec="seconds") for at in (now - 3600, now))
        self.start, self.end = moments
        data = [{"MetricName": "Duration", "Dimensions": [{"Name": "Monitor", "Value": "home"}], "Value": 100.0 + index % 7 * 40, "Unit": "Milliseconds",
                 "Timestamp": datetime.datetime.fromtimestamp(now - 60 * index, datetime.timezone.utc)} for index in range(60)]
        self.watch.put_metric_data(Namespace="Hinomi", MetricData=data)

    def widget(self, **changes: Any) -> dict[str, Any]:
        return {"title": "home", "width": 640, "height": 260, "start": self.start, "end": self.end, "period": 60, "stat": "Maximum",
                "metrics": [["Hinomi", "Duration", "Monitor", "home"]], **changes}

    def image(self, **changes: Any) -> bytes:
        return self.watch.get_metric_widget_image(MetricWidget=json.dumps(self.widget(**changes)))["MetricWidgetImage"]

    def test_a_chart_of_the_size_asked_for(self) -> None:
        png = self.image()
        self.assertTrue(png.startswith(b"\x89PNG\r\n"))
        self.assertEqual(Image.open(io.BytesIO(png)).size, (640, 260))
        drawn = colours(png).get(rgb(_LINE), 0)
        self.assertGreater(drawn, 500, "a line over the whole width")
        empty = colours(self.image(metrics=[["Hinomi", "Duration", "Monitor", "elsewhere"]])).get(rgb(_LINE), 0)
        self.assertLess(empty, 200, "only the legend is left of a metric without data")
        self.assertNotEqual(png, self.image(title="other"), "the title is drawn")
        self.assertEqual(png, self.image(metrics=[["Hinomi", "Duration", "Monitor", "home", {}]]), "no options are options too")
        self.assertEqual(Image.open(io.BytesIO(self.image(width=1, height=1))).size, (1, 1))

    def test_threshold_and_theme(self) -> None:
        marks = {"horizontal": [{"value": 200, "label": "slow", "color": _THRESHOLD, "fill": "above"}], "vertical": [{"value": "-PT30M", "label": "since"}]}
        self.assertGreater(colours(self.image(annotations=marks)).get(rgb(_THRESHOLD), 0), 1000)
        self.assertNotIn(rgb(_THRESHOLD), colours(self.image()))
        dark = colours(self.image(theme="dark"))
        self.assertEqual(max(dark, key=lambda colour: dark[colour]), rgb("#0f1b2a"))

    def test_mathematics_and_shorthand(self) -> None:
        metrics = [["Hinomi", "Duration", "Monitor", "home", {"id": "m1", "color": "#2ca02c", "label": "now"}], ["...", {"stat": "Sum", "id": "m2", "visible": False}],
                   [".", "Duration", ".", "home", {"id": "m3", "visible": False}], [{"expression": "m1 / 2", "label": "half", "color": "#9467bd"}]]
        found = colours(self.image(metrics=metrics, yAxis={"left": {"min": 0, "max": 400, "label": "ms"}}, timezone="+0900", legend={"position": "right"}))
        self.assertGreater(found.get(rgb("#2ca02c"), 0), 300)
        self.assertGreater(found.get(rgb("#9467bd"), 0), 300)

    def test_refused(self) -> None:
        for change in (
            {"metrics": []}, {"metrics": [["Hinomi"]]}, {"metrics": [["Hinomi", "Duration", "Monitor"]]}, {"metrics": [[{"expression": "FOO(m1)"}]]},
            {"metrics": [["Hinomi", "Duration", {"colour": "red"}]]}, {"metrics": [["Hinomi", "Duration", {"color": "red"}]]}, {"width": 0}, {"width": 2001},
            {"height": "400"}, {"period": 45}, {"start": "yesterday"}, {"start": "PT0H", "end": "-PT1H"}, {"timezone": "Asia/Tokyo"}, {"view": "gauge"},
            {"titel": "x"}, {"stat": "Mean"}, {"annotations": {"horizontal": [{"value": "1"}]}}, {"annotations": {"diagonal": []}}, {"legend": {"position": "top"}},
        ):
            with self.subTest(change=change):
                self.refused("ValidationError", self.image, 400, **change)
        self.refused("ValidationError", self.watch.get_metric_widget_image, 400, MetricWidget="{")
        self.refused("ValidationError", self.watch.get_metric_widget_image, 400, MetricWidget="[]")

    def test_over_json_too(self) -> None:
        png = client("cloudwatch", self.account).get_metric_widget_image(MetricWidget=json.dumps(self.widget()))["MetricWidgetImage"]
        self.assertTrue(png.startswith(b"\x89PNG\r\n"))
