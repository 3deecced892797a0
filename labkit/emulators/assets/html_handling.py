"""`html_handling`: at which address a page is served, and from which others a visitor is sent there.

A page `/a.html` or `/a/index.html` has one address. The tables say, for each form that a path can have, which file is
looked for in turn: `file` is served where it is found; `file > address` sends the visitor to the address, if nothing
else is served there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

Exists = Callable[[str], str | None]
"""The etag of the file at a path; None where there is none."""

HERE = "{path}"
"""The file of exactly this path."""

AUTO = {
    "/index": [HERE, "{path}.html > {folder}", "{parent}.html > {parent}"],
    "/index.html": ["{path} > {folder}", "{parent}.html > {parent}"],
    "/": ["{path}index.html", "{parent}.html > {parent}"],
    ".html": ["{path} > {stem}", "{stem}/index.html > {stem}/"],
    "": [HERE, "{path}.html", "{path}/index.html > {path}/"],
}
FORCE = {
    "/index": [HERE, "{path}.html > {folder}", "{parent}.html > {folder}"],
    "/index.html": ["{path} > {folder}", "{parent}.html > {folder}"],
    "/": ["{path}index.html", "{parent}.html"],
    ".html": ["{path} > {stem}/", HERE, "{stem}/index.html > {stem}/"],
    "": [HERE, "{path}.html > {path}/", "{path}/index.html > {path}/"],
}
DROP = {
    "root": ["{path}index.html"],
    "/index": [HERE, "{parent}.html > {parent}", "{path}.html > {parent}"],
    "/index.html": ["{path} > {parent}", HERE, "{parent}.html > {parent}"],
    "/": ["{parent}.html > {parent}", "{parent}/index.html > {parent}"],
    ".html": ["{path} > {stem}", "{stem}/index.html > {stem}"],
    "": [HERE, "{path}.html", "{path}/index.html"],
}
NONE = {"": [HERE]}
HANDLINGS = {"auto-trailing-slash": AUTO, "force-trailing-slash": FORCE, "drop-trailing-slash": DROP, "none": NONE}
NOT_FOUND = ("none", "404-page", "single-page-application")


@dataclass(frozen=True, slots=True)
class Intent:
    """What a path leads to: a file (by etag, with the status of its answer), or an address to go to."""

    etag: str | None = None
    status: int = 200
    address: str | None = None


def intent(
    path: str, exists: Exists, html_handling: str, not_found: str, *, may_redirect: bool = True
) -> Intent | None:
    """What a decoded path leads to, None where there is nothing."""

    def is_served_at(address: str, etag: str | None) -> bool:
        if etag is None or exists(address):
            return False
        there = intent(address, exists, html_handling, not_found, may_redirect=False)
        return there is not None and there.etag == etag

    for file, address in _candidates(path, html_handling):
        etag = exists(file)
        if etag and address is None:
            return Intent(etag)
        if address is not None and may_redirect and is_served_at(address, etag):
            return Intent(address=address)
    return _nothing(path, exists, not_found)


def _candidates(path: str, html_handling: str) -> Iterator[tuple[str, str | None]]:
    """The files to look for, each with its address or None: what its form says, then what holds for all paths."""
    table = HANDLINGS[html_handling]
    folder = path[: path.rfind("/") + 1]
    parts = {"path": path, "folder": folder, "parent": folder[:-1], "stem": path.removesuffix(".html")}
    for template in [*table.get(_form(path, table), ()), *table[""]]:
        file, sends, address = template.partition(" > ")
        yield file.format_map(parts), (address.format_map(parts) or "/") if sends else None


def _form(path: str, table: Mapping[str, object]) -> str:
    if path == "/" and "root" in table:
        return "root"
    return next((end for end in ("/index", "/index.html", "/", ".html") if path.endswith(end)), "none")


def _nothing(path: str, exists: Exists, not_found: str) -> Intent | None:
    """What `not_found_handling` answers where no file is found."""
    if not_found == "single-page-application":
        etag = exists("/index.html")
        return Intent(etag) if etag else None
    while not_found == "404-page" and path:
        path = path[: path.rfind("/")]
        if etag := exists(f"{path}/404.html"):
            return Intent(etag, 404)
    return None
