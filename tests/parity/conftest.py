"""The parity lane: `pytest -m parity`. It needs Node; without it, it says so in one line."""

from __future__ import annotations

import pytest

from tests.parity import real
from tests.parity.answers import Answer
from tests.parity.cases import exercises_left_out


@pytest.fixture(scope="session")
def real_answers(request: pytest.FixtureRequest) -> dict[str, list[Answer]]:
    """What the real runtime answered to every selected case, asked once."""
    if reason := real.unavailable():
        pytest.skip(f"parity lane: {reason}")
    parameters = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    chosen = {each["case"].name: each["case"] for each in parameters if "case" in each}
    return real.play(chosen.values())


def pytest_terminal_summary(terminalreporter) -> None:
    """How many answers were compared, and which exercises were not."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    recorded = [each for report in reports if report.when == "call" for each in report.user_properties]
    counts = [value for key, value in recorded if key == "parity"]
    if not counts:
        return
    answers, equal, known = (sum(column) for column in zip(*counts, strict=True))
    terminalreporter.section("parity")
    if left_out := exercises_left_out():
        terminalreporter.write_line(f"parity: exercises without a parity.toml: {', '.join(left_out)}")
    terminalreporter.write_line(f"parity: {equal}/{answers} answers equal ({known} of them but for known differences)")
