"""Listings of the S3 endpoint, page by page, against the plain sentence: names in order, groups in place of names."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, unquote

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.emulators.s3_requests import Answered, Endpoint

names = st.text("ab/é", min_size=1, max_size=5)
some = st.lists(names, max_size=12)
limits = st.integers(1, 5)


def model(keys: Iterable[str], prefix: str, delimiter: str) -> list[str]:
    """What all pages together hold: each key, or once the group that it belongs to."""
    entries: list[str] = []
    for key in sorted(key for key in keys if key.startswith(prefix)):
        head, mark, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key[len(prefix) :], "", "")
        if not mark or entries[-1:] != [prefix + head + mark]:
            entries.append(prefix + head + mark)
    return entries


def entries_of(page: Answered, *names: str) -> list[str]:
    """Keys and groups of a page, in order. The first prefix is the request's own."""
    return sorted(unquote(text) for name in names for text in page.texts(name)[name == "Prefix" :])


def pages(endpoint: Endpoint, query: str, follow: dict[str, str], limit: int, most: str) -> list[list[str]]:
    """Every page of a listing. `follow` names the parameter that each element of a page becomes for the next one."""
    found, marker = [], ""
    while len(found) < 30:
        page = endpoint.ask("GET", f"/files?encoding-type=url{marker}&{most}={limit}&{query}")
        found.append(entries_of(page, "Key", "Prefix"))
        if page.text("IsTruncated") == "false":
            break
        given = {param: page.texts(element) for element, param in follow.items()}
        plain = {param: unquote(texts[0]) for param, texts in given.items() if texts}
        marker = "".join(f"&{param}={quote(text, safe='')}" for param, text in sorted(plain.items()))
    return found


@settings(max_examples=60)
@given(some, st.text("ab/", max_size=2), st.sampled_from(["", "/", "a", "ab", "/a", "aa"]), limits)
@example(["a/", "a/b", "a/c/d"], "a/", "/", 1)
@example(["aaa", "aaab"], "aa", "aa", 1)
def test_every_key_and_every_group_is_on_one_page_of_the_size_that_was_asked_for(keys, prefix, delimiter, limit):
    endpoint, wanted = Endpoint("files"), model(set(keys), prefix, delimiter)
    for key in keys:
        endpoint.buckets["files"].store.put(key, b"")
    query = f"prefix={quote(prefix, safe='')}" + (f"&delimiter={quote(delimiter, safe='')}" if delimiter else "")
    sizes = [wanted[at : at + limit] for at in range(0, len(wanted), limit)] or [[]]
    assert pages(endpoint, query, {"NextMarker": "marker"}, limit, "max-keys") == sizes
    second = pages(endpoint, f"{query}&list-type=2", {"NextContinuationToken": "continuation-token"}, limit, "max-keys")
    assert second == sizes


@settings(max_examples=40)
@given(some, names, st.sampled_from(["", "/", "ab"]))
def test_a_listing_begins_behind_the_name_that_is_given(keys, after, delimiter):
    """Behind a group's name is what does not belong to it."""
    endpoint, is_group = Endpoint("files"), bool(delimiter) and after.partition(delimiter)[1:] == (delimiter, "")
    for key in keys:
        endpoint.buckets["files"].store.put(key, b"")
    query = f"delimiter={quote(delimiter, safe='')}&" if delimiter else ""
    page = endpoint.ask("GET", f"/files?{query}encoding-type=url&list-type=2&start-after={quote(after, safe='')}")
    rest = {key for key in keys if key > after and not (is_group and key.startswith(after))}
    assert entries_of(page, "Key", "Prefix") == model(rest, "", delimiter)


@settings(max_examples=40)
@given(some, st.sampled_from(["", "/", "ab"]), limits)
def test_every_upload_and_every_group_of_them_is_on_one_page(keys, delimiter, limit):
    endpoint = Endpoint("files")
    for key in keys:
        endpoint.buckets["files"].store.uploads.create(key)
    query = "uploads" + (f"&delimiter={quote(delimiter, safe='')}" if delimiter else "")
    follow = {"NextKeyMarker": "key-marker", "NextUploadIdMarker": "upload-id-marker"}
    wanted = model(keys, "", delimiter)
    found = pages(endpoint, query, follow, limit, "max-uploads")
    assert found == ([wanted[at : at + limit] for at in range(0, len(wanted), limit)] or [[]])
