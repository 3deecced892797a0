"""S3 throughput through boto3 over loopback, beside moto's server in the same run.

One client, one thread: what small objects cost is the round trip, what large ones cost is the bytes. Both sign and
checksum as boto3 does by default, and each server runs in a process of its own.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.bench import Row, best

OURS = """
import asyncio, json
from math import inf
from labkit import Lab

async def main():
    async with Lab(r2=["FILES"]).serve(0, speed=inf) as server:
        print(json.dumps(server.s3.options()), flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""
PART = 8 * 2**20


def run(scale: float = 1.0) -> list[Row]:
    try:
        import boto3  # noqa: F401
    except ImportError:
        return [Row("S3 through boto3", 0, "requests/s", note="not measured: pip install boto3")]
    small, parts = max(2, int(200 * scale)), max(2, int(6 * scale))
    with ours() as options:
        mine = measured(options, small, parts)
    rows = [
        Row("S3 small objects through boto3", mine[0], "requests/s", note="one put and one get a round"),
        Row("S3 multipart through boto3", mine[1], "MB/s", note=f"{parts} parts of 8 MiB up, the whole down"),
    ]
    with motos() as options:
        if isinstance(options, str):
            return [*rows, Row("moto's S3", 0, "requests/s", note=f"not measured: {options}")]
        other = measured(options, small, parts)
    return [
        *rows,
        Row("moto's small objects", other[0], "requests/s", note="the same client and mix"),
        Row("moto's multipart", other[1], "MB/s", note="it checks no signature"),
        Row("S3 small objects against moto", mine[0] / other[0], "times"),
        Row("S3 multipart against moto", mine[1] / other[1], "times"),
    ]


def measured(options: dict[str, str], small: int, parts: int) -> tuple[float, float]:
    """Requests a second of small objects, and megabytes a second of a large one, up and down."""
    import boto3

    client: Any = boto3.client("s3", **options)  # type: ignore[arg-type]
    client.create_bucket(Bucket="bench")
    return best(lambda: objects(client, small)), best(lambda: upload(client, parts))


def objects(client: Any, rounds: int) -> float:
    begun = time.perf_counter()
    for _ in range(rounds):
        key = f"small/{time.perf_counter_ns()}"  # a new one each time: R2 takes one write a second to a key
        client.put_object(Bucket="bench", Key=key, Body=b"x" * 1000)
        assert len(client.get_object(Bucket="bench", Key=key)["Body"].read()) == 1000
    return 2 * rounds / (time.perf_counter() - begun)


def upload(client: Any, parts: int) -> float:
    content, where = bytes(PART), {"Bucket": "bench", "Key": f"large/{time.perf_counter_ns()}"}
    begun = time.perf_counter()
    upload_id = client.create_multipart_upload(**where)["UploadId"]
    done = [
        {"PartNumber": n, "ETag": client.upload_part(**where, UploadId=upload_id, PartNumber=n, Body=content)["ETag"]}
        for n in range(1, parts + 1)
    ]
    client.complete_multipart_upload(**where, UploadId=upload_id, MultipartUpload={"Parts": done})
    size = len(client.get_object(**where)["Body"].read())
    assert size == parts * PART
    return 2 * size / 1e6 / (time.perf_counter() - begun)


@contextmanager
def ours() -> Iterator[dict[str, str]]:
    with process([sys.executable, "-c", OURS]) as server:
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())


@contextmanager
def motos() -> Iterator[dict[str, str] | str]:
    """moto's server, or why there is none."""
    try:
        import moto.server  # noqa: F401
    except ImportError:
        yield "pip install 'moto[s3,server]'"
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with process([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]):
        url = f"http://127.0.0.1:{port}"
        yield "it did not start" if not answers(port) else {
            "endpoint_url": url, "aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1",
        }  # fmt: skip


@contextmanager
def process(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield server
    finally:
        server.terminate()
        server.wait(10)


def answers(port: int, seconds: float = 20) -> bool:
    """Whether somebody listens there before long."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            time.sleep(0.1)
    return False
