"""Queues in a whole lab: the learner's handler, its log, its limits, snapshots, places that fail, a batch by hand."""

from __future__ import annotations

from contextlib import suppress

import pytest

from labkit import Lab
from labkit.errors import LabError
from labkit.workers import Response, WorkerEntrypoint
from tests.emulators.worlds import EPOCH

SOURCE = """
import asyncio
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        await self.env.JOBS.send({"n": 1})
        return Response("sent", status=202)

    async def queue(self, batch, env, ctx):
        print(batch.queue, [[message.body.n, message.attempts] for message in batch.messages])
        for message in batch.messages:
            %s
"""


def lab(body: str = "message.ack()", source: str = SOURCE, **consumer: object) -> Lab:
    queues = {
        "producers": [{"binding": "JOBS", "queue": "jobs"}],
        "consumers": [{"queue": "jobs", "max_batch_timeout": 1} | consumer],
    }
    return Lab(source % body if "%s" in source else source, {"queues": queues})


def printed(bench: Lab) -> list[str]:
    return [entry.message for entry in bench.logs if entry.level == "log"]


def test_what_a_request_sends_the_handler_gets():
    bench = lab()
    assert bench.run(bench.fetch("/")).status == 202
    bench.run(bench.advance(10))
    assert printed(bench) == ["jobs [[1, 1]]"]
    assert bench.queues("jobs") is bench.queues("JOBS")
    assert bench.queues("jobs").deliveries[0].detail["acked"] == 1


def test_a_request_and_a_batch_are_a_request_each_on_the_bill_and_a_message_three_operations():
    bench = lab()
    bench.run(bench.fetch("/"))
    bench.run(bench.advance(10))
    units = bench.trace.units()
    assert (units["workers.requests"], units["queues.operations"]) == (2, 3)


def test_nothing_is_under_way_while_messages_wait():
    bench = lab(max_batch_timeout=60)
    bench.run(bench.fetch("/"))
    bench.snapshot()


def test_a_batch_on_its_way_to_its_consumer_is_in_a_snapshot():
    bench = lab(max_batch_size=1)
    bench.world.links = None  # else the answer's way home takes longer than the batch's
    bench.run(bench.env().JOBS.send({"n": 1}))
    assert [row["where"].startswith("consumer") for row in bench.queues("jobs").table()] == [True]
    state = bench.snapshot()
    bench.restore(state)
    bench.run(bench.advance(10))
    assert printed(bench) == ["jobs [[1, 1]]"]


def test_a_lab_goes_back_to_a_snapshot_with_what_waits_what_is_delayed_and_what_was_tried():
    bench = lab("message.retry(delaySeconds=10)", max_retries=1)
    bench.run(bench.fetch("/"))
    bench.run(bench.advance(5))
    bench.run(bench.env().JOBS.send({"n": 2}, delaySeconds=20))
    bench.run(bench.env().JOBS.send({"n": 3}))
    state = bench.snapshot()
    ways = []
    for _ in range(2):
        bench.run(bench.advance(100))
        ways.append(printed(bench))
        assert len(bench.queues("jobs").messages) == 0
        bench.restore(state)
        assert [row["attempts"] for row in bench.queues("jobs").table()] == [1, 0, 0]
    assert ways[0] == ways[1] == ["jobs [[1, 1]]", "jobs [[3, 1]]", "jobs [[1, 2]]", "jobs [[3, 2]]", "jobs [[2, 1]]",
                                  "jobs [[2, 2]]"]  # fmt: skip


def test_leases_and_faults_are_in_a_snapshot():
    bench = lab(type="http_pull")
    bench.run(bench.fetch("/"))
    queue = bench.queues("jobs")
    (pulled,) = queue.pull()
    queue.duplicate(0.5)
    state = bench.snapshot()
    assert queue.ack([pulled.lease_id]).ackCount == 1
    queue.duplicate(0)
    bench.restore(state)
    assert queue.duplicate_rate == 0.5
    assert queue.ack([pulled.lease_id]).ackCount == 1
    bench.restore(state)
    bench.run(bench.advance(31))
    assert queue.backlog == 1


def test_a_place_that_is_killed_loses_its_consumers():
    bench = lab("await asyncio.sleep(5)")
    bench.run(bench.fetch("/", colo="LHR"))
    bench.run(bench.advance(3))
    assert printed(bench) == ["jobs [[1, 1]]"]
    bench.kill("LHR")
    bench.run(bench.advance(30))
    assert printed(bench) == ["jobs [[1, 1]]", "jobs [[1, 2]]"]
    assert [event.outcome for event in bench.queues("jobs").deliveries] == ["lost", "ok"]


