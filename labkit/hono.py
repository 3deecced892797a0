"""Hono for Workers in Python: routes, middleware, cookies and validators, as hono 4.13 has them in JavaScript.

    from labkit.hono import Hono, entrypoint, logger

    app = Hono()
    app.use(logger())

    @app.get("/hello/:name")
    async def hello(c):
        return c.json({"hello": c.req.param("name")})

    Default = entrypoint(app)

A handler takes `c`, a middleware `c, next`; either may be async. This one file is all there is: beside an `entry.py`
it runs on Cloudflare as it stands (`from hono import Hono`). Names and options are Hono's (`app.notFound`,
`maxAge=600`); what one imports, and what the SDK's Request has too, is spelt as Python does (`bearer_auth`,
`form_data`). `tests/hono` holds its answers against those of the real Hono, after which it is written (MIT licence,
Copyright (c) 2021 - present, Yusuke Wada and Hono contributors).

| | |
|---|---|
| modelled | Path syntax, order of routes, base paths, sub-apps and their error handlers, `compose`, HEAD, `strict` |
| | Which headers a response keeps when it replaces an earlier one; percent-decoding of paths, queries and cookies |
| | `cors`, `logger`, `bearer_auth`, `basic_auth`, `secure_headers`, `etag`, `csrf`: statuses, headers, words |
| | Cookies and signed cookies; bodies read any number of times; 400 for a body that cannot be read |
| simplified | Routes are tried one after the other; Hono builds one regular expression or a tree of them all |
| | A regular expression in a path is Python's; `validator` takes pydantic's models where Hono takes zod's |
| not modelled | `mount`, `fire`, `render`, JSX, streaming helpers, the RPC client, other middleware, `hashFunction` |
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import inspect
import json
import re
import traceback
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from types import SimpleNamespace
from typing import Any, NamedTuple, get_origin
from urllib.parse import quote, urlsplit

from js import Date, Headers, Uint8Array, console, crypto  # pyright: ignore[reportMissingImports]
from js import Response as JsResponse  # pyright: ignore[reportMissingImports]
from workers import Request, Response, WorkerEntrypoint  # pyright: ignore[reportMissingImports]

Handler = Callable[..., Any]
"""A function of `c`, or of `c, next`."""


class HTTPException(Exception):
    """An answer, thrown. Raise it anywhere below the app: `raise HTTPException(401, message="Who are you?")`."""

    def __init__(self, status: int = 500, message: str = "", res: Any = None, cause: BaseException | None = None):
        super().__init__(message)
        self.status, self.message, self.res = status, message, res
        self.cause = self.__cause__ = cause

    def getResponse(self) -> Any:
        """The Response: `res` with this status, or the message as text."""
        if self.res is None:
            return Response(self.message, status=self.status)
        given = self.res.js_object
        return Response(given.body, status=self.status, headers=given.headers)


class Route(NamedTuple):
    """A handler and what it answers. `path` is whole, `basePath` the part that `route` and `basePath` put before it."""

    method: str
    path: str
    handler: Handler
    basePath: str
    matchers: tuple[Matcher, ...]

    def match(self, path: str) -> dict[str, str] | None:
        """The parameters, still percent-encoded, or None where the path is another."""
        found = (matcher.match(path) for matcher in self.matchers)
        return next((params for params in found if params is not None), None)


class Matcher(NamedTuple):
    """A path as a regular expression, and the names of its parameters in order."""

    pattern: re.Pattern[str]
    names: tuple[str, ...]

    def match(self, path: str) -> dict[str, str] | None:
        """The parameters, or None. Of a name that comes twice the first counts."""
        found = self.pattern.fullmatch(path)
        if found is None:
            return None
        params: dict[str, str] = {}
        for place, name in enumerate(self.names):
            params.setdefault(name, found[f"p{place}"])
        return params


_PATH_PARTS = re.compile(
    r"(?<=/):(?P<name>[^/{}]+)(?:\{(?P<regex>(?:\{[\d,]+\}|[^}])+)\})?(?=/|$)"
    r"|(?P<tail>/\*$)|(?P<rest>\*$)|(?P<star>\*)|(?P<text>.)",
    re.DOTALL,
)


def _matcher(path: str) -> Matcher:
    """`:name`, `:name{regex}`, `*` for one segment, and at the end `/*` for everything below, the path itself too."""
    names: list[str] = []

    def part(found: re.Match[str]) -> str:
        if found["name"] is not None:
            names.append(found["name"])
            return f"(?P<p{len(names) - 1}>{found['regex'] or '[^/]+'})"
        if found["tail"]:
            return r"(?:/[\s\S]*)?"
        return r"[\s\S]*" if found["rest"] else "[^/]+" if found["star"] else re.escape(found["text"])

    return Matcher(re.compile(_PATH_PARTS.sub(part, path), re.ASCII), tuple(names))


def _variants(path: str) -> list[str]:
    """The paths that one with optional parameters stands for: `/a/:b?` is `/a` and `/a/:b`."""
    if not path.endswith("?") or ":" not in path:
        return [path]
    found, base = [], ""
    for segment in filter(None, path.split("/")):
        if ":" in segment and segment.endswith("?"):
            found.append(base or "/")
            base += "/" + segment[:-1]
            found.append(base)
        else:
            base += "/" + segment
    return found


def _merged(base: str, sub: str) -> str:
    """Two paths as one: `/` below another path adds nothing, so `/api` and `/` are `/api`."""
    start = base if base.startswith("/") else f"/{base}"
    if sub == "/":
        return start
    return start + ("" if base.endswith("/") else "/") + sub.removeprefix("/")


async def _settled(value: Any) -> Any:
    """What a handler returned, awaited for as long as it can be, as JavaScript flattens its promises."""
    while inspect.isawaitable(value):
        value = await value
    return value


def _arity(function: Handler) -> int:
    """How many arguments a function insists on; two where it takes any number."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return 1
    if any(each.kind is each.VAR_POSITIONAL for each in parameters):
        return 2
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(each.kind in positional and each.default is each.empty for each in parameters)


def _with_next(handler: Handler) -> Handler:
    """Any handler as a function of `c, next`."""
    return handler if _arity(handler) > 1 else lambda c, next: handler(c)


