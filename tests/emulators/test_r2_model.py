"""R2 against a plain dict: what is put, replaced on a condition, uploaded in parts, deleted, and listed."""

from __future__ import annotations

import hashlib

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from labkit.workers.ffi import JsException
from tests.emulators.files import Files
from tests.emulators.worlds import flat, planet

KEYS = st.sampled_from(["a", "a/b", "a/c", "b", "Z", "é"])
VALUES = st.binary(max_size=3)
PLACES = st.sampled_from(["SYD", "LHR", "GRU"])


class Bucket(RuleBasedStateMachine):
    """Every place sees the one dict, at once."""

    world = staticmethod(flat)

    def __init__(self):
        super().__init__()
        self.files = Files(self.world())
        self.bucket, self.bench = self.files.bucket, self.files.bench
        self.model: dict[str, bytes] = {}
        self.etags: dict[str, str] = {}
        self.snapshots: list[tuple] = []

    def at(self, colo: str, method: str, *args, **options):
        """A call from a place, a second after the last: a key takes no more."""
        self.bench.advance(1)
        return self.bench.run(getattr(self.bucket.binding(colo), method)(*args, **options))

    @rule(key=KEYS, value=VALUES, colo=PLACES)
    def put(self, key, value, colo):
        self.stored(key, value, self.at(colo, "put", key, value))
        assert self.etags[key] == hashlib.md5(value).hexdigest()

    def stored(self, key, value, found):
        self.model[key], self.etags[key] = value, found.etag

    @rule(key=KEYS, value=VALUES, other=KEYS, colo=PLACES)
    def replace(self, key, value, other, colo):
        """On the condition that the key has the etag of another, or of itself."""
        etag = self.etags[other] if other in self.model else "none"
        done = self.at(colo, "put", key, value, onlyIf={"etagMatches": etag})
        assert (done is not None) == (key in self.model and self.etags[key] == etag)
        if done:
            self.stored(key, value, done)

    @rule(key=KEYS, value=VALUES, colo=PLACES)
    def create(self, key, value, colo):
        done = self.at(colo, "put", key, value, onlyIf={"etagDoesNotMatch": "*"})
        assert (done is not None) == (key not in self.model)
        if done:
            self.stored(key, value, done)

    @rule(key=KEYS, value=VALUES, aborted=st.booleans(), colo=PLACES)
    def upload(self, key, value, aborted, colo):
        upload = self.at(colo, "createMultipartUpload", key)
        part = self.bench.run(upload.uploadPart(1, value))
        if aborted:
            self.bench.run(upload.abort())
        else:
            self.stored(key, value, self.bench.run(upload.complete([part])))

    @rule(keys=st.lists(KEYS, min_size=1), colo=PLACES)
    def delete(self, keys, colo):
        self.at(colo, "delete", keys)
        for key in keys:
            self.model.pop(key, None)

    @rule(key=KEYS, offset=st.integers(0, 3), colo=PLACES)
    def read(self, key, offset, colo):
        try:
            found = self.at(colo, "get", key, range={"offset": offset})
        except JsException:
            assert offset >= len(self.model[key])
        else:
            assert (found and bytes(self.bench.run(found.bytes()))) == (
                key in self.model and self.model[key][offset:] or None
            )

    @rule(prefix=st.sampled_from(["", "a", "a/", "x"]), limit=st.integers(1, 4), colo=PLACES)
    def walk(self, prefix, limit, colo):
        names, cursor, more = [], {}, True
        while more:
            page = self.at(colo, "list", prefix=prefix, limit=limit, **cursor)
            names += [each.key for each in page["objects"]]
            cursor, more = {"cursor": page.cursor}, page.truncated
        assert names == sorted(key for key in self.model if key.startswith(prefix))

    @rule()
    def keep(self):
        self.snapshots.append((self.bucket.snapshot(), dict(self.model), dict(self.etags)))

    @rule()
    def go_back(self):
        if self.snapshots:
            state, model, etags = self.snapshots[-1]
            self.bucket.restore(state)
            self.model, self.etags = dict(model), dict(etags)

    @invariant()
    def what_is_billed_is_what_is_there(self):
        stored = self.bucket.stored_units().get("r2.std.storage_gb_mo", 0.0)
        assert round(stored * 1e9) == sum(map(len, self.model.values()))


class BucketOnThePlanet(Bucket):
    world = staticmethod(planet)


TestBucket = Bucket.TestCase
TestBucket.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestBucketOnThePlanet = BucketOnThePlanet.TestCase
TestBucketOnThePlanet.settings = settings(max_examples=20, stateful_step_count=30, deadline=None)
