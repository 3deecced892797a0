"""What the runtime says, word for word: recorded from workerd with Cloudflare's own Python SDK."""

from __future__ import annotations

import hashlib
from datetime import datetime
from http.client import HTTPMessage
from typing import Any

import pytest

from labkit import facts
from labkit.emulators.r2.handles import R2Object, R2ObjectBody
from labkit.errors import LabError, NotEmulated
from labkit.workers.bindings import UnknownOption
from labkit.workers.blob import Blob
from labkit.workers.ffi import JsProxy
from labkit.workers.js.headers import Headers
from labkit.workers.js.streams import ReadableStream
from tests.emulators.files import WORLDS, Files
from tests.emulators.worlds import EPOCH, flat, planet

TOO_LONG = "The specified object name is not valid. (10020)"
TOO_MUCH = "Error: put: Your metadata headers exceed the maximum allowed metadata size. (10012)"
HELLO = "5d41402abc4b2a76b9719d911017c592"


@pytest.fixture(params=WORLDS.values(), ids=WORLDS.keys())
def files(request) -> Files:
    return Files(request.param())


def test_a_put_gives_the_object_without_content_or_range(files: Files):
    put = files.put("a", "hello", httpMetadata={"contentType": "text/plain"}, customMetadata={"n": 1})
    assert type(put) is R2Object
    assert (put.key, put.size, put.etag, put.httpEtag, put.storageClass) == ("a", 5, HELLO, f'"{HELLO}"', "Standard")
    assert put.range is None and not hasattr(put, "body") and len(put.version) == 32
    assert put.httpMetadata.contentType == "text/plain" and put.httpMetadata.cacheControl is None
    assert put.customMetadata == {"n": "1"}
    assert put.checksums.toJSON().md5 == HELLO and bytes(put.checksums.md5).hex() == HELLO
    assert put.uploaded.tzinfo is None and abs(put.uploaded.timestamp() - EPOCH) < 10


def test_a_get_gives_the_content_once(files: Files):
    files.put("a", '{"n": 1}')
    found = files.call("get", "a")
    assert type(found) is R2ObjectBody and found.range == {"offset": 0, "length": 8, "suffix": None}
    assert found["bodyUsed"] is False
    assert files.bench.run(found.json()) == {"n": 1}
    assert found["bodyUsed"] is True
    with pytest.raises(Exception, match="TypeError: Body has already been used. It can only be used once."):
        files.bench.run(found.text())


def test_the_stream_of_a_content_that_was_read_is_locked_and_used(files: Files):
    files.put("a", "x")
    found = files.call("get", "a")
    files.bench.run(found.text())
    assert found.body.locked and found["bodyUsed"] is True
    with pytest.raises(Exception, match="is disturbed"):
        found.body._as_body()


def test_a_text_begins_behind_its_byte_order_mark(files: Files):
    files.put("a", "\ufeff\ufeffx".encode())
    assert files.text("a") == "\ufeffx"


def test_the_wrapper_keeps_what_it_was_asked_first(files: Files):
    files.put("a", "x")
    found = files.call("get", "a")
    assert found.bodyUsed is False
    files.bench.run(found.text())
    assert (found.bodyUsed, found["bodyUsed"]) == (False, True)


def test_the_content_in_each_form(files: Files):
    files.put("a", b"\xef\xbb\xbfa\xff", httpMetadata={"contentType": "Text/CSV"})
    run = files.bench.run
    assert run(files.call("get", "a").text()) == "a\ufffd"
    assert bytes(run(files.call("get", "a").arrayBuffer())) == bytes(run(files.call("get", "a").bytes()))
    blob = run(files.call("get", "a").blob())
    assert isinstance(blob, Blob) and blob.content_type == "text/csv" and blob.size == 5
    assert isinstance(files.call("get", "a").body, ReadableStream)


def test_what_is_not_there_is_none(files: Files):
    assert files.call("get", "a") is None and files.call("head", "a") is None
    assert files.call("delete", "a") is None


@pytest.mark.parametrize(
    ("value", "stored"),
    [("h\u00e9", "h\u00e9".encode()), (b"\0", b"\0"), (memoryview(b"ab"), b"ab"), (None, b""), (Blob("x"), b"x"),
     (ReadableStream.of(b"stream"), b"stream")],
    ids=["text", "bytes", "memoryview", "None", "Blob", "stream"],
)  # fmt: skip
def test_a_value_that_is_taken(value: Any, stored: bytes):
    files = Files(flat())
    assert files.put("k", value).size == len(stored)
    assert bytes(files.bench.run(files.call("get", "k").bytes())) == stored


@pytest.mark.parametrize("value", [5, 1.5, True, {"a": 1}, [1]])
def test_a_value_that_is_not_taken(files: Files, value: Any):
    words = "parameter 2 is not of type 'ReadableStream or ArrayBuffer or ArrayBufferView or string or Blob'."
    assert files.refusal("put", "k", value) == f"TypeError: Failed to execute 'put' on 'R2Bucket': {words}"
    assert files.call("head", "k") is None


