"""`_headers`, `_redirects` and `run_worker_first`: the words of wrangler, and that no file of rules breaks a site.

What the rules do is recorded from the real parsers and Workers (`tests/conformance/recorded/assets.json`).
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.emulators.assets.headers_file import HeaderRules
from labkit.emulators.assets.patterns import compiled, resolved
from labkit.emulators.assets.redirects_file import Redirects, location
from labkit.errors import ConfigError
from tests.emulators.sites import Visitor

FILES = {"a.html": "a", "b.html": "b", "index.html": "home"}


def test_lines_that_cannot_be_used_are_warned_of_with_their_numbers_as_wrangler_prints_them():
    with pytest.warns(UserWarning) as said:
        Visitor(FILES | {"_headers": "/a\n  x: 1\n  nonsense\n", "_redirects": "/x\n/y /z 404\n"})
    assert [str(each.message) for each in said] == [
        "Found 2 invalid redirect rules:\n"
        "▶︎ Expected exactly 2 or 3 whitespace-separated tokens. Got 1.\n    at _redirects:1 | /x\n\n"
        "▶︎ Valid status codes are 200, 301, 302 (default), 303, 307, or 308. Got 404.\n"
        "    at _redirects:2 | /y /z 404\n\n",
        "Found 1 invalid header rule:\n"
        "▶︎ Expected a colon-separated header pair (e.g. name: value)\n    at _headers:3 | nonsense\n\n",
    ]


def test_100_rules_of_headers_are_read_and_the_101st_is_not():
    text = "".join(f"/{number}\n  x: {number}\n" for number in range(100))
    assert (len(HeaderRules(text).rules), HeaderRules(text).invalid) == (100, [])
    rules = HeaderRules(f"{text}/100\n  x: 100\n")
    assert [rule.path for rule in rules.rules[-1:]] == ["/99"]
    assert [each.message for each in rules.invalid] == [
        "Maximum number of rules supported is 100. Skipping remaining 3 lines of file."
    ]


def test_rules_without_headers_do_not_count():
    text = "/empty\n" + "".join(f"/{number}\n  x: {number}\n" for number in range(100))
    assert len(HeaderRules(text).rules) == 100


@pytest.mark.parametrize(("over", "used"), [(0, True), (1, False)])
def test_a_line_of_headers_has_2000_characters_at_most_and_one_of_redirects_1000(over: int, used: bool):
    headers, redirects = HeaderRules(f"/a\n x: {'v' * (1997 + over)}"), Redirects(f"/a /{'b' * (996 + over)}")
    assert (bool(headers.rules), bool(redirects.static)) == (used, used)
    if not used:
        words = "Ignoring line {} as it exceeds the maximum allowed length of {}."
        assert headers.invalid[0].message == words.format(2, 2000)
        assert redirects.invalid[0].message == words.format(1, 1000)


def test_2000_static_and_100_dynamic_redirects_are_the_most():
    static = "".join(f"/s{number} /a\n" for number in range(2001))
    rules = Redirects(static + "".join(f"/d{number}/* /a\n" for number in range(101)) + "/after /a\n")
    assert (len(rules.static), len(rules.dynamic)) == (2000, 100)
    assert [each.message for each in rules.invalid] == [
        "Maximum number of static rules supported is 2000. Skipping line.",
        "Maximum number of dynamic rules supported is 100. Skipping remaining 3 lines of file.",
    ]


def test_a_static_rule_after_a_dynamic_one_is_matched_in_its_turn():
    rules = Redirects("/a/* /b\n/a/x /c\n")
    assert rules.find("https://h/a/x") == (302, "/b")
    assert Redirects("/a/x /c\n/a/* /b\n").find("https://h/a/x") == (302, "/c")


@pytest.mark.parametrize(
    ("origin", "to", "loops"),
    [
        ("/*", "/index.html", True), ("/a/*", "/a/index", True), ("/a/", "/a/index.html", True), ("/", "/index", True),
        ("/a", "/a/index.html", False), ("/a/", "/b", False), ("/*", "https://h.example/index.html", False),
        ("/*", "/index.htm", False),
    ],
)  # fmt: skip
def test_rules_that_would_go_round_for_ever_are_not_used(origin: str, to: str, loops: bool):
    rules = Redirects(f"{origin} {to} 301")
    assert any(each.message.startswith("Infinite loop detected in this rule") for each in rules.invalid) is loops


def test_a_rule_that_names_a_placeholder_twice_or_begins_a_name_with_an_earlier_one_never_matches():
    assert compiled("/:a/:a") is None and compiled("/*/*") is None
    assert compiled("/:post/:postId") is None and compiled("/:postId/:post") is not None
    assert Redirects("/:a/:a /x").find("https://h/1/1") is None


@pytest.mark.parametrize(
    ("rule", "url", "taken"),
    [
        ("/a/*", "https://h/a/b/c", {"splat": "b/c"}),
        ("/a/*", "https://h/a/", {"splat": ""}),
        ("/a/*", "https://h/a", None),
        ("/:x/y", "https://h/1/y", {"x": "1"}),
        ("/:x/y", "https://h//y", None),
        ("/:x_1/:y", "https://h/1/2", {"x_1": "1", "y": "2"}),
        ("/:1", "https://h/:1", {}),
        ("/a.b", "https://h/aXb", None),
        ("https://:sub.h.example/*", "http://www.h.example:8080/x", {"sub": "www", "splat": "x"}),
        ("https://:sub.h.example/*", "http://a.b.h.example/x", None),
        ("https://h.example/:x", "https://h.example/a.b", {"x": "a.b"}),
        ("https://h.example", "https://h.example/", None),
    ],
)
def test_what_placeholders_take(rule: str, url: str, taken: dict[str, str] | None):
    pattern = compiled(rule)
    assert pattern is not None and pattern.match(url) == taken


@pytest.mark.parametrize(
    ("url", "target", "there"),
    [
        ("https://h/x?q=1", "/a", "/a?q=1"),
        ("https://h/x?q=1", "/a?z=2#f", "/a?z=2#f"),
        ("https://h/x", "https://h/a", "/a"),
        ("http://h/x", "https://h/a", "https://h/a"),
        ("https://h/x?q=1", "https://o.example", "https://o.example/?q=1"),
        ("https://h/x", "//o.example/a", "https://o.example/a"),
    ],
)
def test_where_a_redirect_points(url: str, target: str, there: str):
    parsed = resolved(target, url)
    assert parsed is not None and location(url, parsed) == there


@pytest.mark.parametrize("status", [200, 301])
def test_a_redirect_to_what_is_no_address_fails(status: int):
    site = Visitor(FILES | {"_redirects": f"/a //[ {status}"})
    assert (site.get("/a").status, site.get("/b").status) == (500, 200)


RULES = st.text("/ab:*x !#\n .?=&h1", max_size=60)


@settings(max_examples=150)
@pytest.mark.filterwarnings("ignore:Found")
@given(RULES, RULES, st.text("/abx?=:*", max_size=10))
def test_any_file_of_rules_leaves_a_site_that_answers(headers: str, redirects: str, path: str):
    site = Visitor(FILES | {"_headers": headers, "_redirects": redirects})
    assert site.get(f"/{path}").status in (200, 301, 302, 303, 307, 308, 404, 500)


def test_a_header_whose_name_is_none_fails_as_it_does_in_the_runtime():
    site = Visitor(FILES | {"_headers": "/a\n  bad(name): 1\n"})
    assert (site.get("/a").status, site.get("/b").status) == (500, 200)


def test_rules_do_not_touch_what_the_worker_answers():
    rules = {"_headers": "/*\n  x-rule: 1", "_redirects": "/old /a 301"}
    first = Visitor(FILES | rules, {"run_worker_first": True, "binding": "ASSETS"}, worker=True)
    assert (first.text("/old"), first.header("/a", "x-rule")) == ("worker", None)
    behind = Visitor(FILES | rules, worker=True)
    assert (behind.get("/old").status, behind.header("/a", "x-rule")) == (301, "1")
    assert (behind.text("/none"), behind.header("/none", "x-rule")) == ("worker", None)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([], "No `run_worker_first` rules were provided; must provide at least 1 rule."),
        (["!/a"], "Only negative `run_worker_first` rules were provided; must provide at least 1 non-negative rule"),
        (["/a", "b", "!c"], "Invalid routes in `run_worker_first`:\n'b': rules must start with '/' or '!/'\n"
                            "'!c': negative rules must start with '!/'"),
        (["/a", "/a"], "Invalid routes in `run_worker_first`:\n'/a': rule is a duplicate; rules must be unique"),
        (["/a/*", "/a/b"], "Invalid routes in `run_worker_first`:\n'/a/b': rule '/a/*' makes it redundant"),
        (["/" + "a" * 100], f"Invalid routes in `run_worker_first`:\n'/{'a' * 100}': all rules must be less than 100 "
                            "characters in length"),
        ([f"/{number}" for number in range(101)],
         "Too many `run_worker_first` rules were provided; 101 rules provided exceeds max of 100."),
        (["/a", "/a", *(f"/{number}" for number in range(99))],
         "Too many `run_worker_first` rules were provided; 101 rules provided (100 distinct, 1 duplicate entry) "
         "exceeds max of 100. Note: duplicate entries count towards the route limit. Ensure that no duplicate rules "
         'are present in your `run_worker_first` configuration.\n\nThe duplicated rules found are:\n- "/a"'),
        (5, "assets.run_worker_first is true, false or a list of patterns; this is 5."),
        (["/a", 5], "assets.run_worker_first is true, false or a list of patterns; this is ['/a', 5]."),
    ],
)  # fmt: skip
def test_patterns_that_wrangler_refuses(rules, said: str):
    with pytest.raises(ConfigError) as caught:
        Visitor(FILES, {"run_worker_first": rules}, worker=True)
    assert str(caught.value).startswith(said)


def test_100_patterns_of_100_characters_are_taken():
    rules = [f"/{number:02}{'a' * 97}" for number in range(100)]
    site = Visitor(FILES, {"run_worker_first": rules}, worker=True)
    assert (site.text(rules[99]), site.text("/a")) == ("worker", "a")


def test_a_worker_that_is_always_first_and_cannot_reach_its_assets_is_warned_of():
    with pytest.warns(UserWarning, match="run_worker_first=true set without an assets binding"):
        Visitor(FILES, {"run_worker_first": True}, worker=True)
