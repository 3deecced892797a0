"""Many independent pieces of work, in order, on any executor, with a progress bar.

Any `concurrent.futures.Executor` serves: a process pool on a laptop, Dask's `client.get_executor()` on a cluster.
Work sent to processes must be a function of a module (or a `functools.partial` of one); its results are the same
on all executors, because each piece brings its own seed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from typing import Any, TypeVar

Result = TypeVar("Result")


def sweep(
    work: Callable[..., Result], points: Sequence[tuple], executor: Executor | None = None, label: str = ""
) -> list[Result]:
    """`work(*point)` for each point, in their order; here, or on `executor`."""
    run = executor.map if executor else map
    return list(progress(run(work, *zip(*points, strict=True)), len(points), label))


def progress(items: Iterable[Any], total: int, label: str = "") -> Iterable[Any]:
    """The same items behind a tqdm bar, where a person is watching and it takes more than a second."""
    if not _watched():
        return items
    from tqdm.auto import tqdm

    return tqdm(items, total=total, desc=label, delay=1, leave=False)


def _watched() -> bool:
    """True in a terminal or a notebook; not in tests, pipes and CI."""
    if os.environ.get("PYTEST_CURRENT_TEST") or os.environ.get("CI"):
        return False
    return "ipykernel" in sys.modules or sys.stderr.isatty()
