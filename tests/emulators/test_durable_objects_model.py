"""Whatever happens to an object and whenever: what was acknowledged is there, and nothing else is."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.emulators.rooms import Rooms

KEYS = st.sampled_from("abc")
STEPS = st.one_of(
    st.tuples(st.just("put"), KEYS, st.integers(0, 9)),
    st.tuples(st.just("get"), KEYS, st.none()),
    st.tuples(st.sampled_from(["abort", "crash", "evict", "kill", "sleep", "snapshot"]), st.none(), st.none()),
)
PAUSES = st.sampled_from([0.0, 0.003, 0.02, 1.0, 12.0])


class Model:
    """A room beside what its storage may hold: `known` for certain, and what was sent since and not acknowledged."""

    def __init__(self, **options: Any) -> None:
        self.rooms = Rooms(**options)
        self.known: dict[str, Any] = {}
        self.unsure: dict[str, set[Any]] = {}

    async def put(self, key: str, value: int) -> None:
        self.unsure.setdefault(key, set()).add(value)
        try:
            await self.rooms.stub().keep(key, value)
        except Exception:  # nobody knows
            return
        self.known[key] = value
        self.unsure[key].discard(value)

    async def get(self, key: str, _: None) -> None:
        value = await self.rooms.stub().kept(key)
        assert value == self.known.get(key) or value in self.unsure.get(key, set()), (key, value)

    def happen(self, event: str) -> None:
        objects, lab = self.rooms.objects, self.rooms.lab
        if event == "crash" and objects.known:
            objects.crash("a")
        elif event == "evict":
            lab.evict()
        elif event == "kill" and objects.known and lab.world.faults:
            objects.lose(self.rooms.object().place)

    async def step(self, kind: str, key: Any, value: Any) -> None:
        if kind in ("put", "get"):
            await getattr(self, kind)(key, value)
        elif kind == "abort":
            await asyncio.gather(self.rooms.stub().abort("why"), return_exceptions=True)
        elif kind == "sleep":
            await asyncio.sleep(11)
        else:
            self.happen(kind)


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.tuples(STEPS, PAUSES), max_size=14), network=st.booleans(), seed=st.integers(0, 3))
def test_what_was_acknowledged_in_turn_survives_everything(steps, network, seed):
    model = Model(seed=seed) if network else Model(network=None)
    for (kind, key, value), pause in steps:
        if kind == "snapshot":
            model.rooms.advance(20)
            model.rooms.lab.restore(model.rooms.lab.snapshot())
            continue
        model.rooms.run(model.step(kind, key, value))
        model.rooms.advance(pause)
    for key in "abc":
        model.rooms.run(model.get(key, None))


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.tuples(STEPS, PAUSES), max_size=14), seed=st.integers(0, 3))
def test_a_loss_under_way_leaves_what_was_acknowledged_or_what_was_sent(steps, seed):
    """The same, all at once: each step sets out while those before it may still be under way."""
    model = Model(seed=seed)

    async def all_of_them() -> None:
        running = []
        for (kind, key, value), pause in steps:
            if kind in ("put", "abort"):
                running.append(asyncio.ensure_future(model.step(kind, key, value)))
            else:
                model.happen(kind)
            await asyncio.sleep(pause)
        await asyncio.gather(*running)

    model.rooms.run(all_of_them())
    sent = {key: {value for (kind, k, value), _ in steps if kind == "put" and k == key} for key in "abc"}
    for key, values in sent.items():
        kept = model.rooms.run(model.rooms.stub().kept(key))
        assert kept in values if key in model.known else kept in {None, *values}
