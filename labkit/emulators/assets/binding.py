"""`env.ASSETS`: the assets as a Worker at one place asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labkit.workers.outbound import outgoing
from labkit.workers.response import Response

if TYPE_CHECKING:
    from labkit.emulators.assets import Assets


class AssetsBinding:
    """`fetch` alone: the assets' answer to a request, with html_handling and not_found_handling, without the Worker."""

    def __init__(self, assets: Assets, colo: str):
        self._assets, self._colo = assets, colo

    def __repr__(self) -> str:
        return f"<Static assets at {self._colo}>"

    async def fetch(self, request: Any, **options: Any) -> Response:
        """The Response to a Request or a whole URL; its host plays no part. Redirects come back as they are."""
        self._assets.world.charge("assets")
        sent = outgoing(request, options).js_object
        response = await self._assets.serve(sent, self._colo)
        response.js_object.url = sent.url
        return response
