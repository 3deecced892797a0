"""The closing lines of a run: how many steps agree, in each area and in total, and which areas are not built.

`tests/conformance/conftest.py` uses the hook. So may the `conftest.py` above it, which is the one that pytest-xdist
loads where the lines are printed.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

SHOWN = 10
_WRITTEN = pytest.StashKey[bool]()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """The closing lines, from what each scenario's test recorded (also by xdist's workers)."""
    verdicts = _verdicts(terminalreporter.getreports("passed") + terminalreporter.getreports("failed"))
    not_built = _not_built(terminalreporter.getreports("skipped"))
    if (verdicts or not_built) and not config.stash.get(_WRITTEN, False):
        config.stash[_WRITTEN] = True
        _write_summary(terminalreporter, verdicts, not_built)


def _verdicts(reports: list[Any]) -> dict[str, list[dict[str, Any]]]:
    """What each scenario's test recorded, by area."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    recorded = [value for each in reports if each.when == "call" for key, value in each.user_properties
                if key == "conformance"]  # fmt: skip
    for area, verdict in recorded:
        found[area].append(verdict)
    return found


def _not_built(reports: list[Any]) -> dict[str, int]:
    """How many scenarios were skipped in each area that is not built."""
    counts: dict[str, int] = defaultdict(int)
    for report in reports:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        if "tests/conformance" in report.nodeid and reason.endswith(": not built"):
            counts[reason.removeprefix("Skipped: ").removesuffix(": not built")] += 1
    return counts


def _write_summary(out: Any, verdicts: dict[str, list[dict[str, Any]]], not_built: dict[str, int]) -> None:
    out.section("conformance")
    found = [each for area in verdicts.values() for verdict in area for each in verdict["disagreements"]]
    for text in found[:SHOWN]:
        out.write_line(text)
    for area, count in sorted(not_built.items()):
        out.write_line(f"conformance: {area} not built ({count} scenarios not played)")
    for area, each in sorted(verdicts.items()):
        out.write_line(f"conformance: {area} {_agreement(each)}")
    out.write_line(f"conformance: {_agreement([verdict for each in verdicts.values() for verdict in each])}")


def _agreement(verdicts: list[dict[str, Any]]) -> str:
    calls = sum(verdict["calls"] for verdict in verdicts)
    return f"{calls - sum(len(verdict['disagreements']) for verdict in verdicts)}/{calls} steps agree"
