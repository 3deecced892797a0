"""JavaScript's conversions: what V8 (in workerd, May 2026) made of the same values, and the words of its refusals."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from labkit.emulators.javascript import int32, json_text, text_of
from labkit.workers.ffi import JsException


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("s", "s"), (None, "null"), (True, "true"), (False, "false"), (5, "5"), (10**20, "100000000000000000000"),
        (5.0, "5"), (5.5, "5.5"), (-0.0, "0"), (0.00001, "0.00001"), (1e-7, "1e-7"), (1e21, "1e+21"),
        (2.5e-9, "2.5e-9"), (1e20, "100000000000000000000"), (123456789012345680000.0, "123456789012345680000"),
        (float("nan"), "NaN"), (float("inf"), "Infinity"), (float("-inf"), "-Infinity"),
        ([1, None, [2, 3]], "1,,2,3"), ({"a": 1}, "[object Object]"), (b"k", "107"), ({1}, "[object Set]"),
    ],
)  # fmt: skip
def test_text(value, text):
    assert text_of(value) == text


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (60, 60), (60.9, 60), (-1.9, -1), ("120", 120), (" 31 ", 31), ("0x20", 32), ("60.5", 60), ("", 0), ("abc", 0),
        ("1_000", 0), ("1e2", 100), (None, 0), (True, 1), (float("nan"), 0), (float("inf"), 0), ([31], 31), ([1, 2], 0),
        ({}, 0), (object(), 0), (2**31 - 1, 2**31 - 1), (-(2**31), -(2**31)),
    ],
)  # fmt: skip
def test_int32(value, number):
    assert int32(value) == number


@pytest.mark.parametrize("value", [2**31, -(2**31) - 1, 1e12, "3000000000", datetime(2030, 1, 1, tzinfo=UTC)])
def test_a_number_beyond_32_bits_is_out_of_range(value):
    with pytest.raises(JsException, match="TypeError: Value out of range. Must be between -2147483648 and 2147483647"):
        int32(value)


def test_json_text():
    assert json_text({"a": [1, 2.5, None, True], "é": "ü"}) == '{"a":[1,2.5,null,true],"é":"ü"}'
    assert json_text([float("nan"), {1}, b"x"]) == '[null,{},{"0":120}]'
    assert json_text(datetime(2030, 1, 1, tzinfo=UTC)) == '"2030-01-01T00:00:00.000Z"'
    with pytest.raises(JsException, match="TypeError: Do not know how to serialize a BigInt"):
        json_text({"n": 2**53})
