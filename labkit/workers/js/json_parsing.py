"""JSON.parse with V8's words where the text breaks off: the SyntaxError that a Worker sees.

Recorded from workerd (May 2026). Numbers that break off (`01`, `-`, `1.`, `1e`) are refused in other words than V8's.
"""

from __future__ import annotations

import json
import re
from typing import Any

from labkit.workers.bindings import SAFE_INTEGER, js_error

CONTEXT = 10
"""Characters that V8 shows on each side of a wrong token."""
LITERALS = ("true", "false", "null")
NAMED = ("NaN", "Infinity", "undefined", "[object Object]")
"""Whole texts that V8 names instead of pointing into them: what String() makes of a value that is not JSON."""
WORDS = {
    "Expecting ':' delimiter": "Expected ':' after property name",
    "Extra data": "Unexpected non-whitespace character after JSON",
    "Invalid control character at": "Bad control character in string literal",
    "Unterminated string starting at": "Unterminated string",
}
_STRING = re.compile(r'"(?:\\.|[^"\\])*"')


def load(text: str) -> Any:
    """The Python value in a JSON text. Whole numbers beyond 2 to the 53rd become floats, as in JavaScript."""
    try:
        return json.loads(text, parse_constant=_refuse_constant, parse_int=_whole)
    except json.JSONDecodeError as error:
        raise js_error("SyntaxError", _words(error.doc, error.pos, error.msg)) from None
    except _Constant as error:
        raise js_error("SyntaxError", _wrong_token(text, text.index(str(error)))) from None


class _Constant(ValueError):
    """NaN or Infinity, which Python reads and JSON has not."""


def _refuse_constant(name: str) -> None:
    raise _Constant(name)


def _whole(digits: str) -> int | float:
    number = int(digits)
    return number if abs(number) <= SAFE_INTEGER else float(number)


def _words(text: str, at: int, reason: str) -> str:
    """What V8 says where Python's parser stopped for its own reason."""
    if reason.startswith("Illegal trailing comma"):  # Python 3.13 points at the comma, V8 at what follows it
        at += 1 + len(text[at + 1 :]) - len(text[at + 1 :].lstrip())
        reason = "Expecting value" if reason.endswith("array") else "Expecting property name"
    if reason == "Expecting value":
        return _wrong_token(text, at)
    if reason.startswith("Expecting property name"):
        first = text[:at].rstrip().endswith("{")
        words = "Expected property name or '}'" if first else "Expected double-quoted property name"
    elif reason == "Expecting ',' delimiter":
        words = f"Expected ',' or {_innermost(text[:at])}"
    elif reason in WORDS:
        words, at = WORDS[reason], len(text) if reason.startswith("Unterminated") else at
    else:
        words, at = "Bad escaped character", at + 1
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return f"{words}{'' if words.endswith('JSON') else ' in JSON'} at position {at} (line {line} column {column})"


def _innermost(text: str) -> str:
    """What would end the object or the array that the text stops in."""
    brackets = re.sub(r"[^][{}]", "", _STRING.sub("", text))
    while (shorter := brackets.replace("[]", "").replace("{}", "")) != brackets:
        brackets = shorter
    return "'}' after property value" if brackets.endswith("{") else "']' after array element"


def _wrong_token(text: str, at: int) -> str:
    if text.strip() in NAMED:
        return f'"{text}" is not valid JSON'
    at = _first_wrong(text, at)
    if at >= len(text):
        return "Unexpected end of JSON input"
    short = len(text) <= 2 * CONTEXT
    start, end = (0, len(text)) if short else (max(0, at - CONTEXT), min(len(text), at + CONTEXT))
    before, after = "..." if start else "", "..." if end < len(text) else ""
    return f"Unexpected token '{text[at]}', {before}\"{text[start:end]}\"{after} is not valid JSON"


def _first_wrong(text: str, at: int) -> int:
    """The place of the first wrong character: the "o" of "not", which began like null, and the end of "nul"."""
    at += len(text[at:]) - len(text[at:].lstrip(" \t\n\r"))
    rest = text[at:]
    for literal in LITERALS:
        if rest[:1] == literal[0]:
            return at + next((i for i, letter in enumerate(literal) if rest[i : i + 1] != letter), len(literal))
    return at
