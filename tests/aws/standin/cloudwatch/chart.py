"""Draws the line chart of a metric widget as a PNG."""

from __future__ import annotations

import datetime
import io
import math
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

_COLOURS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf")
_THRESHOLD = "#d13212"
_LIGHT = {"paper": "#ffffff", "ink": "#16191f", "faint": "#d5dbdb", "axis": "#879596"}
_DARK = {"paper": "#0f1b2a", "ink": "#d1d5db", "faint": "#2a3646", "axis": "#7d8998"}
_TITLE_SIZE, _TEXT_SIZE = 14, 11
_X_STEPS = (60, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 2592000)


@dataclass(frozen=True)
class Line:
    """One series: its label, its points by time, its colour (None: the next of the palette) and the length of its periods."""

    label: str
    points: list[tuple[float, float]]
    colour: str | None
    period: int


@dataclass(frozen=True)
class Mark:
    """An annotation: a value on the y axis, or a time on the x axis."""

    value: float
    label: str
    colour: str | None
    fill: str | None


@dataclass(frozen=True)
class Chart:
    """All that is drawn. `least` and `most` fix the y axis."""

    title: str
    width: int
    height: int
    start: float
    end: float
    zone: datetime.timezone
    lines: list[Line]
    horizontal: list[Mark]
    vertical: list[Mark]
    dark: bool
    stacked: bool
    legend: str
    least: float | None
    most: float | None
    unit: str


def draw(chart: Chart) -> bytes:
    """The PNG."""
    return _Drawing(chart).png()


