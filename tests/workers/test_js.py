"""The `js` module: JavaScript's globals, as recorded on the real runtime."""

from __future__ import annotations

import asyncio
import math
from datetime import UTC, datetime

import pytest

from labkit.errors import LabError, NotEmulated
from labkit.workers import Response, js
from labkit.workers.ffi import JsArray, JsException, JsObject, create_once_callable, create_proxy, jsnull, to_js
from tests.workers.running import UNIX, run


def test_every_global_is_there():
    for name in js.__all__:
        getattr(js, name)


def test_a_global_that_only_the_real_runtime_has_says_so():
    with pytest.raises(NotEmulated, match="js.HTMLRewriter exists in a Worker and is not emulated here."):
        _ = js.HTMLRewriter


def test_a_global_that_no_worker_has_is_an_attribute_error_with_the_nearest():
    with pytest.raises(AttributeError, match="module 'js' has no attribute 'Hedaers'. The nearest is js.Headers."):
        _ = js.Hedaers
    assert not hasattr(js, "window")
    assert not hasattr(js, "document")


@pytest.mark.parametrize("name", ["Response", "Headers", "URL", "TransformStream", "TextEncoder", "WebSocketPair"])
def test_a_class_is_made_with_new(name):
    with pytest.raises(JsException) as caught:
        getattr(js, name)()
    assert str(caught.value) == (
        f"TypeError: Failed to construct '{name}': Please use the 'new' operator, "
        "this object constructor cannot be called as a function."
    )


def test_keyword_arguments_of_new_are_one_options_object():
    assert js.Response.new("x", status=201).status == js.Response.new("x", {"status": 201}).status == 201


def test_headers_by_name():
    headers = js.Headers.new({"A": "1"})
    headers.append("a", "2")
    assert (headers.get("A"), headers.has("a"), headers.get("zz")) == ("1, 2", True, jsnull)
    assert [list(entry) for entry in headers] == [["a", "1, 2"]]
    assert (list(headers.keys()), list(headers.values())) == (["a"], ["1, 2"])
    headers.set("a", "3")
    headers.delete("A")
    assert not headers.has("a")


def test_cookies_are_kept_apart():
    headers = js.Headers.new([["set-cookie", "1"], ["Set-Cookie", "2"]])
    assert list(headers.getSetCookie()) == list(headers.getAll("Set-Cookie")) == ["1", "2"]
    assert headers.get("set-cookie") == "1, 2"
    assert len(list(headers)) == 2
    headers.set("set-cookie", "3")
    assert list(headers.getSetCookie()) == ["3"]
    with pytest.raises(JsException, match=r"^TypeError: getAll\(\) can only be used with the header name"):
        headers.getAll("a")


def test_javascripts_response_has_its_own_words():
    response = js.Response.new("hi")
    assert (response.statusText, response.ok, response.webSocket, response.url) == ("OK", True, jsnull, "")
    assert run(response.text()) == "hi"
    with pytest.raises(JsException) as caught:
        run(response.text())
    assert str(caught.value) == (
        "TypeError: Body has already been used. It can only be used once. Use tee() first if you need to read it twice."
    )
    assert js.Response.error().status == 0


def test_javascripts_json_gives_javascript():
    found = run(js.Response.new('{"a": [1, null]}').json())
    assert isinstance(found, JsObject)
    assert (found.a[0], found.a[1]) == (1, jsnull)
    with pytest.raises(JsException, match="^SyntaxError: Unexpected token 'x', \"x\" is not valid JSON$"):
        run(js.Response.new("x").json())


def test_a_plain_object_has_attributes_and_nothing_else():
    found = js.Object.new()
    found.a = 1
    assert (found.a, list(js.Object.keys(found)), list(found.object_keys())) == (1, ["a"], ["a"])
    for act in (lambda: found["a"], lambda: len(found), lambda: list(found), lambda: "a" in found):
        with pytest.raises(TypeError):
            act()
    del found.a
    assert not hasattr(found, "a")


def test_objects_of_entries_and_back():
    found = js.Object.fromEntries([["a", 1]])
    assert [list(pair) for pair in js.Object.entries(found)] == [["a", 1]]
    assert list(js.Object.values(found)) == [1]
    assert js.Object.assign(js.Object.new(), found).a == 1