def test_a_handler_with_too_few_parameters_is_an_exception_and_the_message_comes_again():
    source = SOURCE.replace("self, batch, env, ctx", "self, batch").replace("%s", "message.ack()")
    bench = lab(source=source, max_retries=1)
    bench.run(bench.fetch("/"))
    bench.run(bench.advance(30))
    assert [event.outcome for event in bench.queues("jobs").deliveries] == ["exception", "exception"]
    assert "queue() takes 2 positional arguments but 4 were given" in bench.logs[0].message
    assert bench.run(bench.queue("jobs", ["x"])).outcome == "exception"


def test_a_worker_without_a_handler_says_so_and_its_messages_are_retried():
    source = SOURCE.replace("async def queue", "async def other").replace("%s", "pass")
    bench = lab(source=source, max_retries=0)
    bench.run(bench.fetch("/"))
    bench.run(bench.advance(30))
    assert "Handler does not export a queue() function." in bench.logs[0].message
    assert [event.detail["deleted"] for event in bench.queues("jobs").deliveries] == [1]


class Producer(WorkerEntrypoint):
    async def fetch(self, request):
        await self.env.JOBS.send({"n": 1})  # type: ignore[attr-defined]
        return Response("sent")


def test_a_short_form_without_a_handler_makes_no_consumer():
    bench = Lab(Producer, queues=["JOBS"])
    bench.run(bench.fetch("/"))
    bench.run(bench.advance(60))
    assert bench.queues("jobs").backlog == 1


def test_a_handler_that_computes_for_too_long_is_stopped_and_its_batch_comes_again():
    bench = lab("[None for n in iter(int, 1)]", max_retries=0)
    bench.run(bench.fetch("/"))
    bench.run(bench.advance(10))
    assert [event.outcome for event in bench.queues("jobs").deliveries] == ["exceededCpu"]


def test_what_waituntil_was_given_belongs_to_the_batch():
    source = (
        SOURCE.replace("%s", "self.ctx.waitUntil(self.later(message.attempts))")
        + """
    async def later(self, attempts):
        await asyncio.sleep(2)
        if attempts == 1:
            raise ValueError("in the background")
"""
    )
    bench = lab(source=source)
    bench.run(bench.fetch("/"))
    bench.run(bench.advance(30))
    first, second = bench.queues("jobs").deliveries
    assert (first.outcome, second.outcome) == ("exception", "ok")
    assert first.seconds > 2
    errors = [entry.message for entry in bench.logs if entry.level == "error"]
    assert len(errors) == 1 and "in the background" in errors[0]


@pytest.mark.parametrize("error", ["KeyboardInterrupt", "GeneratorExit"])
def test_what_breaks_off_a_delivery_and_is_no_failure_of_the_handler_loses_no_message(error):
    bench = lab(f"raise {error}")
    bench.run(bench.fetch("/"))
    with suppress(KeyboardInterrupt):
        bench.run(bench.advance(10))
    assert bench.queues("jobs").backlog == 1


def test_a_batch_by_hand_says_what_became_of_each_message():
    bench = lab("message.ack() if message.id == 'one' else message.retry(delaySeconds=5)")
    messages = [{"body": {"n": 1}, "id": "one", "timestamp": EPOCH, "attempts": 3}, {"n": 2}]
    result = bench.run(bench.queue("jobs", messages))
    assert printed(bench) == ["jobs [[1, 3], [2, 1]]"]
    assert (result.outcome, result.ackAll, result.explicitAcks) == ("ok", False, ["one"])
    assert result.retryBatch == {"retry": False}
    assert [each["delaySeconds"] for each in result.retryMessages] == [5]
    assert len(bench.queues("jobs").messages) == 0, "it is beside the queue"


def test_a_batch_by_hand_is_refused_for_a_queue_that_there_is_not_and_a_field_that_there_is_not():
    bench = lab()
    with pytest.raises(LabError, match="Did you mean 'jobs'"):
        bench.run(bench.queue("job", [1]))
    wrong = {
        "A batch is a list": {"body": 1}, "is a text and its attempts": [{"body": 1, "attempts": 0}],
        "is Unix seconds or a datetime": [{"body": 1, "timestamp": "2026"}],
    }  # fmt: skip
    for words, messages in wrong.items():
        with pytest.raises(LabError, match=words):
            bench.run(bench.queue("jobs", messages))  # type: ignore[arg-type]
    with pytest.raises(LabError, match="no 'delay'"):
        bench.run(bench.queue("jobs", [{"body": 1, "delay": 5}]))
