"""When a write of Vectorize is found: not at once, in order, all of a job together; what snapshots and faults do."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit import Lab
from labkit.billing import price
from labkit.emulators.vectorize.index import Vector
from labkit.emulators.vectorize.metrics import float32
from labkit.emulators.vectorize.mutations import Log, Mutation
from labkit.network.faults import Unreachable
from tests.emulators.crashing import at_every_moment
from tests.emulators.indexes import Indexed
from tests.emulators.worlds import flat, planet

LEAST, MOST = 2.0, 8.0


def test_what_was_acknowledged_is_found_after_2_to_8_seconds():
    for seed in range(20):
        index = Indexed(planet(seed))
        index.write(("a", [1, 0]))
        kept = index.bench.trace.where("vectorize", "upsert")[0].detail["kept"]
        index.bench.until(kept + LEAST - 0.2)
        assert index.ids([1, 0]) == index.call("getByIds", ["a"]) == []
        index.bench.until(kept + MOST)
        assert index.ids([1, 0]) == ["a"]


def test_where_the_network_is_off_it_is_found_at_once():
    index = Indexed(flat())
    mutation = index.write(("a", [1, 0]))
    assert index.ids([1, 0]) == ["a"] and index.bench.now == 0
    assert index.call("describe") == {"vectorCount": 1, "dimensions": 2, "processedUpToMutation": mutation,
                                      "processedUpToDatetime": "2023-11-14T22:13:20.000Z"}  # fmt: skip


def test_describe_tells_of_the_last_mutation_of_a_job_and_when_the_index_was_made_anew():
    index = Indexed(planet())
    before = index.call("describe")
    assert before == {"vectorCount": 0, "dimensions": 2, "processedUpToMutation": None, "processedUpToDatetime": None}
    first, second, third = (index.write((name, [1, 0])) for name in "abc")
    assert len({first, second, third}) == 3 and all(len(each) == 36 for each in (first, second, third))
    index.bench.advance(MOST)
    assert index.call("describe")["processedUpToMutation"] == first
    index.bench.advance(MOST)
    assert index.call("describe")["processedUpToMutation"] == third, "the second and the third share a job"
    assert [len(job.detail["mutations"]) for job in index.bench.trace.where("vectorize", "job")] == [1, 2]


def test_who_waits_for_the_very_mutation_waits_for_ever_where_another_writes():
    index = Indexed(planet())
    mine = [index.write((name, [1, 0])) for name in "abc"][1]
    seen = set()
    for _ in range(40):
        index.bench.advance(0.5)
        seen.add(index.call("describe")["processedUpToMutation"])
    assert mine not in seen and index.call("getByIds", ["b"])


def test_a_delete_is_not_seen_at_once_either():
    index = Indexed(planet())
    index.write(("a", [1, 0]))
    index.bench.advance(MOST)
    index.call("deleteByIds", ["a", "not there"])
    assert index.ids([1, 0]) == ["a"]
    index.bench.advance(MOST)
    assert index.ids([1, 0]) == [] and index.call("describe")["vectorCount"] == 0


def test_all_of_a_job_is_found_in_one_instant():
    index = Indexed(planet())
    index.write(("first", [1, 0]))
    index.write(("a", [1, 0]), ("b", [1, 0]))
    index.write(("c", [1, 0]))
    counts = set()
    for _ in range(180):
        index.bench.advance(0.1)
        counts.add(index.call("describe")["vectorCount"])
    assert counts == {0, 1, 4}


@pytest.mark.parametrize(
    ("sizes", "jobs"),
    [
        ([1] * 1001, [1, 1000]),
        ([1] * 1002, [1, 1000, 1]),
        ([1, 100_000, 100_000, 1], [1, 2, 1]),
        ([1, 200_001], [1, 1]),
    ],
)
def test_a_job_takes_1000_mutations_or_200000_vectors(sizes, jobs):
    bench, done = planet(), []
    log = Log(bench.world, lambda mutations, job: done.append(len(mutations)))
    for number, size in enumerate(sizes):
        log.append(Mutation(str(number), "delete", ids=("x",) * size))
    bench.advance(100)
    assert done == jobs and not log.waiting


KINDS = st.sampled_from(["upsert", "insert", "delete"])


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 6), st.sampled_from("abc"), KINDS), max_size=25), st.integers(0, 5))
def test_the_index_is_always_what_a_prefix_of_the_acknowledged_mutations_makes(writes, seed):
    bench, prefix = planet(seed), []
    index, states, model = {}, [{}], {}

    def commit(mutations, job):
        for mutation in mutations:
            mutation.apply(index)
        prefix.extend(mutations)
        assert index == states[len(prefix)]
        assert all(LEAST <= bench.now - kept[each.id] <= 2 * MOST for each in mutations)

    log, kept = Log(bench.world, commit), {}
    for number, (wait, name, kind) in enumerate(writes):
        bench.advance(wait)
        vector = Vector(name, float32([number]))
        content: dict[str, Any] = {"ids": (name,)} if kind == "delete" else {"vectors": (vector,)}
        if kind == "delete":
            model.pop(name, None)
        elif kind == "upsert" or name not in model:
            model[name] = vector
        states.append(dict(model))
        kept[str(number)] = bench.now
        log.append(Mutation(str(number), kind, **content))
    bench.advance(2 * MOST)
    assert [each.id for each in prefix] == [str(number) for number in range(len(writes))]


def test_a_snapshot_goes_on_to_the_same_index_at_the_same_moment():
    lab = Lab(vectorize={"VECTORS": 2})
    env = lab.env("AMS")
    lab.run(env.VECTORS.upsert([{"id": "a", "values": [1, 0]}]))
    lab.run(env.VECTORS.upsert([{"id": "b", "values": [1, 0]}]))
    lab.run(lab.advance(1))
    state = lab.snapshot()
    outcomes = []
    for _ in range(2):
        lab.vectorize("VECTORS").create_metadata_index("late", "string")
        lab.run(lab.env("SYD").VECTORS.upsert([{"id": "c", "values": [1, 0]}]))
        lab.run(lab.advance(30))
        outcomes.append([(job.start, job.end, job.detail["mutations"]) for job in lab.trace.where("vectorize", "job")])
        found = lab.run(lab.env("AMS").VECTORS.query([1, 0]))
        assert sorted(match["id"] for match in found["matches"]) == ["a", "b", "c"]
        lab.restore(state)
        assert lab.vectorize("VECTORS").waiting == 2 and not lab.vectorize("VECTORS").metadata_indexes
    assert outcomes[0] == outcomes[1] != []


def test_a_snapshot_of_an_index_that_is_not_created_holds_none():
    lab = Lab(wrangler={"vectorize": [{"binding": "V", "index_name": "v"}]})
    state = lab.snapshot()
    lab.vectorize("V").create(3, "cosine")
    lab.restore(state)
    assert lab.vectorize("V").index is None and "not created" in repr(lab.vectorize("V"))


def test_an_index_lives_near_who_first_uses_it_and_the_way_there_counts():
    index = Indexed(planet(), colo="SYD")
    index.call("describe")
    assert index.vectorize.home == "SYD"
    index.colo = "LHR"
    before = index.bench.now
    index.call("query", [1, 0])
    assert index.bench.now - before > 0.2
    assert index.bench.charged == {"vectorize": 2}


def test_in_an_outage_nobody_is_answered_and_what_was_acknowledged_is_found_afterwards():
    index = Indexed(planet())
    index.write(("a", [1, 0]))
    index.vectorize.outage("1 minute")
    assert index.refusal("query", [1, 0]) == "Error: VECTOR_QUERY_ERROR: Status + 500"
    assert index.refusal("upsert", [{"id": "b", "values": [1, 0]}]) == "Error: VECTOR_UPSERT_ERROR: Status + 500"
    assert index.refusal("describe") == "Error: INDEX_GET_ERROR: Status + 500"
    index.bench.advance(60)
    assert index.ids([1, 0]) == ["a"]


def test_who_is_cut_off_from_the_index_gets_the_same_words():
    index = Indexed(planet())
    index.call("describe")
    index.bench.faults.partition("LHR")
    index.colo = "LHR"
    assert index.refusal("getByIds", ["a"]) == "Error: VECTOR_GET_ERROR: Status + 500"


NOTES = """
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        await self.env.VECTORS.upsert([{"id": "a", "values": [1, 0]}, {"id": "b", "values": [1, 0]}])
        await self.env.VECTORS.upsert([{"id": "a", "values": [0, 1]}, {"id": "c", "values": [0, 1]}])
        return Response("kept")
