"""Hyperdrive's phenomena: what a wrong formula or a wrong Worker comes to, and where each phenomenon ends."""

from __future__ import annotations

import sys
from math import inf, lgamma, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import LabError
from labkit.sim import hyperdrive, queueing, waiting
from labkit.sim.agreement import Disagreement
from labkit.sim.hyperdrive import STRAIGHT, THROUGH
from labkit.sim.kv import copies
from labkit.sim.streams import generator

WORKER = """
from pg8000 import native
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        hd, last = self.env.HD, request.url.rpartition("/")[2]
        {body}
"""
CONNECT = """
        account = dict(host=hd.host, port=hd.port, password=hd.password, database=hd.database, ssl_context=False)
        database = native.Connection(hd.user, **account)
"""
PARAMETERS = (
    CONNECT
    + """
        return Response(str([database.run("SELECT :n", n=1) for _ in range(int(last))]))
"""
)
CHANGING = (
    CONNECT
    + """
        rows = database.run(f"SELECT value, now() FROM flags WHERE key = {native.literal(last)}")
        return Response(rows[0][0])
"""
)
TRANSACTION = (
    CONNECT
    + """
        database.run("BEGIN")
        database.run(f"SELECT pg_sleep({last})")
        database.run(f"SELECT pg_sleep({last})")
        database.run("COMMIT")
        return Response("done")
"""
)
NOTHING = """
        return Response("hello")
"""


def module(name: str):
    return sys.modules[f"labkit.sim.hyperdrive.{name}"]


def worker(body: str) -> str:
    return WORKER.replace("{body}", body.strip())


@pytest.mark.parametrize("call", [
    lambda: hyperdrive.round_trips(STRAIGHT, queries=(1,)),
    lambda: hyperdrive.round_trips(THROUGH, queries=(1,), straight=True),
    lambda: hyperdrive.round_trips(worker(PARAMETERS), queries=(5,)),
    lambda: hyperdrive.storm(THROUGH, requests_per_s=(10,), pops=5, visits=40),
    lambda: hyperdrive.pool(worker(TRANSACTION), queries_per_s=(25,)),
    lambda: hyperdrive.cached_reads(worker(CHANGING), reads_per_s=(0.1,), flags=20, visits=60),
    lambda: hyperdrive.stale_reads(worker(CHANGING), writes_per_s=(0.03,), flags=20, visits=60),
])  # fmt: skip
def test_a_worker_that_does_otherwise_leaves_the_line(call):
    with pytest.raises(Disagreement, match="yours"):
        call().check()


def test_a_worker_that_asks_nothing_is_told_so():
    with pytest.raises(LabError, match="asked nothing of the database. The last status was 200"):
        hyperdrive.round_trips(worker(NOTHING), queries=(1,))


@pytest.mark.parametrize(("name", "form", "wrong", "call"), [
    ("round_trips", "request_ms", lambda n, straight, colo: 225.0 * n + 7, lambda: hyperdrive.round_trips(
        None, queries=(10,), straight=True)),
    ("storm", "connections", lambda rate, places: rate * 0.13, lambda: hyperdrive.storm(None, requests_per_s=(10,))),
    ("pool", "wait_ms", lambda rate, held, connections: 1000 * waiting.mmc_wait(rate, held, connections),
     lambda: hyperdrive.pool(None, queries_per_s=(35,))),
    ("cached_reads", "cached_share", lambda rate, max_age, revalidate: copies.hit_ratio(rate, 75, inf),
     lambda: hyperdrive.cached_reads(None, reads_per_s=(0.03,))),
    ("cached_reads", "stale_share", lambda rate, w, max_age, revalidate: copies.stale_reads(rate, w, max_age),
     lambda: hyperdrive.stale_reads(None, writes_per_s=(0.01,), pops=100)),
])  # fmt: skip
def test_a_wrong_formula_is_found_out(monkeypatch, name, form, wrong, call):
    monkeypatch.setattr(module(name), form, wrong)
    with pytest.raises(Disagreement, match="model"):
        call().check()


def test_the_first_answer_takes_eight_round_trips_or_one():
    straight, through = (hyperdrive.request_ms(1, straight=each, colo="SYD") for each in (True, False))
    assert straight / through == pytest.approx(8, rel=0.05)


