"""A bucket in a lab: bound by name, driven from a cell, answered with by a Worker, and kept in a snapshot."""

from __future__ import annotations

import pytest

from labkit import Lab
from labkit.workers.ffi import JsException

SOURCE = """
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method == "PUT":
            await self.env.FILES.put("k", request.js_object.body)
            return Response(None, status=201)
        found = await self.env.FILES.get("k")
        return Response(found.body, headers={"etag": found.httpEtag}) if found else Response("none", status=404)
"""


@pytest.fixture
def lab() -> Lab:
    return Lab(SOURCE, r2=["FILES"])


def test_a_worker_stores_what_it_is_sent_and_answers_with_it(lab: Lab):
    assert lab.run(lab.fetch("/", method="PUT", body="hello")).status == 201
    answer = lab.run(lab.fetch("/", colo="SYD"))
    assert lab.run(answer.text()) == "hello"
    assert answer.headers.get("etag") == '"5d41402abc4b2a76b9719d911017c592"'


def test_two_bindings_of_one_name_are_one_bucket():
    buckets = [{"binding": name, "bucket_name": "files"} for name in ("ONE", "OTHER")]
    lab = Lab(SOURCE, {"r2_buckets": buckets})
    env = lab.env("LHR")
    lab.run(env.ONE.put("k", "v"))
    assert lab.run(env.OTHER.head("k")).size == 1


def test_a_cell_reads_what_an_object_holds(lab: Lab):
    env = lab.env("SYD")
    put = lab.run(env.FILES.put("k", "hello", customMetadata={"a": 1}))
    assert (put.key, put["size"], put.customMetadata) == ("k", 5, {"a": "1"})
    found = lab.run(env.FILES.get("k"))
    assert hasattr(found, "body") and not hasattr(put, "body")
    assert lab.run(found.text()) == "hello" and found["bodyUsed"] is True
    upload = lab.run(env.FILES.createMultipartUpload("m"))
    assert lab.run(upload.complete([lab.run(upload.uploadPart(1, "x"))])).size == 1
    assert [each.key for each in lab.run(env.FILES.list())["objects"]] == ["k", "m"]


def test_a_snapshot_keeps_objects_uploads_and_the_home(lab: Lab):
    env = lab.env("SYD")
    lab.run(env.FILES.put("k", "v"))
    upload = lab.run(env.FILES.createMultipartUpload("m"))
    part = lab.run(upload.uploadPart(1, "x"))
    taken = lab.snapshot()
    lab.run(env.FILES.delete("k"))
    lab.run(upload.abort())
    lab.restore(taken)
    assert lab.run(lab.env("LHR").FILES.head("k")).size == 1
    assert lab.r2("FILES").home == "SYD"
    assert lab.run(upload.complete([part])).size == 1


def test_an_operation_is_a_subrequest_of_its_request(lab: Lab):
    lab.run(lab.fetch("/", method="PUT", body="hello"))
    [put] = lab.trace.where("r2", "put")
    assert put.parent is not None and put.detail["key"] == "k" and put.bytes == 5


def test_a_refusal_reaches_the_cell_in_the_services_words(lab: Lab):
    with pytest.raises(JsException, match=r"^Error: put: The specified object name is not valid. \(10020\)$"):
        lab.run(lab.env("SYD").FILES.put("k" * 1025, "v"))
