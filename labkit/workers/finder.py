"""Makes `from workers import ...` find the lab's modules, in a cell and in a file alike.

The finder stands at the end of `sys.meta_path`, so a really installed SDK or a real Pyodide wins; and a module
enters `sys.modules` only when somebody imports it. Each name is a facade with no path of its own: the real module
stays loaded once, under its own name.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

HOMES = {
    "workers": "labkit.workers",
    "workers.asgi": "labkit.workers.asgi",
    "workers.workflows": "labkit.workers.workflows",
    "workers.wsgi": "labkit.workers.wsgi",
    "js": "labkit.workers.js",
    "pyodide": "labkit.workers.pyodide",
    "pyodide.ffi": "labkit.workers.ffi",
    "pyodide.http": "labkit.workers.http",
    "asgi": "labkit.workers.asgi",
}
"""The platform's module names, and where each is written."""


class Facade(ModuleType):
    """A module whose attributes are those of another. `__all__` is that module's public surface."""

    def __init__(self, name: str, home: ModuleType):
        super().__init__(name, home.__doc__)
        self.__home__ = home
        self.__path__: list[str] = []  # nothing to search: a second copy of the home's files must never load

    def __getattr__(self, name: str):
        home = self.__dict__["__home__"]
        try:
            return getattr(home, name)
        except AttributeError as error:
            message = str(error).replace(repr(home.__name__), repr(self.__name__))
            raise AttributeError(message, name=name, obj=self) from None

    def __dir__(self) -> list[str]:
        return dir(self.__home__)


class WorkersFinder(MetaPathFinder, Loader):
    """Finds the names in `HOMES`, and nothing else."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(fullname, self, is_package=True) if fullname in HOMES else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return Facade(spec.name, import_module(HOMES[spec.name]))

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run: the home has been."""


def install() -> None:
    """Put the finder last on `sys.meta_path`, once."""
    if not any(isinstance(finder, WorkersFinder) for finder in sys.meta_path):
        sys.meta_path.append(WorkersFinder())
