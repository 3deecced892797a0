"""The routes of the functions, in the order in which they are tried: `wrangler pages functions build`'s."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cmp_to_key
from pathlib import PurePosixPath

from labkit.errors import ConfigError
from labkit.facts.table import Rows, Table
from labkit.pages.sources import MIDDLEWARE, WHERE, Source

METHODS = ("Get", "Post", "Put", "Patch", "Delete", "Options", "Head")
HANDLERS = ("onRequest", *(f"onRequest{method}" for method in METHODS))
_NEARLY = re.compile(r"on_?request\w*", re.IGNORECASE)
_PARAMETER = re.compile(r"\[\[([^\]]+)\]\]|\[([^\]]+)\]")

Named = tuple[Source, str]
"""A file and the name of one of its functions."""


@dataclass
class Entry:
    """A route: what answers it, and what runs before everything below it."""

    path: str
    mount: str
    method: str
    module: Named | None = None
    middleware: Named | None = None
    segments: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.segments = [part for part in self.path.split("/") if part]


def entries(sources: Iterable[Source]) -> list[Entry]:
    """The routes, most specific first. Refuses two functions for one, and a file without any."""
    found: dict[tuple[str, str], Entry] = {}
    for source in sources:
        for name in _handlers(source):
            _add(found, source, name)
    if not found:
        raise ConfigError("There are no functions: a file has def onRequest(context), say.", where=WHERE)
    return sorted(found.values(), key=cmp_to_key(_compared))


def _add(found: dict[tuple[str, str], Entry], source: Source, name: str) -> None:
    path, mount, method = *_paths(source), name.removeprefix("onRequest").upper()
    entry = found.setdefault((path, method), Entry(path, mount, method))
    entry.mount = mount
    if source.stem == MIDDLEWARE:
        entry.middleware = source, name
    else:
        _refuse_twins(found.values(), source, path, method)
        entry.module = source, name


def _refuse_twins(found: Iterable[Entry], source: Source, path: str, method: str) -> None:
    """Refuse two files for one route: the names of parameters tell none apart. `a/index.py` goes before `a.py`."""
    for entry in found:
        is_same = entry.method == method and _nameless(entry.path) == _nameless(path)
        if entry.module is not None and is_same and entry.path != path:
            files = f"functions/{entry.module[0].path} and functions/{source.path}"
            raise ConfigError(f"{files} have the same route: one of them would never run.", where=WHERE)


def _nameless(path: str) -> str:
    return re.sub(r":\w+", ":", path, flags=re.ASCII)


def _handlers(source: Source) -> list[str]:
    """The names of a file's functions. Refuses what is not Python, a misspelt name, and a file without one."""
    names = sorted(set(_bound(_parsed(source).body)))
    if source.is_helper:
        return []
    for name in names:
        if name not in HANDLERS and _NEARLY.fullmatch(name):
            said = f"functions/{source.path}: {name} is none of {', '.join(HANDLERS)}, the platform's own names."
            raise ConfigError(said, where=WHERE)
    handlers = [name for name in names if name in HANDLERS]
    if not handlers:
        said = f"functions/{source.path} has no onRequest, onRequestGet ...; a file for others to import begins with _."
        raise ConfigError(said, where=WHERE)
    return handlers


def _parsed(source: Source) -> ast.Module:
    try:
        return ast.parse(source.text, source.path)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:  # the latter two: nested too deeply
        line, text = getattr(error, "lineno", None) or 1, getattr(error, "text", None)
        why = getattr(error, "msg", None) or str(error) or type(error).__name__
        said = f"{why}: {text.strip():.80}" if text else f"{why}."
        raise ConfigError(f"functions/{source.path} is not Python, at line {line}: {said}") from None


def _bound(body: list[ast.stmt]) -> Iterator[str]:
    """The names that a module's statements bind, those in an `if` or a `try` too."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            yield from (n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
        else:
            yield from _bound([each for each in ast.iter_child_nodes(node) if isinstance(each, ast.stmt)])


def _paths(source: Source) -> tuple[str, str]:
    """The route of a file and that of its folder, with `:name` and `:name*` for parameters."""
    whole = PurePosixPath("/", source.path.removesuffix(".py"))
    path = whole.parent if source.stem in ("index", MIDDLEWARE) else whole
    if ":" in source.path or "*" in source.path:
        raise ConfigError(f"functions/{source.path}: a route has no ':' and no '*' of its own; [name], [[name]].")
    return _converted(source, path), _converted(source, whole.parent)


def _converted(source: Source, path: PurePosixPath) -> str:
    def parameter(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if not re.fullmatch(r"[A-Za-z0-9_]+", name):
            said = "Parameter names must only contain alphanumeric and underscore characters."
            raise ConfigError(f'functions/{source.path}: Invalid Pages function route parameter - "{found[0]}". {said}')
        return f":{name}*" if found[1] else f":{name}"

    converted = _PARAMETER.sub(parameter, str(path))
    if re.search(r"[^/]:\w+\*|:\w+\*?:", converted, re.ASCII):
        said = "[[name]] is a whole segment, and two parameters have text between them."
        raise ConfigError(f"functions/{source.path}: {said}", where=WHERE)
    return converted


def _compared(one: Entry, other: Entry) -> int:
    """Which of two routes is tried first: the longer, then the one with less left open, segment by segment."""
    if len(one.segments) != len(other.segments):
        return len(other.segments) - len(one.segments)
    for mine, theirs in zip(one.segments, other.segments, strict=True):
        for mark in "*:":
            if (mark in mine) != (mark in theirs):
                return 1 if mark in mine else -1
    if bool(one.method) != bool(other.method):
        return -1 if one.method else 1
    mine, theirs = in_order(one.path), in_order(other.path)
    return (mine > theirs) - (mine < theirs)


_ORDER = {letter: place for place, letter in enumerate("_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789")}


def in_order(text: str) -> tuple[list[int], str]:
    """The key that sorts texts as `localeCompare` does: signs, digits, letters, and small letters before capitals."""
    return [_ORDER.get(letter, 100 + ord(letter)) for letter in text.lower()], text.swapcase()


class Routes(Rows):
    """The routes of a site in the order in which they are tried, as a notebook shows them."""

    def table(self) -> Table:
        rows = [("path", "method", "function", "middleware"), *(tuple(row.values()) for row in self)]
        return Table(rows)


def shown(found: Iterable[Entry]) -> Routes:
    """The routes in words."""
    return Routes(
        {"path": each.path, "method": each.method or "any", "function": _file(each.module),
         "middleware": _file(each.middleware)}
        for each in found
    )  # fmt: skip


def _file(named: Named | None) -> str:
    return f"{named[0].path} {named[1]}" if named else ""
