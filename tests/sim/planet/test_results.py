"""What a run leaves: arrays, SQL, a line."""

from __future__ import annotations

import numpy as np
import pytest

from labkit.errors import LabError
from labkit.lab import Lab
from labkit.sim.planet import Kill, Loss, Planet, Poisson, Results
from labkit.sim.planet.results import in_words
from labkit.sim.planet.series import over_time

WORKER = """
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if "fail" in request.url:
            raise ValueError("as asked")
        return Response(await self.env.KV.get("a") or "nothing")
"""


@pytest.fixture(scope="module")
def results() -> Results:
    load = Poisson(30, places=["LHR", "SIN", "SYD"]) + Poisson(3, places=["SYD"], url="/fail")
    return Planet(Lab(WORKER, kv=["KV"]), load, 20, faults=[Kill("SIN", at=5, until=9), Loss(0.1, at=15)]).run()


def test_the_line_says_how_many_from_where_how_long_and_what_failed(results):
    failed = f"{100 * results.failed.mean():.2g} % failed"
    assert results.summary().startswith(f"{len(results)} requests in 20 s from 3 places: p50 ")
    assert failed in results.summary() and results.summary().count("\n") == 0
    assert repr(results) == results.summary()


def test_the_notebook_shows_the_line_and_the_chart(results):
    shown = results._repr_html_()
    assert results.summary() in shown and "<img" in shown


def test_quantiles_are_those_of_the_answers(results):
    answered = results.latency_s[results.status > 0]
    assert results.latency(0.99) == pytest.approx(np.quantile(answered, 0.99))
    assert results.latency([0, 1]) == pytest.approx([answered.min(), answered.max()])
    for wrong in (1.5, -0.1, [0.5, 99]):
        with pytest.raises(LabError, match="from 0 to 1"):
            results.latency(wrong)


def test_sql_sees_a_row_a_request(results):
    rows = results.sql("select place, count(*), max(seconds), sum(failed::int) from requests group by place order by 1")
    for place, count, slowest, failed in rows:
        here = results.place == place
        assert (count, slowest, failed) == (here.sum(), results.latency_s[here].max(), results.failed[here].sum())
    assert sum(rows.column("count_star()")) == len(results)


def test_requests_join_the_events_of_their_trace(results):
    (row,) = results.sql("""
        select count(distinct r.request), count(*) filter (e.primitive = 'kv'), sum((e.units->>'kv.read')::double)
        from requests r join events e on e.request = r.request""")
    fine = int((results.status == 200).sum())
    assert row == (len(results), fine, fine)


def test_without_a_trace_there_are_no_events_to_join():
    results = Planet(Lab(WORKER, kv=["KV"]), Poisson(5), 2, trace=False).run()
    with pytest.raises(Exception, match="events"):
        results.sql("select * from events")
    assert len(results.sql("select * from requests")) == len(results)


def test_places_are_listed_the_busiest_first(results):
    table = results.by_place()
    assert table.columns == ("place", "requests", "p50", "p99", "failed", "cold")
    assert table.column("requests") == sorted(table.column("requests"), reverse=True)


def test_outcomes_are_words_and_bytes_are_the_answers(results):
    assert (results.outcome[results.part == 1] == "error").all() and (results.status[results.part == 1] == 500).all()
    fine = results.outcome == "ok"
    assert (results.bytes[fine] == len("nothing")).all() and (results.bytes[~fine] > 0).all()


def test_against_time_every_request_is_in_one_bin(results):
    series = over_time(results, 40)
    assert series.per_s.sum() * 0.5 == pytest.approx(len(results))
    assert series.failed_per_s.sum() * 0.5 == pytest.approx(results.failed.sum())
    assert (series.latency_ms[0.5] <= series.latency_ms[0.99]).all()


def test_a_column_that_there_is_not_is_named_with_those_that_there_are(results):
    with pytest.raises(AttributeError, match="latencies.*seconds"):
        results.latencies  # noqa: B018


@pytest.mark.parametrize(("seconds", "words"), [
    (0.0123, "12.3 ms"), (0.9994, "999 ms"), (0.9996, "1 s"), (12.34, "12.3 s"), (float("nan"), "none"),
])  # fmt: skip
def test_a_time_has_three_digits(seconds, words):
    assert in_words(seconds) == words