class _Onion:
    """Handlers that each call the rest by `next`. An error in the rest is answered where it was raised.

    `last` is what stands after the handlers; where nothing does, `on_not_found` answers.
    """

    def __init__(
        self, c: Context, handlers: list[Handler], on_error: Handler, on_not_found: Any = None, last: Any = None
    ):
        self.c, self.handlers, self.on_error = c, handlers, on_error
        self.on_not_found, self.last = on_not_found, last
        self.reached = -1

    async def run(self, place: int = 0) -> None:
        """Call the handler at a place; the response is then in `c.res`, unless none was made."""
        if place <= self.reached:
            raise RuntimeError("next() called multiple times")
        c, self.reached, failed = self.c, place, False
        try:
            answer = await self._called(place)
        except Exception as error:
            c.error, failed = error, True
            answer = await _settled(self.on_error(error, c))
        if answer is None and self._is_after_all(place) and not c.finalized and self.on_not_found:
            answer = await _settled(self.on_not_found(c))
        if answer is not None and (failed or not c.finalized):
            c.res = answer

    def _is_after_all(self, place: int) -> bool:
        return place >= len(self.handlers) and self.last is None

    async def _called(self, place: int) -> Any:
        if place < len(self.handlers):
            self.c.req.routeIndex = place
            return await _settled(self.handlers[place](self.c, lambda: self.run(place + 1)))
        return await _settled(self.last()) if self.last else None


def _answer_404(c: Context) -> Any:
    return c.text("404 Not Found", 404)


def _answer_500(error: Exception, c: Context) -> Any:
    if hasattr(error, "getResponse"):
        return c._made_like(error.getResponse().js_object)  # type: ignore[attr-defined]
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    lines = [*traceback.format_list(frames), *traceback.format_exception_only(error)]
    console.error("Traceback (most recent call last):\n" + "".join(lines).rstrip())
    return c.text("Internal Server Error", 500)


def _verb(method: str) -> Any:
    """`app.get` and its kin."""

    def add(self: Hono, path: str | Handler = "", *handlers: Handler) -> Hono:
        if not isinstance(path, str):
            path, handlers = "", (path, *handlers)
        return self.on(method, path or self._named[1][-1], *handlers)

    add.__name__ = method.lower()
    add.__doc__ = f"Handlers of {method}. Without a path they are for the path that was named last."
    return add


class Hono:
    """An app: routes in order, and what answers where none does.

    `app.get("/a", handler, ...)` adds handlers; `@app.get("/a", middleware, ...)` puts the function after them.
    Where `strict` is False, `/a/` is answered as `/a`.
    """

    def __init__(self, *, strict: bool = True):
        self.strict = strict
        self.routes: list[Route] = []
        self.errorHandler: Handler = _answer_500
        self.notFoundHandler: Handler = _answer_404
        self._basePath = "/"
        self._named: tuple[list[str], list[str]] = (["GET"], ["/"])

    get, post, put = _verb("GET"), _verb("POST"), _verb("PUT")
    delete, patch, options = _verb("DELETE"), _verb("PATCH"), _verb("OPTIONS")
    all = _verb("ALL")

    def on(self, method: str | list[str], path: str | list[str], *handlers: Handler) -> Hono:
        """Handlers of these methods, in capitals or not, at these paths."""
        methods, paths = ([each] if isinstance(each, str) else list(each) for each in (method, path))
        self._named = ([each.upper() for each in methods], paths)
        return self._add_all(handlers)

    def use(self, path: str | Handler = "*", *middleware: Handler) -> Hono:
        """Middleware of every method at a path, or everywhere. It runs where it stands among the routes."""
        if not isinstance(path, str):
            path, middleware = "*", (path, *middleware)
        return self.on("ALL", path, *middleware)

    def __call__(self, handler: Handler) -> Handler:
        """As a decorator: one more handler of the route that was named last."""
        self._add_all([handler])
        return handler

    def route(self, path: str, app: Hono) -> Hono:
        """Take in the routes that another app has by now, below a path. Its own error handler stays theirs."""
        below = self.basePath(path)
        for route in app.routes:
            handler = route.handler if app.errorHandler is _answer_500 else _guarded(route.handler, app.errorHandler)
            below._add(route.method, route.path, handler, route.basePath)
        return self

    def basePath(self, path: str) -> Hono:
        """The same app, where paths are below this one."""
        below = Hono(strict=self.strict)
        below.routes, below._basePath = self.routes, _merged(self._basePath, path)
        below.errorHandler, below.notFoundHandler = self.errorHandler, self.notFoundHandler
        return below

    def onError(self, handler: Handler) -> Handler:
        """What answers an exception: a function of `error, c`. Also a decorator."""
        self.errorHandler = handler
        return handler

    def notFound(self, handler: Handler) -> Handler:
        """What answers where no handler does: a function of `c`. Also a decorator."""
        self.notFoundHandler = handler
        return handler

    def request(self, path: Any, *, env: Any = None, ctx: Any = None, **init: Any) -> Awaitable[Any]:
        """The Response to a path, a URL or a Request, for tests: `await app.request("/a", method="POST", body="b")`."""
        if isinstance(path, str) and not re.match("https?://", path):
            path = f"http://localhost{_merged('/', path)}"
        return self.fetch(path if isinstance(path, Request) and not init else Request(path, **init), env, ctx)

    async def fetch(self, request: Any, env: Any = None, ctx: Any = None) -> Any:
        """The Response to a Request: `return await app.fetch(request, self.env, self.ctx)`."""
        method = request.js_object.method
        if method != "HEAD":
            return await self._answer(request, env, ctx, method)
        whole = await self._answer(request, env, ctx, "GET")
        return Response(JsResponse.new(None, whole.js_object))

    async def _answer(self, request: Any, env: Any, ctx: Any, method: str) -> Any:
        path = _path_of(request.url)
        if not self.strict and len(path) > 1:
            path = path.removesuffix("/")
        c = Context(request, path, list(self._matching(method, path)), env, ctx, self.notFoundHandler)
        try:
            return _response(await self._handled(c))
        except Exception as error:
            return _response(await _settled(self.errorHandler(error, c)))

    def _matching(self, method: str, path: str) -> Iterator[tuple[Route, dict[str, str]]]:
        """The routes that answer, in the order in which they were added, with their parameters."""
        for route in self.routes:
            if route.method in (method, "ALL") and (params := route.match(path)) is not None:
                yield route, params

    async def _handled(self, c: Context) -> Any:
        handlers = [route.handler for route, _ in c.req.matched]
        if len(handlers) == 1:
            return await self._handled_alone(handlers[0], c)
        await _Onion(c, handlers, self.errorHandler, self.notFoundHandler).run()
        if not c.finalized:
            message = "Context is not finalized. Did you forget to return a Response object or `await next()`?"
            raise RuntimeError(message)
        return c.res

    async def _handled_alone(self, handler: Handler, c: Context) -> Any:
        """One handler's answer, which is sent as it is: only what it asked of `c` itself is in its headers."""

        async def missing() -> None:
            c.res = await _settled(self.notFoundHandler(c))

        returned = handler(c, missing)
        answer = await _settled(returned)
        if answer is None and c.finalized and inspect.isawaitable(returned):  # one that is not async has to return
            return c.res
        return await _settled(self.notFoundHandler(c)) if answer is None else answer

    def _add_all(self, handlers: Iterable[Handler]) -> Hono:
        methods, paths = self._named
        added = [_with_next(handler) for handler in handlers]
        for path in paths:
            for method in methods:
                for handler in added:
                    self._add(method, path, handler)
        return self

    def _add(self, method: str, path: str, handler: Handler, base: str | None = None) -> None:
        path = _merged(self._basePath, path)
        base = self._basePath if base is None else _merged(self._basePath, base)
        matchers = tuple(_matcher(each) for each in _variants(path))
        self.routes.append(Route(method, path, handler, base, matchers))


