"""`python -m tests.parity [NAME ...]`: what the real runtime and the lab answer, side by side.

To settle a doubt: write a case, run this, and read what production's own runtime says.
"""

from __future__ import annotations

import sys

from tests.parity import emulated, real
from tests.parity.answers import Answer, differences
from tests.parity.cases import Case, all_cases


def main(names: list[str]) -> int:
    cases = [case for case in all_cases() if not names or case.name in names]
    if reason := real.unavailable():
        print(f"parity lane: {reason}")
        return 1
    answers = real.play(cases)
    for case in cases:
        _print(case, answers[case.name])
    return 0


def _print(case: Case, answers: list[Answer]) -> None:
    print(f"== {case.name}")
    try:
        ours: list[Answer | None] = [*emulated.play(case)]
    except Exception as error:
        print(f"   the lab failed: {type(error).__name__}: {error}")
        ours = [None] * len(answers)
    for request, theirs, mine in zip(case.requests, answers, ours, strict=True):
        print(f"-- {request}\n   real {theirs}")
        found = differences(theirs, mine, request.compare) if mine else {}
        for part, each in found.items():
            print(f"   {'known' if part in request.differs else 'DIFFERS'} {part}: {each}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
