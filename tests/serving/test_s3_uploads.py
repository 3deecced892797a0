"""boto3's uploads in parts, at once and one after the other, right and wrong."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import random
from math import inf
from typing import Any

import pytest
from boto3.s3.transfer import TransferConfig

from labkit import Lab
from tests.serving.running import scenario
from tests.serving.s3_clients import asked, client, code

MIB = 2**20


@pytest.fixture
def lab() -> Lab:
    return Lab(r2=["FILES"], network=None)


@scenario
async def test_fifty_megabytes_go_up_in_parts_at_once_and_come_back_as_they_were(lab):
    content = random.Random(0).randbytes(50 * MIB + 12_345)
    parts = TransferConfig(multipart_threshold=8 * MIB, multipart_chunksize=8 * MIB, max_concurrency=4)

    def work(s3: Any) -> str:
        s3.upload_fileobj(io.BytesIO(content), "files", "big", Config=parts, ExtraArgs={"ContentType": "video/mp4"})
        sink = io.BytesIO()
        s3.download_fileobj("files", "big", sink, Config=parts)
        assert sink.getvalue() == content
        second = s3.get_object(Bucket="files", Key="big", PartNumber=2)
        assert (second["PartsCount"], second["ContentRange"][:23]) == (7, "bytes 8388608-16777215/")
        assert second["Body"].read() == content[8 * MIB : 16 * MIB]
        assert code(s3.get_object, Bucket="files", Key="big", PartNumber=8) == (416, "InvalidRange")
        head = s3.head_object(Bucket="files", Key="big", ChecksumMode="ENABLED")
        assert head["ContentType"] == "video/mp4" and head["ChecksumCRC32"].endswith("-7")
        return head["ETag"]

    etag = await asked(work, lab)
    digests = [hashlib.md5(content[at : at + 8 * MIB]).digest() for at in range(0, len(content), 8 * MIB)]
    assert etag == f'"{hashlib.md5(b"".join(digests)).hexdigest()}-7"'
    found = await lab.env().FILES.get("big")
    assert bytes(await found.bytes()) == content and found.httpEtag == etag


@scenario
async def test_an_upload_in_parts_is_refused_where_its_parts_are_wrong(lab):
    def work(s3: Any) -> None:
        where = {"Bucket": "files", "Key": "k"}
        upload = s3.create_multipart_upload(**where, Metadata={"a": "1"})["UploadId"]
        where["UploadId"] = upload
        sizes = {1: 5 * MIB, 2: 5 * MIB, 3: 100, 4: 6 * MIB}
        parts = [
            {"PartNumber": number, "ETag": s3.upload_part(**where, PartNumber=number, Body=bytes(size))["ETag"]}
            for number, size in sizes.items()
        ]

        def completed(*numbers: int, **changed: Any) -> dict[str, Any]:
            return {**where, "MultipartUpload": {"Parts": [{**parts[number - 1], **changed} for number in numbers]}}

        listed = s3.list_parts(**where, MaxParts=3)
        assert ([each["Size"] for each in listed["Parts"]], listed["IsTruncated"]) == ([5 * MIB, 5 * MIB, 100], True)
        rest = s3.list_parts(**where, PartNumberMarker=listed["NextPartNumberMarker"])
        assert [each["PartNumber"] for each in rest["Parts"]] == [4]
        assert [each["UploadId"] for each in s3.list_multipart_uploads(Bucket="files")["Uploads"]] == [upload]
        assert code(s3.complete_multipart_upload, **completed(2, 1)) == (400, "InvalidPartOrder")
        assert code(s3.complete_multipart_upload, **completed(1, ETag='"0"')) == (400, "InvalidPart")
        assert code(s3.complete_multipart_upload, **completed(1, PartNumber=9)) == (400, "InvalidPart")
        assert code(s3.complete_multipart_upload, **completed(1, 3, 4)) == (400, "EntityTooSmall")
        assert code(s3.complete_multipart_upload, **completed(1, 4)) == (400, "InvalidPart")
        assert code(s3.upload_part, **where, PartNumber=10_001, Body=b"") == (400, "InvalidArgument")
        done = s3.complete_multipart_upload(**completed(1, 2, 3))
        assert done["ETag"].endswith('-3"') and done["Key"] == "k" and done["Location"].endswith("/files/k")
        assert s3.head_object(Bucket="files", Key="k")["Metadata"] == {"a": "1"}
        assert code(s3.complete_multipart_upload, **completed(1, 2, 3)) == (404, "NoSuchUpload")
        assert code(s3.abort_multipart_upload, **{**where, "UploadId": "none"}) == (404, "NoSuchUpload")

    await asked(work, lab)


@scenario
async def test_an_upload_in_parts_is_aborted_and_parts_are_copied(lab):
    def work(s3: Any) -> None:
        where = {"Bucket": "files", "Key": "k"}
        upload = s3.create_multipart_upload(**where)["UploadId"]
        s3.upload_part(**where, UploadId=upload, PartNumber=1, Body=b"x")
        s3.abort_multipart_upload(**where, UploadId=upload)
        assert code(s3.upload_part, **where, UploadId=upload, PartNumber=2, Body=b"x") == (404, "NoSuchUpload")
        assert code(s3.list_parts, **where, UploadId=upload) == (404, "NoSuchUpload")
        assert "Uploads" not in s3.list_multipart_uploads(Bucket="files")
        s3.put_object(Bucket="files", Key="source", Body=bytes(6 * MIB) + b"tail")
        upload = s3.create_multipart_upload(**where)["UploadId"]
        spans = {1: f"bytes=0-{6 * MIB - 1}", 2: f"bytes={6 * MIB}-{6 * MIB + 3}"}
        etags = {
            number: s3.upload_part_copy(**where, UploadId=upload, PartNumber=number, CopySource="files/source",
                                        CopySourceRange=span)["CopyPartResult"]["ETag"]
            for number, span in spans.items()
        }  # fmt: skip
        beyond = {"UploadId": upload, "PartNumber": 3, "CopySource": "files/source"}
        assert code(s3.upload_part_copy, **where, **beyond, CopySourceRange="bytes=0-9999999") == (416, "InvalidRange")
        parts = [{"PartNumber": number, "ETag": etag} for number, etag in etags.items()]
        s3.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": parts})
        assert s3.get_object(**where, Range=f"bytes={6 * MIB}-")["Body"].read() == b"tail"

    await asked(work, lab)


@scenario
async def test_a_body_with_a_trailer_is_what_boto3_sends_over_tls(lab):
    """The client believes in TLS and so sends `aws-chunked`; what goes over the wire is plain."""
    sent: list[str] = []

    def plainly(request: Any, **_: Any) -> None:
        request.url = request.url.replace("https://", "http://")
        sent.append(request.headers["x-amz-content-sha256"].decode())

    def work(s3: Any) -> None:
        s3.put_object(Bucket="files", Key="k", Body=io.BytesIO(bytes(3 * MIB)), ChecksumAlgorithm="SHA256")
        got = s3.get_object(Bucket="files", Key="k")
        assert (got["Body"].read(), "ContentEncoding" in got) == (bytes(3 * MIB), False)
        assert got["ChecksumSHA256"] == base64.b64encode(hashlib.sha256(bytes(3 * MIB)).digest()).decode()

    async with lab.serve(0, speed=inf) as server:
        s3 = client(server, endpoint_url=server.s3.url.replace("http://", "https://"))
        s3.meta.events.register("before-send.s3", plainly)
        await asyncio.to_thread(work, s3)
    assert sent[0] == "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