def _guarded(handler: Handler, on_error: Handler) -> Handler:
    """A sub-app's handler, whose exceptions its own error handler answers."""

    async def guarded(c: Context, next: Handler) -> Any:
        await _Onion(c, [], on_error, last=lambda: handler(c, next)).run()
        return c.res

    return guarded


def entrypoint(app: Hono) -> type:
    """The `Default` class of a Worker that is this app. Extend it where the Worker has more handlers than `fetch`."""

    class Default(WorkerEntrypoint):
        async def fetch(self, request):
            return await app.fetch(request, self.env, self.ctx)

    return Default


def _response(value: Any) -> Any:
    """What a handler returned, as a Response of the SDK's."""
    if isinstance(value, Response):
        return value
    given = getattr(value, "js_object", value)
    if getattr(getattr(given, "constructor", None), "name", None) == "Response":
        return Response(given)
    kind = type(value).__name__
    raise TypeError(f"A handler returned {kind}, and must return a Response: c.text(...), c.json(...), c.body(...).")


class Context:
    """One request and its answer, as handlers see them: `c`."""

    def __init__(self, request: Any, path: str, matched: list[Any], env: Any, ctx: Any, not_found: Handler):
        self.req = HonoRequest(request, path, matched)
        self.env = env
        self.error: Exception | None = None
        self.finalized = False
        self._ctx = ctx
        self._not_found = not_found
        self._res: Any = None
        self._prepared: Any = None
        self._status: int | None = None
        self._variables: dict[str, Any] = {}

    @property
    def executionCtx(self) -> Any:
        """The Worker's `ctx`: `c.executionCtx.waitUntil(...)`."""
        if self._ctx is None:
            raise RuntimeError("This context has no ExecutionContext")
        return self._ctx

    @property
    def res(self) -> Any:
        """The Response so far. One that is set over another keeps the other's headers, but for its content type."""
        if self._res is None:
            self._res = Response(None, headers=self._early())
        return self._res

    @res.setter
    def res(self, response: Any) -> None:
        response = _response(response)
        if self._res is not None:
            response = _copied(response)
            _keep(self._res.js_object.headers, response.js_object.headers)
        self._res, self.finalized = response, True

    def get(self, key: str) -> Any:
        """A variable of this request, or None."""
        return self._variables.get(key)

    def set(self, key: str, value: Any) -> None:
        """Keep a variable for the handlers after this one."""
        self._variables[key] = value

    @property
    def var(self) -> SimpleNamespace:
        """The variables as attributes: `c.var.user`."""
        return SimpleNamespace(**self._variables)

    def status(self, status: int) -> None:
        """The status of the response that is made next, where it names none."""
        self._status = status

    def header(self, name: str, value: str | None = None, *, append: bool = False) -> None:
        """Set a header of the response, made or to be made; None removes it, `append` adds another line."""
        if self.finalized and not self._res.body_used:
            self._res = _copied(self._res)
        headers = self._early() if self._res is None else self._res.js_object.headers
        if value is None:
            headers.delete(name)
        elif append:
            headers.append(name, value)
        else:
            headers.set(name, value)

    def body(self, data: Any, status: int | None = None, headers: Mapping[str, Any] | None = None) -> Any:
        """A Response of text, bytes, a stream or None. A header with several lines is a list."""
        return self._made(data, status, headers)

    def text(self, text: str, status: int | None = None, headers: Mapping[str, Any] | None = None) -> Any:
        """A Response of plain text."""
        if not (self._prepared or self._status or status or headers or self.finalized):
            return Response(text)  # its content type is the runtime's: without a space, as in Hono
        return self._made(text, status, {"Content-Type": "text/plain; charset=UTF-8", **(headers or {})})

    def json(self, value: Any, status: int | None = None, headers: Mapping[str, Any] | None = None) -> Any:
        """A Response of JSON. Refuses with ValueError or TypeError what JSON cannot say: NaN, a datetime."""
        return self._made(_compact(value), status, {"Content-Type": "application/json", **(headers or {})})

    def html(self, html: str, status: int | None = None, headers: Mapping[str, Any] | None = None) -> Any:
        """A Response of HTML, which nobody escapes."""
        return self._made(html, status, {"Content-Type": "text/html; charset=UTF-8", **(headers or {})})

    def redirect(self, location: str, status: int = 302) -> Any:
        """A redirection."""
        latin = all(ord(letter) < 256 for letter in location)
        self.header("Location", location if latin else quote(location, safe=";,/?:@&=+$-_.!~*'()#"))
        return self._made(None, status)

    def notFound(self) -> Any:
        """The app's answer where there is nothing: `return c.notFound()`."""
        return self._not_found(self)

    def _early(self) -> Any:
        """The headers for a response that is not made yet."""
        self._prepared = self._prepared or Headers.new()
        return self._prepared

    def _so_far(self) -> Any:
        """The headers that a response begins with."""
        return (self._prepared or Headers.new()) if self._res is None else Headers.new(self._res.js_object.headers)

    def _made(self, data: Any, status: int | None = None, headers: Mapping[str, Any] | None = None) -> Any:
        """A Response with the headers so far, and these in place of those of the same name."""
        made = self._so_far()
        for name, values in (headers or {}).items():
            made.delete(name)
            for value in [values] if isinstance(values, str) else values:
                made.append(name, value)
        return Response(data, status=status or self._status, headers=made)

    def _made_like(self, given: Any) -> Any:
        """The same as JavaScript's Response, with the headers so far under its own."""
        made = self._so_far()
        for name, value in given.headers.entries():
            (made.append if name == "set-cookie" else made.set)(name, value)
        return Response(given.body, status=given.status, headers=made)


