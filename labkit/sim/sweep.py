"""Many independent pieces of work, in order, on any executor, with a progress bar.

Any `concurrent.futures.Executor` serves: a process pool on a laptop, Dask's `client.get_executor()` on a cluster.
Work sent to processes must be a function of a module (or a `functools.partial` of one); its results are the same
on all executors, because each piece brings its own dice: those of its number, not of the worker that does it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from functools import partial
from itertools import product
from typing import Any, TypeVar

Result = TypeVar("Result")
Grid = Sequence[tuple] | Mapping[str, Sequence]


class Partial(list):
    """The results that there were when the sweep was interrupted, those of the first points."""


def sweep(
    model: Callable[..., Result], grid: Grid, executor: Executor | None = None, label: str = "",
    *, seed: int | None = None,
) -> list[Result]:  # fmt: skip
    """The model's result at each point of the grid, in their order; here, or on `executor`.

    A grid is a sequence of argument tuples, or values by argument name: then every combination, the last name varying
    fastest (`points(grid)` lists them). With `seed`, the model also gets `random`, a numpy generator of the point's
    own. An interrupt (Ctrl-C, the stop button) gives what is finished as a `Partial`, and a line that says so.
    """
    calls = [partial(model, *point[0], **point[1]) for point in _arguments(grid, seed)]
    done: list[Result] = []
    results = _on(executor, calls) if executor else (call() for call in calls)
    try:
        for result in progress(results, len(calls), label):
            done.append(result)
    except KeyboardInterrupt:
        print(f"{label or 'sweep'}: interrupted; {len(done)} of {len(calls)} results are kept", file=sys.stderr)
        return Partial(done)
    return done


def points(grid: Grid) -> list[tuple] | list[dict[str, Any]]:
    """The points of a grid in the order of a sweep's results."""
    if isinstance(grid, Mapping):
        return [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    return list(grid)


def progress(items: Iterable[Any], total: int, label: str = "") -> Iterable[Any]:
    """The same items behind a tqdm bar, where a person is watching and it takes more than a second."""
    if not _watched():
        return items
    from tqdm.auto import tqdm

    return tqdm(items, total=total, desc=label, delay=1, leave=False)


def _arguments(grid: Grid, seed: int | None) -> Iterator[tuple[tuple, dict[str, Any]]]:
    for number, point in enumerate(points(grid)):
        extra = {} if seed is None else {"random": _generator(seed, number)}
        yield ((), {**point, **extra}) if isinstance(point, dict) else (point, extra)


def _generator(seed: int, number: int) -> Any:
    from labkit.sim.streams import generator

    return generator(seed, number)


def _on(executor: Executor, calls: Sequence[Callable[[], Result]]) -> Iterator[Result]:
    """Results in order, as they come. What has not begun when the caller leaves is cancelled."""
    futures: list[Future[Result]] = []
    try:
        futures += (executor.submit(call) for call in calls)
        for future in futures:
            yield future.result()
    finally:
        for future in futures:
            future.cancel()


def _watched() -> bool:
    """True in a terminal or a notebook; not in tests, pipes and CI."""
    if os.environ.get("PYTEST_CURRENT_TEST") or os.environ.get("CI"):
        return False
    return "ipykernel" in sys.modules or sys.stderr.isatty()
