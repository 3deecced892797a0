"""Unmodified boto3 over a served lab: objects, listings, copies, buckets; and it is the binding's bucket."""

from __future__ import annotations

import asyncio
from math import inf
from typing import Any

import pytest

from labkit import Lab
from tests.serving.running import scenario
from tests.serving.s3_clients import asked, client, code


@pytest.fixture
def lab() -> Lab:
    return Lab(r2=["FILES"], network=None)


@scenario
async def test_an_object_is_put_read_headed_and_deleted(lab):
    def work(s3: Any) -> None:
        put = s3.put_object(Bucket="files", Key="a b/ü+%.txt", Body=b"hello", Metadata={"by": "me"},
                            ContentType="text/plain", CacheControl="max-age=60", ContentLanguage="en")  # fmt: skip
        assert put["ETag"] == '"5d41402abc4b2a76b9719d911017c592"'
        got = s3.get_object(Bucket="files", Key="a b/ü+%.txt")
        assert (got["Body"].read(), got["Metadata"], got["ContentType"]) == (b"hello", {"by": "me"}, "text/plain")
        assert (got["CacheControl"], got["ContentLanguage"], got["ETag"]) == ("max-age=60", "en", put["ETag"])
        head = s3.head_object(Bucket="files", Key="a b/ü+%.txt")
        assert (head["ContentLength"], head["ETag"], head["LastModified"].year) == (5, put["ETag"], 2026)
        assert s3.delete_object(Bucket="files", Key="a b/ü+%.txt")["ResponseMetadata"]["HTTPStatusCode"] == 204
        assert code(s3.get_object, Bucket="files", Key="a b/ü+%.txt") == (404, "NoSuchKey")
        assert code(s3.head_object, Bucket="files", Key="a b/ü+%.txt") == (404, "404")
        s3.delete_object(Bucket="files", Key="a b/ü+%.txt")

    await asked(work, lab)


@scenario
async def test_ranges_and_conditions_and_overridden_headers(lab):
    def work(s3: Any) -> None:
        etag = s3.put_object(Bucket="files", Key="k", Body=b"0123456789")["ETag"]
        got = s3.get_object(Bucket="files", Key="k", Range="bytes=2-4")
        assert (got["Body"].read(), got["ContentRange"]) == (b"234", "bytes 2-4/10")
        assert s3.get_object(Bucket="files", Key="k", Range="bytes=-3")["Body"].read() == b"789"
        assert s3.get_object(Bucket="files", Key="k", Range="bytes=8-99")["Body"].read() == b"89"
        assert code(s3.get_object, Bucket="files", Key="k", Range="bytes=10-") == (416, "InvalidRange")
        assert s3.get_object(Bucket="files", Key="k", IfMatch=etag)["Body"].read() == b"0123456789"
        assert s3.get_object(Bucket="files", Key="k", IfMatch=etag.strip('"'))["ETag"] == etag
        assert code(s3.get_object, Bucket="files", Key="k", IfMatch='"other"') == (412, "PreconditionFailed")
        assert code(s3.get_object, Bucket="files", Key="k", IfNoneMatch=etag) == (304, "304")
        assert code(s3.put_object, Bucket="files", Key="k", IfNoneMatch="*") == (412, "PreconditionFailed")
        assert code(s3.put_object, Bucket="files", Key="k", IfMatch='"other"') == (412, "PreconditionFailed")
        assert code(s3.put_object, Bucket="files", Key="new", IfMatch=etag) == (412, "PreconditionFailed")
        s3.put_object(Bucket="files", Key="new", IfNoneMatch="*", Body=b"first")
        got = s3.get_object(Bucket="files", Key="k", ResponseContentType="text/x", ResponseCacheControl="no-store",
                            ResponseContentDisposition="attachment; filename=a.txt")  # fmt: skip
        assert (got["ContentType"], got["CacheControl"]) == ("text/x", "no-store")
        assert got["ContentDisposition"] == "attachment; filename=a.txt"

    await asked(work, lab)


