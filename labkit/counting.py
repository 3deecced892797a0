"""How Python tells of steps: `sys.monitoring` on 3.12 and later, `sys.settrace` on 3.11.

A counter calls `step(code, offset)` of the budget that is running, for each function entry (offset 0) and each
backward jump of learner code. `labkit.steps` decides what a step means.
"""

from __future__ import annotations

import atexit
import dis
import sys
import weakref
from collections.abc import Callable
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labkit.steps import IsLearner, StepBudget

monitoring: Any = getattr(sys, "monitoring", None)  # None on 3.11


class Monitor:
    """Counting with `sys.monitoring`. Python has six tool ids for everybody, so there is one monitor a process.

    It stays installed: switching events on and off makes Python rewrite every function again. Without a
    running budget a learner's step costs one idle call; foreign code is switched off after its first call.
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
        budget = self.current
        if budget is not None and budget.is_watched:
            budget.step(code, 0)

    def on_jump(self, code: CodeType, offset: int, target: int) -> Any:
        """Only backward jumps count: a conditional jump always goes forward, so that events of branches add nothing."""
        if target > offset:
            return monitoring.DISABLE
        budget = self.current
        if budget is not None and budget.is_watched:
            budget.step(code, offset)


class Tracer:
    """Counting with `sys.settrace`. Foreign code, and functions without a loop, cost one call."""

    BEGIN = bytes((dis.opmap.get("RESUME", 0), 0))  # RESUME 1 to 3 go on after a yield or an await

    def __init__(self) -> None:
        self.current: StepBudget | None = None
        self.loops: dict[int, Loops] = {}

    def enter(self, budget: StepBudget) -> Any:
        outer, undo = self.current, sys.gettrace()
        self.current = budget
        if budget.is_watched:
            sys.settrace(self.tracer(budget))
        elif outer is not None:
            sys.settrace(None)
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
                self.step(budget, frame, 0)
            loops = self.loops_of(code)
            return self.local(budget, frame, loops) if loops.jumps else None

        return on_call

    def loops_of(self, code: CodeType) -> Loops:
        if id(code) not in self.loops:
            self.loops[id(code)] = Loops(code)
        return self.loops[id(code)]

    def local(self, budget: StepBudget, frame: FrameType, loops: Loops) -> Callable:
        last = frame.f_lasti
        jumps, silent, tight = loops.jumps, loops.silent, loops.tight
        if tight:
            frame.f_trace_opcodes = True

        def on_event(frame: FrameType, event: str, _arg: Any) -> Any:
            nonlocal last
            here = frame.f_lasti
            if event == "opcode":
                if here in tight:
                    self.step(budget, frame, here)
            elif event == "line":
                if here in jumps and here not in tight and (here <= last or here in silent):
                    self.step(budget, frame, jumps[here])
                last = here
            return on_event

        return on_event

    def step(self, budget: StepBudget, frame: FrameType, offset: int) -> None:
        budget.step(frame.f_code, offset, lambda: self.rearm(budget))

    def rearm(self, budget: StepBudget) -> None:
        """Trace again after a learner's bare `except` dropped the error: 3.11 stops tracing when a tracer raises."""
        if not budget.running:
            return
        frame = sys._getframe(1)
        while frame is not None:
            if budget.is_learner(frame.f_code.co_filename) and self.loops_of(frame.f_code).jumps:
                frame.f_trace = self.local(budget, frame, self.loops_of(frame.f_code))
            frame = frame.f_back
        sys.settrace(self.tracer(budget))


class Loops:
    """Where the loops of one code object turn, for `Tracer`: `jumps` maps the target of each loop to its jump.

    `silent` are the targets that are entered from above without a line event, `tight` those that jump to
    themselves (`while True: pass` on one line), which only opcode events show. Offsets are in bytes.
    """

    def __init__(self, code: CodeType):
        self.code = code  # keeps its id from being used again
        self.jumps: dict[int, int] = {}
        self.silent: set[int] = set()
        self.tight: set[int] = set()
        before: dict[int, int] = {}
        previous = 0
        for step in dis.get_instructions(code):
            before[step.offset], previous = previous, step.offset
            if "JUMP_BACKWARD" in step.opname and "NO_INTERRUPT" not in step.opname:
                self.add(step.argval, step.offset, before)

    def add(self, target: int, jump: int, before: dict[int, int]) -> None:
        known = self.jumps.get(target, jump)
        self.jumps[target] = min(known, jump, key=lambda offset: line_at(self.code, offset))
        if target == jump:
            self.tight.add(target)
        if line_at(self.code, target) == line_at(self.code, before[target]):
            self.silent.add(target)


def line_at(code: CodeType, offset: int) -> int:
    """The source line of the instruction at a byte offset."""
    return next((line for start, end, line in code.co_lines() if line and start <= offset < end), code.co_firstlineno)


counter: Monitor | Tracer = Monitor() if monitoring else Tracer()
