"""Signature Version 4 against the examples that AWS publishes, and each thing that makes a signature worthless.

https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, sigv4-query-string-auth.html,
sigv4-streaming.html, sigv4-streaming-trailers.html.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from labkit.emulators.r2.s3 import chunked, payloads
from labkit.emulators.r2.s3.calls import Call
from labkit.emulators.r2.s3.errors import S3Error
from labkit.emulators.r2.s3.signatures import Signed, Verified, _stated, canonical_request, verified

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
NOW = datetime(2013, 5, 24, tzinfo=UTC).timestamp()
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def call(
    method: str,
    path: str,
    signed: str,
    signature: str,
    query: str = "",
    body: bytes = b"",
    host: str = "",
    **extra: str,
) -> Call:
    given = {"host": host or "examplebucket.s3.amazonaws.com", "x-amz-date": "20130524T000000Z"}
    given["x-amz-content-sha256"] = EMPTY
    given.update({name.replace("_", "-"): value for name, value in extra.items()})
    given["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={KEY}/20130524/us-east-1/s3/aws4_request,"
        f"SignedHeaders={signed},Signature={signature}"
    )
    return Call(method, path, query, list(given.items()), body, "SYD", NOW)


GET_OBJECT = call(
    "GET", "/test.txt", "host;range;x-amz-content-sha256;x-amz-date",
    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41", range="bytes=0-9",
)  # fmt: skip
PUT_OBJECT = call(
    "PUT", "/test$file.text", "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd", body=b"Welcome to Amazon S3.",
    date="Fri, 24 May 2013 00:00:00 GMT", x_amz_storage_class="REDUCED_REDUNDANCY",
    x_amz_content_sha256="44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
)  # fmt: skip
GET_LIFECYCLE = call(
    "GET", "/", "host;x-amz-content-sha256;x-amz-date",
    "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543", query="lifecycle",
)  # fmt: skip
LIST_OBJECTS = call(
    "GET", "/", "host;x-amz-content-sha256;x-amz-date",
    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7", query="max-keys=2&prefix=J",
)  # fmt: skip
PRESIGNED = Call(
    "GET", "/test.txt",
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
    "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
    "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
    [("host", "examplebucket.s3.amazonaws.com")], b"", "SYD", NOW,
)  # fmt: skip
SEED = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
CHUNKS = (
    "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
    "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
    "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
)
TRAILER_SEED = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"
TRAILER_CHUNKS = (
    "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
    "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
    "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
)
TRAILER_SIGNATURE = "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435"


def framed(signatures: tuple[str, ...], trailer: bytes = b"") -> bytes:
    """66,560 times the letter a in chunks of 64 KiB, as in AWS's example."""
    sizes = (65536, 1024, 0)
    frames = [
        b"%x;chunk-signature=%s\r\n%s" % (size, signature.encode(), b"a" * size + (b"\r\n" if size else b""))
        for size, signature in zip(sizes, signatures, strict=True)
    ]
    return b"".join(frames) + (trailer or b"\r\n")


CHUNKED = call(
    "PUT", "/examplebucket/chunkObject.txt",
    "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;"
    "x-amz-storage-class",
    SEED, host="s3.amazonaws.com", body=framed(CHUNKS), content_encoding="aws-chunked", content_length="66824",
    x_amz_content_sha256=chunked.SIGNED, x_amz_decoded_content_length="66560",
    x_amz_storage_class="REDUCED_REDUNDANCY",
)  # fmt: skip
TRAILED = call(
    "PUT", "/examplebucket/chunkObject.txt",
    "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer",
    TRAILER_SEED, host="s3.amazonaws.com", content_encoding="aws-chunked", x_amz_trailer="x-amz-checksum-crc32c",
    x_amz_content_sha256=chunked.SIGNED_TRAILER, x_amz_decoded_content_length="66560",
    x_amz_storage_class="REDUCED_REDUNDANCY",
    body=framed(TRAILER_CHUNKS, b"x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:%s\r\n\r\n"
                % TRAILER_SIGNATURE.encode()),
)  # fmt: skip
EXAMPLES = {"GET object": GET_OBJECT, "PUT object": PUT_OBJECT, "GET lifecycle": GET_LIFECYCLE,
            "list objects": LIST_OBJECTS, "presigned": PRESIGNED, "chunked": CHUNKED, "trailer": TRAILED}  # fmt: skip


def secret(access_key_id: str) -> str:
    assert access_key_id == KEY
    return SECRET