def test_an_array_is_a_list_with_push_and_length():
    found = to_js([1, 2, 3])
    assert (found.length, len(found), found[0], found[-1], list(found[0:2]), 2 in found) == (3, 3, 1, 3, [1, 2], True)
    assert (found.push(4), found.pop(), found.index(2), found.to_py()) == (4, 4, 1, [1, 2, 3])
    assert found != [1, 2, 3]
    assert not to_js([])
    found[0] = 9
    del found[1]
    assert repr(found) == "9,3"
    assert js.Array.isArray(found) and not js.Array.isArray([1])
    assert (len(js.Array.new(3)), list(js.Array.of(1, 2)), list(getattr(js.Array, "from")("ab"))) == (
        3,
        [1, 2],
        ["a", "b"],
    )


def test_a_map_has_items_and_attributes():
    found = to_js({"a": 1})
    assert (found["a"], found.a, found.get("a"), found.size, list(found), found.to_py()) == (
        1,
        1,
        1,
        1,
        ["a"],
        {"a": 1},
    )
    assert bool(to_js({}))
    made = js.Map.new([["a", 1]])
    made.set("b", 2)
    assert (made.has("b"), made.delete("a"), made.delete("a"), list(made.keys())) == (True, True, False, ["b"])
    made["c"] = 3
    assert "c" in made and len(made) == 2


def test_a_set_holds_each_item_once():
    found = js.Set.new([1, 1, 2])
    found.add(3)
    assert (found.size, found.has(3), found.delete(1), found.to_py()) == (3, True, True, {2, 3})
    assert to_js({1, 2}).to_py() == {1, 2}


def test_bytes_become_a_uint8array():
    found = to_js(bytearray(b"ab"))
    assert (len(found), found[0], found.to_bytes(), found.length, found.byteLength, list(found)) == (
        2, 97, b"ab", 2, 2, [97, 98],
    )  # fmt: skip
    assert (bytes(found), found.to_py(), found.slice(0, 1).to_bytes()) == (b"ab", memoryview(b"ab"), b"a")
    assert found.constructor.name == "Uint8Array"
    zeros = js.Uint8Array.new(3)
    zeros.set(b"x", 1)
    assert zeros.to_bytes() == b"\0x\0"


def test_to_js_keeps_none_and_wraps_what_it_does_not_know():
    assert to_js(None) is None
    assert to_js((1, 2)).to_py() == [1, 2]
    thing = object()
    assert to_js(thing).unwrap() is thing
    assert to_js({"a": (1,)}, dict_converter=js.Object.fromEntries).a[0] == 1


def test_jsnull_is_false_and_not_none():
    assert not jsnull
    assert jsnull is not None
    assert repr(jsnull) == "jsnull"


def test_a_proxy_calls_until_it_is_destroyed():
    proxy = create_proxy(lambda x: x + 1)
    assert proxy(1) == 2
    proxy.destroy()
    with pytest.raises(JsException, match="Object has already been destroyed"):
        proxy(1)
    once = create_once_callable(lambda x: x + 1)
    assert once(1) == 2
    with pytest.raises(JsException, match="OnceProxy can only be called once"):
        once(1)


def test_json_in_and_out():
    found = js.JSON.parse('{"a":[1,{"b":null}],"c":1.5}')
    assert (found.a[0], found.a[1].b, found.c) == (1, jsnull, 1.5)
    assert js.JSON.stringify(found) == '{"a":[1,{"b":null}],"c":1.5}'
    assert js.JSON.stringify({"\u00e9": math.nan, "n": None, "s": to_js([1])}) == '{"\u00e9":null,"s":[1]}'
    assert js.JSON.stringify(to_js([1]), None, 2) == "[\n  1\n]"
    assert js.JSON.stringify(js.Date.new(0)) == '"1970-01-01T00:00:00.000Z"'
    assert js.JSON.stringify(None) is None


def test_errors_can_be_made_and_raised():
    error = js.RangeError.new("m")
    assert isinstance(error, JsException)
    assert (error.name, error.message, str(error)) == ("RangeError", "m", "RangeError: m")
    with pytest.raises(JsException, match="^TypeError: x$"):
        raise js.TypeError.new("x")


