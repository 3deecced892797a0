"""Pull consumers: leases, visibility timeouts, acknowledgements that come late."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from labkit.emulators.queues import Queue
from labkit.errors import LabError, PlatformError
from tests.emulators.consumers import Consumed
from tests.emulators.worlds import flat


def pulled(*bodies: Any, **settings: Any) -> tuple[Consumed, Queue]:
    jobs = Consumed(flat(), type="http_pull", **settings)
    jobs.send(*bodies)
    return jobs, jobs.jobs


def test_a_pull_gives_five_messages_unless_told_otherwise():
    _, queue = pulled(*range(12))
    assert [len(queue.pull()), len(queue.pull(batch_size=6)), len(queue.pull()), len(queue.pull())] == [5, 6, 1, 0]


def test_a_pulled_message_looks_as_the_api_has_it():
    jobs, queue = pulled()
    jobs.send({"n": 1})
    jobs.send("text", contentType="text")
    jobs.send(b"ab", contentType="bytes")
    first, second, third = queue.pull()
    assert set(first) == {"id", "timestamp_ms", "body", "attempts", "metadata", "lease_id"}
    assert first.timestamp_ms == 1_700_000_000_000
    assert first.metadata == {"CF-Content-Type": "json"}
    assert [base64.b64decode(first.body), second.body, base64.b64decode(third.body)] == [b'{"n":1}', "text", b"ab"]


def test_a_message_that_nobody_acknowledges_comes_again_after_30_seconds():
    jobs, queue = pulled("x")
    (first,) = queue.pull()
    jobs.bench.advance(29.9)
    assert queue.pull() == []
    jobs.bench.advance(0.2)
    (second,) = queue.pull()
    assert (first.id, first.attempts, second.attempts) == (second.id, 1, 2)
    assert first.lease_id != second.lease_id


@pytest.mark.parametrize(("asked", "settings", "seconds"), [(6000, {}, 6), (None, {"visibility_timeout_ms": 5000}, 5)])
def test_how_long_it_is_hidden_is_asked_for_or_configured(asked, settings, seconds):
    jobs, queue = pulled("x", **settings)
    queue.pull(visibility_timeout_ms=asked)
    jobs.bench.advance(seconds - 0.1)
    assert queue.backlog == 0
    jobs.bench.advance(0.2)
    assert queue.backlog == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"batch_size": 0},
        {"batch_size": 101},
        {"batch_size": 2.5},
        {"visibility_timeout_ms": -1},
        {"visibility_timeout_ms": 43_200_001},
    ],
)
def test_what_a_pull_asks_for_is_within_the_limits(wrong):
    _, queue = pulled("x")
    with pytest.raises(PlatformError):
        queue.pull(**wrong)
    assert len(queue.pull(batch_size=100, visibility_timeout_ms=43_200_000)) == 1


def test_an_acknowledged_message_is_gone():
    jobs, queue = pulled("a", "b")
    first, second = queue.pull()
    answer = queue.ack([first.lease_id], retries=[{"lease_id": second.lease_id, "delay_seconds": 10}])
    assert answer == {"ackCount": 1, "retryCount": 1, "warnings": {}}
    jobs.bench.advance(9.9)
    assert queue.pull() == []
    jobs.bench.advance(0.2)
    assert [each.id for each in queue.pull()] == [second.id]
    assert len(queue.messages) == 1


def test_a_retry_without_a_delay_waits_as_the_consumer_says():
    jobs, queue = pulled("x", retry_delay=20)
    queue.ack(retries=[lease.lease_id for lease in queue.pull()])
    jobs.bench.advance(19.9)
    assert queue.backlog == 0
    jobs.bench.advance(0.2)
    assert queue.backlog == 1


def test_a_delay_that_is_longer_than_the_lease_was_is_kept():
    jobs, queue = pulled("x")
    queue.ack(retries=[{"lease_id": each.lease_id, "delay_seconds": 60} for each in queue.pull()])
    jobs.bench.advance(59.9)
    assert queue.backlog == 0
    jobs.bench.advance(0.2)
    assert queue.backlog == 1


def test_a_new_lease_lasts_though_an_older_one_of_the_message_would_end_now():
    jobs, queue = pulled("x")
    queue.ack(retries=[each.lease_id for each in queue.pull()])
    jobs.bench.advance(20)
    queue.pull()
    jobs.bench.advance(29.9)
    assert queue.backlog == 0
    jobs.bench.advance(0.2)
    assert [each.attempts for each in queue.pull()] == [3]


def test_a_late_acknowledgement_counts_where_nobody_was_given_the_message_yet():
    jobs, queue = pulled("x")
    (late,) = queue.pull(visibility_timeout_ms=1000)
    jobs.bench.advance(5)
    assert queue.backlog == 1
    assert queue.ack([late.lease_id]).ackCount == 1
    assert (queue.backlog, queue.pull()) == (0, [])


def test_a_late_acknowledgement_counts_even_where_somebody_else_has_the_message():
    jobs, queue = pulled("x")
    (late,) = queue.pull(visibility_timeout_ms=1000)
    jobs.bench.advance(5)
    (other,) = queue.pull()
    assert queue.ack([{"lease_id": late.lease_id}]).ackCount == 1
    assert queue.ack([other.lease_id]).warnings == {other.lease_id: "This lease is not known, or its message is gone."}
    jobs.bench.advance(100)
    assert len(queue.messages) == 0


def test_a_late_retry_changes_nothing():
    jobs, queue = pulled("x")
    (late,) = queue.pull(visibility_timeout_ms=1000)
    jobs.bench.advance(5)
    queue.pull(visibility_timeout_ms=1000)
    queue.ack(retries=[{"lease_id": late.lease_id, "delay_seconds": 500}])
    jobs.bench.advance(2)
    assert [each.attempts for each in queue.pull()] == [3]


def test_after_max_retries_it_goes_to_the_dead_letter_queue():
    jobs, queue = pulled("x", max_retries=2, dead_letter_queue="dead")
    for attempt in (1, 2, 3):
        assert [each.attempts for each in queue.pull(visibility_timeout_ms=1000)] == [attempt]
        jobs.bench.advance(2)
    assert (len(queue.messages), jobs.batches("dead")) == (0, [["x"]])


def test_an_empty_queue_bills_the_pull_all_the_same():
    jobs, queue = pulled()
    queue.pull()
    assert jobs.bench.trace.units()["queues.operations"] == 1


def test_a_pulled_and_acknowledged_message_is_three_operations():
    jobs, queue = pulled("x")
    queue.ack([each.lease_id for each in queue.pull()])
    assert jobs.bench.trace.units()["queues.operations"] == 3


def test_nothing_is_pulled_from_a_paused_queue():
    _, queue = pulled("x")
    queue.pause()
    with pytest.raises(PlatformError, match="queue_delivery_paused"):
        queue.pull()


def test_a_queue_with_a_worker_as_consumer_is_not_pulled_from():
    with pytest.raises(LabError, match="no pull consumer"):
        Consumed(flat()).jobs.pull()


def test_no_worker_is_given_what_a_pull_consumer_is_for():
    jobs, _ = pulled("x", max_batch_timeout=0)
    jobs.bench.advance(60)
    assert jobs.seen == []


def test_what_is_no_lease_is_refused():
    _, queue = pulled("x")
    with pytest.raises(LabError, match="lease_id"):
        queue.ack([5])
    with pytest.raises(LabError, match="5 is no lease"):
        queue.ack(retries=5)
