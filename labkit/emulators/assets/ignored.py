"""`.assetsignore`: which files of a folder are not uploaded. Its lines have the form of .gitignore."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

IGNORE_FILE, REDIRECTS_FILE, HEADERS_FILE = ".assetsignore", "_redirects", "_headers"
ALWAYS = tuple(f"/{name}" for name in (IGNORE_FILE, REDIRECTS_FILE, HEADERS_FILE))
"""What no version holds. Everything else is uploaded unless a line says otherwise, hidden files too."""

_PARTS = re.compile(r"\*+|\?|\[(?:\\.|[^\]\\])+\]|\\.|[^*?\[\\]+|.", re.DOTALL)


@dataclass(frozen=True)
class Line:
    """One line: whether it takes files back in ("!"), is for folders only ("build/"), and what it matches."""

    takes_back: bool
    folders_only: bool
    matches: Callable[[str], object]


def ignoring(text: str | None) -> Callable[[str], bool]:
    """Whether a path such as "js/app.js" is left out, by the text of a folder's .assetsignore (None: there is none)."""
    lines = [line for line in map(_line, [*ALWAYS, *(text or "").split("\n")]) if line]

    def is_ignored(path: str) -> bool:
        """A folder that is left out takes all that is in it along: no line takes a file of it back in."""
        names = path.split("/")
        inner = ["/".join(names[:end]) for end in range(1, len(names))]
        return any(_last_word(lines, folder, True) for folder in inner) or _last_word(lines, path, False)

    return is_ignored


def _last_word(lines: Iterable[Line], path: str, is_folder: bool) -> bool:
    """What the last line that matches says."""
    ignored = False
    for line in lines:
        if (is_folder or not line.folders_only) and line.takes_back == ignored and line.matches(path):
            ignored = not line.takes_back
    return ignored


def _line(text: str) -> Line | None:
    """The meaning of a line; None where it is empty or a comment."""
    pattern = re.sub(r"(?<!\\)[ \t\r]+$", "", text)
    if not pattern or pattern.startswith("#"):
        return None
    takes_back, pattern = pattern.startswith("!"), pattern.removeprefix("!")
    folders_only, pattern = pattern.endswith("/"), pattern.rstrip("/")
    if not pattern:
        return None
    try:
        whole = re.compile(_expression(pattern.removeprefix("/"), anchored="/" in pattern), re.IGNORECASE)
    except re.error:  # such as [z-a], which names nothing
        return None
    return Line(takes_back, folders_only, whole.fullmatch)


def _expression(pattern: str, anchored: bool) -> str:
    """A pattern as a regular expression. Without a slash it holds at any depth; letters match in either case."""
    names = pattern.split("/")
    parts = [] if anchored else ["(?:.*/)?"]
    for index, name in enumerate(names):
        is_last = index == len(names) - 1
        if name == "**":
            parts.append(".+" if is_last else "(?:.*/)?")
        else:
            parts.append("".join(map(_part, _PARTS.findall(name))) + ("" if is_last else "/"))
    return "".join(parts)


def _part(text: str) -> str:
    if text[0] == "*":
        return "[^/]*"
    if text == "?":
        return "[^/]"
    if text[0] == "[" and len(text) > 2:
        inner = text[1:-1]
        return f"[{'^' + inner[1:] if inner[0] == '!' else inner}]"
    return re.escape(text.removeprefix("\\") if len(text) > 1 else text)
