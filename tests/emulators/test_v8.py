"""V8's serialization: the bytes of some values as V8 itself writes them, and every value back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.emulators.v8 import decoded, encoded

MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(st.characters()), st.binary(),
    MOMENTS.map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)),
    st.sets(st.integers(0, 5)),
)  # fmt: skip
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner))


@pytest.mark.parametrize(("value", "data"), [
    # node -e 'console.log(v8.serialize(value).toString("hex"))'; bytes are a Uint8Array
    (None, "ff0f30"),
    (True, "ff0f54"),
    (5, "ff0f490a"),
    (-5, "ff0f4909"),
    (-(2**30), "ff0f49ffffffff07"),
    ("€", "ff0f6302ac20"),
    (1.5, "ff0f4e000000000000f83f"),
    ("x", "ff0f220178"),
    ("é", "ff0f2201e9"),
    ({"a": 1}, "ff0f6f22016149027b01"),
    ([1, "a"], "ff0f41024902220161240002"),
    ({1}, "ff0f2749022c01"),
    (10**20, "ff0f5a20000010632d5ec76b0500000000000000"),
    (datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC), "ff0f440000000000408f40"),
])  # fmt: skip
def test_values_take_the_bytes_that_v8_gives_them(value, data):
    assert encoded(value).hex() == data


@given(VALUES)
def test_every_value_comes_back(value):
    assert decoded(encoded(value)) == value


def test_keys_that_are_indices_come_first_in_their_order():
    assert list(decoded(encoded({"b": 1, "10": 1, "9": 1, "01": 1, "4294967295": 1}))) == [
        "9", "10", "b", "01", "4294967295",
    ]  # fmt: skip
