"""What a query finds: scores, order, namespaces, filters; beside a search that looks at everything."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.emulators.indexes import Indexed
from tests.emulators.worlds import flat

NUMBERS = st.floats(-100, 100, width=32).map(lambda x: round(x, 2))
VECTOR = st.lists(NUMBERS, min_size=3, max_size=3)
METADATA = st.fixed_dictionaries({}, optional={"n": st.integers(0, 3), "s": st.sampled_from("abc"), "b": st.booleans()})
WRITES = st.lists(st.tuples(st.sampled_from("uvwxyz"), VECTOR, st.sampled_from([None, "one", "two"]), METADATA,
                            st.sampled_from(["upsert", "insert", "delete"])), max_size=15)  # fmt: skip
FILTERS = st.one_of(
    st.none(),
    st.builds(lambda value: {"s": value}, st.sampled_from("abc")),
    st.builds(lambda value: {"b": {"$ne": value}}, st.booleans()),
    st.builds(lambda values: {"s": {"$nin": values}}, st.lists(st.sampled_from("abc"))),
    st.builds(lambda low, high: {"n": {"$gte": low, "$lt": high}}, st.integers(0, 3), st.integers(0, 3)),
)


def ours(metric: str, query: Any, values: Any) -> float:
    """The score by NumPy."""
    q, v = np.float32(query).astype(float), np.float32(values).astype(float)
    length = np.linalg.norm(q) * np.linalg.norm(v)
    return {"cosine": q @ v / length if length else 0.0, "euclidean": np.linalg.norm(q - v), "dot-product": -q @ v}[
        metric
    ]


def lets_pass(filter: Any, metadata: dict[str, Any]) -> bool:
    """The filters above, by Python's own operators."""
    if filter is None:
        return True
    ((name, wanted),) = filter.items()
    value = metadata.get(name)
    if not isinstance(wanted, dict):
        return value == wanted
    if "$ne" in wanted:
        return value is not wanted["$ne"]
    if "$nin" in wanted:
        return value not in wanted["$nin"]
    return value is not None and wanted["$gte"] <= value < wanted["$lt"]


@settings(max_examples=60, deadline=None)
@given(WRITES, VECTOR, st.sampled_from(["cosine", "euclidean", "dot-product"]), st.integers(0, 6),
       st.sampled_from([None, "one"]), FILTERS)  # fmt: skip
def test_a_query_finds_what_a_look_at_everything_finds(writes, query, metric, top_k, namespace, filter):
    index, model = Indexed(flat(), 3, metric), {}
    for name, kind in (("n", "number"), ("s", "string"), ("b", "boolean")):
        index.vectorize.create_metadata_index(name, kind)
    for name, values, space, metadata, method in writes:
        if method == "delete":
            index.call("deleteByIds", [name])
            model.pop(name, None)
        else:
            index.write((name, values, {"namespace": space, "metadata": metadata}), method=method)
            if method == "upsert" or name not in model:
                model[name] = (values, space, metadata)
    expected = {name: ours(metric, query, values) for name, (values, space, metadata) in model.items()
                if namespace in (None, space) and lets_pass(filter, metadata)}  # fmt: skip
    found = index.call("query", query, topK=top_k, namespace=namespace, filter=filter)
    order = sorted(expected.values(), reverse=metric == "cosine")[:top_k]
    assert found["count"] == len(found["matches"]) == min(top_k, len(expected))
    assert [match["score"] for match in found["matches"]] == pytest.approx(order, rel=1e-6, abs=1e-6)
    for match in found["matches"]:
        assert match["score"] == pytest.approx(expected[match["id"]], rel=1e-6, abs=1e-6)


def test_scores_and_values_are_those_of_the_documentation():
    index = Indexed(flat(), 3)
    index.write(("5", [58.8, 6.7, 3.4], {"metadata": {"url": "/products/sku/55519183"}}))
    found = index.call("query", [54.8, 5.5, 3.1], topK=1, returnValues=True, returnMetadata="all")
    assert found == {"count": 1, "matches": [{
        "id": "5", "values": [58.79999923706055, 6.699999809265137, 3.4000000953674316],
        "metadata": {"url": "/products/sku/55519183"}, "score": 0.999909486,
    }]}  # fmt: skip


@pytest.mark.parametrize(
    ("metric", "scores"),
    [("cosine", {"same": 1, "right": 0, "opposite": -1}), ("euclidean", {"same": 0, "right": 5**0.5, "opposite": 3}),
     ("dot-product", {"same": -4, "right": 0, "opposite": 2})],
)  # fmt: skip
def test_each_metric_has_its_own_scale_and_its_own_order(metric: str, scores: dict[str, float]):
    index = Indexed(flat(), 2, metric)
    index.write(("opposite", [-1, 0]), ("right", [0, 1]), ("same", [2, 0]))
    found = index.call("query", [2, 0])["matches"]
    assert [match["id"] for match in found] == ["same", "right", "opposite"]
    assert {match["id"]: match["score"] for match in found} == pytest.approx(scores)


def test_five_matches_are_usual_and_nothing_but_ids_and_scores():
    index = Indexed(flat())
    index.write(*[(str(number), [1, number], {"metadata": {"n": number}}) for number in range(8)])
    found = index.call("query", [1, 0])
    assert [sorted(match) for match in found["matches"]] == [["id", "score"]] * 5


