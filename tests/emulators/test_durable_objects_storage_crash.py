"""A machine that is lost at any turn: what was acknowledged is there, nothing is there by half."""

from __future__ import annotations

import asyncio
from typing import Any

from labkit.workers.ffi import JsException
from tests.emulators.disks import Disk

TURNS_TO_CONFIRM = 3


async def transfers(disk: Disk, acknowledged: list[int]) -> None:
    """Three transfers of 1 from a to b, of which the second is refused at its end, and a note of each in SQL."""
    storage = disk.storage
    await storage.put({"a": 100, "b": 0})
    storage.sql.exec("CREATE TABLE log (n)")
    for number in range(3):

        async def move(txn: Any, number: int = number) -> None:
            await storage.put("a", await storage.get("a") - 1)
            storage.sql.exec("INSERT INTO log VALUES (?)", number)
            await storage.setAlarm(4_000_000_000_000 + number)
            await txn.put("b", await txn.get("b") + 1)
            if number == 1:
                raise ValueError("refused")

        try:
            await storage.transaction(move)
        except JsException:
            continue
        await disk.gates.output()
        acknowledged.append(number)


def crashed_after(turns: int) -> tuple[Disk, list[int], bool]:
    """The disk after a crash in this turn, what had been acknowledged by then, and whether all was over before."""
    disk, acknowledged = Disk(), []
    timeline = disk.bench.timeline

    def in_turns(left: int, then: Any) -> None:
        then() if left == 0 else timeline.call_soon(in_turns, left - 1, then)

    def confirm() -> asyncio.Future[None]:
        future = timeline.create_future()
        in_turns(TURNS_TO_CONFIRM, lambda: future.done() or future.set_result(None))
        return future

    disk.database.batches.confirm = confirm
    task = timeline.spawn(transfers(disk, acknowledged))
    over: list[bool] = []

    def lose() -> None:
        over.append(task.done())
        task.cancel()
        disk.crash()

    in_turns(turns, lose)
    timeline.run(asyncio.wait([task]))
    timeline.advance(1)
    return disk, acknowledged, over[0]


def test_a_crash_in_any_turn_keeps_what_was_acknowledged_and_nothing_by_half():
    seen, turns, is_over = set(), 0, False
    while not is_over:
        disk, acknowledged, is_over = crashed_after(turns)
        turns += 1
        kept = disk.all()
        log = [row.n for row in disk.storage.sql.exec("SELECT n FROM log")] if "a" in kept and has_log(disk) else []
        assert kept.get("a", 100) + kept.get("b", 0) == 100, turns
        assert kept.get("b", 0) == len(log), turns
        assert log in ([], [0], [0, 2]), turns
        assert set(acknowledged) <= set(log), turns
        assert disk.database.alarm == (4_000_000_000_000 + log[-1] if log else None), turns
        seen.add((tuple(log), tuple(acknowledged)))
    assert turns > 25
    assert {((), ()), ((0,), ()), ((0,), (0,)), ((0, 2), (0, 2))} <= seen, "each stage was met"


def has_log(disk: Disk) -> bool:
    return bool(disk.storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'log'").toArray())


def test_a_commit_that_nobody_has_confirmed_is_lost_whole():
    disk = Disk()
    disk.database.batches.confirm = disk.bench.timeline.create_future

    async def run(txn: Any) -> None:
        await txn.put("x", 1)
        await txn.put("y", 1)

    disk.run(disk.storage.transaction(run))
    assert disk.all() == {"x": 1, "y": 1}
    disk.crash()
    assert disk.all() == {}
