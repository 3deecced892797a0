"""Which of the calls on a batch and on its messages counts, and what the platform's test API says of them."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from labkit.emulators.queues.batch import MessageBatch
from labkit.emulators.queues.messages import Message, body_of
from labkit.workers import context
from labkit.workers.jsdict import JsDict


class Log:
    """An event that notes what is logged in it."""

    strict = False

    def __init__(self) -> None:
        self.lines: list[str] = []

    def log(self, level: str, message: str) -> None:
        self.lines.append(message)


@pytest.fixture
def log():
    event = Log()
    token = context.current.set(event)  # type: ignore[arg-type]
    yield event.lines
    context.current.reset(token)


def batch() -> MessageBatch:
    messages = [Message(name, 1_700_000_000.25, body_of({"n": 1}, "json"), 0) for name in "ab"]
    return MessageBatch("jobs", messages, {"backlogCount": 3, "backlogBytes": 9, "oldestMessageTimestamp": None})


def retried(given: MessageBatch, outcome: str = "ok") -> list[str]:
    return [id for id in "ab" if given._record.retries_message(id, outcome)]


CALLS = {
    "ack a": lambda given: given.messages[0].ack(),
    "retry a": lambda given: given.messages[0].retry(),
    "ackAll": lambda given: given.ackAll(),
    "retryAll": lambda given: given.retryAll(),
}


def expected(calls: tuple[str, ...], outcome: str) -> list[str]:
    """The documentation's rules, said another way: what is decided for a message first is decided."""
    fates: dict[str, str] = {}
    for call in calls:
        fate = call.removesuffix(" a").removesuffix("All")
        batch_wide = [each for each in calls[: calls.index(call)] if each.endswith("All")]
        if call.endswith("All") and not batch_wide:
            fates.setdefault("a", fate)
            fates.setdefault("b", fate)
        elif not call.endswith("All") and not batch_wide:
            fates.setdefault("a", fate)
    usual = "ack" if outcome == "ok" else "retry"
    return [id for id in "ab" if fates.get(id, usual) == "retry"]


@pytest.mark.parametrize("outcome", ["ok", "exception"])
@pytest.mark.parametrize("calls", [*product(CALLS), *product(CALLS, CALLS), ()], ids=" then ".join)
def test_the_first_call_counts_and_no_later_one(calls, outcome, log):
    given = batch()
    for call in calls:
        CALLS[call](given)
    assert retried(given, outcome) == expected(calls, outcome)


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("ack a", "retry a", "Received a call to retry() on message a after ack() was already called. "
         "Calling retry() on a message after calling ack() has no effect."),
        ("retry a", "ack a", "Received a call to ack() on message a after retry() was already called. "
         "Calling ack() on a message after calling retry() has no effect."),
        ("ackAll", "retryAll", "Received a call to retryAll() after ackAll() was already called. "
         "Calling retryAll() after calling ackAll() has no effect."),
        ("retryAll", "ackAll", "Received a call to ackAll() after retryAll() was already called. "
         "Calling ackAll() after calling retryAll() has no effect."),
    ],
)  # fmt: skip
def test_a_call_that_comes_too_late_is_told_of_in_the_log(first, second, words, log):
    given = batch()
    CALLS[first](given)
    assert log == []
    CALLS[second](given)
    assert log == [words]


def test_the_same_call_twice_is_no_mistake(log):
    given = batch()
    for call in ("ack a", "ack a", "ackAll", "ackAll"):
        CALLS[call](given)
    assert log == []


def test_a_messages_own_delay_counts_more_than_the_batchs(log):
    given = batch()
    given.messages[0].retry(delaySeconds=5)
    given.retryAll({"delaySeconds": 9})
    assert [given._record.delay(id) for id in "ab"] == [5, 9]


def test_of_two_retries_the_delay_of_the_last_counts(log):
    given = batch()
    given.messages[0].retry(delaySeconds=30)
    given.messages[0].retry()
    assert given._record.delay("a") is None


def test_the_test_api_says_what_was_called(log):
    given = batch()
    given.messages[0].ack()
    given.messages[1].retry(delaySeconds=5)
    given.retryAll(delaySeconds=2)
    result = given._record.as_result("exception")
    assert isinstance(result, JsDict)
    assert result == {
        "outcome": "exception", "ackAll": False, "retryBatch": {"retry": True, "delaySeconds": 2},
        "explicitAcks": ["a"], "retryMessages": [{"msgId": "b", "delaySeconds": 5}],
    }  # fmt: skip


def test_a_batch_looks_as_the_sdks_wrapper_does():
    given = batch()
    message = given.messages[0]
    assert (given.queue, given["queue"], len(given.messages)) == ("jobs", "jobs", 2)
    assert given.metadata.metrics.backlogCount == 3
    assert (message.id, message["id"], message.attempts, message.body.n) == ("a", "a", 1, 1)
    assert message.timestamp.isoformat() == "2023-11-14T22:13:20.250000"
    assert given and message


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (lambda given: given.size, AttributeError, "^size$"),
        (lambda given: given["size"], AttributeError, "^size$"),
        (lambda given: given.messages[0].headers, AttributeError, "^headers$"),
        (len, TypeError, "'QueueController' object has no len"),
        (list, TypeError, "'QueueController' object is not iterable"),
    ],
)
def test_what_a_batch_has_not_is_refused_in_the_sdks_words(wrong: Any, error, words):
    with pytest.raises(error, match=words):
        wrong(batch())