def refused(asked: Call, **changes: object) -> str:
    """The code with which a call is refused."""
    with pytest.raises(S3Error) as error:
        payloads.content(changed := replace(asked, **changes), verified(changed, secret))
    return error.value.s3_code


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_aws_signed_in_its_documentation_is_right(name):
    content, _ = payloads.content(EXAMPLES[name], verified(EXAMPLES[name], secret))
    assert content == (b"a" * 66560 if name in ("chunked", "trailer") else EXAMPLES[name].body)


@pytest.mark.parametrize("name", EXAMPLES)
def test_another_method_path_query_host_or_secret_is_not_what_was_signed(name):
    asked = EXAMPLES[name]
    assert refused(asked, method="POST") == refused(asked, path=f"{asked.path}x") == "SignatureDoesNotMatch"
    assert refused(asked, query=f"{asked.query}&x=1") == "SignatureDoesNotMatch"
    elsewhere = [(name, f"x{value}" if name == "host" else value) for name, value in asked.lines]
    assert refused(asked, lines=elsewhere) == "SignatureDoesNotMatch"
    with pytest.raises(S3Error, match="SignatureDoesNotMatch|does not match"):
        verified(asked, lambda _: SECRET.lower())


def test_another_body_is_refused_whatever_way_it_was_promised():
    assert refused(PUT_OBJECT, body=b"Welcome to Amazon S4.") == "XAmzContentSHA256Mismatch"
    assert refused(CHUNKED, body=CHUNKED.body.replace(b"a", b"b", 100000)) != ""
    one_byte = bytearray(CHUNKED.body)
    one_byte[30_000] = ord("b")
    assert refused(CHUNKED, body=bytes(one_byte)) == "SignatureDoesNotMatch"


def test_chunks_in_another_order_or_cut_off_are_refused():
    assert refused(CHUNKED, body=framed((CHUNKS[0], CHUNKS[2], CHUNKS[1]))) == "SignatureDoesNotMatch"
    assert refused(CHUNKED, body=CHUNKED.body[:-100]) == "IncompleteBody"
    assert refused(CHUNKED, body=b"") == "IncompleteBody"


def test_a_trailer_is_signed_and_its_checksum_is_the_contents():
    other = TRAILED.body.replace(b"sOO8/Q==", b"sOO8/A==")
    assert refused(TRAILED, body=other) == "SignatureDoesNotMatch"
    assert refused(TRAILED, body=TRAILED.body.partition(b"x-amz-trailer-signature")[0]) == "SignatureDoesNotMatch"


@pytest.mark.parametrize(("seconds", "code"), [(901, "RequestTimeTooSkewed"), (-901, "RequestTimeTooSkewed")])
def test_a_header_signature_holds_for_a_quarter_of_an_hour_either_way(seconds, code):
    assert refused(GET_OBJECT, unix=NOW + seconds) == code
    verified(replace(GET_OBJECT, unix=NOW + 900 * (1 if seconds > 0 else -1)), secret)


def test_a_presigned_url_holds_until_it_expires_and_not_before_it_was_made():
    verified(replace(PRESIGNED, unix=NOW + 86400), secret)
    assert refused(PRESIGNED, unix=NOW + 86401) == "ExpiredRequest"
    verified(replace(PRESIGNED, unix=NOW - 900), secret)
    assert refused(PRESIGNED, unix=NOW - 901) == "AccessDenied"


@pytest.mark.parametrize("expires", ["0", "604801", "-1", "x", "", "999999999999999999999"])
def test_a_presigned_url_expires_after_a_second_to_seven_days(expires):
    query = PRESIGNED.query.replace("X-Amz-Expires=86400", f"X-Amz-Expires={expires}")
    assert refused(PRESIGNED, query=query) == "AuthorizationQueryParametersError"


@pytest.mark.parametrize("expires", ["1", "604800"])
def test_both_ends_of_what_a_url_may_last_are_tried_against_the_signature(expires):
    query = PRESIGNED.query.replace("X-Amz-Expires=86400", f"X-Amz-Expires={expires}")
    assert refused(PRESIGNED, query=query) == "SignatureDoesNotMatch"


def test_a_header_that_s3_acts_on_must_be_signed():
    assert refused(GET_OBJECT, lines=[*GET_OBJECT.lines, ("x-amz-meta-a", "1")]) == "AccessDenied"
    assert refused(PRESIGNED, lines=[*PRESIGNED.lines, ("x-amz-acl", "private")]) == "AccessDenied"
    verified(replace(GET_OBJECT, lines=[*GET_OBJECT.lines, ("accept", "*/*")]), secret)