"""


def scenario() -> Any:
    lab = Lab(NOTES, vectorize={"VECTORS": 2}, seed=3)
    lab.run(lab.env("AMS").VECTORS.describe())  # the index lives elsewhere than the Worker that is lost
    told: list[int] = []

    def play() -> None:
        with suppress(Unreachable):
            told.append(lab.run(lab.fetch("/", colo="LHR")).status)

    return SimpleNamespace(lab=lab, play=play, told=told)


def test_wherever_the_machine_is_lost_a_batch_is_kept_whole_or_not_at_all_and_what_was_told_is_kept():
    outcomes = set()
    for played in at_every_moment(scenario, lambda lab: lab.kill("LHR")):
        played.lab.run(played.lab.advance(3 * MOST))
        index = played.lab.vectorize("VECTORS").index
        vectors = {name: vector.values.tolist() for name, vector in index.vectors.items()}
        outcomes.add((len(vectors), bool(played.told)))
        one, both = {"a": [1, 0], "b": [1, 0]}, {"a": [0, 1], "b": [1, 0], "c": [0, 1]}
        assert vectors in ({}, one, both)
        assert vectors == both or not played.told
    assert {(0, False), (2, False), (3, False)} <= outcomes


def test_two_writes_at_once_are_kept_in_the_order_in_which_they_arrive():
    index = Indexed(planet())
    near, far = index.vectorize.binding("AMS"), index.vectorize.binding("SYD")
    index.call("describe")

    async def both():
        await asyncio.gather(far.upsert([{"id": "a", "values": [0, 1]}]), near.upsert([{"id": "a", "values": [1, 0]}]))

    index.bench.run(both())
    index.bench.advance(2 * MOST)
    assert index.call("getByIds", ["a"])[0]["values"] == [0, 1]


def test_the_bill_counts_dimensions_queried_and_stored():
    index = Indexed(flat(), dimensions=4)
    index.write(*[(str(number), [1] * 4) for number in range(10)])
    for _ in range(3):
        index.call("query", [1] * 4)
    index.call("queryById", "3")
    index.call("getByIds", ["3"])
    index.call("describe")
    assert index.bench.trace.units() == {"vectorize.queried_dims": 16}
    assert index.vectorize.stored_units() == {"vectorize.stored_dims": 40, "vectorize.searched_dims": 40}


def test_without_a_query_nothing_is_billed_as_queried():
    index = Indexed(flat(), dimensions=4)
    index.write(("a", [1] * 4))
    index.call("getByIds", ["a"])
    assert index.vectorize.stored_units() == {"vectorize.stored_dims": 4}


def test_at_a_scale_there_are_more_queries_and_not_more_vectors():
    lab = Lab(vectorize={"VECTORS": 100})
    lab.run(lab.env("AMS").VECTORS.upsert([{"id": str(number), "values": [1] * 100} for number in range(10)]))
    lab.run(lab.advance(10))
    state = lab.snapshot()
    lab.run(lab.env("AMS").VECTORS.query([1] * 100))
    queried, stored = "vectorize.queried_dims", "vectorize.stored_dims"
    assert lab.bill(scale=50)[queried].quantity == 50 * 100 + 1000
    assert lab.bill(scale=50)[stored].quantity == lab.bill()[stored].quantity == 1000
    lab.restore(state)
    assert not lab.vectorize("VECTORS").is_queried


def test_the_official_example_costs_31_cents():
    """10,000 vectors of 768 dimensions and 30,000 queries a month, before what is included."""
    stored, queried = 10_000 * 768, 30_000 * 768
    units = {"vectorize.stored_dims": stored, "vectorize.searched_dims": stored, "vectorize.queried_dims": queried}
    bill = price(units, with_fee=False, with_allowances=False)
    assert bill.total == Decimal("0.31")


def test_the_same_seed_gives_the_same_jobs():
    ends = []
    for seed in (1, 1, 2):
        index = Indexed(planet(seed))
        for name in "ab":
            index.write((name, [1, 0]))
        index.bench.advance(20)
        ends.append([job.end for job in index.bench.trace.where("vectorize", "job")])
    assert ends[0] == ends[1] != ends[2]


def test_a_lab_shows_what_waits():
    index = Indexed(planet())
    index.write(("a", [1, 0]))
    assert repr(index.vectorize) == "<Vectorize index notes: 2 dimensions, cosine, 0 vectors, 1 waiting>"
