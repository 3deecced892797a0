"""`JSON.parse` and `JSON.stringify`: JSON between text and JavaScript's values."""

from __future__ import annotations

import json
import math
from typing import Any

from labkit.workers.bindings import number
from labkit.workers.js.json_parsing import load
from labkit.workers.objects import JsArray, JsObject, JsSet
from labkit.workers.proxies import JsProxy, jsnull


def parse_json(text: str) -> Any:
    """`JSON.parse`: objects are JsObject, arrays JsArray, null jsnull."""
    return _proxied(load(text))


def _proxied(value: Any) -> Any:
    if isinstance(value, dict):
        return JsObject((key, _proxied(item)) for key, item in value.items())
    if isinstance(value, list):
        return JsArray(_proxied(item) for item in value)
    return jsnull if value is None else number(value)


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
