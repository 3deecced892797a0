"""The files of one version, read from a folder or given by name: what is uploaded, what is left out, what is refused.

All of it is read when a version is made, and a request looks its path up among these names: no request reaches a disk.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from labkit import facts
from labkit.emulators.assets.content_types import content_type
from labkit.emulators.assets.ignored import HEADERS_FILE, IGNORE_FILE, REDIRECTS_FILE, ignoring
from labkit.errors import ConfigError
from labkit.workers.bindings import warn

WHERE = "https://developers.cloudflare.com/workers/static-assets/binding/"
_SERVER_CODE = "_worker.js"
_NO_NAMES = frozenset(("", ".", ".."))


@dataclass(frozen=True, slots=True)
class File:
    """One file of a version. `etag` is the hash of what it holds, and its name in storage."""

    path: str
    content: bytes
    etag: str
    content_type: str | None


@dataclass(frozen=True)
class Folder:
    """What was read: the files by path ("/a/b.html"), and the texts of the files that are rules and no assets."""

    files: Mapping[str, File]
    redirects: str | None = None
    headers: str | None = None


def source_of(files: Any, below: Path = Path()) -> Path | Mapping[str, str | bytes]:
    """A folder's path, below another where it is relative; files by their paths as they are. Refuses anything else."""
    if files == "":
        raise ConfigError("The assets directory cannot be an empty string.", where=WHERE)
    if isinstance(files, str | Path):
        return below / files
    if not isinstance(files, Mapping):
        raise ConfigError(f"Assets are a folder, or contents by their paths; this is {files!r}.", where=WHERE)
    return files


def read(source: Path | Mapping[str, str | bytes], plan: str) -> Folder:
    """The files of a folder, or of a dict of path and content. Refuses what is too many or large, as wrangler does."""
    if isinstance(source, Mapping):
        where, found = "(in memory)", _given(source)
    else:
        where, found = str(source), _found(source)
    rules = {
        name: _text(_content(found[name])) for name in (IGNORE_FILE, REDIRECTS_FILE, HEADERS_FILE) if name in found
    }
    is_ignored = ignoring(rules.get(IGNORE_FILE))
    uploaded = {name: found[name] for name in sorted(found) if not is_ignored(name)}
    if IGNORE_FILE not in rules:
        _refuse_server_code(uploaded)
    _refuse_too_many(len(uploaded), where, plan)
    files = [_file(name, each, where) for name, each in uploaded.items()]
    return Folder({file.path: file for file in files}, rules.get(REDIRECTS_FILE), rules.get(HEADERS_FILE))


def stamp(source: Path) -> str:
    """A hash that changes when anything in a folder does: names, sizes, times of change."""
    seen = ((path.relative_to(source).as_posix(), path.stat()) for path in _paths(source))
    what = repr([(name, found.st_size, found.st_mtime_ns) for name, found in seen])
    return sha256(what.encode()).hexdigest()


def _given(source: Mapping[str, str | bytes]) -> dict[str, bytes]:
    """The contents by name, without the slash. Refuses names that no file in a folder has: "a//b", "../a"."""
    found: dict[str, bytes] = {}
    for path, content in source.items():
        if not isinstance(path, str) or not isinstance(content, str | bytes):
            raise ConfigError(f"Assets are text or bytes by their path; this is {path!r}: {content!r}.", where=WHERE)
        name = path.removeprefix("/")
        if not _NO_NAMES.isdisjoint(name.split("/")):
            raise ConfigError(f"No file in a folder has the path {path!r}.", where=WHERE)
        if name in found:
            raise ConfigError(f"Two files have the path {name!r}.", where=WHERE)
        found[name] = content.encode() if isinstance(content, str) else content
    return found


def _found(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise ConfigError(
            'The directory specified by the "assets.directory" field in your configuration file does not exist:\n'
            f"{folder}",
            where=WHERE,
        )
    return {path.relative_to(folder).as_posix(): path for path in _paths(folder)}


def _paths(folder: Path) -> Iterator[Path]:
    """Every file below a folder, in order. Links to folders are not followed; a link to a file outside is left out."""
    root = folder.resolve()
    for here, folders, names in os.walk(folder):
        folders.sort()
        for path in (Path(here, name) for name in sorted(names)):
            if not path.resolve().is_relative_to(root):
                warn(f"{path} is a link that leaves the folder of assets: it is left out.")
            elif path.is_file():
                yield path


def _content(found: Path | bytes) -> bytes:
    return found.read_bytes() if isinstance(found, Path) else found


def _file(name: str, found: Path | bytes, where: str) -> File:
    """One file, read; it is not where it is too large."""
    size, limit = found.stat().st_size if isinstance(found, Path) else len(found), facts.value("assets.file_bytes")
    if size > limit:
        raise ConfigError(
            f"Asset too large.\nCloudflare Workers supports assets with sizes of up to {_size(limit)}. We found a file "
            f"{where}/{name} with a size of {_size(size)}.\nEnsure all assets in your assets directory "
            f'"{where}" conform with the Workers maximum size requirement.',
            where=WHERE,
        )
    content = _content(found)
    extension = os.path.splitext(name)[1].removeprefix(".")
    etag = sha256(content + extension.encode(errors="surrogatepass")).hexdigest()[:32]
    return File(f"/{name}", content, etag, content_type(f"/{name}"))


def _refuse_too_many(count: int, where: str, plan: str) -> None:
    limit = facts.value("assets.files", plan=plan)
    if count > limit:
        raise ConfigError(
            f"Maximum number of assets exceeded.\nCloudflare Workers supports up to {limit:,} assets in a version. We "
            f'found {count:,} files in the specified assets directory "{where}".\nEnsure your assets directory '
            f"contains a maximum of {limit:,} files, and that you have specified your assets directory correctly.",
            where=WHERE,
        )


def _refuse_server_code(names: Mapping[str, object]) -> None:
    """A Pages project's server code is not shown to the world by accident."""
    for name in names:
        if name.startswith(_SERVER_CODE):
            kind = "file" if name == _SERVER_CODE else "directory"
            raise ConfigError(
                f"Uploading a Pages {_SERVER_CODE} {kind} as an asset.\nThis could expose your private server-side "
                f"code to the public Internet. Is this intended?\nIf you do not want to upload this {kind}, either "
                f'remove it or add an "{IGNORE_FILE}" file, to the root of your asset directory, containing '
                f'"{_SERVER_CODE}" to avoid uploading.\nIf you do want to upload this {kind}, you can add an empty '
                f'"{IGNORE_FILE}" file, to the root of your asset directory, to hide this error.'
            )


def _text(content: bytes) -> str:
    return content.decode(errors="replace")


def _size(count: int) -> str:
    """Bytes in binary units, with three digits: "25 MiB", "25.1 MiB"."""
    value, units = float(count), iter(("B", "KiB", "MiB", "GiB"))
    unit = next(units)
    while value >= 1024:
        value, unit = value / 1024, next(units)
    return f"{float(f'{value:.3g}'):g} {unit}"
