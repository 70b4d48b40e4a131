"""What was measured: metric data by account and region, and the statistics over it."""

from __future__ import annotations

import bisect
import math
import re
import threading
from dataclasses import dataclass
from typing import Callable, Iterable, Sequence

PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?|100)")
STATISTICS = ("SampleCount", "Sum", "Average", "Minimum", "Maximum")
_STANDARD_RESOLUTION = 60


@dataclass(frozen=True)
class MetricKey:
    """A metric's identity. Every set of dimensions makes a metric of its own (user guide, "Dimensions")."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, namespace: str, name: str, dimensions: Iterable[dict[str, str]] | None) -> MetricKey:
        """From the shapes of the API; the order of dimensions doesn't matter."""
        return cls(namespace, name, tuple(sorted((item["Name"], item["Value"]) for item in dimensions or [])))

    def shown(self) -> dict[str, object]:
        """The shape Metric of the API."""
        dimensions = [{"Name": name, "Value": value} for name, value in self.dimensions]
        return {"Namespace": self.namespace, "MetricName": self.name, "Dimensions": dimensions}


@dataclass(frozen=True)
class Datum:
    """One report. `samples` are values with how often each occurred; None when only a statistic set was given."""

    at: float
    count: float
    total: float
    minimum: float
    maximum: float
    samples: tuple[tuple[float, float], ...] | None
    unit: str

    @classmethod
    def of_values(cls, at: float, values: Sequence[float], counts: Sequence[float], unit: str) -> Datum:
        """A single value, or Values with Counts."""
        pairs = tuple(zip((float(value) for value in values), (float(count) for count in counts), strict=True))
        total = sum(value * count for value, count in pairs)
        return cls(at, sum(count for _, count in pairs), total, min(values), max(values), pairs, unit)


def stored_at(timestamp: float, resolution: int) -> float:
    """Standard resolution keeps whole minutes, high resolution whole seconds (user guide, "Publish custom metrics")."""
    step = _STANDARD_RESOLUTION if resolution == _STANDARD_RESOLUTION else 1
    return math.floor(timestamp / step) * step


def statistic(data: Sequence[Datum], name: str) -> float | None:
    """One statistic over some data; None when there is nothing to say."""
    count = sum(datum.count for datum in data)
    if not data or count <= 0:
        return None
    if name == "SampleCount":
        return count
    if name == "Sum":
        return math.fsum(datum.total for datum in data)
    if name == "Average":
        return math.fsum(datum.total for datum in data) / count
    if name == "Minimum":
        return min(datum.minimum for datum in data)
    if name == "Maximum":
        return max(datum.maximum for datum in data)
    match = PERCENTILE.fullmatch(name)
    return _percentile(data, float(match.group(1))) if match else None


def _percentile(data: Sequence[Datum], percent: float) -> float | None:
    """User guide, "Percentiles": raw data only, or statistic sets of a single value; none when a value is negative."""
    samples: list[tuple[float, float]] = []
    for datum in data:
        if datum.samples is not None:
            samples.extend(datum.samples)
        elif datum.minimum == datum.maximum and math.isclose(datum.total, datum.minimum * datum.count):
            samples.append((datum.minimum, datum.count))
        else:
            return None
    samples.sort()
    if samples[0][0] < 0:
        return None
    wanted = percent / 100 * (sum(count for _, count in samples) - 1)
    lower = _ranked(samples, math.floor(wanted))
    return lower + (wanted - math.floor(wanted)) * (_ranked(samples, math.ceil(wanted)) - lower)


def _ranked(samples: list[tuple[float, float]], rank: int) -> float:
    seen = 0.0
    for value, count in samples:
        seen += count
        if rank < seen:
            return value
    return samples[-1][0]


class MetricStore:
    """All data. `heard` is called for every metric that got data, after it can be read."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], dict[MetricKey, list[Datum]]] = {}
        self._lock = threading.Lock()
        self.heard: Callable[[str, str, MetricKey], None] = lambda account, region, key: None

    def put(self, account: str, region: str, key: MetricKey, datum: Datum) -> None:
        """Adds one report."""
        with self._lock:
            data = self._places.setdefault((account, region), {}).setdefault(key, [])
            bisect.insort(data, datum, key=lambda item: item.at)
        self.heard(account, region, key)

    def between(self, account: str, region: str, key: MetricKey, start: float, end: float, unit: str | None = None) -> list[Datum]:
        """The data of a metric in [start, end). With `unit` only data of that unit (API, MetricStat.Unit)."""
        with self._lock:
            data = self._places.get((account, region), {}).get(key, [])
            low = bisect.bisect_left(data, start, key=lambda item: item.at)
            high = bisect.bisect_left(data, end, key=lambda item: item.at)
            found = data[low:high]
        return [datum for datum in found if unit in (None, datum.unit)]

    def listed(self, account: str, region: str) -> list[tuple[MetricKey, float]]:
        """Every metric with the time of its latest datum, in a stable order."""
        with self._lock:
            found = [(key, data[-1].at) for key, data in self._places.get((account, region), {}).items() if data]
        return sorted(found, key=lambda item: (item[0].namespace, item[0].name, item[0].dimensions))

    def places(self, account: str | None) -> list[tuple[str, str]]:
        """The accounts and regions that have metrics."""
        with self._lock:
            return sorted(place for place in self._places if account in (None, place[0]))

    def forget(self, account: str | None) -> None:
        """Drops the metrics of one account, or all."""
        with self._lock:
            self._places = {place: metrics for place, metrics in self._places.items() if account not in (None, place[0])}