def test_a_plus_sign_in_a_query_is_a_blank_and_in_a_path_itself():
    asked = replace(LIST_OBJECTS, path="/a+b", query="prefix=a+b&x=1%2B1")
    assert asked.params == {"prefix": "a b", "x": "1+1"}
    signed = Signed(KEY, "", "", ("host",), "", EMPTY)
    assert canonical_request(asked, signed).startswith(b"GET\n/a%2Bb\nprefix=a%20b&x=1%2B1\n")


def test_lines_of_one_header_are_signed_together_in_their_order():
    lines = [("x-amz-meta-a", "1"), ("x-amz-meta-a", " 2   3 ")]
    asked = replace(GET_OBJECT, lines=[*GET_OBJECT.lines, *lines])
    signed = Signed(KEY, "", "", ("host", "x-amz-meta-a"), "", EMPTY)
    assert b"\nx-amz-meta-a:1,2 3\n" in canonical_request(asked, signed)


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        (None, "InvalidArgument"),
        ("", "InvalidArgument"),
        ("Bearer abc", "InvalidArgument"),
        ("AWS AKIA:c2ln", "Unauthorized"),
        ("AWS4-HMAC-SHA256 Credential=a/20130524/us-east-1/s3/aws4_request", "InvalidArgument"),
        ("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=00", "InvalidArgument"),
    ],
)
def test_what_is_no_signature_is_refused_as_such(authorization, code):
    lines = [line for line in GET_OBJECT.lines if line[0] != "authorization"]
    assert (
        refused(GET_OBJECT, lines=lines if authorization is None else [*lines, ("authorization", authorization)])
        == code
    )


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("us-east-1", "eu-west-1", "InvalidRegionName"),
        ("/s3/", "/ec2/", "InvalidArgument"),
        ("/20130524/", "/20130523/", "InvalidArgument"),
        ("host;range", "range;host", "InvalidArgument"),
        ("host;range;", "range;", "InvalidArgument"),
        ("host;", "Host;", "InvalidArgument"),
        ("Signature=f0e8", "Signature=F0E8", "SignatureDoesNotMatch"),
        ("Signature=f0e8", "Signature=é", "SignatureDoesNotMatch"),
    ],
)
def test_every_part_of_the_header_is_read(old, new, code):
    lines = [
        (name, value.replace(old, new, 1) if name == "authorization" else value) for name, value in GET_OBJECT.lines
    ]
    assert refused(GET_OBJECT, lines=lines) == code


def test_a_signature_is_in_the_query_or_in_a_header_and_not_in_both():
    given = next(line for line in GET_OBJECT.lines if line[0] == "authorization")
    assert refused(PRESIGNED, lines=[*PRESIGNED.lines, given]) == "InvalidArgument"
    added = f"{LIST_OBJECTS.query}&X-Amz-Signature={'0' * 64}"
    assert refused(LIST_OBJECTS, query=added) == "SignatureDoesNotMatch"


def test_a_presigned_url_may_hold_for_one_body_only():
    """The signature is not checked here: what it is over is."""
    digest = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"
    asked = replace(PRESIGNED, query=f"{PRESIGNED.query}&X-Amz-Content-Sha256={digest}", body=b"Welcome to Amazon S3.")
    signed = _stated(asked)
    assert canonical_request(asked, signed).endswith(digest.encode())
    assert payloads.content(asked, Verified(signed, b""))[0] == asked.body
    with pytest.raises(S3Error, match="does not match"):
        payloads.content(replace(asked, body=b"another"), Verified(signed, b""))


def test_the_order_of_parameters_of_one_name_which_nobody_signs_says_nothing():
    one, other = (replace(LIST_OBJECTS, query=f"prefix={a}&prefix={b}") for a, b in ("ab", "ba"))
    assert one.params == other.params == {"prefix": "a"}


def test_nothing_follows_the_last_chunk():
    assert refused(CHUNKED, body=CHUNKED.body + b"x") == "IncompleteBody"
    assert refused(CHUNKED, body=CHUNKED.body + CHUNKED.body) == "IncompleteBody"
    payloads.content(asked := replace(CHUNKED, body=CHUNKED.body[:-2]), verified(asked, secret))
