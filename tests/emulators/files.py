"""What the tests of R2 share: a bucket in a world, what a call gives, and the words of a refusal."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.emulators.r2 import R2
from labkit.workers.ffi import JsException
from tests.emulators.worlds import Bench, flat, planet

WORLDS = {"network off": flat, "network on": planet}
MIB = 1024 * 1024


def bucket(bench: Bench, **entry: Any) -> R2:
    return R2({"binding": "FILES", "bucket_name": "files", **entry}, bench.world)


class Files:
    """A bucket as a Worker at one place has it, each call played to its end."""

    def __init__(self, bench: Bench, colo: str = "SYD", **entry: Any):
        self.bench, self.bucket = bench, bucket(bench, **entry)
        self.binding = self.bucket.binding(colo)

    def call(self, method: str, *args: Any, **options: Any) -> Any:
        return self.bench.run(getattr(self.binding, method)(*args, **options))

    def put(self, *args: Any, **options: Any) -> Any:
        """Put, at least a second after the last: a key takes no more."""
        self.bench.advance(1)
        return self.call("put", *args, **options)

    def text(self, *args: Any, **options: Any) -> str | None:
        found = self.call("get", *args, **options)
        return None if found is None else self.bench.run(found.text())

    def refusal(self, method: str, *args: Any, **options: Any) -> str:
        with pytest.raises(JsException) as caught:
            self.call(method, *args, **options)
        return str(caught.value)

    def keys(self, **options: Any) -> list[str]:
        return [each.key for each in self.call("list", **options)["objects"]]
