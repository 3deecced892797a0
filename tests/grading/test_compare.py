"""Comparison is structural, tells the first difference, and trusts nothing that the learner made."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.grading.compare import difference, same, show
from labkit.workers.jsdict import JsDict

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=20,
)


class Liar:
    """Claims to be everything."""

    def __eq__(self, other):
        raise AssertionError("__eq__ was called")

    __ne__ = __lt__ = __eq__

    def __hash__(self):
        raise AssertionError("__hash__ was called")

    def __repr__(self):
        raise AssertionError("__repr__ was called")

    def __bool__(self):
        return True

    @property
    def __class__(self):
        return int


class LyingInt(int):
    def __eq__(self, other):
        return True

    __hash__ = int.__hash__


class LyingStr(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__

    def __repr__(self):
        return "'right'"


class LyingDict(dict):
    def items(self):
        return [("a", 1)]


class LyingList(list):
    def __iter__(self):
        return iter([1, 2, 3])

    def __len__(self):
        return 3


@dataclass
class Point:
    x: int
    y: int


@given(plain)
def test_a_value_is_the_same_as_itself(value):
    assert same(value, value)


@given(plain, plain)
def test_the_difference_is_the_same_from_both_sides(one, other):
    assert same(one, other) == same(other, one)


@given(st.lists(st.integers()), st.data())
def test_one_changed_item_is_found_at_its_place(items, data):
    if items:
        place = data.draw(st.integers(0, len(items) - 1))
        changed = [*items[:place], items[place] + 1, *items[place + 1 :]]
        assert difference(changed, items).path == f"[{place}]"


@pytest.mark.parametrize("expected", [1, "a", None, [1], {"a": 1}, {1}, (1,), True, b"a", Point(1, 2)])
def test_an_object_that_claims_to_be_equal_is_another(expected):
    assert not same(Liar(), expected)
    assert not same([Liar()], [expected])
    assert not same({"k": Liar()}, {"k": expected})


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (LyingInt(2), 1),
        (LyingStr("b"), "a"),
        (LyingDict(a=2), {"a": 1}),
        (LyingList([1]), [1, 2, 3]),
        ({LyingStr("b"): 1}, {"a": 1}),
    ],
)
def test_a_subclass_that_lies_is_looked_through(got, expected):
    assert not same(got, expected)


@pytest.mark.parametrize(("got", "expected"), [(True, 1), (1, True), (0, False), (False, 0.0)])
def test_a_boolean_is_not_a_number(got, expected):
    assert not same(got, expected)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (1, 1.0), (math.nan, math.nan), ({1, 2}, {2, 1}), ({"a": 1, "b": 2}, {"b": 2, "a": 1}), (bytearray(b"x"), b"x"),
        (memoryview(b"x"), b"x"), (JsDict({"a": [1]}), {"a": [1]}), (Point(1, 2), Point(1, 2)), ({1: "a"}, {1.0: "a"}),
        (2j, 2j), (frozenset({1}), {1}),
    ],
)  # fmt: skip
def test_the_same_structure_is_the_same(got, expected):
    assert same(got, expected)


@pytest.mark.parametrize(
    ("got", "expected", "words"),
    [
        ("1", 1, "'1' (str) instead of 1 (int)"),
        ([1, 2], [1, 3], "at [1]: 2 instead of 3"),
        ([1], [1, 2], "1 items, [1] instead of 2 items, [1, 2]"),
        ({"a": {"b": [1]}}, {"a": {"b": [2]}}, "at ['a']['b'][0]: 1 instead of 2"),
        ({"a": 1}, {"b": 1}, "no key 'b' instead of the key 'b'"),
        ({"a": 1, "b": 2}, {"a": 1}, "a key 'b' instead of no such key"),
        ((1,), [1], "(1,) (tuple) instead of [1] (list)"),
        (None, 3, "None instead of 3 (int)"),
        (Point(1, 2), Point(1, 3), "at .__dict__['y']: 2 instead of 3"),
    ],
)
def test_the_first_difference_is_told_with_its_path(got, expected, words):
    assert str(difference(got, expected)) == words


def test_a_learners_object_is_shown_by_its_class_alone():
    assert show([Liar()]) == "[an object of class Liar]"


def test_a_long_value_is_cut():
    assert len(show("x" * 1000, 50)) == 50