def test_a_promise_starts_at_once_and_can_be_chained():
    async def chain():
        made = js.Promise.new(lambda resolve, reject: js.setTimeout(create_once_callable(lambda: resolve(3)), 1000))
        assert await js.Promise.all([asyncio.sleep(1, 5), js.Promise.resolve(6)])
        refused = js.Promise.reject("no").catch(lambda error: error.message)
        ends: list = []
        last = js.Promise.resolve(1).finally_(lambda: ends.append("end"))
        return await made.then(lambda value: value + 1), await refused, await last, ends

    assert run(chain()) == (4, "no", 1, ["end"])


def test_a_structured_clone_is_a_copy():
    first = to_js({"a": [1]}, dict_converter=js.Object.fromEntries)
    second = js.structuredClone(first)
    second.a.push(2)
    assert len(first.a) == 1


def test_date_now_is_simulated_and_in_milliseconds():
    async def later():
        before = js.Date.now()
        await asyncio.sleep(3600)
        return before, js.Date.now(), js.performance.now(), js.Date.new().getTime()

    start = int(UNIX * 1000)
    assert run(later()) == (start, start + 3_600_000, start + 3_600_000, start + 3_600_000)


@pytest.mark.parametrize(
    ("made", "ms"),
    [
        (("2026-01-02T03:04:05Z",), 1767323045000),
        (("2026-01-02",), 1767312000000),
        (("Fri, 02 Jan 2026 03:04:05 GMT",), 1767323045000),
        ((2026, 0, 1), 1767225600000),
        ((2026, 12, 1), 1798761600000),
        ((datetime(2026, 1, 1, tzinfo=UTC),), 1767225600000),
        ((5.9,), 5),
        (("Fri, 31 Dec 9999 23:59:59 -2359",), 253402387139000),
    ],
)
def test_a_date_of_text_parts_or_numbers(made, ms):
    assert js.Date.new(*made).getTime() == js.Date.new(*made).valueOf() == ms


def test_a_date_in_words():
    date = js.Date.new(0)
    assert (date.toISOString(), date.toJSON(), date.toUTCString()) == (
        "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT",
    )  # fmt: skip
    assert str(date) == "Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)"
    assert (date.getUTCFullYear(), date.getMonth(), date.getDate(), date.getDay()) == (1970, 0, 1, 4)
    assert date.getTimezoneOffset() == 0


def test_what_is_no_date_is_nan():
    assert math.isnan(js.Date.new("zzz").getTime())
    assert str(js.Date.new("zzz")) == "Invalid Date"
    with pytest.raises(JsException, match="^RangeError: Invalid time value$"):
        js.Date.new("zzz").toISOString()


def test_text_and_bytes():
    assert js.TextEncoder.new().encode("\u00e9").to_bytes() == b"\xc3\xa9"
    assert js.TextDecoder.new().decode(to_js(b"\xef\xbb\xbf\xc3\xa9\xff")) == "\u00e9\ufffd"
    assert js.TextDecoder.new("latin1").encoding == "windows-1252"
    with pytest.raises(JsException, match="^TypeError: Failed to decode input.$"):
        js.TextDecoder.new("utf-8", fatal=True).decode(to_js(b"\xff"))
    with pytest.raises(JsException, match='^RangeError: "zz" is not a valid encoding.$'):
        js.TextDecoder.new("zz")
    with pytest.raises(JsException, match="parameter 1 is not of type 'Array'"):
        js.TextDecoder.new().decode(b"x")


def test_base64():
    assert (js.btoa("h\u00e9"), js.atob("aGVsbG8="), js.atob("aGVsbG8")) == ("aOk=", "hello", "hello")
    with pytest.raises(JsException, match=r"^InvalidCharacterError: btoa\(\) can only operate on characters in"):
        js.btoa("\u65e5")
    with pytest.raises(JsException, match=r"^InvalidCharacterError: atob\(\) called with invalid base64-encoded data."):
        js.atob("a*")


def test_uri_components():
    assert js.encodeURIComponent("a b/\u00e9~") == "a%20b%2F%C3%A9~"
    assert js.decodeURIComponent("a%20b") == "a b"


