"""Distance, the order of writes, the limit of a key, faults: what happens to a bucket in time, and what it costs."""

from __future__ import annotations

from asyncio import gather
from statistics import median

import pytest

from labkit import facts
from labkit.emulators.r2 import R2
from labkit.errors import LabError
from labkit.workers.ffi import JsException
from tests.emulators.files import Files, bucket
from tests.emulators.worlds import Bench, flat, planet

TOO_MANY = "Error: put: Reduce your concurrent request rate for the same object. (10058)"
DAY = 86400


@pytest.fixture
def bench() -> Bench:
    return planet()


@pytest.fixture
def files(bench: Bench) -> Files:
    found = Files(bench, "SYD")
    found.bucket.location = "weur"
    return found


async def outcome(call) -> str:
    try:
        found = await call
        return "none" if found is None else "ok"
    except JsException as error:
        return str(error)


def test_a_bucket_lives_where_the_hint_says_else_near_who_first_uses_it(bench: Bench):
    for colo, home in (("MEL", "SYD"), ("LHR", "AMS"), ("EWR", "IAD"), ("SEA", "SJC"), ("BOM", "SIN"), ("KBP", "WAW")):
        found = bucket(bench)
        bench.run(found.binding(colo).head("k"))
        assert found.home == home
        bench.run(found.binding("GRU").head("k"))
        assert found.home == home, "for good"


def test_a_hint_and_a_jurisdiction(bench: Bench):
    hinted, european = bucket(bench), bucket(bench, jurisdiction="eu")
    hinted.location = "apac"
    for each, home in ((hinted, "SIN"), (european, "AMS")):
        bench.run(each.binding("IAD").put("k", "v"))
        assert each.home == home
    with pytest.raises(LabError, match="holds objects and does not move"):
        hinted.location = "oc"
    with pytest.raises(LabError, match="No location is called 'mars'"):
        hinted.location = "mars"


def test_a_bucket_is_not_created_at_a_place_that_is_dead(bench: Bench, files: Files):
    bench.faults.kill("AMS")
    other = bucket(bench)
    bench.run(other.binding("LHR").put("k", "v"))
    assert other.home == "WAW"


def test_there_are_two_jurisdictions(bench: Bench):
    with pytest.raises(LabError, match="No jurisdiction of R2 is called 'mars': there are eu, fedramp"):
        bucket(bench, jurisdiction="mars")


def test_every_operation_goes_home_and_back(bench: Bench, files: Files):
    files.put("k", "v")
    assert files.bucket.world.links
    least = files.bucket.world.links.rtt("SYD", "AMS") * 0.8
    for call in (("get", "k"), ("head", "k"), ("list",), ("put", "k2", "v"), ("delete", "k2"), ("head", "none")):
        files.call(*call)
        assert bench.trace[-1].seconds > least, call


def test_far_readers_wait_longer_than_near_ones(bench: Bench, files: Files):
    files.put("k", "v")

    def seconds(colo: str) -> float:
        env = files.bucket.binding(colo)
        for _ in range(60):
            bench.run(env.head("k"))
        return median(event.seconds for event in bench.trace.events[-60:])

    assert seconds("AMS") < 0.1 < 0.2 < seconds("SYD")


def test_one_read_in_forty_from_beside_the_bucket_takes_more_than_422_ms(bench: Bench, files: Files):
    files.put("k", "v")
    env = files.bucket.binding("AMS")
    for _ in range(4000):
        bench.run(env.head("k"))
    slow = sum(event.seconds > 0.422 for event in bench.trace.where("r2", "head"))
    assert 0.019 < slow / 4000 < 0.035


def test_everybody_sees_a_write_that_was_confirmed(bench: Bench, files: Files):
    files.put("k", "first")
    for colo in ("SYD", "LHR", "GRU"):
        files.bench.advance(1)
        bench.run(files.bucket.binding(colo).put("k", colo))
        for other in ("NRT", "AMS"):
            found = bench.run(files.bucket.binding(other).get("k"))
            assert bench.run(found.text()) == colo


