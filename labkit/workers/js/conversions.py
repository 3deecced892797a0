"""JavaScript's own conversion to text, which headers, URLs, forms and sockets apply to what they are given."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from labkit.workers.proxies import JsProxy, jsnull


def text(value: Any) -> str:
    """`String(value)`: None is "undefined", jsnull "null", True "true", 5.0 "5"; a Python object gives its `str`."""
    if isinstance(value, str):
        return value if type(value) is str else str.__str__(value)
    if value is None:
        return "undefined"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_text(value)
    return value.toString() if isinstance(value, JsProxy) else "null" if value is jsnull else str(value)


def number_text(value: float) -> str:
    """A number as JavaScript writes it: 5.0 is "5", 1e21 is "1e+21"."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "0"
    if 1e-6 <= abs(value) < 1e21:
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    mantissa, _, exponent = repr(value).partition("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent):+d}"
