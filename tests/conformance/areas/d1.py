"""D1: one database with the network switched off."""

from __future__ import annotations

from labkit.emulators.d1 import D1
from tests.conformance.areas import Emulated


def bench() -> Emulated:
    return Emulated(lambda world: {"DB": D1({"binding": "DB"}, world).binding("SYD")})
