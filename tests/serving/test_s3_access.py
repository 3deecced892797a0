"""Who reaches the S3 endpoint of a served lab, how and from where: keys, presigned URLs, addresses, origins."""

from __future__ import annotations

import asyncio
import time
from math import inf

import httpx
import pytest

from labkit import Lab
from labkit.errors import LabError
from tests.serving.running import scenario
from tests.serving.s3_clients import client, code


@pytest.fixture
def lab() -> Lab:
    return Lab(r2=["FILES"], network=None)


@scenario
async def test_pages_of_other_origins_are_let_in_by_the_rules_of_a_bucket(lab):
    rules = [{"AllowedOrigins": ["https://*.example.com"], "AllowedMethods": ["GET", "PUT"], "MaxAgeSeconds": 60,
              "AllowedHeaders": ["content-type", "x-amz-*"], "ExposeHeaders": ["etag"]}]  # fmt: skip
    async with lab.serve(0, speed=inf) as server, httpx.AsyncClient() as page:
        s3 = client(server)
        assert await asyncio.to_thread(code, s3.get_bucket_cors, Bucket="files") == (404, "NoSuchCORSConfiguration")
        rule = {"CORSRules": rules}
        await asyncio.to_thread(lambda: s3.put_bucket_cors(Bucket="files", CORSConfiguration=rule))
        assert (await asyncio.to_thread(lambda: s3.get_bucket_cors(Bucket="files")))["CORSRules"] == rules
        url = s3.generate_presigned_url("put_object", Params={"Bucket": "files", "Key": "k"})
        origin = {"origin": "https://app.example.com"}
        wanted = {"access-control-request-method": "PUT", "access-control-request-headers": "content-type"}
        asked = await page.options(url, headers={**origin, **wanted})
        assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, origin["origin"])
        assert asked.headers["access-control-max-age"] == "60"
        put = await page.put(url, headers=origin, content=b"x")
        assert (put.status_code, put.headers["access-control-expose-headers"]) == (200, "etag")
        other = await page.options(url, headers={"origin": "https://evil.com", **wanted})
        assert other.status_code == 403 and "access-control-allow-origin" not in other.headers
        await asyncio.to_thread(lambda: s3.delete_bucket_cors(Bucket="files"))
        assert (await page.options(url, headers={**origin, **wanted})).status_code == 403


@scenario
async def test_a_presigned_url_is_all_that_a_client_without_keys_needs(lab):
    async with lab.serve(0, speed=inf) as server, httpx.AsyncClient() as anybody:
        s3, where = client(server), {"Bucket": "files", "Key": "a b/ü+%.txt"}
        put = s3.generate_presigned_url("put_object", Params={**where, "ContentType": "text/plain"})
        get = s3.generate_presigned_url("get_object", Params=where, ExpiresIn=60)
        assert (await anybody.get(get)).status_code == 404
        assert (await anybody.put(put, content=b"x", headers={"content-type": "text/html"})).status_code == 403
        assert (await anybody.put(put, content=b"hello", headers={"content-type": "text/plain"})).status_code == 200
        got = await anybody.get(get, headers={"range": "bytes=1-3"})
        assert (got.status_code, got.content, got.headers["content-type"]) == (206, b"ell", "text/plain")
        assert (await anybody.head(get)).status_code == 403  # another method than was signed
        assert "SignatureDoesNotMatch" in (await anybody.get(get.replace("X-Amz-Expires=60", "X-Amz-Expires=61"))).text
        assert "SignatureDoesNotMatch" in (await anybody.delete(get)).text


@scenario
async def test_a_presigned_url_expires_by_the_machines_clock(lab, monkeypatch):
    async with lab.serve(0, speed=inf) as server, httpx.AsyncClient() as anybody:
        url = client(server).generate_presigned_url("get_object", Params={"Bucket": "files", "Key": "k"}, ExpiresIn=1)
        assert "NoSuchKey" in (await anybody.get(url)).text
        real = time.time()
        monkeypatch.setattr("labkit.serving.s3.time.time", lambda: real + 3)
        late = await anybody.get(url)
        assert late.status_code == 400 and "<Code>ExpiredRequest</Code>" in late.text


@scenario
async def test_wrong_keys_are_refused(lab):
    async with lab.serve(0, speed=inf) as server:
        bad_secret = client(server, aws_secret_access_key="0" * 64)
        assert await asyncio.to_thread(code, bad_secret.list_buckets) == (403, "SignatureDoesNotMatch")
        unknown = client(server, aws_access_key_id="0" * 32)
        assert await asyncio.to_thread(code, unknown.list_buckets) == (401, "Unauthorized")
        short = client(server, aws_access_key_id="AKIAIOSFODNN7EXAMPLE")
        assert await asyncio.to_thread(code, short.list_buckets) == (400, "InvalidArgument")
        elsewhere = client(server, region_name="eu-west-1")
        assert await asyncio.to_thread(code, elsewhere.list_buckets) == (400, "InvalidRegionName")
        assert await asyncio.to_thread(client(server, region_name="us-east-1").list_buckets)