def _copied(response: Any) -> Any:
    """The same response with headers that can be changed."""
    given = response.js_object
    return Response(JsResponse.new(given.body, given))


def _keep(before: Any, after: Any) -> None:
    """Write the headers of a response onto the one that replaces it."""
    for name, value in before.entries():
        if name not in ("content-type", "set-cookie"):
            after.set(name, value)
    if cookies := list(before.getSetCookie()):
        after.delete("set-cookie")
        for cookie in cookies:
            after.append("set-cookie", cookie)


class HonoRequest:
    """The request as handlers see it: `c.req`. Its body can be read any number of times, in any form."""

    def __init__(self, raw: Any, path: str, matched: list[tuple[Route, dict[str, str]]]):
        self.raw = raw
        self.path = path
        self.matched = matched
        self.routeIndex = 0
        self._read: bytes | None = None
        self._validated: dict[str, Any] = {}

    @property
    def url(self) -> str:
        """The whole URL, encoded as it arrived."""
        return self.raw.url

    @property
    def method(self) -> str:
        """The method in capitals: HEAD where the answer is GET's."""
        return self.raw.js_object.method

    @property
    def route_path(self) -> str:
        """The path of the route whose handler runs, as it was written: `/posts/:id`."""
        return self.matched[self.routeIndex][0].path if self.matched else ""

    def param(self, key: str | None = None) -> Any:
        """A parameter of the path, decoded, or None; without a name, all as a dict."""
        found = self.matched[self.routeIndex][1] if self.matched else {}
        if key is None:
            return {name: _decoded(value) for name, value in found.items()}
        return _decoded(found[key]) if key in found else None

    def query(self, key: str | None = None) -> Any:
        """The first value of a query parameter, or None; without a name, all as a dict."""
        first = {name: values[0] for name, values in self.queries().items()}
        return first if key is None else first.get(key)

    def queries(self, key: str | None = None) -> Any:
        """Every value of a query parameter, or None; without a name, all as a dict of lists."""
        found: dict[str, list[str]] = {}
        for pair in self.url.partition("#")[0].partition("?")[2].split("&"):
            name, _, value = (_decoded(part.replace("+", " ")) for part in pair.partition("="))
            if name:
                found.setdefault(name, []).append(value)
        return found if key is None else found.get(key)

    def header(self, name: str | None = None) -> Any:
        """A header, or None; without a name, all as a dict with names in lower case."""
        headers = self.raw.js_object.headers
        if name is None:
            return {name: value for name, value in headers.entries()}
        value = headers.get(name)
        return value if isinstance(value, str) else None

    async def bytes(self) -> bytes:
        """The body."""
        if self._read is None:
            self._read = await self.raw.bytes()
        return self._read  # type: ignore[return-value]

    async def text(self) -> str:
        """The body as text."""
        return (await self.bytes()).decode("utf-8-sig", errors="replace")

    async def json(self) -> Any:
        """The body as JSON. Refuses what is none with ValueError."""
        return json.loads(await self.text(), parse_constant=_refuse_constant)

    async def form_data(self) -> Any:
        """The body as the SDK's FormData. Refuses with TypeError what is no form."""
        media, *parameters = (self.header("content-type") or "").split(";")
        kind = ";".join([media.lower(), *parameters])
        return await Response(await self.bytes(), headers={"content-type": kind}).form_data()

    async def parse_body(self, *, all: bool = False, dot: bool = False) -> dict[str, Any]:
        """The fields of a form, the last value of each, or an empty dict where the body is no form.

        A name that ends in `[]` gives a list; with `all`, so does one that comes several times. With `dot`, `a.b`
        is `b` in a dict `a`.
        """
        if _media_type(self) not in _FORMS:
            return {}
        form: dict[str, Any] = {}
        for name, value in (await self.form_data()).items():
            if name.endswith("[]"):
                form.setdefault(name, []).append(value)
            elif all and name in form:
                form[name] = [*(form[name] if isinstance(form[name], list) else [form[name]]), value]
            else:
                form[name] = value
        return _nested(form) if dot else form

    def valid(self, target: str) -> Any:
        """What a validator made of the json, form, query, param, header or cookie; None where there was none."""
        return self._validated.get(target)


_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


def _media_type(request: HonoRequest) -> str:
    return (request.header("content-type") or "").partition(";")[0].strip().lower()


