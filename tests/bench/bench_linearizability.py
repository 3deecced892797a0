"""How fast the linearizability checker is, beside the same search that remembers nothing (Wing and Gong's)."""

from __future__ import annotations

import time
from collections.abc import Callable

from labkit.sim.linearizability import REGISTER, TEXT, Model, Operation, check, published
from labkit.sim.linearizability.search import search
from tests.bench import Row, best
from tests.sim.linearizability import histories

GIVEN_UP = 300_000
"""Steps after which the search without a memory is given up on a history."""
LONG, ABREAST = 20_000, 5
History = list[Operation]


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """Seconds of one core that something takes, the least of a few."""

    def once() -> float:
        begun = time.process_time()
        work()
        return -(time.process_time() - begun)

    return -best(once, times)


def all_published() -> list[tuple[History, Model]]:
    etcd = [(published.jepsen(histories.etcd(name)), REGISTER) for name in histories.ETCD]
    return etcd + [(published.key_value(histories.key_value(name)), TEXT) for name in histories.KEY_VALUE]


def long_one(operations: int) -> History:
    """Writes and reads of one key, five under way at any time, each seeing the last that began before it."""
    return [_one(n) for n in range(operations)]


def _one(n: int) -> Operation:
    process, ends = n % ABREAST, {"called": n, "returned": n + ABREAST - 0.5}
    return Operation(process, "read", None, n - 1, **ends) if n % 2 else Operation(process, "write", n, **ends)


def plain(history: History, model: Model, most_steps: int) -> str:
    return search(sorted(history, key=lambda each: each.call), model, most_steps, cache=False).verdict


def run(scale: float = 1.0) -> list[Row]:
    given, most, long = all_published(), max(100, int(GIVEN_UP * scale)), long_one(max(10, int(LONG * scale)))
    etcd = [history for history, model in given if model is REGISTER]
    count = sum(len(history) for history, _ in given)
    verdicts = seconds(lambda: [check(history, model, explain=False) for history, model in given])
    whole = seconds(lambda: [check(history, model) for history, model in given], 1)
    without = seconds(lambda: [plain(history, REGISTER, most) for history in etcd], 1)
    unknown = sum(plain(history, REGISTER, most) == "unknown" for history in etcd)
    cached = seconds(lambda: [check(history, explain=False) for history in etcd])
    return [
        Row(
            "published histories: verdicts", count / verdicts, "operations/s", note=f"{len(given)} in {verdicts:.3f} s"
        ),
        Row("published histories: verdicts and explanations", whole, "s"),
        Row("etcd's logs: search that remembers nothing", without, "s", note=f"gives up on {unknown} of {len(etcd)}"),
        Row("etcd's logs: at least so many times faster than that", without / cached, "times"),
        Row("one long history", len(long) / seconds(lambda: check(long, explain=False), 1), "operations/s"),
    ]
