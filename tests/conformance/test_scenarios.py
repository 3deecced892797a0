"""Every recorded step gets the answer that the real runtime gave, or stands in `exceptions.toml`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.areas import bench
from tests.conformance.known import known
from tests.conformance.replay import replay

# The recordings make many mistakes on purpose, and the lab's bindings warn of each.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def test_every_step_agrees_with_the_recording(scenario: dict[str, Any], request: pytest.FixtureRequest):
    area = scenario["area"]
    verdict = replay(scenario, bench(area), known(area))
    if scenario.get("about") in known(area).scenarios:
        assert verdict.disagreements, f"{scenario['id']} agrees: exceptions.toml need not name it any more"
        return
    texts = [str(each) for each in verdict.disagreements]
    request.node.user_properties.append(
        ("conformance", (area, {"calls": verdict.calls, "disagreements": texts})),
    )
    assert verdict.calls, f"{scenario['id']} makes no call, so it would prove nothing"
    assert not texts, "\n" + "\n".join(texts)
