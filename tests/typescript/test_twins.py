"""The TypeScript that the lessons show type-checks, runs on the real runtime, and answers as it should."""

from __future__ import annotations

import pytest

from tests.typescript.twins import SAMPLES, Outcome, Twin, twins, unmet

pytestmark = pytest.mark.typescript
none_yet = pytest.param(None, marks=pytest.mark.skip(reason="there is no notebooks/typescript/*.ts yet"))
every_twin = pytest.mark.parametrize("twin", twins() or [none_yet], ids=lambda twin: twin.name if twin else "none")


@every_twin
def test_the_twin_type_checks(twin: Twin, outcomes: dict[str, Outcome]):
    assert outcomes[twin.name].complaints == []


@every_twin
def test_the_twin_answers_as_expected(twin: Twin, outcomes: dict[str, Outcome]):
    assert _unmet(twin, outcomes) == []


def test_a_good_sample_passes(outcomes: dict[str, Outcome]):
    [good] = [twin for twin in twins(SAMPLES) if twin.name == "flags"]
    assert outcomes["flags"].complaints == []
    assert _unmet(good, outcomes) == []


def test_a_sample_with_wrong_types_does_not(outcomes: dict[str, Outcome]):
    value, option = outcomes["wrong_type"].complaints
    assert value.startswith("line 7: ") and option.startswith("line 8: No overload matches")


def test_a_sample_that_fails_as_it_runs_is_noticed(outcomes: dict[str, Outcome]):
    [wrong] = [twin for twin in twins(SAMPLES) if twin.name == "wrong_type"]
    assert "expected 200, got 500" in _unmet(wrong, outcomes)[0]


def _unmet(twin: Twin, outcomes: dict[str, Outcome]) -> list[str]:
    pairs = zip(twin.requests, outcomes[twin.name].answers, strict=True)
    return [f"{asked}: {line}" for (asked, expect), answer in pairs for line in unmet(expect, answer)]
