"""The same Worker, the same requests: the lab answers as the real runtime does."""

from __future__ import annotations

import pytest

from tests.parity import emulated
from tests.parity.answers import Answer, differences
from tests.parity.cases import Case, Request, all_cases

# The cases make mistakes on purpose, and the lab warns of many that the real runtime passes over.
pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore::UserWarning")]


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
def test_the_lab_answers_as_the_real_runtime_does(case: Case, real_answers: dict[str, list[Answer]], request):
    pairs = list(zip(case.requests, real_answers[case.name], emulated.play(case), strict=True))
    found = [problems for asked, theirs, ours in pairs if (problems := _problems(asked, theirs, ours))]
    known = sum(1 for asked in case.requests if asked.differs)
    request.node.user_properties.append(("parity", (len(pairs), len(pairs) - len(found), known)))
    assert not found, "\n" + "\n".join(found)


def _problems(asked: Request, theirs: Answer, ours: Answer) -> str:
    """What is wrong with a pair of answers, or "". A known difference that does not show is wrong too."""
    found = differences(theirs, ours, asked.compare)
    known = asked.differs
    lines = [f"{part}: {each}" for part, each in found.items() if part not in known]
    lines += [f"{part}: known to differ ({why}), and does not" for part, why in known.items() if part not in found]
    return "\n    ".join([str(asked), *lines]) if lines else ""
