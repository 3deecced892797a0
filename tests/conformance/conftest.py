"""`--cases FILE`, and the closing lines that say how many steps agree."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.areas import is_built

HERE = Path(__file__).parent
RECORDED = HERE / "scenarios.json"
SHOWN = 10


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cases", metavar="FILE", help="conformance: play the scenarios of this file instead of ours")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a scenario of the chosen file; those of an area without a module are skipped, never passed."""
    if "scenario" in metafunc.fixturenames:
        file = Path(metafunc.config.getoption("cases", None) or RECORDED)
        scenarios = json.loads(file.read_text(encoding="utf-8"))
        metafunc.parametrize("scenario", [_parameter(scenario) for scenario in scenarios])


def _parameter(scenario: dict[str, Any]) -> Any:
    area = scenario["area"]
    marks = [] if is_built(area) else [pytest.mark.skip(reason=f"{area}: not built")]
    return pytest.param(scenario, id=scenario["id"], marks=marks)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The closing lines, from what each scenario's test recorded (also by xdist's workers)."""
    verdicts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for area, verdict in (value for key, value in report.user_properties if key == "conformance"):
            if report.when == "call":
                verdicts[area].append(verdict)
    not_built = _not_built(terminalreporter.getreports("skipped"))
    if verdicts or not_built:
        _write_summary(terminalreporter, verdicts, not_built)


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
