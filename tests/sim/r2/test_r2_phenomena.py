"""R2's phenomena: what a home far away costs, what a domain's caches save, and what they hide."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from labkit.errors import LabError
from labkit.sim import r2, traffic
from labkit.sim.agreement import Disagreement
from labkit.sim.r2.yours import DOMAIN, Yours
from labkit.sim.workers import hello

SOURCE = """
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method == "PUT":
            await self.env.FILES.put("photo.jpg", await request.text(), httpMetadata={"cacheControl": "max-age=60"})
        return Response("stored")
"""


def module(name: str):
    return sys.modules[f"labkit.sim.r2.{name}"]


def test_a_bucket_far_from_everybody_answers_late():
    near, far = (r2.answered_within(200, location=hint, places=339) for hint in ("weur", "oc"))
    assert near > far + 0.2
    assert r2.answered_within(10_000, location="oc", places=50) > 0.999


def test_beside_the_bucket_as_many_reads_are_slow_as_were_measured():
    import numpy as np

    assert 1 - float(module("home").served_within(np.array(0.422))) == pytest.approx(0.027, abs=0.001)


def test_a_copy_older_than_max_age_is_never_served():
    assert r2.old_share(601, 0.01, 600) == 0
    assert r2.old_share(0, 1000, 600) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(("where", "form", "wrong", "call"), [
    ("home", "served_within", lambda seconds: (seconds > 0.05) * 1.0,
     lambda: r2.home(None, within_ms=(60, 500), places=50)),
    ("domain", "hit_ratio", lambda rate, max_age: 1 - 2.718 ** (-rate * max_age),
     lambda: r2.cached(None, reads_per_s=(0.003,))),
    ("domain", "old_share", lambda after, reads_per_s, max_age: max(1 - after / max_age, 0),
     lambda: r2.overwritten(None, after=(120, 240))),
])  # fmt: skip
def test_a_wrong_formula_is_found_out(monkeypatch, where, form, wrong, call):
    monkeypatch.setattr(module(where), form, wrong)
    with pytest.raises(Disagreement):
        call().check()


def test_a_worker_that_allows_another_age_leaves_the_line():
    with pytest.raises(Disagreement, match="yours"):
        r2.cached(SOURCE, reads_per_s=(0.003,), visits=600).check()
    assert r2.cached(SOURCE, reads_per_s=(0.03,), max_age=60).check()


def test_a_worker_that_stores_nothing_is_told_so():
    with pytest.raises(LabError, match="stored no object 'photo.jpg' in FILES; the last status was 200"):
        r2.cached(hello.Default, reads_per_s=(0.003,))


def test_an_unknown_location_is_refused():
    with pytest.raises(LabError, match="location='us': it is 'wnam' or 'enam'"):
        r2.home(location="us")


@settings(max_examples=10)
@given(some.lists(some.tuples(some.floats(0, 300), some.sampled_from(["LHR", "SYD", "NRT"])), min_size=1, max_size=12),
       some.floats(50, 250))  # fmt: skip
def test_the_domain_never_serves_the_future_nor_an_old_object_beyond_its_age(reads, written):
    yours = Yours(visits=0)
    lab = yours.lab(0, max_age=60)
    visits = [yours.from_domain(10 + at, colo) for at, colo in reads]
    writes = [yours.write(0, "old object"), yours.write(10 + written, "new")]
    answers = dict(zip(map(id, visits), traffic.play(lab, [*writes, *visits])[2:], strict=True))
    settled = 10.0  # a write, and a fill, take their time
    for visit in visits:
        body = lab.run(answers[id(visit)].text())
        if visit.at < 10 + written:
            assert body == "old object"
        if visit.at > 10 + written + 60 + settled:
            assert body == "new"
    hits = [event for event in lab.trace.where("r2", "public") if event.outcome == "HIT"]
    fills = [event for event in lab.trace.where("r2", "public") if event.outcome in ("MISS", "EXPIRED", "REVALIDATED")]
    assert len(hits) + len(fills) == len(visits) and lab.r2("FILES").public[DOMAIN]
    for hit in hits:
        assert any(f.place == hit.place and hit.start - 60 - settled < f.end <= hit.end for f in fills)


@pytest.mark.parametrize(("call", "words"), [
    (lambda: r2.cached(reads_per_s=(0,)), "reads_per_s=0: a number above 0"),
    (lambda: r2.overwritten(after=(-1,)), "after=-1: 0 or more"),
    (lambda: r2.home(within_ms=(-5,)), "within_ms=-5: a number above 0"),
])  # fmt: skip
def test_what_cannot_be_is_refused_before_anything_runs(call, words):
    with pytest.raises(LabError, match=words):
        call()
