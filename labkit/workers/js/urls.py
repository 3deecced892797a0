"""`js.URL` and `js.URLSearchParams`, each seeing the other's changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, quote_plus

from labkit.workers.js import url_parsing
from labkit.workers.js.conversions import text
from labkit.workers.js.url_parsing import DEFAULT_PORTS, InvalidUrl, Url
from labkit.workers.objects import JsArray
from labkit.workers.proxies import JsBuiltin, JsException, JsProxy, jsnull


class URLSearchParams(JsBuiltin):
    """The parameters of a query, in order; a name may come twice."""

    __slots__ = ("_pairs", "_url")

    def __init__(self, init: Any = None):
        self._url: URL | None = None
        self._pairs: list[tuple[str, str]] = []
        if isinstance(init, str):
            self._pairs = parse_qsl(init.removeprefix("?"), keep_blank_values=True, errors="replace")
        elif init is not None:
            self._pairs = [(text(name), text(value)) for name, value in _pairs(init)]

    @property
    def size(self) -> int:
        return len(self._pairs)

    def _changed(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs
        if self._url is not None:
            self._url._parts.query = self.toString() or None

    def append(self, name: str, value: str) -> None:
        self._changed([*self._pairs, (text(name), text(value))])

    def set(self, name: str, value: str) -> None:
        """Put the value where the name first stood, and drop the name's other values."""
        places = [place for place, (known, _) in enumerate(self._pairs) if known == text(name)]
        place = places[0] if places else len(self._pairs)
        others = [pair for pair in self._pairs if pair[0] != text(name)]
        self._changed([*others[:place], (text(name), text(value)), *others[place:]])

    def delete(self, name: str, value: str | None = None) -> None:
        self._changed(
            [pair for pair in self._pairs if pair[0] != text(name) or (value is not None and pair[1] != text(value))]
        )

    def get(self, name: str) -> Any:
        return next((value for known, value in self._pairs if known == text(name)), jsnull)

    def getAll(self, name: str) -> JsArray:
        return JsArray(value for known, value in self._pairs if known == text(name))

    def has(self, name: str, value: str | None = None) -> bool:
        return any(known == text(name) and value in (None, found) for known, found in self._pairs)

    def sort(self) -> None:
        self._changed(sorted(self._pairs, key=lambda pair: pair[0].encode("utf-16-be", "surrogatepass")))

    def keys(self) -> Iterator[str]:
        return (name for name, _ in self._pairs)

    def values(self) -> Iterator[str]:
        return (value for _, value in self._pairs)

    def entries(self) -> Iterator[JsArray]:
        return (JsArray(pair) for pair in self._pairs)

    def __iter__(self) -> Iterator[str]:
        """The names: Pyodide takes whatever has keys and get for a Map."""
        return self.keys()

    def __getitem__(self, name: str) -> str:
        if not self.has(name):
            raise KeyError(name)
        return self.get(name)

    def __contains__(self, name: str) -> bool:
        return self.has(name)

    def __len__(self) -> int:
        return len(self._pairs)

    def toString(self) -> str:
        return "&".join(f"{_form_encoded(name)}={_form_encoded(value)}" for name, value in self._pairs)

    def __str__(self) -> str:
        return self.toString()

    def _as_body(self) -> tuple[bytes, str]:
        return self.toString().encode(), "application/x-www-form-urlencoded;charset=UTF-8"


def _pairs(init: Any) -> Any:
    if isinstance(init, URLSearchParams):
        return init._pairs
    if isinstance(init, dict):
        return init.items()
    return init if isinstance(init, (JsArray, list)) or not isinstance(init, JsProxy) else init._properties().items()


def _form_encoded(part: str) -> str:
    return quote_plus(part, safe="*").replace("~", "%7E")


class URL(JsBuiltin):
    """A URL whose parts can be read and set."""

    __slots__ = ("_parts", "_params")

    def __init__(self, url: Any, base: Any = None):
        try:
            parent = None if base is None else url_parsing.parse(text(base))
            self._parts: Url = url_parsing.parse(text(url), parent)
        except InvalidUrl:
            raise JsException("TypeError", "Invalid URL string.") from None
        self._params: URLSearchParams | None = None

    @staticmethod
    def canParse(url: Any, base: Any = None) -> bool:
        return URL.parse(url, base) is not jsnull

    @staticmethod
    def parse(url: Any, base: Any = None) -> Any:
        """The URL, or jsnull."""
        try:
            return URL.new(url, base)
        except JsException:
            return jsnull

    @property
    def href(self) -> str:
        return str(self._parts)

    @property
    def origin(self) -> str:
        has_origin = self._parts.is_special and self._parts.scheme != "file"
        return f"{self._parts.scheme}://{self._parts.netloc}" if has_origin else "null"

    @property
    def protocol(self) -> str:
        return f"{self._parts.scheme}:"

    @protocol.setter
    def protocol(self, value: str) -> None:
        scheme = value.partition(":")[0].lower()
        if (scheme in DEFAULT_PORTS) == self._parts.is_special:
            self._parts.scheme = scheme
            self.port = self.port

    @property
    def username(self) -> str:
        return self._parts.username

    @property
    def password(self) -> str:
        return self._parts.password

    @property
    def host(self) -> str:
        return self._parts.netloc

    @host.setter
    def host(self, value: str) -> None:
        self.hostname, _, port = value.partition(":")
        self.port = port or self.port

    @property
    def hostname(self) -> str:
        return self._parts.host or ""

    @hostname.setter
    def hostname(self, value: str) -> None:
        self._parts.host = url_parsing.encode_host(value, self._parts.is_special)

    @property
    def port(self) -> str:
        return "" if self._parts.port is None else str(self._parts.port)

    @port.setter
    def port(self, value: Any) -> None:
        self._parts.port = url_parsing.parse_port(text(value), self._parts.scheme)

    @property
    def pathname(self) -> str:
        return self._parts.path

    @pathname.setter
    def pathname(self, value: str) -> None:
        self._parts.path = url_parsing.encode_path(value if value.startswith("/") else f"/{value}")

    @property
    def search(self) -> str:
        return f"?{self._parts.query}" if self._parts.query else ""

    @search.setter
    def search(self, value: str) -> None:
        query = value.removeprefix("?")
        self._parts.query = url_parsing.encode_query(query, self._parts.is_special) if query else None
        if self._params is not None:
            self._params._pairs = URLSearchParams.new(query)._pairs

    @property
    def hash(self) -> str:
        return f"#{self._parts.fragment}" if self._parts.fragment else ""

    @hash.setter
    def hash(self, value: str) -> None:
        self._parts.fragment = url_parsing.encode_fragment(value.removeprefix("#")) or None

    @property
    def searchParams(self) -> URLSearchParams:
        params = self._params
        if params is None:
            params = self._params = URLSearchParams.new(self._parts.query or "")
            params._url = self
        return params

    def toString(self) -> str:
        return self.href

    toJSON = __str__ = toString
