"""Runtime versions and the day after which no canary may be made or updated with them.

Source: CloudWatch user guide, "Synthetics runtime versions" and "Runtime versions support policy".
Deprecation dates are the guide's. Release dates are of our making (most of them the first of some month):
the guide doesn't give them, and nothing should depend on them.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass


def _day(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)


@dataclass(frozen=True)
class Runtime:
    """One runtime version."""

    name: str
    released: datetime.datetime
    deprecated: datetime.datetime | None = None

    def is_deprecated(self) -> bool:
        """Whether its deprecation date has passed."""
        return self.deprecated is not None and self.deprecated <= datetime.datetime.now(datetime.timezone.utc)

    def described(self) -> dict[str, object]:
        """The runtime as DescribeRuntimeVersions shows it."""
        return {
            "VersionName": self.name,
            "Description": f"{self.name} runtime",
            "ReleaseDate": self.released,
            "DeprecationDate": self.deprecated,
        }


_TABLE = (
    ("syn-nodejs-3.1", "2026-03-01", None),
    ("syn-nodejs-3.0", "2025-11-01", None),
    ("syn-nodejs-puppeteer-13.1", "2026-03-01", None),
    ("syn-nodejs-puppeteer-13.0", "2025-11-01", None),
    ("syn-nodejs-puppeteer-12.0", "2025-10-01", None),
    ("syn-nodejs-puppeteer-11.0", "2025-08-01", None),
    ("syn-nodejs-puppeteer-10.0", "2025-05-01", None),
    ("syn-nodejs-puppeteer-9.1", "2024-11-01", None),
    ("syn-nodejs-puppeteer-7.0", "2024-03-08", "2026-01-22"),
    ("syn-nodejs-puppeteer-6.2", "2024-02-02", "2026-01-22"),
    ("syn-nodejs-puppeteer-6.1", "2023-11-01", "2024-03-08"),
    ("syn-nodejs-puppeteer-6.0", "2023-09-01", "2024-03-08"),
    ("syn-nodejs-puppeteer-5.2", "2023-11-01", "2026-01-22"),
    ("syn-nodejs-puppeteer-5.1", "2023-08-01", "2024-03-08"),
    ("syn-nodejs-puppeteer-5.0", "2023-07-24", "2024-03-08"),
    ("syn-nodejs-puppeteer-4.0", "2023-05-01", "2024-03-08"),
    ("syn-nodejs-puppeteer-3.9", "2023-02-22", "2024-01-08"),
    ("syn-nodejs-puppeteer-3.8", "2022-12-01", "2024-01-08"),
    ("syn-nodejs-playwright-6.0", "2026-03-01", None),
    ("syn-nodejs-playwright-5.0", "2025-12-01", None),
    ("syn-nodejs-playwright-4.0", "2025-10-01", None),
    ("syn-nodejs-playwright-3.0", "2025-08-01", None),
    ("syn-python-selenium-7.0", "2025-10-01", None),
    ("syn-python-selenium-6.0", "2025-07-01", None),
    ("syn-python-selenium-5.1", "2025-03-01", "2026-02-03"),
    ("syn-python-selenium-5.0", "2025-02-01", "2026-02-03"),
    ("syn-python-selenium-4.1", "2024-11-01", "2026-02-03"),
    ("syn-python-selenium-4.0", "2024-07-01", "2026-02-03"),
    ("syn-python-selenium-3.0", "2024-05-01", "2026-01-22"),
    ("syn-python-selenium-2.1", "2023-11-01", "2026-01-22"),
    ("syn-python-selenium-2.0", "2023-08-01", "2024-03-08"),
    ("syn-python-selenium-1.3", "2022-03-01", "2024-03-08"),
)
RUNTIMES = {name: Runtime(name, _day(released), _day(until) if until else None) for name, released, until in _TABLE}

_BROWSER_CONFIGS_SINCE = {"syn-nodejs-puppeteer": (11, 0), "syn-nodejs-playwright": (3, 0)}
_BLUEPRINTS_SINCE = {"syn-nodejs": (3, 0)}


def _at_least(name: str, table: dict[str, tuple[int, int]]) -> bool:
    match = re.fullmatch(r"(syn-[a-z-]+?)-(\d+)\.(\d+)", name)
    return match is not None and match.group(1) in table and (int(match.group(2)), int(match.group(3))) >= table[match.group(1)]


def takes_browser_configs(name: str) -> bool:
    """Whether a runtime knows BrowserConfigs, and so shows EngineConfigs in place of EngineArn."""
    return _at_least(name, _BROWSER_CONFIGS_SINCE)


def takes_blueprints(name: str) -> bool:
    """Whether a runtime runs the multi-checks blueprint."""
    return _at_least(name, _BLUEPRINTS_SINCE)
