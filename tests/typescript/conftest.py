"""The TypeScript lane: `pytest -m typescript`. It needs Node; without it, it says so in one line."""

from __future__ import annotations

import pytest

from tests.parity import npm
from tests.typescript.twins import HERE, SAMPLES, Outcome, play, twins


@pytest.fixture(scope="session")
def outcomes() -> dict[str, Outcome]:
    """How every twin, and every sample of the lane's own, fared: one Node process."""
    if reason := npm.missing(HERE, "miniflare", "typescript", "@cloudflare/workers-types"):
        pytest.skip(f"typescript lane: {reason}")
    return play([*twins(), *twins(SAMPLES)])
