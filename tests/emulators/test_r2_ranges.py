"""Which bytes a read gives: by offset, length and suffix, and by the header."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.emulators.r2.ranges import Span, is_beyond, of_header, of_options, whole
from labkit.emulators.r2.refusals import Refusal
from labkit.workers.js.headers import Headers
from tests.emulators.files import WORLDS, Files

NOT_SATISFIABLE = "Error: get: The requested range is not satisfiable (10039)"


@pytest.fixture(params=WORLDS.values(), ids=WORLDS.keys())
def files(request) -> Files:
    found = Files(request.param())
    found.put("k", "hello")
    return found


@pytest.mark.parametrize(
    ("wanted", "text", "offset"),
    [
        ({"offset": 1}, "ello", 1),
        ({"length": 2}, "he", 0),
        ({"offset": 4, "length": 1}, "o", 4),
        ({"offset": 3, "length": 100}, "lo", 3),
        ({"suffix": 2}, "lo", 3),
        ({"suffix": 100}, "hello", 0),
        ({}, "hello", 0),
        (None, "hello", 0),
        ({"offset": "1", "length": 2.0}, "el", 1),
        ([1, 2], "he", 0),
    ],
)
def test_a_part_of_an_object(files: Files, wanted: Any, text: str, offset: int):
    found = files.call("get", "k", range=wanted)
    assert files.bench.run(found.text()) == text
    assert found.range == {"offset": offset, "length": len(text), "suffix": None} and found.size == 5
    assert files.bench.trace[-1].bytes == len(text)


@pytest.mark.parametrize("wanted", [{"offset": 5}, {"offset": 6}, {"length": 0}, {"suffix": 0}, {"length": None}])
def test_a_part_without_a_byte_is_refused(files: Files, wanted: Any):
    assert files.refusal("get", "k", range=wanted) == NOT_SATISFIABLE
    assert files.bench.trace[-1].outcome == "416"
    assert files.call("get", "none", range=wanted) is None


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"offset": -1}, "RangeError: Invalid range. Starting offset (-1) must be greater than or equal to 0."),
        ({"length": -1}, "RangeError: Invalid range. Length (-1) must be greater than or equal to 0."),
        ({"suffix": -1}, "RangeError: Invalid suffix. Suffix (-1) must be greater than or equal to 0."),
        ({"offset": 1.5}, "RangeError: Invalid range. Starting offset (1.5) must be an integer, not floating point."),
        ({"suffix": 1.5}, "RangeError: Invalid range. Suffix (1.5) must be an integer, not floating point."),
        ({"offset": "one"}, "RangeError: Invalid range. Starting offset (nan) must be greater than or equal to 0."),
        ({"suffix": 1, "offset": 1}, "TypeError: Suffix is incompatible with offset."),
        ({"suffix": 1, "length": 1}, "TypeError: Suffix is incompatible with length."),
        ({"length": 2**60}, "TypeError: Cannot convert a BigInt value to a number"),
        (5, "TypeError: Incorrect type for the 'range' field on 'GetOptions': "
            "the provided value is not of type 'Range or Headers'."),
    ],
)  # fmt: skip
def test_what_is_no_range(files: Files, wanted: Any, words: str):
    assert files.refusal("get", "k", range=wanted) == words


def test_a_header_names_a_part_and_a_bad_one_the_whole(files: Files):
    for text, expected in (("bytes=1-2", "el"), ("bytes=-2", "lo"), ("bytes=9-", "hello"), ("bytes=2-1", "hello")):
        assert files.text("k", range=Headers.new({"range": text})) == expected
    assert files.text("k", range=Headers.new()) == "hello"


@pytest.mark.parametrize(
    ("text", "span", "beyond"),
    [
        ("bytes=0-0", (0, 1), False),
        ("BYTES = 1 - 2 ", (1, 2), False),
        ("bytes=0-100", (0, 5), False),
        ("bytes=5-", None, True),
        ("bytes=4-", (4, 1), False),
        ("bytes=-0", None, True),
        ("bytes=-5", None, False),
        ("bytes=0-1,3-4", None, False),
        ("bytes=7-8,9-", None, True),
        ("bytes=3-1", None, False),
        ("bytes=", None, False),
        ("lines=1-2", None, False),
    ],
)
def test_a_header_on_five_bytes(text: str, span: Any, beyond: bool):
    assert of_header(text, 5) == span
    assert is_beyond(text, 5) is beyond


@given(st.binary(max_size=9), st.none() | st.integers(0, 12), st.none() | st.integers(0, 12))
def test_offset_and_length_are_those_of_a_slice(content: bytes, offset: int | None, length: int | None):
    expected = content[offset or 0 :][: len(content) if length is None else length]
    try:
        found = of_options(len(content), offset, length)
    except Refusal as refusal:
        assert not expected and refusal.code == 10039
    else:
        assert found.of(content) == expected != b""


@given(st.binary(min_size=1, max_size=9), st.integers(0, 9), st.integers(0, 12))
def test_a_header_is_a_slice_with_both_ends(content: bytes, first: int, last: int):
    found = of_header(f"bytes={first}-{last}", len(content)) or whole(len(content))
    inside = first < len(content) and first <= last
    assert found.of(content) == (content[first : last + 1] if inside else content)


def test_the_whole_of_an_object_is_not_copied():
    content = bytes(100)
    assert Span(0, 100).of(content) is content


def test_a_range_of_very_many_blanks_is_read_once_through():
    """Read for each of its blanks anew, this took minutes."""
    assert of_header(f"bytes={' ' * 200_000}x", 10) is None
    assert of_header(f"bytes={' ' * 200_000}2-3", 10) == (2, 2)
