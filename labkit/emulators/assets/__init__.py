"""Static assets: files that every place serves without the Worker, and `env.ASSETS`, where the Worker asks for them.

| | |
|---|---|
| modelled | `html_handling` (all four), `not_found_handling` (all three), one address a page (recorded) |
| | Assets first, then the Worker; `run_worker_first` true, or patterns with `!`; navigation to the fallback page |
| | `_headers` and `_redirects`: splats, placeholders, order, limits, and wrangler's words for lines it cannot use |
| | ETag, If-None-Match, HEAD, 405; Range gets the whole file; Cache-Control but with Authorization or Range |
| | `.assetsignore`, the content types, 20,000 or 100,000 files of 25 MiB: refused as wrangler refuses |
| | `deploy`: a version replaces the last at once, only contents that storage does not hold are uploaded |
| | Places fetch a file once from a central store and keep it; `outage` lets the store fail: a retry, then 500 |
| | `cf-cache-status` tells how soon a file came (0.1 s), as production does, and so may be wrong |
| | No request to an asset is billed; the Worker is when it runs |
| simplified | The hash in the ETag is SHA-256 instead of wrangler's BLAKE3, of the same contents and extension |
| | Two central stores, whose places are assumptions (`facts/assets.toml`); no tiers between; copies last a year |
| | All who ask before a place has a file fetch it, each for itself |
| | A new version is everywhere at once; a deployment takes no time; times do not depend on a file's size |
| | 202 file extensions of the 1,239 that wrangler knows; a link that leads out of the folder is left out |
| | Where wrangler lets more through than is documented, the documentation holds: 100 rules of `_headers`, |
| | 1,000 characters of a redirect |
| | Network off: no time passes, and so every file that comes is a HIT |
| not modelled | 429 beyond the free plan's requests, gradual rollouts, Smart Placement, compression, Early Hints, |
| | the router's guards of `/_next/image` and `/_image`, calls from other Workers by a service binding |
"""

from __future__ import annotations

import pickle
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from labkit.emulators.assets.binding import AssetsBinding
from labkit.emulators.assets.files import File, Folder, read, source_of, stamp
from labkit.emulators.assets.rule_lines import complaint
from labkit.emulators.assets.site import NOTHING, Found, Rules, Site
from labkit.emulators.assets.storage import Storage, Unavailable
from labkit.emulators.assets.tables import CopyTable, FileTable, Upload
from labkit.errors import LabError
from labkit.trace import Event
from labkit.workers.bindings import warn
from labkit.workers.ffi import JsException
from labkit.workers.js.requests import Request as JsRequest
from labkit.workers.js.responses import Response as JsResponse
from labkit.workers.request import Request
from labkit.workers.response import Response
from labkit.world import World

__all__ = ["Assets", "AssetsBinding"]

UNREACHED = (
    "run_worker_first=true set without an assets binding\nSetting run_worker_first to true will always invoke your "
    "Worker script.\nTo fetch your assets from your Worker, please set the [assets.binding] key in your configuration "
    "file.\n\nRead more: https://developers.cloudflare.com/workers/static-assets/binding/#binding"
)
"""What wrangler warns of."""

Source = Path | str | Mapping[str, str | bytes]


