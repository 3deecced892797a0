"""How many rows a run of a statement's program read and wrote.

What a run is known to have done (rows given, rows changed, steps of full scans, instructions in all) tells how often
each loop of the program went round; where one loop is unknown, the number of instructions says it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from labkit.emulators.sqlite.structure import NEXT, RANGE, REWIND, ROW, Loop, Op, Structure

MANY = 1e6


@dataclass(frozen=True)
class Run:
    """What is known of a run: steps of full scans, instructions, rows given, rows changed, by triggers too, updated."""

    scanned: int
    steps: int
    given: int
    changed: int
    total: int
    updated: int


class Program(Structure):
    """A statement's program, which says of a run what it came to."""

    def __init__(self, rows: Sequence[tuple[Any, ...]]):
        super().__init__(rows)
        is_simple = not (self.loops or self._counting or self.writes or self.changes_schema)
        looks = [op for op in self._reading if op.name in ROW]
        self.always = (len(looks), 0) if is_simple and len(looks) == len(self._reading) else None
        """Rows read and written by each run, where it makes no difference which: a look-up by rowid."""

    def rows(self, run: Run, size: Callable[[int], int]) -> tuple[int, int]:
        """Rows read and written; `size` gives the rows of the tree with a root page."""
        unknown = self._go_round(run, {})
        if unknown:
            self._solve(unknown[0], run)
        self._cut(run)
        read = sum(self._read_by(op, run) for op in self._reading)
        for op in self._counting:
            read += size(next(each.p2 for each in self.ops if each.name == "OpenRead" and each.p1 == op.p1))
        return round(read), round(self._written(run))

    def _go_round(self, run: Run, known: dict[Loop, float]) -> list[Loop]:
        """Say of each loop how often it went round; returned are those of which it is a guess."""
        unknown = []
        scans = [loop for loop in self.loops if loop.last.p5 == 1 and loop.cursor >= 0]
        for loop in self.loops:
            starts = loop.parent.passes if loop.parent else 1.0
            told = known.get(loop, self._told(loop, run, scans, starts))
            if told is None:
                unknown.append(loop)
                told = float(run.given if loop.gives else run.changed if loop.changes else starts)
            loop.times = told
            loop.passes = told
            if loop.gate < loop.last.at:
                loop.passes = min(told, run.given if loop.gives else run.changed if loop.changes else told)
        return unknown

    def _told(self, loop: Loop, run: Run, scans: list[Loop], starts: float) -> float | None:
        """How often a loop went round, where the run says so."""
        if loop in scans:
            return run.scanned + starts if loop is scans[-1] else starts
        if loop.cursor < 0:
            return float(run.changed or run.given)
        if loop.last.name == "VNext" and loop.gives:
            return float(run.given)
        if loop.start and loop.start.name in ("Sort", "SorterSort") and loop.gives and run.given:
            return float(run.given)
        if loop.cursor in self.temporary:
            return self._fed(loop)
        if loop.gives and loop.gate == loop.last.at:
            return float(run.given)
        return None

    def _fed(self, loop: Loop) -> float | None:
        """How many rows were put into what the loop goes over; None where equal ones are put once."""
        feeding = [op for op in self.ops if op.p1 == loop.cursor and op.name in ("SorterInsert", "IdxInsert", "Insert")]
        around = [self._around[op.at] for op in feeding]
        if not feeding or any(op.name == "IdxInsert" and each for op, each in zip(feeding, around, strict=True)):
            return None
        return sum(each.passes if each else 1.0 for each in around)

    def _solve(self, loop: Loop, run: Run) -> None:
        """The rounds of one loop, from the instructions that the whole run took; what is left over were cuts."""

        def taken(times: float) -> float:
            self._go_round(run, {loop: times})
            return self._all_runs()

        each = taken(MANY + 1) - taken(MANY)
        rounds = (run.steps + self._unchecked(loop) - (taken(MANY) - each * MANY)) // each
        self._go_round(run, {loop: max(0.0, rounds)})

    def _cut(self, run: Run) -> None:
        """How often the only range went one row too far: the instructions that nothing else explains."""
        ranges = [loop for loop in self.loops if loop.start and loop.start.name in RANGE]
        for loop in self.loops:
            loop.cut = 0.0
        if len(ranges) == 1:
            [loop] = ranges
            starts = loop.parent.passes if loop.parent else 1.0
            left = run.steps - self._all_runs() + self._unchecked(loop)
            loop.cut = max(0.0, min(starts, left // self._bound(loop)))

    def _bound(self, loop: Loop) -> int:
        """How many instructions find that a row is beyond the range."""
        leaving = [op.at for op in self.ops if loop.first <= op.at < loop.last.at and op.p2 > loop.last.at]
        return min(leaving, default=loop.first) - loop.first + 1

    def _unchecked(self, loop: Loop) -> float:
        """How often the first row was not held against the bound: never where SQLite looks for equal keys only.

        At most once for each row: what looks for a key that there is not finds none.
        """
        if not self._is_for_equal(loop):
            return 0.0
        return min(loop.times, loop.parent.passes if loop.parent else 1.0)

    def _is_for_equal(self, loop: Loop) -> bool:
        """Whether a loop goes over a range of equal keys. Where there are none, nothing is read."""
        opened = [op for op in self.ops if op.name in ("OpenRead", "OpenWrite") and op.p1 == loop.cursor and op.p5 & 2]
        return bool(opened) and loop.start is not None and loop.start.name in RANGE

    def _runs(self, op: Op) -> float:
        """How often an instruction ran."""
        loop = self._around[op.at]
        if loop is None:
            return 1.0
        return loop.passes if self._is_beyond(op) else loop.times

    def _all_runs(self) -> float:
        """How many instructions ran."""
        return sum(
            count * (1.0 if loop is None else loop.passes if is_beyond else loop.times)
            for (loop, is_beyond), count in self._weights.items()
        )

    def _read_by(self, op: Op, run: Run) -> float:
        """The rows that an instruction read."""
        loop, runs = self._around[op.at], self._runs(op)
        if op.name in NEXT:
            return self._read_by_rounds(loop) if loop else 0.0
        if op.name == "Last" and op.p1 in self.temporary and loop:
            return max(0.0, runs - run.given)
        if op.name in REWIND and loop and loop.cursor < 0:
            return runs + 1
        if op.name in RANGE and not any(each.start is op for each in self.loops):
            return min(runs, float(run.given or run.changed))
        if self.is_upsert and op.name == "SeekRowid" and loop is None:  # the row that is there already
            return float(run.updated)
        return runs if op.name in (*REWIND, *ROW) else 0.0

    def _read_by_rounds(self, loop: Loop) -> float:
        """The steps of a loop's cursor, without those that a `Rewind` made."""
        if loop.last.name == "VNext":
            return loop.times
        starts = loop.parent.passes if loop.parent else 1.0
        if loop.start and loop.start.name in REWIND:
            return max(0.0, loop.times - starts)
        least = 0.0 if loop.parent or self._is_for_equal(loop) else 1.0  # the row where the range would begin
        return max(least, loop.times + loop.cut)

    def _written(self, run: Run) -> float:
        """Entries put into tables and indexes, and rows deleted."""
        if self.is_virtual:
            return run.changed
        if self.changes_schema:
            return sum(self._put_into_schema(op) for op in self.putting)
        beside = [op for op in self.putting if not op.is_change]
        entries = 0.0
        for first, last, count in self._groups(run):
            with_it = [op for op in beside if op.name == "IdxInsert" and first < op.at < last]
            entries += count * (1 + len(with_it))
            beside = [op for op in beside if op not in with_it]
        if not self.changing:
            entries += run.changed
        return entries + sum(self._runs(op) for op in beside) + max(0, run.total - run.changed)

    def _put_into_schema(self, op: Op) -> float:
        """How often: for each entry of a new index, and once for what is said of a table; not where it is dropped."""
        loop = self._around[op.at]
        if loop is None or loop.last.name == "SorterNext":
            return self._runs(op)
        return 0.0 if any(each.name == "Destroy" for each in self.ops) else 1.0

    def _groups(self, run: Run) -> list[tuple[int, int, float]]:
        """From where to where the instructions lie that put one row and its entries in indexes, and how often.

        In an upsert the update comes first, then the insert.
        """
        marks = [-1, *(op.at for op in self.changing)]
        counts = [run.changed] if len(marks) == 2 else [run.updated, run.changed - run.updated]
        return list(zip(marks, marks[1:], counts, strict=False))
