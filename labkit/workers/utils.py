"""Small bridges between the SDK's classes and JavaScript's: headers, errors, imports, the environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from labkit.errors import NotEmulated
from labkit.workers.context import current, env, here, wait_until
from labkit.workers.js.headers import Headers
from labkit.workers.objects import JsObject
from labkit.workers.proxies import JsException


@lru_cache(1)
def message_mapping() -> type:
    """The class of `request.headers`: `http.client.HTTPMessage`, which is slow to import and often not wanted."""
    from http.client import HTTPMessage

    class HTTPMessageMapping(HTTPMessage, Mapping):
        """Headers without case. A missing one is None; `get_all` gives every value of a name."""

    return HTTPMessageMapping


def read_headers(headers: Headers) -> Any:
    """A copy of the headers as Python reads them: cookies first and one by one, then the rest by name."""
    message = message_mapping()()
    message._headers = [("Set-Cookie", value) for value in headers._cookies]
    message._headers += sorted(headers._values.items())
    return message


def js_headers(headers: Any) -> Headers:
    """Headers from a dict, a list of pairs, or `js.Headers`; anything else, even `request.headers`, is refused."""
    if isinstance(headers, (dict, list, Headers)):
        return headers if isinstance(headers, Headers) else Headers.new(headers)
    raise TypeError("Received unexpected type for headers argument")


def python_error(error: JsException) -> Exception:
    """The Python error that the SDK raises for JavaScript's: RangeError is ValueError, TypeError is TypeError."""
    if error.name == "RangeError":
        return ValueError(error.message)
    return TypeError(error.message) if error.name == "TypeError" else error


def import_from_javascript(module_name: str) -> Any:
    """The ES module of that name: `cloudflare:workers` and, inside of a handler, `cloudflare:email` are emulated."""
    if module_name == "cloudflare:workers":
        return JsObject({"env": env, "waitUntil": wait_until})
    if module_name == "cloudflare:email":
        return _email_module()
    if module_name == "cloudflare:sockets":
        raise NotEmulated("cloudflare:sockets (raw TCP) is not emulated. The nearest is workers.fetch.")
    raise ImportError(f"Failed to import '{module_name}': Error: No such module \"{module_name}\".")


def _email_module() -> JsObject:
    """`cloudflare:email`, which the top level of a Worker cannot import: that would have to wait for it."""
    if (event := current.get()) is not None and not hasattr(event, "metered"):
        raise ImportError("Failed to import 'cloudflare:email': Only 'cloudflare:workers' and 'cloudflare:sockets' are "
                          "available in the global scope.")  # fmt: skip
    from labkit.workers.js.mail import EmailMessage

    return JsObject({"EmailMessage": EmailMessage})


class _Patched:
    """An env with some names replaced."""

    def __init__(self, env: Any, names: dict[str, Any]):
        self.__dict__.update(names)
        self._beneath = env

    def __getattr__(self, name: str) -> Any:
        return getattr(self._beneath, name)


@contextmanager
def patch_env(d: dict[str, Any] | Sequence[tuple[str, Any]] | None = None, **kwds: Any) -> Iterator[None]:
    """Inside the `with` block, `workers.env` has these names too, or instead."""
    context = here("patch_env")
    before = context.env
    context.env = _Patched(before, dict(d or {}) | kwds)
    try:
        yield
    finally:
        context.env = before
