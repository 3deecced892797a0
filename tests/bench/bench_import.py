"""How long `import labkit` takes in a fresh interpreter, and that it brings in nothing heavy."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys

from labkit.where import ROOT
from tests.bench import Row

HEAVY = ("numpy", "matplotlib", "duckdb", "sklearn", "ipywidgets")
PROGRAM = """
import json, sys, time
begun = time.perf_counter()
{statement}
print(json.dumps([time.perf_counter() - begun, [name for name in {heavy!r} if name in sys.modules]]))
"""


def fresh(statement: str) -> tuple[float, list[str]]:
    """Seconds that a statement takes in a new interpreter, and the heavy packages that are loaded after it."""
    program = PROGRAM.format(statement=statement, heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    seconds, loaded = json.loads(done.stdout)
    return seconds, loaded


def run(scale: float = 1.0) -> list[Row]:
    times = max(1, int(9 * scale))
    measured = [fresh("import labkit") for _ in range(times)]
    lab = [fresh("import labkit; from labkit.lab import Lab") for _ in range(times)]
    heavy = sorted({name for _, loaded in measured + lab for name in loaded})
    return [
        Row("import labkit", statistics.median(each for each, _ in measured), "s", aim=0.15, at_most=True,
            note=f"median of {times} fresh interpreters"),
        Row("import labkit and Lab", statistics.median(each for each, _ in lab), "s"),
        Row("heavy packages imported by them", len(heavy), "packages", aim=0, at_most=True,
            note=", ".join(heavy) or f"none of {', '.join(HEAVY)}"),
    ]  # fmt: skip
