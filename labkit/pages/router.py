"""The router of Pages Functions in Python: which functions answer a request, one after the other.

This one file goes along with every site that `labkit.pages.build` makes, as `pages_router.py` beside `entry.py`, and
runs on a real Python Worker as it stands. It does what the Worker does that `wrangler pages functions build` makes of
a `functions/` folder; its paths are path-to-regexp's 6.3, as far as file names can spell them.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from js import URL  # pyright: ignore[reportMissingImports]
from js import Response as JsResponse  # pyright: ignore[reportMissingImports]
from workers import Request, Response, WorkerEntrypoint  # pyright: ignore[reportMissingImports]

Params = dict[str, str | list[str]]

NULL_BODY = (101, 204, 205, 304)


class Route(NamedTuple):
    """The functions of a file. `path` and `mount` (the path of its folder) have `:name` and `:name*` for parameters.

    No `method` means any. A function may be a list of functions, which run in order.
    """

    path: str
    mount: str
    method: str = ""
    middlewares: Sequence[Any] = ()
    modules: Sequence[Any] = ()


class Step(NamedTuple):
    """One function, and what it learns of the path."""

    handler: Callable[[Context], Any]
    params: Params
    function_path: str


class Matcher:
    """A path of a route as a regular expression: of the whole path, or of how it begins. Letters' case is nobody's."""

    def __init__(self, path: str, *, whole: bool):
        self._names: list[tuple[str, bool]] = []
        pattern = self._pattern(path)
        if whole:
            pattern += r"[/#?]?\Z"
        else:
            pattern += r"(?:[/#?](?=\Z))?" + ("" if path.endswith("/") else r"(?=[/#?]|\Z)")
        self._regex = re.compile(pattern, re.IGNORECASE | re.ASCII)

    def match(self, path: str) -> tuple[str, Params] | None:
        """The part of the path that matched and the parameters, still percent-encoded; None where it does not."""
        found = self._regex.match(path)
        if found is None:
            return None
        params: Params = {}
        for (name, is_rest), value in zip(self._names, found.groups(), strict=True):
            if value is not None:
                params[name] = value.split("/") if is_rest else value
        return found[0], params

    def _pattern(self, path: str) -> str:
        parts, before = [], ""
        for part in _PARTS.finditer(path):
            if part["text"]:
                parts.append(re.escape(part["text"]))
                before += part["text"]
            else:
                self._names.append((part["name"], bool(part["rest"])))
                parts.append(_parameter(part["slash"] or "", bool(part["rest"]), before))
                before = ""
        return "".join(parts)


_PARTS = re.compile(r"(?P<slash>/)?:(?P<name>\w+)(?P<rest>\*)?|(?P<text>.)", re.ASCII | re.DOTALL)


def _parameter(slash: str, is_rest: bool, before: str) -> str:
    """A parameter's group: one segment or less, as far as the text before it does not come again; or the rest."""
    is_segment = slash or any(letter in "/#?" for letter in before) or not before
    one = "[^/#?]+?" if is_segment else f"(?:(?!{re.escape(before)})[^/#?])+?"
    return f"(?:/((?:{one})(?:/(?:{one}))*))?" if is_rest else f"{slash}({one})"


class Table:
    """The routes of a site, in the order in which they are tried."""

    def __init__(self, routes: Iterable[Route]):
        self._routes = [(r, Matcher(r.path, whole=False), Matcher(r.path, whole=True), Matcher(r.mount, whole=False))
                        for r in routes]  # fmt: skip

    def steps(self, method: str, path: str) -> Iterator[Step]:
        """The middlewares above a path, outermost first, then the functions of the first route that is this path."""
        for route, beginning, _, mount in reversed(self._routes):
            found, mounted = beginning.match(path), mount.match(path)
            if route.method in ("", method) and found and mounted:
                yield from (Step(handler, found[1], mounted[0]) for handler in _flat(route.middlewares))
        for route, _, whole, mount in self._routes:
            found = whole.match(path)
            if route.method in ("", method) and route.modules and found and mount.match(path):
                yield from (Step(handler, found[1], found[0]) for handler in _flat(route.modules))
                return


def _flat(handlers: Iterable[Any]) -> Iterator[Any]:
    for each in handlers:
        yield from each if isinstance(each, list | tuple) else [each]