def test_a_key_takes_one_write_a_second_wherever_it_comes_from(bench: Bench, files: Files):
    near, far = files.bucket.binding("AMS"), files.bucket.binding("SYD")

    async def both():
        return await gather(outcome(near.put("k", "near")), outcome(far.put("k", "far")), outcome(far.put("l", "x")))

    assert sorted(bench.run(both())) == [TOO_MANY, "ok", "ok"]
    assert [event.outcome for event in bench.trace.where("r2", "put")].count("429") == 1
    bench.advance(1)
    assert bench.run(outcome(near.put("k", "again"))) == "ok"


def test_there_is_no_such_limit_off_the_network():
    files = Files(flat())
    for value in ("a", "b", "c"):
        files.call("put", "k", value)
    assert files.text("k") == "c"


def test_a_write_is_seen_when_it_is_committed_which_comes_last(bench: Bench, files: Files):
    near = files.bucket.binding("AMS")

    async def both():
        return await gather(outcome(near.put("k", "v")), outcome(near.head("k")))

    assert bench.run(both()) == ["ok", "none"], "asked while it was being stored"
    assert bench.run(outcome(near.head("k"))) == "ok"


def test_of_two_writes_the_last_to_complete_wins_whichever_began_first(bench: Bench, files: Files):
    near, far = files.bucket.binding("AMS"), files.bucket.binding("SYD")

    async def written(env, value: str, after: float) -> float:
        await bench.timeline.sleep(after)
        while await outcome(env.put("k", value)) != "ok":
            await bench.timeline.sleep(1)
        return bench.now

    async def both():
        return await gather(written(far, "far", 0), written(near, "near", 0))

    completed = dict(zip(("far", "near"), bench.run(both()), strict=True))
    assert files.text("k") == max(completed, key=lambda value: completed[value])


def test_a_compare_and_swap_counts_where_a_read_and_a_write_lose(bench: Bench, files: Files):
    """Two places count to six together, each writing what it has read, on the condition that nobody wrote since."""
    files.put("n", "0")

    async def count(colo: str) -> None:
        env, done = files.bucket.binding(colo), 0
        while done < 3:
            found = await env.get("n")
            value = int(await found.text())
            done += await outcome(env.put("n", str(value + 1), onlyIf={"etagMatches": found.etag})) == "ok"
            await bench.timeline.sleep(1)

    async def both():
        await gather(count("SYD"), count("LHR"))

    bench.run(both())
    assert files.text("n") == "6"


def test_an_outage_refuses_everything_and_loses_nothing(bench: Bench, files: Files):
    files.put("k", "v")
    files.bucket.outage("1 minute")
    words = "We encountered an internal error. Please try again. (10001)"
    assert files.refusal("get", "k") == f"Error: get: {words}"
    assert files.refusal("put", "k", "w") == f"Error: put: {words}"
    assert files.refusal("list") == f"Error: list: {words}"
    assert bench.trace[-1].outcome == "500"
    bench.advance(60)
    assert files.text("k") == "v"
    with pytest.raises(LabError, match="0 seconds or more"):
        files.bucket.outage(-1)


def test_a_place_cut_off_from_the_home_is_refused_after_a_time_out(bench: Bench, files: Files):
    files.put("k", "v")
    bench.faults.partition("SYD")
    began = bench.now
    words = "Please look at https://www.cloudflarestatus.com for issues or contact customer support. (10043)"
    assert files.refusal("get", "k") == f"Error: get: {words}"
    assert bench.now - began >= bench.faults.timeout
    found = bench.run(files.bucket.binding("LHR").get("k"))
    assert found.size == 1, "the rest of the planet reads on"


def test_operations_are_billed_by_class(bench: Bench, files: Files):
    files.put("k", "v")
    files.call("get", "k"), files.call("head", "k"), files.call("get", "none"), files.call("list")
    upload = files.call("createMultipartUpload", "m")
    part = bench.run(upload.uploadPart(1, "x"))
    bench.run(upload.complete([part]))
    bench.run(upload.abort())
    files.call("delete", ["k", "m"])
    assert bench.trace.units() == {"r2.std.class_a": 5.0, "r2.std.class_b": 3.0}
    assert bench.charged["r2"] == len(bench.trace)