def test_a_hundred_requests_a_second_from_everywhere_fill_a_postgres_and_ten_do_not():
    places = ("LHR", "SYD", "GRU", "IAD", "NRT", "JNB", "SIN", "FRA")
    full = 100 / hyperdrive.connections(1, places=places)
    assert hyperdrive.share_refused(10, places=places) < 1e-9
    assert hyperdrive.share_refused(full, places=places) == pytest.approx(0.0757, abs=1e-4)
    assert hyperdrive.share_refused(10 * full, places=places) == pytest.approx(0.9, abs=1e-3)


def test_without_the_time_to_revalidate_the_cache_is_a_plain_one():
    load = 0.05 * 60
    assert hyperdrive.cached_share(0.05, 60, 0) == pytest.approx(load / (1 + load))
    assert hyperdrive.stale_share(0.05, 0.01, 60, 0) == pytest.approx(
        load / (1 + load) * (1 - (1 - np.exp(-0.6)) / 0.6)
    )
    assert hyperdrive.cached_share(0.05) > hyperdrive.cached_share(0.05, 60, 0)


def test_one_server_of_constant_services_is_the_usual_formula_and_several_wait_less_than_erlang_says():
    for load in (0.1, 0.5, 0.95):
        assert waiting.mdc_wait(load, 1.0, 1) == pytest.approx(float(waiting.md1_wait(load, 1.0)))
        assert waiting.mdc_wait(5 * load, 1.0, 5) < waiting.mmc_wait(5 * load, 1.0, 5)
    assert waiting.mdc_wait(5.0, 1.0, 5) == inf and waiting.mdc_wait(0.0, 1.0, 5) == 0


@given(st.integers(0, 2000), st.integers(1, 6))
def test_what_a_customer_finds_is_the_wait_that_the_queue_gave_it(number, servers):
    arrivals = np.cumsum(generator(5).exponential(1 / (0.8 * servers), 2001))
    served = queueing.serve(arrivals, np.ones(arrivals.size), servers)
    left, in_line = module("pool").found(served, number)
    free = sorted([*left.tolist(), *[0.0] * (servers - left.size)])
    for _ in range(in_line):
        free = sorted([*free[1:], free[0] + 1.0])
    assert left.size <= servers and (left.size == servers or not in_line)
    assert free[0] == pytest.approx(served.wait[number], abs=1e-6)


@pytest.mark.parametrize(("load", "servers"), [(0.3, 2), (0.7, 5), (0.9, 5), (0.9, 20), (0.95, 100)])
def test_the_wait_for_several_servers_is_crommelins_sum(load, servers):
    busy, wait = load * servers, 0.0
    for i in range(1, 3000):
        least = i * servers
        terms = np.log(i * busy) - np.log(np.arange(least + 1, least + 2000))
        first = least * log(i * busy) - i * busy - lgamma(least + 1)
        tail = np.exp(first + np.append(0.0, np.cumsum(terms)))
        wait += tail.sum() - servers / busy * tail[1:].sum()
        if tail.sum() < 1e-13:
            break
    assert waiting.mdc_wait(busy, 1.0, servers) == pytest.approx(wait, rel=1e-8)


@pytest.mark.parametrize(("call", "words"), [
    (lambda: hyperdrive.pool(None, queries_per_s=(50,)), "more than 97% of the 5 of the pool"),
    (lambda: hyperdrive.pool(None, queries_per_s=(24.5,), held=0.2), "more than 97% of the 5 of the pool"),
    (lambda: hyperdrive.pool(None, held=0), "held=0: a number above 0"),
    (lambda: hyperdrive.round_trips(None, queries=(0,)), "queries=0: whole numbers from 1"),
    (lambda: hyperdrive.storm(None, requests_per_s=(0,)), "requests_per_s=0"),
    (lambda: hyperdrive.cached_reads(None, reads_per_s=(0.1,), max_age=0), "max_age=0"),
    (lambda: hyperdrive.stale_reads(None, writes_per_s=(0,)), "writes_per_s=0"),
])  # fmt: skip
def test_what_has_no_answer_is_refused_in_a_sentence(call, words):
    with pytest.raises(LabError, match=words):
        call()
