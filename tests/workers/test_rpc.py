"""Values across isolates, as recorded on the real runtime with the real SDK."""

from __future__ import annotations

import asyncio
import enum
import pickle
from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.workers import Blob, FormData, Request, Response, python_from_rpc, python_to_rpc, rpc
from labkit.workers.bindings import checked
from labkit.workers.ffi import JsException, JsProxy, jsnull, to_js
from labkit.workers.js.builtins import TypeError as JsTypeError
from labkit.workers.js.dates import Date
from labkit.workers.js.headers import Headers
from labkit.workers.js.streams import ReadableStream
from tests.workers.running import run


class Level(enum.IntEnum):
    LOW = 1


class Colour(enum.StrEnum):
    RED = "red"


@dataclass
class Point:
    x: int


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        (None, None),
        (1, 1),
        (1.5, 1.5),
        (5.0, 5),
        ("é", "é"),
        (True, True),
        (2**60, 2**60),
        (-(2**70), -(2**70)),
        ({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}),
        ({1: 2}, {"1": 2}),
        ([1, "x"], [1, "x"]),
        ({1, 2}, {1, 2}),
        (b"ab", memoryview(b"ab")),
        (memoryview(b"ab"), memoryview(b"ab")),
        (datetime(2026, 1, 1, 12, 0, 0, 123456), datetime(2026, 1, 1, 12, 0, 0, 123000)),
        (Date.new(0), datetime(1970, 1, 1)),
        (Level.LOW, 1),
        (Colour.RED, "red"),
        (OrderedDict(a=1), {"a": 1}),
        (jsnull, None),
    ],
)
def test_a_value_arrives_as_its_copy(sent, received):
    found = rpc.result(sent)
    assert found == received
    assert isinstance(found, type(received))


def test_changing_what_arrived_leaves_what_was_sent():
    sent = {"a": [1]}
    rpc.result(sent)["a"].append(2)
    assert sent == {"a": [1]}


@pytest.mark.parametrize(
    "value",
    [object(), date(2026, 1, 1), Decimal(1), range(3), frozenset({1}), deque([1]), 5j, Point(1), {"a": 1}.keys()],
)
def test_what_no_copy_exists_of_is_a_data_clone_error(value):
    with pytest.raises(JsException, match="^DataCloneError: Proxy could not be serialized because it is not"):
        rpc.result(value)


@pytest.mark.parametrize(("value", "name"), [(FormData({"a": "b"}), "FormData"), (Blob("x"), "Blob")])
def test_a_form_and_a_blob_do_not_cross(value, name):
    message = f'DataCloneError: Could not serialize object of type "{name}". This type does not support serialization.'
    with pytest.raises(JsException) as caught:
        rpc.result(value)
    assert str(caught.value) == message


@pytest.mark.parametrize(("value", "kind"), [((1,), "tuple"), ([()], "tuple"), (bytearray(), "bytearray")])
def test_tuples_and_bytearrays_are_refused_before_the_call(value, kind):
    with pytest.raises(TypeError, match=f"<class '{kind}'> cannot be sent over RPC."):
        rpc.arguments([value], {})


def test_an_awaitable_is_refused_before_the_call():
    work = asyncio.sleep(0)
    with pytest.raises(TypeError, match="Awaitable <class 'coroutine'> cannot be sent over RPC."):
        rpc.arguments([work], {})
    work.close()


def test_keyword_arguments_arrive_as_one_trailing_dict():
    assert rpc.arguments([1], {"by": 3}) == [1, {"by": 3}]
    assert rpc.arguments([], {}) == []


def test_an_exception_as_a_value_is_a_bare_exception_and_gains_a_word_each_way():
    [arrived] = rpc.arguments([ValueError("x")], {})
    assert (type(arrived), str(arrived)) == (Exception, "Error: x")
    assert str(rpc.result(arrived)) == "Error: Error: x"


def test_a_javascript_error_of_another_kind_stays_one():
    [arrived] = rpc.arguments([JsTypeError.new("q")], {})
    assert isinstance(arrived, JsException)
    assert str(arrived) == "TypeError: q"


def test_a_function_in_a_result_is_a_stub_that_converts_and_itself_is_given_javascript():
    seen = []

    def add(number, options):
        seen.append(type(options).__name__)
        return to_js([number + options.by])

    assert run(rpc.result(add)(2, by=3)) == [5]
    assert seen == ["JsObject"]


def test_a_function_in_an_argument_is_raw_and_a_container_of_pythons_cannot_pass_it():
    [stub] = rpc.arguments([lambda value: value], {})
    assert (run(stub(2)), run(stub("x")), run(stub(None))) == (2, "x", None)
    assert run(stub(to_js([1]))).to_py() == [1]
    for value in ({"a": 1}, [1], b"x"):
        with pytest.raises(JsException, match="^DataCloneError: Proxy could not be serialized"):
            run(stub(value))


@pytest.mark.parametrize("given", [{}, [], b""])
def test_what_a_function_gives_back_is_not_converted_either(given):
    with pytest.raises(JsException, match="DataCloneError"):
        run(rpc.result(lambda: given)())


def test_a_stub_among_the_arguments_lives_as_long_as_the_call_and_its_copy_longer():
    args = rpc.arguments([{"on": [lambda: 5]}], {})
    [stub] = args[0]["on"]
    kept = stub.dup()
    assert run(stub()) == 5
    rpc.release(args)
    with pytest.raises(JsException, match="^Error: RPC stub used after being disposed.$"):
        run(stub())
    assert run(kept()) == 5