@scenario
async def test_listings_go_on_from_page_to_page(lab):
    names = [f"a/{n:02d}" for n in range(7)] + ["a b/x", "b/c/d", "b/e", "z+%&<>\"'\n\x01"]

    def work(s3: Any) -> None:
        for name in names:
            s3.put_object(Bucket="files", Key=name, Body=name.encode())
        for size in (1, 2, 3, 1000):
            for version in ("list_objects", "list_objects_v2"):
                pages = list(s3.get_paginator(version).paginate(Bucket="files", PaginationConfig={"PageSize": size}))
                assert [each["Key"] for page in pages for each in page.get("Contents", [])] == sorted(names)
                pages = s3.get_paginator(version).paginate(
                    Bucket="files", Delimiter="/", PaginationConfig={"PageSize": size}
                )  # fmt: skip
                pages = list(pages)
                found = [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", [])]
                assert found == ["a b/", "a/", "b/"]
                assert [each["Key"] for page in pages for each in page.get("Contents", [])] == names[-1:]
        page = s3.list_objects_v2(Bucket="files", Prefix="a/", StartAfter="a/04", FetchOwner=True)
        assert [each["Key"] for each in page["Contents"]] == ["a/05", "a/06"]
        assert (page["KeyCount"], page["IsTruncated"], page["Contents"][0]["Size"]) == (2, False, 4)
        assert page["Contents"][0]["Owner"]["ID"] == "lab"
        assert s3.list_objects_v2(Bucket="files", MaxKeys=0)["KeyCount"] == 0
        wrong = code(s3.list_objects_v2, Bucket="files", ContinuationToken="no token!")
        assert wrong == (400, "InvalidArgument")

    await asked(work, lab)


@scenario
async def test_a_copy_takes_or_replaces_or_merges_metadata(lab):
    def work(s3: Any) -> None:
        source, moved = {"Bucket": "files", "Key": "a/ü b"}, {"Bucket": "files", "Key": "copy"}
        etag = s3.put_object(**source, Body=b"x", Metadata={"a": "1", "b": "2"}, ContentType="text/plain")["ETag"]
        assert s3.copy_object(**moved, CopySource=source)["CopyObjectResult"]["ETag"] == etag
        assert s3.head_object(**moved)["Metadata"] == {"a": "1", "b": "2"}
        s3.copy_object(**moved, CopySource=source, MetadataDirective="REPLACE", Metadata={"c": "3"})
        head = s3.head_object(**moved)
        assert (head["Metadata"], head["ContentType"]) == ({"c": "3"}, "application/octet-stream")
        s3.copy_object(**moved, CopySource=source, MetadataDirective="MERGE", Metadata={"b": "3"})
        assert s3.head_object(**moved)["Metadata"] == {"a": "1", "b": "3"}
        s3.copy_object(**source, CopySource=source, StorageClass="STANDARD_IA")
        assert s3.head_object(**source)["StorageClass"] == "STANDARD_IA"
        assert code(s3.copy_object, **source, CopySource=source) == (400, "InvalidRequest")
        assert code(s3.copy_object, **moved, CopySource={"Bucket": "files", "Key": "none"}) == (404, "NoSuchKey")
        assert code(s3.copy_object, **moved, CopySource="none/k") == (404, "NoSuchBucket")
        missed = {"CopySource": source, "CopySourceIfMatch": '"other"'}
        assert code(s3.copy_object, **moved, **missed) == (412, "PreconditionFailed")
        assert code(s3.copy_object, **moved, CopySource=source, CopySourceIfNoneMatch=etag)[0] == 412

    await asked(work, lab)


@scenario
async def test_a_thousand_objects_are_deleted_at_once_and_no_more(lab):
    def work(s3: Any) -> None:
        for name in ("a", "b & c", "../d"):
            s3.put_object(Bucket="files", Key=name, Body=b"")
        gone = s3.delete_objects(Bucket="files", Delete={"Objects": [{"Key": "a"}, {"Key": "b & c"}, {"Key": "none"}]})
        assert [each["Key"] for each in gone["Deleted"]] == ["a", "b & c", "none"]
        many = [{"Key": str(n)} for n in range(1001)]
        assert code(s3.delete_objects, Bucket="files", Delete={"Objects": many}) == (400, "MalformedXML")
        quiet = s3.delete_objects(Bucket="files", Delete={"Objects": many[:999] + [{"Key": "../d"}], "Quiet": True})
        assert "Deleted" not in quiet and s3.list_objects_v2(Bucket="files")["KeyCount"] == 0

    await asked(work, lab)


@scenario
async def test_the_binding_and_boto3_have_one_bucket(lab):
    async with lab.serve(0, speed=inf) as server:
        s3, files = client(server), lab.env().FILES
        options = {"customMetadata": {"by": "worker"}, "httpMetadata": {"contentType": "text/html"}}
        put = await files.put("from/worker", "hello", options)
        got = await asyncio.to_thread(s3.get_object, Bucket="files", Key="from/worker")
        assert (got["Body"].read(), got["Metadata"], got["ContentType"]) == (b"hello", {"by": "worker"}, "text/html")
        assert got["ETag"] == put.httpEtag
        sent = {"Metadata": {"by": "boto3"}, "ContentType": "image/png", "Body": b"\x89PNG"}
        answer = await asyncio.to_thread(lambda: s3.put_object(Bucket="files", Key="from/boto3", **sent))
        found = await files.get("from/boto3")
        assert bytes(await found.bytes()) == b"\x89PNG" and found.httpEtag == answer["ETag"]
        assert found.customMetadata["by"] == "boto3" and found.httpMetadata["contentType"] == "image/png"
        assert [each.key for each in (await files.list()).objects] == ["from/boto3", "from/worker"]


@scenario
async def test_buckets_are_listed_made_asked_and_deleted(lab):
    def work(s3: Any) -> None:
        s3.create_bucket(Bucket="new-one", CreateBucketConfiguration={"LocationConstraint": "weur"})
        assert [each["Name"] for each in s3.list_buckets()["Buckets"]] == ["files", "new-one"]
        assert s3.head_bucket(Bucket="new-one")["ResponseMetadata"]["HTTPStatusCode"] == 200
        assert code(s3.head_bucket, Bucket="none") == (404, "404")
        assert s3.get_bucket_location(Bucket="new-one")["LocationConstraint"] == "WEUR"
        assert s3.get_bucket_location(Bucket="files")["LocationConstraint"] == "auto"
        assert code(s3.create_bucket, Bucket="files") == (409, "BucketConflict")
        assert code(s3.create_bucket, Bucket="New.One") == (400, "InvalidBucketName")
        s3.put_object(Bucket="new-one", Key="k", Body=b"x")
        assert code(s3.delete_bucket, Bucket="new-one") == (409, "BucketNotEmpty")
        s3.delete_object(Bucket="new-one", Key="k")
        s3.delete_bucket(Bucket="new-one")
        assert code(s3.put_object, Bucket="new-one", Key="k") == (404, "NoSuchBucket")
        assert code(s3.delete_bucket, Bucket="files") == (501, "NotImplemented")
        assert s3.get_bucket_encryption(Bucket="files")["ServerSideEncryptionConfiguration"]["Rules"]
        for missing in (s3.get_bucket_acl, s3.get_bucket_tagging, s3.get_bucket_versioning, s3.get_bucket_policy):
            assert code(missing, Bucket="files") == (501, "NotImplemented")

    await asked(work, lab)


@scenario
async def test_lifecycle_rules_are_the_buckets_own(lab):
    rules = [
        {"ID": "old logs", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 30},
         "Transitions": [{"Days": 7, "StorageClass": "STANDARD_IA"}]},
        {"ID": "uploads", "Status": "Disabled", "Filter": {"Prefix": ""},
         "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2}},
    ]  # fmt: skip

    def work(s3: Any) -> None:
        upload = s3.create_multipart_upload(Bucket="files", Key="k")
        assert upload["AbortRuleId"] == "Default%20Multipart%20Abort%20Rule" and upload["AbortDate"].day == 8
        first = s3.get_bucket_lifecycle_configuration(Bucket="files")["Rules"]
        assert first[0]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
        s3.put_bucket_lifecycle_configuration(Bucket="files", LifecycleConfiguration={"Rules": rules})
        assert s3.get_bucket_lifecycle_configuration(Bucket="files")["Rules"] == rules
        put = s3.put_object(Bucket="files", Key="logs/1", Body=b"x")
        assert put["Expiration"] == 'expiry-date="Sat, 31 Jan 2026 00:00:00 GMT", rule-id="old%20logs"'
        assert "Expiration" not in s3.put_object(Bucket="files", Key="other", Body=b"x")
        tagged = [{**rules[0], "Filter": {"Tag": {"Key": "a", "Value": "b"}}}]
        wrong = {"Bucket": "files", "LifecycleConfiguration": {"Rules": tagged}}
        assert code(s3.put_bucket_lifecycle_configuration, **wrong) == (501, "NotImplemented")
        twice = {"Bucket": "files", "LifecycleConfiguration": {"Rules": [rules[0], rules[0]]}}
        assert code(s3.put_bucket_lifecycle_configuration, **twice) == (400, "InvalidRequest")
        s3.delete_bucket_lifecycle(Bucket="files")
        missing = (404, "NoSuchLifecycleConfiguration")
        assert code(s3.get_bucket_lifecycle_configuration, Bucket="files") == missing

    await asked(work, lab)
    assert lab.r2("FILES").lifecycle.as_data() == []
