"""The learner's Worker as it would be uploaded: what every isolate starts from.

A Worker given as source (a file, its text, a module) runs its top level once in each isolate. A Worker given as
a class or a namespace is copied into each isolate with the names it mentions, by cloudpickle: functions and
classes of the notebook are rebuilt around fresh globals, so that no isolate sees another's, nor the notebook's.
"""

from __future__ import annotations

import ast
import builtins
import functools
import io
import pickle
import random
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from labkit import sockets
from labkit.errors import ConfigError, LabError

ENTRYPOINTS = ("WorkerEntrypoint", "DurableObject", "WorkflowEntrypoint")
WHERE = "https://developers.cloudflare.com/workers/languages/python/basics/"


class Program:
    """A Worker's code, ready to start in any number of isolates.

    `classes` are its entrypoint classes by name, or None where only running the source would tell. `assets` is what it
    wants of the configuration's key of that name, where there are static assets.
    """

    assets: Mapping[str, Any] = {}

    def __init__(self, start: Callable[[Sandbox], dict[str, Any]], classes: Mapping[str, type] | None = None):
        self.classes = classes
        self._start = start

    def has(self, entrypoint: str, method: str) -> bool | None:
        """Whether a class has a method of this name; None where only running the source would tell."""
        if self.classes is None:
            return None
        return callable(getattr(self.classes.get(entrypoint), method, None))

    def start(self, sandbox: Sandbox) -> dict[str, type]:
        """Run the top level in a new isolate; the entrypoint classes by name."""
        return _some(entrypoints(self._start(sandbox)), "this Worker")


class Sandbox:
    """What an isolate gives its code: `print`, the clock and the dice. Imports of other modules pass through.

    `codes` is the learner's code that was brought in so far. The Worker's own modules are the files of `folder`, and
    those in `compiled`, by name.
    """

    def __init__(self, modules: Mapping[str, ModuleType], write: Callable[..., None], folder: Path | None = None):
        self.modules = dict(modules)
        self.folder = folder
        self.compiled: Mapping[str, CodeType] = {}
        self.codes: list[CodeType] = []
        self.drivers: dict[str, ModuleType] = {}
        self.builtins = {**vars(builtins), "print": write, "__import__": self.import_module}

    def import_module(self, name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0):
        """`import` inside the isolate: simulated modules first, then the Worker's own files, then Python's."""
        top = name.partition(".")[0]
        if level == 0 and top in sockets.DRIVERS:
            return self._driver(name, fromlist)
        if level == 0 and top not in self.modules and (own := self._own(top)):
            self.modules[top] = self.execute_module(top, own)
        if level == 0 and top in self.modules and (name == top or not fromlist):  # not `from os.path import join`
            return self.modules[top]
        return builtins.__import__(name, globals, locals, fromlist, level)

    def found(self, name: str) -> ModuleType | None:
        """What stands in for a module in this isolate: a simulated one, or a driver's own copy."""
        if name.partition(".")[0] in sockets.DRIVERS:
            return self._driver(name, ("__name__",))
        return self.modules.get(name)

    def _driver(self, name: str, fromlist: Any) -> ModuleType:
        return sockets.imported_anew(name, fromlist, {"socket": self.modules["socket"]}, self.drivers)

    def execute_module(self, name: str, code: CodeType) -> ModuleType:
        module = ModuleType(name)
        self.execute(code, module.__dict__)
        return module

    def _own(self, name: str) -> CodeType | None:
        """The code of one of the Worker's own modules."""
        path = self.folder / f"{name}.py" if self.folder else None
        if path is None or not path.is_file():
            return self.compiled.get(name)
        return compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True)

    def execute(self, code: CodeType, names: dict[str, Any]) -> dict[str, Any]:
        self.codes.append(code)
        names["__builtins__"] = self.builtins
        exec(code, names)
        return names


def of(main: Any) -> Program:
    """The program in a class, a namespace, a module, a path or a text. Refuses what no Worker can be made of."""
    if isinstance(main, Program):
        return main
    if isinstance(main, type):
        if not _bases(main) & set(ENTRYPOINTS):
            raise ConfigError(f"Lab({main.__name__}): a Worker is a class that extends WorkerEntrypoint.", where=WHERE)
        return _pickled({"Default": main})
    if isinstance(main, list | tuple):
        return of({getattr(each, "__name__", repr(each)): each for each in main})
    if isinstance(main, Mapping):
        return _pickled(entrypoints(main))
    if isinstance(main, ModuleType):
        file = getattr(main, "__file__", None)
        return _from_source(Path(file)) if file else _pickled(entrypoints(vars(main)))
    if isinstance(main, Path | str):
        return _from_source(main)
    raise ConfigError(
        f"Lab({main!r}) is no Worker: give it a class that extends WorkerEntrypoint, a module, or the path of a file.",
        where=WHERE,
    )


def entrypoints(names: Mapping[str, Any]) -> dict[str, type]:
    """The classes among the names that the runtime would export."""
    return {
        name: value
        for name, value in names.items()
        if isinstance(value, type) and value.__name__ not in ENTRYPOINTS and _bases(value) & set(ENTRYPOINTS)
    }


def _bases(cls: type) -> set[str]:
    return {base.__name__ for base in cls.__mro__[1:]}