def test_a_stream_of_unknown_length_is_refused(files: Files):
    async def chunks():
        yield b"a"

    words = "Provided readable stream must have a known length (request/response body or readable half of "
    assert files.refusal("put", "k", ReadableStream.of(chunks())) == f"TypeError: {words}FixedLengthStream)"


def test_a_key_of_1024_bytes_is_taken_and_one_more_refused(files: Files):
    assert files.put("\u00e9" * 512, "v").size == 1
    long = "k" * 1025
    for method, args in (("put", ("v",)), ("get", ()), ("head", ()), ("delete", ()), ("createMultipartUpload", ())):
        assert files.refusal(method, long, *args) == f"Error: {method}: {TOO_LONG}"


def test_a_put_of_too_much_is_refused(files: Files, monkeypatch: pytest.MonkeyPatch):
    value = facts.value
    monkeypatch.setattr(facts, "value", lambda name: 5 if name == "r2.single_put_bytes" else value(name))
    files.put("k", "12345")
    words = "Error: put: Your proposed upload exceeds the maximum allowed object size. (100100)"
    assert files.refusal("put", "k2", "123456") == words


@pytest.mark.parametrize(("world", "limit"), [(flat, 2048), (planet, 8192)], ids=WORLDS)
def test_custom_metadata_has_a_limit_which_the_local_runtime_sets_lower(world: Any, limit: int):
    files = Files(world())
    assert files.put("k", "", customMetadata={"a": "x" * (limit - 1)}).size == 0
    assert files.refusal("put", "k2", "", customMetadata={"a": "x" * limit}) == TOO_MUCH
    assert files.refusal("put", "k2", "", customMetadata={"a": "\u20ac" * (limit // 2)}) == TOO_MUCH


def test_production_has_that_limit_for_an_upload_too():
    words = "Error: createMultipartUpload: Your metadata headers exceed the maximum allowed metadata size. (10012)"
    live, local = Files(planet()), Files(flat())
    assert live.refusal("createMultipartUpload", "k", customMetadata={"a": "x" * 8192}) == words
    assert live.call("createMultipartUpload", "k", customMetadata={"a": "x" * 8191}).key == "k"
    assert local.call("createMultipartUpload", "k", customMetadata={"a": "x" * 9000}).key == "k"


def test_a_checksum_that_does_not_fit_is_refused_and_nothing_stored(files: Files):
    right = hashlib.sha256(b"hello")
    put = files.put("k", "hello", sha256=right.hexdigest())
    assert bytes(put.checksums.sha256) == right.digest() and put.checksums.sha1 is None
    files.bench.advance(1)
    words = (
        "Error: put: The SHA-256 checksum you specified did not match what we received.\n"
        f"You provided a SHA-256 checksum with value: {'00' * 32}\nActual SHA-256 was: {right.hexdigest()} (10037)"
    )
    assert files.refusal("put", "k", "hello", sha256=bytes(32)) == words
    assert files.call("head", "k").version == put.version


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"md5": "00"}, "MD5 is 32 hex characters, not 2"),
        ({"md5": b"0"}, "MD5 is 16 bytes, not 1"),
        ({"sha1": "g" * 40}, "Provided SHA-1 wasn't a valid hex string"),
        ({"md5": "0" * 32, "sha1": "0" * 40}, "You cannot specify multiple hashing algorithms."),
        ({"md5": None}, "Incorrect type for the 'md5' field on 'PutOptions': "
                        "the provided value is not of type 'JsBufferSource or string'."),
    ],
)  # fmt: skip
def test_a_checksum_that_is_none(files: Files, options: dict[str, Any], words: str):
    assert files.refusal("put", "k", "hello", **options) == f"TypeError: {words}"


def test_metadata_are_written_into_headers(files: Files):
    date = datetime(2026, 10, 21, 7, 28)
    files.put("k", "", httpMetadata={"contentType": "a/b", "cacheControl": "no-store", "cacheExpiry": date})
    headers = Headers.new({"content-type": "old", "x": "1"})
    found = files.call("head", "k")
    found.writeHttpMetadata(headers)
    assert found.httpMetadata.cacheExpiry == date
    assert dict(headers._items()) == {
        "cache-control": "no-store", "content-type": "a/b", "expires": "Wed, 21 Oct 2026 07:28:00 GMT", "x": "1",
    }  # fmt: skip


def test_metadata_come_from_headers(files: Files):
    given = Headers.new({"content-type": "a/b", "content-language": "de", "expires": "Wed, 21 Oct 2026 07:28:00 GMT"})
    put = files.put("k", "", httpMetadata=given)
    assert (put.httpMetadata.contentType, put.httpMetadata.contentLanguage) == ("a/b", "de")
    assert put.httpMetadata.cacheExpiry == datetime(2026, 10, 21, 7, 28)


