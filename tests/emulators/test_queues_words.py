"""What a producer is told: the runtime's words, and both sides of each limit."""

from __future__ import annotations

import asyncio
import datetime
from typing import Any

import pytest

from labkit import facts
from labkit.emulators.queues import Queues
from labkit.errors import ConfigError, LabError
from labkit.workers.ffi import JsException
from tests.emulators.consumers import Consumed
from tests.emulators.worlds import flat, planet

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.fixture
def jobs() -> Consumed:
    return Consumed(flat())


def call(jobs: Consumed, method: str, *args: Any, **keywords: Any) -> Any:
    return jobs.bench.run(getattr(jobs.queues.binding("JOBS", "LHR"), method)(*args, **keywords))


def refused(jobs: Consumed, method: str, *args: Any, **keywords: Any) -> str:
    with pytest.raises(JsException) as caught:
        call(jobs, method, *args, **keywords)
    return str(caught.value)


def test_a_send_answers_with_the_backlog_before_it(jobs):
    empty = {"backlogCount": 0, "backlogBytes": 0, "oldestMessageTimestamp": None}
    assert call(jobs, "send", {"a": 1}) == {"metadata": {"metrics": empty}}
    metrics = call(jobs, "sendBatch", [{"body": "x"}]).metadata.metrics
    assert (metrics.backlogCount, metrics.backlogBytes) == (1, 7)
    assert metrics.oldestMessageTimestamp == datetime.datetime(2023, 11, 14, 22, 13, 20)
    assert call(jobs, "metrics").backlogCount == 2


TEXT = 'TypeError: Content Type "text" requires a value of type string, but received: '
BYTES = 'TypeError: Content Type "bytes" requires a value of type ArrayBufferView, but received: '
TYPE = "TypeError: Unsupported queue message content type: "
PARAMETER = "TypeError: Failed to execute '{}' on 'WorkerQueue': parameter {} is not of type '{}'."


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("x", {"contentType": "xml"}), TYPE + "xml"),
        (("x", {"contentType": None}), TYPE + "null"),
        (({}, {"contentType": "text"}), TEXT + "object"),
        ((True, {"contentType": "text"}), TEXT + "boolean"),
        ((2**60, {"contentType": "text"}), TEXT + "bigint"),
        (("x", {"contentType": "bytes"}), BYTES + "string"),
        ((len, {"contentType": "v8"}), "DataCloneError: function(){} could not be cloned."),
        (([object()], {"contentType": "v8"}), "DataCloneError: [object Object] could not be cloned."),
        ((range(3), {"contentType": "v8"}), "DataCloneError: [object Object] could not be cloned."),
        ((2**60,), "TypeError: Do not know how to serialize a BigInt"),
        ((), PARAMETER.format("send", 1, "JsValue")),
        (("x", 5), PARAMETER.format("send", 2, "SendOptions")),
    ],
)  # fmt: skip
def test_a_send_is_refused_in_the_runtimes_words(jobs, args, words):
    assert refused(jobs, "send", *args) == words
    assert jobs.jobs.backlog == 0


@pytest.mark.parametrize(
    ("batch", "words"),
    [
        ([], "TypeError: sendBatch() requires at least one message"),
        ([{}], "TypeError: Message body cannot be undefined"),
        (["x"], "TypeError: Incorrect type: the provided value is not of type 'MessageSendRequest'."),
        ("x", PARAMETER.format("sendBatch", 1, "Sequence")),
        ({"body": 1}, PARAMETER.format("sendBatch", 1, "Sequence")),
    ],
)
def test_a_batch_is_refused_in_the_runtimes_words(jobs, batch, words):
    assert refused(jobs, "sendBatch", batch) == words


def test_one_bad_message_keeps_the_whole_batch_out(jobs):
    assert "content type: nope" in refused(jobs, "sendBatch", [{"body": 1}, {"body": 2, "contentType": "nope"}])
    assert jobs.jobs.backlog == 0


