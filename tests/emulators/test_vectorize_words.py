"""What Vectorize refuses, word for word where the words are known, and both sides of each limit."""

from __future__ import annotations

import math
from array import array
from datetime import datetime
from typing import Any

import numpy as np
import pytest

from labkit import Lab
from labkit.emulators.vectorize import PRESETS, Vectorize
from labkit.errors import LabError, PlatformError
from labkit.workers.bindings import UnknownOption
from labkit.workers.ffi import jsnull, to_js
from labkit.workers.jsdict import JsDict
from tests.emulators.indexes import ENTRY, Indexed
from tests.emulators.worlds import flat, planet

V = [1.0, 0.0]


@pytest.fixture(params=[flat, planet], ids=["network off", "network on"])
def index(request) -> Indexed:
    return Indexed(request.param())


def vector(**fields: Any) -> list[dict[str, Any]]:
    return [{"id": "a", "values": V, **fields}]


def test_a_query_vector_of_another_size_is_refused(index: Indexed):
    words = (
        "Error: VECTOR_QUERY_ERROR (code = 40006): invalid query vector, expected 2 dimensions, and got {} dimensions"
    )
    assert index.refusal("query", [1.0]) == words.format(1)
    assert index.refusal("query", [1.0, 2, 3]) == words.format(3)
    assert index.refusal("query", []) == words.format(0)


@pytest.mark.parametrize("given", [{"data": [V]}, JsDict(data=[V]), to_js({"data": [V]}), 7])
def test_what_has_no_items_is_a_vector_without_dimensions(index: Indexed, given: Any):
    assert index.refusal("query", given).endswith("expected 2 dimensions, and got 0 dimensions")


def test_no_vector_at_all_is_a_type_error(index: Indexed):
    words = "TypeError: undefined is not iterable (cannot read property Symbol(Symbol.iterator))"
    assert index.refusal("query") == words
    assert index.refusal("upsert", [{"id": "a"}]) == words
    assert index.refusal("query", jsnull) == words.replace("undefined", "object null")


def test_vectors_in_a_vector_are_no_numbers(index: Indexed):
    words = "Failed to parse the request body as JSON: vector[0]: expected value"
    assert index.refusal("query", [V]) == f"Error: VECTOR_QUERY_ERROR (code = 40026): {words}"
    assert index.refusal("query", [math.nan, 1]).endswith(words)


@pytest.mark.parametrize("method", ["insert", "upsert"])
def test_a_stored_vector_of_another_size_is_refused_by_its_id(index: Indexed, method: str):
    assert index.refusal(method, vector(values=[1.0])) == (
        f'Error: VECTOR_{method.upper()}_ERROR (code = 40012): invalid vector for id="a", expected 2 dimensions, '
        "and got 1 dimensions"
    )


def test_what_is_no_list_of_vectors_is_a_type_error(index: Indexed):
    assert index.refusal("upsert") == "TypeError: Cannot read properties of undefined (reading 'map')"
    assert index.refusal("upsert", {"id": "a", "values": V}) == "TypeError: vectors.map is not a function"


def test_metadata_are_kept_as_json_has_them(index: Indexed):
    given = {"at": datetime(2026, 1, 2), "none": None, "tags": ["a"], "size": 1.5}
    index.write(("a", V, {"metadata": given}))
    index.bench.advance(10)
    assert index.call("getByIds", ["a"])[0]["metadata"] == given | {"at": "2026-01-02T00:00:00.000Z"}


@pytest.mark.parametrize("value", [math.nan, math.inf, 1e39, -1e39, True, "1", None])
def test_what_is_no_number_of_32_bits_is_no_value_of_a_vector(index: Indexed, value: Any):
    assert "(code = 40023)" in index.refusal("upsert", vector(values=[value, 1]))
    assert "vector[0]: expected value" in index.refusal("query", [value, 1])


@pytest.mark.parametrize("fields", [{"id": 7}, {"id": None}, {"metadata": "x"}, {"namespace": 1}, {"values": ["1", 2]}])
def test_a_vector_of_the_wrong_types_is_not_parsed(index: Indexed, fields: dict[str, Any]):
    words = "VECTOR_UPSERT_ERROR (code = 40023): failed to parse upsert vectors request in json format"
    assert index.refusal("upsert", vector(**fields)) == f"Error: {words}"


