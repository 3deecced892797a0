"""The program that SQLite makes of a statement: its instructions, its loops, and what it puts where.

A loop is what lies between an instruction that jumps back and its target. Source: https://sqlite.org/opcode.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

NEXT = ("Next", "Prev", "SorterNext", "VNext")
REWIND = ("Rewind", "Last", "Sort", "SorterSort")
RANGE = ("SeekGE", "SeekGT", "SeekLE", "SeekLT")
ROW = ("SeekRowid", "NotExists")
TEMPORARY = ("OpenEphemeral", "OpenAutoindex", "OpenDup", "OpenPseudo", "SorterOpen")
CHANGES, NOTHING = 1, 64
"""Flags of an instruction that writes: it changes a row, as `changes()` counts it; it does nothing."""


class Op(NamedTuple):
    """An instruction."""

    at: int
    name: str
    p1: int
    p2: int
    p3: int
    p4: Any
    p5: int

    @property
    def is_change(self) -> bool:
        """Whether it changes a row of a table."""
        flags = self.p2 if self.name == "Delete" else self.p5
        return self.name in ("Insert", "IdxInsert", "Delete") and bool(flags & CHANGES) and not self.p5 & NOTHING


class Loop:
    """The instructions from the first that repeats to the one that jumps back. `times` is how often it went round,
    `passes` how often beyond its conditions, `cut` how often it ended by a bound, one row after its last.
    """

    def __init__(self, last: Op):
        self.first, self.last, self.cursor = last.p2, last, last.p1 if last.name in NEXT else -1
        self.parent: Loop | None = None
        self.start: Op | None = None
        self.gate = last.at
        self.gives = self.changes = False
        self.times = self.passes = self.cut = 0.0


class Structure:
    """A statement's instructions, read once."""

    def __init__(self, rows: Sequence[tuple[Any, ...]]):
        every = [Op(*row[:7]) for row in rows]
        self.ops = [op for op in every if not _is_skipped(op, every)]
        names = {op.name for op in self.ops}
        self.temporary = {op.p1 for op in self.ops if op.name in TEMPORARY}
        self.loops = self._find_loops()
        self._around = {op.at: self._innermost(op.at) for op in self.ops}
        for loop in self.loops:
            self._look_inside(loop)
        self._weights = Counter((self._around[op.at], self._is_beyond(op)) for op in self.ops)
        self._reading = [op for op in self.ops if op.name in (*NEXT, *REWIND, *RANGE, *ROW)]
        self._counting = [op for op in self.ops if op.name == "Count"]
        self.changing = [op for op in self.ops if op.is_change]
        self.putting = [op for op in self.ops if op.name in ("Insert", "IdxInsert") and self._is_kept(op)]
        self.writes = bool(self.changing or self.putting or names & {"Clear", "VUpdate"})
        self.is_upsert = len(self.changing) > 1
        self.is_virtual = "VUpdate" in names
        self.changes_schema = bool(names & {"ParseSchema", "DropTable", "DropIndex", "Expire"})
        self.reads = bool(names & {*NEXT, *REWIND, *RANGE, *ROW, "Count"})

    def _is_kept(self, op: Op) -> bool:
        """Whether an entry is put where it stays."""
        return op.p1 not in self.temporary and not op.p5 & NOTHING

    def _find_loops(self) -> list[Loop]:
        """The loops, outer ones first."""
        trailer = self.ops[-1].at if self.ops else 0
        back = [op for op in self.ops if op.name in (*NEXT, "Goto") and 1 < op.p2 < op.at != trailer]
        loops = sorted(map(Loop, back), key=lambda loop: (loop.first, -loop.last.at))
        for loop in loops:
            around = [each for each in loops if each.first <= loop.first and loop.last.at < each.last.at]
            loop.parent = max(around, key=lambda each: each.first, default=None)
            starts = [op for op in self.ops if op.p1 == loop.cursor and op.name in (*REWIND, *RANGE, "VFilter")]
            loop.start = next((op for op in reversed(starts) if op.at < loop.first), None)
        return loops

    def _innermost(self, at: int) -> Loop | None:
        around = [loop for loop in self.loops if loop.first <= at <= loop.last.at]
        return max(around, key=lambda loop: loop.first, default=None)

    def _is_beyond(self, op: Op) -> bool:
        """Whether an instruction lies beyond the first condition of its loop."""
        loop = self._around[op.at]
        return loop is not None and loop.gate < op.at < loop.last.at

    def _look_inside(self, loop: Loop) -> None:
        """What a round does, and its first condition."""
        inside = [op for op in self.ops if self._around[op.at] is loop]
        jumps = (*REWIND, *RANGE, "Goto", "Once", "IsNull")
        loop.gate = min((op.at for op in inside if op.p2 == loop.last.at and op.name not in jumps), default=loop.gate)
        loop.gives = any(op.name in ("ResultRow", "Yield") for op in inside)
        loop.changes = any(op.is_change for op in inside)


def _is_skipped(op: Op, ops: list[Op]) -> bool:
    """Whether an unconditional jump leads over an instruction, and none leads to it or to one before it."""
    for jump in ops:
        if jump.name == "Goto" and jump.at < op.at < jump.p2 <= ops[-1].at:
            between = range(jump.at + 1, op.at + 1)
            return not any(each.p2 in between for each in ops if each.at not in between and each.name not in _NO_JUMP)
    return False


_NO_JUMP = (
    "OpenRead", "OpenWrite", "Integer", "String8", "Null", "Column", "Rowid", "Copy", "SCopy", "MakeRecord", "Variable",
    "OpenEphemeral", "SorterOpen", "ResultRow", "Insert", "IdxInsert", "Delete", "Affinity", "NewRowid", "Blob", "Noop",
    "SetCookie", "IntCopy", "Transaction", "AggStep", "AggFinal", "DeferredSeek", "CreateBtree", "Real", "Clear",
)  # fmt: skip