@pytest.mark.parametrize(("make", "metadata"), [(flat, 0), (planet, 100)])
def test_a_message_holds_128_kb_with_its_metadata(make, metadata):
    jobs = Consumed(make())
    fits = facts.value("queues.message_bytes") - metadata
    call(jobs, "send", "x" * fits, contentType="text")
    words = "Error: Queue send failed: message length of 128001 bytes exceeds limit of 128000"
    assert refused(jobs, "send", "x" * (fits + 1), contentType="text") == words
    assert refused(jobs, "sendBatch", [{"body": "x" * (fits + 1), "contentType": "text"}]).startswith(
        "Error: Queue sendBatch failed: message in batch has length 128001 bytes"
    )


def test_a_batch_holds_a_hundred_messages_and_256_kb(jobs):
    call(jobs, "sendBatch", [{"body": 1}] * 100)
    words = "Error: Queue sendBatch failed: batch message count of 101 exceeds limit of 100"
    assert refused(jobs, "sendBatch", [{"body": 1}] * 101) == words
    half = {"body": "x" * 128_000, "contentType": "text"}
    call(jobs, "sendBatch", [half, half])
    words = "Error: Queue sendBatch failed: batch size of 256001 bytes exceeds limit of 256000"
    assert refused(jobs, "sendBatch", [half, half, {"body": 1}]) == words


def test_limits_hold_without_a_consumer_too():
    bench = flat()
    queues = Queues(bench.world, [{"binding": "Q", "queue": "q"}], [], None)  # type: ignore[arg-type]
    with pytest.raises(JsException, match="exceeds limit of 128000"):
        bench.run(queues.binding("Q", "LHR").send("x" * 128_001))
    bench.run(queues.binding("Q", "LHR").send("kept"))
    bench.advance(3600)
    assert queues.queue("q").backlog == 1


@pytest.mark.parametrize("delay", [-1, 86_401])
def test_a_delay_is_from_nothing_to_a_day(jobs, delay):
    for fine in (0, 86_400):
        call(jobs, "send", "x", delaySeconds=fine)
        call(jobs, "sendBatch", [{"body": "x", "delaySeconds": fine}], delaySeconds=fine)
    assert (
        refused(jobs, "send", "x", delaySeconds=delay) == f"Error: Queue send failed: message delay {delay} is invalid"
    )
    assert "is invalid" in refused(jobs, "sendBatch", [{"body": "x"}], delaySeconds=delay)
    assert "is invalid" in refused(jobs, "sendBatch", [{"body": "x", "delaySeconds": delay}])


def test_a_queue_takes_5000_messages_a_second():
    jobs = Consumed(planet(), max_batch_size=100)
    binding = jobs.queues.binding("JOBS", "LHR")

    async def flood(batches: int) -> list[Any]:
        sends = [binding.sendBatch([{"body": 1}] * 100) for _ in range(batches)]
        return await asyncio.gather(*sends, return_exceptions=True)

    answers = jobs.bench.run(flood(51))
    failed = [str(each) for each in answers if isinstance(each, Exception)]
    assert failed == ["Error: Queue sendBatch failed: Too Many Requests"]
    jobs.bench.advance(1.1)
    assert not [each for each in jobs.bench.run(flood(50)) if isinstance(each, Exception)]


def test_a_full_queue_takes_nothing_more(monkeypatch):
    jobs = Consumed(planet())
    known = facts.value
    monkeypatch.setattr(
        facts,
        "value",
        lambda name, *rest, **more: 500 if name == "queues.backlog_bytes" else known(name, *rest, **more),
    )
    jobs.send("x" * 300)
    assert refused(jobs, "send", "x" * 300) == "Error: Queue send failed: Storage Limit Exceeded"


def test_a_misspelt_option_is_told_of(jobs):
    with pytest.warns(UserWarning, match="it is spelt 'delaySeconds'"):
        call(jobs, "send", "x", delay_seconds=5)