def test_an_id_and_a_namespace_have_64_bytes(index: Indexed):
    words = "Error: VECTOR_UPSERT_ERROR (code = {}): {} too long; max is 64 bytes, got 66 bytes"
    index.write(("é" * 32, V, {"namespace": "n" * 64}))
    assert index.refusal("upsert", vector(id="é" * 33)) == words.format(40008, "id")
    assert index.refusal("upsert", vector(namespace="é" * 33)) == words.format(40009, "namespace")


def test_metadata_have_10_kib_of_compact_json(index: Indexed):
    index.call("upsert", vector(metadata={"t": "x" * (10240 - len('{"t":""}'))}))
    assert index.refusal("upsert", vector(metadata={"t": "x" * 10240})) == (
        'Error: VECTOR_UPSERT_ERROR (code = 40016): oversized metadata for vector id="a"; the compact JSON '
        "representation of the metadata must not exceed 10240 bytes, got 10248 bytes"
    )


@pytest.mark.parametrize("key", ["", "a.b", 'a"b', "$a"])
def test_keys_of_metadata_have_no_dots_quotes_or_dollars(index: Indexed, key: str):
    assert "(code = 40018)" in index.refusal("upsert", vector(metadata={key: 1}))
    assert "(code = 40018)" in index.refusal("upsert", vector(metadata={"outer": {key: 1}}))


def test_a_batch_has_1000_vectors_and_is_taken_whole_or_not_at_all(index: Indexed):
    index.write(*[(str(number), V) for number in range(1000)])
    many = [{"id": str(number), "values": V} for number in range(2000, 3001)]
    assert "too many vectors in payload; max count is 1000, got 1001" in index.refusal("upsert", many)
    assert "40012" in index.refusal("upsert", [{"id": "new", "values": V}, {"id": "b", "values": [1]}])
    index.bench.advance(10)
    assert index.call("describe")["vectorCount"] == 1000


@pytest.mark.parametrize(("method", "word", "most"), [("getByIds", "GET", 20), ("deleteByIds", "DELETE", 100)])
def test_ids_are_counted(index: Indexed, method: str, word: str, most: int):
    index.call(method, [str(number) for number in range(most)])
    assert index.refusal(method, [str(number) for number in range(most + 1)]) == (
        f"Error: VECTOR_{word}_ERROR (code = 40007): too many ids in payload; max id count is {most}, got {most + 1}"
    )


def test_topK_is_100_and_20_with_values_or_all_metadata(index: Indexed):
    words = ("Error: VECTOR_QUERY_ERROR (code = 40025): with returnValues=true or returnMetadata=all, max top K is 20, "
             "but got 21; for a top K up to 100, retry with returnValues=false and returnMetadata=indexed")  # fmt: skip
    for heavy in ({"returnValues": True}, {"returnMetadata": "all"}, {"returnMetadata": True}):
        index.call("query", V, topK=20, **heavy)
        assert index.refusal("query", V, topK=21, **heavy) == words
    index.call("query", V, topK=100, returnMetadata="indexed")
    assert index.refusal("query", V, topK=101).endswith("(code = 40011): max top K is 100, but got 101")


def test_false_is_no_level_of_metadata_and_a_wrong_word_does_not_reach_the_index(index: Indexed):
    assert index.refusal("query", V, returnMetadata=False) == (
        "Error: VECTOR_QUERY_ERROR (code = 40026): Failed to parse the request body as JSON: returnMetadata: "
        "expected value"
    )
    assert index.refusal("queryById", "a", returnMetadata="some") == (
        'Error: Invalid returnMetadata option. Expected: true, false, "none", "indexed" or "all"; got: some'
    )


@pytest.mark.parametrize(
    "options", [{"topK": "5"}, {"topK": -1}, {"topK": True}, {"returnValues": 1}, {"namespace": 1}]
)
def test_options_of_another_type_are_refused(index: Indexed, options: dict[str, Any]):
    assert f"{next(iter(options))}: expected value" in index.refusal("query", V, options)


@pytest.mark.parametrize(
    "given",
    [{}, [], {"": 1}, {"$a": 1}, {'a"': 1}, {"a..b": 1}, {"a": {"$like": 1}}, {"a": {"$eq": 1, "$ne": 2}}, {"a": [1]},
     {"a": {"$in": 1}}, {"a": {"$in": [[1]]}}, {"a": {"$lt": True}}, {"a": {"$lt": None}}, {"a": {}},
     {"a": {"$gt": 1, "$gte": 2}}, {"a": {"$lt": 1, "$eq": 2}}, {"x" * 513: 1}],
)  # fmt: skip
def test_a_filter_that_the_platform_does_not_know_is_refused(index: Indexed, given: Any):
    index.vectorize.create_metadata_index("a", "number")
    assert index.refusal("query", V, filter=given).startswith("Error: VECTOR_QUERY_ERROR: ")


