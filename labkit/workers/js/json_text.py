"""JSON as JavaScript reads and writes it, with V8's words for what is not JSON."""

from __future__ import annotations

import json
import math
import re
from os.path import commonprefix
from typing import Any

from labkit.workers.bindings import SAFE_INTEGER, number
from labkit.workers.objects import JsArray, JsObject, JsSet
from labkit.workers.proxies import JsException, JsProxy, jsnull

_AROUND = 10
"""How many characters V8 shows on either side of the offending one ..."""
_WHOLE = 20
"""... unless the text is no longer than this."""


def load(text: str) -> Any:
    """The Python value in a JSON text; a JsException SyntaxError as V8 throws it."""
    try:
        return json.loads(text, parse_constant=_refuse_constant, parse_int=_whole)
    except json.JSONDecodeError as error:
        complaint = _complaint(text, error)
    except ValueError:
        complaint = f"{_excerpt(text, 0)} is not valid JSON"
    raise JsException("SyntaxError", complaint)


def parse_json(text: str) -> Any:
    """`JSON.parse`: objects are JsObject, arrays JsArray, null jsnull."""
    return _proxied(load(text))


def _whole(digits: str) -> int | float:
    """A whole number as a JavaScript number holds it: beyond 2 to the 53rd it is no longer exact."""
    value = int(digits)
    return value if abs(value) <= SAFE_INTEGER else float(value)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _proxied(value: Any) -> Any:
    if isinstance(value, dict):
        return JsObject((key, _proxied(item)) for key, item in value.items())
    if isinstance(value, list):
        return JsArray(_proxied(item) for item in value)
    return jsnull if value is None else number(value)


def _complaint(text: str, error: json.JSONDecodeError) -> str:
    """V8's sentence for what Python's parser stumbled over."""
    position = error.pos
    if error.msg.startswith("Illegal trailing comma"):
        position = len(text) - len(text[position + 1 :].lstrip())
    before = text[:position].rstrip()
    if error.msg.startswith("Unterminated"):
        position = len(text)
    elif error.msg.startswith("Expecting value") or (error.msg.startswith("Illegal") and text[position] == "]"):
        return _unexpected(text, position)
    wanted = _wanted(before, error.msg)
    line_start = text.rfind("\n", 0, position) + 1
    line = text.count("\n", 0, position) + 1
    return f"{wanted} at position {position} (line {line} column {position - line_start + 1})"


def _wanted(before: str, complaint: str) -> str:
    for beginning, words in _WORDS.items():
        if complaint.startswith(beginning):
            return words
    if complaint.startswith("Expecting ','"):
        after = "']' after array element" if _inside_array(before) else "'}' after property value"
        return f"Expected ',' or {after} in JSON"
    return f"Expected {_property(before)} in JSON"


def _property(before: str) -> str:
    return "property name or '}'" if before.endswith("{") else "double-quoted property name"


_WORDS = {
    "Unterminated": "Unterminated string in JSON",
    "Invalid control": "Bad control character in string literal in JSON",
    "Invalid \\": "Bad escaped character in JSON",
    "Expecting ':'": "Expected ':' after property name in JSON",
    "Extra data": "Unexpected non-whitespace character after JSON",
}
"""How Python's complaints begin, and V8's words for the same."""


def _inside_array(before: str) -> bool:
    """Whether the innermost bracket still open is a square one."""
    brackets = re.sub(r'"(?:\\.|[^"\\])*"|[^\[\]{}]', "", before)
    while brackets != (brackets := re.sub(r"\[\]|\{\}", "", brackets)):
        pass
    return brackets.endswith("[")


def _unexpected(text: str, position: int) -> str:
    position = _first_wrong(text, position)
    if position >= len(text):
        return "Unexpected end of JSON input"
    if text.startswith("undefined"):
        return f"{_excerpt(text, 0)} is not valid JSON"
    return f"Unexpected token '{text[position]}', {_excerpt(text, position)} is not valid JSON"


def _first_wrong(text: str, position: int) -> int:
    """Where V8 stumbles: inside a word that begins like null, true or false, at the letter that differs."""
    for word in ("null", "true", "false"):
        if text.startswith(word[0], position):
            return position + len(commonprefix((word, text[position:])))
    return position


def _excerpt(text: str, position: int) -> str:
    if len(text) <= _WHOLE:
        return f'"{text}"'
    start, end = max(0, position - _AROUND), position + _AROUND
    return f'{"..." if start else ""}"{text[start:end]}"{"..." if end < len(text) else ""}'


def write_json(value: Any, replacer: Any = None, space: Any = None) -> Any:
    """`JSON.stringify`: compact unless `space` asks otherwise; undefined (None) itself gives None."""
    if value is None:
        return None
    indent = space if space not in (None, 0, "", jsnull) else None
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(_writable(value), ensure_ascii=False, separators=separators, indent=indent)


def _writable(value: Any) -> Any:
    """The value with what JSON has no word for turned into what JavaScript writes instead."""
    if isinstance(value, JsProxy):
        return _writable_object(value)
    if isinstance(value, dict):
        return {str(key): _writable(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_writable(item) for item in value]
    if isinstance(value, float):
        return number(value) if math.isfinite(value) else None
    return None if value is jsnull else value


def _writable_object(value: JsProxy) -> Any:
    as_json = getattr(value, "toJSON", None)
    if as_json is not None:
        return as_json()
    if isinstance(value, JsArray):
        return [_writable(item) for item in value]
    return {} if isinstance(value, JsSet) else _writable(value._properties())