def test_console_prints(capsys):
    js.console.log("a", 1, None, jsnull, [1])
    js.console.error("b")
    assert capsys.readouterr().out == "a 1 undefined null [1]\nb\n"


def test_random_values_are_the_labs():
    async def draw():
        values = js.crypto.getRandomValues(js.Uint8Array.new(4))
        return js.crypto.randomUUID(), values.to_bytes()

    first, second = run(draw()), run(draw())
    assert first == second
    assert len(first[0]) == 36 and first[0][14] == "4"
    with pytest.raises(JsException, match="parameter 1 is not of type 'JsArrayBufferView'"):
        js.crypto.getRandomValues(bytes(4))
    js.crypto.getRandomValues(js.Uint8Array.new(65536))
    with pytest.raises(JsException, match="^QuotaExceededError"):
        js.crypto.getRandomValues(js.Uint8Array.new(65537))


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("SHA-256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("MD5", "900150983cd24fb0d6963f7d28e17f72"),
    ],
)
def test_digests(name, digest):
    assert run(js.crypto.subtle.digest(name, to_js(b"abc"))).to_bytes().hex() == digest
    assert run(js.crypto.subtle.digest({"name": name.lower()}, to_js(b"abc"))).to_bytes().hex() == digest


def test_a_digest_takes_javascripts_bytes_alone():
    with pytest.raises(JsException) as caught:
        run(js.crypto.subtle.digest("SHA-256", b"abc"))
    assert str(caught.value) == (
        "TypeError: Failed to execute 'digest' on 'SubtleCrypto': parameter 2 is not of type 'Array'."
    )


def test_a_comparison_without_a_clock():
    equal = js.crypto.subtle.timingSafeEqual
    assert equal(to_js(b"abc"), to_js(b"abc")) is True
    assert equal(to_js(b"abc"), to_js(b"abd")) is False
    with pytest.raises(JsException, match="^TypeError: Input buffers must have the same byte length.$"):
        equal(to_js(b"abc"), to_js(b"ab"))


def test_keys_say_that_they_are_missing():
    with pytest.raises(NotEmulated, match="hmac"):
        js.crypto.subtle.importKey()
    assert not hasattr(js.crypto.subtle, "nonsense")


def test_timers_ring_in_simulated_time():
    async def wait():
        rung: list = []
        loop = asyncio.get_running_loop()
        first = js.setTimeout(create_once_callable(lambda *args: rung.append((loop.time(), args))), 1500, 7, 8)
        second = js.setTimeout(create_proxy(lambda: rung.append("never")), 10)
        js.clearTimeout(second)
        every = js.setInterval(create_proxy(lambda: rung.append(loop.time())), 1000)
        js.queueMicrotask(create_once_callable(lambda: rung.append("soon")))
        await js.scheduler.wait(2500)
        js.clearInterval(every)
        await asyncio.sleep(5)
        return int(first), int(second), rung

    assert run(wait()) == (1, 2, ["soon", 1.0, (1.5, (7, 8)), 2.0])


def test_fetch_and_caches_belong_to_the_running_event():
    async def go():
        response = await js.fetch("https://a.com/x", method="POST", body="q")
        return type(response) is js.Response, await response.text(), js.caches.default

    class Caches:
        default = "the cache"

    def prepare(here):
        here.caches = Caches()

    assert run(go(), prepare) == (True, "POST https://a.com/x q", "the cache")
    with pytest.raises(JsException, match="^TypeError: Invalid URL: /x$"):
        run(js.fetch("/x"))
    with pytest.raises(LabError, match="caches.default belongs to a Worker that is handling an event"):
        _ = js.caches.default


def test_undefined_is_none_and_null_has_no_name():
    assert js.undefined is None
    assert not hasattr(js, "null")
    assert js.navigator.userAgent == "Cloudflare-Workers"


def test_a_proxy_shows_what_it_is():
    assert repr(js.Headers.new()) == "[object Headers]"
    assert repr(Response("x").body) == "[object ReadableStream]"
    assert JsArray([1]).typeof == "object"
    assert create_proxy(print).typeof == "function"
