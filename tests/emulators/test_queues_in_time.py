"""When a batch leaves, what is delivered again and when, and what is not delivered any more. The network is off."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from labkit.errors import PlatformError
from tests.emulators.consumers import Consumed
from tests.emulators.worlds import flat, planet


def retry_all(batch: Any) -> None:
    batch.retryAll()


def fail(batch: Any) -> None:
    raise ValueError("bad thing")


def test_a_batch_leaves_when_it_is_full():
    jobs = Consumed(flat(), max_batch_size=3, max_batch_timeout=60)
    jobs.send(1, 2, 3, 4)
    jobs.bench.advance(1)
    assert (jobs.batches(), jobs.times()) == ([[1, 2, 3]], [0])


@pytest.mark.parametrize("make", [flat, planet])
def test_a_batch_that_is_not_full_leaves_when_its_first_message_has_waited_long_enough(make):
    jobs = Consumed(make(), max_batch_size=10, max_batch_timeout=5)
    jobs.send(1)
    sent = jobs.bench.now
    jobs.bench.until(sent + 4)
    jobs.send(2)
    jobs.bench.until(sent + 4.9)
    assert jobs.batches() == []
    jobs.bench.until(sent + 5.1)
    assert sorted(jobs.batches()[0]) == [1, 2]


def test_without_a_timeout_a_message_leaves_at_once():
    jobs = Consumed(flat(), max_batch_timeout=0)
    jobs.send(1)
    jobs.bench.advance(0.01)
    assert jobs.batches() == [[1]]


def test_what_a_full_batch_leaves_behind_waits_anew_only_in_the_local_runtime():
    async def slow(batch: Any) -> None:
        await asyncio.sleep(4)

    times = {}
    for make in (flat, planet):
        jobs = Consumed(make(), slow, max_batch_size=2, max_batch_timeout=5)
        jobs.bench.run(jobs.queues.binding("JOBS", "LHR").sendBatch([{"body": n} for n in range(3)]))
        sent = jobs.bench.now
        jobs.bench.advance(20)
        times[make] = jobs.times()[1] - sent
    assert times[flat] == pytest.approx(9, abs=0.2)
    assert times[planet] == pytest.approx(5, abs=0.2)


def test_a_message_is_tried_once_and_then_as_often_as_max_retries_says():
    jobs = Consumed(flat(), retry_all, max_batch_timeout=0, max_retries=3, dead_letter_queue="dead")
    jobs.send("poison")
    jobs.bench.advance(60)
    assert jobs.attempts() == [[1], [2], [3], [4]]
    assert (jobs.batches("dead"), jobs.attempts("dead")) == ([["poison"]], [[1]])
    assert len(jobs.jobs.messages) == 0


def test_without_a_dead_letter_queue_it_is_gone_without_a_word():
    jobs = Consumed(flat(), retry_all, max_batch_timeout=0, max_retries=0)
    jobs.send("poison")
    jobs.bench.advance(60)
    assert jobs.attempts() == [[1]]
    assert len(jobs.jobs.messages) == 0
    assert jobs.jobs.deliveries[0].detail["deleted"] == 1


def test_a_dead_letter_keeps_its_id_its_timestamp_and_its_body():
    jobs = Consumed(flat(), retry_all, max_batch_timeout=0, max_retries=1, retry_delay=9, dead_letter_queue="dead")
    dead = jobs.queues.queue("dead")
    dead.pause()
    jobs.send({"n": 1})
    (message,) = jobs.jobs.messages.values()
    jobs.bench.advance(60)
    (letter,) = dead.messages.values()
    assert (letter.id, letter.timestamp, letter.body.received()) == (message.id, message.timestamp, {"n": 1})
    assert letter.attempts == 0
    assert letter.arrived == pytest.approx(9, abs=0.1)


def test_a_handler_that_raises_has_all_that_it_did_not_acknowledge_delivered_again():
    def handler(batch: Any) -> None:
        batch.messages[0].ack()
        if batch.messages[0].attempts == 1:
            raise ValueError("after the ack")

    jobs = Consumed(flat(), handler, max_batch_size=3, max_batch_timeout=0)
    jobs.bench.run(jobs.queues.binding("JOBS", "LHR").sendBatch([{"body": n} for n in range(3)]))
    jobs.bench.advance(60)
    assert jobs.batches() == [[0, 1, 2], [1, 2]]
    assert jobs.logged == ["after the ack"]


@pytest.mark.parametrize(
    ("own", "settings", "expected"),
    [({}, {}, 0), ({}, {"retry_delay": 7}, 7), ({"delaySeconds": 3}, {"retry_delay": 7}, 3),
     ({"delaySeconds": 0}, {"retry_delay": 7}, 0), ({"delaySeconds": -5}, {}, 0),
     ({"delaySeconds": 90_000}, {}, 86_400)],
)  # fmt: skip
def test_a_retry_waits_as_its_message_says_or_else_as_the_consumer_does(own, settings, expected):
    def handler(batch: Any) -> None:
        if batch.messages[0].attempts == 1:
            batch.messages[0].retry(own)

    jobs = Consumed(flat(), handler, max_batch_timeout=0, **settings)
    jobs.send("x")
    jobs.bench.advance(100_000)
    first, second = jobs.times()
    assert second - first == pytest.approx(expected, abs=0.1)


def test_a_send_waits_as_its_message_says_or_else_as_its_batch_or_else_as_the_queue_does():
    jobs = Consumed(flat(), producer={"delivery_delay": 10}, max_batch_timeout=0)
    binding = jobs.queues.binding("JOBS", "LHR")
    jobs.bench.run(binding.send("queue"))
    jobs.bench.run(binding.send("own", delaySeconds=0))
    jobs.bench.run(binding.sendBatch([{"body": "batch"}, {"body": "item", "delaySeconds": 3}], delaySeconds=5))
    jobs.bench.advance(60)
    assert [(when, bodies[0]) for when, _, bodies, _ in jobs.seen] == [
        (0, "own"),
        (3, "item"),
        (5, "batch"),
        (10, "queue"),
    ]


def test_a_paused_queue_takes_in_and_gives_out_nothing():
    jobs = Consumed(flat(), max_batch_timeout=0)
    jobs.jobs.pause()
    jobs.send(1)
    jobs.bench.advance(60)
    assert (jobs.batches(), jobs.jobs.backlog) == ([], 1)
    jobs.jobs.resume()
    jobs.bench.advance(0.01)
    assert jobs.batches() == [[1]]


def test_a_purge_deletes_what_waits_and_what_is_delayed_for_one_operation():
    jobs = Consumed(flat(), max_batch_timeout=60)
    jobs.send(1, 2)
    jobs.send(3, delaySeconds=5)
    before = jobs.bench.trace.units()["queues.operations"]
    jobs.jobs.purge()
    assert jobs.bench.trace.units()["queues.operations"] - before == 1
    jobs.bench.advance(100)
    assert (jobs.batches(), len(jobs.jobs.messages)) == ([], 0)


def test_a_message_that_is_too_old_is_gone():
    jobs = Consumed(flat(), max_batch_timeout=0)
    jobs.jobs.pause()
    jobs.send(1)
    jobs.bench.advance(4 * 86_400 - 1)
    assert jobs.jobs.backlog == 1
    jobs.send(2)
    jobs.bench.advance(2)
    assert [row["body"] for row in jobs.jobs.table()] == [2]
    assert [event.detail["messages"] for event in jobs.bench.trace if event.operation == "expire"] == [1]


def test_a_dead_letter_queue_that_nobody_consumes_loses_its_messages_four_days_after_they_came():
    jobs = Consumed(flat(), retry_all, max_batch_timeout=0, max_retries=1, retry_delay=3600, dead_letter_queue="dead")
    jobs.queues.queue("dead").pause()
    jobs.send("x")
    jobs.bench.advance(3601)
    dead = jobs.queues.queue("dead")
    assert dead.backlog == 1
    jobs.bench.advance(4 * 86_400 - 2)
    assert dead.backlog == 1
    jobs.bench.advance(3)
    assert dead.backlog == 0


def test_a_message_that_grows_too_old_while_it_is_consumed_is_not_tried_again():
    async def slow(batch: Any) -> None:
        await asyncio.sleep(100)
        batch.retryAll()

    jobs = Consumed(flat(), slow, max_batch_timeout=0)
    jobs.jobs.retention = 60
    jobs.send("x")
    jobs.bench.advance(1000)
    assert jobs.attempts() == [[1]]
    assert jobs.jobs.deliveries[0].detail["expired"] == 1


def test_retention_is_from_a_minute_to_a_fortnight_and_counts_for_what_is_there():
    jobs = Consumed(flat(), max_batch_timeout=60)
    for duration in (59, "15 days"):
        with pytest.raises(PlatformError, match="60 to 1209600 seconds"):
            jobs.jobs.retention = duration
    jobs.jobs.pause()
    jobs.send(1)
    jobs.jobs.retention = "1 hour"
    jobs.bench.advance(3599)
    assert jobs.jobs.backlog == 1
    jobs.bench.advance(2)
    assert jobs.jobs.backlog == 0


def test_a_handler_has_15_minutes():
    async def endless(batch: Any) -> None:
        batch.messages[0].ack()
        await asyncio.sleep(10_000)

    jobs = Consumed(flat(), endless, max_batch_size=2, max_batch_timeout=0, max_retries=0)
    jobs.bench.run(jobs.queues.binding("JOBS", "LHR").sendBatch([{"body": "a"}, {"body": "b"}]))
    jobs.bench.advance(899)
    assert jobs.jobs.deliveries == []
    jobs.bench.advance(2)
    (event,) = jobs.jobs.deliveries
    assert event.outcome == "exceededWallTime"
    assert (event.detail["acked"], event.detail["deleted"]) == (1, 1)


def test_each_message_is_billed_to_write_to_read_and_to_delete_by_64_kb():
    def handler(batch: Any) -> None:
        if batch.messages[0].attempts == 1:
            batch.retryAll()

    jobs = Consumed(flat(), handler, max_batch_timeout=0)
    jobs.send("small")
    jobs.bench.advance(60)
    assert jobs.bench.trace.units()["queues.operations"] == 4, "a retry reads again"
    jobs.send("x" * 65_000)
    jobs.bench.advance(60)
    assert jobs.bench.trace.units()["queues.operations"] == 4 + 2 * 4


def test_a_dead_letter_is_written_once_more():
    jobs = Consumed(flat(), retry_all, max_batch_timeout=0, max_retries=0, dead_letter_queue="dead")
    jobs.queues.queue("dead").pause()
    jobs.send("x")
    jobs.bench.advance(60)
    assert jobs.bench.trace.units()["queues.operations"] == 4


def test_the_table_shows_where_each_message_is():
    async def slow(batch: Any) -> None:
        await asyncio.sleep(10)

    jobs = Consumed(flat(), slow, max_batch_size=1, max_batch_timeout=0)
    jobs.send({"n": 1}, "<two>")
    jobs.send("late", delaySeconds=30)
    jobs.bench.advance(5)
    table = jobs.jobs.table()
    assert [(row["body"], row["attempts"], row["where"]) for row in table] == [
        ({"n": 1}, 1, "consumer in LHR"), ("<two>", 0, "waiting"), ("late", 0, "delayed")
    ]  # fmt: skip
    assert table[2]["visible_in"] == pytest.approx(25)
    assert "&lt;two&gt;" in table._repr_html_()
    assert "25.0 s" in repr(table)
    jobs.send(b"ab", contentType="bytes")
    assert "b'ab'" in repr(jobs.jobs.table()), "and not the address of a memoryview"