@scenario
async def test_both_styles_of_address_reach_the_bucket(lab):
    """Not every machine finds `files.localhost`, so the client is told where it is."""
    async with lab.serve(0, speed=inf) as server:
        style = client(server, s3={"addressing_style": "virtual"})
        url = style.generate_presigned_url("put_object", Params={"Bucket": "files", "Key": "a//b"})
        assert url.startswith(f"http://files.localhost:{server.s3.port}/a//b?")
        async with httpx.AsyncClient() as anybody:
            here = url.replace("files.localhost", "127.0.0.1")
            put = await anybody.put(here, content=b"x", headers={"host": f"files.localhost:{server.s3.port}"})
            assert put.status_code == 200
            assert "SignatureDoesNotMatch" in (await anybody.put(here, content=b"x")).text
        assert await (await lab.env().FILES.get("a//b")).text() == "x"


@scenario
async def test_a_whole_host_of_the_platform_is_answered_at_the_workers_port_too(lab):
    async with lab.serve(0, speed=inf) as server, httpx.AsyncClient() as anybody:
        answer = await anybody.get(f"{server.url}/files", headers={"host": "lab.r2.cloudflarestorage.com"})
        assert answer.status_code == 400 and "<Message>Authorization</Message>" in answer.text


@scenario
async def test_a_server_that_starts_again_keeps_its_keys_and_a_snapshot_takes_none_away(lab):
    before = lab.snapshot()
    server = lab.serve(0, speed=inf)
    await server
    keys = server.s3.options()["aws_access_key_id"]
    await asyncio.to_thread(client(server).list_buckets)
    lab.restore(before)
    await asyncio.to_thread(client(server).list_buckets)
    await server.stop()
    await server
    assert server.s3.options()["aws_access_key_id"] == keys
    await asyncio.to_thread(client(server).list_buckets)
    await server.stop()


@scenario
async def test_a_lab_without_buckets_has_no_endpoint():
    async with Lab().serve(0) as server:
        with pytest.raises(LabError, match="no R2 bucket"):
            _ = server.s3


@scenario
async def test_the_endpoints_port_is_the_next_one_and_a_shell_can_be_given_it(lab):
    async with lab.serve(0, speed=inf) as probe:
        port = probe.port
    async with lab.serve(port, speed=inf) as server:
        assert port < server.s3.port <= port + 50
        given = dict(each.split("=", 1) for each in server.s3.exports().removeprefix("export ").split())
        assert given["AWS_ENDPOINT_URL_S3"] == server.s3.url == f"http://localhost:{server.s3.port}"
        assert given["AWS_REGION"] == given["AWS_DEFAULT_REGION"] == "auto"
        assert given["AWS_SECRET_ACCESS_KEY"] == server.s3.secret_access_key


@scenario
async def test_a_visitor_enters_where_a_header_says(lab):
    lab = Lab(r2=["FILES"])
    async with lab.serve(0, colo="SYD", speed=inf) as server:
        s3 = client(server)
        s3.meta.events.register("before-send.s3", lambda request, **_: request.headers.update({"cf-lab-colo": "LHR"}))
        await asyncio.to_thread(lambda: s3.put_object(Bucket="files", Key="k", Body=b""))
    assert [event.place for event in lab.trace.where("r2", "PutObject")] == ["LHR"]
    assert lab.trace.where("client", "fetch")[0].seconds > lab.trace.where("r2", "PutObject")[0].seconds


@scenario
async def test_a_stranger_is_refused_before_his_body_has_come(lab, monkeypatch):
    monkeypatch.setattr("labkit.serving.s3.FRAMES", 10)
    async with lab.serve(0, speed=inf) as server, httpx.AsyncClient() as anybody:
        url = client(server).generate_presigned_url("put_object", Params={"Bucket": "files", "Key": "k"})
        reader, writer = await asyncio.open_connection("127.0.0.1", server.s3.port)
        writer.write(b"PUT /files/k HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000000\r\n\r\nmore than ten")
        assert await reader.readline() == b"HTTP/1.1 400 Bad Request\r\n"
        writer.close()
        assert (await anybody.put(url, content=bytes(1000))).status_code == 200
        late = url.replace("X-Amz-Expires=3600", "X-Amz-Expires=3601")
        assert "SignatureDoesNotMatch" in (await anybody.put(late, content=bytes(1000))).text


@scenario
async def test_a_body_that_breaks_off_is_nobodys_object(lab):
    async with lab.serve(0, speed=inf) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.s3.port)
        writer.write(b"PUT /files/k HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\nhalf")
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        assert await asyncio.to_thread(client(server).list_objects_v2, Bucket="files")
    assert (await lab.env().FILES.list()).objects == []
