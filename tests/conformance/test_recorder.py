"""The recordings are of the scenarios that are wanted, and there are enough of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conformance.recorder.__main__ import AREAS, RECORDED, scenarios


def without_answers(scenario: dict[str, Any]) -> dict[str, Any]:
    steps = [{key: each for key, each in step.items() if key not in ("result", "error")} for step in scenario["steps"]]
    return {**scenario, "steps": steps}


@pytest.mark.parametrize("area", AREAS)
def test_what_is_recorded_is_what_is_wanted(area: str):
    recorded = json.loads((RECORDED / f"{area}.json").read_text(encoding="utf-8"))
    assert [without_answers(each) for each in recorded] == scenarios(area)
    assert len(recorded) >= 25
    answered = [step for each in recorded for step in each["steps"] if "call" in step]
    assert all(("result" in step) != ("error" in step) for step in answered)
