"""Uploads in parts: which parts make an object, what refuses them, and how long an upload waits for its end."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from labkit.errors import NotEmulated
from labkit.workers.bindings import UnknownOption
from labkit.workers.ffi import JsException
from tests.emulators.files import MIB, WORLDS, Files
from tests.emulators.worlds import flat, planet

FIVE = 5 * MIB
DAY = 86400
SMALL = "Error: completeMultipartUpload: Your proposed upload is smaller than the minimum allowed object size. (10011)"
UNEVEN = "Error: completeMultipartUpload: There was a problem with the multipart upload. (10048)"
NO_PART = "Error: completeMultipartUpload: One or more of the specified parts could not be found. (10025)"
GONE = "The specified multipart upload does not exist. (10024)"
NEVER = "We encountered an internal error. Please try again. (10001)"


class Parts(Files):
    """A bucket with an upload of `m` under way."""

    def __init__(self, world: Any):
        super().__init__(world())
        self.upload = self.call("createMultipartUpload", "m", customMetadata={"a": "1"})

    def do(self, method: str, *args: Any, **options: Any) -> Any:
        return self.bench.run(getattr(self.upload, method)(*args, **options))

    def refused(self, method: str, *args: Any) -> str:
        with pytest.raises(JsException) as caught:
            self.do(method, *args)
        return str(caught.value)

    def part(self, number: int, content: Any) -> Any:
        return self.do("uploadPart", number, content)


@pytest.fixture(params=WORLDS.values(), ids=WORLDS.keys())
def parts(request) -> Parts:
    return Parts(request.param)


def test_parts_become_one_object_in_the_order_of_their_numbers(parts: Parts):
    last, first = parts.part(2, "tail"), parts.part(1, bytes(FIVE))
    put = parts.do("complete", [first, last])
    sums = [hashlib.md5(content).digest() for content in (bytes(FIVE), b"tail")]
    assert put.etag == f"{hashlib.md5(b''.join(sums)).hexdigest()}-2" and put.checksums.md5 is None
    assert put.size == FIVE + 4 and put.customMetadata == {"a": "1"}
    assert parts.text("m", range={"suffix": 5}) == "\0tail"


def test_parts_named_out_of_order_are_checked_as_they_are_named(parts: Parts):
    """The last that is named may be small, whatever its number; then the sizes count in the order of numbers."""
    last, first = parts.part(2, "tail"), parts.part(1, bytes(FIVE))
    assert parts.refused("complete", [last, first]) == SMALL
    assert parts.do("complete", [first, last]).size == FIVE + 4


def test_equal_parts_named_out_of_order_are_joined_in_order(parts: Parts):
    second, first = parts.part(7, b"b" * FIVE), parts.part(3, b"a" * FIVE)
    parts.do("complete", [second, first])
    assert parts.text("m", range={"offset": FIVE - 1, "length": 2}) == "ab"


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ([FIVE - 1, 1], SMALL),
        ([FIVE, FIVE + 1], UNEVEN),
        ([FIVE, FIVE + 1, 1], UNEVEN),
        ([FIVE, FIVE], None),
        ([FIVE, 0], None),
        ([1], None),
        ([], None),
    ],
)
def test_all_parts_but_the_last_have_one_size_of_5_mib_or_more(sizes: list[int], words: str | None):
    parts = Parts(flat)
    done = [parts.part(number, bytes(size)) for number, size in enumerate(sizes, start=1)]
    if words is None:
        assert parts.do("complete", done).size == sum(sizes)
    else:
        assert parts.refused("complete", done) == words
        assert parts.call("head", "m") is None
        assert parts.do("complete", done[:1]).size == sizes[0], "the upload is still open"


def test_numbers_go_from_1_to_10000(parts: Parts):
    for number in (0, 10001, -1):
        words = f"TypeError: Part number must be between 1 and 10000 (inclusive). Actual value was: {number}"
        assert parts.refused("uploadPart", number, "x") == words
        assert parts.refused("complete", [{"partNumber": number, "etag": ""}]) == words
    assert parts.part(1, "x").partNumber == 1 and parts.part(10000, "x").partNumber == 10000


def test_a_part_has_the_etag_of_its_last_upload(parts: Parts):
    first, second = parts.part(1, "x"), parts.part(1, "yy")
    assert parts.refused("complete", [first]) == NO_PART
    assert parts.refused("complete", [{"partNumber": 2, "etag": second.etag}]) == NO_PART
    assert parts.refused("complete", [second, second]) == f"Error: completeMultipartUpload: {NEVER}"
    assert parts.do("complete", [second]).size == 2


@pytest.mark.parametrize("how", ["abort", "complete"])
def test_an_upload_that_is_over_takes_nothing_more(parts: Parts, how: str):
    part = parts.part(1, "x")
    parts.do(how, *([[part]] if how == "complete" else []))
    parts.bench.advance(1)
    assert parts.refused("uploadPart", 1, "x") == f"Error: uploadPart: {GONE}"
    assert parts.refused("complete", [part]) == f"Error: completeMultipartUpload: {GONE}"
    assert parts.do("abort") is None
    assert (parts.call("head", "m") is None) == (how == "abort")


def test_an_upload_that_never_was(parts: Parts):
    parts.upload = parts.binding.resumeMultipartUpload("m", "nope")
    assert parts.refused("uploadPart", 1, "x") == f"Error: uploadPart: {GONE}"
    assert parts.refused("complete", []) == f"Error: completeMultipartUpload: {NEVER}"
    assert parts.refused("abort") == f"Error: abortMultipartUpload: {NEVER}"


def test_an_upload_is_resumed_by_key_and_id_from_anywhere(parts: Parts):
    part = parts.part(1, "x")
    elsewhere = parts.bucket.binding("LHR").resumeMultipartUpload("m", parts.upload.uploadId)
    assert parts.bench.run(elsewhere.complete([part])).size == 1
    other = parts.binding.resumeMultipartUpload("other", parts.upload.uploadId)
    with pytest.raises(Exception, match="10024"):
        parts.bench.run(other.uploadPart(1, "x"))


def test_nothing_is_seen_of_an_upload_before_its_end(parts: Parts):
    parts.part(1, "x")
    assert parts.call("head", "m") is None and parts.keys() == []
    assert parts.bucket.stored_units() == {"r2.std.storage_gb_mo": 1e-9}, "but its parts are stored, and billed"


def test_an_upload_is_aborted_within_the_day_after_its_seventh_and_its_parts_are_gone():
    parts = Parts(planet)
    part = parts.part(1, "x")
    parts.bench.until(7 * DAY - 10)
    assert parts.part(2, "x").partNumber == 2
    parts.bench.until(8 * DAY + 10)
    assert parts.bucket.stored_units() == {}
    assert parts.refused("complete", [part]) == f"Error: completeMultipartUpload: {GONE}"


def test_a_value_that_is_no_part(parts: Parts):
    words = "parameter 2 is not of type 'ReadableStream or ArrayBuffer or ArrayBufferView or string or Blob'."
    for value in (None, 5, {"a": 1}):
        refused = parts.refused("uploadPart", 1, value)
        assert refused == f"TypeError: Failed to execute 'uploadPart' on 'R2MultipartUpload': {words}"
    assert parts.refused("complete", [1]) == (
        "TypeError: Incorrect type for array element 0: the provided value is not of type 'UploadedPart'."
    )


def test_what_refuses_an_end_says_so_also_within_a_second_of_another_write(parts: Parts):
    part = parts.part(1, "x")
    parts.do("complete", [part])
    assert parts.refused("complete", [part]) == f"Error: completeMultipartUpload: {GONE}"


def test_an_end_that_comes_too_soon_leaves_the_upload_open():
    parts = Parts(planet)
    part = parts.part(1, "x")
    parts.call("put", "m", "y")
    assert "(10058)" in parts.refused("complete", [part])
    assert parts.bucket.stored_units()["r2.std.storage_gb_mo"] == pytest.approx(2 / 1e9)
    parts.bench.advance(1)
    assert parts.do("complete", [part]).size == 1


def test_a_part_has_one_option_and_the_end_takes_its_parts_by_position(parts: Parts):
    assert parts.refused("uploadPart", 1, "x", {"ssecKey": "zz"}) == "Error: SSE-C Key has invalid format"
    wanted = "Failed to execute 'uploadPart' on 'R2MultipartUpload': parameter 3 is not of type 'UploadPartOptions'."
    assert parts.refused("uploadPart", 0, "x", "zz") == f"TypeError: {wanted}"
    with pytest.raises(NotEmulated, match="ssecKey"):
        parts.do("uploadPart", 1, "x", ssecKey="ab" * 32)
    with pytest.warns(UnknownOption, match="'sha256'"):
        parts.do("uploadPart", 1, "x", sha256="")
    with pytest.raises(JsException, match="parameter 1 is not of type 'Array'"):
        parts.do("complete", uploadedParts=[])
    assert parts.do("abort", "for a reason") is None
