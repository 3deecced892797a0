"""A queue on the planet: shards, no order, consumers that scale, duplicates."""

from __future__ import annotations

import asyncio
import statistics
from typing import Any

import pytest

from labkit import facts
from labkit.emulators.queues import Queues
from labkit.emulators.queues.scaling import Scale
from labkit.errors import LabError
from labkit.network import places
from labkit.workers.ffi import JsException
from tests.emulators.consumers import Consumed
from tests.emulators.worlds import planet


def test_a_send_takes_about_60_ms_in_the_median_place():
    jobs = Consumed(planet())
    jobs.jobs.pause()
    took = []
    for colo in sorted(places.PLACES):
        begun = jobs.bench.now
        jobs.send("x", colo=colo)
        took.append(jobs.bench.now - begun)
    assert facts.value("queues.send") * 0.9 < statistics.median(took) < facts.value("queues.send") * 1.1
    assert facts.value("queues.send") == 0.06


def test_messages_lie_near_their_producers():
    jobs = Consumed(planet(), max_batch_timeout=60)
    jobs.send("a", colo="MEL")
    jobs.send("b", colo="MAN")
    assert [row["where"].partition("-")[0] for row in jobs.jobs.table()] == ["SYD", "LHR"]


def test_what_one_place_sends_in_order_is_not_delivered_in_order():
    jobs = Consumed(planet(), max_batch_size=5, max_batch_timeout=1)
    jobs.send(*range(40))
    jobs.bench.advance(60)
    bodies = [body for batch in jobs.batches() for body in batch]
    assert sorted(bodies) == list(range(40))
    assert bodies != list(range(40))


def test_no_shard_waits_until_another_is_empty():
    jobs = Consumed(planet(), max_batch_size=5, max_batch_timeout=1, max_concurrency=1)
    jobs.jobs.pause()
    for colo in ("LHR", "SYD"):
        jobs.send(*[colo] * 40, colo=colo)
    jobs.jobs.resume()
    jobs.bench.advance(60)
    assert {body for batch in jobs.batches()[:6] for body in batch} == {"LHR", "SYD"}
    assert {"LHR", "SYD"} <= set(jobs.places)


def test_the_same_seed_gives_the_same_order():
    def order(seed: int) -> list[Any]:
        jobs = Consumed(planet(seed), max_batch_size=5, max_batch_timeout=1)
        jobs.send(*range(30))
        jobs.bench.advance(60)
        return jobs.batches()

    assert order(1) == order(1) != order(2)


def test_a_producer_that_is_cut_off_hears_so_and_one_that_can_reach_another_shard_does_not():
    jobs = Consumed(planet())
    jobs.bench.faults.partition(["MAN"], ["LHR"])
    jobs.send("x", colo="MAN")
    assert jobs.jobs.table()[0]["where"].startswith("FRA")
    jobs.bench.faults.partition("MAN")
    with pytest.raises(JsException, match="Queue send failed: Service Unavailable"):
        jobs.send("x", colo="MAN")


def steady(batch_seconds: float, rate: int, **settings: Any) -> Consumed:
    """A queue to which so many messages a second have been sent for two minutes, handled in batches of 100."""

    async def handler(batch: Any) -> None:
        await asyncio.sleep(batch_seconds)

    jobs = Consumed(planet(), handler, max_batch_size=100, max_batch_timeout=1, **settings)
    binding = jobs.queues.binding("JOBS", "LHR")

    async def produce() -> None:
        for _ in range(120):
            await binding.sendBatch([{"body": 1}] * rate)
            await asyncio.sleep(1)

    jobs.bench.run(produce())
    return jobs


def test_100_messages_a_second_in_batches_of_100_that_take_5_seconds_want_about_5_consumers():
    jobs = steady(5, 100)
    late = [event.detail["concurrency"] for event in jobs.jobs.deliveries[-30:]]
    assert 4 <= statistics.mean(late) <= 7
    assert jobs.jobs.backlog < 1000


def test_max_concurrency_holds():
    jobs = steady(5, 100, max_concurrency=2)
    assert max(event.detail["concurrency"] for event in jobs.jobs.deliveries) == 2
    assert jobs.jobs.backlog > 3000


def test_the_number_of_consumers_changes_only_when_a_batch_has_ended():
    jobs = steady(200, 100)
    assert jobs.jobs.concurrency == 1
    assert jobs.jobs.backlog > 10_000


def test_failures_take_consumers_away():
    scale = Scale(250, 10, is_fixed=False)
    for _ in range(5):
        scale.review(1000, failed=False)
    assert scale.concurrency == 6
    for _ in range(20):
        scale.review(1000, failed=True)
    assert scale.concurrency == 1