class Assets:
    """The assets of a Worker. `config` is wrangler's, with `compatibility_date` and `compatibility_flags` beside it."""

    def __init__(self, config: Mapping[str, Any], files: Source, world: World):
        self.config, self.world = config, world
        self.rules, self.storage = Rules(config), Storage(world)
        if self.rules.routing.always and not config.get("binding"):
            warn(UNREACHED)
        self.site, self.version = Site(Folder({}), self.rules), 0
        self._directory: Path | None = None
        self._stamp: str | None = None
        self.deploy(files)

    def binding(self, colo: str) -> AssetsBinding:
        """What a Worker at this place has on env."""
        return AssetsBinding(self, colo)

    def deploy(self, files: Source | None = None) -> Upload:
        """Replace all files by those of a folder or a dict, at once; None reads the same folder again.

        Returns what a deployment would upload. Lines of `_headers` and `_redirects` that cannot be used are warned of.
        """
        source = self._directory if files is None else source_of(files)
        if source is None:
            raise LabError("deploy(): these assets are no folder that could be read again; give it the files.")
        directory = source if isinstance(source, Path) else None
        seen = directory and stamp(directory)  # before it is read: what changes meanwhile is seen by `refresh`
        site = Site(read(source, self.world.plan), self.rules)
        _complain(site)
        upload = self._upload(site)
        self.storage.held |= site.by_etag.keys()
        self.site, self.version, self._directory, self._stamp = site, self.version + 1, directory, seen
        return upload

    def refresh(self) -> Upload | None:
        """Deploy the folder again if anything in it has changed, as `wrangler dev` does; None where nothing has."""
        return self.deploy() if self._directory and stamp(self._directory) != self._stamp else None

    async def answer(
        self, request: Request, colo: str, worker: Callable[[Request], Awaitable[Response]] | None
    ) -> Response:
        """The Response to a visitor's request: the assets', or the Worker's where it is its turn."""
        routing, asked = self.rules.routing, request.js_object
        first = routing.of(asked.url)
        if worker and (first == "worker" or (first is None and not self.site.claims(asked))):
            return await worker(request)
        return await self.serve(asked, colo)

    async def serve(self, request: JsRequest, colo: str) -> Response:
        """What the assets answer, whatever the Worker would."""
        site = self.site  # the version that was there when the request came in
        with self.world.trace.event("assets", "fetch", colo, method=request.method, url=request.url) as event:
            found = site.find(request, self.rules.not_found)
            try:
                response = await self._response(found, request, colo, event)
                site.headers.apply(request.url, response.headers)
            except (Unavailable, JsException) as error:
                response, event.outcome = _bare(500), "500"
                event.detail["error"] = str(error)
            response.headers._frozen = True
            event.detail["status"] = response.status
            return Response(response)

    def outage(self, duration: float | str) -> None:
        """Let the central stores fail from now for seconds, or words such as "1 minute". Copies are still served."""
        self.storage.outage(duration)

    def files(self) -> FileTable:
        """The files of the version, with the address at which each is served."""
        return FileTable(
            {"path": file.path, "bytes": len(file.content), "content_type": file.content_type, "etag": file.etag,
             "address": self.site.address(file.path)}
            for file in self.site.files.values()
        )  # fmt: skip

    def copies(self, path: str) -> CopyTable:
        """Who holds the file at this path now: the central stores, and the places that have fetched it."""
        file = self.site.files.get(f"/{path.removeprefix('/')}")
        if file is None:
            raise LabError(f"There is no file {path!r}; lab.assets.files() lists them.")
        storage, etag = self.storage, file.etag
        central = [{"tier": "central", "colo": colo, "age": None} for colo in storage.stores]
        held = sorted((colo, times[etag]) for colo, times in storage.copies.items() if storage.has_copy(etag, colo))
        local = [{"tier": "local", "colo": colo, "age": storage.now - fetched} for colo, fetched in held]
        return CopyTable([*central, *local])

    def snapshot(self) -> bytes:
        """The version and the folder that it is of, what is stored, and who holds copies."""
        storage, of = self.storage, (self.site.folder, self.version, self._directory, self._stamp)
        return pickle.dumps((of, storage.held, storage.copies, storage.down_until))

    def restore(self, state: bytes) -> None:
        """Go back to a snapshot. Bindings that are in use keep working."""
        storage = self.storage
        of, storage.held, storage.copies, storage.down_until = pickle.loads(state)
        folder, self.version, self._directory, self._stamp = of
        self.site = Site(folder, self.rules)

    async def _response(self, found: Found, request: JsRequest, colo: str, event: Event) -> JsResponse:
        """The answer before `_headers` is applied."""
        if found.file is None:
            event.outcome = "redirect" if found.location else "not found" if found is NOTHING else str(found.status)
            return _bare(found.status or 404, found.location)
        file, began = found.file, self.storage.now
        event.detail["file"] = file.path
        await self.storage.read(file.etag, colo, event)
        soon = self.storage.now - began <= self.storage.hit_within
        headers = {"etag": f'"{file.etag}"', "cf-cache-status": "HIT" if soon else "MISS"}
        if file.content_type is not None:
            headers["content-type"] = file.content_type
        asked = request.headers._values
        if "authorization" not in asked and "range" not in asked:
            headers["cache-control"] = "public, max-age=0, must-revalidate"
        if asked.get("if-none-match") in (headers["etag"], f"W/{headers['etag']}"):
            return _made(304, headers)
        content = None if request.method == "HEAD" else file.content
        event.bytes = len(content or b"")
        return _made(found.status, headers, content)

    def _upload(self, site: Site) -> Upload:
        """What replacing the version by this one changes. Contents that two files share are uploaded once."""
        held, rows = self.storage.held.copy(), list[tuple[str, File]]()
        for file in site.files.values():
            rows.append(("=" if file.etag in held else "+", file))
            held.add(file.etag)
        rows += [("-", file) for path, file in self.site.files.items() if path not in site.files]
        return Upload({"action": action, "path": file.path, "bytes": len(file.content)} for action, file in rows)


def _bare(status: int, location: str | None = None) -> JsResponse:
    return _made(status, {} if location is None else {"location": location})


def _made(status: int, headers: dict[str, str], content: bytes | None = None) -> JsResponse:
    response = JsResponse.arrived(status, headers, content)
    response.headers._frozen = False
    return response


def _complain(site: Site) -> None:
    """Warn of each file with lines that are not used."""
    for kind, file, rules in (("redirect", "_redirects", site.redirects), ("header", "_headers", site.headers)):
        if rules.invalid:
            warn(complaint(kind, file, rules.invalid))
