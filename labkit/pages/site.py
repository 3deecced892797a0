"""The Worker that a folder of functions becomes: `entry.py`, the router, and each function as a module."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from types import CodeType
from typing import Any

from labkit.errors import ConfigError
from labkit.pages import rules, sources, table
from labkit.program import Program, Sandbox

ROUTER = "pages_router"


class Site(Program):
    """A Worker for `Lab(site)`, and its files for a real one.

    `files` are the texts by name, all in one folder. `routes` is the table of routes, `rules` the `_routes.json`, and
    `assets` what wrangler's key of that name needs, so that static assets stand behind the functions.
    """

    def __init__(self, entries: list[table.Entry], found: list[sources.Source], routes: Mapping[str, Any]):
        super().__init__(self._run)
        self.routes, self.rules = table.shown(entries), dict(routes)
        self.assets = {"binding": "ASSETS", "run_worker_first": rules.run_worker_first(self.rules)}
        router = (files("labkit.pages") / "router.py").read_text(encoding="utf-8")
        self.files = {"entry.py": entry_text(entries, self.rules), f"{ROUTER}.py": router}
        self.files |= {f"{source.module}.py": source.text for source in found}
        names = {f"{source.module}.py": f"functions/{source.path}" for source in found}
        self._codes = {name.removesuffix(".py"): _compiled(text, names.get(name, name))
                       for name, text in self.files.items()}  # fmt: skip

    def has(self, entrypoint: str, method: str) -> bool:
        """Whether a class has a method of this name: a site answers requests, and nothing else."""
        return (entrypoint, method) == ("Default", "fetch")

    def write(self, folder: str | Path) -> Path:
        """Write the files into a folder, made where there is none; the path of its `entry.py`."""
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        for name, text in self.files.items():
            (place / name).write_text(text, encoding="utf-8")
        return place / "entry.py"

    def _run(self, sandbox: Sandbox) -> dict[str, Any]:
        sandbox.compiled = self._codes
        return sandbox.execute(self._codes["entry"], {"__name__": "entry", "__file__": "entry.py"})

    def _repr_html_(self) -> str:
        return self.routes._repr_html_()


def build(functions: Any, *, routes: Any = None) -> Site:
    """The site of a folder of functions, or of a mapping such as `{"api/[id].py": "def onRequest(context): ..."}`.

    `routes` is a `_routes.json`, its path or what it holds; where it is left out, one is made of the functions.
    """
    found = sources.read(functions)
    entries = table.entries(found)
    return Site(entries, found, rules.generated(entries) if routes is None else rules.read(routes))


def _compiled(text: str, file: str) -> CodeType:
    """The code of a file. Refuses what is Python to its parser alone: a `return` outside of a function."""
    try:
        return compile(text, file, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise ConfigError(f"{file} is not Python, at line {error.lineno}: {error.msg}.") from None
    except (MemoryError, RecursionError) as error:
        raise ConfigError(f"{file} is nested too deeply for Python: {type(error).__name__}.") from None


def entry_text(entries: list[table.Entry], routes: Mapping[str, Any]) -> str:
    """The text of `entry.py`: imports, the table of routes, the class."""
    modules = sorted({named[0].module for entry in entries for named in (entry.module, entry.middleware) if named})
    lines = ['"""A folder of Pages Functions as one Worker: made by labkit.pages, and made anew by it."""', "",
             *(f"import {name}" for name in modules), f"from {ROUTER} import Route, entrypoint", "",
             "ROUTES = [", *map(_route, entries), "]",
             f"INCLUDE = {routes['include']!r}", f"EXCLUDE = {routes['exclude']!r}", "",
             "Default = entrypoint(ROUTES, include=INCLUDE, exclude=EXCLUDE)", ""]  # fmt: skip
    return "\n".join(lines)


def _route(entry: table.Entry) -> str:
    lists = ", ".join(f"[{_named(each)}]" for each in (entry.middleware, entry.module))
    return f"    Route({entry.path!r}, {entry.mount!r}, {entry.method!r}, {lists}),"


def _named(named: table.Named | None) -> str:
    return f"{named[0].module}.{named[1]}" if named else ""
