"""A bucket that is made at the S3 endpoint has around it what every bucket of a lab has, and loses it when it goes."""

from __future__ import annotations

from typing import Any

import pytest

from labkit import Lab
from labkit.emulators.r2 import R2
from labkit.errors import LabError
from labkit.workers import WorkerEntrypoint
from tests.emulators.s3_requests import signed

DOMAIN = "made.example.com"


class Listener(WorkerEntrypoint):
    async def queue(self, batch: Any, env: Any, ctx: Any) -> None:
        for message in batch.messages:
            print(message.body["bucket"], message.body["action"])


@pytest.fixture
def lab() -> Lab:
    lab = Lab(Listener, r2=["FILES"], queues=["EVENTS"])
    assert ask(lab, "PUT", "/made") == 200
    return lab


def ask(lab: Lab, method: str, path: str, body: bytes = b"") -> int:
    token = lab.s3.token("admin read & write")
    return lab.run(lab.s3.respond(signed(method, path, body, token, {}))).status


def made(lab: Lab) -> R2:
    return lab.s3.buckets["made"]


def seen(lab: Lab) -> tuple[int, str]:
    response = lab.run(lab.fetch(f"https://{DOMAIN}/a.png", colo="LHR"))
    return response.status, response.headers.get("cf-cache-status")


def test_a_bucket_made_at_the_endpoint_tells_a_queue_and_is_public(lab: Lab):
    made(lab).publish(DOMAIN)
    made(lab).notify("events", "object-create")
    assert ask(lab, "PUT", "/made/a.png", b"hello") == 200
    assert seen(lab) == (200, "MISS")
    lab.run(lab.advance(60))
    assert [entry.message for entry in lab.logs] == ["made PutObject"]


def test_it_stays_the_same_bucket_when_a_snapshot_is_restored(lab: Lab):
    bucket = made(lab)
    bucket.publish(DOMAIN)
    state = lab.snapshot()
    ask(lab, "PUT", "/made/a.png", b"hello")
    lab.restore(state)
    assert made(lab) is bucket and seen(lab) == (404, "MISS")
    ask(lab, "PUT", "/made/b.png", b"hello")
    assert lab.run(lab.fetch(f"https://{DOMAIN}/b.png", colo="LHR")).status == 200


def test_a_bucket_that_is_deleted_is_public_no_more(lab: Lab):
    made(lab).publish(DOMAIN)
    made(lab).publish_dev()
    dev = made(lab).dev_domain
    assert ask(lab, "DELETE", "/made") == 204
    assert ask(lab, "PUT", "/made") == 200
    assert made(lab).publish(DOMAIN) == f"https://{DOMAIN}/" and made(lab).publish_dev() == f"https://{dev}/"


def test_a_bucket_of_after_the_snapshot_is_gone_when_it_is_restored():
    lab = Lab(Listener, r2=["FILES"], queues=["EVENTS"])
    state = lab.snapshot()
    ask(lab, "PUT", "/made")
    made(lab).publish(DOMAIN)
    lab.restore(state)
    assert "made" not in lab.s3.buckets
    lab.r2("FILES").publish(DOMAIN)


def test_a_bucket_alone_can_be_public_nowhere(lab: Lab):
    alone = R2({"binding": "ALONE"}, lab.world)
    with pytest.raises(LabError, match="The bucket ALONE is in no lab"):
        alone.publish_dev()