class _Drawing:
    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        self._theme = _DARK if chart.dark else _LIGHT
        self._image = Image.new("RGB", (chart.width, chart.height), self._theme["paper"])
        self._pen = ImageDraw.Draw(self._image, "RGBA")
        self._text = ImageFont.load_default(_TEXT_SIZE)
        self._lines = _stacked(chart.lines) if chart.stacked else chart.lines
        self._ticks = _ticks(chart, self._lines)
        widest = max((self._pen.textlength(_label(tick), font=self._text) for tick in self._ticks), default=0)
        below = 24 + (16 * math.ceil(len(chart.lines) / 3) if chart.legend == "bottom" else 0)
        self._left, self._right = 14 + widest, chart.width - (12 if chart.legend != "right" else min(150, chart.width // 4))
        self._top, self._bottom = 30 if chart.title else 12, chart.height - below

    def png(self) -> bytes:
        self._axes()
        for mark in self._chart.horizontal:
            self._horizontal(mark)
        for mark in self._chart.vertical:
            self._vertical(mark)
        for index, line in enumerate(self._lines):
            self._line(line, line.colour or _COLOURS[index % len(_COLOURS)])
        self._titles()
        buffer = io.BytesIO()
        self._image.save(buffer, "PNG")
        return buffer.getvalue()

    def _x(self, at: float) -> float:
        return self._left + (at - self._chart.start) / (self._chart.end - self._chart.start) * (self._right - self._left)

    def _y(self, value: float) -> float:
        low, high = self._ticks[0], self._ticks[-1]
        return self._bottom - (min(max(value, low), high) - low) / (high - low) * (self._bottom - self._top)

    def _write(self, x: float, y: float, text: str, anchor: str, colour: str | None = None) -> None:
        self._pen.text((x, y), text, fill=colour or self._theme["ink"], font=self._text, anchor=anchor)

    def _axes(self) -> None:
        for tick in self._ticks:
            self._pen.line((self._left, self._y(tick), self._right, self._y(tick)), fill=self._theme["faint"])
            self._write(self._left - 5, self._y(tick), _label(tick), "rm")
        span = self._chart.end - self._chart.start
        room = max(1, int((self._right - self._left) / 60))
        step = next((step for step in _X_STEPS if span / step <= room), _X_STEPS[-1])
        offset = self._chart.zone.utcoffset(None).total_seconds()
        at = math.ceil((self._chart.start + offset) / step) * step - offset
        while at <= self._chart.end:
            moment = datetime.datetime.fromtimestamp(at, self._chart.zone)
            self._pen.line((self._x(at), self._bottom, self._x(at), self._bottom + 4), fill=self._theme["axis"])
            self._write(self._x(at), self._bottom + 6, moment.strftime("%H:%M" if step < 86400 else "%m/%d"), "mt")
            at += step
        self._pen.line((self._left, self._bottom, self._right, self._bottom), fill=self._theme["axis"])

    def _horizontal(self, mark: Mark) -> None:
        colour, y = mark.colour or _THRESHOLD, self._y(mark.value)
        if mark.fill in ("above", "below"):
            box = (self._left, self._top, self._right, y) if mark.fill == "above" else (self._left, y, self._right, self._bottom)
            if box[3] > box[1]:
                self._pen.rectangle(box, fill=f"{_full(colour)}22")
        self._pen.line((self._left, y, self._right, y), fill=colour, width=2)
        if mark.label:
            self._write(self._left + 4, y - 3, mark.label, "lb", colour)

    def _vertical(self, mark: Mark) -> None:
        if self._chart.start <= mark.value <= self._chart.end:
            colour, x = mark.colour or self._theme["axis"], self._x(mark.value)
            self._pen.line((x, self._top, x, self._bottom), fill=colour, width=2)
            self._write(x + 3, self._top, mark.label, "lt", colour)

    def _line(self, line: Line, colour: str) -> None:
        """Neighbours in time are joined; a point with a gap on both sides is a dot."""
        run: list[tuple[float, float]] = []
        last: float | None = None
        for at, value in [*line.points, (math.inf, 0.0)]:
            if last is not None and at - last > line.period:
                self._run(run, colour)
                run = []
            if at < math.inf and self._chart.start - line.period <= at <= self._chart.end:
                run.append((max(self._x(at), self._left), self._y(value)))
            last = at

    def _run(self, run: list[tuple[float, float]], colour: str) -> None:
        if len(run) > 1:
            self._pen.line(run, fill=colour, width=2, joint="curve")
        elif run:
            (x, y), = run
            self._pen.ellipse((x - 2, y - 2, x + 2, y + 2), fill=colour)

    def _titles(self) -> None:
        chart = self._chart
        if chart.title:
            font = ImageFont.load_default(_TITLE_SIZE)
            self._pen.text((chart.width / 2, 8), chart.title, fill=self._theme["ink"], font=font, anchor="mt")
        if chart.unit:
            self._write(6, self._top - 2, chart.unit, "lb")
        if chart.legend == "hidden":
            return
        for index, line in enumerate(chart.lines):
            column, row = (index % 3, index // 3) if chart.legend == "bottom" else (0, index)
            x = self._left + column * (self._right - self._left) / 3 if chart.legend == "bottom" else self._right + 10
            y = self._bottom + 28 + 16 * row if chart.legend == "bottom" else self._top + 8 + 16 * row
            self._pen.rectangle((x, y - 4, x + 8, y + 4), fill=line.colour or _COLOURS[index % len(_COLOURS)])
            self._write(x + 12, y, line.label, "lm")


def _full(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])


def _stacked(lines: list[Line]) -> list[Line]:
    below: dict[float, float] = {}
    result = []
    for line in lines:
        points = []
        for at, value in line.points:
            below[at] = below.get(at, 0.0) + value
            points.append((at, below[at]))
        result.append(Line(line.label, points, line.colour, line.period))
    return result


def _ticks(chart: Chart, lines: list[Line]) -> list[float]:
    """Round values that hold everything that is drawn."""
    values = [value for line in lines for _, value in line.points] + [mark.value for mark in chart.horizontal] or [0.0, 1.0]
    low = min(values) if chart.least is None else float(chart.least)
    high = max(values) if chart.most is None else float(chart.most)
    if high <= low:
        low, high = (low - 1, low + 1) if chart.least is None and chart.most is None else (low, low + 1)
    rough = (high - low) / 5
    scale = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * scale for factor in (1, 2, 2.5, 5, 10) if factor * scale >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(index * step, 10) for index in range(first, last + 1)]


def _label(value: float) -> str:
    for limit, suffix in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= limit:
            return f"{value / {'G': 1e9, 'M': 1e6, 'k': 1e3}[suffix]:g}{suffix}"
    return f"{value:g}"