def test_an_overwritten_object_loses_its_metadata(files: Files):
    files.put("k", "", customMetadata={"a": "1"}, httpMetadata={"contentType": "a/b"})
    files.put("k", "")
    found = files.call("head", "k")
    assert found.customMetadata == {} and found.httpMetadata.contentType is None


def test_a_storage_class_is_kept_and_an_unknown_one_is_standard_with_a_warning(files: Files):
    assert files.put("k", "", storageClass="InfrequentAccess").storageClass == "InfrequentAccess"
    assert files.call("head", "k").storageClass == "InfrequentAccess"
    with pytest.warns(UnknownOption, match="'Cold'; it knows 'Standard', 'InfrequentAccess'"):
        assert files.put("l", "", storageClass="Cold").storageClass == "Standard"


def test_a_key_of_ones_own_is_checked_and_then_not_emulated(files: Files):
    assert files.refusal("put", "k", "", ssecKey="zz") == "Error: SSE-C Key has invalid format"
    assert files.refusal("get", "k", ssecKey=b"short") == "Error: SSE-C Key must be 32 bytes in length"
    with pytest.raises(NotEmulated, match="ssecKey"):
        files.call("put", "k", "", ssecKey="ab" * 32)
    assert files.refusal("get", "k", ssecKey=5) == "Error: SSE-C Key must be 32 bytes in length"


def test_a_delete_takes_a_thousand_keys_in_production_and_any_number_locally():
    words = "Error: delete: The number of keys in the request must be between 1 and 1000 inclusive. (10027)"
    live, local = Files(planet()), Files(flat())
    live.put("999", "")
    assert live.call("delete", [f"{n:03}" for n in range(1000)]) is None and live.call("head", "999") is None
    assert live.refusal("delete", [str(n) for n in range(1001)]) == words
    assert live.refusal("delete", []) == words
    assert local.call("delete", [str(n) for n in range(1001)]) is None and local.call("delete", []) is None


def test_an_option_that_nobody_knows_is_warned_of_and_refused_where_strict():
    with pytest.warns(UnknownOption, match="'contentType'.*knows"):
        Files(flat()).call("put", "k", "v", contentType="a/b")
    with pytest.raises(LabError, match="it is spelt 'onlyIf'"):
        Files(flat(strict=True)).call("put", "k", "v", only_if={})


@pytest.mark.parametrize(
    ("option", "field"), [("onlyIf", "etag_matches"), ("httpMetadata", "content_type"), ("range", "from")]
)
def test_so_is_a_field_that_nobody_knows_of_an_option(option: str, field: str):
    method = ("get", "k") if option == "range" else ("put", "k", "v")
    with pytest.warns(UnknownOption, match=f"in {option} ignores the unknown option '{field}'"):
        Files(flat()).call(*method, **{option: {field: "x"}})
    strict = Files(flat(strict=True))
    with pytest.raises(LabError, match=f"'{field}'"):
        strict.call(*method, **{option: {field: "x"}})
    assert strict.call("head", "k") is None


def test_headers_that_are_pythons_own_are_read_by_nobody():
    files = Files(flat())
    files.put("k", "v")
    with pytest.warns(UnknownOption, match="reads nothing of onlyIf, a HTTPMessage.*request.js_object.headers"):
        assert type(files.call("get", "k", onlyIf=HTTPMessage())) is R2ObjectBody


def test_half_a_surrogate_pair_arrives_as_three_signs_of_what_cannot_be_read(files: Files):
    signs = "\ufffd" * 3
    put = files.put("\ud800", "x", customMetadata={"\ud800": "\ud800"}, httpMetadata={"contentType": "\ud800"})
    assert (put.key, put.customMetadata, put.httpMetadata.contentType) == (signs, {signs: signs}, signs)
    assert files.text("\ud800") == "x" and files.call("list", prefix="\ud800")["objects"][0].key == signs
    assert files.call("createMultipartUpload", "\ud800").key == signs
    assert files.refusal("put", "k" + "\ud800" * 114, "x") == f"Error: put: {TOO_LONG}"
    assert files.bucket.stored_units()["r2.std.storage_gb_mo"] == pytest.approx(19e-9)
    files.call("delete", ["\ud800"])
    assert files.call("head", signs) is None


def test_objects_of_a_listing_are_raw(files: Files):
    files.put("k", "v")
    [found] = files.call("list")["objects"]
    assert isinstance(found, JsProxy) and found.key == "k" and found.uploaded.getTime() > EPOCH * 1000
    with pytest.raises(TypeError, match="not subscriptable"):
        found["key"]


def test_where_production_did_not_include_metadata_they_are_unknown_and_locally_empty():
    live, local = Files(planet()), Files(flat())
    for files in (live, local):
        files.put("k", "v", httpMetadata={"contentType": "a/b"})
    [theirs], [ours] = (files.call("list")["objects"] for files in (live, local))
    assert (theirs.httpMetadata, ours.httpMetadata.contentType) == (None, None)
    with pytest.raises(Exception, match="HTTP metadata unknown for key `k`. Did you forget to add 'httpMetadata'"):
        theirs.writeHttpMetadata(Headers.new())
