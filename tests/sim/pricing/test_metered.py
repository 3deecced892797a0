"""The Worker's own use decides: one that uses more than was predicted leaves the line, and a wrong formula is found."""

from __future__ import annotations

import sys

import pytest

from labkit.errors import LabError
from labkit.sim import pricing
from labkit.sim.agreement import Disagreement
from labkit.sim.pricing import Kind

SOURCE = """
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        {extra}
        await self.env.FLAGS.get("flag")
        {put}
        return Response("ok")
"""
PUT = 'await self.env.FLAGS.put(request.url[-9:], "1")'
TWICE = 'await self.env.FLAGS.get("flag")'
KINDS = (Kind("/a", 0.5, {"workers.requests": 1, "workers.cpu_ms": 1.01, "kv.read": 1}),
         Kind("/b", 0.5, {"workers.requests": 1, "workers.cpu_ms": 1.01, "kv.read": 1}))  # fmt: skip


def billed(extra: str = "pass", put: str = "pass"):
    return pricing.bill(SOURCE.format(extra=extra, put=put), kinds=KINDS, requests=(1e8,), visits=200,
                        lab={"kv": ["FLAGS"]}, prepare=lambda lab: None)  # fmt: skip


def test_a_worker_that_does_what_was_predicted_is_billed_to_the_cent():
    (row,) = billed().rows
    assert row.yours and row.yours.mean == pytest.approx(row.theory, abs=0.01)


@pytest.mark.parametrize("more", [{"extra": TWICE}, {"put": PUT}])
def test_a_worker_that_reads_twice_or_writes_leaves_the_line(more):
    with pytest.raises(Disagreement, match="yours"):
        billed(**more).check()


def test_a_month_without_requests_is_refused():
    with pytest.raises(LabError, match="a number above 0"):
        pricing.bill(None, requests=(0,))
    with pytest.raises(LabError, match="a number above 0"):
        pricing.egress(None, downloads=(-1,))


def test_shares_that_are_not_a_whole_are_refused():
    with pytest.raises(LabError, match=r"add up to 0\.5"):
        pricing.bill(None, kinds=KINDS[:1])
    with pytest.raises(LabError, match=r"add up to 0\.9"):
        pricing.egress(None, kept={"a": (0.9, 1)})


READER = """
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        name = request.url.rpartition("/")[2]
        for turn in range({times}):
            found = await (await self.env.FILES.get(name)).bytes()
        return Response("read")
"""


def test_a_worker_that_reads_each_file_twice_leaves_the_line():
    options = {"downloads": (1e8,), "visits": 40, "kept": {"page.jpg": (1.0, 100_000)}}
    assert pricing.egress(READER.format(times=1), **options).check().rows[0].yours
    with pytest.raises(Disagreement, match="yours"):
        pricing.egress(READER.format(times=2), **options).check()


def test_a_worker_that_reads_nothing_is_told_so():
    with pytest.raises(LabError, match="read nothing from the bucket FILES"):
        pricing.egress(SOURCE.format(extra="pass", put="pass"), downloads=(1e6,), visits=40)


@pytest.mark.parametrize(("name", "form", "wrong"), [
    ("bill", "expected_bill", lambda requests, kinds: 5 + requests / 1e6 * 0.30),
    ("egress", "expected_egress", lambda downloads, kept: downloads * 85e-6 * 0.09),
])  # fmt: skip
def test_a_wrong_formula_is_found_out(monkeypatch, name, form, wrong):
    monkeypatch.setattr(sys.modules[f"labkit.sim.pricing.{name}"], form, wrong)
    with pytest.raises(Disagreement):
        getattr(pricing, name)(None).check()
