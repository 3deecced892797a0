"""Listings: order, pages, groups by delimiter, metadata. What every listing does is in `contracts/`."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.emulators.r2.store import Store
from tests.emulators.files import WORLDS, Files
from tests.emulators.worlds import flat

NAMES = ["a", "dir/1", "dir/2", "dir/sub/3", "dirt", "z"]


@pytest.fixture(params=WORLDS.values(), ids=WORLDS.keys())
def files(request) -> Files:
    found = Files(request.param())
    for name in NAMES:
        found.call("put", name, "v", customMetadata={"n": name}, httpMetadata={"contentType": "a/b"})
    return found


def page(files: Files, **options: Any) -> tuple[list[str], list[str], bool]:
    found = files.call("list", **options)
    return [each.key for each in found["objects"]], found.delimitedPrefixes, found.truncated


def test_a_delimiter_groups_what_goes_on_behind_it(files: Files):
    assert page(files, delimiter="/") == (["a", "dirt", "z"], ["dir/"], False)
    assert page(files, prefix="dir/", delimiter="/") == (["dir/1", "dir/2"], ["dir/sub/"], False)
    assert page(files, prefix="dir", delimiter="/") == (["dirt"], ["dir/"], False)
    assert page(files, delimiter="") == (NAMES, [], False)


def test_a_group_takes_one_place_of_a_page_and_is_not_met_again(files: Files):
    cursor, pages = None, []
    while not pages or cursor:
        found = files.call("list", limit=1, delimiter="/", **({"cursor": cursor} if cursor else {}))
        pages.append([*(each.key for each in found["objects"]), *found.delimitedPrefixes])
        cursor = found.cursor
    assert pages == [["a"], ["dir/"], ["dirt"], ["z"]]


def test_startAfter_is_left_out_itself_and_the_later_of_it_and_the_cursor_counts(files: Files):
    assert page(files, startAfter="dir/2")[0] == ["dir/sub/3", "dirt", "z"]
    assert page(files, startAfter="dir/1x", limit=1) == (["dir/2"], [], True)
    cursor = files.call("list", limit=3)["cursor"]
    assert page(files, cursor=cursor, startAfter="a")[0] == ["dir/sub/3", "dirt", "z"]
    assert page(files, cursor=cursor, startAfter="dirt")[0] == ["z"]


def test_metadata_come_where_they_are_asked_for_at_100_objects_a_page(files: Files):
    for number in range(101):
        files.call("put", f"many/{number:03}", "", customMetadata={"n": number})
    found = files.call("list", prefix="many/", include=["customMetadata"])
    assert len(found["objects"]) == 100 and found.truncated and found["objects"][7].customMetadata.n == "7"
    assert len(files.keys(prefix="many/", include=[])) == 101
    [http] = files.call("list", limit=1, include=["httpMetadata"])["objects"]
    assert http.httpMetadata.contentType == "a/b"


def test_a_limit_is_from_1_to_1000(files: Files):
    words = "Error: list: MaxKeys params must be positive integer <= 1000. (10022)"
    for limit in (0, 1001, -2):
        assert files.refusal("list", limit=limit) == words
    assert files.keys(limit=1) == ["a"] and files.keys(limit=1000) == files.keys(limit=-1) == NAMES


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"prefix": None}, "TypeError: Incorrect type for the 'prefix' field on 'ListOptions': "
                           "the provided value is not of type 'string'."),
        ({"include": "httpMetadata"}, "TypeError: Incorrect type for the 'include' field on 'ListOptions': "
                                      "the provided value is not of type 'Array'."),
        ({"include": [5]}, "TypeError: Incorrect type for array element 0: "
                           "the provided value is not of type 'string'."),
        ({"include": ["metadata"]}, "RangeError: Unsupported include value metadata"),
    ],
)  # fmt: skip
def test_what_a_listing_refuses(files: Files, options: dict[str, Any], words: str):
    assert files.refusal("list", **options) == words


KEYS = st.text(st.sampled_from("ab/\u00e9"), min_size=1, max_size=4)


@settings(max_examples=60)
@given(st.sets(KEYS, max_size=12), KEYS | st.just(""), st.sampled_from(["", "/", "a"]), st.integers(1, 4))
def test_the_pages_of_a_delimiter_are_each_object_and_each_group_once(keys, prefix, delimiter, limit):
    world = flat().world
    store = Store(lambda: 0.0, world.random)
    for key in keys:
        store.put(key, b"")
    objects, groups, after, more = [], [], None, True
    while more:
        found = store.listed(prefix, delimiter, after, limit)
        assert len(found.objects) + len(found.prefixes) <= limit
        objects += [each.key for each in found.objects]
        groups += found.prefixes
        after, more = found.last, found.truncated
    expected_groups = set()
    for key in [key for key in keys if key.startswith(prefix) and delimiter and delimiter in key[len(prefix) :]]:
        expected_groups.add(key[: key.index(delimiter, len(prefix)) + 1])
    assert groups == sorted(expected_groups)
    left = (key for key in keys if key.startswith(prefix) and not (delimiter and delimiter in key[len(prefix) :]))
    assert objects == sorted(left)
