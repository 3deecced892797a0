"""What arguments become before a binding sees them, and what results become after."""

from __future__ import annotations

import asyncio
import warnings
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from labkit.errors import LabError
from labkit.workers.bindings import UnknownOption, checked, from_platform, js_error, options
from labkit.workers.ffi import JsException, jsnull, to_js
from labkit.workers.js.builtins import Object
from labkit.workers.js.dates import Date
from labkit.workers.jsdict import JsDict

KNOWN = ("expirationTtl", "metadata")


def test_keywords_and_a_dict_are_the_same_options():
    assert options("put", None, {"expirationTtl": 60}, KNOWN) == {"expirationTtl": 60}
    assert options("put", {"expirationTtl": 60}, {}, KNOWN) == {"expirationTtl": 60}
    assert options("put", to_js({"expirationTtl": 60}), {}, KNOWN) == {"expirationTtl": 60}


def test_an_option_of_none_is_sent_as_null_and_not_left_out():
    assert options("put", None, {"expirationTtl": None}, KNOWN) == {"expirationTtl": None}


@pytest.mark.parametrize(("name", "meant"), [("expiration_ttl", "expirationTtl"), ("metdata", "metadata")])
def test_an_unknown_option_is_dropped_with_one_sentence_that_names_the_right_one(name, meant):
    with pytest.warns(UnknownOption, match=f"put ignores the unknown option '{name}'; it is spelt '{meant}'."):
        assert options("put", None, {name: 1}, KNOWN) == {}


def test_an_option_like_no_other_lists_them_all():
    with pytest.warns(UnknownOption, match="it knows 'expirationTtl', 'metadata'"):
        options("put", None, {"zzz": 1}, KNOWN)


def test_the_warning_points_at_the_caller_outside_the_lab():
    with pytest.warns(UnknownOption) as caught:
        options("put", None, {"zzz": 1}, KNOWN)
    assert caught[0].filename == __file__


def test_keywords_beside_an_options_object_are_read_by_nobody():
    with pytest.warns(UnknownOption, match="put ignores 'metadata': an options object was given too"):
        assert options("put", {"expirationTtl": 60}, {"metadata": 1}, KNOWN) == {"expirationTtl": 60}


def test_a_strict_lab_raises_instead_of_warning():
    with pytest.raises(LabError, match="unknown option 'expiration_ttl'"):
        options("put", None, {"expiration_ttl": 1}, KNOWN, strict=True)


def test_known_options_warn_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        options("put", {"metadata": {"a": 1}}, {}, KNOWN)


@pytest.mark.parametrize(
    ("value", "kind"),
    [((1,), "tuple"), ([(1, 2)], "tuple"), ({"a": ()}, "tuple"), ({(1,)}, "tuple"), (bytearray(b"x"), "bytearray")],
)
def test_tuples_and_bytearrays_are_refused_at_any_depth(value, kind):
    with pytest.raises(TypeError, match=f"^<class '{kind}'> cannot be sent over RPC.$"):
        checked(value)


def test_an_awaitable_is_refused_until_it_is_awaited():
    work = asyncio.sleep(0)
    with pytest.raises(TypeError, match="^Awaitable <class 'coroutine'> cannot be sent over RPC.$"):
        checked(work)
    work.close()


def test_dict_keys_become_property_names():
    assert checked({1: 3, 1.5: 4, 2.0: 5, None: 6}) == {"1": 3, "1.5": 4, "2": 5, "undefined": 6}
    assert checked({False: 1, True: 2}) == {"false": 1, "true": 2}


@pytest.mark.parametrize(("value", "seen"), [(5.0, 5), (-0.0, 0), (1.5, 1.5), (2**60, 2**60), (1e20, 1e20)])
def test_a_whole_number_is_an_int_within_what_javascript_holds_exactly(value, seen):
    assert checked(value) == seen
    assert type(checked(value)) is type(seen)


def test_a_bool_stays_a_bool():
    assert checked(True) is True


def test_a_datetime_is_utc_and_keeps_milliseconds():
    assert checked(datetime(2026, 1, 1, 12, 0, 0, 123456)) == datetime(2026, 1, 1, 12, 0, 0, 123000, tzinfo=UTC)
    in_the_east = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert from_platform(checked(in_the_east)) == datetime(2026, 1, 1, 10)


def test_a_datetime_before_1970_is_cut_towards_it_as_a_date_is():
    assert checked(datetime(1960, 1, 1, 0, 0, 0, 500)) == datetime(1960, 1, 1, 0, 0, 0, 1000, tzinfo=UTC)


def test_bytes_of_every_kind_arrive_as_bytes_and_come_back_as_a_memoryview():
    assert checked(b"ab") == checked(memoryview(b"ab")) == checked(to_js(b"ab")) == b"ab"
    assert from_platform(b"ab") == memoryview(b"ab")


def test_javascript_values_are_unwrapped():
    assert checked(to_js({"a": [1, None]}, dict_converter=Object.fromEntries)) == {"a": [1, None]}
    assert checked(jsnull) is None
    assert checked(Date.new(0)) == datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("value", [object(), Decimal("1.5"), date(2026, 1, 1), frozenset({1}), int, print])
def test_what_javascript_has_no_word_for_passes_as_it_is(value):
    assert checked(value) is value


def test_an_error_as_a_value_loses_its_type():
    found = from_platform(checked(ValueError("x")))
    assert type(found) is Exception
    assert str(found) == "Error: x"


def test_a_dict_comes_back_as_a_jsdict_all_the_way_down():
    found = from_platform({"a": [{"b": None}]})
    assert isinstance(found, JsDict)
    assert found.a[0].b is None


def test_a_method_of_dict_hides_a_key_of_the_same_name():
    found = JsDict(keys=[1], count=2)
    assert found["keys"] == [1]
    assert callable(found.keys)
    assert found.count == 2
    with pytest.raises(AttributeError, match="^missing$"):
        _ = found.missing


def test_a_jsdict_takes_attributes_as_keys():
    found = JsDict()
    found.a = 1
    assert found == {"a": 1}


def test_a_binding_error_has_a_name_a_message_and_both_as_text():
    error = js_error("TypeError", "no")
    assert isinstance(error, Exception)
    assert (error.name, error.message, str(error), repr(error)) == ("TypeError", "no", "TypeError: no", "TypeError: no")
    assert str(JsException("Error")) == "Error"
