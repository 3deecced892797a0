"""How fast the workbook is: `python -m tests.bench`, or `labkit bench`, prints the table.

A benchmark is a module `bench_*.py` of this folder with `run() -> list[Row]`; nothing lists them. One that takes
`scale` can be made smaller: 1.0 is the full size. Speed proves nothing and is never a test; the test suite only
runs each benchmark once at a tiny size.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Row:
    """One measurement. `aim` is what the project wants of it: at least that, or at most where `at_most` is set."""

    name: str
    value: float
    unit: str
    aim: float | None = None
    at_most: bool = False
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether the aim is met; None where there is none."""
        if self.aim is None:
            return None
        return self.value <= self.aim if self.at_most else self.value >= self.aim


def best(rate: Callable[[], float], times: int = 3) -> float:
    """The highest of a few rates: other work on the machine can only make one lower."""
    return max(rate() for _ in range(times))


def names() -> list[str]:
    """The benchmarks: "kv" is `bench_kv.py`."""
    return [path.stem.removeprefix("bench_") for path in sorted(HERE.glob("bench_*.py"))]


def measure(name: str, scale: float = 1.0) -> list[Row]:
    """The rows of one benchmark."""
    run = importlib.import_module(f"{__name__}.bench_{name}").run
    return run(scale) if inspect.signature(run).parameters else run()


def table(rows: Iterable[Row]) -> str:
    """The rows as text, aligned: what, how much, and whether the aim is met."""
    cells = [(row.name, figure(row.value), row.unit, _verdict(row), row.note) for row in rows]
    widths = [max(len(cell[column]) for cell in cells) for column in range(4)]
    return "\n".join(
        f"{name:<{widths[0]}}  {value:>{widths[1]}} {unit:<{widths[2]}}  {verdict:<{widths[3]}}  {note}".rstrip()
        for name, value, unit, verdict, note in cells
    )


def figure(value: float) -> str:
    """Three figures, the thousands apart: 348,000 or 21.4 or 0.0912."""
    if value == 0:
        return "0"
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 100 else f"{rounded:.3g}"


def _verdict(row: Row) -> str:
    if row.aim is None:
        return ""
    return f"{'met' if row.is_met else 'MISSED'} (aim: at {'most' if row.at_most else 'least'} {figure(row.aim)})"


def main(arguments: list[str]) -> int:
    """Run the named benchmarks, or all, and print the table."""
    parser = argparse.ArgumentParser(prog="labkit bench", description="Measure speed and print the table.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names())}; all when left out")
    parser.add_argument("--scale", type=float, default=1.0, help="a fraction of the full size, such as 0.1")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(names()):
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}; there is {', '.join(names())}.")
    rows = []
    for name in options.names or names():
        print(f"measuring {name} ...", file=sys.stderr)
        rows += measure(name, options.scale)
    print(table(rows))
    return 0
