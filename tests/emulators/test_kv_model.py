"""KV against plain models: with the network off a dict with ends, on the planet the promises that readers rely on."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from labkit import facts
from labkit.emulators.kv import Kv
from labkit.workers.ffi import JsException
from tests.emulators.worlds import flat, planet

KEYS = st.sampled_from(["a", "a/b", "a/c", "b", "Z", "é", "ключ", "~"])
VALUES = st.text(max_size=3)
TTLS = st.one_of(st.none(), st.integers(60, 200))
PLACES = st.sampled_from(["SYD", "MEL", "LHR", "CDG", "NRT"])


class Consistent(RuleBasedStateMachine):
    """The network off: every place sees one dict."""

    def __init__(self):
        super().__init__()
        self.bench = flat()
        self.kv = Kv("KV", self.bench.world)
        self.model: dict[str, tuple[str, float | None, object]] = {}

    def there(self) -> dict[str, tuple[str, float | None, object]]:
        now = self.bench.world.unix
        return {key: row for key, row in self.model.items() if row[1] is None or now < row[1]}

    @rule(key=KEYS, value=VALUES, ttl=TTLS, metadata=st.one_of(st.none(), st.integers()), colo=PLACES)
    def put(self, key, value, ttl, metadata, colo):
        options = {} if ttl is None else {"expirationTtl": ttl}
        self.bench.run(
            self.kv.binding(colo).put(key, value, options | {"metadata": metadata % 1000 if metadata else None})
        )
        end = None if ttl is None else int(self.bench.world.unix) + ttl
        self.model[key] = (value, end, metadata % 1000 if metadata else None)

    @rule(key=KEYS, colo=PLACES)
    def delete(self, key, colo):
        self.bench.run(self.kv.binding(colo).delete(key))
        self.model.pop(key, None)

    @rule(seconds=st.integers(1, 100))
    def wait(self, seconds):
        self.bench.advance(seconds + 0.37)  # never the very second of an end, where a listing lags

    @rule(key=KEYS, colo=PLACES)
    def read(self, key, colo):
        value, _, metadata = self.there().get(key, (None, None, None))
        found = self.bench.run(self.kv.binding(colo).getWithMetadata(key))
        assert (found["value"], found["metadata"]) == (value, metadata)

    @rule(keys=st.lists(KEYS, min_size=1))
    def read_many(self, keys):
        expected = {key: self.there().get(key, (None,))[0] for key in keys}
        assert list(self.bench.run(self.kv.binding("SYD").get(keys)).items()) == list(expected.items())

    @rule(prefix=st.sampled_from(["", "a", "a/", "x"]), limit=st.integers(1, 4))
    def walk(self, prefix, limit):
        names, cursor, complete = [], None, False
        while not complete:
            page = self.bench.run(self.kv.binding("SYD").list(prefix=prefix, limit=limit, cursor=cursor))
            names += [row.name for row in page["keys"]]
            cursor, complete = page.get("cursor"), page["list_complete"]
        there = [key for key in self.there() if key.startswith(prefix)]
        assert names == sorted(there, key=lambda key: key.encode())

    @invariant()
    def bytes_are_those_of_what_is_there(self):
        rows = self.there().items()
        texts = [key + value + ("" if metadata is None else str(metadata)) for key, (value, _, metadata) in rows]
        assert self.kv.stored_bytes == len("".join(texts).encode())


class Promises(RuleBasedStateMachine):
    """The planet: what a place is told was true not long ago, and never less than what it wrote itself."""

    def __init__(self):
        super().__init__()
        self.bench = planet()
        self.kv = Kv("KV", self.bench.world)
        self.history: dict[str, list[tuple[float, str | None]]] = {key: [(0.0, None)] for key in "xyz"}
        self.own: dict[tuple[str, str], float] = {}

    def allowed(self, key: str, since: float) -> set[str | None]:
        """Every value that the key had at some moment from `since` on."""
        told = self.history[key]
        ends = [moment for moment, _ in told[1:]] + [float("inf")]
        return {value for (_, value), end in zip(told, ends, strict=True) if end > since}

    @rule(key=st.sampled_from("xyz"), value=VALUES, colo=PLACES, remove=st.booleans())
    def write(self, key, value, colo, remove):
        env = self.kv.binding(colo)
        try:
            self.bench.run(env.delete(key) if remove else env.put(key, value))
        except JsException as error:
            assert "429" in str(error)
            return
        landed = self.kv.store.current(key, self.kv.now, self.kv.unix).landed
        self.history[key].append((landed, None if remove else value))
        self.own[colo, key] = landed

    @rule(key=st.sampled_from("xyz"), colo=PLACES, ttl=st.sampled_from([30, 60]))
    def read(self, key, colo, ttl):
        began = self.bench.now
        value = self.bench.run(self.kv.binding(colo).get(key, cacheTtl=ttl))
        assert value in self.allowed(key, began - ttl - self.delay(colo)), "older than the cacheTtl and the way here"
        assert value in self.allowed(key, self.own.get((colo, key), 0.0)), "older than what this place wrote"

    def delay(self, colo: str) -> float:
        """Seconds in which news from any store and a copy from the regional tier surely arrive."""
        links, regional = self.bench.world.links, self.kv.path(colo).regional.place
        stores = facts.value("kv.central_stores")
        return sum(1.5 * max(links.rtt(a, b) for a in stores for b in (regional, colo)) for _ in range(2))

    @rule(key=st.sampled_from("xyz"), colo=PLACES)
    def read_with_a_long_ttl(self, key, colo):
        value = self.bench.run(self.kv.binding(colo).get(key, cacheTtl=86400))
        assert value in self.allowed(key, 0.0), "a value that was never written"
        assert value in self.allowed(key, self.own.get((colo, key), 0.0))

    @rule(seconds=st.floats(0, 90))
    def wait(self, seconds):
        self.bench.advance(seconds)

    @precondition(lambda self: len(self.history["x"]) > 1)
    @rule()
    def agree_in_the_end(self):
        self.bench.advance(61)
        newest = {key: told[-1][1] for key, told in self.history.items()}
        for colo in ("SYD", "LHR", "GRU"):
            assert self.bench.run(self.kv.binding(colo).get(["x", "y", "z"])) == newest


TestConsistent = Consistent.TestCase
TestConsistent.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestPromises = Promises.TestCase
TestPromises.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