@pytest.mark.parametrize(("raises", "most"), [(True, 1), (False, 5)])
def test_explicit_retries_are_no_failures(raises, most):
    async def handler(batch: Any) -> None:
        await asyncio.sleep(5)
        batch.retryAll()
        if raises:
            raise ValueError("bad thing")

    jobs = Consumed(planet(), handler, max_batch_size=10, max_batch_timeout=1, max_retries=100)
    jobs.bench.run(jobs.queues.binding("JOBS", "LHR").sendBatch([{"body": 1}] * 100))
    jobs.bench.advance(60)
    assert (jobs.jobs.concurrency == 1) is raises
    assert jobs.jobs.concurrency >= most


def test_an_empty_backlog_takes_consumers_away_down_to_one():
    scale = Scale(250, 10, is_fixed=False)
    for _ in range(5):
        scale.review(1000, failed=False)
    for _ in range(9):
        scale.review(9, failed=False)
    assert scale.concurrency == 1


def test_no_message_comes_twice_by_itself():
    jobs = Consumed(planet(), max_batch_timeout=1)
    jobs.send(*range(50))
    jobs.bench.advance(60)
    assert sum(map(len, jobs.batches())) == 50


def test_a_duplicate_is_the_same_message_with_the_same_attempts():
    ids: list[str] = []
    jobs = Consumed(planet(), lambda batch: ids.extend(each.id for each in batch.messages), max_batch_timeout=1)
    jobs.jobs.duplicate_next()
    jobs.send("x")
    jobs.bench.advance(60)
    assert (jobs.batches(), jobs.attempts()) == ([["x"], ["x"]], [[1], [1]])
    assert ids[0] == ids[1]
    assert jobs.bench.trace.units()["queues.operations"] == 5, "it is read and deleted twice"


def test_a_share_of_the_messages_comes_twice_and_no_copy_a_third_time():
    jobs = Consumed(planet(), max_batch_timeout=1)
    jobs.jobs.duplicate(1)
    jobs.send(*range(20))
    jobs.bench.advance(60)
    bodies = [body for batch in jobs.batches() for body in batch]
    assert sorted(bodies) == sorted([*range(20), *range(20)])


def test_a_machine_that_is_lost_after_the_handlers_end_has_the_whole_batch_delivered_again():
    jobs = Consumed(planet(), lambda batch: batch.ackAll(), max_batch_size=2, max_batch_timeout=1)
    jobs.jobs.crash_next()
    jobs.send("a", "b")
    jobs.bench.advance(60)
    assert [sorted(each) for each in jobs.batches()] == [["a", "b"], ["a", "b"]]
    assert jobs.attempts() == [[1, 1], [2, 2]]
    assert [event.outcome for event in jobs.jobs.deliveries] == ["lost", "ok"]


def test_a_machine_can_be_lost_in_the_middle():
    done: list[str] = []

    async def handler(batch: Any) -> None:
        done.append("begun")
        await asyncio.sleep(5)
        done.append("ended")

    jobs = Consumed(planet(), handler, max_batch_timeout=0)
    jobs.jobs.crash_next(after="2 seconds")
    jobs.send("x")
    jobs.bench.advance(60)
    assert done == ["begun", "begun", "ended"]


def test_a_place_that_fails_takes_its_consumers_with_it_and_the_messages_come_again_elsewhere():
    async def handler(batch: Any) -> None:
        await asyncio.sleep(5)

    jobs = Consumed(planet(), handler, max_batch_timeout=0)
    jobs.send("x", colo="LHR")
    jobs.bench.advance(1)
    assert jobs.places == ["LHR"]
    jobs.bench.faults.kill("LHR")
    jobs.queues.lose("LHR")
    jobs.bench.advance(60)
    assert jobs.places == ["LHR", "FRA"]
    assert (jobs.attempts(), len(jobs.jobs.messages)) == ([[1], [2]], 0)


@pytest.mark.parametrize(
    ("fault", "given"),
    [("duplicate", 2), ("duplicate", "0.5"), ("duplicate_next", -1), ("duplicate_next", 1.5), ("crash_next", -1)],
)
def test_a_fault_that_cannot_be_is_refused(fault, given):
    with pytest.raises(LabError, match=fault):
        getattr(Consumed(planet()).jobs, fault)(given)


def test_where_all_that_keep_shards_have_failed_the_nearest_other_place_consumes():
    jobs = Consumed(planet())
    jobs.send("x", colo="LHR")
    for colo in facts.value("queues.shard_places"):
        jobs.bench.faults.kill(colo)
    jobs.bench.advance(60)
    assert jobs.batches() == [["x"]]
    assert not jobs.bench.faults.is_dead(jobs.places[0])


def test_a_queue_says_when_nobody_will_be_given_what_is_in_it():
    jobs = Consumed(planet(), dead_letter_queue="dead")
    assert repr(jobs.jobs) == "<Queue 'jobs', 0 waiting of 0>"
    jobs.jobs.pause()
    assert repr(jobs.jobs) == "<Queue 'jobs', 0 waiting of 0, paused>"
    alone = Queues(planet().world, [{"binding": "A", "queue": "a"}], [], None)  # type: ignore[arg-type]
    assert repr(alone.queue("a")) == "<Queue 'a', 0 waiting of 0, no consumer>"
