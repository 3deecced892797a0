"""`--cases FILE`, one test a scenario, and the closing lines that say how many steps agree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.areas import is_built
from tests.conformance.closing import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]

HERE = Path(__file__).parent
RECORDED = [HERE / "scenarios.json", *sorted((HERE / "recorded").glob("*.json"))]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cases", metavar="FILE", help="conformance: play the scenarios of this file instead of ours")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a scenario of the chosen file; those of an area without a module are skipped, never passed."""
    if "scenario" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("cases", None)
        files = [Path(chosen)] if chosen else RECORDED
        scenarios = [each for file in files for each in json.loads(file.read_text(encoding="utf-8"))]
        metafunc.parametrize("scenario", [_parameter(scenario) for scenario in scenarios])


def _parameter(scenario: dict[str, Any]) -> Any:
    area = scenario["area"]
    marks = [] if is_built(area) else [pytest.mark.skip(reason=f"{area}: not built")]
    return pytest.param(scenario, id=scenario["id"], marks=marks)
