"""The readiness code: short, decodable, and not to be misread."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import readiness
from labkit.errors import LabError
from labkit.readiness import ALPHABET, WIDTHS, Readiness, decode, explain

any_readiness = st.builds(Readiness, **{name: st.integers(0, (1 << width) - 1) for name, width in WIDTHS.items()})


@given(any_readiness)
def test_a_code_says_what_it_was_made_from(said: Readiness):
    assert decode(said.code) == said


@given(any_readiness)
def test_only_a_machine_with_no_failed_check_is_ready(said: Readiness):
    assert said.code.startswith("READY-") == (said.failed == 0)


@given(any_readiness)
def test_a_code_read_out_loud_is_understood(said: Readiness):
    assert decode(" " + said.code.lower().replace("1", "l").replace("0", "o")) == said


@given(any_readiness, st.integers(0, 3), st.sampled_from(ALPHABET))
def test_one_wrong_letter_never_passes_for_the_same_code(said: Readiness, place: int, letter: str):
    letters = said.code[-5:]
    wrong = letters[:place] + letter + letters[place + 1 :]
    try:
        assert decode(wrong) != said or wrong == letters
    except LabError as error:
        assert "misread" in str(error)


def test_most_misread_codes_are_noticed():
    code = Readiness(failed=0, python=1, system=0, lists=77).code
    wrong = [code[:-1] + letter for letter in ALPHABET if letter != code[-1]]
    assert sum(map(refused, wrong)) > len(wrong) * 0.9


@pytest.mark.parametrize("code", ["", "READY-", "READY-3F7A", "READY-3F7AKK", "READY-3F7U*"])
def test_what_is_no_code_is_refused(code: str):
    with pytest.raises(LabError, match="no readiness code"):
        decode(code)


def test_a_code_is_explained_in_a_sentence():
    names = ["python", "packages", "kernel"]
    here = readiness.hash_of_lists()
    ready = Readiness(failed=0, python=1, system=0, lists=here)
    assert explain(ready.code, names) == "Python 3.12 on Linux, this version of the workbook; everything works."
    broken = Readiness(failed=0b110, python=0, system=2, lists=here ^ 1)
    said = "Python 3.11 on Windows, another version of the workbook; failed: packages, kernel."
    assert explain(broken.code, names) == said


def refused(code: str) -> bool:
    try:
        decode(code)
    except LabError:
        return True
    return False
