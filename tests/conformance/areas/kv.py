"""Workers KV: one namespace with the network switched off, so that every read sees the last write."""

from __future__ import annotations

from labkit.emulators.kv import Kv
from tests.conformance.areas import Emulated


def bench() -> Emulated:
    return Emulated(lambda world: {"KV": Kv("KV", world).binding("SYD")})
