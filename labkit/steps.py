"""How far a learner's code may run: a deterministic count of its steps, so that an endless loop ends with a line.

A step is the entry of a function or one turn of a loop, in code that a predicate calls the learner's. Nothing
else is counted, so the same code takes the same number of steps on every machine. Loops inside C code
(`sum(itertools.count())`) are one call and take no steps: no budget of this kind can stop them.

Python 3.12 and later count with `sys.monitoring`, where foreign code is switched off after its first call;
3.11 counts with `sys.settrace`, which only enters functions that loop. Standard library only.
"""

from __future__ import annotations

import atexit
import dis
import linecache
import sys
import sysconfig
import weakref
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

IsLearner = Callable[[str], bool]
"""Whose code it is, by the name of its file: asked at every call, so best a cached function."""
monitoring: Any = getattr(sys, "monitoring", None)  # None on 3.11


class OutOfSteps(BaseException):
    """The limit has passed. A BaseException, so that a learner's `except Exception` cannot eat it.

    `filename`, `line` (from 1) and `source` (the line's text, "" where it is not known) say where.
    """

    def __init__(self, limit: int, filename: str, line: int, on_drop: Callable[[], None] | None = None):
        self.limit, self.filename, self.line, self.on_drop = limit, filename, line, on_drop
        self.source = linecache.getline(filename, line).strip()
        quoted = f": {self.source}" if self.source else ""
        super().__init__(f"stopped after {limit:,} steps, at line {line}{quoted}")

    def __del__(self) -> None:
        if self.on_drop is not None:
            self.on_drop()


@lru_cache(maxsize=4096)
def is_learner_file(filename: str) -> bool:
    """Whether it names a cell or a learner's file: not Python, an installed package or labkit.

    Nor a string, which is how dataclasses and named tuples make their methods.
    """
    paths = sysconfig.get_paths()
    foreign = (paths["stdlib"], paths["platstdlib"], paths["purelib"], paths["platlib"], str(Path(__file__).parent))
    return not filename.startswith(("<frozen", "<string>", *foreign))


def is_learner_code(code: CodeType) -> bool:
    """Whether code comes from a cell or a learner's file."""
    return is_learner_file(code.co_filename)


class StepBudget:
    """At most `limit` steps of learner code while started; `used` says how many were taken.

    A context manager that may be entered again and again (`with budget: coro.send(None)`) and goes on counting.
    Budgets nest: what an inner one counts its outer one counts too, and the lower ceiling holds.
    Passing the limit raises `OutOfSteps`, again at each further step.
    """

    __slots__ = ("limit", "used", "ceiling", "is_learner", "running", "_outer", "_entered", "_undo")

    def __init__(self, limit: int, is_learner: IsLearner = is_learner_file):
        self.limit = self.ceiling = limit
        self.is_learner = is_learner
        self.used = self._entered = 0
        self.running = False
        self._outer: StepBudget | None = None
        self._undo: Any = None

    def start(self) -> None:
        """Begin or go on counting."""
        outer = self._outer = _counter.current
        self._entered, self.ceiling = self.used, self.limit
        if outer is not None:
            self.ceiling = min(self.limit, self.used + outer.ceiling - outer.used)
        self.running = True
        self._undo = _counter.enter(self)

    def stop(self) -> None:
        """Pause counting; an outer budget or a debugger's trace function takes over again."""
        _counter.leave(self._outer, self._undo)
        self.running = False
        if self._outer is not None:
            self._outer.used += self.used - self._entered
        self._outer = self._undo = None

    def __enter__(self) -> StepBudget:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def line_at(code: CodeType, offset: int) -> int:
    """The source line of the instruction at a byte offset."""
    return next((line for start, end, line in code.co_lines() if line and start <= offset < end), code.co_firstlineno)


class _Monitor:
    """Counting with `sys.monitoring`. Python has six tool ids for everybody, so there is one monitor a process.

    It stays installed: switching events on and off makes Python rewrite every function again. Without a
    running budget a learner's step costs one idle call.
    """

    def __init__(self) -> None:
        self.tool: int | None = None
        self.current: StepBudget | None = None
        self.is_learner: IsLearner | None = None
        self.watched: list[weakref.ref[CodeType]] = []

    def enter(self, budget: StepBudget) -> None:
        if self.tool is None:
            self.install()
        if budget.is_learner is not self.is_learner:
            self.judge_anew(budget.is_learner)
        self.current = budget

    def leave(self, outer: StepBudget | None, _undo: None) -> None:
        self.current = outer
        if outer is not None and outer.is_learner is not self.is_learner:
            self.judge_anew(outer.is_learner)

    def install(self) -> None:
        free = [tool for tool in (4, 3, 5) if monitoring.get_tool(tool) is None]
        if not free:
            raise RuntimeError("counting steps needs one of sys.monitoring's tool ids 3, 4 and 5; all are taken")
        self.tool = free[0]
        monitoring.use_tool_id(self.tool, "labkit steps")
        monitoring.register_callback(self.tool, monitoring.events.PY_START, self.on_start)
        monitoring.register_callback(self.tool, monitoring.events.JUMP, self.on_jump)
        monitoring.set_events(self.tool, monitoring.events.PY_START)
        atexit.register(monitoring.set_events, self.tool, 0)

    def judge_anew(self, is_learner: IsLearner) -> None:
        """Forget which code is whose: another predicate decides now."""
        self.is_learner = is_learner
        for code in filter(None, (ref() for ref in self.watched)):
            monitoring.set_local_events(self.tool, code, 0)
        self.watched.clear()
        monitoring.restart_events()

    def on_start(self, code: CodeType, _offset: int) -> Any:
        if not monitoring.get_local_events(self.tool, code):
            if self.is_learner is None or not self.is_learner(code.co_filename):
                return monitoring.DISABLE
            monitoring.set_local_events(self.tool, code, monitoring.events.JUMP)
            self.watched.append(weakref.ref(code))
        self.count(code, 0)

    def on_jump(self, code: CodeType, offset: int, target: int) -> Any:
        if target > offset:
            return monitoring.DISABLE
        self.count(code, offset)

    def count(self, code: CodeType, offset: int) -> None:
        budget = self.current
        if budget is None:
            return
        budget.used += 1
        if budget.used > budget.ceiling:
            raise OutOfSteps(budget.ceiling, code.co_filename, line_at(code, offset))