def test_what_is_refused_by_the_service_is_billed_and_by_the_runtime_not(bench: Bench, files: Files):
    files.put("k", "v")
    files.refusal("get", "k", range={"offset": 9})
    files.call("put", "k", "v", onlyIf={"etagMatches": "0" * 32})
    assert bench.trace.units() == {"r2.std.class_a": 2.0, "r2.std.class_b": 1.0}
    files.refusal("get", "k", range={"offset": -1})
    assert bench.trace[-1].units == {}


def test_infrequent_access_costs_by_what_is_read_and_for_30_days(bench: Bench, files: Files):
    files.put("k", bytes(1000), storageClass="InfrequentAccess")
    files.call("get", "k", range={"length": 100})
    units = bench.trace.units()
    assert units == {"r2.ia.class_a": 1.0, "r2.ia.class_b": 1.0, "r2.ia.retrieval_gb": 1e-7}
    files.call("delete", "k")
    assert files.bucket.stored_units() == {"r2.ia.storage_gb_mo": 1e-6}
    bench.advance(30 * DAY)
    assert files.bucket.stored_units() == {}


def test_a_replaced_infrequent_object_is_still_billed_and_a_standard_one_not(bench: Bench, files: Files):
    files.put("k", bytes(1000), storageClass="InfrequentAccess")
    files.put("k", bytes(10))
    files.put("k", bytes(1))
    assert files.bucket.stored_units() == {"r2.std.storage_gb_mo": 1e-9, "r2.ia.storage_gb_mo": 1e-6}


def test_whoever_watches_hears_of_every_change_and_of_nothing_else(bench: Bench, files: Files):
    heard: list[tuple[str, str]] = []
    files.bucket.watchers.append(lambda action, stored, source: heard.append((action, stored.key)))
    files.put("k", "v")
    files.call("put", "l", "v", onlyIf={"etagMatches": "0" * 32})
    upload = files.call("createMultipartUpload", "m")
    bench.run(upload.complete([bench.run(upload.uploadPart(1, "x"))]))
    files.call("delete", ["k", "none"])
    assert heard == [("PutObject", "k"), ("CompleteMultipartUpload", "m"), ("DeleteObject", "k")]


def test_the_contents_are_a_table(files: Files):
    files.put("b", "hello", httpMetadata={"contentType": "a/b"})
    files.put("a", "", storageClass="InfrequentAccess")
    shown = files.bucket.contents()
    assert [(row["key"], row["size"], row["storage_class"]) for row in shown] == [
        ("a", 0, "InfrequentAccess"),
        ("b", 5, "Standard"),
    ]
    assert "a/b" in repr(shown) and "<table>" in shown._repr_html_()
    assert repr(files.bucket) == "<R2 bucket files at AMS: 2 objects>"


def test_a_snapshot_keeps_its_state_whatever_happens_later(bench: Bench, files: Files):
    files.put("k", "v")
    upload = files.call("createMultipartUpload", "m")
    part = bench.run(upload.uploadPart(1, "x"))
    state = files.bucket.snapshot()
    bench.run(upload.complete([part]))
    files.call("delete", "k")
    other = R2({"binding": "FILES"}, bench.world)
    for restored in (files.bucket, other):
        restored.restore(state)
        assert restored.home == "AMS" and restored.location == "weur"
        assert [row["key"] for row in restored.contents()] == ["k"]
        resumed = restored.binding("SYD").resumeMultipartUpload("m", upload.uploadId)
        assert bench.run(resumed.complete([part])).size == 1
        bench.advance(1)


def test_the_figures_of_a_bucket_are_facts():
    assert facts.value("r2.upload_age") == 7 * DAY and facts.value("r2.infrequent_least_age") == 30 * DAY
