"""The same Worker, the same requests: the lab answers as the real runtime does."""

from __future__ import annotations

import pytest

from tests.parity import emulated
from tests.parity.answers import Answer, differences
from tests.parity.cases import Case, Request, all_cases

pytestmark = pytest.mark.parity


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
def test_the_lab_answers_as_the_real_runtime_does(case: Case, real_answers: dict[str, list[Answer]], request):
    found = [
        problem
        for asked, theirs, ours in zip(case.requests, real_answers[case.name], emulated.play(case), strict=True)
        if (problem := _problem(asked, theirs, ours))
    ]
    count = len(case.requests)
    request.node.user_properties.append(("parity", (count - len(found), count)))
    assert not found, "\n" + "\n".join(found)


def _problem(asked: Request, theirs: Answer, ours: Answer) -> str | None:
    """What is wrong with a pair of answers. A difference that is announced and does not show is wrong too."""
    found = differences(theirs, ours, asked.compare)
    if asked.differs:
        return None if found else f"{asked}: announced to differ ({asked.differs}), and does not"
    return f"{asked}\n    " + "\n    ".join(found) if found else None