def _from_source(source: Path | str) -> Program:
    if isinstance(source, str) and "\n" in source:
        text, file, folder = source, "entry.py", None
    else:
        path = Path(source)
        if not path.is_file():
            raise ConfigError(f"There is no Worker at {str(source)!r}.", where=WHERE)
        text, file, folder = path.read_text(encoding="utf-8"), str(path), path.parent
    code = _compiled(text, file)

    def start(sandbox: Sandbox) -> dict[str, Any]:
        sandbox.folder = folder
        return sandbox.execute(code, {"__name__": "entry", "__file__": file})

    return Program(start)


def _compiled(text: str, file: str) -> CodeType:
    """The code of a source. Refuses what is not Python, and what has no class and imports nothing that could."""
    try:
        tree = ast.parse(text, file)
        code = compile(tree, file, "exec", dont_inherit=True)
    except SyntaxError as error:
        source = f": {error.text.strip()}" if error.text else "."
        raise ConfigError(f"{file} is not Python, at line {error.lineno}: {error.msg}{source}") from None
    if not any(isinstance(node, ast.ClassDef | ast.Import | ast.ImportFrom) for node in ast.walk(tree)):
        _some({}, file)
    return code


def _some(classes: Mapping[str, type], place: str = "here") -> dict[str, type]:
    """The same classes, if there is any."""
    if not classes:
        where = "here" if place == "here" else f"in {place}"
        raise ConfigError(f"There is no class {where} that extends WorkerEntrypoint.", where=WHERE)
    return dict(classes)


def _pickled(classes: Mapping[str, type]) -> Program:
    blob = _dump(_some(classes))
    return Program(lambda sandbox: _Loader(io.BytesIO(blob), sandbox).load(), classes)


def _dump(classes: dict[str, type]) -> bytes:
    import cloudpickle

    class Pickler(cloudpickle.Pickler):
        """Takes functions under `functools.cache` too: each isolate gets the function with a cache of its own.

        `from random import randint` names a method of Python's hidden generator: it becomes the lab's.
        """

        def reducer_override(self, obj: Any) -> Any:
            if getattr(obj, "__self__", None) is random._inst:  # type: ignore[attr-defined]
                return getattr, (random, obj.__name__)
            if isinstance(obj, functools._lru_cache_wrapper):
                return _cached, (obj.__wrapped__, obj.cache_parameters())
            if isinstance(obj, CodeType):
                return _in_its_file(obj, *cloudpickle.cloudpickle._code_reduce(obj))
            return super().reducer_override(obj)

    own = {sys.modules[c.__module__] for c in classes.values() if _is_own_module(c.__module__)}
    for module in own:
        cloudpickle.register_pickle_by_value(module)
    blob = io.BytesIO()
    try:
        Pickler(blob).dump(classes)
        return blob.getvalue()
    except LabError:
        raise
    except Exception as error:
        raise ConfigError(
            f"The Worker mentions something that cannot be deployed with it ({error}). "
            "A Worker reaches its own code, its imports and env, and nothing else of the notebook.",
            where=WHERE,
        ) from error
    finally:
        for module in own:
            cloudpickle.unregister_pickle_by_value(module)


def _in_its_file(code: CodeType, make: Any, parts: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """How to make a code anew, with the name of its file: cloudpickle 3.1.3 leaves it out, and with it the line."""
    return make, tuple(code.co_filename if part == "<dynamic-code>" else part for part in parts)


def _cached(function: Callable[..., Any], parameters: Mapping[str, Any]) -> Any:
    return functools.lru_cache(**parameters)(function)


def _is_own_module(name: str) -> bool:
    """A learner's importable module is copied as well; the libraries it imports are shared."""
    file = getattr(sys.modules.get(name), "__file__", None) or ""
    return name != "__main__" and bool(file) and "site-packages" not in file and not name.startswith("labkit.")


class _Loader(pickle.Unpickler):
    """Rebuilds a program inside one isolate: new classes every time, with the sandbox's builtins and modules."""

    def __init__(self, file: io.BytesIO, sandbox: Sandbox):
        super().__init__(file)
        self.sandbox = sandbox

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name)
        if (own := self.sandbox.found(module)) is not None:
            return getattr(own, name)
        if module == "cloudpickle.cloudpickle":
            return getattr(self, name, None) or found
        return found

    def subimport(self, name: str) -> Any:
        __import__(name)
        return self.sandbox.found(name) or sys.modules[name]

    def _make_function(self, code: CodeType, globals: dict[str, Any], *rest: Any) -> Any:
        from types import FunctionType

        self.sandbox.codes.append(code)
        globals["__builtins__"] = self.sandbox.builtins
        return FunctionType(code, globals, *rest)

    def _function_setstate(self, function: Any, state: Any) -> None:
        from cloudpickle.cloudpickle import _function_setstate  # type: ignore[attr-defined]

        _function_setstate(function, state)
        function.__globals__["__builtins__"] = self.sandbox.builtins

    def _make_skeleton_class(self, constructor: Any, name: str, bases: Any, kwargs: Any, tracker: Any, extra: Any):
        from cloudpickle.cloudpickle import _make_skeleton_class

        return _make_skeleton_class(constructor, name, bases, kwargs, None, extra)
