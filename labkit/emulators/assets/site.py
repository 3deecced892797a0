"""What a version answers: a request is led to a file, an address or nothing, and nothing here takes time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from labkit import facts
from labkit.emulators.assets.files import WHERE, File, Folder
from labkit.emulators.assets.headers_file import HeaderRules
from labkit.emulators.assets.html_handling import HANDLINGS, NOT_FOUND, Intent, intent
from labkit.emulators.assets.patterns import resolved
from labkit.emulators.assets.redirects_file import Redirects, location
from labkit.emulators.assets.routing import Routing
from labkit.errors import ConfigError
from labkit.workers.js.requests import Request

NAVIGATION_FLAG, NO_NAVIGATION_FLAG = "assets_navigation_prefers_asset_serving", "assets_navigation_has_no_effect"
_KEPT = "!'()*-._~"
"""What JavaScript's encodeURIComponent leaves as it is, beside letters and digits."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a request leads to: a status, and the file to be sent or the address to go to. A status of 0 is nothing."""

    status: int
    file: File | None = None
    location: str | None = None


NOTHING = Found(0)


class Rules:
    """The configuration of the assets, checked."""

    def __init__(self, config: Mapping[str, Any]):
        self.html_handling = _one_of(config, "html_handling", HANDLINGS, "auto-trailing-slash")
        self.not_found = _one_of(config, "not_found_handling", NOT_FOUND, "none")
        self.routing = Routing(config.get("run_worker_first", False))
        flags = config.get("compatibility_flags") or ()
        date = config.get("compatibility_date")  # where there is none, it is today's
        dated = not date or date >= facts.value("assets.navigation_date")
        self.navigation_counts = NAVIGATION_FLAG in flags or (dated and NO_NAVIGATION_FLAG not in flags)


class Site:
    """One version: its files by path and by etag, and the rules that came with them."""

    def __init__(self, folder: Folder, rules: Rules):
        self.folder, self.files, self.rules = folder, folder.files, rules
        self.by_etag = {file.etag: file for file in self.files.values()}
        self.redirects = Redirects(folder.redirects or "", rules.html_handling)
        self.headers = HeaderRules(folder.headers or "")

    def claims(self, request: Request) -> bool:
        """Whether a request is answered here rather than by the Worker, where assets come first."""
        navigates = request.headers._values.get("sec-fetch-mode") == "navigate"
        not_found = self.rules.routing.by_pattern or (self.rules.navigation_counts and navigates)
        return self.find(request, self.rules.not_found if not_found else "none") is not NOTHING

    def find(self, request: Request, not_found: str) -> Found:
        """What a request leads to: `_redirects` first, then the files as html_handling and `not_found` say."""
        parts = urlsplit(request.url)
        path, rewritten = parts.path, False
        if redirect := self.redirects.find(request.url):
            status, to = redirect
            target = resolved(to, request.url)
            if target is None:
                return Found(500)
            if status != 200:
                return Found(status, location=location(request.url, target))
            path, rewritten = target.path, True
        decoded = decoded_path(path)
        found = intent(decoded, self.etag, self.rules.html_handling, not_found)
        if found is None:
            return Found(404) if rewritten else NOTHING
        if request.method not in ("GET", "HEAD"):
            return Found(405)
        return self._led_to(found, decoded, path, parts.query)

    def address(self, path: str) -> str | None:
        """The path of the URL at which a file is served, `_redirects` aside; None where no URL leads to it."""
        found = intent(path, self.etag, self.rules.html_handling, "none")
        address = (found and found.address) or path
        # Under force-trailing-slash "/b/.html" is sent to "/b//", which is read as "/b/" and sent there again.
        return None if "//" in address else encoded_path(address)

    def etag(self, path: str) -> str | None:
        """The etag of the file at a decoded path."""
        file = self.files.get(path)
        return file and file.etag

    def _led_to(self, found: Intent, decoded: str, path: str, query: str) -> Found:
        """The file, at its canonical address only, decoded and encoded again; elsewhere a visitor is sent there."""
        address = encoded_path(found.address or decoded)
        if found.etag is None or address != path:
            return Found(307, location=address + (f"?{query}" if query else ""))
        return Found(found.status, self.by_etag[found.etag])


def decoded_path(path: str) -> str:
    """A path as files are named: each part decoded where it can be, slashes never doubled."""
    return re.sub("/+", "/", "/".join(map(_decoded, path.split("/"))))


def encoded_path(path: str) -> str:
    """A file's path as its URL writes it."""
    return "/".join(quote(part, safe=_KEPT, errors="replace") for part in path.split("/"))


def _decoded(part: str) -> str:
    """decodeURIComponent; a part that it refuses stays as it is."""
    if re.search("%(?![0-9A-Fa-f]{2})", part):
        return part
    try:
        return unquote(part, errors="strict")
    except UnicodeDecodeError:
        return part


def _one_of(config: Mapping[str, Any], key: str, known: Any, usual: str) -> str:
    value = config.get(key)
    if value is None:
        return usual
    if not isinstance(value, str) or value not in known:
        named = ", ".join(f'"{name}"' for name in known)
        raise ConfigError(f'Expected "assets.{key}" to be one of {named}, but got {value!r}.', where=WHERE)
    return value
