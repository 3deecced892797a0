"""The world's coastlines as lines of longitude and latitude, from a vendored TopoJSON file.

Natural Earth's 1:110m map (public domain) as packed in npm's world-atlas 2.0.2 (ISC; data/world-atlas.LICENSE.txt).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

FILE = Path(__file__).parent / "data" / "countries-110m.json"
FARTHEST_STEP = 90.0


@cache
def coastlines() -> list[np.ndarray]:
    """Lines as arrays of (longitude, latitude) in degrees; borders between countries are not among them."""
    topology = json.loads(FILE.read_text(encoding="utf-8"))
    indexes = set(_arc_indexes(topology["objects"]["land"]["geometries"]))
    return [line for index in sorted(indexes) for line in _cut(_decode(topology, index))]


def _arc_indexes(part: Any) -> Iterator[int]:
    """Every arc named anywhere in a geometry. A negative number is an arc run backwards (~n)."""
    if isinstance(part, int):
        yield part if part >= 0 else ~part
    else:
        for inner in part["arcs"] if isinstance(part, dict) else part:
            yield from _arc_indexes(inner)


def _decode(topology: dict[str, Any], index: int) -> np.ndarray:
    """An arc in degrees: whole steps from point to point, scaled and shifted."""
    import numpy as np

    steps = np.array(topology["arcs"][index])
    transform = topology["transform"]
    return steps.cumsum(axis=0) * transform["scale"] + transform["translate"]


def _cut(line: np.ndarray) -> list[np.ndarray]:
    """A line in pieces, where it would run across the whole map from one edge to the other."""
    import numpy as np

    jumps = np.flatnonzero(np.abs(np.diff(line[:, 0])) > FARTHEST_STEP) + 1
    return [piece for piece in np.split(line, jumps) if len(piece) > 1]