def _compact(value: Any) -> str:
    """The value as `JSON.stringify` writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON.")


def _nested(form: dict[str, Any]) -> dict[str, Any]:
    """`{"a.b": 1}` as `{"a": {"b": 1}}`."""
    nested = {name: value for name, value in form.items() if "." not in name}
    for name, value in form.items():
        if "." not in name:
            continue
        *ways, last = name.split(".", 33)
        if len(ways) > 32:
            raise ValueError("Nesting limit exceeded")
        inner = nested
        for way in ways:
            inner[way] = inner[way] if isinstance(inner.get(way), dict) else {}
            inner = inner[way]
        inner[last] = value
    return nested


_ESCAPES = re.compile("(?:%[0-9A-Fa-f]{2})+")
_PATH_ESCAPES = re.compile("(?:%(?!25|3B|2F|3F|3A|40|26|3D|2B|24|2C|23)[0-9A-F]{2})+", re.IGNORECASE)
"""The escapes that a path loses before it is matched: those of `decodeURI`, and `%25` stays too."""

_STRAY_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")


def _decoded(text: str, escapes: re.Pattern[str] = _ESCAPES) -> str:
    """The text without percent-encoding. What is no UTF-8 stays as it is."""

    def decode(found: re.Match[str]) -> str:
        try:
            return bytes.fromhex(found[0].replace("%", "")).decode()
        except UnicodeDecodeError:
            return found[0]

    return escapes.sub(decode, text) if "%" in text else text


def _path_of(url: str) -> str:
    """The path of a URL as routes see it: decoded, but for what would change its meaning."""
    path = re.split("[?#]", url[url.index("/", url.index(":") + 4) :], maxsplit=1)[0]
    decoded = _decoded(path, _PATH_ESCAPES)
    if _STRAY_PERCENT.search(path) and _decoded(decoded, _PATH_ESCAPES) != decoded:
        return _decoded(_STRAY_PERCENT.sub("%25", path), _PATH_ESCAPES)
    return decoded


def _refused(status: int, message: Any, challenge: str | None = None) -> HTTPException:
    """The exception whose answer is a message: text, or data as JSON, or a Response."""
    headers = {"WWW-Authenticate": challenge} if challenge else {}
    if isinstance(message, str):
        return HTTPException(status, res=Response(message, status=status, headers=headers))
    if not isinstance(message, Response):
        headers["content-type"] = "application/json"
        return HTTPException(status, res=Response(_compact(message), status=status, headers=headers))
    given = Headers.new(message.js_object.headers)
    if challenge and not given.has("WWW-Authenticate"):
        given.set("WWW-Authenticate", challenge)
    return HTTPException(message.status, res=Response(message.js_object.body, status=message.status, headers=given))


async def _value(option: Any, *arguments: Any) -> Any:
    """An option, or what the function that it is makes of the arguments."""
    return await _settled(option(*arguments)) if callable(option) else option


def _same(one: str, other: str) -> bool:
    """Whether two secrets are equal, in a time that tells nothing of either."""
    return hmac.compare_digest(*(hashlib.sha256(each.encode(errors="surrogatepass")).digest() for each in (one, other)))


def cors(
    origin: Any = "*",
    *,
    allowMethods: Any = ("GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "QUERY"),
    allowHeaders: Iterable[str] = (),
    exposeHeaders: Iterable[str] = (),
    maxAge: int | None = None,
    credentials: bool = False,
) -> Handler:
    """Which other sites' pages may read the answers. Answers preflight requests itself, with 204.

    `origin` is "*", one origin, a list, or a function of `origin, c`; `allowMethods` is a list or such a function.
    """
    allowed, exposed = ",".join(allowHeaders), ",".join(exposeHeaders)

    async def preflight(c: Context, headers: Any, asking: str) -> Any:
        if origin != "*":
            headers.append("Vary", "Origin")
        if maxAge is not None:
            headers.set("Access-Control-Max-Age", str(maxAge))
        if methods := ",".join(await _value(allowMethods, asking, c)):
            headers.set("Access-Control-Allow-Methods", methods)
        if names := allowed or _tidy(c.req.header("Access-Control-Request-Headers") or ""):
            headers.set("Access-Control-Allow-Headers", names)
            headers.append("Vary", "Access-Control-Request-Headers")
        for name in ("Content-Length", "Content-Type"):
            headers.delete(name)
        return Response(None, status=204, status_text="No Content", headers=headers)

    async def middleware(c: Context, next: Handler) -> Any:
        headers = c.res.js_object.headers
        asking = c.req.header("origin") or ""
        if site := await _permitted(origin, asking, c):
            headers.set("Access-Control-Allow-Origin", site)
        if credentials:
            headers.set("Access-Control-Allow-Credentials", "true")
        if exposed:
            headers.set("Access-Control-Expose-Headers", exposed)
        if c.req.method == "OPTIONS":
            return await preflight(c, headers, asking)
        await next()
        if origin != "*":
            c.header("Vary", "Origin", append=True)

    return middleware


async def _permitted(origin: Any, asking: str, c: Context) -> Any:
    """The origin that may read the answer, or None."""
    if origin == "*" or callable(origin):
        return await _value(origin, asking, c)
    return asking if asking in ([origin] if isinstance(origin, str) else origin) else None


def _tidy(names: str) -> str:
    """A list with commas and without spaces."""
    return ",".join(name.strip() for name in names.split(","))


def logger(write: Callable[[str], Any] | None = None) -> Handler:
    """A line for each request and one for its answer. In colour, unless the Worker has a variable `NO_COLOR`."""

    def status(c: Context) -> str:
        colour = None if hasattr(c.env, "NO_COLOR") else {2: 32, 3: 36, 4: 33, 5: 31}.get(c.res.status // 100)
        return f"\x1b[{colour}m{c.res.status}\x1b[0m" if colour else str(c.res.status)

    async def middleware(c: Context, next: Handler) -> None:
        say, asked = write or console.log, f"{c.req.method} {c.req.url[c.req.url.index('/', 8) :]}"
        say(f"<-- {asked}")
        start = Date.now()
        await next()
        taken = int(Date.now() - start)
        say(f"--> {asked} {status(c)} {f'{taken}ms' if taken < 1000 else f'{int(taken / 1000 + 0.5):,}s'}")

    return middleware


def bearer_auth(
    token: str | Iterable[str] | None = None,
    *,
    verifyToken: Handler | None = None,
    realm: str = "",
    prefix: str = "Bearer",
    headerName: str = "Authorization",
    noAuthenticationHeader: Mapping[str, Any] | None = None,
    invalidAuthenticationHeader: Mapping[str, Any] | None = None,
    invalidToken: Mapping[str, Any] | None = None,
) -> Handler:
    """Let pass who brings a token: 401 without one or with a wrong one, 400 for a header of another form.

    `verifyToken` is a function of `token, c`. The last three are `{"message": ..., "wwwAuthenticateHeader": ...}`:
    text, data, or a function of `c`.
    """
    if token is None and verifyToken is None:
        raise ValueError('bearer auth middleware requires options for "token" or "verifyToken"')
    tokens = [token] if isinstance(token, str) else list(token or ())
    scheme = f"{prefix} " if prefix else ""
    quoted = re.sub(r'([\\"])', r"\\\1", realm)
    refusal = partial(_challenged, scheme)

    def brought(header: str) -> str:
        if scheme and not header.lower().startswith(scheme.lower()):
            return ""
        return header[len(prefix) :].lstrip() if prefix else header

    async def is_valid(found: str, c: Context) -> bool:
        if verifyToken is not None:
            return await _settled(verifyToken(found, c))
        return any(_same(each, found) for each in tokens)

    async def middleware(c: Context, next: Handler) -> None:
        header = c.req.header(headerName)
        if not header:
            raise await refusal(c, 401, noAuthenticationHeader, f'realm="{quoted}"', "Unauthorized")
        found = brought(header)
        if not re.fullmatch("[A-Za-z0-9._~+/-]+=*", found):
            raise await refusal(c, 400, invalidAuthenticationHeader, 'error="invalid_request"', "Bad Request")
        if not await is_valid(found, c):
            raise await refusal(c, 401, invalidToken, 'error="invalid_token"', "Unauthorized")
        await next()

    return middleware


async def _challenged(
    scheme: str, c: Context, status: int, given: Mapping[str, Any] | None, challenge: Any, message: str
) -> Exception:
    """The refusal of a token, in the words of the options."""
    options = given or {}
    challenge = await _value(options.get("wwwAuthenticateHeader") or scheme + challenge, c)
    if not isinstance(challenge, str):
        challenge = scheme + ",".join(f'{name}="{value}"' for name, value in challenge.items())
    return _refused(status, await _value(options.get("message") or message, c), challenge)


def basic_auth(
    *users: Mapping[str, str],
    username: str | None = None,
    password: str | None = None,
    verifyUser: Handler | None = None,
    realm: str = "Secure Area",
    invalidUserMessage: Any = "Unauthorized",
    onAuthSuccess: Handler | None = None,
) -> Handler:
    """Let pass who gives a name and a password; others get 401, and a browser asks for them.

    `users` are `{"username": ..., "password": ...}`. `verifyUser` is a function of `username, password, c`,
    `onAuthSuccess` one of `c, username`, `invalidUserMessage` text, data, or a function of `c`.
    """
    if verifyUser is None and (username is None or password is None):
        raise ValueError('basic auth middleware requires options for "username and password" or "verifyUser"')
    known = [(each["username"], each["password"]) for each in users]
    if username is not None and password is not None:
        known.insert(0, (username, password))
    challenge = 'Basic realm="' + re.sub(r'([\\"])', r"\\\1", realm) + '"'

    async def is_known(name: str, word: str, c: Context) -> bool:
        if verifyUser is not None:
            return await _settled(verifyUser(name, word, c))
        return any([_same(each, name) & _same(its, word) for each, its in known])  # all of them, whoever it is

    async def middleware(c: Context, next: Handler) -> None:
        given = _credentials(c.req.header("Authorization") or "")
        if given is None or not await is_known(*given, c):
            raise _refused(401, await _value(invalidUserMessage, c), challenge)
        if onAuthSuccess is not None:
            await _settled(onAuthSuccess(c, given[0]))
        await next()

    return middleware


def _credentials(header: str) -> tuple[str, str] | None:
    """The name and the password of a Basic header, or None."""
    found = re.fullmatch(" *basic +([A-Za-z0-9._~+/-]+=*) *", header, re.IGNORECASE)
    decoded = found and _from_base64(found[1])
    parts = decoded and re.fullmatch("([^:]*):(.*)", decoded.decode(errors="replace"))
    return (parts[1], parts[2]) if parts else None


def _from_base64(text: str) -> bytes | None:
    """What `atob` makes of it: padding may be left out, and is refused where it is not whole."""
    core = re.sub("={1,2}$", "", text) if len(text) % 4 == 0 else text
    try:
        return base64.b64decode(core + "=" * (-len(core) % 4), validate="=" not in core) if "=" not in core else None
    except ValueError:
        return None


_SECURE_HEADERS = {
    "crossOriginEmbedderPolicy": ("Cross-Origin-Embedder-Policy", "require-corp"),
    "crossOriginResourcePolicy": ("Cross-Origin-Resource-Policy", "same-origin"),
    "crossOriginOpenerPolicy": ("Cross-Origin-Opener-Policy", "same-origin"),
    "originAgentCluster": ("Origin-Agent-Cluster", "?1"),
    "referrerPolicy": ("Referrer-Policy", "no-referrer"),
    "strictTransportSecurity": ("Strict-Transport-Security", "max-age=15552000; includeSubDomains"),
    "xContentTypeOptions": ("X-Content-Type-Options", "nosniff"),
    "xDnsPrefetchControl": ("X-DNS-Prefetch-Control", "off"),
    "xDownloadOptions": ("X-Download-Options", "noopen"),
    "xFrameOptions": ("X-Frame-Options", "SAMEORIGIN"),
    "xPermittedCrossDomainPolicies": ("X-Permitted-Cross-Domain-Policies", "none"),
    "xXssProtection": ("X-XSS-Protection", "0"),
}


def NONCE(c: Context, directive: str = "") -> str:
    """A word of a content security policy that differs with each request: `scriptSrc=[NONCE]`."""
    if c.get("secureHeadersNonce") is None:
        octets = crypto.getRandomValues(Uint8Array.new(16)).to_bytes()
        c.set("secureHeadersNonce", base64.b64encode(octets).decode())
    return f"'nonce-{c.get('secureHeadersNonce')}'"


def secure_headers(
    *,
    contentSecurityPolicy: Mapping[str, Any] | None = None,
    contentSecurityPolicyReportOnly: Mapping[str, Any] | None = None,
    permissionsPolicy: Mapping[str, Any] | None = None,
    reportingEndpoints: Iterable[Mapping[str, str]] = (),
    reportTo: Iterable[Any] = (),
    removePoweredBy: bool = True,
    overwrite: bool = True,
    **policies: bool | str,
) -> Handler:
    """Headers that make browsers careful. All but `crossOriginEmbedderPolicy` are sent unless they are False.

    `policies` are named as in Hono (`xFrameOptions="DENY"`): True for the usual value, or another.
    """
    if unknown := policies.keys() - _SECURE_HEADERS:
        raise TypeError(f"secure_headers knows no {', '.join(sorted(unknown))}; it knows {', '.join(_SECURE_HEADERS)}.")
    chosen = {name: True for name in _SECURE_HEADERS} | {"crossOriginEmbedderPolicy": False} | policies
    fixed = [
        (header, usual if chosen[name] is True else chosen[name])
        for name, (header, usual) in _SECURE_HEADERS.items()
        if chosen[name]
    ]
    content = {
        "Content-Security-Policy": contentSecurityPolicy,
        "Content-Security-Policy-Report-Only": contentSecurityPolicyReportOnly,
    }
    others = {
        "Permissions-Policy": _permissions(permissionsPolicy or {}),
        "Reporting-Endpoints": ", ".join(f'{each["name"]}="{each["url"]}"' for each in reportingEndpoints),
        "Report-To": ", ".join(map(_compact, reportTo)),
    }

    async def middleware(c: Context, next: Handler) -> None:
        policy = [(name, _content_policy(c, given)) for name, given in content.items() if given]
        await next()
        for name, value in [*fixed, *policy, *((name, value) for name, value in others.items() if value)]:
            if overwrite or not c.res.js_object.headers.has(name):
                c.header(name, value)
        if removePoweredBy:
            c.header("X-Powered-By", None)

    return middleware


def _content_policy(c: Context, policy: Mapping[str, Any]) -> str:
    """The text of a content security policy: names in kebab case, functions of `c, directive` called."""
    parts = []
    for name, given in policy.items():
        values = [given] if isinstance(given, str) or callable(given) else given
        kebab = re.sub("[A-Z]+(?![a-z])|[A-Z]", lambda found: ("-" if found.start() else "") + found[0].lower(), name)
        words = [str(each(c, name) if callable(each) else each) for each in values]
        parts.append(" ".join([kebab, *words]))
    return "; ".join(parts)


def _permissions(policy: Mapping[str, Any]) -> str:
    """The text of a permissions policy: True or ["*"] is everybody, False, ["none"] or [] nobody."""

    def allowed(value: Any) -> str:
        if value in (True, ["*"]) or value in (False, [], ["none"]):
            return "*" if value in (True, ["*"]) else "()"
        return "(" + " ".join(each if each in ("self", "src") else f'"{each}"' for each in value) + ")"

    names = {name: re.sub(r"([a-z\d])([A-Z])", r"\1-\2", name).lower() for name in policy}
    return ", ".join(f"{names[name]}={allowed(value)}" for name, value in policy.items())


RETAINED_304_HEADERS = ("cache-control", "content-location", "date", "etag", "expires", "vary")
"""The headers that a 304 keeps of the response that it stands for."""

_DIGEST_CHUNK = 262_144


def etag(
    *,
    weak: bool = False,
    retainedHeaders: Iterable[str] = RETAINED_304_HEADERS,
    generateDigest: Callable[[bytes], bytes] | None = None,
) -> Handler:
    """An ETag for what GET and HEAD answer, and 304 for who has it already. `generateDigest` is SHA-1."""
    retained = {name.lower() for name in retainedHeaders}
    digest = generateDigest or (lambda data: hashlib.sha1(data).digest())

    async def tag_of(response: Any) -> str | None:
        found = response.js_object.headers.get("ETag")
        if isinstance(found, str) and found:
            return found
        if response.body is None:
            return None
        content, value = await Response(response.js_object.clone()).bytes(), b""
        for start in range(0, len(content), _DIGEST_CHUNK):
            value = digest(value + content[start : start + _DIGEST_CHUNK])
        return f'{"W/" if weak else ""}"{value.hex()}"' if value else None

    async def middleware(c: Context, next: Handler) -> None:
        known = c.req.header("If-None-Match") or ""
        await next()
        if c.req.method not in ("GET", "HEAD", "QUERY") or not c.res.ok or not (tag := await tag_of(c.res)):
            return
        if known != "*" and tag.removeprefix("W/") not in re.findall('"[^"]*"', known):
            return c.header("ETag", tag)
        if c.res.body is not None:
            await c.res.body.cancel()
        c.res = Response(None, status=304, status_text="Not Modified", headers={"ETag": tag})
        headers = c.res.js_object.headers
        for name in [name for name, _ in headers.entries() if name not in retained]:
            headers.delete(name)

    return middleware


_FORM_LIKE = re.compile(r"(application/x-www-form-urlencoded|multipart/form-data|text/(plain|ping))\b", re.IGNORECASE)


def csrf(*, origin: Any = None, secFetchSite: Any = None) -> Handler:
    """Refuse with 403 what another site's form could have sent. JSON passes: a form cannot send it.

    `origin` is who may send forms, this site itself where it is left out; `secFetchSite` is "same-origin" then.
    Either is text, a list, or a function of the header and `c`. One that agrees is enough.
    """

    async def agrees(found: str | None, wanted: Any, c: Context) -> bool:
        if found is None:
            return False
        if callable(wanted):
            return await _settled(wanted(found, c))
        return found in ([wanted] if isinstance(wanted, str) else wanted)

    async def is_ours(c: Context) -> bool:
        site, url = c.req.header("sec-fetch-site"), urlsplit(c.req.url)
        known = site in ("same-origin", "same-site", "none", "cross-site")
        if known and await agrees(site, secFetchSite or "same-origin", c):
            return True
        return await agrees(c.req.header("origin"), origin or f"{url.scheme}://{url.netloc}", c)

    async def middleware(c: Context, next: Handler) -> None:
        form_like = _FORM_LIKE.match(c.req.header("content-type") or "text/plain")
        if c.req.method not in ("GET", "HEAD", "OPTIONS") and form_like and not await is_ours(c):
            raise _refused(403, "Forbidden")
        await next()

    return middleware


_COOKIE_NAME = re.compile(r"[\w!#$%&'*.^`|~+-]+", re.ASCII)
_COOKIE_NAME_READ = re.compile(r"[!#-:<>-\[\]-~]+")
_COOKIE_VALUE = re.compile(r"[ !#-:<-\[\]-~]*")
_PREFIXES = {None: "", "secure": "__Secure-", "host": "__Host-"}
_COMPONENT = "!~*'()"
"""What `encodeURIComponent` leaves as it is, beside what `quote` does."""

_LONGEST_COOKIE = 34_560_000
"""Seconds; 400 days."""


def get_cookie(c: Context, key: str | None = None, prefix: str | None = None) -> Any:
    """The value of a cookie, or None; without a name, all as a dict. `prefix` is "secure" or "host"."""
    found = _cookies(c.req.header("Cookie") or "")
    return found if key is None else found.get(_PREFIXES[prefix] + key)


def set_cookie(c: Context, name: str, value: str, **options: Any) -> None:
    """Send a cookie. Refuses with ValueError what browsers would.

    Options: prefix ("secure" or "host"), domain, path ("/"), expires (a datetime), maxAge (seconds), httpOnly, secure,
    sameSite, priority, partitioned.
    """
    c.header("Set-Cookie", _cookie(name, value, **options), append=True)


def delete_cookie(c: Context, name: str, **options: Any) -> str | None:
    """Have the browser forget a cookie; what its value was."""
    set_cookie(c, name, "", **{**options, "maxAge": 0})
    return get_cookie(c, name, options.get("prefix"))


async def get_signed_cookie(c: Context, secret: str | bytes, key: str | None = None, prefix: str | None = None) -> Any:
    """The value of a signed cookie, False where the signature is another's, None where there is none.

    Without a name, all as a dict.
    """
    found = {}
    for name, whole in _cookies(c.req.header("Cookie") or "").items():
        value, dot, signature = whole.rpartition(".")
        if dot and len(signature) == 44 and signature.endswith("="):
            ours = _signature(value, secret)
            found[name] = value if hmac.compare_digest(ours.encode(), signature.encode()) else False
    return found if key is None else found.get(_PREFIXES[prefix] + key)


async def set_signed_cookie(c: Context, name: str, value: str, secret: str | bytes, **options: Any) -> None:
    """Send a cookie that nobody without the secret can have made. The options are those of `set_cookie`."""
    c.header("Set-Cookie", _cookie(name, f"{value}.{_signature(value, secret)}", **options), append=True)


def _signature(value: str, secret: str | bytes) -> str:
    """HMAC-SHA256 in base64."""
    key = secret.encode() if isinstance(secret, str) else secret
    return base64.b64encode(hmac.digest(key, value.encode(), "sha256")).decode()


def _cookies(header: str) -> dict[str, str]:
    """The cookies of a header; of a name that comes twice, the first."""
    found: dict[str, str] = {}
    for pair in header.split(";"):
        name, equals, value = (part.strip(" \t") for part in pair.partition("="))
        if not equals or name in found or not _COOKIE_NAME_READ.fullmatch(name):
            continue
        if value.startswith('"') and value.endswith('"'):
            value = value[1:-1]
        if _COOKIE_VALUE.fullmatch(value):
            found[name] = _decoded(value)
    return found


def _cookie(name: str, value: str, *, prefix: str | None = None, **options: Any) -> str:
    """A Set-Cookie header."""
    name = _PREFIXES[prefix] + name
    options = {"path": "/", **options}
    if prefix is not None:
        options["secure"] = True
    if prefix == "host":
        options |= {"path": "/", "domain": None}
    _check_cookie(name, **options)
    return "; ".join([f"{name}={quote(value, safe=_COMPONENT)}", *_attributes(**options)])


def _check_cookie(name: str, **options: Any) -> None:
    """Refuse what browsers would, in Hono's words."""
    secure, lower = options.get("secure"), name.lower()
    if not _COOKIE_NAME.fullmatch(name):
        raise ValueError("Invalid cookie name")
    if lower.startswith("__secure-") and not secure:
        raise ValueError("__Secure- Cookie must have Secure attributes")
    if lower.startswith("__host-"):
        if not secure:
            raise ValueError("__Host- Cookie must have Secure attributes")
        if options.get("path") != "/":
            raise ValueError('__Host- Cookie must have Path attributes with "/"')
        if options.get("domain"):
            raise ValueError("__Host- Cookie must not have Domain attributes")
    for key in ("domain", "path", "sameSite", "priority"):
        if re.search("[;\r\n]", options.get(key) or ""):
            raise ValueError(f'{key} must not contain ";", "\\r", or "\\n"')
    if options.get("partitioned") and not secure:
        raise ValueError("Partitioned Cookie must have Secure attributes")