def test_a_filter_has_less_than_2048_bytes(index: Indexed):
    index.vectorize.create_metadata_index("a", "string")
    rest = len('{"a":""}')
    index.call("query", V, filter={"a": "x" * (2047 - rest)})
    assert "must be less than 2048 bytes, got 2048 bytes" in index.refusal(
        "query", V, filter={"a": "x" * (2048 - rest)}
    )


@pytest.mark.parametrize("given", [V, array("f", V), array("d", V), memoryview(array("f", V)), np.array(V), to_js(V)])
def test_lists_and_arrays_of_floats_are_vectors(index: Indexed, given: Any):
    index.call("upsert", [{"id": "a", "values": given}])
    index.bench.advance(10)
    assert index.ids(given) == ["a"]


def test_what_the_runtime_ignores_is_said(index: Indexed):
    with pytest.warns(UnknownOption, match="'top_k'; it is spelt 'topK'"):
        index.call("query", V, top_k=3)
    with pytest.warns(UnknownOption, match="'meta'"):
        index.call("upsert", vector(meta={}))


def test_an_index_is_used_only_once_it_is_created():
    made = Vectorize(ENTRY, flat().world)
    with pytest.raises(LabError, match=r'no index \'notes\': first lab.vectorize\("VECTORS"\).create'):
        made.world.timeline.run(made.binding("AMS").query(V))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "You must provide both dimensions and a metric, or a known model preset when creating an index."),
        ({"dimensions": 3}, "both dimensions and a metric"),
        ({"dimensions": 0, "metric": "cosine"}, "1 to 1536 dimensions, not 0"),
        ({"dimensions": 1537, "metric": "cosine"}, "1 to 1536 dimensions, not 1537"),
        ({"dimensions": 2.0, "metric": "cosine"}, "1 to 1536 dimensions"),
        ({"dimensions": 3, "metric": "dot_product"}, "cosine, euclidean, dot-product; not 'dot_product'"),
        ({"preset": "bge"}, "'bge' is no preset"),
    ],
)
def test_what_no_index_can_be_is_refused(options: dict[str, Any], words: str):
    with pytest.raises(PlatformError, match=words):
        Vectorize(ENTRY, flat().world).create(**options)


def test_an_index_is_created_once_by_numbers_or_by_preset():
    shapes = [
        ({"dimensions": 1536, "metric": "euclidean"}, 1536),
        ({"dimensions": 1, "metric": "cosine"}, 1),
        ({"preset": "@cf/baai/bge-base-en-v1.5"}, 768),
    ]
    for options, dimensions in shapes:
        made = Vectorize(ENTRY, flat().world)
        made.create(**options)
        assert made.existing().dimensions == dimensions
        with pytest.raises(PlatformError, match=r'vectorize.index.duplicate_name - Index name "notes" \[code: 3002\]'):
            made.create(**options)
    assert set(PRESETS.values()) <= set(range(1, 1537))


def test_metadata_indexes_are_ten_and_of_three_types():
    made = Indexed().vectorize
    for number in range(10):
        made.create_metadata_index(f"p{number}", "string")
    made.create_metadata_index("p3", "number")
    with pytest.raises(PlatformError, match="10 metadata indexes at most"):
        made.create_metadata_index("p10", "string")
    with pytest.raises(PlatformError, match="string, number, boolean; not 'date'"):
        made.create_metadata_index("p1", "date")
    assert made.metadata_indexes["p3"] == "number"


def test_the_configuration_says_binding_and_index_and_a_short_form_creates_it():
    config = {"vectorize": [{"binding": "A", "index_name": "x"}, {"binding": "B", "index_name": "x"}]}
    lab = Lab(wrangler=config, vectorize={"C": 768, "D": "openai/text-embedding-ada-002"})
    assert lab.vectorize("A") is lab.vectorize("B")
    assert lab.vectorize("A").index is None
    assert [lab.vectorize(name).existing().dimensions for name in "CD"] == [768, 1536]
    with pytest.raises(LabError, match="No Vectorize index is bound to 'E'"):
        lab.vectorize("E")
    with pytest.raises(LabError, match="index_name"):
        Lab(wrangler={"vectorize": [{"binding": "A"}]})
