"""What the runtime says, word for word: recorded from workerd with Cloudflare's own Python SDK."""

from __future__ import annotations

import warnings
from datetime import datetime
from typing import Any

import pytest

from labkit.emulators.kv import Kv, KvNamespace
from labkit.errors import LabError
from labkit.workers.bindings import UnknownOption
from labkit.workers.ffi import JsException, to_js
from labkit.workers.js.streams import ReadableStream
from tests.emulators.worlds import EPOCH, Bench, flat, planet

NOW = int(EPOCH)
KIB = 1024


@pytest.fixture(params=[flat, planet], ids=["network off", "network on"])
def bench(request) -> Bench:
    return request.param()


@pytest.fixture
def kv(bench: Bench) -> KvNamespace:
    return Kv("KV", bench.world).binding("SYD")


def refusal(bench: Bench, call: Any) -> str:
    with pytest.raises(JsException) as caught:
        bench.run(call)
    return str(caught.value)


@pytest.mark.parametrize(
    ("ttl", "words"),
    [
        (59, "59. Expiration TTL must be at least 60."),
        (59.9, "59. Expiration TTL must be at least 60."),
        (0, "0. Please specify integer greater than 0."),
        (-1, "-1. Please specify integer greater than 0."),
        (None, "0. Please specify integer greater than 0."),
        (float("nan"), "0. Please specify integer greater than 0."),
        ("abc", "0. Please specify integer greater than 0."),
    ],
)
def test_an_expirationTtl_under_60_is_refused(bench: Bench, kv: KvNamespace, ttl: Any, words: str):
    expected = f"Error: KV PUT failed: 400 Invalid expiration_ttl of {words}"
    assert refusal(bench, kv.put("k", "v", {"expirationTtl": ttl})) == expected
    assert refusal(bench, kv.put("k", "v", expirationTtl=ttl)) == expected


@pytest.mark.parametrize("ttl", [60, 60.7, "120", "60.5"])
def test_an_expirationTtl_of_60_is_taken(bench: Bench, kv: KvNamespace, ttl: Any):
    bench.run(kv.put("k", "v", expirationTtl=ttl))
    assert bench.run(kv.get("k")) == "v"


PAST = "Please specify integer greater than the current number of seconds since the UNIX epoch."
SOON = "Expiration times must be at least 60 seconds in the future."


@pytest.mark.parametrize(
    ("end", "words"),
    [(0, f"0. {PAST}"), (None, f"0. {PAST}"), (NOW, f"{NOW}. {PAST}"), (NOW + 1, f"{NOW + 1}. {SOON}"),
     (NOW + 59, f"{NOW + 59}. {SOON}")],
)  # fmt: skip
def test_an_expiration_less_than_60_seconds_ahead_is_refused(bench: Bench, kv: KvNamespace, end: Any, words: str):
    expected = f"Error: KV PUT failed: 400 Invalid expiration of {words}"
    assert refusal(bench, kv.put("k", "v", expiration=end)) == expected


def test_an_expiration_60_seconds_ahead_is_taken(bench: Bench, kv: KvNamespace):
    bench.run(kv.put("k", "v", expiration=NOW + 60))
    assert bench.run(kv.list())["keys"] == [{"name": "k", "expiration": NOW + 60}]


def test_milliseconds_where_seconds_are_wanted_are_out_of_range(bench: Bench, kv: KvNamespace):
    words = "TypeError: Value out of range. Must be between -2147483648 and 2147483647 (inclusive)."
    assert refusal(bench, kv.put("k", "v", expiration=NOW * 1000)) == words
    assert refusal(bench, kv.put("k", "v", expiration=datetime(2030, 1, 1))) == words


def test_of_both_lifetimes_expirationTtl_wins(bench: Bench, kv: KvNamespace):
    bench.run(kv.put("k", "v", expirationTtl=120, expiration=1))
    page = bench.run(kv.list())
    assert page["keys"] == [{"name": "k", "expiration": NOW + 120}]


def test_an_overwrite_without_options_clears_lifetime_and_metadata(bench: Bench, kv: KvNamespace):
    bench.run(kv.put("k", "v", expirationTtl=120, metadata={"a": 1}))
    bench.advance(2)
    bench.run(kv.put("k", "w"))
    assert bench.run(kv.list())["keys"] == [{"name": "k"}]


@pytest.mark.parametrize("method", ["get", "getWithMetadata", "put", "delete"])
@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("", "TypeError: Key name cannot be empty."),
        (".", 'TypeError: "." is not allowed as a key name.'),
        ("..", 'TypeError: ".." is not allowed as a key name.'),
    ],
)
def test_names_that_no_key_can_have(bench: Bench, kv: KvNamespace, method: str, key: str, words: str):
    rest = ("v",) if method == "put" else ()
    assert refusal(bench, getattr(kv, method)(key, *rest)) == words


@pytest.mark.parametrize(("method", "verb"), [("get", "GET"), ("put", "PUT"), ("delete", "DELETE")])
@pytest.mark.parametrize(("key", "size"), [("x" * 513, 513), ("é" * 257, 514)])
def test_a_key_over_512_bytes_of_utf8_is_refused(
    bench: Bench, kv: KvNamespace, method: str, verb: str, key: str, size: int
):
    rest = ("v",) if method == "put" else ()
    words = f"Error: KV {verb} failed: 414 UTF-8 encoded length of {size} exceeds key length limit of 512."
    assert refusal(bench, getattr(kv, method)(key, *rest)) == words


@pytest.mark.parametrize("key", ["x" * 512, "é" * 256])
def test_a_key_of_512_bytes_is_taken(bench: Bench, kv: KvNamespace, key: str):
    bench.run(kv.put(key, "v"))
    assert bench.run(kv.get(key)) == "v"


def test_a_value_over_25_mib_is_refused_and_one_of_25_mib_taken(bench: Bench, kv: KvNamespace):
    most = 25 * KIB * KIB
    words = f"Error: KV PUT failed: 413 Value length of {most + 1} exceeds limit of {most}."
    assert refusal(bench, kv.put("k", bytes(most + 1))) == words
    bench.run(kv.put("k", bytes(most)))
    assert len(bench.run(kv.get("k", "arrayBuffer"))) == most


def test_metadata_over_1024_bytes_of_json_is_refused_and_1024_taken(bench: Bench, kv: KvNamespace):
    words = "Error: KV PUT failed: 413 Metadata length of 1025 exceeds limit of 1024."
    assert refusal(bench, kv.put("k", "v", metadata="m" * 1023)) == words
    bench.run(kv.put("k", "v", metadata="m" * 1022))


@pytest.mark.parametrize("value", [{"a": 1}, [1], {1}, datetime(2030, 1, 1), object()])
def test_objects_are_no_values(bench: Bench, kv: KvNamespace, value: Any):
    words = "TypeError: KV put() accepts only strings, ArrayBuffers, ArrayBufferViews, and ReadableStreams as values."
    assert refusal(bench, kv.put("k", value)) == words


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (None, "null"), (True, "true"), (5, "5"), (5.5, "5.5"), (5.0, "5"), (-0.0, "0"), (float("nan"), "NaN"),
        (10**20, "100000000000000000000"), (1e21, "1e+21"), (b"b", "b"), (memoryview(b"m"), "m"), ("", ""),
        (to_js(b"js"), "js"),
    ],
)  # fmt: skip
def test_other_values_are_stored_as_text(bench: Bench, kv: KvNamespace, value: Any, stored: str):
    bench.run(kv.put("k", value))
    assert bench.run(kv.get("k")) == stored


@pytest.mark.parametrize("value", [(1, 2), bytearray(b"x")])
def test_what_no_binding_takes_is_pythons_own_type_error(bench: Bench, kv: KvNamespace, value: Any):
    with pytest.raises(TypeError, match="cannot be sent over RPC"):
        bench.run(kv.put("k", value))
    with pytest.raises(TypeError, match="cannot be sent over RPC"):
        bench.run(kv.get(value))


def test_a_stream_is_stored_whole_and_read_as_one(bench: Bench, kv: KvNamespace):
    bench.run(kv.put("k", ReadableStream.of(b"streamed")))
    stream = bench.run(kv.get("k", "stream"))
    assert bench.run(stream._bytes()) == b"streamed"


@pytest.mark.parametrize(("key", "name"), [(5, "5"), (5.5, "5.5"), (True, "true"), (None, "null")])
def test_keys_become_text(bench: Bench, kv: KvNamespace, key: Any, name: str):
    bench.run(kv.put(key, "v"))
    assert bench.run(kv.get(name)) == "v"


def test_every_type_of_get(bench: Bench, kv: KvNamespace):
    bench.run(kv.put("k", '{"a":[1,2.5,12345678901234567890]}'))
    found = bench.run(kv.get("k", "json"))
    assert found == {"a": [1, 2.5, 1.2345678901234567e19]} and found.a[0] == 1
    assert bench.run(kv.get("k", type="json")) == bench.run(kv.get("k", {"type": "json"})) == found
    assert bytes(bench.run(kv.get("k", type="arrayBuffer")))[:4] == b'{"a"'


@pytest.mark.parametrize("given", ["blob", 5, True, ""])
def test_an_unknown_type_is_refused_once_there_is_a_value(bench: Bench, kv: KvNamespace, given: Any):
    words = 'TypeError: Unknown response type. Possible types are "text", "arrayBuffer", "json", and "stream".'
    assert bench.run(kv.get("k", given)) is None
    bench.run(kv.put("k", "v"))
    bench.advance(60)
    assert refusal(bench, kv.get("k", given)) == words
    assert refusal(bench, kv.get("k", type=None)) == words


def test_json_that_is_none_is_a_syntax_error(bench: Bench, kv: KvNamespace):
    bench.run(kv.put("k", "not json"))
    words = """SyntaxError: Unexpected token 'o', "not json" is not valid JSON"""
    assert refusal(bench, kv.get("k", "json")) == words


def test_bytes_that_are_no_text_come_with_replacement_characters(bench: Bench, kv: KvNamespace):
    bench.run(kv.put("k", b"\xffa"))
    assert bench.run(kv.get("k")) == "\ufffda"


def test_getWithMetadata(bench: Bench, kv: KvNamespace):
    bench.run(kv.put("k", "v", metadata={"a": 1}))
    found = bench.run(kv.getWithMetadata("k"))
    assert found == {"value": "v", "metadata": {"a": 1}, "cacheStatus": None} and found.metadata.a == 1
    assert bench.run(kv.getWithMetadata("no")) == {"value": None, "metadata": None, "cacheStatus": None}


@pytest.mark.parametrize(
    ("metadata", "found"),
    [
        (0, 0), ("", ""), (False, False), ([], []), (1.0, 1), ({"a": None}, {"a": None}), ({1, 2}, {}),
        (b"x", {"0": 120}), (datetime(2030, 1, 1), "2030-01-01T00:00:00.000Z"), (None, None), ({"é": "ü"}, {"é": "ü"}),
    ],
)  # fmt: skip
def test_metadata_goes_through_json(bench: Bench, kv: KvNamespace, metadata: Any, found: Any):
    bench.run(kv.put("k", "v", metadata=metadata))
    assert bench.run(kv.getWithMetadata("k")).metadata == found


def test_metadata_holds_no_big_integers(bench: Bench, kv: KvNamespace):
    words = "TypeError: Do not know how to serialize a BigInt"
    assert refusal(bench, kv.put("k", "v", metadata=2**60)) == words


@pytest.mark.parametrize(("ttl", "seen"), [(29, 29), ("29.9", 29), (None, 0), (True, 1), ({"a": 1}, 0), (-5, -5)])
def test_a_cacheTtl_under_30_is_refused(bench: Bench, kv: KvNamespace, ttl: Any, seen: int):
    words = f"failed: 400 Invalid cache_ttl of {seen}. Cache TTL must be at least 30."
    assert refusal(bench, kv.get("k", cacheTtl=ttl)) == f"Error: KV GET {words}"
    assert refusal(bench, kv.get(["k"], cacheTtl=ttl)) == f"Error: KV GET_BULK {words}"


@pytest.mark.parametrize("ttl", [30, "30", 30.9, " 31 ", "0x20", [31]])
def test_a_cacheTtl_of_30_is_taken(bench: Bench, kv: KvNamespace, ttl: Any):
    assert bench.run(kv.get("k", cacheTtl=ttl)) is None


def test_a_bulk_read_keeps_the_order_and_takes_each_key_once(bench: Bench, kv: KvNamespace):
    bench.run(kv.put("a", "1"))
    found = bench.run(kv.get(["b", "a", "b"]))
    assert list(found.items()) == [("b", None), ("a", "1")]


def test_a_bulk_read_with_metadata_gives_none_for_a_missing_key(bench: Bench, kv: KvNamespace):
    bench.run(kv.put("a", "1", metadata=[1]))
    found = bench.run(kv.getWithMetadata(["a", "b"]))
    assert found == {"a": {"value": "1", "metadata": [1]}, "b": None}


def test_a_bulk_read_leaves_out_keys_like_array_indices_and_we_say_so(bench: Bench, kv: KvNamespace):
    with pytest.warns(UserWarning, match="array indices: 10, 0"):
        found = bench.run(kv.get(["b", "10", "a", "0", "01", "4294967295"]))
    assert list(found) == ["b", "a", "01", "4294967295"]


BULK_REFUSALS = [
    ([], {}, "400 You must request a minimum of 1 key"),
    ([f"k{i}" for i in range(101)], {}, "400 You can request a maximum of 100 keys"),
    (["k"], {"type": "arrayBuffer"}, '400 "arrayBuffer" is not a valid type. Use "json" or "text"'),
    (["k"], {"type": "stream"}, '400 "stream" is not a valid type. Use "json" or "text"'),
    (["words"], {"type": "json"}, "400 At least one of the requested keys corresponds to a non-json value"),
    ([""], {}, "400 Key names must not be empty"),
    (["."], {}, '400 Illegal key name ".". Please use a different name.'),
    (["x" * 513], {}, "414 UTF-8 encoded length of 513 exceeds key length limit of 512."),
]


@pytest.mark.parametrize(("keys", "options", "words"), BULK_REFUSALS)
@pytest.mark.parametrize("method", ["get", "getWithMetadata"])
def test_a_wrong_bulk_read_is_refused(
    bench: Bench, kv: KvNamespace, method: str, keys: list[str], options: dict, words: str
):
    bench.run(kv.put("words", "not json"))
    assert refusal(bench, getattr(kv, method)(keys, options)) == f"Error: KV GET_BULK failed: {words}"


def test_a_bulk_read_of_100_keys_is_taken(bench: Bench, kv: KvNamespace):
    assert len(bench.run(kv.get([f"k{i}" for i in range(100)]))) == 100


def test_a_bulk_read_brings_25_mib_at_most(bench: Bench, kv: KvNamespace):
    half = 25 * KIB * KIB // 2
    for name in ("a", "b", "c"):
        bench.run(kv.put(name, bytes(half)))
    assert len(bench.run(kv.get(["a", "b"]))) == 2
    words = "Error: KV GET_BULK failed: 413 Total size of request exceeds the limit of 25MB"
    assert refusal(bench, kv.get(["a", "b", "c"])) == words


def test_list_refuses_1001_and_takes_1000(bench: Bench, kv: KvNamespace):
    words = "Error: KV GET failed: 400 Invalid key_count_limit of 1001. Please specify an integer less than 1000."
    assert refusal(bench, kv.list(limit=1001)) == words
    assert bench.run(kv.list(limit=1000)) == {"keys": [], "list_complete": True, "cacheStatus": None}


@pytest.mark.parametrize("limit", [0, -1, None])
def test_a_limit_of_nothing_means_1000(limit: Any):
    bench = flat()
    kv = Kv("KV", bench.world).binding("SYD")
    for number in range(1001):
        bench.run(kv.put(f"k{number}", "v"))
    page = bench.run(kv.list(limit=limit))
    assert len(page["keys"]) == 1000 and not page["list_complete"]


def test_a_prefix_over_512_bytes_is_refused(bench: Bench, kv: KvNamespace):
    words = "Error: KV GET failed: 414 UTF-8 encoded length of 513 exceeds key length limit of 512."
    assert refusal(bench, kv.list(prefix="x" * 513)) == words


def test_production_refuses_a_cursor_that_it_did_not_make_and_the_local_runtime_reads_on():
    for made, bench in ((True, planet()), (False, flat())):
        kv = Kv("KV", bench.world).binding("SYD")
        bench.run(kv.put("k", "v"))
        for cursor in ("", "!!!", "k"):
            if made:
                assert refusal(bench, kv.list(cursor=cursor)) == "Error: KV GET failed: 400 invalid cursor"
            else:
                assert [row.name for row in bench.run(kv.list(cursor=cursor))["keys"]] == ["k"]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda kv: kv.get(), "'get' on 'KvNamespace': parameter 1 is not of type 'string or Array'."),
        (lambda kv: kv.put("k"), "'put' on 'KvNamespace': parameter 2 is not of type 'string or JsObject'."),
        (lambda kv: kv.put("k", "v", 5), "'put' on 'KvNamespace': parameter 3 is not of type 'PutOptions'."),
        (lambda kv: kv.list("x"), "'list' on 'KvNamespace': parameter 1 is not of type 'ListOptions'."),
    ],
)
def test_wrong_parameters(bench: Bench, kv: KvNamespace, call: Any, words: str):
    assert refusal(bench, call(kv)) == f"TypeError: Failed to execute {words}"


def test_deleting_a_list_deletes_one_odd_key_and_we_say_so(bench: Bench, kv: KvNamespace):
    bench.run(kv.put("a", "1"))
    bench.run(kv.put("a,b", "2"))
    bench.advance(1)
    with pytest.warns(UserWarning, match="one key"):
        bench.run(kv.delete(["a", "b"]))
    assert bench.run(kv.get(["a", "a,b"])) == {"a": "1", "a,b": None}


def test_an_unknown_option_is_ignored_with_a_sentence(bench: Bench, kv: KvNamespace):
    with pytest.warns(UnknownOption, match="'expirationTtl'"):
        bench.run(kv.put("k", "v", expiration_ttl=60))
    assert bench.run(kv.list())["keys"] == [{"name": "k"}]


def test_keywords_behind_an_options_argument_are_ignored_with_a_sentence(bench: Bench, kv: KvNamespace):
    with pytest.warns(UnknownOption, match="cacheTtl"):
        bench.run(kv.get("k", "text", cacheTtl=5))
    with pytest.warns(UnknownOption, match="prefix"):
        bench.run(kv.list({"limit": 1}, prefix="x"))


def test_strict_makes_an_error_of_an_unknown_option():
    bench = flat(strict=True)
    with pytest.raises(LabError, match="expirationTtl"):
        bench.run(Kv("KV", bench.world).binding("SYD").put("k", "v", expirationttl=60))


def test_a_plain_call_warns_of_nothing(bench: Bench, kv: KvNamespace):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        bench.run(kv.put("k", "v", metadata={}, expirationTtl=60))
        bench.run(kv.get("k", type="text", cacheTtl=30))


def test_there_is_no_deleteBulk(kv: KvNamespace):
    with pytest.raises(AttributeError):
        kv.deleteBulk  # noqa: B018
