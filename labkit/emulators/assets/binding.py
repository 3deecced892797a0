"""`env.ASSETS`: the assets as a Worker at one place asks for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from labkit.workers.bindings import js_error
from labkit.workers.ffi import JsException
from labkit.workers.http import AbortError
from labkit.workers.js.requests import Request as JsRequest
from labkit.workers.js.responses import Response as JsResponse
from labkit.workers.outbound import outgoing
from labkit.workers.redirects import followed
from labkit.workers.response import Response

if TYPE_CHECKING:
    from labkit.emulators.assets import Assets


class AssetsBinding:
    """`fetch` alone: the assets' answer to a request, with html_handling and not_found_handling, without the Worker."""

    def __init__(self, assets: Assets, colo: str):
        self._assets, self._colo = assets, colo

    def __repr__(self) -> str:
        return f"<Static assets at {self._colo}>"

    async def fetch(self, resource: Any, **options: Any) -> Response:
        """The Response to a Request or a whole URL; its host plays no part.

        Redirects are followed, among the assets alone, unless `redirect="manual"` or the request came from a visitor.
        """
        sent = outgoing(resource, options).js_object
        try:
            return Response(await followed(sent, self._ask))
        except JsException as error:
            raise AbortError(error) from None

    fetch.__qualname__ = "fetch"  # as the SDK's refusals name it

    def __getattr__(self, method: str) -> Callable[..., Awaitable[Any]]:
        if method.startswith("_"):
            raise AttributeError(method)

        async def refuse(*_: Any, **__: Any) -> None:
            raise js_error("TypeError", f'The RPC receiver does not implement the method "{method}".')

        return refuse

    async def _ask(self, request: JsRequest) -> JsResponse:
        self._assets.world.charge("assets")
        return (await self._assets.serve(request, self._colo)).js_object
