"""What holds for every test: no deadlines on shared machines, and the learner's own progress is left alone."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.conformance.closing import pytest_terminal_summary  # noqa: F401  (also where xdist runs the tests)

# The same examples on every run, so that nobody's suite fails by chance; `explore` looks for others.
settings.register_profile("workbook", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "workbook"))


@pytest.fixture(scope="session", autouse=True)
def progress_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whatever a test records goes to a file of this run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABKIT_PROGRESS", str(tmp_path_factory.mktemp("progress") / "progress.jsonl"))
        yield
