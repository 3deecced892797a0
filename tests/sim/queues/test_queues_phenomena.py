"""Queues' phenomena: they would not agree if a formula or a Worker were wrong, and no message is lost on the way."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.errors import LabError
from labkit.sim import queues
from labkit.sim.agreement import Disagreement
from labkit.sim.queues import consumers
from labkit.sim.queues.yours import NAME, Yours
from labkit.sim.service import Service

HEAD = "import asyncio\nfrom workers import Response, WorkerEntrypoint, fetch\n\nclass Default(WorkerEntrypoint):\n"
PRODUCER = """
    async def fetch(self, request):
        await self.env.ORDERS.send({"order": request.url.split("/")[-1]})
        return Response("accepted", status=202)
"""
CAREFUL = """
    async def queue(self, batch, env, ctx):
        for message in batch.messages:
            answer = await fetch(f"https://service.example/orders/{message.body['order']}", method="POST")
            message.ack() if answer.status == 200 else message.retry()
"""
SLEEPY = "    async def queue(self, batch, env, ctx):\n        await asyncio.sleep(60)\n"
POINT = {"failing": (0.1,), "batches": 25}


def module(name: str):
    """The module of a phenomenon, which its package hides behind the function of the same name."""
    return sys.modules[f"labkit.sim.queues.{name}"]


@pytest.mark.parametrize(("name", "change", "options"), [
    ("retries", ("kernel.deliveries", lambda p, retries, size: 1 / (1 - p)), {"failing": (0.1,)}),
    ("duplicates", ("effects", lambda c, retries, duplicated, idempotent: 1 + c), {"crashing": (0.4,)}),
    ("poison", ("dead_share", lambda size, share: share), {"sizes": (10,), "watch": "dead"}),
    ("autoscaling", ("at_work", lambda rate, seconds, size, most: rate * seconds),
     {"messages_per_s": (0.4,), "size": 2}),
])  # fmt: skip
def test_a_wrong_formula_is_found_out(monkeypatch, name, change, options):
    if name == "retries":
        wrong = module(name).WATCHED["deliveries"]._replace(theory=change[1])
        monkeypatch.setitem(module(name).WATCHED, "deliveries", wrong)
    else:
        monkeypatch.setattr(module(name), *change)
    with pytest.raises(Disagreement):
        getattr(queues, name)(None, **options).check()


def test_the_wait_of_a_batch_that_always_times_out_is_not_that_of_one_that_fills(monkeypatch):
    wrong = module("batches").WATCHED["wait"]._replace(theory=lambda rate, size, timeout: timeout / 2)
    monkeypatch.setitem(module("batches").WATCHED, "wait", wrong)
    with pytest.raises(Disagreement):
        queues.batches(None, messages_per_s=(1,)).check()


def test_a_consumer_that_raises_is_not_one_that_acknowledges_each_message():
    assert queues.retries(consumers.Acknowledging, explicit=True, **POINT).check()
    with pytest.raises(Disagreement, match="yours"):
        queues.retries(consumers.WholeBatch, explicit=True, **POINT).check()
    with pytest.raises(Disagreement, match="yours"):
        queues.poison(consumers.WholeBatch, sizes=(10,), share=0.1, explicit=True, watch="dead", batches=20).check()


def test_a_consumer_without_an_idempotency_key_has_more_than_one_effect():
    assert queues.duplicates(crashing=(0.8,), idempotent=True, duplicated=0.3, batches=20).check()
    with pytest.raises(Disagreement, match="yours"):
        queues.duplicates(consumers.WholeBatch, crashing=(0.8,), idempotent=True, batches=20).check()


def test_with_a_key_of_its_own_each_message_has_one_effect_in_all_three_views():
    (row,) = queues.duplicates(crashing=(0.4,), idempotent=True, duplicated=0.3, batches=25).rows
    assert row.theory == row.model.mean == row.yours.mean == 1  # type: ignore[union-attr]


def test_innocent_messages_of_a_consumer_that_retries_the_poison_alone_are_never_touched():
    for watch, value in (("dead", 0), ("done", 1)):
        (row,) = queues.poison(sizes=(10,), explicit=True, watch=watch, share=0.1, batches=25).rows
        assert row.theory == row.model.mean == row.yours.mean == value  # type: ignore[union-attr]


def test_a_worker_of_the_learners_sends_and_consumes_by_itself():
    asked = {"queue": "ORDERS", "url": "/orders/{order}", "explicit": True}
    assert (
        queues.retries(HEAD + PRODUCER + CAREFUL, failing=(0.2,), batches=20, **asked).check().requests("yours") == 200
    )


def test_a_consumer_that_takes_longer_than_the_next_batch_leaves_the_line():
    with pytest.raises(Disagreement, match="yours"):
        queues.batches(HEAD + SLEEPY, messages_per_s=(1,), batches=100).check()


def test_a_worker_that_sends_nothing_is_told_so():
    silent = HEAD + "    async def fetch(self, request):\n        return Response('ok')\n" + SLEEPY
    with pytest.raises(LabError, match="No batch was delivered, and 0 messages wait"):
        queues.batches(silent, url="/orders/{order}", messages_per_s=(1,), batches=20)


def test_a_worker_that_cannot_consume_and_one_that_asks_nothing_of_the_service_are_told_so():
    with pytest.raises(LabError, match="The Worker has no queue handler"):
        queues.batches(HEAD + PRODUCER, messages_per_s=(1,), batches=25)
    for phenomenon in (queues.retries, queues.duplicates, queues.poison):
        with pytest.raises(LabError, match="no consumer asked service.example for anything"):
            phenomenon(consumers.Quiet, batches=2)


def test_a_consumer_may_delay_its_retries_as_long_as_they_end_before_the_next_round():
    delayed = HEAD + CAREFUL.replace("retry()", "retry(delaySeconds={})")
    asked: dict[str, Any] = {"failing": (0.5,), "explicit": True, "size": 4, "batches": 20}
    assert queues.retries(delayed.replace("{}", "60"), **asked).check()
    with pytest.raises(LabError, match="messages are still in the queue 300 s after the last came"):
        queues.retries(delayed.replace("{}", "600"), **asked)


def test_where_no_batch_came_out_the_other_way_the_interval_is_that_of_batches_not_of_messages():
    """At 40 % all batches are often retried to the end: by messages, that would be seven standard errors away."""
    agreement = queues.retries(failing=(0.4,), batches=40, seed=1)
    (row,) = agreement.check().rows
    assert row.yours and row.yours.mean == 4 > row.theory


def test_a_consumer_that_acknowledges_everything_loses_no_innocent():
    (row,) = queues.poison(consumers.Idempotent, sizes=(10,), watch="dead", share=0.1, batches=20).rows
    assert row.yours and row.yours.mean == 0


@pytest.mark.parametrize(("phenomenon", "wrong", "words"), [
    (queues.batches, {"messages_per_s": (1, 0)}, "messages_per_s=0: a number above 0"),
    (queues.batches, {"size": 2.5}, "size=2.5: whole numbers from 1"),
    (queues.batches, {"timeout": -1}, "timeout=-1: 0 or more"),
    (queues.retries, {"failing": (0.1, 1.5)}, "failing=1.5: a share is from 0 to 1"),
    (queues.retries, {"retries": -1}, "retries=-1: whole numbers from 0"),
    (queues.duplicates, {"crashing": (-0.1,)}, "crashing=-0.1: a share is from 0 to 1"),
    (queues.duplicates, {"retries": -1}, "retries=-1: whole numbers from 0"),
    (queues.poison, {"sizes": (5, 0)}, "sizes=0: whole numbers from 1"),
    (queues.autoscaling, {"most": 0}, "most=0: whole numbers from 1"),
    (queues.autoscaling, {"messages_per_s": (2, 9), "most": 5}, "9 messages/s: 5 consumers take 9.99, and so near"),
])  # fmt: skip
def test_what_no_queue_can_be_is_refused_in_a_sentence(phenomenon, wrong, words):
    with pytest.raises(LabError, match=words):
        phenomenon(None, **wrong)


def test_where_every_run_crashes_every_delivery_is_made():
    (row,) = queues.duplicates(None, crashing=(1,)).rows
    assert row.theory == row.model.mean == 4


@pytest.mark.parametrize("phenomenon", [queues.batches, queues.retries, queues.poison])
def test_what_is_not_watched_is_refused(phenomenon):
    with pytest.raises(LabError, match="watch='colour'"):
        phenomenon(None, watch="colour")


def test_without_failures_crashes_or_neighbours_everything_happens_once():
    assert queues.effects(0) == queues.work_done(1, 0.5) == 1 and queues.dead_share(1, 0.5) == 0
    assert queues.effects(0, duplicated=1) == 2
    assert queues.effects(1, retries=3) == 4
    assert queues.backlog_growth(100, 5, 100, 250) == 0
    assert queues.backlog_growth(100, 5, 100, 4) == pytest.approx(20, abs=0.1)
    assert queues.at_work(100, 5, 100) == 5


@settings(max_examples=15)
@given(st.floats(0, 0.9), st.integers(0, 3), st.integers(1, 6), st.booleans(), st.floats(0, 0.5), st.integers(0, 9))
def test_every_message_is_acknowledged_dead_or_still_there_and_none_is_tried_too_often(
    fails, retries, size, explicit, crashes, seed
):
    service, worker = Service(seed, fails=fails), consumers.Acknowledging if explicit else consumers.WholeBatch
    yours = Yours(worker, batches=3, seed=seed)
    lab = yours.bench(0, service, max_batch_size=size, max_batch_timeout=1, max_retries=retries)
    lab.queues(NAME).crash(crashes)
    rounds = yours.rounds(lab, size, service)
    acked, dead = (sum(rounds.each(lambda event, fate=fate: event.detail.get(fate, 0))) for fate in ("acked", "dead"))
    waiting = len(lab.queues(NAME).messages)
    assert acked + dead + waiting == 3 * size and len(lab.queues("jobs-dead").messages) == dead
    assert max(service.calls.values()) <= retries + 1 and waiting == 0
    assert sum(rounds.each(lambda event: event.detail["messages"])) == sum(service.calls.values())


def test_an_idempotency_key_is_that_of_one_effect_even_where_two_calls_come_together():
    lab = Yours(consumers.Idempotent, batches=20).bench(0, service := Service(0, seconds=lambda dice: 5.0))
    lab.queues(NAME).duplicate(1)
    Yours(consumers.Idempotent, batches=20).rounds(lab, 10, service)
    assert sum(service.calls.values()) == 400 and set(service.done().values()) == {1}