def test_a_vector_without_a_direction_has_the_score_0():
    index = Indexed(flat())
    index.write(("none", [0, 0]))
    assert index.call("query", [1, 0])["matches"] == [{"id": "none", "score": 0}]


def test_a_vector_finds_itself_by_its_id_and_one_that_is_not_there_nothing():
    index = Indexed(flat())
    index.write(("a", [1, 0]), ("b", [1, 1]))
    assert [match["id"] for match in index.call("queryById", "b", topK=2)["matches"]] == ["b", "a"]
    assert index.call("queryById", "c") == {"count": 0, "matches": []}


def test_vectors_are_had_by_id_in_the_order_asked_for_without_those_that_are_not_there():
    index = Indexed(flat())
    index.write(("a", [1, 0], {"namespace": "n"}), ("b", [0.5, 1], {"metadata": {"k": ["x", "y"]}}))
    assert index.call("getByIds", ["b", "z", "a", "b"]) == [
        {"id": "b", "values": [0.5, 1], "metadata": {"k": ["x", "y"]}}, {"id": "a", "values": [1, 0], "namespace": "n"},
    ]  # fmt: skip


def test_an_upsert_replaces_all_of_a_vector_and_an_insert_nothing():
    index = Indexed(flat())
    index.write(("a", [1, 0], {"metadata": {"k": 1}}))
    index.write(("a", [0, 1]), method="insert")
    assert index.call("getByIds", ["a"])[0]["values"] == [1, 0]
    index.write(("a", [0, 1]))
    assert index.call("getByIds", ["a"]) == [{"id": "a", "values": [0, 1]}]


def test_of_one_id_twice_in_a_batch_insert_keeps_the_first_and_upsert_the_last():
    for method, kept in (("insert", [1, 0]), ("upsert", [0, 1])):
        index = Indexed(flat())
        index.write(("a", [1, 0]), ("a", [0, 1]), method=method)
        assert index.call("getByIds", ["a"])[0]["values"] == kept


@pytest.fixture
def shop() -> Indexed:
    index = Indexed(flat())
    for name, kind in (("tag", "string"), ("price", "number"), ("sold", "boolean"), ("made.year", "number")):
        index.vectorize.create_metadata_index(name, kind)
    index.write(
        ("a", [1, 0], {"metadata": {"tag": "net", "price": 1, "sold": True, "made": {"year": 1999}}}),
        ("b", [1, 1], {"metadata": {"tag": "netflix", "price": 1.5, "sold": False, "made": {"year": 2001}}}),
        ("c", [0, 1], {"metadata": {"tag": "neu", "price": "1", "other": 1}}),
    )
    return index


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ({"tag": "net"}, "a"),
        ({"tag": {"$ne": "net"}}, "bc"),
        ({"tag": {"$in": ["net", "neu"]}}, "ac"),
        ({"tag": {"$nin": ["net", "neu"]}}, "b"),
        ({"tag": {"$gte": "net", "$lt": "neu"}}, "ab"),
        ({"price": {"$gt": 1}}, "b"),
        ({"price": {"$lte": 1}}, "a"),
        ({"price": "1"}, ""),
        ({"price": None}, "c"),
        ({"price": True}, ""),
        ({"price": {"$in": [None, 1]}}, "ac"),
        ({"sold": True}, "a"),
        ({"sold": {"$ne": True}}, "bc"),
        ({"sold": 1}, ""),
        ({"made.year": 1999}, "a"),
        ({"made": {"year": {"$gt": 1999}}}, "b"),
        ({"tag": {"$ne": "net"}, "price": {"$lt": 9}}, "b"),
    ],
)
def test_a_filter_looks_at_what_is_indexed_of_the_metadata(shop: Indexed, filter: dict[str, Any], found: str):
    assert "".join(sorted(shop.ids([1, 0], filter=filter))) == found


def test_a_filter_on_what_is_not_indexed_finds_nothing_and_we_say_why(shop: Indexed):
    with pytest.warns(UserWarning, match="No metadata index covers 'other'"):
        assert shop.ids([1, 0], filter={"other": 1}) == []


def test_a_metadata_index_holds_only_vectors_that_were_written_after_it():
    index = Indexed(flat())
    index.write(("old", [1, 0], {"metadata": {"tag": "x"}}))
    index.vectorize.create_metadata_index("tag", "string")
    index.write(("new", [1, 1], {"metadata": {"tag": "x"}}))
    assert index.ids([1, 0], filter={"tag": "x"}) == ["new"]
    index.write(("old", [1, 0], {"metadata": {"tag": "x"}}))
    assert index.ids([1, 0], filter={"tag": "x"}) == ["old", "new"]


def test_a_text_is_indexed_by_whole_characters_of_its_first_64_bytes():
    index = Indexed(flat())
    index.vectorize.create_metadata_index("tag", "string")
    index.write(("a", [1, 0], {"metadata": {"tag": "x" * 63 + "é" * 9, "more": 1}}))
    assert index.ids([1, 0], filter={"tag": "x" * 63 + "é"}) == ["a"]
    assert index.call("query", [1, 0], returnMetadata="indexed")["matches"][0]["metadata"] == {"tag": "x" * 63}


def test_indexed_metadata_come_back_as_they_were_nested(shop: Indexed):
    assert shop.call("queryById", "a", topK=1, returnMetadata="indexed")["matches"][0]["metadata"] == {
        "tag": "net", "price": 1, "sold": True, "made": {"year": 1999},
    }  # fmt: skip
