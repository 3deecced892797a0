"""The Cache API: what is stored and for how long, what a match answers, and that no other place knows of it."""

from __future__ import annotations

from typing import Any

import pytest

from labkit import facts
from labkit.emulators.cache import Cache, Caches
from labkit.workers.bindings import UnknownOption
from labkit.workers.ffi import JsException
from labkit.workers.js.requests import Request
from labkit.workers.js.responses import Response
from tests.emulators.worlds import Bench, flat, planet

URL = "https://a.test/x"
KEPT = "max-age=60"


@pytest.fixture(params=[flat, planet], ids=["network off", "network on"])
def bench(request) -> Bench:
    return request.param()


@pytest.fixture
def cache(bench: Bench) -> Cache:
    return Caches(bench.world).at("SYD").default


def response(body: Any = "hello", status: int = 200, **headers: str) -> Response:
    return Response.new(body, {"status": status, "headers": {k.replace("_", "-"): v for k, v in headers.items()}})


def request(method: str = "GET", **headers: str) -> Request:
    return Request.new(URL, {"method": method, "headers": {k.replace("_", "-"): v for k, v in headers.items()}})


def body(bench: Bench, found: Response) -> str:
    return bench.run(found.text())


def refusal(bench: Bench, call: Any) -> str:
    with pytest.raises(JsException) as caught:
        bench.run(call)
    return str(caught.value)


def is_stored(bench: Bench, cache: Cache, made: Response) -> bool:
    bench.run(cache.put(URL, made))
    found = bench.run(cache.match(URL)) is not None
    bench.run(cache.delete(URL))
    return found


def test_a_response_comes_back_with_its_headers_its_age_and_a_hit(bench: Bench, cache: Cache):
    bench.run(cache.put(URL, response(cache_control=KEPT, x_a="1", content_type="text/plain")))
    bench.advance(10)
    found = bench.run(cache.match(URL))
    headers = dict(found.headers._items())
    assert (found.status, body(bench, found)) == (200, "hello")
    assert headers.pop("date").endswith("GMT")
    assert headers == {
        "age": "10", "cache-control": KEPT, "cf-cache-status": "HIT", "content-length": "5",
        "content-type": "text/plain", "x-a": "1",
    }  # fmt: skip
    with pytest.raises(JsException, match="Can't modify immutable headers."):
        found.headers.set("x", "y")


def test_it_is_served_until_its_time_is_over(bench: Bench, cache: Cache):
    bench.run(cache.put(URL, response(cache_control=KEPT)))
    stored = bench.now
    bench.until(stored + 59.9)
    assert bench.run(cache.match(URL)) is not None
    bench.until(stored + 60)
    assert bench.run(cache.match(URL)) is None
    assert bench.run(cache.delete(URL)) is False


def test_no_other_place_and_no_other_cache_has_it(bench: Bench):
    caches = Caches(bench.world)
    bench.run(caches.at("SYD").default.put(URL, response(cache_control=KEPT)))
    assert bench.run(caches.at("SYD").default.match(URL)) is not None
    assert bench.run(caches.at("MEL").default.match(URL)) is None
    named = bench.run(caches.at("SYD").open("mine"))
    assert bench.run(named.match(URL)) is None
    bench.run(named.put(URL, response("mine", cache_control=KEPT)))
    again = bench.run(caches.at("SYD").open("mine"))
    assert body(bench, bench.run(again.match(URL))) == "mine"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"cache_control": "max-age=60"}, 60),
        ({"cache_control": "s-maxage=60, max-age=0"}, 60),
        ({"cache_control": "s-maxage=0, max-age=60"}, 0),
        ({"cache_control": 'max-age="60"'}, 60),
        ({"cache_control": "must-revalidate, Max-Age=60, immutable"}, 60),
        ({"cache_control": "max-age=60", "age": "50"}, 10),
        ({"cache_control": "max-age=60", "expires": "Tue, 01 Jan 2019 00:00:00 GMT"}, 60),
        ({"expires": "Tue, 14 Nov 2023 22:14:20 GMT", "date": "Tue, 14 Nov 2023 22:13:20 GMT"}, 60),
        ({"expires": "Tue, 14 Nov 2023 22:15:20 GMT", "date": "Tue, 14 Nov 2023 22:14:20 GMT"}, 60),
        ({"expires": "Tue, 01 Jan 2019 00:00:00 GMT"}, 0),
        ({"expires": "0"}, 0),
        ({"cache_control": "max-age=0"}, 0),
        ({"cache_control": "max-age=abc"}, 0),
        ({"cache_control": "public"}, 0),
        ({"cache_control": "no-store, max-age=60"}, 0),
        ({"cache_control": "no-cache, max-age=60"}, 0),
        ({"cache_control": "private, max-age=60"}, 0),
        ({"cache_control": "max-age=60", "set_cookie": "a=b"}, 0),
        ({"cache_control": "private=Set-Cookie, max-age=60", "set_cookie": "a=b"}, 60),
        ({"cache_control": "max-age=60", "vary": "accept"}, 60),
    ],
)
def test_headers_say_how_long(bench: Bench, cache: Cache, headers: dict[str, str], seconds: int):
    bench.run(cache.put(URL, response(**headers)))
    stored = bench.now
    assert bench.trace[-1].outcome == ("stored" if seconds else "not stored")
    if seconds:
        bench.until(stored + seconds - 0.5)
        found = bench.run(cache.match(URL))
        assert found is not None and found.headers.getSetCookie().length == 0
    bench.until(stored + seconds)
    assert bench.run(cache.match(URL)) is None


@pytest.mark.parametrize("status", [200, 203, 301, 302, 307, 404, 410])
def test_statuses_that_are_stored(bench: Bench, cache: Cache, status: int):
    assert is_stored(bench, cache, response(status=status, cache_control=KEPT))


@pytest.mark.parametrize("status", [201, 403, 500, 503])
def test_statuses_that_are_not(bench: Bench, cache: Cache, status: int):
    assert not is_stored(bench, cache, response(status=status, cache_control=KEPT))


@pytest.mark.parametrize(
    ("status", "fact"),
    [(200, "default_ttl"), (301, "default_ttl"), (302, "default_ttl_redirect"), (404, "default_ttl_missing")],
)
def test_where_the_headers_are_silent_production_goes_by_the_status(status: int, fact: str):
    bench = planet()
    cache = Caches(bench.world).at("SYD").default
    bench.run(cache.put(URL, response(status=status)))
    stored, seconds = bench.now, facts.value(f"cache.{fact}")
    bench.until(stored + seconds - 0.5)
    assert bench.run(cache.match(URL)) is not None
    bench.until(stored + seconds)
    assert bench.run(cache.match(URL)) is None


def test_where_the_headers_are_silent_the_local_runtime_stores_nothing_and_production_no_error():
    for bench, status in ((flat(), 200), (planet(), 500), (planet(), 307)):
        assert not is_stored(bench, Caches(bench.world).at("SYD").default, response(status=status))


@pytest.mark.parametrize(
    ("given", "made", "words"),
    [
        (request("POST"), response(cache_control=KEPT), "Cannot cache response to non-GET request."),
        (request("HEAD"), response(cache_control=KEPT), "Cannot cache response to non-GET request."),
        (URL, response(status=206), "Cannot cache response to a range request (206 Partial Content)."),
        (URL, response(cache_control=KEPT, vary="*"), "Cannot cache response with 'Vary: *' header."),
        (URL, response(cache_control=KEPT, vary="accept, *"), "Cannot cache response with 'Vary: *' header."),
        (URL, Response.error(), "Cache is unable to store an error response"),
        ("/x", response(cache_control=KEPT), "Invalid URL: /x"),
        (URL, "text", "Failed to execute 'put' on 'Cache': parameter 2 is not of type 'Response'."),
    ],
)
def test_what_put_refuses(bench: Bench, cache: Cache, given: Any, made: Any, words: str):
    assert refusal(bench, cache.put(given, made)) == f"TypeError: {words}"


def test_missing_arguments(bench: Bench, cache: Cache):
    words = "TypeError: Failed to execute '{}' on 'Cache': parameter 1 is not of type 'Request or string'."
    for method in ("match", "put", "delete"):
        assert refusal(bench, getattr(cache, method)()) == words.format(method)
    assert refusal(bench, cache.put(URL)).endswith("parameter 2 is not of type 'Response'.")
    words = "TypeError: Failed to execute 'open' on 'CacheStorage': parameter 1 is not of type 'string'."
    assert refusal(bench, Caches(bench.world).at("SYD").open()) == words


def test_put_reads_the_body_which_then_is_used(bench: Bench, cache: Cache):
    made = response(cache_control=KEPT)
    bench.run(cache.put(URL, made))
    assert made.bodyUsed
    words = (
        "TypeError: Body has already been used. It can only be used once. Use tee() first if you need to read it twice."
    )
    assert refusal(bench, cache.put(URL, made)) == words
    assert body(bench, bench.run(cache.match(URL))) == "hello"


def test_a_304_is_silently_not_stored(bench: Bench, cache: Cache):
    bench.run(cache.put(URL, response(None, status=304)))
    assert bench.run(cache.match(URL)) is None and bench.trace.where("cache", "put")[-1].outcome == "not stored"


def test_an_object_over_the_limit_is_silently_not_stored(bench: Bench, cache: Cache, monkeypatch):
    known = facts.value
    monkeypatch.setattr(facts, "value", lambda name, *plan: 5 if name == "cache.object_bytes" else known(name, *plan))
    assert is_stored(bench, cache, response("12345", cache_control=KEPT))
    assert not is_stored(bench, cache, response("123456", cache_control=KEPT))


def test_pythons_own_request_and_response_are_refused_with_a_sentence(bench: Bench, cache: Cache):
    from labkit.workers.response import Response as PythonResponse

    made = PythonResponse("hi", headers={"cache-control": KEPT})
    with pytest.warns(UserWarning, match="js_object"):
        assert "parameter 2 is not of type 'Response'" in refusal(bench, cache.put(URL, made))
    bench.run(cache.put(URL, made.js_object))
    assert body(bench, bench.run(cache.match(URL))) == "hi"


def test_only_get_has_a_stored_response_unless_the_method_is_ignored(bench: Bench, cache: Cache):
    bench.run(cache.put(URL, response(cache_control=KEPT)))
    for method in ("HEAD", "POST"):
        assert bench.run(cache.match(request(method))) is None
        assert bench.run(cache.delete(request(method))) is False
        assert bench.run(cache.match(request(method), ignoreMethod=True)) is not None
    assert bench.run(cache.match(request("POST"), {"ignoreMethod": True})) is not None
    assert bench.run(cache.delete(request("POST"), ignoreMethod=True)) is True


def test_other_options(bench: Bench, cache: Cache):
    words = "Error: The 'ignoreSearch' field on 'CacheQueryOptions' is not implemented."
    assert refusal(bench, cache.match(URL, ignoreSearch=True)) == words
    with pytest.warns(UnknownOption, match="ignoreMethod"):
        bench.run(cache.match(URL, ignore_method=True))


def test_what_is_not_implemented(cache: Cache):
    for method in ("add", "addAll", "keys", "matchAll"):
        with pytest.raises(JsException) as refused:
            getattr(cache, method)(URL)
        assert str(refused.value) == f"Error: Failed to execute '{method}' on 'Cache': the method is not implemented."


@pytest.mark.parametrize("method", ["has", "delete", "keys", "match"])
def test_what_the_storage_of_caches_does_not_implement(bench: Bench, method: str):
    with pytest.raises(JsException) as refused:
        getattr(Caches(bench.world).at("SYD"), method)()
    words = f"Error: Failed to execute '{method}' on 'CacheStorage': the method is not implemented."
    assert str(refused.value) == words


@pytest.mark.parametrize("url", ["https://u:p@a.test/x", "https://u@a.test/x"])
def test_a_url_with_a_name_or_a_password_is_no_key(bench: Bench, cache: Cache, url: str):
    words = "TypeError: Invalid URL. Cache API keys must be fully-qualified, valid URLs."
    for call in (cache.match(url), cache.put(url, response(cache_control=KEPT)), cache.delete(url)):
        assert refusal(bench, call) == words


@pytest.mark.parametrize(
    ("second", "left"),
    [
        ({"cache_control": "max-age=0"}, None), ({"expires": "Tue, 01 Jan 2019 00:00:00 GMT"}, None),
        ({"cache_control": "no-store"}, "first"), ({"cache_control": "private"}, "first"),
        ({"cache_control": KEPT, "set_cookie": "a=b"}, "first"),
    ],
)  # fmt: skip
def test_what_is_over_takes_the_former_ones_place_and_what_may_not_be_stored_leaves_it(bench, cache, second, left):
    bench.run(cache.put(URL, response("first", cache_control=KEPT)))
    bench.run(cache.put(URL, response("second", **second)))
    found = bench.run(cache.match(URL))
    assert (body(bench, found) if found else None) == left