def test_each_operation_is_a_subrequest(jobs):
    call(jobs, "send", 1)
    call(jobs, "sendBatch", [{"body": 1}] * 10)
    call(jobs, "metrics")
    assert jobs.bench.charged["queues"] == 3


def test_bodies_arrive_as_their_content_type_makes_them():
    when = datetime.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=datetime.UTC)
    jobs = Consumed(flat(), max_batch_timeout=0)
    jobs.send({"at": when, "bytes": b"a", "set": {1}, "none": None})
    jobs.send({"at": when, "set": {1}}, contentType="v8")
    jobs.send(b"ab", contentType="bytes")
    jobs.send("text", contentType="text")
    jobs.bench.advance(1)
    jobs.send(ValueError("gone"), contentType="v8")
    jobs.bench.advance(1)
    first, second, third, fourth, fifth = [body for bodies in jobs.batches() for body in bodies]
    assert first == {"at": "2026-01-02T03:04:05.678Z", "bytes": {"0": 97}, "set": {}, "none": None}
    assert second == {"at": datetime.datetime(2026, 1, 2, 3, 4, 5, 678000), "set": {1}}
    assert isinstance(third, memoryview) and bytes(third) == b"ab"
    assert fourth == "text"
    jobs.send("\ud800", {"\udc00": 1})
    jobs.send("\ud800x", contentType="text")
    jobs.bench.advance(1)
    assert sum(jobs.batches(), [])[5:] == ["\ud800", {"\udc00": 1}, "\ufffdx"], "half a surrogate pair, as on workerd"
    assert type(fifth) is Exception and str(fifth) == "Error: gone", "an error keeps its words, as on workerd"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"dead_letter_queue": "jobs"}, 'Dead letter queue for queue "jobs" cannot be itself'),
        ({"max_batch_size": 101}, '"max_batch_size" of the consumer of "jobs" is from 1 to 100, not 101'),
        ({"max_batch_size": 0}, "is from 1 to 100"),
        ({"max_batch_size": 2.5}, "is from 1 to 100, not 2.5"),
        ({"dead_letter_queue": 5}, "is the name of a queue, not 5"),
        ({"max_batch_timeout": 61}, "is from 0 to 60"),
        ({"max_retries": 101}, "is from 0 to 100"),
        ({"retry_delay": 86_401}, "is from 0 to 86400"),
        ({"max_concurrency": 251}, "is from 1 to 250"),
        ({"type": "http_pull", "visibility_timeout_ms": 43_200_001}, "is from 0 to 43200000"),
        ({"type": "push"}, 'is "worker" or "http_pull"'),
    ],
)
def test_a_consumers_settings_are_within_the_platforms_limits(settings, words):
    with pytest.raises(ConfigError, match=words):
        Queues(flat().world, [], [{"queue": "jobs"} | settings], None)  # type: ignore[arg-type]


def test_settings_at_their_limits_are_taken():
    most = {
        "max_batch_size": 100,
        "max_batch_timeout": 60,
        "max_retries": 100,
        "retry_delay": 86_400,
        "max_concurrency": 250,
    }
    settings = Queues(flat().world, [], [{"queue": "jobs"} | most], None).queue("jobs").settings  # type: ignore[arg-type]
    assert settings and (settings.batch_size, settings.retries, settings.concurrency) == (100, 100, 250)


def test_a_consumer_without_settings_has_productions():
    settings = Queues(flat().world, [], [{"queue": "jobs"}], None).queue("jobs").settings  # type: ignore[arg-type]
    assert settings and (settings.batch_size, settings.batch_timeout, settings.retries) == (10, 5, 3)


def test_a_queue_has_one_consumer():
    with pytest.raises(ConfigError, match="'q' has two consumers"):
        Queues(flat().world, [], [{"queue": "q"}, {"queue": "q"}], None)  # type: ignore[arg-type]


def test_a_misspelt_queue_is_refused_with_the_right_name(jobs):
    with pytest.raises(LabError, match="Did you mean 'jobs'"):
        jobs.queues.queue("job")
