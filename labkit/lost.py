"""What becomes of the code that ran on a machine that is lost: it stops, and nothing that it would have done is done.

To close a suspended coroutine is to raise GeneratorExit where it waits. Where no `except`, `finally` or `with` stands
around that place, in it and in all that it awaits, no code hears of it: such a coroutine is closed at once, and what
it held is free. Any other is kept for ever, for closing it would run what no dead machine runs.

What has not begun when it is lost never will: it is closed too (`forget`).
"""

from __future__ import annotations

import asyncio
import dis
import gc
from collections.abc import Callable, Coroutine, Generator
from contextlib import suppress
from functools import lru_cache
from inspect import CORO_CREATED, getcoroutinestate
from types import AsyncGeneratorType, CodeType, CoroutineType, FrameType, GeneratorType
from typing import Any

SUSPENDABLE = (CoroutineType, GeneratorType, AsyncGeneratorType)
_HARMLESS = {asyncio.sleep.__code__}
"""Functions whose `except` and `finally` do nothing that anybody would notice: this one cancels a timer."""
_PASSES_ON = frozenset({"CLEANUP_THROW", "CALL_INTRINSIC_1"})
"""How those handlers begin that Python 3.12 and later add to each `await` and coroutine; others: PUSH_EXC_INFO."""


class Graveyard:
    """The coroutines of lost machines that nothing may close."""

    def __init__(self) -> None:
        self._kept: list[Coroutine[Any, Any, Any]] = []

    def __len__(self) -> int:
        return len(self._kept)

    def __del__(self) -> None:
        """Dropped with its lab: Python closes what is kept, and nobody is told what the code of no machine says."""
        for coroutine in self._kept:
            with suppress(BaseException):
                coroutine.close()

    def bury(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """Let go of a coroutine that will never go on, where none of its code would notice; keep it elsewhere."""
        if closes_unheard(coroutine):
            coroutine.close()
        else:
            self._kept.append(coroutine)


def spare(task: asyncio.Task[Any]) -> None:
    """Take back what cancelled a task: what ended is a machine, and whoever waited for it goes on."""
    while task.uncancel():
        pass


def forget(coroutine: Any) -> None:
    """Close a coroutine that has not begun, and those that it was given, so that nobody is warned of them."""
    if isinstance(coroutine, CoroutineType) and getcoroutinestate(coroutine) == CORO_CREATED:
        given = [held for held in gc.get_referents(coroutine) if isinstance(held, CoroutineType)]
        coroutine.close()
        for each in given:
            forget(each)


class Unbegun(Coroutine[Any, Any, Any]):
    """A coroutine that is made when it begins. Dropped before, with its lab, it leaves nothing to warn of."""

    def __init__(self, make: Callable[[], Coroutine[Any, Any, Any]]):
        self._make, self._begun = make, None

    def _code(self) -> Coroutine[Any, Any, Any]:
        if self._begun is None:
            self._begun = self._make()
        return self._begun

    def send(self, value: Any) -> Any:
        return self._code().send(value)

    def throw(self, *error: Any) -> Any:
        return self._code().throw(*error)

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._code().__await__()

    def close(self) -> None:
        if self._begun is not None:
            self._begun.close()


def unheard(function: Any) -> Any:
    """Mark a function of our own whose `except` and `finally` do nothing that anybody would notice."""
    _HARMLESS.add(function.__code__)
    return function


def closes_unheard(waiting: Any) -> bool:
    """Whether no code runs when this suspended coroutine is closed; False where that cannot be told."""
    while isinstance(waiting, SUSPENDABLE):
        frame, inner = _inside(waiting)
        if frame is not None and _is_heard(frame):
            return False
        if any(isinstance(held, SUSPENDABLE) and held is not inner for held in gc.get_referents(waiting)):
            return False  # to drop it is to close it
        waiting = inner
    return waiting is None or type(waiting).__name__ == "FutureIter"


def _inside(waiting: Any) -> tuple[FrameType | None, Any]:
    """The frame of what is suspended, and what it awaits in turn."""
    if isinstance(waiting, CoroutineType):
        return waiting.cr_frame, waiting.cr_await
    if isinstance(waiting, GeneratorType):
        return waiting.gi_frame, waiting.gi_yieldfrom
    return waiting.ag_frame, waiting.ag_await


def _is_heard(frame: FrameType) -> bool:
    return frame.f_code not in _HARMLESS and _has_handler(frame.f_code, frame.f_lasti)


@lru_cache(maxsize=1024)
def _has_handler(code: CodeType, offset: int) -> bool:
    """Whether an exception at an offset of the code reaches anything before it leaves."""
    entries = dis._parse_exception_table(code)  # type: ignore[attr-defined]
    while True:
        target = next((entry.target for entry in entries if entry.start <= offset < entry.end), None)
        if target is None:
            return False
        if dis.opname[code.co_code[target]] not in _PASSES_ON:
            return True
        offset = target