class _Loops:
    """Where the loops of one code object turn, for 3.11: `lines` maps a jump's target to the line of its loop.

    `silent` are the targets that are entered from above without a line event, `tight` those that jump to
    themselves (`while True: pass` on one line), which only opcode events show.
    """

    def __init__(self, code: CodeType):
        self.code = code  # keeps its id from being used again
        self.lines: dict[int, int] = {}
        self.silent: set[int] = set()
        self.tight: set[int] = set()
        before: dict[int, int] = {}
        previous = 0
        for step in dis.get_instructions(code):
            before[step.offset], previous = previous, step.offset
            if "JUMP_BACKWARD" in step.opname and "NO_INTERRUPT" not in step.opname:
                self.add(step.argval, step.offset, before)

    def add(self, target: int, jump: int, before: dict[int, int]) -> None:
        line = line_at(self.code, jump)
        self.lines[target] = min(line, self.lines.get(target, line))
        if target == jump:
            self.tight.add(target)
        if line_at(self.code, target) == line_at(self.code, before[target]):
            self.silent.add(target)


class _Tracer:
    """Counting with `sys.settrace`, for 3.11. Functions without a loop cost one call, foreign code as well."""

    BEGIN = bytes((dis.opmap.get("RESUME", 0), 0))  # RESUME 1 to 3 go on after a yield or an await

    def __init__(self) -> None:
        self.current: StepBudget | None = None
        self.loops: dict[int, _Loops] = {}

    def enter(self, budget: StepBudget) -> Any:
        self.current, undo = budget, sys.gettrace()
        sys.settrace(self.tracer(budget))
        return undo

    def leave(self, outer: StepBudget | None, undo: Any) -> None:
        sys.settrace(undo)
        self.current = outer

    def tracer(self, budget: StepBudget) -> Callable:
        is_learner = budget.is_learner

        def on_call(frame: FrameType, _event: str, _arg: Any) -> Any:
            code = frame.f_code
            if not is_learner(code.co_filename):
                return None
            if code.co_code[frame.f_lasti : frame.f_lasti + 2] == self.BEGIN:
                self.count(budget, frame, code.co_firstlineno)
            loops = self.loops_of(code)
            return self.local(budget, frame, loops) if loops.lines else None

        return on_call

    def loops_of(self, code: CodeType) -> _Loops:
        if id(code) not in self.loops:
            self.loops[id(code)] = _Loops(code)
        return self.loops[id(code)]

    def local(self, budget: StepBudget, frame: FrameType, loops: _Loops) -> Callable:
        last = frame.f_lasti
        lines, silent, tight = loops.lines, loops.silent, loops.tight
        if tight:
            frame.f_trace_opcodes = True

        def on_event(frame: FrameType, event: str, _arg: Any) -> Any:
            nonlocal last
            here = frame.f_lasti
            if event == "opcode":
                if here in tight:
                    self.count(budget, frame, lines[here])
            elif event == "line":
                if here in lines and here not in tight and (here <= last or here in silent):
                    self.count(budget, frame, lines[here])
                last = here
            return on_event

        return on_event

    def count(self, budget: StepBudget, frame: FrameType, line: int) -> None:
        budget.used += 1
        if budget.used > budget.ceiling:
            # No local name for the error: its traceback would keep it alive, and on_drop would come too late.
            raise OutOfSteps(budget.ceiling, frame.f_code.co_filename, line, lambda: self.rearm(budget))

    def rearm(self, budget: StepBudget) -> None:
        """Trace again after a learner's bare `except` dropped the error: 3.11 stops tracing when a tracer raises."""
        if not budget.running:
            return
        frame = sys._getframe(1)
        while frame is not None:
            if budget.is_learner(frame.f_code.co_filename) and self.loops_of(frame.f_code).lines:
                frame.f_trace = self.local(budget, frame, self.loops_of(frame.f_code))
            frame = frame.f_back
        sys.settrace(self.tracer(budget))


_counter: _Monitor | _Tracer = _Monitor() if monitoring else _Tracer()
