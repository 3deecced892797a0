"""Addresses: a file has one or none, nothing outside the site is ever served, and any request gets an answer.

What each address answers is recorded from the real asset Worker (`tests/conformance/recorded/assets.json`).
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.emulators.assets.html_handling import HANDLINGS, NOT_FOUND
from labkit.emulators.assets.site import decoded_path, encoded_path
from labkit.errors import ConfigError
from tests.emulators.sites import Visitor

NAMES = st.sampled_from(
    ["a", "b", "index", "a.html", "index.html", "404.html", ".html", "é", "x y", "[x]", "%41", "b\\c"]
)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
SITES = st.sets(PATHS, min_size=1, max_size=8).map(
    lambda paths: {
        path: f"content of {path}" for path in paths if not any(each.startswith(path + "/") for each in paths)
    }
)
MODES = st.fixed_dictionaries({
    "html_handling": st.sampled_from([*HANDLINGS]), "not_found_handling": st.sampled_from(NOT_FOUND),
})  # fmt: skip
ANY_PATH = st.text("abeix.h/%25FfcC0\\?#&=:;@ é\0\t~[]", max_size=30).map(lambda text: f"/{text}")


@settings(max_examples=150)
@given(SITES, MODES)
def test_every_file_is_served_at_its_address_and_its_own_name_leads_there(
    files: dict[str, str], config: dict[str, str]
):
    site = Visitor(files, config)
    for row in site.assets.files():
        if row["address"] is None:
            continue
        answer = site.get(row["address"])
        assert (answer.status, site.bench.run(answer.text())) == (200, f"content of {row['path'][1:]}")
        by_name = site.get(encoded_path(row["path"]))
        arrived = by_name.js_object.headers._values.get("location", encoded_path(row["path"]))
        assert arrived == row["address"], "a file's own name leads to its address in one step"


@settings(max_examples=200)
@given(SITES, MODES, ANY_PATH, st.sampled_from(["GET", "HEAD", "POST"]))
def test_any_path_gets_an_answer_that_is_a_file_of_the_site_or_nothing(files, config, path, method):
    site = Visitor(files, config)
    answer = site.get(path, method=method)
    body = site.bench.run(answer.text())
    assert answer.status in (200, 307, 404, 405)
    assert body == "" or body in files.values()
    location = answer.js_object.headers._values.get("location")
    assert location is None or re.match("/(?!/)|//$|//[?]", location), "never to another host"


NEAR = [lambda path: path, lambda path: f"{path}/", lambda path: path.removesuffix(".html"),
        lambda path: f"{path.removesuffix('.html')}/", lambda path: path.removesuffix("index.html"),
        lambda path: path.removesuffix("/index.html"), lambda path: f"{path}.html"]  # fmt: skip
"""Names that a visitor may try for a file, most of which lead to its address by a redirect."""


@settings(max_examples=60)
@given(SITES, MODES)
def test_redirects_end_where_every_file_has_an_address(files, config):
    site = Visitor(files, config)
    if any(row["address"] is None for row in site.assets.files()):
        return
    for asked in {near(f"/{path}") for path in files for near in NEAR} - {""}:
        path, steps = encoded_path(asked), 0
        while (answer := site.get(path)).status == 307:
            path, steps = answer.js_object.headers._values["location"], steps + 1
            assert steps < 3, f"{asked} is still sent on to {path}"
        assert answer.status in (200, 404)


@pytest.mark.parametrize("kind", HANDLINGS)
def test_only_a_page_without_a_name_has_no_address_and_only_where_a_slash_is_forced(kind: str):
    site = Visitor({".html": "1", "b/.html": "2", "c.html": "3", "d/index.html": "4"}, {"html_handling": kind})
    addresses = [row["address"] for row in site.assets.files()]
    assert [address is None for address in addresses] == [kind == "force-trailing-slash"] * 2 + [False] * 2
    assert "/b/.html" in repr(site.assets.files())


UP = (
    "../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..\\", "..%5c", "%252e%252e%252f", "....//", "..;/", "%c0%ae%c0%ae/",
    "%uff0e./",
)  # fmt: skip
BROKEN = (
    "/://", "/x.txt%00", "/%00x.txt", "/x.txt%00.html", "/" + "a" * 100_000, "/" + "a/" * 20_000, "/%", "/%%%",
    "/%ff%fe", "/" + "%2f" * 10_000,
)  # fmt: skip


@pytest.mark.parametrize("up", UP)
@pytest.mark.parametrize("before", ["/", "/a/", "//", "/%2f"])
def test_no_way_up_leads_out_of_the_folder(tmp_path: Path, up: str, before: str):
    public = tmp_path / "public"
    (public / "a").mkdir(parents=True)
    (public / "a" / "x.txt").write_text("inside")
    (tmp_path / "secret.txt").write_text("secret")
    site = Visitor(public)
    for times in range(1, 5):
        for target in ("secret.txt", "etc/passwd"):
            path = before + up * times + target
            assert (site.get(path).status, site.text(path)) == (404, ""), path
    absolute = quote(str(tmp_path / "secret.txt"), safe="")
    assert [site.get(f"/{absolute}").status, site.get(f"/a/..{absolute}").status] == [404, 404]


@pytest.mark.parametrize("path", BROKEN)
def test_nul_very_long_and_broken_paths_are_not_found(path: str):
    assert Visitor({"x.txt": "x"}).get(path).status == 404


def test_a_folders_own_files_of_rules_are_no_assets():
    site = Visitor({"_headers": "/*\n  x: 1", "_redirects": "/a /b", ".assetsignore": "", "b/_headers": "an asset"})
    assert [site.get(path).status for path in ("/_headers", "/_redirects", "/.assetsignore", "/b/_headers")] == [
        404, 404, 404, 200,
    ]  # fmt: skip


@given(st.text("aé /%\\\0?#[]+&", max_size=12))
def test_a_path_that_is_encoded_decodes_to_itself(path: str):
    assert decoded_path(encoded_path(f"/x/{path}")) == re.sub("/+", "/", f"/x/{path}")
    assert encoded_path(path).isascii()


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"html_handling": "auto"}, 'Expected "assets.html_handling" to be one of "auto-trailing-slash", "force'),
        ({"html_handling": ["none"]}, "but got ['none']"),
        ({"not_found_handling": ""}, "but got ''"),
        ({"not_found_handling": "spa"}, '"assets.not_found_handling" to be one of "none", "404-page", "single-page'),
    ],
)
def test_a_handling_that_there_is_not_is_refused(config: dict[str, str], said: str):
    with pytest.raises(ConfigError) as caught:
        Visitor({"a": ""}, config)
    assert said in str(caught.value)


def test_letters_count_in_their_case():
    site = Visitor({"About.html": "about"})
    assert [site.get(path).status for path in ("/About", "/about", "/ABOUT")] == [200, 404, 404]
