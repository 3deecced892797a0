"""R2: one bucket with the network switched off, as the vendor's local runtime has it."""

from __future__ import annotations

from labkit.emulators.r2 import R2
from tests.conformance.areas import Emulated


def bench() -> Emulated:
    return Emulated(lambda world: {"R2": R2({"binding": "R2"}, world).binding("SYD")})