def _attributes(
    *,
    domain: str | None = None,
    path: str | None = None,
    expires: datetime | None = None,
    maxAge: float | None = None,
    httpOnly: bool = False,
    secure: bool = False,
    sameSite: str | None = None,
    priority: str | None = None,
    partitioned: bool = False,
) -> Iterator[str]:
    """The attributes of a cookie, in Hono's order. A datetime without a zone is UTC."""
    if maxAge is not None and maxAge >= 0:
        if maxAge > _LONGEST_COOKIE:
            message = "Cookies Max-Age SHOULD NOT be greater than 400 days (34560000 seconds) in duration."
            raise ValueError(message)
        yield f"Max-Age={int(maxAge)}"
    if domain:
        yield f"Domain={domain}"
    if path:
        yield f"Path={path}"
    if expires:
        moment = expires.astimezone(UTC) if expires.tzinfo else expires.replace(tzinfo=UTC)
        if moment.timestamp() * 1000 - Date.now() > _LONGEST_COOKIE * 1000:
            message = "Cookies Expires SHOULD NOT be greater than 400 days (34560000 seconds) in the future."
            raise ValueError(message)
        yield f"Expires={format_datetime(moment, usegmt=True)}"
    if httpOnly:
        yield "HttpOnly"
    if secure:
        yield "Secure"
    if sameSite:
        yield f"SameSite={sameSite[0].upper()}{sameSite[1:]}"
    if priority:
        yield f"Priority={priority[0].upper()}{priority[1:]}"
    if partitioned:
        yield "Partitioned"


