"""How time and memory grow with requests, PoPs and keys: `python -m tests.bench.growth` measures and draws them.

Each point runs in a process of its own, which tells its time on the wall and the most memory it ever held. Writes
`docs/growth.csv` and `docs/growth.svg`, which `docs/scale.md` shows. Takes some minutes; an idle machine, please.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from labkit import viz
from labkit.sim.sweep import progress

DOCS = Path(__file__).resolve().parents[2] / "docs"
THREADS = 2
USUAL = {"requests": 30_000_000, "pops": 339, "keys": 1_000_000}
MODEL = {
    "requests": (1_000_000, 3_000_000, 10_000_000, 30_000_000, 100_000_000, 300_000_000, 1_000_000_000),
    "pops": (3, 10, 30, 100, 339, 1000),
    "keys": (1000, 10_000, 100_000, 1_000_000, 10_000_000),
}
LAB = (300, 1000, 3000, 10_000, 30_000, 100_000)


@dataclass(frozen=True)
class Point:
    """One run: what was varied and its value, seconds on the wall, and the most memory held, in MB."""

    engine: str
    varied: str
    value: int
    seconds: float
    peak_mb: float


def points() -> Iterator[tuple[str, str, int]]:
    """What is measured: the model in each direction, the others as usual; and a lab, event by event."""
    for varied, values in MODEL.items():
        yield from (("model", varied, value) for value in values)
    yield from (("lab", "requests", value) for value in LAB)


def measure(engine: str, varied: str, value: int) -> Point:
    """The point, from a process of its own."""
    command = [sys.executable, "-m", "tests.bench.growth", "--one", engine, varied, str(value)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, cwd=DOCS.parent).stdout
    return Point(engine, varied, value, **json.loads(printed.splitlines()[-1]))


def one(engine: str, varied: str, value: int) -> dict[str, float]:
    """Does the work of a point here; the best of two runs where they are short."""
    run = run_model if engine == "model" else run_lab
    begun = time.perf_counter()
    run(varied, value)
    seconds = time.perf_counter() - begun
    if seconds < 10:
        begun = time.perf_counter()
        run(varied, value)
        seconds = min(seconds, time.perf_counter() - begun)
    return {"seconds": seconds, "peak_mb": peak_mb()}


def run_model(varied: str, value: int) -> None:
    from labkit.sim import pops

    options = {**USUAL, varied: value}
    with ThreadPoolExecutor(THREADS) as threads:
        pops.count(options["pops"], options["requests"], keys=options["keys"], executor=threads)


def run_lab(_: str, value: int) -> None:
    from labkit.lab import Lab
    from labkit.network.places import PLACES
    from tests.bench.bench_lab import Hello, visit

    lab = Lab(Hello)
    lab.run(visit(lab, sorted(PLACES), value))


def peak_mb() -> float:
    """The most memory that this process ever held (RSS), in MB."""
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6


def draw(measured: list[Point]) -> viz.Picture:
    """Time above, memory below, against requests, PoPs and keys."""
    from labkit.viz.charts import plain
    from labkit.viz.style import BLUE, VERMILION, figure, styled

    with styled():
        chart, grid = figure(height=5.2, rows=2, columns=3, sharey="row", sharex="col")
        for column, varied in enumerate(MODEL):
            for row, what in enumerate(("seconds", "peak_mb")):
                for engine, colour, mark in (("model", BLUE, "o-"), ("lab", VERMILION, "x--")):
                    runs = _runs(measured, engine, varied)
                    values = [getattr(run, what) for run in runs]
                    grid[row, column].plot([run.value for run in runs], values, mark, color=colour, label=engine)
            grid[1, column].set_xlabel(f"{varied}, of {USUAL[varied]:,} as usual" if column else varied)
        for axes in grid.flat:
            axes.set(xscale="log", yscale="log")
            for axis in (axes.xaxis, axes.yaxis):
                axis.set_major_formatter(lambda value, _: plain(value))
        grid[0, 0].set_ylabel("seconds")
        grid[1, 0].set_ylabel("most memory, MB")
        grid[0, 0].legend(fontsize=9)
    first, *_, last = _runs(measured, "model", "requests")
    words = (f"The model takes {first.seconds:.2g} s for {first.value:,} requests and {last.seconds:.3g} s for "
             f"{last.value:,}.")  # fmt: skip
    return viz.Picture(chart, f"Six charts of time and memory against requests, PoPs and keys. {words}", words)


def _runs(measured: list[Point], engine: str, varied: str) -> list[Point]:
    return [point for point in measured if (point.engine, point.varied) == (engine, varied)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth", description="Measure how work grows.")
    parser.add_argument("--one", nargs=3, metavar=("ENGINE", "VARIED", "VALUE"), help="one point, in this process")
    chosen = parser.parse_args()
    if chosen.one:
        engine, varied, value = chosen.one
        print(json.dumps(one(engine, varied, int(value))))
        return
    work = list(points())
    measured = [measure(*point) for point in progress(work, len(work), "growth")]
    with (DOCS / "growth.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, list(asdict(measured[0])), lineterminator="\n")
        rows.writeheader()
        rows.writerows({**asdict(p), "seconds": f"{p.seconds:.3g}", "peak_mb": f"{p.peak_mb:.0f}"} for p in measured)
    draw(measured).save(DOCS / "growth.svg")
    print(*measured, sep="\n")


if __name__ == "__main__":
    main()
