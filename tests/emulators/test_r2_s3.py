"""The S3 endpoint without a wire: keys and what they permit, addresses, checksums, metadata, bill, time, snapshots."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import zlib
from dataclasses import replace
from urllib.parse import quote

import pytest

from labkit import facts
from labkit.emulators.r2.s3 import Token, chunked
from labkit.errors import LabError
from tests.emulators.s3_requests import Answered, Endpoint, path_of, signed
from tests.emulators.worlds import planet

ODD = ["a b", "a+b", "100%", "%2F", "ä/ö", "../b", "./a", "a//b", "/a", "a/", "..", "日本", "a?b#c", "~'!()*", "a\n<b>"]


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint("files", "other")


@pytest.mark.parametrize("key", ODD)
def test_a_presigned_url_holds_for_any_key(endpoint, key):
    endpoint.buckets["files"].store.put(key, b"here")
    call = signed("GET", path_of("files", key), b"", endpoint.token, {}, presign=60)
    assert endpoint.send(call).body == b"here"
    late = endpoint.send(replace(call, unix=call.unix + 62))
    assert (late.status, late.code) == (400, "ExpiredRequest")


def test_wrong_keys_are_told_apart(endpoint):
    wrong = replace(endpoint.token, secret_access_key="0" * 64)
    assert endpoint.ask("GET", "/files", token=wrong).code == "SignatureDoesNotMatch"
    unknown = endpoint.ask("GET", "/files", token=replace(endpoint.token, access_key_id="0" * 32))
    assert (unknown.status, unknown.code) == (401, "Unauthorized")
    swapped = endpoint.ask("GET", "/files", token=replace(endpoint.token, access_key_id="0" * 64))
    assert b"Credential access key has length 64, should be 32" in swapped.body
    endpoint.s3.revoke(endpoint.token)
    assert endpoint.ask("GET", "/files").code == "Unauthorized"
    assert endpoint.s3.token("admin read & write") != endpoint.token


@pytest.mark.parametrize(
    ("permission", "reads", "writes", "lists_buckets", "sets_cors"),
    [
        ("admin read & write", True, True, True, True),
        ("admin read only", True, False, True, False),
        ("object read & write", True, True, False, False),
        ("object read only", True, False, False, False),
    ],
)
def test_a_token_permits_what_its_permission_says(endpoint, permission, reads, writes, lists_buckets, sets_cors):
    token, no = endpoint.s3.token(permission), "AccessDenied"
    assert (endpoint.ask("GET", "/files/k", token=token).code == "NoSuchKey") == reads
    assert (endpoint.ask("PUT", "/files/k", b"", token).code != no) == writes
    assert (endpoint.ask("GET", "/", token=token).code != no) == lists_buckets
    assert (endpoint.ask("DELETE", "/files?cors", token=token).code != no) == sets_cors


def test_a_token_of_some_buckets_reaches_no_other(endpoint):
    token = endpoint.s3.token("object read & write", "files")
    endpoint.buckets["other"].store.put("secret", b"s")
    assert endpoint.ask("PUT", "/files/k", b"", token).status == 200
    assert endpoint.ask("GET", "/other/secret", token=token).code == "AccessDenied"
    copied = endpoint.ask("PUT", "/files/copy", b"", token, x_amz_copy_source="/other/secret")
    assert copied.code == "AccessDenied" and "copy" not in endpoint.buckets["files"].store.objects
    with pytest.raises(LabError, match="reaches every bucket"):
        endpoint.s3.token("admin read only", ["files"])
    with pytest.raises(LabError, match="reaches every bucket"):
        endpoint.s3.admit(Token("f" * 32, "s", "admin read & write", frozenset(["files"])))
    with pytest.raises(LabError, match="'object read only'"):
        endpoint.s3.token("read")


def test_keys_that_somebody_else_made_are_let_in_where_r2_could_have_made_them(endpoint):
    keys = Token("f" * 32, "secret", "object read only")
    assert endpoint.ask("GET", "/files/k", token=keys).code == "Unauthorized"
    endpoint.s3.admit(keys)
    assert endpoint.ask("GET", "/files/k", token=keys).code == "NoSuchKey"
    for wrong in (Token("f" * 31, "s"), Token("f" * 32, "s", "everything")):
        with pytest.raises(LabError, match="32 characters"):
            endpoint.s3.admit(wrong)
    assert "secret" not in repr(keys)


def test_a_path_is_read_as_it_is_signed(endpoint):
    endpoint.put("files", "k", b"here")
    call = signed("GET", "/files/k", b"", endpoint.token, {})
    assert endpoint.send(replace(call, path="/files%2Fk")).body == b"here"
    assert endpoint.send(replace(call, path="/%66iles/%6B")).body == b"here"
    assert endpoint.ask("GET", "//files/k").code == endpoint.ask("PUT", "//files").code == "InvalidBucketName"


def test_temporary_keys_are_not_implemented(endpoint):
    assert endpoint.ask("GET", "/files/k", x_amz_security_token="t").code == "NotImplemented"
    assert endpoint.ask("GET", "/files/k?X-Amz-Security-Token=t").code == "NotImplemented"


def test_buckets_are_listed_in_pages_by_headers_too(endpoint):
    page = endpoint.ask("GET", "/", cf_max_keys="1")
    assert page.texts("Name") == ["files"] and page.headers["cf-is-truncated"] == "true"
    rest = endpoint.ask("GET", "/", cf_continuation_token=page.headers["cf-next-continuation-token"])
    assert rest.texts("Name") == ["other"] and "cf-is-truncated" not in rest.headers
    assert endpoint.ask("GET", "/?prefix=o").texts("Name") == ["other"]


def test_a_bucket_is_made_on_upload_where_that_is_asked_for(endpoint):
    assert endpoint.put("brand-new", "k", b"x").code == "NoSuchBucket"
    token = endpoint.s3.token("object read & write")
    asking = {"cf_create_bucket_if_missing": "true"}
    assert endpoint.ask("PUT", "/brand-new/k", b"x", token, **asking).code == "AccessDenied"
    assert endpoint.put("brand-new", "k", b"x", **asking).status == 200
    assert endpoint.get("brand-new", "k").body == b"x"


@pytest.mark.parametrize("source", ["files/a b", "/files/a%20b", "files%2Fa%20b", "%2Ffiles%2Fa%20b"])
def test_a_copys_source_is_a_path_as_it_decodes(endpoint, source):
    endpoint.put("files", "a b", b"x")
    assert endpoint.put("other", "copy", x_amz_copy_source=source).status == 200
    assert endpoint.put("other", "copy", x_amz_copy_source=f"{source}?versionId=1").code == "NotImplemented"


@pytest.mark.parametrize(
    ("size", "suffix", "wanted"),
    [(3, 2, "bytes 1-2/3"), (3, 3, "bytes 0-2/3"), (3, 99, "bytes 0-2/3"), (3, 0, "bytes */3"), (0, 1, "bytes */0")],
)
def test_a_range_from_the_end_is_all_of_a_shorter_object(endpoint, size, suffix, wanted):
    endpoint.put("files", "k", b"x" * size)
    got = endpoint.get("files", "k", range=f"bytes=-{suffix}")
    assert (got.status, got.headers["content-range"]) == (416 if "*" in wanted else 206, wanted)


def test_a_copy_may_depend_on_what_is_at_its_destination(endpoint):
    endpoint.put("files", "k", b"x")
    copy = {"x_amz_copy_source": "/files/k", "cf_copy_destination_if_none_match": "*"}
    assert endpoint.put("other", "copy", **copy).status == 200
    assert endpoint.put("other", "copy", **copy).code == "PreconditionFailed"


def test_a_bucket_is_reached_in_both_styles_and_in_its_jurisdiction_only(endpoint):
    endpoint.buckets["files"].store.put("k", b"here")
    assert endpoint.ask("GET", "/k", host="files.lab.r2.cloudflarestorage.com").body == b"here"
    assert endpoint.ask("GET", "/k", host="files.localhost:9000").body == b"here"
    assert endpoint.ask("GET", "/files/k", host="127.0.0.1:9000").body == b"here"
    assert endpoint.ask("GET", "/files/k", host="lab.eu.r2.cloudflarestorage.com").code == "NoSuchBucket"
    european = Endpoint("files", jurisdiction="eu")
    assert european.ask("GET", "/files/k").code == "NoSuchBucket"
    assert european.ask("GET", "/files/k", host="lab.eu.r2.cloudflarestorage.com").code == "NoSuchKey"
    assert european.ask("GET", "/k", host="files.lab.eu.r2.cloudflarestorage.com").code == "NoSuchKey"


def test_a_bucket_is_made_listed_and_copied_from_in_the_jurisdiction_that_is_asked(endpoint):
    here = {"host": "lab.eu.r2.cloudflarestorage.com"}
    endpoint.put("files", "k", b"x")
    assert endpoint.ask("PUT", "/of-europe", **here).status == 200
    assert endpoint.ask("PUT", "/of-europe/k", b"x", **here).status == 200
    missing = {"cf_create_bucket_if_missing": "true"}
    assert endpoint.ask("PUT", "/also-of-europe/k", b"x", **here, **missing).status == 200
    endpoint.s3.restore(endpoint.s3.snapshot())
    assert endpoint.ask("GET", "/", **here).texts("Name") == ["also-of-europe", "of-europe"]
    assert endpoint.ask("GET", "/").texts("Name") == ["files", "other"]
    assert endpoint.ask("GET", "/of-europe/k").code == "NoSuchBucket"
    for bucket, source, host in (("files", "of-europe", {"host": "localhost"}), ("of-europe", "files", here)):
        copied = endpoint.ask("PUT", f"/{bucket}/copy", x_amz_copy_source=f"/{source}/k", **host)
        assert copied.code == "NoSuchBucket"


@pytest.mark.parametrize("query", ["acl", "tagging", "versioning", "website", "policy", "versionId=1", "object-lock"])
def test_what_r2_has_not_of_s3_is_not_implemented(endpoint, query):
    answer = endpoint.ask("GET", f"/files?{query}")
    assert (answer.status, answer.code) == (501, "NotImplemented")


def test_a_header_that_r2_does_not_know_is_named(endpoint):
    answer = endpoint.put("files", "k", x_amz_acl="public-read")
    assert (answer.status, answer.code) == (501, "NotImplemented")
    assert b"Header &apos;x-amz-acl&apos; with value &apos;public-read&apos; not implemented" in answer.body
    assert endpoint.put("files", "k", x_amz_acl="private").status == 200
    assert endpoint.put("files", "k2", x_amz_storage_class="GLACIER").code == "NotImplemented"


SUMS = {
    "crc32": bytes.fromhex("cbf43926"),
    "crc32c": bytes.fromhex("e3069283"),
    "crc64nvme": bytes.fromhex("ae8b14860a799888"),
    "sha1": hashlib.sha1(b"123456789").digest(),
    "sha256": hashlib.sha256(b"123456789").digest(),
}
"""Of the digits from 1 to 9: the check values of the catalogues of CRCs."""


@pytest.mark.parametrize("algorithm", SUMS)
def test_a_checksum_is_checked_kept_and_given_back(endpoint, algorithm):
    known = base64.b64encode(SUMS[algorithm]).decode()
    name = f"x_amz_checksum_{algorithm}"
    assert endpoint.put("files", "k", b"123456780", **{name: known}).code == "BadDigest"
    assert endpoint.put("files", "k", b"123456789", **{name: "AAAA"}).code == "InvalidDigest"
    assert endpoint.put("files", "k", b"123456789", **{name: known}).status == 200
    got = endpoint.get("files", "k", x_amz_checksum_mode="ENABLED")
    assert got.headers[f"x-amz-checksum-{algorithm}"] == known
    assert f"x-amz-checksum-{algorithm}" not in endpoint.get("files", "k").headers


def test_content_md5_is_checked(endpoint):
    right = base64.b64encode(hashlib.md5(b"x").digest()).decode()
    assert endpoint.put("files", "k", b"x", content_md5=right).status == 200
    assert endpoint.put("files", "k", b"y", content_md5=right).code == "BadDigest"
    assert endpoint.put("files", "k", b"x", content_md5="x").code == "InvalidDigest"


def trailed(endpoint: Endpoint, content: bytes, checksum: bytes, **changed: str) -> str:
    """The code with which an unsigned chunked body is refused, or the checksum that came with it."""
    lines = b"x-amz-checksum-crc32:" + base64.b64encode(checksum)
    body = b"5\r\n" + content[:5] + b"\r\n%x\r\n" % len(content[5:]) + content[5:] + b"\r\n0\r\n" + lines + b"\r\n\r\n"
    given = {"content_encoding": "gzip,aws-chunked", "x_amz_decoded_content_length": str(len(content))}
    given |= {"x_amz_content_sha256": chunked.UNSIGNED_TRAILER, "x_amz_trailer": "x-amz-checksum-crc32", **changed}
    answer = endpoint.put("files", "k", body, **given)
    return answer.code or answer.headers["x-amz-checksum-crc32"]


def test_an_unsigned_trailer_brings_its_checksum(endpoint):
    right = zlib.crc32(b"hello world").to_bytes(4, "big")
    assert trailed(endpoint, b"hello world", right) == base64.b64encode(right).decode()
    assert endpoint.get("files", "k").body == b"hello world"
    assert endpoint.get("files", "k").headers["content-encoding"] == "gzip"
    assert trailed(endpoint, b"hello there", right) == "BadDigest"


def test_a_chunked_body_has_the_length_and_the_trailer_that_were_announced(endpoint):
    right = zlib.crc32(b"hello world").to_bytes(4, "big")
    assert trailed(endpoint, b"hello world", right, x_amz_decoded_content_length="12") == "IncompleteBody"
    assert trailed(endpoint, b"hello world", right, x_amz_trailer="x-amz-checksum-sha1") == "MalformedTrailerError"
    assert trailed(endpoint, b"hello world", right, x_amz_trailer="") == "MalformedTrailerError"
    assert not endpoint.buckets["files"].store.objects


def test_a_document_with_a_type_of_its_own_or_of_too_many_bytes_is_malformed(endpoint):
    def deleting(head: bytes, tail: bytes = b"") -> str:
        body = head + b"<Delete><Object><Key>k</Key></Object>" + tail + b"</Delete>"
        return endpoint.ask("POST", "/files?delete", body).code

    endpoint.put("files", "k")
    assert deleting(b'<!DOCTYPE a [<!ENTITY b "c">]>') == "MalformedXML"
    assert deleting(b'<?xml version="1.0" encoding="cp037"?>') == ""  # an encoding is said, and UTF-8 is meant
    endpoint.put("files", "k")
    most = facts.value("r2.s3_document_bytes")
    assert deleting(b"", b" " * most) == "MalformedXML" and "k" in endpoint.buckets["files"].store.objects
    assert deleting(b"", b" " * (most - 100)) == "" and "k" not in endpoint.buckets["files"].store.objects


def test_a_part_is_named_with_the_checksum_that_it_came_with(endpoint):
    made = endpoint.ask("POST", "/files/k?uploads", x_amz_checksum_algorithm="CRC32")
    upload, right = made.text("UploadId"), base64.b64encode(zlib.crc32(b"x").to_bytes(4, "big")).decode()
    part = f"/files/k?partNumber=1&uploadId={upload}"
    etag = endpoint.ask("PUT", part, b"x", None, x_amz_checksum_crc32=right).headers["etag"]

    def completed(checksum: str) -> Answered:
        parts = f"<Part><PartNumber>1</PartNumber><ETag>{etag}</ETag><ChecksumCRC32>{checksum}</ChecksumCRC32></Part>"
        document = f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()
        return endpoint.ask("POST", f"/files/k?uploadId={upload}", document)

    assert completed("AAAAAA==").code == "InvalidPart"
    done = completed(right)
    wanted = base64.b64encode(zlib.crc32(zlib.crc32(b"x").to_bytes(4, "big")).to_bytes(4, "big")).decode()
    assert (done.text("ChecksumCRC32"), done.text("ChecksumType")) == (f"{wanted}-1", "COMPOSITE")


def test_metadata_of_any_alphabet_goes_through_the_headers(endpoint):
    store = endpoint.buckets["files"].store
    store.put("k", b"", custom={"name": "Zoë 日本", "odd name": "x", "ok": "1"})
    got = endpoint.get("files", "k")
    assert got.headers["x-amz-missing-meta"] == "1" and got.headers["x-amz-meta-ok"] == "1"
    assert endpoint.put("files", "k2", x_amz_meta_name=got.headers["x-amz-meta-name"]).status == 200
    assert store.objects["k2"].custom == {"name": "Zoë 日本"}


@pytest.mark.parametrize(
    "word", ["=?unicode_escape?Q?\\ud800?=", "=?utf-7?Q?+2AA-?=", "=?no-such?Q?x?=", "=?utf-8?B?/w?="]
)
def test_an_encoded_word_that_is_no_text_is_kept_as_it_is(endpoint, word):
    assert endpoint.put("files", "k", x_amz_meta_a=word).status == 200
    stored = endpoint.buckets["files"].store.objects["k"]
    assert stored.custom["a"].encode() and stored.stored_bytes
    assert endpoint.get("files", "k").status == 200


def test_what_was_stored_in_the_second_that_is_named_has_not_been_modified_since(endpoint):
    endpoint.put("files", "k", b"x")
    then = endpoint.get("files", "k").headers["last-modified"]
    before = "Sat, 31 Jan 2015 00:00:00 GMT"
    assert endpoint.get("files", "k", if_unmodified_since=then).status == 200
    assert endpoint.get("files", "k", if_unmodified_since=before).code == "PreconditionFailed"
    assert endpoint.get("files", "k", if_modified_since=then).status == 304
    assert endpoint.get("files", "k", if_modified_since=before).status == 200


def test_uploads_are_listed_in_pages_whatever_is_grouped(endpoint):
    for key in ("a/1", "a/2", "b", "b", "c/1", "d"):
        endpoint.ask("POST", f"/files/{key}?uploads")

    def pages(size: int) -> list[str]:
        found, query = [], ""
        while True:
            page = endpoint.ask("GET", f"/files?delimiter=%2F&max-uploads={size}{query}&uploads")
            found += sorted(page.texts("Key") + page.texts("Prefix")[1:])
            if page.text("IsTruncated") == "false":
                return found
            ids = page.texts("NextUploadIdMarker")
            query = f"&key-marker={quote(page.text('NextKeyMarker'), safe='')}"
            query += f"&upload-id-marker={ids[0]}" if ids else ""

    assert {size: pages(size) for size in (1, 2, 3, 9)} == dict.fromkeys((1, 2, 3, 9), ["a/", "b", "b", "c/", "d"])


def test_metadata_has_a_limit(endpoint):
    limit = endpoint.buckets["files"].store.metadata_limit
    assert endpoint.put("files", "k", x_amz_meta_a="x" * (limit - 1)).status == 200
    assert endpoint.put("files", "k", x_amz_meta_a="x" * limit).code == "MetadataTooLarge"


def test_a_key_has_a_limit(endpoint):
    assert endpoint.put("files", "k" * 1024).status == 200
    assert endpoint.put("files", "k" * 1025).code == "InvalidObjectName"
    assert endpoint.ask("DELETE", path_of("files", "k" * 1025)).code == "InvalidObjectName"


def test_one_write_a_second_to_a_key_on_the_planet():
    endpoint = Endpoint("files", bench=planet())
    assert endpoint.put("files", "k").status == 200
    calls = [endpoint.s3.respond(signed("PUT", "/files/b", b"", endpoint.token, {})) for _ in range(2)]

    async def both() -> list[int]:
        return sorted(answer.status for answer in await asyncio.gather(*calls))

    assert endpoint.bench.run(both()) == [200, 429]


def test_a_bucket_that_is_deleted_meanwhile_is_missing_to_all_others():
    endpoint = Endpoint("files", bench=planet())
    endpoint.ask("PUT", "/made-here")
    asked = [("DELETE", "/made-here"), ("DELETE", "/made-here"), ("PUT", "/made-here/k"), ("GET", "/made-here")]
    calls = [endpoint.s3.respond(signed(method, path, b"", endpoint.token, {})) for method, path in asked]

    async def all_of_them() -> list[int]:
        return [answer.status for answer in await asyncio.gather(*calls)]

    first, *others = endpoint.bench.run(all_of_them())
    assert set(others) | {first} <= {200, 204, 404, 409} and "made-here" not in endpoint.s3.buckets
    assert (first, others[0]) in [(204, 404), (404, 204)]


def test_an_upload_that_is_completed_is_a_write_to_its_key():
    endpoint = Endpoint("files", bench=planet())
    upload = endpoint.ask("POST", "/files/k?uploads").text("UploadId")
    etag = endpoint.ask("PUT", f"/files/k?partNumber=1&uploadId={upload}", b"x").headers["etag"]
    part = f"<Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part>"
    document = f"<CompleteMultipartUpload>{part}</CompleteMultipartUpload>".encode()
    endpoint.buckets["files"].store.put("k", b"just now")
    assert endpoint.ask("POST", f"/files/k?uploadId={upload}", document).code == "TooManyRequests"
    endpoint.bench.advance(1)
    assert endpoint.ask("POST", f"/files/k?uploadId={upload}", document).status == 200


def test_an_operation_is_billed_once_and_takes_the_way_to_the_buckets_home():
    endpoint = Endpoint("files", bench=planet())
    endpoint.buckets["files"].home = "SIN"
    endpoint.put("files", "k", b"x", x_amz_storage_class="STANDARD_IA")
    endpoint.get("files", "k")
    assert dict(endpoint.bench.trace.units()) == {"r2.ia.class_a": 1, "r2.ia.class_b": 1, "r2.ia.retrieval_gb": 1e-9}
    put, get = endpoint.bench.trace.where("r2")
    assert (put.operation, get.operation, get.place, get.bytes) == ("PutObject", "GetObject", "SYD", 1)
    assert put.seconds > 0.05 and get.seconds > 0.05


def test_a_bucket_that_cannot_be_reached_is_unavailable():
    endpoint = Endpoint("files", bench=planet())
    endpoint.buckets["files"].home = "SIN"
    endpoint.bench.faults.partition("SYD", "SIN")
    answer = endpoint.get("files", "k")
    assert (answer.status, answer.code) == (503, "ServiceUnavailable")


def test_snapshots_hold_made_buckets_rules_and_what_is_in_them(endpoint):
    assert endpoint.ask("PUT", "/made-here").status == 200
    endpoint.put("made-here", "k", b"kept")
    before = endpoint.s3.snapshot()
    endpoint.ask("DELETE", "/made-here/k")
    assert endpoint.ask("DELETE", "/made-here").status == 204
    assert endpoint.get("made-here", "k").code == "NoSuchBucket"
    endpoint.s3.restore(before)
    assert endpoint.get("made-here", "k").body == b"kept"


def test_the_same_seed_has_the_same_keys_and_drawing_them_changes_nothing():
    one, other = Endpoint("files"), Endpoint("files")
    assert one.token == other.token and one.s3.token() != one.token
    assert one.bench.world.random.random() == other.bench.world.random.random()
