"""Names in order, and cursors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.emulators.listing import Names, cursor_of, lenient_name_of, name_of

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)


@given(st.sets(NAMES), NAMES, st.one_of(st.none(), NAMES))
def test_names_come_in_the_order_of_their_utf8_bytes_after_a_start_and_with_a_prefix(names, prefix, start):
    wanted = [name for name in names if name.startswith(prefix) and (start is None or name > start)]
    assert list(Names(names).after(start, prefix)) == sorted(wanted, key=lambda name: name.encode())


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abcd"))))
def test_names_are_a_set(steps):
    names, model = Names(), set()
    for adds, name in steps:
        (names.add if adds else names.discard)(name)
        (model.add if adds else model.discard)(name)
        assert list(names) == sorted(model) and len(names) == len(model)


@given(NAMES.filter(bool))
def test_a_cursor_stands_for_its_name(name):
    assert name_of(cursor_of(name)) == lenient_name_of(cursor_of(name)) == name


@pytest.mark.parametrize("cursor", ["", "!!!", "YQ", "YQ=", "/w==", "YQ==YQ=="])
def test_other_texts_are_no_cursors(cursor):
    with pytest.raises(ValueError):
        name_of(cursor)


@pytest.mark.parametrize(
    ("cursor", "name"), [("", ""), ("!!!", ""), ("YQ", "a"), ("Y Q==", "a"), ("YQ==YQ==", "a"), ("/w==", "\ufffd")]
)
def test_the_local_runtime_reads_a_name_out_of_anything(cursor, name):
    assert lenient_name_of(cursor) == name