def validator(target: str, schema: Any, hook: Handler | None = None) -> Handler:
    """Check a part of the request before the handlers after it; what came of it is `c.req.valid(target)`.

    `target` is json, form, query, param, header or cookie. `schema` is a pydantic model or another type that pydantic
    knows; what does not fit is answered with 400 and the list of issues. Or it is a function of `value, c`, which
    returns the value to use, or a Response that ends it. `hook`, a function of pydantic's error (or None) and `c`, may
    answer instead.
    """
    if target not in _TARGETS:
        raise ValueError(f"validator({target!r}): it checks {', '.join(_TARGETS)}.")
    if isinstance(schema, type) or get_origin(schema) is not None:
        check = _by_pydantic(schema, hook)
    else:
        check = schema if _arity(schema) > 1 else lambda value, c: schema(value)

    async def middleware(c: Context, next: Handler) -> Any:
        result = await _settled(check(await _settled(_TARGETS[target](c)), c))
        if isinstance(result, Response):
            return result
        c.req._validated[target] = result
        return await next()

    return middleware


def _by_pydantic(schema: Any, hook: Handler | None) -> Handler:
    """A check of a value against a type."""
    from pydantic import TypeAdapter, ValidationError

    adapter = TypeAdapter(schema)

    async def check(value: Any, c: Context) -> Any:
        result, error = None, None
        try:
            result = adapter.validate_python(value)
        except ValidationError as raised:
            error = raised
        if hook is not None and (answer := await _settled(hook(error, c))) is not None:
            return answer
        return result if error is None else c.json(_issues(error), 400)

    return check


