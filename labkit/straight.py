"""Whether a Worker's code runs straight: each of its functions to its end, once, and none called by another.

Such code takes one step an event, so nobody need watch it (`labkit.steps`); watching slows 3.11 down threefold. The
answer errs on the side of watching.
"""

from __future__ import annotations

import dis
from collections.abc import Iterable, Iterator
from inspect import CO_OPTIMIZED
from types import CodeType

LOOKS_UP = frozenset(
    {"getattr", "eval", "exec", "compile", "globals", "locals", "vars", "dir", "attrgetter", "methodcaller", "__dict__",
     "__getattribute__", "__import__", "import_module"}
)  # fmt: skip
"""Names with which code reaches what it does not name."""


def runs_straight(codes: Iterable[CodeType]) -> bool:
    """True where no function loops, holds another, imports, or may be called by any of the code or by Python itself."""
    whole = [part for code in codes for part in _parts(code)]
    functions = [code for code in whole if _is_function(code)]
    called = LOOKS_UP | {code.co_name for code in functions}
    return all(_is_plain(code) for code in functions) and not any(called & _reads(code) for code in whole)


def _parts(code: CodeType) -> Iterator[CodeType]:
    """The code and all that is inside it."""
    yield code
    for inner in _inner(code):
        yield from _parts(inner)


def _inner(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def _is_function(code: CodeType) -> bool:
    """Not the body of a class or the top level of a file, which run once, as the isolate starts."""
    return bool(code.co_flags & CO_OPTIMIZED)


def _is_plain(function: CodeType) -> bool:
    """One that has a name of its own, and whose instructions run at most once."""
    if function.co_name.startswith(("__", "<")) or _inner(function):
        return False
    names = [step.opname for step in dis.get_instructions(function)]
    return not any(map(_goes_on, names, ["", *names]))


def _goes_on(name: str, before: str) -> bool:
    """Whether an instruction imports or turns a loop. An await is none, nor what ends it early (3.12's jump back)."""
    if "JUMP_BACKWARD" in name:
        return "NO_INTERRUPT" not in name and before != "CLEANUP_THROW"
    return name.startswith("IMPORT")


def _reads(code: CodeType) -> set[str]:
    """Every name that the code reads, and every text in it, which may be a name too."""
    return {
        step.argval
        for step in dis.get_instructions(code)
        if step.opname.startswith(("LOAD_", "IMPORT_")) and isinstance(step.argval, str)
    }
