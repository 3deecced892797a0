"""The files of a `functions/` folder: which there are, which of Python's names they are deployed under.

No path leaves the folder: links are left out, as wrangler leaves them out, and paths given by hand are refused.
"""

from __future__ import annotations

import os
import re
import reprlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from labkit.errors import ConfigError

WHERE = "https://developers.cloudflare.com/pages/functions/routing/"
JAVASCRIPT = (".js", ".mjs", ".jsx", ".ts", ".tsx")
MIDDLEWARE = "_middleware"


class Source(NamedTuple):
    """A file: its path below the functions, its text, and the module that it is in the Worker."""

    path: str
    text: str
    module: str

    @property
    def stem(self) -> str:
        return PurePosixPath(self.path).stem

    @property
    def is_helper(self) -> bool:
        """Whether it is no function: others import it by its name."""
        return self.stem.startswith("_") and self.stem != MIDDLEWARE


def read(given: Any) -> list[Source]:
    """The sources of a folder, or of a mapping of paths to texts; those of outer folders first."""
    texts = dict(_in_folder(Path(given))) if isinstance(given, str | Path) else _by_hand(given)
    found: list[Source] = []
    for path in sorted(texts, key=lambda path: (path.count("/"), path)):
        found.append(Source(path, texts[path], _module(path, {source.module for source in found})))
    return found


def _in_folder(folder: Path) -> Iterator[tuple[str, str]]:
    if not folder.is_dir():
        raise ConfigError(f"There is no folder of functions at {str(folder)!r}.", where=WHERE)
    for place, _, files in os.walk(folder):
        for file in (Path(place, name) for name in files):
            path = file.relative_to(folder).as_posix()
            if not file.is_symlink() and _is_python(path):
                yield path, _text(file)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file} is not UTF-8: {error}.") from None


def _by_hand(given: Any) -> dict[str, str]:
    if not isinstance(given, Mapping):
        raise ConfigError(f"pages.build({given!r}): give it a folder, or paths and their texts.", where=WHERE)
    for path in given:
        parts = path.split("/") if isinstance(path, str) else [""]
        if "\\" in str(path) or "\0" in str(path) or {"", ".", ".."} & set(parts):
            raise ConfigError(f"{path!r} is no path below the functions: write it as api/users/[id].py.", where=WHERE)
    texts = {path: text for path, text in given.items() if _is_python(path)}
    for path, text in texts.items():
        if not isinstance(text, str):
            raise ConfigError(f"{path!r}: give the text of the file, not {reprlib.repr(text)}.", where=WHERE)
    return texts


def _is_python(path: str) -> bool:
    """Whether a file is a function or a helper. Refuses JavaScript, which would be left out unnoticed."""
    suffix = PurePosixPath(path).suffix
    if suffix in JAVASCRIPT:
        raise ConfigError(f"functions/{path} is JavaScript's: here functions are Python.", where=WHERE)
    return suffix == ".py"


def _module(path: str, taken: set[str]) -> str:
    """The name of a file as a module beside `entry.py`: a helper has its own, a function one made of its path."""
    source = Source(path, "", "")
    if not source.is_helper:
        name = "functions_" + re.sub(r"\W", "_", path.removesuffix(".py"), flags=re.ASCII)
        while name in taken:
            name += "_"
        return name
    name = source.stem
    if name in taken or name in sys.stdlib_module_names or not name.isidentifier():
        raise ConfigError(f"functions/{path}: other files import it by its name, and {name!r} is taken or no name.")
    return name
