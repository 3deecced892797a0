"""Conditions: by option, by header, on an object and on none; decided by one function, and the same for all ways in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.emulators.r2.conditions import ANY, Conditions, Etag, etags, of_headers
from labkit.emulators.r2.objects import Stored
from labkit.workers.ffi import JsException
from labkit.workers.js.headers import Headers
from tests.emulators.files import WORLDS, Files

HELLO, OTHER = "5d41402abc4b2a76b9719d911017c592", "0" * 32
PAST, FUTURE = datetime(2020, 1, 1), datetime(2040, 1, 1)
STORED = Stored("k", "v", b"hello", HELLO, 100.5)


@pytest.fixture(params=WORLDS.values(), ids=WORLDS.keys())
def files(request) -> Files:
    found = Files(request.param())
    found.put("k", "hello")
    return found


def test_a_get_whose_condition_fails_gives_the_object_without_its_content(files: Files):
    found = files.call("get", "k", onlyIf={"etagMatches": OTHER}, range={"offset": 100})
    assert not hasattr(found, "body") and found.etag == HELLO and found.range["length"] == 5
    assert files.bench.trace[-1].outcome == "412"
    assert files.text("k", onlyIf={"etagMatches": HELLO}) == "hello"
    assert files.call("get", "none", onlyIf={"etagMatches": OTHER}) is None


def test_a_put_whose_condition_fails_stores_nothing_and_gives_none(files: Files):
    assert files.put("k", "other", onlyIf={"etagMatches": OTHER}) is None
    assert files.text("k") == "hello"
    assert files.put("k", "other", onlyIf={"etagMatches": HELLO}).size == 5
    assert files.text("k") == "other"


def test_a_key_is_created_once(files: Files):
    once = {"etagDoesNotMatch": "*"}
    assert files.put("new", "first", onlyIf=once).size == 5
    assert files.put("new", "second", onlyIf=once) is None
    assert files.text("new") == "first"


@pytest.mark.parametrize(
    ("condition", "holds", "holds_of_none"),
    [
        ({}, True, True),
        ({"etagMatches": "*"}, True, False),
        ({"etagDoesNotMatch": HELLO}, False, True),
        ({"uploadedBefore": FUTURE}, True, True),
        ({"uploadedBefore": PAST}, False, True),
        ({"uploadedAfter": PAST}, True, False),
        ({"uploadedAfter": FUTURE}, False, False),
        ({"etagMatches": HELLO, "uploadedBefore": PAST}, True, False),
        ({"etagMatches": OTHER, "uploadedBefore": FUTURE}, False, False),
        ({"etagDoesNotMatch": OTHER, "uploadedAfter": FUTURE}, True, False),
        ({"etagDoesNotMatch": HELLO, "uploadedAfter": PAST}, False, False),
    ],
)
def test_a_condition_on_an_object_and_on_none(
    files: Files, condition: dict[str, Any], holds: bool, holds_of_none: bool
):
    assert (files.put("k", "other", onlyIf=condition) is not None) is holds
    assert (files.put("none", "other", onlyIf=condition) is not None) is holds_of_none


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"etagMatches": f'"{HELLO}"'}, f'Conditional ETag should not be wrapped in quotes ("{HELLO}").'),
        ({"etagMatches": None}, "Incorrect type for the 'etagMatches' field on 'Conditional': "
                                "the provided value is not of type 'string'."),
        ({"uploadedAfter": "2026"}, "Incorrect type for the 'uploadedAfter' field on 'Conditional': "
                                    "the provided value is not of type 'date'."),
        ("*", "Incorrect type for the 'onlyIf' field on 'GetOptions': "
              "the provided value is not of type 'Conditional or Headers'."),
    ],
)  # fmt: skip
def test_what_is_no_condition(files: Files, condition: Any, words: str):
    assert files.refusal("get", "k", onlyIf=condition) == f"TypeError: {words}"


def test_headers_are_conditions(files: Files):
    assert files.text("k", onlyIf=Headers.new({"if-match": f'W/"{OTHER}", "{HELLO}"'})) == "hello"
    assert not hasattr(files.call("get", "k", onlyIf=Headers.new({"if-none-match": f'W/"{HELLO}"'})), "body")
    assert (
        files.refusal("get", "k", onlyIf=Headers.new({"if-match": HELLO})) == "Error: Invalid ETag in if-match header"
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"a"', [Etag("a")]),
        ('"a", W/"b" , , "c"', [Etag("a"), Etag("b", weak=True), Etag("c")]),
        ('"a,b"', [Etag("a,b")]),
        ("*", [ANY]),
        ('"a", *', [ANY]),
    ],
)
def test_the_etags_of_a_header(text: str, found: list[Etag]):
    assert list(etags(text, "if-match")) == found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('"a" "b"', "Comma was expected to separate etags. Encountered a double quote character"),
        ('"a" *', "Comma was expected to separate etags. Encountered a wildcard character"),
        ('"a" W/"b"', "Comma was expected to separate etags. Encountered a weak quotation character"),
        ('"a', "Unclosed double quote for Etag"),
        ('W"a"', "Weak etags must start with W/ and their value must be quoted"),
        ("", "Invalid ETag in if-none-match header"),
    ],
)
def test_a_header_without_etags_is_refused(text: str, words: str):
    with pytest.raises(JsException) as caught:
        etags(text, "if-none-match")
    assert str(caught.value).startswith(f"Error: {words}")


def test_a_weak_etag_matches_nothing_and_differs_from_its_own():
    weak = (Etag(HELLO, weak=True),)
    assert Conditions(matches=weak).failed(STORED) == "if-match"
    assert Conditions(does_not_match=weak).failed(STORED) == "if-none-match"


def test_headers_have_whole_seconds_and_options_have_parts_of_them():
    assert Conditions(after=100.2).hold(STORED) and not Conditions(after=100.2, whole_seconds=True).hold(STORED)
    assert Conditions(before=100.7).hold(STORED) and not Conditions(before=100.7, whole_seconds=True).hold(STORED)
    assert not Conditions(after=100.5).hold(STORED) and not Conditions(before=100.5).hold(STORED)


def test_a_header_that_is_no_date_is_1970():
    since = of_headers({"if-modified-since": "soon"}.get)
    until = of_headers({"if-unmodified-since": "soon"}.get)
    assert since.hold(STORED) and until.failed(STORED) == "if-unmodified-since"


ETAGS = st.none() | st.lists(st.builds(Etag, st.sampled_from([HELLO, OTHER, None]), st.booleans()), min_size=1)
MOMENTS = st.none() | st.floats(90, 110)


@given(ETAGS, ETAGS, MOMENTS, MOMENTS)
def test_conditions_are_those_of_rfc_9110(matches, differs, before, after):
    """If-Match makes If-Unmodified-Since count for nothing, and If-None-Match If-Modified-Since."""
    conditions = Conditions(matches and tuple(matches), differs and tuple(differs), before, after)

    def has(etags: list[Etag], weak: bool) -> bool:
        return any(each.value is None or (each.value == HELLO and (weak or not each.weak)) for each in etags)

    first = has(matches, False) if matches else before is None or STORED.uploaded < before
    second = not has(differs, True) if differs else after is None or STORED.uploaded > after
    assert conditions.hold(STORED) == (first and second)
