"""Event notifications: which events reach a queue, what they say, which rules are refused, and that none is lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit import Lab, facts
from labkit.emulators.r2.notifications import ACCOUNT
from labkit.errors import LabError, PlatformError, Stuck
from labkit.workers import WorkerEntrypoint
from tests.emulators.buckets import Around
from tests.emulators.worlds import flat, planet

BOTH = ("object-create", "object-delete")


@pytest.fixture
def around() -> Around:
    return Around(planet())


def actions(around: Around) -> list[tuple[str, str]]:
    around.bench.advance(3600)
    return [(body["action"], body["object"]["key"]) for _, body in around.sent]


def test_a_put_is_told_with_size_and_etag_and_a_deletion_with_the_key_alone(around: Around):
    around.bucket.notify("events", BOTH)
    stored = around.put("a.jpg")
    around.bench.advance(60)
    around.bucket.store.delete(["a.jpg"])
    around.bench.advance(60)
    (_, created), (_, deleted) = around.sent
    assert created == {
        "account": ACCOUNT, "action": "PutObject", "bucket": "files",
        "object": {"key": "a.jpg", "size": 5, "eTag": stored.etag}, "eventTime": "2023-11-14T22:13:20.000Z",
    }  # fmt: skip
    assert deleted["object"] == {"key": "a.jpg"} and deleted["action"] == "DeleteObject"


def test_an_upload_is_told_once_when_it_is_complete(around: Around):
    around.bucket.notify("events", "object-create")
    uploads = around.bucket.store.uploads
    upload = uploads.create("big.bin")
    part = uploads.put_part("big.bin", upload.id, 1, b"part")
    around.bench.advance(60)
    assert around.sent == []
    uploads.complete("big.bin", upload.id, [(1, part.etag)])
    assert actions(around) == [("CompleteMultipartUpload", "big.bin")]


def test_a_copy_names_its_source(around: Around):
    around.bucket.notify("events", "object-create")
    around.put("b", action="CopyObject", source=("other", "a"))
    around.bench.advance(60)
    [(_, body)] = around.sent
    assert body["action"] == "CopyObject" and body["copySource"] == {"bucket": "other", "object": "a"}


@pytest.mark.parametrize(
    ("key", "is_told"),
    [("uploads/a.jpg", True), ("uploads/.jpg", True), ("uploads/a.png", False), ("a.jpg", False), ("uploads", False)],
)
def test_a_rule_is_for_its_prefix_and_its_suffix(around: Around, key: str, is_told: bool):
    around.bucket.notify("events", "object-create", prefix="uploads/", suffix=".jpg")
    around.put(key)
    assert bool(actions(around)) == is_told


def test_a_failed_conditional_put_tells_nobody(around: Around):
    around.bucket.notify("events", BOTH)
    files = around.bucket.binding("SIN")
    around.bench.run(files.put("a", "one"))
    around.bench.advance(10)
    around.bench.run(files.put("a", "two", onlyIf={"etagMatches": "0" * 32}))
    assert actions(around) == [("PutObject", "a")]


def test_a_deletion_of_what_is_not_there_tells_nobody(around: Around):
    around.bucket.notify("events", BOTH)
    around.bench.run(around.bucket.binding("SIN").delete(["a", "b"]))
    assert actions(around) == []


def test_it_comes_some_time_after_the_event_and_at_once_with_the_network_off(around: Around):
    around.bucket.notify("events", "object-create")
    for number in range(50):
        around.put(str(number))
    around.bench.advance(3600)
    delays = sorted(at for at, _ in around.sent)
    assert 0 < delays[0] < delays[25] < 2 < delays[-1] < 30
    off = Around(flat())
    off.bucket.notify("events", "object-create")
    off.put("a")
    off.bench.advance(0)
    assert [at for at, _ in off.sent] == [0.0]


def test_what_the_queue_does_not_take_is_sent_again_until_it_has_it(around: Around):
    around.bucket.notify("events", "object-create")
    around.fails = 3
    around.put("a")
    assert actions(around) == [("PutObject", "a")]
    assert [event.outcome for event in around.operations("notify")] == ["failed"] * 3 + ["ok"]
    assert around.sent[0][0] > 3 * facts.value("r2.notification_retry")


def test_nothing_leaves_a_home_that_has_failed_and_all_of_it_leaves_when_it_is_back(around: Around):
    around.bucket.notify("events", "object-create")
    around.put("a")
    around.bench.faults.kill("SIN")
    assert actions(around) == []
    around.bench.faults.revive("SIN")
    assert actions(around) == [("PutObject", "a")]


def test_a_notice_that_no_queue_ever_takes_keeps_no_lab_alive(around: Around):
    around.bucket.notify("events", "object-create")
    around.fails = 10**9
    around.put("a")
    with pytest.raises(Stuck):
        around.bench.run(_for_ever(around))
    assert around.bench.now < 60
    restored = around.bucket.snapshot()
    around.bucket.restore(restored)
    around.fails = 0
    assert actions(around) == [("PutObject", "a")]
    assert not around.world.timeline.env.background


async def _for_ever(around: Around) -> None:
    await around.world.timeline.create_future()


def test_a_notice_can_come_twice(around: Around):
    around.bucket.notify("events", "object-create")
    around.bucket.notices.duplicate_next()
    around.put("a")
    around.put("b")
    assert sorted(actions(around)) == [("PutObject", "a"), ("PutObject", "a"), ("PutObject", "b")]


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [
        ({}, {}, True),
        ({}, {"prefix": "images/"}, True),
        ({"prefix": "a/"}, {"prefix": "b/"}, False),
        ({"prefix": "a/"}, {"prefix": "a/b/"}, True),
        ({"suffix": ".jpg"}, {"suffix": ".png"}, False),
        ({"suffix": ".gz"}, {"suffix": ".tar.gz"}, True),
        ({"prefix": "a/", "suffix": ".jpg"}, {"prefix": "a/", "suffix": ".png"}, False),
        ({"prefix": "a/"}, {"suffix": ".png"}, True),
        ({"event_types": "object-create"}, {"event_types": "object-delete"}, False),
    ],
)
def test_rules_that_one_event_could_be_for_at_once_are_refused(around: Around, first, second, refused: bool):
    around.bucket.notify("events", **{"event_types": BOTH, **first})
    if refused:
        with pytest.raises(PlatformError, match="must not overlap"):
            around.bucket.notify("events", **{"event_types": BOTH, **second})
    else:
        around.bucket.notify("events", **{"event_types": BOTH, **second})
    assert len(around.bucket.notifications()) == 1 + (not refused)


def test_what_is_no_rule(around: Around):
    with pytest.raises(LabError, match="No queue is called 'nope'"):
        around.bucket.notify("nope")
    with pytest.raises(LabError, match="'put' is none"):
        around.bucket.notify("events", ["put"])
    with pytest.raises(LabError, match="none was given"):
        around.bucket.notify("events", [])
    for wrong in (None, 5, [5], [["object-create"]]):
        with pytest.raises(LabError, match="is none"):
            around.bucket.notify("events", wrong)  # type: ignore[arg-type]
    for wrong in ({"prefix": None}, {"suffix": 5}, {"description": b"x"}):
        with pytest.raises(LabError, match="are texts"):
            around.bucket.notify("events", **wrong)  # type: ignore[arg-type]
    assert around.bucket.notifications() == []


def test_a_bucket_has_a_hundred_rules_and_no_more(around: Around):
    for number in range(100):
        around.bucket.notify("events", prefix=f"{number:03}/")
    with pytest.raises(PlatformError, match="up to 100 event notification rules"):
        around.bucket.notify("events", prefix="100/")


def test_rules_are_listed_as_wrangler_does_and_deleted_by_id_or_by_queue(around: Around):
    one = around.bucket.notify("events", "object-create", prefix="a/", description="thumbnails")
    around.bucket.notify("events", "object-delete")
    [row, other] = around.bucket.notifications()
    assert row["event_type"] == "PutObject,CompleteMultipartUpload,CopyObject" and row["prefix"] == "a/"
    assert (row["rule_id"], row["suffix"], other["prefix"]) == (one, "(all suffixes)", "(all prefixes)")
    assert "thumbnails" in around.bucket.notifications()._repr_html_()
    around.bucket.unnotify(one)
    assert [each["event_type"] for each in around.bucket.notifications()] == ["DeleteObject,LifecycleDeletion"]
    around.bucket.unnotify("events")
    assert around.bucket.notifications() == []
    with pytest.raises(LabError, match="no rule 'events'"):
        around.bucket.unnotify("events")


def test_a_snapshot_keeps_what_is_on_its_way_and_each_arrives_once(around: Around):
    around.bucket.notify("events", "object-create")
    around.put("a")
    state = around.bucket.snapshot()
    around.bucket.restore(state)
    assert actions(around) == [("PutObject", "a")]


def test_a_bucket_without_a_lab_says_so():
    from labkit.emulators.r2 import R2

    with pytest.raises(LabError, match="is in no lab"):
        R2({"binding": "FILES"}, planet().world).notify("events")


KEYS = st.sampled_from(["a/1.jpg", "a/2.png", "b/1.jpg", "c"])
STEPS = st.lists(st.tuples(st.sampled_from(["put", "delete"]), KEYS), max_size=12)


@settings(max_examples=30)
@given(STEPS, st.sampled_from(["", "a/"]), st.sampled_from(["", ".jpg"]))
def test_the_queue_hears_of_every_change_that_a_rule_is_for_and_of_no_other(steps, prefix: str, suffix: str):
    around, present, wanted = Around(planet()), set(), []
    around.bucket.notify("events", BOTH, prefix=prefix, suffix=suffix)
    for step, key in steps:
        changes = step == "put" or key in present
        around.put(key) if step == "put" else around.bucket.store.delete([key])
        present = present | {key} if step == "put" else present - {key}
        if changes and key.startswith(prefix) and key.endswith(suffix):
            wanted.append(("PutObject" if step == "put" else "DeleteObject", key))
    assert sorted(actions(around)) == sorted(wanted)


class Thumbnails(WorkerEntrypoint):
    """The loop: a thumbnail in the same bucket is an upload like any other."""

    async def queue(self, batch: Any, env: Any, ctx: Any) -> None:
        for message in batch.messages:
            await self.env.FILES.put(f"thumb-{message.body['object']['key']}", "small")


CONFIG = {
    "name": "thumbs",
    "r2_buckets": [{"binding": "FILES", "bucket_name": "files"}],
    "queues": {"consumers": [{"queue": "events", "max_batch_timeout": 1}]},
}


def test_a_consumer_that_writes_into_the_bucket_wakes_itself_for_ever():
    lab = Lab(Thumbnails, CONFIG)
    lab.r2("FILES").notify("events", "object-create")
    lab.run(lab.env().FILES.put("a.jpg", "large"))
    lab.run(lab.advance(60))
    keys = [event.detail["key"] for event in lab.trace.where("r2", "notify")]
    assert keys[:3] == ["a.jpg", "thumb-a.jpg", "thumb-thumb-a.jpg"] and len(keys) > 5


def test_a_prefix_ends_the_loop():
    class Apart(WorkerEntrypoint):
        async def queue(self, batch: Any, env: Any, ctx: Any) -> None:
            for message in batch.messages:
                await self.env.FILES.put("thumbs/" + message.body["object"]["key"], "small")

    lab = Lab(Apart, CONFIG)
    lab.r2("FILES").notify("events", "object-create", prefix="uploads/")
    lab.run(lab.env().FILES.put("uploads/a.jpg", "large"))
    lab.run(lab.advance(60))
    assert [event.detail["key"] for event in lab.trace.where("r2", "notify")] == ["uploads/a.jpg"]
    assert [row["key"] for row in lab.r2("FILES").contents()] == ["thumbs/uploads/a.jpg", "uploads/a.jpg"]


def test_a_snapshot_of_a_lab_keeps_rules_and_what_is_on_its_way():
    lab = Lab(None, CONFIG | {"queues": {"producers": [{"binding": "Q", "queue": "events"}]}})
    lab.r2("FILES").notify("events", "object-create")
    lab.run(lab.env().FILES.put("a.jpg", "large"))
    state = lab.snapshot()
    for _ in range(2):
        lab.restore(state)
        assert len(lab.queues("events").table()) == 0
        lab.run(lab.advance(60))
        assert [row["body"]["object"]["key"] for row in lab.queues("events").table()] == ["a.jpg"]
        lab.run(lab.env().FILES.put("b.jpg", "large"))
        lab.run(lab.advance(60))
        assert len(lab.queues("events").table()) == 2


def test_a_message_in_the_queue_is_billed_as_any_other():
    lab = Lab(None, CONFIG | {"queues": {"producers": [{"binding": "Q", "queue": "events"}]}})
    lab.r2("FILES").notify("events", "object-create")
    lab.run(lab.env().FILES.put("a.jpg", "large"))
    before = lab.trace.units()["queues.operations"]
    lab.run(lab.advance(60))
    assert (before, lab.trace.units()["queues.operations"]) == (0, 1)