def _issues(error: Any) -> dict[str, Any]:
    """What zod's validator for Hono answers, with pydantic's issues."""
    issues = error.errors(include_url=False, include_context=False, include_input=False)
    return {"success": False, "error": {"name": "ValidationError", "issues": issues}}


async def _json_of(c: Context) -> Any:
    if not re.fullmatch(r"application/([\w.-]+\+)?json", _media_type(c.req), re.IGNORECASE | re.ASCII):
        return {}
    try:
        return await c.req.json()
    except (ValueError, RecursionError):
        raise HTTPException(400, message="Malformed JSON in request body") from None


async def _form_of(c: Context) -> dict[str, Any]:
    if _media_type(c.req) not in _FORMS:
        return {}
    try:
        fields = (await c.req.form_data()).items()
    except Exception as error:
        raise HTTPException(400, message=f"Malformed FormData request. {error}") from None
    form: dict[str, list[Any]] = {}
    for name, value in fields:
        form.setdefault(name, []).append(value)
    return _single(form, "[]")


def _single(lists: dict[str, list[Any]], suffix: str | None = None) -> dict[str, Any]:
    """The values by name, those that came once by themselves, unless the name ends so."""
    return {
        name: values[0] if len(values) == 1 and not (suffix and name.endswith(suffix)) else values
        for name, values in lists.items()
    }


_TARGETS: dict[str, Handler] = {
    "json": _json_of,
    "form": _form_of,
    "query": lambda c: _single(c.req.queries()),
    "param": lambda c: c.req.param(),
    "header": lambda c: c.req.header(),
    "cookie": lambda c: get_cookie(c),
}
