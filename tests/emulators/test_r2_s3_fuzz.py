"""Whatever botocore signs is verified, whatever anybody changes is refused, and nothing breaks the endpoint."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from labkit.emulators.r2.s3 import Call, from_wire
from tests.emulators.s3_requests import Endpoint, path_of, signed

keys = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=30)
printable = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=10)
metadata = st.dictionaries(st.from_regex("[a-z0-9-]{1,8}", fullmatch=True), printable, max_size=3)
texts = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=40)

METHODS = "GET PUT POST DELETE HEAD OPTIONS PATCH TRACE LOCK".split()
PATHS = "/ /files /files/ /files/k /no/k /files/%FF /a%2Fb/c".split()
PARAMS = (
    "x uploads uploadId=x uploadId= partNumber=1&uploadId=x list-type=2 list-type=3 delete cors lifecycle acl location "
    "encryption max-keys=-1 max-keys=0 max-keys=99999999999999 continuation-token=%FF partNumber=0 partNumber=x "
    "encoding-type=x versionId=1 prefix=%ff max-uploads=0&uploads max-parts=1&uploadId=x"
).split()
HEADERS = (
    "range if-match if-none-match if-modified-since content-md5 x-amz-checksum-crc32 expires x-amz-copy-source "
    "x-amz-copy-source-range x-amz-storage-class x-amz-meta-a x-amz-acl origin x-amz-checksum-algorithm "
    "x-amz-metadata-directive content-encoding x-amz-security-token cf-create-bucket-if-missing"
).split()
DOCUMENTS = [
    b"<Delete/>",
    b"<Delete><Object/></Delete>",
    b"<Delete><Object><Key><b/></Key></Object></Delete>",
    b"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>",
    b"<CompleteMultipartUpload><x/></CompleteMultipartUpload>",
    b"<a" * 500,
    b"<a>" * 5000 + b"</a>" * 5000,
    b'<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><Delete><Object><Key>&b;</Key></Object></Delete>',
    '<?xml version="1.0" encoding="utf-16"?><Delete/>'.encode("utf-16"),
    b"\xef\xbb\xbf<Delete/>",
    b"<CORSConfiguration><CORSRule/></CORSConfiguration>",
    b"<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>X</AllowedMethod></CORSRule>"
    b"</CORSConfiguration>",
    b"<LifecycleConfiguration><Rule/></LifecycleConfiguration>",
    b"<CreateBucketConfiguration><LocationConstraint>moon</LocationConstraint></CreateBucketConfiguration>",
]
documents = st.one_of(st.binary(max_size=60), st.sampled_from(DOCUMENTS))
WIRED = [b"authorization", b"host", b"date", b"origin", b"x-amz-date"]
lines = st.lists(st.tuples(st.sampled_from(WIRED), st.binary(max_size=80)), max_size=4)
PRESIGNED = b"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=%FF&X-Amz-Date=&X-Amz-Expires=1&X-Amz-SignedHeaders="
SIGNED = b"AWS4-HMAC-SHA256 Credential=/00000000///aws4_request,SignedHeaders=host,Signature="


@settings(max_examples=60)
@given(keys, st.binary(max_size=40), metadata)
@example("../other/x", b"", {})
@example("a//b/../c", b"x", {"a": "1"})
@example("a b+c%20%2F", b"x", {})
def test_whatever_botocore_signs_is_verified_and_stored_under_its_own_name(key, body, meta):
    endpoint = Endpoint("files", "other")
    headers = {f"x_amz_meta_{name}": value for name, value in meta.items()}
    assert endpoint.put("files", key, body, **headers).status == 200
    assert list(endpoint.buckets["files"].store.objects) == [key]
    assert list(endpoint.buckets["other"].store.objects) == []
    got = endpoint.get("files", key)
    assert (got.status, got.body) == (200, body)
    assert endpoint.buckets["files"].store.objects[key].custom == meta


@settings(max_examples=150)
@given(st.data())
def test_a_character_that_was_changed_anywhere_in_what_is_signed_is_refused(data):
    endpoint = Endpoint("files")
    headers = {"x-amz-meta-a": "1", "content-type": "text/plain"}
    presign, path = data.draw(st.sampled_from([0, 60])), path_of("files", "a b/ü")
    call = signed("PUT", path, b"some body", endpoint.token, headers, presign)
    part = data.draw(st.sampled_from(["method", "path", "query", "body", "lines"]))
    tampered, is_signed = changed_lines(data, call) if part == "lines" else changed(data, call, part)
    answer = endpoint.send(tampered)
    if is_signed:
        assert 400 <= answer.status < 500 and answer.code, tampered
        assert not endpoint.buckets["files"].store.objects


def changed(data: st.DataObject, call: Call, part: str) -> tuple[Call, bool]:
    """The call with one character changed, and whether the signature is over it. A presigned URL knows no body."""
    if part == "body":
        return replace(call, body=flipped(data, call.body.decode()).encode()), not call.query
    other = replace(call, **{part: flipped(data, getattr(call, part))})
    return other, meaning(other) != meaning(call)


def changed_lines(data: st.DataObject, call: Call) -> tuple[Call, bool]:
    """The call with one header changed; only some are signed."""
    at, lines = data.draw(st.integers(0, len(call.lines) - 1)), call.lines.copy()
    name, value = lines[at]
    lines[at] = name, flipped(data, value)
    names = call.headers.get("authorization", call.query).partition("SignedHeaders=")[2]
    return replace(call, lines=lines), name == "authorization" or name in unquote_to_bytes(names).decode()


def flipped(data: st.DataObject, text: str) -> str:
    """The text with one character that is another; what is empty gets one."""
    if not text:
        return "x"
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(min_codepoint=33, max_codepoint=126).filter(lambda new: new != text[at]))
    return f"{text[:at]}{other}{text[at + 1 :]}"


def meaning(call: Call) -> object:
    """What a call asks for, however it is written: `%2f` is `%2F`."""
    return call.method, unquote_to_bytes(call.path), sorted(call.pairs)


@settings(max_examples=300)
@given(
    st.sampled_from(METHODS),
    st.sampled_from(PATHS),
    st.sampled_from(PARAMS),
    st.dictionaries(st.sampled_from(HEADERS), texts, max_size=3),
    documents,
)
def test_what_a_holder_of_keys_sends_is_answered_and_an_error_has_its_document(method, path, query, headers, body):
    endpoint = Endpoint("files")
    endpoint.buckets["files"].store.put("k", b"0123456789")
    clean = {name: value.strip() for name, value in headers.items() if value.isprintable() and value.isascii()}
    answer = endpoint.send(signed(method, f"{path}?{query}", body, endpoint.token, clean))
    assert 200 <= answer.status < 600 and answer.status != 500
    assert answer.code or answer.status < 400 or method == "HEAD"


@settings(max_examples=200)
@given(st.sampled_from(METHODS), st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=40), lines)
@example("GET", b"", PRESIGNED + b"&X-Amz-Signature=", b"", [])
@example("GET", b"", b"", b"", [(b"authorization", SIGNED)])
def test_whatever_else_comes_over_the_wire_is_refused_with_an_error(method, path, query, body, lines):
    answer = Endpoint("files").send(from_wire(method, b"/" + path, query, lines, body, "SYD", 0.0))
    assert 400 <= answer.status < 600 and answer.status != 500
    assert answer.code or method == "HEAD"


@pytest.mark.parametrize("document", DOCUMENTS, ids=range(len(DOCUMENTS)))
@pytest.mark.parametrize("query", ["delete", "cors", "lifecycle", "uploadId=x", "uploads", ""])
def test_each_document_at_each_door_is_answered(document, query):
    endpoint = Endpoint("files")
    for method, path in (("POST", "/files"), ("PUT", "/files"), ("POST", "/files/k"), ("PUT", "/new-bucket")):
        answer = endpoint.send(signed(method, f"{path}?{query}", document, endpoint.token, {}))
        assert 200 <= answer.status < 600 and answer.status != 500
