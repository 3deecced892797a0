"""What a request to an index may hold: vectors, ids and the options of a query, with the limits of each.

First the binding's own code looks at the arguments (`TypeError`s of JavaScript), then the index does (`Refusal`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from labkit import facts
from labkit.emulators.javascript import json_text
from labkit.emulators.vectorize import words
from labkit.emulators.vectorize.filters import compiled
from labkit.emulators.vectorize.index import Index, Matches, Vector
from labkit.emulators.vectorize.metrics import Values, float32
from labkit.emulators.vectorize.words import Refusal, not_json
from labkit.workers.bindings import checked, js_error, unknown_option
from labkit.workers.ffi import JsProxy, jsnull

FIELDS = ("id", "values", "namespace", "metadata")
OPTIONS = ("topK", "namespace", "returnValues", "returnMetadata", "filter")
LEVELS = ("all", "indexed", "none")
LARGEST = (2 - 2**-23) * 2.0**127
"""The largest float32."""


@dataclass(frozen=True)
class Options:
    """The options of a query, checked."""

    top_k: int
    namespace: str | None
    with_values: bool
    metadata: str
    matches: Matches | None


def numbers(given: Any) -> list[Any]:
    """What `Array.isArray(v) ? v : Array.from(v)` makes of a vector: its items; of an object without any, nothing.

    A buffer of floats, as NumPy's arrays and `array.array` have, is a Float32Array or Float64Array.
    """
    if isinstance(given, JsProxy):
        given = given.to_py()
    if given is None or given is jsnull:
        what = "undefined" if given is None else "object null"
        raise js_error("TypeError", f"{what} is not iterable (cannot read property Symbol(Symbol.iterator))")
    if hasattr(given, "tolist"):
        return given.tolist()
    return list(given) if isinstance(given, Iterable) and not isinstance(given, dict) else []


def query_values(given: list[Any], index: Index) -> Values:
    """The vector of a query."""
    for position, value in enumerate(given):
        if not _is_number(value):
            raise not_json(f"vector[{position}]")
    if len(given) != index.dimensions:
        raise Refusal(words.DIMENSIONS, f"invalid query vector, expected {index.dimensions} dimensions, "
                                        f"and got {len(given)} dimensions")  # fmt: skip
    return float32(given)


def raw_vectors(given: Any, method: str, *, strict: bool) -> list[dict[str, Any]]:
    """The objects of `insert` and `upsert`, each with its numbers as a list."""
    if isinstance(given, JsProxy):
        given = given.to_py()
    if given is None or given is jsnull:
        what = "undefined" if given is None else "null"
        raise js_error("TypeError", f"Cannot read properties of {what} (reading 'map')")
    if not isinstance(given, list):
        raise js_error("TypeError", "vectors.map is not a function")
    return [_raw_vector(each, method, strict) for each in given]


def _raw_vector(given: Any, method: str, strict: bool) -> dict[str, Any]:
    if isinstance(given, JsProxy):
        given = given.to_py()
    fields = given if isinstance(given, Mapping) else {}
    for name in fields:
        if name not in FIELDS:
            unknown_option(f"Vectorize.{method}", name, FIELDS, strict=strict)
    rest = {name: checked(fields[name]) for name in FIELDS if name in fields and name != "values"}
    return {**rest, "values": numbers(fields.get("values"))}


def vectors(given: list[dict[str, Any]], method: str, index: Index) -> tuple[Vector, ...]:
    """The vectors as the index takes them: all, or none where one of them is refused."""
    most = facts.value("vectorize.upsert_batch")
    if len(given) > most:
        raise Refusal(None, f"too many vectors in payload; max count is {most}, got {len(given)}")
    return tuple(_vector(each, method, index) for each in given)


def _vector(given: Mapping[str, Any], method: str, index: Index) -> Vector:
    name, values = given.get("id"), given["values"]
    namespace, metadata = given.get("namespace"), given.get("metadata")
    is_well_formed = (isinstance(name, str) and isinstance(namespace, str | None)
                      and isinstance(metadata, dict | None) and all(map(_is_number, values)))  # fmt: skip
    if not is_well_formed:
        raise Refusal(words.VECTORS_JSON, f"failed to parse {method} vectors request in json format")
    assert isinstance(name, str)
    _check_name("id", words.ID, name)
    if namespace is not None:
        _check_name("namespace", words.NAMESPACE, namespace)
    if len(values) != index.dimensions:
        raise Refusal(words.VECTOR, f'invalid vector for id="{name}", expected {index.dimensions} dimensions, '
                                    f"and got {len(values)} dimensions")  # fmt: skip
    kept = None if metadata is None else _metadata(name, metadata)
    return Vector(name, float32(values), namespace, kept, index.indexed(kept))


def _check_name(what: str, code: int, text: str) -> None:
    size, most = len(text.encode(errors="surrogatepass")), facts.value(f"vectorize.{what}_bytes")
    if size > most:
        raise Refusal(code, f"{what} too long; max is {most} bytes, got {size} bytes")


def _metadata(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """The metadata as JSON carries them: dates as text."""
    _check_keys(name, given)
    text, most = json_text(given), facts.value("vectorize.metadata_bytes")
    size = len(text.encode())
    if size > most:
        raise Refusal(words.METADATA, f'oversized metadata for vector id="{name}"; the compact JSON representation of '
                                      f"the metadata must not exceed {most} bytes, got {size} bytes")  # fmt: skip
    return json.loads(text)


def _check_keys(name: str, metadata: Mapping[str, Any]) -> None:
    for key, value in metadata.items():
        if not key or key.startswith("$") or "." in key or '"' in key:
            raise Refusal(words.KEY, f'invalid metadata key {key!r} for vector id="{name}"; keys cannot be empty, '
                                     "contain '.' or '\"', or start with '$'")  # fmt: skip
        if isinstance(value, dict):
            _check_keys(name, value)


def ids(given: Any, what: str) -> tuple[str, ...]:
    """The ids of `getByIds` and `deleteByIds`; `what` names their limit."""
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise not_json("ids")
    most = facts.value(f"vectorize.{what}")
    if len(given) > most:
        raise Refusal(words.IDS, f"too many ids in payload; max id count is {most}, got {len(given)}")
    return tuple(dict.fromkeys(given))


def level(given: Any) -> Any:
    """`returnMetadata` as the binding passes it on: true becomes "all"; false goes on, and the index refuses it."""
    if given is True:
        return "all"
    if given and given not in LEVELS:
        raise js_error("Error", 'Invalid returnMetadata option. Expected: true, false, "none", "indexed" or "all"; '
                                f"got: {given}")  # fmt: skip
    return given


def options(given: Mapping[str, Any], index: Index) -> Options:
    """The options of a query as the index takes them."""
    metadata, with_values = given.get("returnMetadata", "none"), given.get("returnValues", False)
    top_k, namespace = given.get("topK", facts.value("vectorize.default_top_k")), given.get("namespace")
    for name, is_right in (
        ("returnMetadata", metadata in LEVELS), ("returnValues", isinstance(with_values, bool)),
        ("topK", isinstance(top_k, int) and not isinstance(top_k, bool) and top_k >= 0),
        ("namespace", isinstance(namespace, str | None)),
    ):  # fmt: skip
        if not is_right:
            raise not_json(name)
    _check_top_k(top_k, with_values or metadata == "all")
    matches = compiled(given["filter"], index.properties) if given.get("filter") is not None else None
    return Options(top_k, namespace, with_values, metadata, matches)


def _check_top_k(top_k: int, is_heavy: bool) -> None:
    most, heavy = facts.value("vectorize.top_k"), facts.value("vectorize.top_k_with_metadata")
    if top_k > most:
        raise Refusal(words.TOP_K, f"max top K is {most}, but got {top_k}")
    if is_heavy and top_k > heavy:
        raise Refusal(words.TOP_K_WITH_VALUES,
                      f"with returnValues=true or returnMetadata=all, max top K is {heavy}, but got {top_k}; for a top "
                      f"K up to {most}, retry with returnValues=false and returnMetadata=indexed")  # fmt: skip


def _is_number(value: Any) -> bool:
    """Whether a value is a number that fits into 32 bits: beyond, and for infinities and NaN, JSON has none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST
