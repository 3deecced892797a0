"""What every listing does, whatever it lists."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.emulators.contracts.listers import LISTERS, Lister

NAMES = st.text(st.sampled_from("aAbZ/:~é€😀"), min_size=1, max_size=4)


@pytest.fixture(params=LISTERS.values(), ids=LISTERS.keys())
def lister(request) -> Lister:
    return request.param()


def walk(lister: Lister, prefix: str = "", limit: int | None = None) -> list[list[str]]:
    """All pages, each as its names."""
    pages, cursor = [], None
    while not pages or cursor is not None:
        names, cursor = lister.page(prefix, limit, cursor)
        pages.append(names)
    return pages


def test_nothing_is_one_empty_page(lister: Lister):
    assert walk(lister) == [[]]
    lister.put("a")
    assert walk(lister, prefix="b") == [[]]


def test_names_come_in_the_order_of_their_bytes(lister: Lister):
    for name in ("é", "a", "Z", "ab", "😀", "a/b", "~", "€"):
        lister.put(name)
    assert walk(lister) == [["Z", "a", "a/b", "ab", "~", "é", "€", "😀"]]


def test_a_name_put_twice_is_listed_once_and_a_removed_one_not(lister: Lister):
    for name in ("a", "b", "a"):
        lister.put(name)
    lister.remove("b")
    assert walk(lister) == [["a"]]


def test_a_page_that_is_exactly_full_is_the_last(lister: Lister):
    for name in ("a", "b"):
        lister.put(name)
    assert walk(lister, limit=2) == [["a", "b"]]
    lister.put("c")
    assert walk(lister, limit=2) == [["a", "b"], ["c"]]


def test_a_cursor_goes_on_after_the_last_name_whatever_came_or_went_before(lister: Lister):
    for name in ("b", "d", "f"):
        lister.put(name)
    _, cursor = lister.page(limit=1)
    lister.put("a")
    lister.put("c")
    lister.remove("b")
    assert lister.page(cursor=cursor) == (["c", "d", "f"], None)


@pytest.mark.parametrize("make", LISTERS.values(), ids=LISTERS.keys())
@given(names=st.sets(NAMES, max_size=8), prefix=st.one_of(st.just(""), NAMES), limit=st.integers(1, 4))
@settings(max_examples=40)
def test_the_pages_of_a_prefix_are_its_names_each_once(make, names: set[str], prefix: str, limit: int):
    lister = make()
    for name in names:
        lister.put(name)
    pages = walk(lister, prefix, limit)
    expected = sorted((name for name in names if name.startswith(prefix)), key=lambda name: name.encode())
    assert [name for page in pages for name in page] == expected
    assert all(len(page) == limit for page in pages[:-1])