class Exchange:
    """One request on its way through the functions. What they share is `data`; the assets answer where they end."""

    def __init__(self, table: Table, request: Any, env: Any, ctx: Any):
        self.request, self.env, self.ctx = request, env, ctx
        self.data: Any = {}
        self.fails_open = False
        self._steps = table.steps(request.js_object.method, urlsplit(request.url).path)

    async def answer(self) -> Any:
        """The Response; that of the assets where a function failed that had called `passThroughOnException`."""
        try:
            return await self.next()
        except Exception:
            if not self.fails_open:
                raise
            return await self.assets()

    async def next(self, input: Any = None, **init: Any) -> Any:
        """The Response of the next function, or of the assets after the last."""
        if input is not None:
            target = URL.new(input, self.request.url).href if isinstance(input, str) else input
            self.request = Request(target, **init)
        step = next(self._steps, None)
        if step is None:
            return await self.assets()
        return _changeable(await _settled(step.handler(Context(self, step))))

    async def assets(self) -> Any:
        """The Response of `env.ASSETS`. Where nothing is bound there, no file is found."""
        assets = getattr(self.env, "ASSETS", None)
        if assets is None:
            return Response("Not Found", status=404)
        return _changeable(await assets.fetch(self.request.js_object))


class Context:
    """What a function is called with: `def onRequest(context)`. Its names are the platform's.

    `params` holds texts, and lists of texts for `[[name]]`, percent-encoded as they came.
    """

    def __init__(self, exchange: Exchange, step: Step):
        self.request = Request(exchange.request.clone())
        self.env = exchange.env
        self.params = step.params
        self.functionPath = step.function_path
        self._exchange = exchange

    @property
    def data(self) -> Any:
        """What the functions of this request tell one another, by name."""
        return self._exchange.data

    @data.setter
    def data(self, value: Any) -> None:
        if not isinstance(value, Mapping):
            raise TypeError("context.data must be an object")
        self._exchange.data = value

    async def next(self, input: Any = None, **init: Any) -> Any:
        """The Response of what comes after this function, which gets the request, or another: a Request or a URL.

        `init` holds the options of a Request. The Response's own headers, `response.js_object.headers`, can be changed.
        """
        return await self._exchange.next(input, **init)

    def waitUntil(self, awaitable: Any) -> None:
        """Let this go on after the response."""
        self._exchange.ctx.waitUntil(awaitable)

    def passThroughOnException(self) -> None:
        """From now on an exception is not the answer: the assets answer in its place."""
        self._exchange.fails_open = True


class Rule:
    """A rule of `_routes.json`: a path, in which `*` is anything. `/a/*` is `/a` too."""

    def __init__(self, rule: str):
        if rule.endswith("/*") and rule != "/*":
            rule, tail = rule[:-2], "(?:/.*)?"
        elif rule in ("/", "/*") or rule.endswith("*"):
            tail = ""
        else:
            rule, tail = rule.removesuffix("/"), "/?"
        self._regex = re.compile(".*".join(map(re.escape, rule.split("*"))) + tail)

    def matches(self, path: str) -> bool:
        return self._regex.fullmatch(path) is not None


def entrypoint(routes: Iterable[Route], *, include: Iterable[str] = ("/*",), exclude: Iterable[str] = ()) -> type:
    """The `Default` class of a Worker that is this site. Paths that the rules leave out go straight to the assets."""
    table, included, excluded = Table(routes), [*map(Rule, include)], [*map(Rule, exclude)]

    class Default(WorkerEntrypoint):
        async def fetch(self, request: Any) -> Any:
            exchange, path = Exchange(table, request, self.env, self.ctx), urlsplit(request.url).path
            if any(rule.matches(path) for rule in excluded) or not any(rule.matches(path) for rule in included):
                return await exchange.assets()
            return await exchange.answer()

    return Default


async def _settled(value: Any) -> Any:
    """What a function returned, awaited for as long as it can be, as JavaScript flattens its promises."""
    while inspect.isawaitable(value):
        value = await value
    return value


def _changeable(response: Any) -> Any:
    """The same Response, with headers that can be changed. Refuses what is no Response."""
    given = getattr(response, "js_object", response)
    if getattr(getattr(given, "constructor", None), "name", None) != "Response":
        raise TypeError("Your Pages function should return a Response")
    return Response(JsResponse.new(None if given.status in NULL_BODY else given.body, given))