@pytest.mark.parametrize(
    ("url", "same"),
    [
        (URL, True), (URL + "#part", True), ("https://A.TEST/x", True), ("https://a.test:443/x", True),
        (URL + "?q=1", False), ("http://a.test/x", False), (URL + "/", False),
    ],
)  # fmt: skip
def test_the_key_is_the_url_without_its_fragment(bench: Bench, cache: Cache, url: str, same: bool):
    bench.run(cache.put(URL, response(cache_control=KEPT)))
    assert (bench.run(cache.match(url)) is not None) == same


DATE = "Tue, 01 Jan 2030 00:00:00 GMT"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"if_none_match": '"abc"'}, 304), ({"if_none_match": '"zz", W/"abc"'}, 304), ({"if_none_match": "*"}, 304),
        ({"if_none_match": '"zz"'}, 200), ({"if_none_match": "abc"}, 200),
        ({"if_modified_since": DATE}, 304), ({"if_modified_since": "Wed, 02 Jan 2030 00:00:00 GMT"}, 304),
        ({"if_modified_since": "Tue, 01 Jan 2029 00:00:00 GMT"}, 200), ({"if_modified_since": "nonsense"}, 200),
        ({"cache_control": "no-cache"}, 200),
    ],
)  # fmt: skip
def test_conditional_requests(bench: Bench, cache: Cache, asked: dict[str, str], status: int):
    bench.run(cache.put(URL, response(cache_control=KEPT, etag='"abc"', last_modified=DATE)))
    found = bench.run(cache.match(request(**asked)))
    assert found.status == status and body(bench, found) == ("" if status == 304 else "hello")
    assert found.headers.get("etag") == '"abc"'


@pytest.mark.parametrize(
    ("asked", "status", "part", "shown"),
    [
        ("bytes=1-2", 206, "1-2/5", "el"), ("bytes=1-", 206, "1-4/5", "ello"), ("bytes=-2", 206, "3-4/5", "lo"),
        ("bytes=0-99", 206, "0-4/5", "hello"), ("bytes=-99", 206, "0-4/5", "hello"), ("bytes=4-4", 206, "4-4/5", "o"),
        ("bytes=5-6", 416, "*/5", ""), ("bytes=9-", 416, "*/5", ""), ("bytes=3-1", 416, "*/5", ""),
        ("items=1-2", 416, "*/5", ""), ("nonsense", 416, "*/5", ""),
        ("bytes=", 200, None, "hello"), ("bytes=-0", 200, None, "hello"), ("bytes=0-0,2-3", 200, None, "hello"),
    ],
)  # fmt: skip
def test_ranges(bench: Bench, cache: Cache, asked: str, status: int, part: str | None, shown: str):
    bench.run(cache.put(URL, response(cache_control=KEPT)))
    found = bench.run(cache.match(request(range=asked)))
    assert (found.status, body(bench, found)) == (status, shown)
    if part:
        assert found.headers.get("content-range") == f"bytes {part}"
    if status == 206:
        assert found.headers.get("content-length") == str(len(shown))


def test_two_matches_are_two_responses(bench: Bench, cache: Cache):
    bench.run(cache.put(URL, response(cache_control=KEPT)))
    first, second = bench.run(cache.match(URL)), bench.run(cache.match(URL))
    assert body(bench, first) == body(bench, second) == "hello"


def test_each_call_is_charged_and_written_down(bench: Bench, cache: Cache):
    bench.run(cache.match(URL))
    bench.run(cache.put(URL, response(cache_control=KEPT)))
    bench.run(cache.match(URL))
    bench.run(cache.delete(URL))
    assert bench.charged == {"cache": 4}
    rows = [(event.operation, event.outcome, event.place, event.bytes) for event in bench.trace.where("cache")]
    assert rows == [
        ("match", "miss", "SYD", 0),
        ("put", "stored", "SYD", 5),
        ("match", "hit", "SYD", 5),
        ("delete", "deleted", "SYD", 0),
    ]
    assert bench.trace.units() == {}
    assert (bench.now > 0) == (bench.world.links is not None)


def test_a_snapshot_brings_the_caches_back(bench: Bench, cache: Cache):
    caches = cache._caches
    bench.run(cache.put(URL, response("one", cache_control=KEPT)))
    state = caches.snapshot()
    bench.run(cache.put(URL, response("two", cache_control=KEPT)))
    caches.restore(state)
    assert body(bench, bench.run(cache.match(URL))) == "one"
