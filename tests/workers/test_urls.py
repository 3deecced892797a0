"""URLs as the runtime normalises them, and js.URL and js.URLSearchParams."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from labkit.workers.ffi import JsException, jsnull, to_js
from labkit.workers.js.url_parsing import InvalidUrl, _is_normal, normalised, parse
from labkit.workers.js.urls import URL, URLSearchParams


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("https://EXAMPLE.com", "https://example.com/"),
        (
            "https://example.com:443/a/../b/./c d?x=a b&y=\u00e9#frag",
            "https://example.com/b/c%20d?x=a%20b&y=%C3%A9#frag",
        ),
        ('https://example.com/\u00e9{}"<>`', "https://example.com/%C3%A9%7B%7D%22%3C%3E%60"),
        ("http://user:pw@ex.com/", "http://user:pw@ex.com/"),
        ("ftp://a/", "ftp://a/"),
        ("foo:bar", "foo:bar"),
        ("  https://a.com/x  ", "https://a.com/x"),
        ("https:a.com", "https://a.com/"),
        ("https://a.com/^|[]\\x'", "https://a.com/%5E|[]/x'"),
        ("https://a.com/?a='\"<>`^|{}#`^", "https://a.com/?a=%27%22%3C%3E`^|{}#%60^"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("http://a.com/%2e%2E/x/..", "http://a.com/"),
        ("mailto:a@b c", "mailto:a@b c"),
        ("https://a.com//x//y", "https://a.com//x//y"),
        ("https://ex\u00e4mple.com/\u00fc", "https://xn--exmple-cua.com/%C3%BC"),
        ("https://a.com:8443/x", "https://a.com:8443/x"),
        ("https://a.com/.well-known/x.txt", "https://a.com/.well-known/x.txt"),
    ],
)
def test_a_url_is_normalised_as_the_runtime_does(given, normal):
    assert normalised(given) == normal
    assert normalised(normal) == normal


@pytest.mark.parametrize("given", ["/rel", "https://", "nope", "http://a b/", "http://a.com:99999/", "http://[x]/", ""])
def test_what_is_no_url_is_refused(given):
    with pytest.raises(InvalidUrl):
        normalised(given)
    with pytest.raises(JsException, match="^TypeError: Invalid URL string.$"):
        URL.new(given)


@pytest.mark.parametrize(
    "usual", ["https://a.com/", "https://api.a.com/x/y-1.json?q=1&r=a%20b", "http://localhost:8787/"]
)
def test_the_usual_url_takes_the_fast_way_to_the_same_end(usual):
    assert _is_normal(usual)
    assert str(parse(usual)) == usual


@pytest.mark.parametrize("odd", ["https://a.com/a/../b", "https://A.com/", "https://a.com:443/", "https://a.com/%2E"])
def test_the_fast_way_is_closed_to_what_must_change(odd):
    assert not _is_normal(odd)


@pytest.mark.parametrize(
    ("relative", "whole"),
    [
        ("/rel", "https://a.com/rel"),
        ("rel", "https://a.com/b/rel"),
        ("?x", "https://a.com/b/c?x"),
        ("#y", "https://a.com/b/c?q#y"),
        ("//b.org/z", "https://b.org/z"),
        ("../x", "https://a.com/x"),
        ("", "https://a.com/b/c?q"),
    ],
)
def test_a_relative_url_is_read_upon_its_base(relative, whole):
    assert URL.new(relative, "https://a.com/b/c?q#f").href == whole


def test_the_parts_of_a_url():
    url = URL.new("https://us:pw@a.com:8080/p/q?x=1&y=a%20b+c#h")
    assert (url.origin, url.protocol, url.username, url.password) == ("https://a.com:8080", "https:", "us", "pw")
    assert (url.host, url.hostname, url.port, url.pathname) == ("a.com:8080", "a.com", "8080", "/p/q")
    assert (url.search, url.hash, str(url)) == ("?x=1&y=a%20b+c", "#h", url.href)
    assert URL.new("mailto:a").origin == "null"


def test_setting_a_part_changes_the_whole():
    url = URL.new("https://a.com/p")
    url.pathname, url.search, url.hash = "/z y", "?q=1", "k"
    url.port, url.hostname, url.protocol = "99", "b.org", "http"
    assert url.href == "http://b.org:99/z%20y?q=1#k"
    url.host = "c.org:80"
    assert url.href == "http://c.org/z%20y?q=1#k"


def test_parameters_and_query_see_each_others_changes():
    url = URL.new("https://a.com/p?x=1")
    url.searchParams.set("y", "a b")
    url.searchParams.append("x", "&")
    assert url.search == "?x=1&y=a+b&x=%26"
    url.search = "?z=2"
    assert list(url.searchParams.keys()) == ["z"]
    url.searchParams.delete("z")
    assert url.href == "https://a.com/p"


def test_can_parse_and_parse_do_not_raise():
    assert URL.canParse("https://a.com")
    assert not URL.canParse("/x")
    assert URL.parse("/x") is jsnull


def test_parameters_are_read_from_text_pairs_and_objects():
    assert list(URLSearchParams.new("?a=1&b=%C3%A9&c").entries())[2][1] == ""
    for init in ([["a", "1"]], to_js([["a", "1"]]), {"a": "1"}, to_js({"a": "1"}), URLSearchParams.new("a=1")):
        assert URLSearchParams.new(init).toString() == "a=1"


def test_parameters_are_written_as_forms_are():
    assert URLSearchParams.new([["a", "*-._~'()! \u00e9&"]]).toString() == "a=*-._%7E%27%28%29%21+%C3%A9%26"


def test_parameters_by_name():
    params = URLSearchParams.new("b=2&a=1&a=3")
    assert (params.get("a"), params.get("zz"), list(params.getAll("a")), params.size) == ("1", jsnull, ["1", "3"], 3)
    assert (params.has("a"), "zz" in params, params["b"], list(params)) == (True, False, "2", ["b", "a", "a"])
    params.sort()
    assert str(params) == "a=1&a=3&b=2"
    params.delete("a", "3")
    assert str(params) == "a=1&b=2"
    with pytest.raises(KeyError):
        params["zz"]


@given(st.text("aA0/.?#%:@&= \u00e9\\[]{}|^'2eE+-_~", max_size=30))
def test_a_normal_url_stays_as_it_is(tail):
    try:
        once = normalised("https://a.com/" + tail)
    except InvalidUrl:
        return
    assert normalised(once) == once
    assert once == str(parse("https://a.com/" + tail))


@given(st.lists(st.tuples(st.text(), st.text())))
def test_parameters_survive_being_written_and_read(pairs):
    written = URLSearchParams.new([list(pair) for pair in pairs]).toString()
    assert [tuple(entry) for entry in URLSearchParams.new(written).entries()] == pairs


class ParamsModel(RuleBasedStateMachine):
    """js.URLSearchParams beside a plain list of pairs, with the URL that they belong to."""

    names = st.sampled_from(["a", "b", "\u00e9"])

    def __init__(self):
        super().__init__()
        self.url = URL.new("https://a.com/")
        self.params = self.url.searchParams
        self.pairs: list[tuple[str, str]] = []

    @rule(name=names, value=names)
    def append(self, name, value):
        self.params.append(name, value)
        self.pairs.append((name, value))

    @rule(name=names, value=names)
    def set(self, name, value):
        self.params.set(name, value)
        place = next((i for i, pair in enumerate(self.pairs) if pair[0] == name), len(self.pairs))
        self.pairs = [p for p in self.pairs[:place]] + [(name, value)] + [p for p in self.pairs[place:] if p[0] != name]

    @rule(name=names)
    def delete(self, name):
        self.params.delete(name)
        self.pairs = [pair for pair in self.pairs if pair[0] != name]

    @invariant()
    def the_pairs_are_the_same(self):
        assert [tuple(entry) for entry in self.params.entries()] == self.pairs

    @invariant()
    def the_url_says_the_same(self):
        assert [tuple(entry) for entry in URL.new(self.url.href).searchParams.entries()] == self.pairs


TestParamsModel = ParamsModel.TestCase