def test_a_stub_that_is_given_on_is_another_one():
    [stub] = rpc.arguments([lambda: 5], {})
    further = rpc.arguments([stub], {})
    rpc.release(further)
    assert run(stub()) == 5
    assert run(rpc.result(stub)()) == 5


def test_a_stub_awaits_an_async_function():
    async def late(number):
        await asyncio.sleep(1)
        return number * 10

    assert run(rpc.result(late)(2)) == 20


def test_a_stub_runs_where_its_function_lives():
    places = []

    async def elsewhere(function, args):
        places.append("elsewhere")
        return function(*args)

    [stub] = rpc.arguments([lambda x: x], {}, elsewhere)
    assert run(stub(1)) == 1
    assert places == ["elsewhere"]


def test_a_response_moves_and_its_sender_cannot_read_it_again():
    sent = Response("hi", status=201, headers={"x": "y"})
    received = rpc.result(sent)
    assert isinstance(received, Response)
    assert (received.status, received.headers["x"], run(received.text())) == (201, "y", "hi")
    assert sent.body_used


def test_a_response_inside_a_list_arrives_as_one():
    [received] = rpc.result([Response("hi")])
    assert run(received.text()) == "hi"


def test_a_request_and_a_stream_cross():
    received = rpc.result(Request("https://a.com/", method="POST", body="q"))
    assert isinstance(received, Request)
    assert run(received.text()) == "q"
    assert isinstance(rpc.result(Response("hi").body), ReadableStream)


def test_headers_cross_as_javascript():
    assert isinstance(rpc.result(Headers.new({"a": "b"})), Headers)


@pytest.mark.parametrize("size", [33_554_420, 33_554_421])
def test_more_than_32_mib_is_refused_with_its_size(size):
    def crosses() -> bool:
        try:
            rpc.arguments(["x" * size], {})
        except JsException as error:
            assert str(error) == (
                "Error: Serialized RPC arguments or return values are limited to 32MiB, "
                "but the size of this value was: 33554433 bytes."
            )
            return False
        return True

    assert crosses() is (size == 33_554_420)


def test_a_remote_exception_is_its_traceback_and_nothing_of_ours():
    def boom():
        raise KeyError("gone")

    with pytest.raises(JsException) as caught:
        run(rpc.result(boom)())
    seen = caught.value
    assert (seen.name, seen.remote) == ("PythonError", True)
    assert seen.message.startswith("Traceback (most recent call last):\n")
    assert seen.message.endswith("KeyError: 'gone'\n")
    assert "in boom" in seen.message
    assert "labkit/workers" not in seen.message


def test_python_to_rpc_makes_javascript_and_back():
    made = python_to_rpc({"a": [1, None, b"x", datetime(2026, 1, 1)]})
    assert isinstance(made, JsProxy)
    assert made.a[1] is jsnull
    assert python_from_rpc(made) == {"a": [1, None, memoryview(b"x"), datetime(2026, 1, 1)]}
    assert python_to_rpc(None) is jsnull
    assert python_to_rpc("x") == "x"


def test_python_from_rpc_wraps_what_the_sdk_has_a_class_for():
    assert isinstance(python_from_rpc(Response("x").js_object), Response)
    assert isinstance(python_from_rpc(Request("https://a.com").js_object), Request)
    assert isinstance(python_from_rpc(FormData().js_object), FormData)
    assert isinstance(python_from_rpc(Blob("x").js_object), Blob)
    assert python_from_rpc(to_js([1])) == [1]


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False) | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(plain)
def test_a_second_crossing_changes_nothing_more(value):
    once = rpc.result(value)
    assert once == value
    assert rpc.result(once) == once


def test_a_remote_traceback_names_the_platforms_own_errors_as_a_worker_imports_them():
    error = JsException("RangeError", "m")
    assert rpc.remote_error(error).message.endswith("pyodide.ffi.JsException: RangeError: m\n")
    assert pickle.loads(pickle.dumps(error)).name == "RangeError"


@pytest.mark.parametrize(("method", "words"), [
    ("alarm", "TypeError: 'alarm' is a reserved method and cannot be called over RPC."),
    ("webSocketMessage", "TypeError: 'webSocketMessage' is a reserved method and cannot be called over RPC."),
    ("env", 'TypeError: The RPC receiver does not implement the method "env".'),
])  # fmt: skip
def test_no_rpc_reaches_a_handler_of_events_or_what_the_runtime_keeps_there(method, words):
    with pytest.raises(JsException) as refused:
        rpc.refuse_reserved(method)
    assert str(refused.value) == words


@pytest.mark.parametrize("method", ["queue", "scheduled", "_alarm", "run"])
def test_other_names_are_methods(method):
    rpc.refuse_reserved(method)


class Color(enum.StrEnum):
    RED = "red"


class Rank(enum.IntEnum):
    FIRST = 1


class Share(float):
    pass


@pytest.mark.parametrize(("sent", "kind"), [(Color.RED, str), (Rank.FIRST, int), (Share(0.5), float)])
def test_what_extends_text_or_a_number_arrives_as_plain_text_or_number(sent, kind):
    [alone], [[listed]], [keyed] = checked([sent]), checked([[sent]]), checked({sent: 1})
    assert (type(alone), type(listed), type(keyed)) == (kind, kind, str)
    assert alone == listed == sent
