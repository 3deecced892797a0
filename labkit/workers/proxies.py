"""What every JavaScript value in Python has in common: the proxy, its class, null, and the thrown error.

A `JsProxy` is a JavaScript object as raw as Pyodide hands it out. None is JavaScript's undefined, `jsnull` its null.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labkit.workers.objects import JsArray


class JsClass(type):
    """The type of JavaScript's classes: `X.new(...)` makes an object, and a plain call is refused where real ones do.

    Keyword arguments become one trailing options object, as in every call from Python into JavaScript.
    """

    needs_new = False

    @property
    def name(cls) -> str:
        """The class's name on JavaScript's side, which is not always ours."""
        return cls.__dict__.get("_js_name", cls.__name__)

    def new(cls, *args, **keywords):
        return type.__call__(cls, *args, keywords) if keywords else type.__call__(cls, *args)

    def __call__(cls, *args, **keywords):
        if cls.needs_new:
            raise JsException(
                "TypeError",
                f"Failed to construct '{cls.__name__}': Please use the 'new' operator, "
                "this object constructor cannot be called as a function.",
            )
        return type.__call__(cls, *args, **keywords)


class JsProxy(metaclass=JsClass):
    """A JavaScript object seen from Python. Subclasses say what it holds through `_properties`."""

    __slots__ = ()

    def _properties(self) -> dict[str, Any]:
        """The object's own enumerable properties."""
        return {}

    def _plain(self) -> Any:
        """The Python value that a structured clone of this object carries, or the object itself."""
        return self

    @property
    def constructor(self) -> type:
        return type(self)

    @property
    def typeof(self) -> str:
        return "function" if callable(self) else "object"

    @property
    def js_id(self) -> int:
        return id(self)

    def object_keys(self) -> JsArray:
        return _array(self._properties())

    def object_values(self) -> JsArray:
        return _array(self._properties().values())

    def object_entries(self) -> JsArray:
        return _array(_array(pair) for pair in self._properties().items())

    def to_py(self, *, depth: int = -1, default_converter: Callable | None = None) -> Any:
        """The nearest Python value: a dict, a list, a set, or this very object where there is none."""
        return self._plain()

    def toString(self) -> str:
        return f"[object {type(self).__name__}]"

    def __repr__(self) -> str:
        return self.toString()


def _array(items) -> JsArray:
    from labkit.workers.objects import JsArray

    return JsArray(items)


class JsBuiltin(JsProxy):
    """A class of the runtime's own: made with `.new(...)` only."""

    __slots__ = ()
    needs_new = True


class JsNull:
    """The type of `jsnull`, JavaScript's null. False in a condition, and equal to nothing but itself."""

    __slots__ = ()
    typeof = "object"

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "jsnull"

    def __reduce__(self) -> str:
        return "jsnull"


jsnull = JsNull()


class JsException(JsProxy, Exception):
    """An error thrown by JavaScript, such as every refusal of a binding. `str` is "Name: message"."""

    __module__ = "pyodide.ffi"  # what a learner imports it from, and what a traceback says

    __module__ = "pyodide.ffi"  # as tracebacks name it

    def __init__(self, name: str, message: str = "", **properties):
        super().__init__(name, message)
        self.name = name
        self.message = message
        self.stack = f"{self}\n    at the runtime"
        vars(self).update(properties)

    def _properties(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key not in ("name", "message", "stack")}

    def toString(self) -> str:
        return f"{self.name}: {self.message}" if self.message else self.name

    __str__ = toString

    def __repr__(self) -> str:
        return self.toString()
