"""The SDK's names for types. None of them is a class to make objects of."""

from __future__ import annotations

from collections.abc import Awaitable
from http import HTTPMethod
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypedDict

if TYPE_CHECKING:
    from labkit.workers.buffers import JsBuffer
    from labkit.workers.formdata import FormData
    from labkit.workers.js.blobs import Blob as JsBlob
    from labkit.workers.js.forms import FormData as JsFormData
    from labkit.workers.js.headers import Headers as JsHeaders
    from labkit.workers.js.streams import ReadableStream
    from labkit.workers.js.urls import URLSearchParams

JSBody: TypeAlias = "JsBlob | JsBuffer | JsFormData | ReadableStream | URLSearchParams"
Body: TypeAlias = "str | bytes | FormData | JSBody"
Headers: TypeAlias = "dict[str, str] | list[tuple[str, str]] | JsHeaders"


class Context(Protocol):
    """What a Worker's `ctx` can do."""

    def waitUntil(self, other: Awaitable[Any]) -> None: ...


class RequestInitCfProperties(TypedDict, total=False):
    """The `cf` options of an outbound fetch."""

    apps: bool | None
    cacheEverything: bool | None
    cacheKey: str | None
    cacheTags: list[str] | None
    cacheTtl: int
    cacheTtlByStatus: dict[str, int]
    image: Any | None
    mirage: bool | None
    polish: str | None
    resolveOverride: str | None
    scrapeShield: bool | None
    webp: bool | None


class FetchKwargs(TypedDict, total=False):
    """The keyword arguments of `fetch` and `Request`."""

    headers: Headers | None
    body: Body | None
    method: HTTPMethod | None
    redirect: str | None
    cf: RequestInitCfProperties | None
    fetcher: Any | None
