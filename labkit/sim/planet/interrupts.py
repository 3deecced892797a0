"""Ctrl-C in the middle of a run: noticed at once, obeyed at the next request, where nothing is half done.

Python raises KeyboardInterrupt between any two instructions, be it in the middle of asyncio's bookkeeping, after which
a lab cannot be used any more. A second Ctrl-C does that still: it reaches a Worker that never comes back.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Interrupt:
    """Whether the run is to end, and why, where it was not a person who asked."""

    is_asked = False
    reason = ""

    def obey(self) -> None:
        """Raise KeyboardInterrupt, if so."""
        if self.is_asked:
            raise KeyboardInterrupt


@contextmanager
def noticed() -> Iterator[Interrupt]:
    """What notices a Ctrl-C, or a notebook's stop button, inside the block; off the main thread nothing does."""
    interrupt, before = Interrupt(), signal.getsignal(signal.SIGINT)
    if not callable(before) or threading.current_thread() is not threading.main_thread():
        yield interrupt
        return

    def notice(number: int, frame: Any) -> None:
        if interrupt.is_asked:
            before(number, frame)
        interrupt.is_asked = True

    signal.signal(signal.SIGINT, notice)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)
